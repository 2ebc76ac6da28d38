use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::{Party, Respondent, Status};
use crate::export::{Vocabulary, Wording};

use super::fields::{Field, FillColumn, SheetColumns, normalised};
use super::join::{Joined, Target};
use super::rows::AssignedRow;

/// How rows are put into a questionnaire's cells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// Whose words name the owner, and who answers the questionnaire.
    pub wording: Wording,
    /// Whether rows are written too that nobody has settled.
    pub unsettled: bool,
}

/// A text for a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The row or line, from 1.
    pub row: u64,
    /// The column, from 1.
    pub column: u32,
    /// What it is.
    pub field: Field,
    /// Where the question stands, to know the row again.
    pub question_column: Option<u32>,
    /// The question.
    pub question: String,
    /// Ways to say it, the best first.
    pub texts: Vec<String>,
    /// Whether it is meant for a cell with a list only.
    pub list_only: bool,
}

/// Why a question's cells stay empty though it has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blank {
    /// Nobody has settled the row.
    Unsettled,
    /// The provider's document is silent.
    Unaddressed,
    /// The row names no party.
    NoParty,
}

impl Blank {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Blank::Unsettled => "not settled yet (--unsettled writes them too)",
            Blank::Unaddressed => "the provider's document is silent",
            Blank::NoParty => "the row names no party",
        }
    }
}

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intents {
    /// In the order of the questions and then of the columns.
    pub cells: Vec<Intent>,
    /// Questions that are left blank, by reason.
    pub blank: BTreeMap<Blank, u64>,
    /// Questions on sheets that have no column to fill in.
    pub no_column: u64,
    /// Questions that stand in another column than the sheet's first header says: below a further header, whose other
    /// columns are not known.
    pub elsewhere: u64,
}

/// Puts joined rows into words for the columns that the questionnaire has.
pub fn intents(
    targets: &[Target],
    rows: &[AssignedRow],
    joined: &Joined,
    sheets: &[SheetColumns],
    manner: Manner,
) -> Intents {
    let mut intents = Intents::default();
    let by_sheet: BTreeMap<Option<&str>, &SheetColumns> =
        sheets.iter().map(|sheet| (sheet.sheet.as_deref(), sheet)).collect();
    for &(target, row) in &joined.pairs {
        let (target, row) = (&targets[target], &rows[row]);
        let Some(sheet) = by_sheet.get(&target.sheet.as_deref()).filter(|sheet| !sheet.filled.is_empty())
        else {
            intents.no_column += 1;
            continue;
        };
        if target.column.is_some() && sheet.question.is_some() && target.column != sheet.question {
            intents.elsewhere += 1;
            continue;
        }
        if let Some(reason) = blank(row, manner) {
            *intents.blank.entry(reason).or_default() += 1;
            continue;
        }
        for column in &sheet.filled {
            let (texts, list_only) = texts(row, column, &sheet.filled, manner);
            let texts: Vec<String> = texts.into_iter().filter(|text| !text.trim().is_empty()).collect();
            if !texts.is_empty() {
                intents.cells.push(Intent {
                    sheet: target.sheet.clone(),
                    row: target.row,
                    column: column.number,
                    field: column.field,
                    question_column: sheet.question,
                    question: target.question.clone(),
                    texts,
                    list_only,
                });
            }
        }
    }
    intents
}

fn blank(row: &AssignedRow, manner: Manner) -> Option<Blank> {
    let status = row.status();
    if status == Some(Status::NotApplicable) {
        return None;
    }
    if status.is_some_and(|status| !status.is_settled()) && !manner.unsettled {
        return Some(Blank::Unsettled);
    }
    match row.party() {
        None => Some(Blank::NoParty),
        Some(Party::Unaddressed) => Some(Blank::Unaddressed),
        Some(_) => None,
    }
}

/// Ways to say what a column asks for, and whether they are for a list only.
fn texts(
    row: &AssignedRow,
    column: &FillColumn,
    beside: &[FillColumn],
    manner: Manner,
) -> (Vec<String>, bool) {
    if row.status() == Some(Status::NotApplicable) {
        let words = if column.field == Field::Owner { &["N/A", "NA", "Not applicable"][..] } else { &[] };
        return (words.iter().map(|word| (*word).to_owned()).collect(), true);
    }
    let has = |field| beside.iter().any(|column| column.field == field);
    let duties = has(Field::ProviderDuty) || has(Field::CustomerDuty);
    let text = match column.field {
        Field::Owner => return (owner(row, column, manner.wording), false),
        Field::Answer => row.responsible.clone(),
        Field::Comment if duties => lines(&[row.note.clone(), source(row)]),
        Field::Comment => both(row, manner.wording.respondent),
        Field::ProviderDuty | Field::CustomerDuty => duty(row, column, has(Field::Comment), manner),
    };
    (vec![text], false)
}

/// The word of the vocabulary that was chosen; a list of CAIQ's words gets them unasked, since they are nobody else's.
fn owner(row: &AssignedRow, column: &FillColumn, wording: Wording) -> Vec<String> {
    let Some(party) = row.party() else { return Vec::new() };
    // Names are joined by "and", and so are CAIQ's.
    let third_party = row.responsible.contains(" and ");
    let word = |vocabulary| Wording { vocabulary, ..wording }.word(party, third_party).to_owned();
    let caption = normalised(&column.caption);
    let vocabulary = match wording.vocabulary {
        Vocabulary::Names if caption.contains("can be inherited") => Vocabulary::Fedramp,
        Vocabulary::Names if caption.contains("ssrm") => Vocabulary::Caiq,
        vocabulary => vocabulary,
    };
    match vocabulary {
        Vocabulary::Names => vec![row.responsible.clone(), word(Vocabulary::Caiq)],
        vocabulary => vec![word(vocabulary)],
    }
}

/// What a column of duties gets. One that the user named takes the export's column; one with a caption in the words of
/// whoever sent the questionnaire is seen from there: the one who answers is its CSP or vendor.
fn duty(row: &AssignedRow, column: &FillColumn, comment: bool, manner: Manner) -> String {
    let provider = || row.provider_duty.clone();
    let customer = || row.customer_duty.clone();
    let caption = normalised(&column.caption);
    if !column.named && caption.starts_with("specific inheritance") {
        return inheritance(row);
    }
    let theirs = !column.named
        && caption.split(' ').any(|word| matches!(word, "csp" | "csc" | "vendor" | "supplier" | "client"));
    let (duty, ours) = match (column.field, theirs, manner.wording.respondent) {
        (Field::ProviderDuty, true, Respondent::Customer) if !comment => {
            // It is the only place for what our own provider does for us.
            return both(row, Respondent::Customer);
        }
        (Field::ProviderDuty, true, Respondent::Customer) => (customer(), true),
        (_, true, Respondent::Customer) => (String::new(), false),
        (Field::ProviderDuty, ..) => (provider(), true),
        _ => (customer(), false),
    };
    // The source stands once: beside the duty of the one who answers, or beside the only duty there is.
    let only = row.provider_duty.is_empty();
    if comment || duty.is_empty() || !(ours || only) { duty } else { lines(&[duty, source(row)]) }
}

/// What each side does, from the view of the one who answers, and the source.
fn both(row: &AssignedRow, respondent: Respondent) -> String {
    let said = |who: &str, duty: &str| if duty.is_empty() { String::new() } else { format!("{who}: {duty}") };
    let [ours, theirs] = match respondent {
        Respondent::Customer => {
            let provider = if row.provider.is_empty() { "Our provider" } else { row.provider.as_str() };
            let provider = if row.provider.is_empty() {
                provider.to_owned()
            } else {
                format!("{provider} (our provider)")
            };
            [said("We", &row.customer_duty), said(&provider, &row.provider_duty)]
        }
        Respondent::Provider => [said("We", &row.provider_duty), said("Our customers", &row.customer_duty)],
    };
    lines(&[ours, theirs, row.note.clone(), source(row)])
}

/// The matrix of a FedRAMP provider leaves the text out where all is inherited.
fn inheritance(row: &AssignedRow) -> String {
    let said = |who: &str, duty: &str| if duty.is_empty() { String::new() } else { format!("{who}: {duty}") };
    match row.party() {
        Some(Party::Shared) => lines(&[
            said("Inherited from the CSP", &row.provider_duty),
            said("Customer responsibility", &row.customer_duty),
        ]),
        Some(Party::Customer) => {
            lines(&[said("Customer responsibility", &row.customer_duty), said("CSP", &row.provider_duty)])
        }
        _ => String::new(),
    }
}

fn source(row: &AssignedRow) -> String {
    match (row.source.is_empty(), row.source_url.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!("Source: {}", row.source),
        (false, false) => format!("Source: {} {}", row.source, row.source_url),
    }
}

fn lines(parts: &[String]) -> String {
    let filled: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    filled.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Blank, Intents, Manner, intents};
    use crate::domain::Respondent;
    use crate::export::{Vocabulary, Wording};
    use crate::filling::{AssignedRow, Field, FillColumn, SheetColumns, Target, join};

    fn row(party: &str, status: &str) -> AssignedRow {
        AssignedRow {
            question: "Who?".into(),
            party: party.into(),
            responsible: "Render and Customer".into(),
            provider_duty: "Patches hosts.".into(),
            customer_duty: "Patches apps.".into(),
            source: "Doc: 1".into(),
            source_url: "https://example.org".into(),
            provider: "render".into(),
            status: status.into(),
            ..AssignedRow::default()
        }
    }

    fn by_caption(caption: &str) -> Option<Field> {
        let start = caption.split(' ').next()?;
        match start {
            "SSRM" | "Can" | "Owner" => Some(Field::Owner),
            "CSP" | "Provider" => Some(Field::ProviderDuty),
            "CSC" | "Specific" => Some(Field::CustomerDuty),
            "Comments" => Some(Field::Comment),
            _ => None,
        }
    }

    fn of(row: AssignedRow, captions: &[&str], manner: Manner) -> Intents {
        let target = Target { sheet: None, row: 2, column: None, id: String::new(), question: "Who?".into() };
        let columns = captions.iter().zip(2..).filter_map(|(caption, number)| {
            let field = by_caption(caption)?;
            Some(FillColumn { field, number, caption: (*caption).into(), named: false })
        });
        let sheets = [SheetColumns { sheet: None, question: Some(1), filled: columns.collect() }];
        let (targets, rows) = ([target], [row]);
        intents(&targets, &rows, &join(&targets, &rows), &sheets, manner)
    }

    fn texts(row: AssignedRow, captions: &[&str], manner: Manner) -> Vec<(u32, Vec<String>)> {
        of(row, captions, manner).cells.into_iter().map(|cell| (cell.column, cell.texts)).collect()
    }

    fn provider() -> Manner {
        let wording = Wording { respondent: Respondent::Provider, ..Wording::default() };
        Manner { wording, unsettled: false }
    }

    const CAIQ: [&str; 3] = [
        "SSRM Control Ownership",
        "CSP Implementation Description (Optional/Recommended)",
        "CSC Responsibilities  (Optional/Recommended)",
    ];

    #[test]
    fn caiq_is_seen_from_whoever_answers() {
        let shared = || row("shared", "auto");
        let both =
            "We: Patches apps.\nrender (our provider): Patches hosts.\nSource: Doc: 1 https://example.org";
        assert_eq!(
            texts(shared(), &CAIQ, Manner::default()),
            [(2, vec!["Shared CSP and 3rd-party".to_owned()]), (3, vec![both.to_owned()])]
        );
        assert_eq!(
            texts(shared(), &CAIQ, provider()),
            [
                (2, vec!["Shared CSP and CSC".to_owned()]),
                (3, vec!["Patches hosts.\nSource: Doc: 1 https://example.org".to_owned()]),
                (4, vec!["Patches apps.".to_owned()]),
            ]
        );
    }

    #[test]
    fn the_source_stands_beside_the_only_duty() {
        let row = AssignedRow { provider_duty: String::new(), ..row("customer", "auto") };
        let expected = "Patches apps.\nSource: Doc: 1 https://example.org";
        assert_eq!(texts(row, &CAIQ[2..], provider()), [(2, vec![expected.to_owned()])]);
    }

    #[test]
    fn the_fedramp_matrix_explains_what_is_not_inherited() {
        let crm =
            ["Can Be Inherited from CSP", "Specific Inheritance and Customer Agency/CSP Responsibilities"];
        let explained = "Inherited from the CSP: Patches hosts.\nCustomer responsibility: Patches apps.";
        assert_eq!(
            texts(row("shared", "auto"), &crm, Manner::default()),
            [(2, vec!["Partial".to_owned()]), (3, vec![explained.to_owned()])]
        );
        assert_eq!(texts(row("provider", "auto"), &crm, Manner::default()), [(2, vec!["Yes".to_owned()])]);
    }

    #[test]
    fn plain_columns_get_the_exports_words() {
        let found = texts(
            row("shared", "confirmed"),
            &["Owner", "Provider responsibility", "Comments"],
            Manner::default(),
        );
        assert_eq!(found[0].1, ["Render and Customer", "Shared CSP and 3rd-party"]);
        assert_eq!(found[1].1, ["Patches hosts."]);
        assert_eq!(found[2].1, ["Source: Doc: 1 https://example.org"]);
    }

    #[test]
    fn what_is_not_settled_stays_blank() {
        let blank =
            |party, status, manner| of(row(party, status), &["Owner"], manner).blank.into_keys().next();
        assert_eq!(blank("shared", "review", Manner::default()), Some(Blank::Unsettled));
        assert_eq!(blank("shared", "review", Manner { unsettled: true, ..Manner::default() }), None);
        assert_eq!(blank("unaddressed", "auto", Manner::default()), Some(Blank::Unaddressed));
        assert_eq!(blank("", "auto", Manner::default()), Some(Blank::NoParty));
        assert_eq!(of(row("shared", "auto"), &["Answer"], Manner::default()).no_column, 1);
    }

    #[test]
    fn what_does_not_apply_is_only_said_in_a_lists_own_word() {
        let found = of(row("", "not-applicable"), &["Owner", "Comments"], Manner::default()).cells;
        assert_eq!(found.len(), 1);
        assert!(found[0].list_only && found[0].field == Field::Owner && found[0].texts[0] == "N/A");
    }

    #[test]
    fn the_chosen_vocabulary_is_kept_to() {
        let manner = Manner {
            wording: Wording { vocabulary: Vocabulary::Fedramp, ..Wording::default() },
            unsettled: false,
        };
        assert_eq!(texts(row("customer", "auto"), &["Owner"], manner), [(2, vec!["No".to_owned()])]);
    }
}

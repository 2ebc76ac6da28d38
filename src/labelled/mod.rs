//! Questions with their areas, as people label them and as our own exports have them.

mod error;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::Arc;

use crate::domain::{AreaId, NamedParty, Party, Place, Question, Status};
use crate::matching::NONE;
use crate::questionnaire::{ColumnList, PlainRow, Rows};
use crate::safe_text::one_line;
use crate::suggest;

pub use error::LabelError;

/// What is right for a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The main area; `None` for "about no responsibility".
    pub area: Option<AreaId>,
    /// What is right too, or asked about besides, in the order of the cell and each once.
    pub also: Vec<Option<AreaId>>,
}

impl Label {
    /// Whether an area is the label or right too.
    pub fn allows(&self, said: Option<&AreaId>) -> bool {
        self.area.as_ref() == said || self.also.iter().any(|also| also.as_ref() == said)
    }

    /// The areas that are right, each once; "no responsibility" is none of them.
    pub fn areas(&self) -> BTreeSet<&AreaId> {
        self.area.iter().chain(self.also.iter().flatten()).collect()
    }
}

/// The id of an area, or the word for "about no responsibility".
pub fn name_of(area: Option<&AreaId>) -> &str {
    area.map_or(NONE, AreaId::as_str)
}

/// A question, and what is right for it where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledRow {
    /// The question.
    pub question: Question,
    /// What is right for it. A row without stands there for its neighbours only.
    pub label: Option<Label>,
    /// How far it is settled, where the table says so.
    pub status: Option<Status>,
    /// Who settled it, and when, and for which deployment.
    pub provenance: Provenance,
    /// What a file of decisions notes of it; empty where the table is an export, whose notes say more than that.
    pub remark: String,
}

/// Where a row's status comes from, as far as the table says; what it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Who settled it.
    pub reviewer: String,
    /// When, as the table has it.
    pub decided: String,
    /// Who approved that.
    pub approver: String,
    /// When, as the table has it.
    pub approved: String,
    /// The questionnaire's name.
    pub file: String,
    /// The provider's id and the deployment model's, where both are told.
    pub deployment: Option<(String, String)>,
    /// The party that was named in the document's place, which is about that deployment.
    pub named: Option<NamedParty>,
}

/// Columns that a table of labels must have: a person may have written it for this.
const LABEL_COLUMNS: &[&str] = &["question", "area"];

/// Columns that tell a decision, as exports have them.
const DECISION_COLUMNS: &[&str] = &["question", "area", "also", "status", "reviewer"];

/// The questions of one file, in its order.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Every question, labelled or not.
    pub rows: Vec<LabelledRow>,
    /// How many rows have a status that makes no label, or none where the others have one.
    pub passed_over: BTreeMap<Option<Status>, u64>,
}

impl Labelled {
    /// Reads a table with the columns `question` and `area` (one of `known`, or `none`), and possibly `id`, `section`,
    /// `also`, `status`, `reviewer`, and what a [`Provenance`] has besides. Where there is a column `status`, as in our own
    /// exports, only what a person confirmed or corrected is a label, and an empty area there is `none`; what was
    /// `withdrawn` is none. `name` stands in every message.
    ///
    /// # Errors
    /// The input is no such table; or every label in it that cannot be used.
    pub fn read(
        input: impl Read + 'static,
        name: &str,
        known: &[AreaId],
    ) -> Result<Labelled, Vec<LabelError>> {
        Labelled::read_with(input, name, known, LABEL_COLUMNS)
    }

    /// The same for what was decided before: the columns `also`, `status` and `reviewer` must be there too.
    ///
    /// # Errors
    /// The input is no such table; or every decision in it that cannot be used.
    pub fn read_decisions(
        input: impl Read + 'static,
        name: &str,
        known: &[AreaId],
    ) -> Result<Labelled, Vec<LabelError>> {
        Labelled::read_with(input, name, known, DECISION_COLUMNS)
    }

    /// The same where every decision that can be used is wanted: those that cannot come out beside it.
    ///
    /// # Errors
    /// The input is no such table, or cannot be read to its end.
    pub fn read_usable_decisions(
        input: impl Read + 'static,
        name: &str,
        known: &[AreaId],
    ) -> Result<(Labelled, Vec<LabelError>), Vec<LabelError>> {
        Labelled::read_rows(input, name, known, DECISION_COLUMNS)
    }

    fn read_with(
        input: impl Read + 'static,
        name: &str,
        known: &[AreaId],
        needed: &[&'static str],
    ) -> Result<Labelled, Vec<LabelError>> {
        match Labelled::read_rows(input, name, known, needed)? {
            (table, errors) if errors.is_empty() => Ok(table),
            (_, errors) => Err(errors),
        }
    }

    fn read_rows(
        input: impl Read + 'static,
        name: &str,
        known: &[AreaId],
        needed: &[&'static str],
    ) -> Result<(Labelled, Vec<LabelError>), Vec<LabelError>> {
        let one = |error: LabelError| vec![error];
        let mut rows = Rows::open(input, name).map_err(|error| one(error.into()))?;
        let file = Arc::clone(rows.file());
        let header = match rows.next() {
            None => return Err(one(LabelError::Empty { file })),
            Some(row) => row.map_err(|error| one(error.into()))?,
        };
        let table = Table { columns: Columns::find(&header, &file, needed)?, known, file };
        let (mut read, mut errors) = (Vec::new(), Vec::new());
        let mut passed_over = BTreeMap::new();
        for row in rows {
            let row = row.map_err(|error| one(error.into()))?;
            match table.row(&row, read.len() + 1, &mut passed_over) {
                Ok(row) => read.push(row),
                Err(error) => errors.push(error),
            }
        }
        Ok((Labelled { file: table.file, rows: read, passed_over }, errors))
    }

    /// Rows that have a label.
    pub fn labels(&self) -> usize {
        self.rows.iter().filter(|row| row.label.is_some()).count()
    }
}

/// Where the columns stand.
struct Columns {
    question: usize,
    area: usize,
    id: Option<usize>,
    section: Option<usize>,
    also: Option<usize>,
    status: Option<usize>,
    reviewer: Option<usize>,
    decided: Option<usize>,
    approver: Option<usize>,
    approved: Option<usize>,
    file: Option<usize>,
    withdrawn: Option<usize>,
    provider: Option<usize>,
    model: Option<usize>,
    party: Option<usize>,
    named_party: Option<usize>,
    reason: Option<usize>,
    note: Option<usize>,
    width: usize,
}

impl Columns {
    fn find(header: &PlainRow, file: &Arc<str>, needed: &[&'static str]) -> Result<Columns, Vec<LabelError>> {
        let names: Vec<String> = header.cells.iter().map(|cell| cell.to_lowercase()).collect();
        let find = |name: &str| names.iter().position(|column| column == name);
        let missing = |column: &&'static str| LabelError::NoColumn {
            place: Place::line(file, header.line),
            column,
            nearest: suggest::nearest(column, names.iter().map(String::as_str)).map(shown),
            columns: ColumnList(header.cells.iter().map(|cell| shown(cell)).collect()),
        };
        let missing: Vec<LabelError> =
            needed.iter().filter(|name| find(name).is_none()).map(missing).collect();
        let (Some(question), Some(area), []) = (find("question"), find("area"), missing.as_slice()) else {
            return Err(missing);
        };
        Ok(Columns {
            question,
            area,
            id: find("id"),
            section: find("section"),
            also: find("also"),
            status: find("status"),
            reviewer: find("reviewer"),
            decided: find("decided"),
            approver: find("approver"),
            approved: find("approved"),
            file: find("file"),
            withdrawn: find("withdrawn"),
            provider: find("provider"),
            model: find("model"),
            party: find("party"),
            named_party: find("named_party"),
            reason: find("reason"),
            note: find("note"),
            width: names.len(),
        })
    }
}

/// A table whose header has been read.
struct Table<'k> {
    columns: Columns,
    known: &'k [AreaId],
    file: Arc<str>,
}

impl Table<'_> {
    fn row(
        &self,
        row: &PlainRow,
        number: usize,
        passed_over: &mut BTreeMap<Option<Status>, u64>,
    ) -> Result<LabelledRow, LabelError> {
        let place = Place::line(&self.file, row.line);
        let columns = &self.columns;
        if row.cells.iter().skip(columns.width).any(|cell| !cell.is_empty()) {
            return Err(LabelError::TooManyCells { place, cells: row.cells.len(), columns: columns.width });
        }
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let optional = |index: Option<usize>| index.map_or("", cell);
        let text = cell(columns.question).to_owned();
        if text.is_empty() {
            return Err(LabelError::NoQuestion { place });
        }
        let status = status(optional(columns.status), &place)?;
        let label = match (columns.status, status) {
            _ if !optional(columns.withdrawn).is_empty() => {
                *passed_over.entry(None).or_default() += 1;
                None
            }
            (None, _) | (_, Some(Status::Confirmed | Status::Corrected)) => {
                Some(self.label(cell(columns.area), optional(columns.also), status, &place)?)
            }
            _ => {
                *passed_over.entry(status).or_default() += 1;
                None
            }
        };
        let id = Some(optional(columns.id)).filter(|id| !id.is_empty());
        let id = id.map_or_else(|| number.to_string(), str::to_owned);
        let section = optional(columns.section).to_owned();
        let deployment = [columns.provider, columns.model].map(|column| optional(column).to_owned());
        let deployment = Some(deployment).filter(|ids| ids.iter().all(|id| !id.is_empty()));
        let named = match label {
            Some(_) => self.named(&optional, deployment.is_some(), &place)?,
            None => None,
        };
        let (reviewer, approver) = match columns.approver {
            Some(_) => (optional(columns.reviewer), optional(columns.approver)),
            None => approved_by(optional(columns.reviewer), optional(columns.note)),
        };
        let provenance = Provenance {
            reviewer: reviewer.to_owned(),
            decided: optional(columns.decided).to_owned(),
            approver: approver.to_owned(),
            approved: optional(columns.approved).to_owned(),
            file: optional(columns.file).to_owned(),
            deployment: deployment.map(|[provider, model]| (provider, model)),
            named,
        };
        let question = Question { id, section, text, parent: String::new(), place };
        let is_kept = columns.named_party.is_some();
        let remark = optional(columns.note.filter(|_| is_kept)).to_owned();
        Ok(LabelledRow { question, label, status, provenance, remark })
    }

    /// The party that a person named: in columns of its own, or in an export's note.
    fn named<'c>(
        &self,
        cell: &impl Fn(Option<usize>) -> &'c str,
        is_deployed: bool,
        place: &Place,
    ) -> Result<Option<NamedParty>, LabelError> {
        let columns = &self.columns;
        let (party, reason) = match (columns.named_party, in_note(cell(columns.note))) {
            (Some(_), _) => (cell(columns.named_party), cell(columns.reason)),
            (None, Some(reason)) => (cell(columns.party), reason),
            (None, None) => return Ok(None),
        };
        if party.is_empty() {
            return Ok(None);
        }
        let known = NAMEABLE.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(party));
        let party = known.ok_or_else(|| LabelError::UnknownParty {
            place: place.clone(),
            value: shown(party),
            nearest: suggest::nearest(party, NAMEABLE.map(Party::as_str)).map(str::to_owned),
        })?;
        match (is_deployed, reason.is_empty()) {
            (false, _) => Err(LabelError::NoDeployment { place: place.clone() }),
            (true, true) => Err(LabelError::NoReason { place: place.clone() }),
            (true, false) => Ok(Some(NamedParty { party, reason: reason.to_owned() })),
        }
    }

    fn label(
        &self,
        area: &str,
        also: &str,
        status: Option<Status>,
        place: &Place,
    ) -> Result<Label, LabelError> {
        let area = match area {
            // A person settled that nothing matches.
            "" if status.is_some() => None,
            "" => return Err(LabelError::NoArea { place: place.clone() }),
            area => self.area(area, place)?,
        };
        let further = also.split(';').map(str::trim).filter(|also| !also.is_empty());
        let mut also = Vec::new();
        for further in further {
            let further = self.area(further, place)?;
            if further != area && !also.contains(&further) {
                also.push(further);
            }
        }
        Ok(Label { area, also })
    }

    fn area(&self, value: &str, place: &Place) -> Result<Option<AreaId>, LabelError> {
        if value.eq_ignore_ascii_case(NONE) {
            return Ok(None);
        }
        let found = self.known.iter().find(|area| area.as_str().eq_ignore_ascii_case(value));
        found.cloned().map(Some).ok_or_else(|| LabelError::UnknownArea {
            place: place.clone(),
            value: shown(value),
            nearest: suggest::nearest(value, self.known.iter().map(AreaId::as_str)).map(str::to_owned),
        })
    }
}

/// Parties that a person can name.
const NAMEABLE: [Party; 3] = [Party::Provider, Party::Customer, Party::Shared];

/// The reason that a note gives for a party named by hand; it stands there between quotation marks.
fn in_note(note: &str) -> Option<&str> {
    let (_, told) = note.split_once(NamedParty::IN_NOTES)?;
    Some(told.split('"').nth(1)?.trim())
}

/// The reviewer and the approver, whom exports have in one cell; the note says that one approved.
fn approved_by<'c>(reviewers: &'c str, note: &str) -> (&'c str, &'c str) {
    let both = reviewers.rsplit_once("; ");
    let is_approver = |(_, approver): &(&str, &str)| note.contains(&format!("Approved by {approver}."));
    both.filter(is_approver).unwrap_or((reviewers, ""))
}

fn status(value: &str, place: &Place) -> Result<Option<Status>, LabelError> {
    if value.is_empty() {
        return Ok(None);
    }
    let found = Status::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(value));
    found.map(Some).ok_or_else(|| LabelError::UnknownStatus {
        place: place.clone(),
        value: shown(value),
        nearest: suggest::nearest(value, Status::ALL.map(Status::as_str)).map(str::to_owned),
    })
}

/// A cell as a message shows it: one line, cut short.
fn shown(cell: &str) -> String {
    const MAX_CHARS: usize = 60;
    let line = one_line(cell);
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(text: &str) -> Result<Labelled, Vec<String>> {
        let known = ["backup-recovery", "encryption-at-rest"].map(AreaId::new);
        Labelled::read(Cursor::new(text.as_bytes().to_vec()), "g.csv", &known)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    /// Rows as `line [id] [section] question: area +also`.
    fn told(text: &str) -> Vec<String> {
        let tell = |row: &LabelledRow| {
            let label = row.label.as_ref().map_or("-".to_owned(), |label| {
                let also: Vec<_> = label.also.iter().map(|also| name_of(also.as_ref())).collect();
                format!("{} +{}", name_of(label.area.as_ref()), also.join(" +"))
            });
            let question = &row.question;
            format!(
                "{} [{}] [{}] {}: {label}",
                question.place.line, question.id, question.section, question.text
            )
        };
        read(text).unwrap().rows.iter().map(tell).collect()
    }

    #[test]
    fn columns_are_found_by_name() {
        assert_eq!(
            told("Area,Question\nbackup-recovery,Who?\nNONE,\"How,\nmany?\"\n\n none ,Why?\n"),
            ["2 [1] [] Who?: backup-recovery +", "3 [2] [] How,\nmany?: none +", "6 [3] [] Why?: none +"]
        );
        assert_eq!(
            told("id;section;question;area;also\nA;S;Who?;none;\"Backup-Recovery ; none;\"\n"),
            ["2 [A] [S] Who?: none +backup-recovery"]
        );
    }

    #[test]
    fn only_what_a_person_settled_is_a_label_in_an_export() {
        let export = "question,area,also,status\nA?,backup-recovery,encryption-at-rest,confirmed\n\
            B?,,,Corrected\nC?,anything,,auto\nD?,,,unmatched\nE?,none,,not-applicable\n\
            F?,backup-recovery,,\n";
        assert_eq!(
            told(export),
            [
                "2 [1] [] A?: backup-recovery +encryption-at-rest",
                "3 [2] [] B?: none +",
                "4 [3] [] C?: -",
                "5 [4] [] D?: -",
                "6 [5] [] E?: -",
                "7 [6] [] F?: -"
            ]
        );
        let read = read(export).unwrap();
        assert_eq!(read.labels(), 2);
        let passed_over: Vec<_> = read.passed_over.into_iter().collect();
        let one = |status| (status, 1);
        assert_eq!(
            passed_over,
            [None, Some(Status::Auto), Some(Status::Unmatched), Some(Status::NotApplicable)].map(one)
        );
    }

    #[test]
    fn every_label_that_cannot_be_used_is_told() {
        let text = "question,area,also\nA?,backup-recover,\nB?,,\n,none,\nC?,none,zzz\nD?,none,,more\n\
            E?,encryption\u{1b}[2J,\n";
        assert_eq!(
            read(text).unwrap_err(),
            [
                "g.csv:2: no area `backup-recover` (did you mean `backup-recovery`?)",
                "g.csv:3: no area in this row; write `none` where the question is about no responsibility",
                "g.csv:4: no question in this row",
                "g.csv:5: no area `zzz`",
                "g.csv:6: 4 cells below a header of 3; is a text that has the delimiter in it unquoted?",
                "g.csv:7: no area `encryption[2J` (did you mean `encryption-at-rest`?)",
            ]
        );
        let status = read("question,area,status\nA?,none,confirmd\n").unwrap_err();
        assert!(status[0].contains("(did you mean `confirmed`?)"), "{status:?}");
    }

    #[test]
    fn a_missing_column_is_told_with_those_that_are_there() {
        let error = |text: &str| read(text).unwrap_err().join("\n");
        assert_eq!(
            error("id,question,Areas\n1,Who?,none\n"),
            "g.csv:1: no column `area` (did you mean `areas`?); the columns are 1 `id`, 2 `question`, 3 `Areas`"
        );
        assert_eq!(
            error("\nWho patches?\n"),
            "g.csv:2: no column `question`; the columns are 1 `Who patches?`\n\
             g.csv:2: no column `area`; the columns are 1 `Who patches?`"
        );
        assert_eq!(error("\n\n"), "g.csv is empty");
    }

    #[test]
    fn decisions_need_what_tells_them_and_every_missing_column_is_told() {
        let read = |text: &'static str| {
            Labelled::read_decisions(Cursor::new(text), "d.csv", &[AreaId::new("backup-recovery")])
        };
        let errors: Vec<String> =
            read("question,area,state\nA?,,\n").unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), 3, "{errors:?}");
        assert!(errors[1].starts_with("d.csv:1: no column `status` (did you mean `state`?)"), "{errors:?}");
        let text = "question,area,also,status,reviewer\nA?,backup-recovery,,confirmed,Ana\n";
        let row = &read(text).unwrap().rows[0];
        assert_eq!((row.status, row.provenance.reviewer.as_str()), (Some(Status::Confirmed), "Ana"));
    }
}

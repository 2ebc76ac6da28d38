//! Which columns a table has: our own, or a standard's in its own order and words.

use crate::assignment::Assignment;
use crate::catalog::{Actor, actors, duties};
use crate::domain::{Respondent, Status};

use super::record::{BETWEEN, COLUMNS, Record};
use super::vocabulary::{Vocabulary, Wording};

/// The columns of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// The 17 columns that every export of ours has.
    #[default]
    Own,
    /// CSA CAIQ v4's questionnaire.
    Caiq,
    /// FedRAMP's customer responsibility matrix (CRM).
    Fedramp,
}

/// CAIQ v4, from "Question ID" to the control's domain.
const CAIQ: [&str; 10] = [
    "Question ID",
    "Question",
    "CSP CAIQ Answer",
    "SSRM Control Ownership",
    "CSP Implementation Description (Optional/Recommended)",
    "CSC Responsibilities (Optional/Recommended)",
    "CCM Control ID",
    "CCM Control Specification",
    "CCM Control Title",
    "CCM Domain Title",
];

/// The CRM's three columns.
const CRM: [&str; 3] = [
    "Control ID",
    "Can Be Inherited from CSP",
    "Specific Inheritance and Customer Agency/CSP Responsibilities",
];

impl Layout {
    /// The header.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Layout::Own => &COLUMNS,
            Layout::Caiq => &CAIQ,
            Layout::Fedramp => &CRM,
        }
    }

    /// A standard's columns take the standard's words.
    #[must_use]
    pub fn wording(self, wording: Wording) -> Wording {
        let vocabulary = match self {
            Layout::Own => wording.vocabulary,
            Layout::Caiq => Vocabulary::Caiq,
            Layout::Fedramp => Vocabulary::Fedramp,
        };
        Wording { vocabulary, ..wording }
    }

    /// A row, in the order of the columns. Cells are as they are, not yet made safe for a spreadsheet.
    ///
    /// A standard's table has no column that says how sure a row is, so a row that is not settled claims nothing there.
    pub fn cells(self, assignment: &Assignment<'_>, wording: Wording) -> Vec<String> {
        let record = Record::new(assignment, self.wording(wording));
        match self {
            Layout::Own => record.cells().into(),
            Layout::Caiq => caiq(assignment, record, wording.respondent).into(),
            Layout::Fedramp => crm(assignment, record).into(),
        }
    }
}

/// Whether a table without a status may say who answers.
fn stands(assignment: &Assignment<'_>, record: &Record) -> bool {
    assignment.status.is_settled() && !record.responsible.is_empty()
}

fn caiq(assignment: &Assignment<'_>, record: Record, respondent: Respondent) -> [String; 10] {
    let stands = stands(assignment, &record);
    let (mut by_csp, mut by_csc) = (String::new(), String::new());
    if stands {
        let provider = &assignment.provider.name;
        let (ours, theirs) = match respondent {
            // We are the CSP that answers; the platform under us is its third party. What our own customers do, no
            // document of the platform says.
            Respondent::Customer => {
                let third_party = format!("{provider} (3rd party)");
                (said("CSP's part", &record.customer_duty), said(&third_party, &record.provider_duty))
            }
            Respondent::Provider => {
                by_csc.clone_from(&record.customer_duty);
                (said("CSP's part", &record.provider_duty), String::new())
            }
        };
        let source = source(assignment, &record);
        by_csp = paragraphs([ours, theirs, third_parties(assignment), source]);
    }
    let control = ccm_control(&record.id).unwrap_or_default().to_owned();
    let domain = if control.is_empty() { String::new() } else { record.section };
    // Whose job it is does not tell whether it is done: the answer stays with whoever knows.
    let answer = if assignment.status == Status::NotApplicable { "NA".into() } else { String::new() };
    let ownership = if stands { record.responsible } else { String::new() };
    let (specification, title) = (String::new(), String::new());
    [record.id, record.question, answer, ownership, by_csp, by_csc, control, specification, title, domain]
}

/// The rules of FedRAMP's matrix: `Yes` leaves the text blank, `Partial` tells both parts, `No` tells why not.
fn crm(assignment: &Assignment<'_>, record: Record) -> [String; 3] {
    if !stands(assignment, &record) {
        return [record.id, String::new(), String::new()];
    }
    let customer = said("Customer Responsibility", &record.customer_duty);
    let source = source(assignment, &record);
    let text = match record.responsible.as_str() {
        "Yes" => String::new(),
        "Partial" => {
            let inherited = said("Inherited", &record.provider_duty);
            paragraphs([inherited, third_parties(assignment), customer, source])
        }
        // Nobody's document says so: the reason is all there is.
        _ if assignment.named.is_some() => format!("Cannot be inherited.\n{source}"),
        _ => {
            let provider = &assignment.provider.name;
            let document = assignment.provider.document_name();
            let why = format!("Cannot be inherited: {document} leaves this to the customer.");
            paragraphs([why, customer, said(&format!("{provider} gives"), &record.provider_duty), source])
        }
    };
    [record.id, record.responsible, text]
}

/// Where the document says so; where a person named the party instead, that and why.
fn source(assignment: &Assignment<'_>, record: &Record) -> String {
    match assignment.named {
        None => format!("Source: {}, {}", record.source, record.source_url),
        Some(_) => assignment.history(),
    }
}

/// `Who: what they do`; empty where they do nothing.
fn said(who: &str, duty: &str) -> String {
    if duty.is_empty() { String::new() } else { format!("{who}: {duty}") }
}

/// What those do whom the provider brings in.
fn third_parties(assignment: &Assignment<'_>) -> String {
    let statements = assignment.statements();
    let others = actors(&statements).into_iter().filter(|actor| matches!(actor, Actor::ThirdParty(_)));
    let told = others
        .map(|actor| said(assignment.provider.name_of(actor), &duties(&statements, actor).join(BETWEEN)));
    paragraphs(told)
}

fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The control that a CAIQ question belongs to: `IAM-08` of `IAM-08.1`.
fn ccm_control(id: &str) -> Option<&str> {
    let (control, part) = id.split_once('.').unwrap_or((id, "1"));
    let (domain, number) = control.split_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let letters = |byte: u8| byte.is_ascii_uppercase() || byte == b'&';
    let fits = (2..=4).contains(&domain.len()) && domain.bytes().all(letters);
    (fits && number.len() == 2 && digits(number) && digits(part)).then_some(control)
}

#[cfg(test)]
mod tests {
    use super::ccm_control;

    #[test]
    fn controls_are_read_from_ids_of_caiq_only() {
        for (id, control) in [("IAM-08.1", "IAM-08"), ("A&A-01.12", "A&A-01"), ("STA-10", "STA-10")] {
            assert_eq!(ccm_control(id), Some(control));
        }
        for id in
            ["", "1", "1.2", "AC-2(a)", "iam-08.1", "IAM-8.1", "IAM-08.", "IAM-08.x", "ABCDE-01.1", "-01"]
        {
            assert_eq!(ccm_control(id), None, "{id}");
        }
    }
}

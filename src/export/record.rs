//! The row as auditors see it: the columns of the contract, in their order.

use serde::Serialize;

use crate::assignment::Assignment;
use crate::catalog::{Actor, Statement, actors, duties, locators};

use super::vocabulary::Wording;

/// The columns of the CSV, which are also the keys of a JSON line.
pub const COLUMNS: [&str; 17] = [
    "id",
    "section",
    "question",
    "area",
    "also",
    "party",
    "responsible",
    "provider_duty",
    "customer_duty",
    "source",
    "source_url",
    "provider",
    "model",
    "confidence",
    "status",
    "reviewer",
    "note",
];

/// Separates several areas, duties or sources within a cell.
pub(super) const BETWEEN: &str = "; ";

/// One row in words. Cells are as they are, not yet made safe for a spreadsheet.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// The questionnaire's own id.
    pub id: String,
    /// The heading the question stands under.
    pub section: String,
    /// The question.
    pub question: String,
    /// The main area's id; empty when unmatched.
    pub area: String,
    /// Further areas asked about, `;` between.
    pub also: String,
    /// The party, or empty.
    pub party: String,
    /// The same in names or in a standard's words.
    pub responsible: String,
    /// What the provider does.
    pub provider_duty: String,
    /// What the customer does.
    pub customer_duty: String,
    /// Title, section and item, and the day they were read.
    pub source: String,
    /// Where the document is published.
    pub source_url: String,
    /// The provider's id.
    pub provider: String,
    /// The model's id.
    pub model: String,
    /// 0 to 1, two decimals.
    pub confidence: f64,
    /// How far the row is settled.
    pub status: &'static str,
    /// Who settled it, and who approved that, `;` between.
    pub reviewer: String,
    /// Silence, contradictions, remarks.
    pub note: String,
}

impl Record {
    /// Puts an assignment into words.
    pub fn new(assignment: &Assignment<'_>, wording: Wording) -> Record {
        let also: Vec<&str> =
            assignment.resolutions.iter().skip(1).map(|resolution| resolution.area.id.as_str()).collect();
        let statements = assignment.statements();
        let source = source(assignment, &statements);
        let url = &assignment.provider.document.url;
        Record {
            id: assignment.question.id.clone(),
            section: assignment.question.section.clone(),
            question: assignment.question.text.clone(),
            area: assignment.area().map(ToString::to_string).unwrap_or_default(),
            also: also.join(";"),
            party: assignment.party().map(|party| party.to_string()).unwrap_or_default(),
            responsible: wording.responsible(assignment),
            provider_duty: duties(&statements, &Actor::Provider).join(BETWEEN),
            customer_duty: duties(&statements, &Actor::Customer).join(BETWEEN),
            source_url: if source.is_empty() { String::new() } else { url.clone() },
            source,
            provider: assignment.provider.id.clone(),
            model: assignment.model.id.clone(),
            confidence: two_decimals(assignment.confidence),
            status: assignment.status.as_str(),
            reviewer: reviewers(assignment),
            note: note(assignment, &statements),
        }
    }

    /// The cells in the order of [`COLUMNS`].
    pub fn cells(self) -> [String; 17] {
        [
            self.id,
            self.section,
            self.question,
            self.area,
            self.also,
            self.party,
            self.responsible,
            self.provider_duty,
            self.customer_duty,
            self.source,
            self.source_url,
            self.provider,
            self.model,
            format!("{:.2}", self.confidence),
            self.status.to_string(),
            self.reviewer,
            self.note,
        ]
    }
}

/// Who settled it, and who approved that.
fn reviewers(assignment: &Assignment<'_>) -> String {
    let names = [assignment.reviewer.as_str(), assignment.approver.as_str()];
    names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(BETWEEN)
}

/// What was decided before, what third parties do (they have no column of their own), and the remark.
fn note(assignment: &Assignment<'_>, statements: &[Statement<'_>]) -> String {
    let filled = |note: String| Some(note).filter(|note| !note.is_empty());
    let mut notes: Vec<String> = filled(assignment.history()).into_iter().collect();
    for actor in actors(statements) {
        if matches!(actor, Actor::ThirdParty(_)) {
            let duties = duties(statements, actor).join(BETWEEN);
            notes.push(format!("{}: {duties}.", assignment.provider.name_of(actor)));
        }
    }
    notes.extend(filled(assignment.remark()));
    notes.join(" ")
}

fn source(assignment: &Assignment<'_>, statements: &[Statement<'_>]) -> String {
    let locators = locators(statements);
    if locators.is_empty() {
        return String::new();
    }
    format!("{}: {}", assignment.provider.citation(), locators.join(BETWEEN))
}

/// A confidence as exports state it: rounded down, so that a row never looks surer than it is.
pub fn two_decimals(confidence: f64) -> f64 {
    // 0.29 * 100.0 is 28.999…; a hair is added before cutting.
    ((confidence * 100.0 + 1e-9).floor() / 100.0).clamp(0.0, 1.0)
}

/// A number with its thousands told apart: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, two_decimals};

    #[test]
    fn thousands_are_told_apart() {
        assert_eq!([0, 999, 1_234_567].map(grouped), ["0", "999", "1,234,567"]);
    }

    #[test]
    fn confidence_is_cut_not_rounded_up() {
        for (given, expected) in [(0.999, 0.99), (0.29, 0.29), (1.0, 1.0), (0.0, 0.0), (0.505, 0.5)] {
            assert!((two_decimals(given) - expected).abs() < 1e-12, "{given}");
        }
    }
}

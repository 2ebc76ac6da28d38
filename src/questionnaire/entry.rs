use std::fmt;

use crate::domain::{Place, Question};

/// What a row of a questionnaire turned out to be. Every row is one or the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It asks something.
    Question(Question),
    /// It asks nothing, for a reason.
    Skipped(Skipped),
}

/// A row that is no question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stands.
    pub place: Place,
    /// Why it is no question.
    pub reason: SkipReason,
    /// What stands in it, cut short; empty for a blank row.
    pub text: String,
}

/// Why a row is no question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// Nothing stands in it.
    Blank,
    /// It stands above the header: a title, a banner, instructions.
    AboveHeader,
    /// It was taken for the header by its looks only, or is the header of a further table.
    Header,
    /// It is the heading of the rows below.
    SectionHeading,
    /// It is the header once more.
    RepeatedHeader,
    /// Something stands in it, but nothing in the question column.
    NoQuestion,
    /// It is a line drawn with dashes or the like.
    Rule,
    /// It tells the reader something: a note, a legend, a footer.
    Notice,
    /// The sender hid it.
    Hidden,
    /// The same question, with the same id, was read from an earlier sheet.
    OnEarlierSheet,
}

impl SkipReason {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::Blank => "blank",
            SkipReason::AboveHeader => "above the header",
            SkipReason::Header => "taken for the header",
            SkipReason::SectionHeading => "section heading",
            SkipReason::RepeatedHeader => "header repeated",
            SkipReason::NoQuestion => "no question in it",
            SkipReason::Rule => "ruled line",
            SkipReason::Notice => "a note, no question",
            SkipReason::Hidden => "hidden by the sender",
            SkipReason::OnEarlierSheet => "asked on an earlier sheet",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

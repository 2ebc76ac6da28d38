use std::fmt;
use std::sync::Arc;

/// Where something stands in an input: the file as the user named it, and the line in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `stdin`.
    pub file: Arc<str>,
    /// The first line of the row, counted from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// One row of a questionnaire that asks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The questionnaire's own id, or the question's number where it has none.
    pub id: String,
    /// The heading that the question stands under; empty where there is none.
    pub section: String,
    /// The question as it was asked, white space at the ends removed.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

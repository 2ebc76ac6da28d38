//! Problems in data files, with the place in the text. Rendering them is the command line's business.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A data file: where it came from, and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as people should read it.
    pub path: String,
    /// The whole text; what is not UTF-8 stands as U+FFFD.
    pub text: String,
    /// Where the first byte stood that is not UTF-8.
    pub broken_at: Option<usize>,
}

impl SourceFile {
    /// A file whose text is known.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> SourceFile {
        SourceFile { path: path.into(), text: text.into(), broken_at: None }
    }

    /// A file as it was read.
    pub fn from_bytes(path: String, bytes: Vec<u8>) -> SourceFile {
        match String::from_utf8(bytes) {
            Ok(text) => SourceFile::new(path, text),
            Err(error) => SourceFile {
                path,
                broken_at: Some(error.utf8_error().valid_up_to()),
                text: String::from_utf8_lossy(error.as_bytes()).into_owned(),
            },
        }
    }

    /// Line and column of a byte offset, both counted from 1; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file works; something in it is probably not meant.
    Warning,
    /// The file cannot be used.
    Error,
}

/// What kind of problem it is; the names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Not TOML.
    Syntax,
    /// A key that no table of this kind has.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,
    /// A value of another type.
    WrongType,
    /// A value that is empty or not of the expected form.
    BadValue,
    /// An id that is not lower-case words joined by hyphens.
    BadId,
    /// Two things with one id.
    DuplicateId,
    /// A name listed twice.
    Repeated,
    /// The id differs from the file's name.
    FileName,
    /// An area that does not exist.
    UnknownArea,
    /// A model that the provider does not have.
    UnknownModel,
    /// A party that the document does not name.
    UnknownParty,
    /// A responsibility that does not exist, or is not in force for that model.
    UnknownResponsibility,
    /// An accountable party whose duty is not said.
    MissingDuty,
    /// Statements for a model that the document leaves outside, or none for one that it covers.
    Coverage,
    /// Models that extend each other in a circle.
    Circle,
    /// A contradiction without its reason, or a reason without a contradiction.
    Contradiction,
    /// The question bank: order, duplicates, labels.
    Bank,
}

impl Code {
    /// Every kind there is.
    pub const ALL: [Code; 18] = [
        Code::Syntax,
        Code::UnknownKey,
        Code::MissingKey,
        Code::WrongType,
        Code::BadValue,
        Code::BadId,
        Code::DuplicateId,
        Code::Repeated,
        Code::FileName,
        Code::UnknownArea,
        Code::UnknownModel,
        Code::UnknownParty,
        Code::UnknownResponsibility,
        Code::MissingDuty,
        Code::Coverage,
        Code::Circle,
        Code::Contradiction,
        Code::Bank,
    ];

    /// The stable name, as shown in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::Syntax => "syntax",
            Code::UnknownKey => "unknown-key",
            Code::MissingKey => "missing-key",
            Code::WrongType => "wrong-type",
            Code::BadValue => "bad-value",
            Code::BadId => "bad-id",
            Code::DuplicateId => "duplicate-id",
            Code::Repeated => "repeated",
            Code::FileName => "file-name",
            Code::UnknownArea => "unknown-area",
            Code::UnknownModel => "unknown-model",
            Code::UnknownParty => "unknown-party",
            Code::UnknownResponsibility => "unknown-responsibility",
            Code::MissingDuty => "missing-duty",
            Code::Coverage => "coverage",
            Code::Circle => "circle",
            Code::Contradiction => "contradiction",
            Code::Bank => "bank",
        }
    }
}

/// A stretch of a file and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Bytes of the file's text.
    pub span: Range<usize>,
    /// A few words, shown at the underlined text.
    pub text: String,
}

/// One problem, with its place and the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub code: Code,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// The file it is in.
    pub file: Arc<SourceFile>,
    /// The text that is wrong.
    pub label: Label,
    /// Another place that matters, such as the first use of a duplicate id.
    pub related: Option<Label>,
    /// What to do next.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Line and column where the underlined text begins, counted from 1.
    pub fn line_column(&self) -> (usize, usize) {
        self.file.line_column(self.label.span.start)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_column();
        write!(f, "{}:{line}:{column}: {} [{}]", self.file.path, self.message, self.code.as_str())
    }
}

/// Collects the problems of one file while the reading goes on.
#[derive(Debug)]
pub struct Problems {
    file: Arc<SourceFile>,
    found: Vec<Diagnostic>,
}

impl Problems {
    /// An empty collection for a file.
    pub fn new(file: Arc<SourceFile>) -> Problems {
        Problems { file, found: Vec::new() }
    }

    /// Adds an error; the returned diagnostic can be given more detail.
    pub fn error(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push(Severity::Error, code, span, message.into(), label.into())
    }

    /// Adds a warning; the returned diagnostic can be given more detail.
    pub fn warning(
        &mut self,
        code: Code,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.push(Severity::Warning, code, span, message.into(), label.into())
    }

    fn push(
        &mut self,
        severity: Severity,
        code: Code,
        span: Range<usize>,
        message: String,
        text: String,
    ) -> &mut Diagnostic {
        let file = Arc::clone(&self.file);
        let label = Label { span, text };
        self.found.push(Diagnostic { severity, code, message, file, label, related: None, help: None });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// The file that the problems are in.
    pub fn file(&self) -> Arc<SourceFile> {
        Arc::clone(&self.file)
    }

    /// How many problems there are so far.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Whether anything found makes the file unusable.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// The problems in the order of the file.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|problem| problem.label.span.start);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::SourceFile;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let file = SourceFile::new("a", "é = 1\nb = 2\n");
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(3), (1, 3));
        assert_eq!(file.line_column(7), (2, 1));
        assert_eq!(file.line_column(999), (3, 1));
    }
}

use std::fmt;
use std::io;
use std::sync::Arc;

use thiserror::Error;

use super::columns::Role;
use super::lines::{LineError, MAX_LINE_BYTES};
use crate::domain::Place;

/// Why a questionnaire could not be read: what is wrong, where, and what to do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The input itself failed.
    #[error("cannot read {place}: {source}")]
    Io {
        /// The line that was about to be read.
        place: Place,
        /// What the system said.
        source: io::Error,
    },
    /// The input is no text that this room reads.
    #[error("{file} is {found}, which is not read as a questionnaire; {}", .found.remedy())]
    Foreign {
        /// The file as the user named it.
        file: Arc<str>,
        /// What it is.
        found: Foreign,
    },
    /// One line is larger than any questionnaire's; nothing after it was read.
    #[error(
        "{place}: this line is longer than {} MiB, so reading stopped here; check that the file is a table with line ends",
        .limit >> 20
    )]
    LineTooLong {
        /// The line.
        place: Place,
        /// The largest line that is read, in bytes.
        limit: usize,
    },
    /// A column that the user named is not there.
    #[error(
        "{file}: no column `{wanted}` to take the {role} from{}; the columns are {columns}",
        suggestion(.nearest)
    )]
    UnknownColumn {
        /// The file as the user named it.
        file: Arc<str>,
        /// What the column was meant for.
        role: Role,
        /// The column as the user named it.
        wanted: String,
        /// The most similar name that is there.
        nearest: Option<String>,
        /// The columns that are there.
        columns: ColumnList,
    },
    /// Two roles were given to one column.
    #[error(
        "{file}: column {column} was named for both the {first} and the {second}; name one of them elsewhere"
    )]
    SharedColumn {
        /// The file as the user named it.
        file: Arc<str>,
        /// The column, counted from 1.
        column: usize,
        /// One role.
        first: Role,
        /// The other.
        second: Role,
    },
    /// No column is clearly the one with the questions.
    #[error(
        "{place}: cannot tell which column holds the questions; name it with `--column question=…` (the columns are {columns})"
    )]
    NoQuestionColumn {
        /// The first row.
        place: Place,
        /// The columns that are there.
        columns: ColumnList,
    },
    /// The row that the user named as the header is blank or not among the first rows.
    #[error("{place}: nothing stands there that could be a header; name another row with `--header`")]
    NoSuchHeader {
        /// The row.
        place: Place,
    },
    /// A document is damaged, too large, or not what its name says.
    #[error("{file}{}: {message}", line_of(.line))]
    Broken {
        /// The file as the user named it.
        file: Arc<str>,
        /// The line, in text formats.
        line: Option<u64>,
        /// What is wrong, and what to do about it.
        message: String,
    },
    /// No sheet of a workbook holds questions.
    #[error(
        "{file}: no sheet clearly holds questions ({sheets}); name it with `--sheet`, and its columns with `--column question=…`"
    )]
    NoQuestions {
        /// The file as the user named it.
        file: Arc<str>,
        /// The sheets, each with the reason.
        sheets: String,
    },
    /// A sheet that the user named is not there.
    #[error("{file}: no sheet `{wanted}`{}; the sheets are {sheets}", suggestion(.nearest))]
    UnknownSheet {
        /// The file as the user named it.
        file: Arc<str>,
        /// The sheet as the user named it.
        wanted: String,
        /// The most similar name that is there.
        nearest: Option<String>,
        /// The names of the sheets.
        sheets: String,
    },
    /// Columns were named for a text that has none.
    #[error(
        "{file} is read as text, one question a line, so `--column` has no meaning; read it as CSV or leave the option out"
    )]
    ColumnsInText {
        /// The file as the user named it.
        file: Arc<str>,
    },
}

impl LineError {
    /// The same with the file's name.
    pub(super) fn in_file(self, file: &Arc<str>) -> ReadError {
        let place = |line| Place::line(file, line);
        match self {
            LineError::Io(line, source) => ReadError::Io { place: place(line), source },
            LineError::TooLong(line) => ReadError::LineTooLong { place: place(line), limit: MAX_LINE_BYTES },
        }
    }
}

fn line_of(line: &Option<u64>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

fn roles() -> String {
    let [first @ .., last] = Role::ALL.map(Role::as_str);
    format!("{} and {last}", first.join(", "))
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

/// The columns of a table, for messages: number and name of each, a long list cut short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnList(
    /// The names in order, empty where a column has none.
    pub Vec<String>,
);

const LISTED_COLUMNS: usize = 30;

impl fmt::Display for ColumnList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().take(LISTED_COLUMNS).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}", index + 1)?;
            if !name.is_empty() {
                write!(f, " `{name}`")?;
            }
        }
        match self.0.len().checked_sub(LISTED_COLUMNS) {
            Some(rest) if rest > 0 => write!(f, " and {rest} more"),
            _ => Ok(()),
        }
    }
}

/// A kind of file that is no plain text or table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// A zip archive: most likely a workbook or a word-processor document.
    Zip,
    /// An Office file of before 2007.
    OldOffice,
    /// A document without the rows and columns that are asked for.
    NoTable,
    /// An Office file under a password.
    Protected,
    /// A PDF.
    Pdf,
    /// Rich text.
    RichText,
    /// JSON.
    Json,
    /// A web page or another XML document.
    Markup,
    /// A compressed file.
    Compressed,
    /// UTF-32 text.
    Utf32,
    /// Anything else that is no text.
    Binary,
}

impl Foreign {
    /// What to do with such a file.
    pub fn remedy(self) -> &'static str {
        match self {
            Foreign::Zip | Foreign::OldOffice => {
                "open it and save the sheet with the questions as CSV (UTF-8), or copy the questions into a text file, one a line"
            }
            Foreign::Pdf | Foreign::RichText | Foreign::Markup => {
                "copy the questions into a text file, one a line, or ask the sender for the spreadsheet"
            }
            Foreign::Json => "convert it to CSV with a `question` column, or to one question a line",
            Foreign::NoTable => "give a CSV file or a workbook",
            Foreign::Protected => "open it with its password and save a copy without one",
            Foreign::Compressed => "unpack it first",
            Foreign::Utf32 => "save it as UTF-8",
            Foreign::Binary => "give a CSV file, or a text file with one question a line",
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Foreign::Zip => "a zip archive (a workbook or a document?)",
            Foreign::OldOffice => "an Office file of before 2007 (.xls or .doc?)",
            Foreign::NoTable => "no table",
            Foreign::Protected => "an Office file under a password",
            Foreign::Pdf => "a PDF",
            Foreign::RichText => "a rich text document",
            Foreign::Json => "JSON",
            Foreign::Markup => "a web page or XML document",
            Foreign::Compressed => "a compressed file",
            Foreign::Utf32 => "UTF-32 text",
            Foreign::Binary => "no text but binary data",
        })
    }
}

/// Why a `role=COLUMN` option was not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ColumnOptionError {
    /// There is no `=`, or nothing behind it.
    #[error(
        "`{given}` names no column; write role=COLUMN, as in question=Requirement, question=3 or question=C"
    )]
    NoColumn {
        /// The option as it was given.
        given: String,
    },
    /// The role is none that a column can play.
    #[error("`{given}` is no role of a column{}; the roles are {}", suggestion(.nearest), roles())]
    UnknownRole {
        /// The role as it was given.
        given: String,
        /// The most similar role.
        nearest: Option<String>,
    },
}

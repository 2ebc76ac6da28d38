use std::fmt;

use super::columns::Role;
use super::decode::Encoding;

/// The forms in which questions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table with a delimiter: commas, semicolons, tabs or bars.
    Csv,
    /// One question a line.
    Text,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Format::Csv => "CSV",
            Format::Text => "text",
        })
    }
}

/// What was understood of an input, for people to check.
///
/// [`Display`](fmt::Display) gives it in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How the input is read.
    pub format: Format,
    /// How its bytes are read.
    pub encoding: Encoding,
    /// Whether the encoding was inferred rather than declared by a byte order mark or valid throughout.
    pub encoding_guessed: bool,
    /// What separates the columns; `None` where there is one column only.
    pub delimiter: Option<char>,
    /// The line of the header, counted from 1.
    pub header_line: Option<u64>,
    /// Whether the header was told by its looks, because none of its names is a usual one.
    pub header_guessed: bool,
    /// The columns that play a role, in the order of [`Role::ALL`]; empty for text.
    pub columns: Vec<Column>,
    /// Whether a blank section cell takes the section above it, as in an export of merged cells.
    pub section_filled_down: bool,
    /// How much there is to read.
    pub extent: Extent,
    /// What else should be known. Grows while rows are read; a kind of note comes once.
    pub notes: Vec<Note>,
}

/// A column and the role it plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it holds.
    pub role: Role,
    /// Its number, counted from 1.
    pub number: usize,
    /// Its header, control characters removed and cut short; empty where it has none.
    pub name: String,
    /// How it was found.
    pub found: Found,
}

/// How a column was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The user named it.
    Named,
    /// By its header.
    Header,
    /// There is no other.
    Only,
    /// By what stands in it: a guess.
    Content,
}

/// How much there is to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Nothing at all.
    Empty,
    /// A header and nothing below it.
    HeaderOnly,
    /// Rows.
    Rows,
}

/// Something that should be known about how an input was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// From this line on some bytes are not UTF-8; those are read as Windows-1252.
    NotUtf8 {
        /// The first such line.
        line: u64,
    },
    /// A quote that opens on this line is never closed; it was read as a plain character.
    OpenQuote {
        /// The first such line.
        line: u64,
    },
    /// A row has more cells than there are columns, as prose with commas has; its last cells were joined.
    JoinedCells {
        /// The first such line.
        line: u64,
    },
    /// A record of JSON has a key twice; its last value counts.
    RepeatedKey {
        /// The first such line.
        line: u64,
    },
    /// A row has cells that belong to no column and were left out of the question.
    ExtraCells {
        /// The first such line.
        line: u64,
    },
    /// A further table begins on this line, with a header and columns of its own.
    FurtherHeader {
        /// The first such line.
        line: u64,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::NotUtf8 { line } => write!(f, "not UTF-8 from line {line}, read as Windows-1252 there"),
            Note::OpenQuote { line } => {
                write!(f, "the quote opened on line {line} is never closed, so that line was read without it")
            }
            Note::JoinedCells { line } => {
                write!(f, "line {line} has more cells than there are columns, so the question's were joined")
            }
            Note::RepeatedKey { line } => {
                write!(f, "line {line} gives a key once more, whose last value was taken")
            }
            Note::ExtraCells { line } => {
                write!(f, "line {line} has cells that belong to no column and were left out")
            }
            Note::FurtherHeader { line } => {
                write!(f, "a further header on line {line}, whose columns hold below it")
            }
        }
    }
}

impl Layout {
    /// The column that plays a role.
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// Adds a note, unless there is one of its kind.
    pub(super) fn note(&mut self, note: Note) {
        let same = |other: &Note| std::mem::discriminant(other) == std::mem::discriminant(&note);
        if !self.notes.iter().any(same) {
            self.notes.push(note);
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.extent == Extent::Empty {
            return f.write_str("empty");
        }
        write!(f, "{}, {}", self.format, self.encoding)?;
        if self.encoding_guessed {
            f.write_str(" (guessed)")?;
        }
        if self.format == Format::Csv {
            write!(f, ", {}", delimiter_word(self.delimiter))?;
            write_header(f, self)?;
        } else {
            f.write_str(", one question a line")?;
        }
        if self.extent == Extent::HeaderOnly {
            f.write_str("; no rows below the header")?;
        }
        let mut before = "; ";
        for column in &self.columns {
            write!(f, "{before}{column}")?;
            before = ", ";
        }
        if self.section_filled_down {
            f.write_str("; blank sections filled from above")?;
        }
        self.notes.iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

fn write_header(f: &mut fmt::Formatter<'_>, layout: &Layout) -> fmt::Result {
    match layout.header_line {
        None => f.write_str("; no header"),
        Some(line) if layout.header_guessed => write!(f, "; header on line {line} (guessed)"),
        Some(line) => write!(f, "; header on line {line}"),
    }
}

fn delimiter_word(delimiter: Option<char>) -> &'static str {
    match delimiter {
        Some(',') => "commas",
        Some(';') => "semicolons",
        Some('\t') => "tabs",
        Some(_) => "bars",
        None => "one column",
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = column {}", self.role, self.number)?;
        if !self.name.is_empty() {
            write!(f, " `{}`", self.name)?;
        }
        match self.found {
            Found::Content => f.write_str(" (guessed from its content)"),
            Found::Named => f.write_str(" (as named)"),
            Found::Header | Found::Only => Ok(()),
        }
    }
}

/// A column's name as messages show it: one line, no control characters, cut short.
pub(super) fn shown_name(cell: &str) -> String {
    shortened(&cell.split(|c: char| c.is_whitespace() || c.is_control()).collect::<Vec<_>>().join(" "), 60)
}

/// At most so many characters of a text.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_is_told_in_one_line() {
        let mut layout = Layout {
            format: Format::Csv,
            encoding: Encoding::Windows1252,
            encoding_guessed: true,
            delimiter: Some(';'),
            header_line: Some(3),
            header_guessed: false,
            columns: vec![
                Column { role: Role::Id, number: 1, name: "Ref".into(), found: Found::Header },
                Column { role: Role::Question, number: 2, name: String::new(), found: Found::Content },
            ],
            section_filled_down: false,
            extent: Extent::Rows,
            notes: Vec::new(),
        };
        layout.note(Note::OpenQuote { line: 9 });
        layout.note(Note::OpenQuote { line: 12 });
        assert_eq!(
            layout.to_string(),
            "CSV, Windows-1252 (guessed), semicolons; header on line 3; id = column 1 `Ref`, \
             question = column 2 (guessed from its content); \
             the quote opened on line 9 is never closed, so that line was read without it"
        );
        assert_eq!(layout.column(Role::Question).unwrap().number, 2);
        assert_eq!(layout.column(Role::Section), None);
    }

    #[test]
    fn names_are_shown_without_anything_a_terminal_would_obey() {
        assert_eq!(shown_name("a\u{1b}[31m\nb"), "a [31m b");
        assert_eq!(shown_name(&"x".repeat(100)).chars().count(), 61);
    }
}

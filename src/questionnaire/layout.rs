use std::fmt;
use std::sync::Arc;

use super::columns::Role;
use super::decode::Encoding;
use super::known::Known;
use crate::domain::Place;
use crate::safe_text::one_line;

/// The forms in which questions are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A table with a delimiter: commas, semicolons, tabs or bars.
    Csv,
    /// One question a line.
    Text,
    /// An Excel workbook of 2007 and later, with or without macros.
    Xlsx,
    /// A binary Excel workbook.
    Xlsb,
    /// An Excel workbook of before 2007.
    Xls,
    /// An OpenDocument spreadsheet.
    Ods,
    /// A Word document.
    Docx,
    /// JSON: an array of objects, or a questionnaire of nested blocks.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// Markdown: tables and lists under headings.
    Markdown,
}

impl Format {
    /// Whether its sheets and cells have the addresses of a spreadsheet.
    pub fn is_workbook(self) -> bool {
        matches!(self, Format::Xlsx | Format::Xlsb | Format::Xls | Format::Ods)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Format::Csv => "CSV",
            Format::Text => "text",
            Format::Xlsx => "XLSX",
            Format::Xlsb => "XLSB",
            Format::Xls => "XLS",
            Format::Ods => "ODS",
            Format::Docx => "DOCX",
            Format::Json => "JSON",
            Format::Jsonl => "JSON lines",
            Format::Markdown => "Markdown",
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
    /// How its bytes are read, in formats of text.
    pub encoding: Encoding,
    /// Whether the encoding was inferred rather than declared by a byte order mark or valid throughout.
    pub encoding_guessed: bool,
    /// What separates the columns; `None` where there is one column only.
    pub delimiter: Option<char>,
    /// The sheets in their order; a text is one sheet.
    pub sheets: Vec<SheetLayout>,
    /// What else should be known. Grows while rows are read; a kind of note comes once.
    pub notes: Vec<Note>,
}

/// What was understood of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetLayout {
    /// Its name, in documents whose parts have names.
    pub name: Option<Arc<str>>,
    /// Whether it is read, and why not.
    pub verdict: Verdict,
    /// The published layout that it has.
    pub known: Option<Known>,
    /// The line or row of the header, counted from 1.
    pub header_line: Option<u64>,
    /// Whether the header was told by its looks, because none of its names is a usual one.
    pub header_guessed: bool,
    /// The columns that play a role, in the order of [`Role::ALL`]; empty for text.
    pub columns: Vec<Column>,
    /// Whether a blank section cell takes the section above it, as in an export of merged cells.
    pub section_filled_down: bool,
    /// How much there is to read.
    pub extent: Extent,
}

/// Whether a sheet is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It holds questions.
    #[default]
    Read,
    /// Nothing stands in it.
    Empty,
    /// The sender hid it.
    Hidden,
    /// It shows how to fill in another sheet.
    Example,
    /// It explains, lists or counts: no column of it clearly holds questions.
    NoQuestions,
    /// The user named other sheets.
    NotNamed,
}

impl Verdict {
    /// The verdict in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Read => "read",
            Verdict::Empty => "empty",
            Verdict::Hidden => "hidden by the sender",
            Verdict::Example => "an example",
            Verdict::NoQuestions => "no questions in it",
            Verdict::NotNamed => "not among the sheets named",
        }
    }
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Nothing at all.
    #[default]
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
    /// The first sheet that is read; a text has one sheet.
    pub fn first(&self) -> Option<&SheetLayout> {
        self.sheets.iter().find(|sheet| sheet.verdict == Verdict::Read)
    }

    /// Adds a note, unless there is one of its kind.
    pub(super) fn note(&mut self, note: Note) {
        let same = |other: &Note| std::mem::discriminant(other) == std::mem::discriminant(&note);
        if !self.notes.iter().any(same) {
            self.notes.push(note);
        }
    }
}

impl SheetLayout {
    /// The column that plays a role.
    pub fn column(&self, role: Role) -> Option<&Column> {
        self.columns.iter().find(|column| column.role == role)
    }

    /// Its name as messages show it, in quotes.
    pub fn shown_name(&self) -> String {
        format!("`{}`", self.name.as_deref().map(one_line).unwrap_or_default())
    }
}

/// Sheets that a one-line summary names.
const SHOWN_SHEETS: usize = 3;

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.format {
            Format::Csv | Format::Text => self.text_in_one_line(f)?,
            _ => self.book_in_one_line(f)?,
        }
        self.notes.iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

impl Layout {
    fn text_in_one_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(sheet) = self.sheets.first().filter(|sheet| sheet.extent != Extent::Empty) else {
            return f.write_str("empty");
        };
        write!(f, "{}, {}", self.format, self.encoding)?;
        if self.encoding_guessed {
            f.write_str(" (guessed)")?;
        }
        if self.format == Format::Text {
            f.write_str(", one question a line")?;
            return if sheet.extent == Extent::HeaderOnly { f.write_str(HEADER_ONLY) } else { Ok(()) };
        }
        write!(f, ", {}; {sheet}", delimiter_word(self.delimiter))
    }

    fn book_in_one_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read: Vec<_> = self.sheets.iter().filter(|sheet| sheet.verdict == Verdict::Read).collect();
        write!(f, "{}", self.format)?;
        if self.sheets.iter().any(|sheet| sheet.name.is_some()) {
            let (all, is) = (self.sheets.len(), if read.len() == 1 { "is" } else { "are" });
            let sheets = if all == 1 { "sheet" } else { "sheets" };
            write!(f, ", {} of {all} {sheets} {is} read", read.len())?;
        }
        for sheet in read.iter().take(SHOWN_SHEETS) {
            f.write_str("; ")?;
            if sheet.name.is_some() {
                write!(f, "{}: ", sheet.shown_name())?;
            }
            write!(f, "{sheet}")?;
        }
        match read.len().saturating_sub(SHOWN_SHEETS) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

const HEADER_ONLY: &str = "; no rows below the header";

impl fmt::Display for SheetLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verdict != Verdict::Read {
            return f.write_str(self.verdict.as_str());
        }
        if let Some(known) = self.known {
            write!(f, "{known}; ")?;
        }
        let line = if self.name.is_some() { "row" } else { "line" };
        match self.header_line {
            Some(0) => f.write_str("the records' keys are the header")?,
            None if self.columns.is_empty() => f.write_str("text")?,
            None => f.write_str("no header")?,
            Some(number) if self.header_guessed => write!(f, "header on {line} {number} (guessed)")?,
            Some(number) => write!(f, "header on {line} {number}")?,
        }
        if self.extent == Extent::HeaderOnly {
            f.write_str(HEADER_ONLY)?;
        }
        let mut before = "; ";
        for column in &self.columns {
            f.write_str(before)?;
            column.write(f, self.name.is_some())?;
            before = ", ";
        }
        if self.section_filled_down {
            f.write_str("; blank sections filled from above")?;
        }
        Ok(())
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

impl Column {
    /// Its letter, as spreadsheets have it, or its number.
    pub fn place(&self, lettered: bool) -> String {
        if lettered { Place::letters(self.number - 1) } else { self.number.to_string() }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, lettered: bool) -> fmt::Result {
        write!(f, "{} = column {}", self.role, self.place(lettered))?;
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

/// The longest text that rows take over from above, a heading or the question that they hang on, in characters: one
/// long cell must not come out with each of a million rows.
pub(super) const LONGEST_CONTEXT: usize = 2_000;

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
            sheets: vec![SheetLayout {
                header_line: Some(3),
                columns: vec![
                    Column { role: Role::Id, number: 1, name: "Ref".into(), found: Found::Header },
                    Column { role: Role::Question, number: 2, name: String::new(), found: Found::Content },
                ],
                extent: Extent::Rows,
                ..SheetLayout::default()
            }],
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
        assert_eq!(layout.sheets[0].column(Role::Question).unwrap().number, 2);
        assert_eq!(layout.sheets[0].column(Role::Section), None);
        layout.format = Format::Xlsx;
        layout.notes.clear();
        layout.sheets[0].name = Some("Vendor\u{1b}".into());
        layout.sheets.push(SheetLayout { verdict: Verdict::Hidden, ..layout.sheets[0].clone() });
        assert_eq!(
            layout.to_string(),
            "XLSX, 1 of 2 sheets is read; `Vendor`: header on row 3; id = column A `Ref`, \
             question = column B (guessed from its content)"
        );
    }

    #[test]
    fn names_are_shown_without_anything_a_terminal_would_obey() {
        assert_eq!(shown_name("a\u{1b}[31m\nb"), "a [31m b");
        assert_eq!(shown_name(&"x".repeat(100)).chars().count(), 61);
    }
}

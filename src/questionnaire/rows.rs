use std::io::Read;
use std::sync::Arc;

use super::book::{Book, Content};
use super::error::{Foreign, ReadError};
use super::grid;
use super::reader::{Opened, Options};
use super::records::Records;
use super::sniff;
use super::split::Record;
use super::whole::{Taken, Whole};

/// The rows of a table as they stand, the header among them; blank ones are left out.
///
/// For tables whose columns have known names: encoding and delimiter are found, nothing else is guessed. After an error
/// there is nothing more.
pub struct Rows {
    source: Source,
    file: Arc<str>,
    ended: bool,
}

enum Source {
    Text(Box<Records>),
    /// The rows of a workbook.
    Book(std::vec::IntoIter<Record>),
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainRow {
    /// Its first line, counted from 1.
    pub line: u64,
    /// Its cells without the white space around them.
    pub cells: Vec<String>,
}

impl Rows {
    /// Looks at the beginning of an input.
    ///
    /// `name` stands in every place and message, `-` as `stdin`.
    ///
    /// # Errors
    /// The input fails or is no text.
    pub fn open(input: impl Read + 'static, name: &str) -> Result<Rows, ReadError> {
        let input = match Whole::of(input, name, &Options::default())? {
            Taken::Book(whole) if whole.format.is_workbook() => {
                let rows = Source::Book(rows_of(whole.book).into_iter());
                return Ok(Rows { source: rows, file: whole.file, ended: false });
            }
            Taken::Book(Whole { file, .. }) => {
                return Err(ReadError::Foreign { file, found: Foreign::NoTable });
            }
            Taken::Stream(input) => input,
        };
        let Opened { file, beginning, lines, .. } = Opened::new(input, name)?;
        let delimiter = sniff::header_delimiter(&beginning.head, beginning.whole);
        let source = Source::Text(Box::new(Records::new(lines, delimiter)));
        Ok(Rows { source, file, ended: false })
    }

    /// The file's name as messages show it.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }
}

impl Iterator for Rows {
    type Item = Result<PlainRow, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let record = match &mut self.source {
                Source::Text(records) => records.read(),
                Source::Book(rows) => Ok(rows.next()),
            };
            match record {
                Ok(Some(record)) if record.filled().next().is_none() => {}
                Ok(Some(record)) => {
                    let cells = record.cells().map(std::borrow::Cow::into_owned).collect();
                    return Some(Ok(PlainRow { line: record.line, cells }));
                }
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error.in_file(&self.file)));
                }
            }
        }
        None
    }
}

/// The rows of the first sheet that has any, and of sheets that go on below the same header.
fn rows_of(book: Book) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    let cells = |record: &Record| record.cells().map(std::borrow::Cow::into_owned).collect::<Vec<_>>();
    for sheet in book.sheets.into_iter().filter(|sheet| !sheet.hidden) {
        let Content::Grid(content) = sheet.content else { continue };
        let mut rows = grid::records(&content).map(|row| row.0).peekable();
        match (all.first(), rows.peek()) {
            (None, _) => all.extend(rows),
            (Some(header), Some(first)) if cells(header) == cells(first) => all.extend(rows.skip(1)),
            _ => break,
        }
    }
    all
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("file", &self.file).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn rows(input: &[u8]) -> Vec<(u64, Vec<String>)> {
        let rows = Rows::open(Cursor::new(input.to_vec()), "q.csv").unwrap();
        rows.map(Result::unwrap).map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_row_comes_out_as_it_stands() {
        let expected = [row(1, &["question", "area"]), row(2, &["Who,\nwhy?", "a"]), row(5, &["How?", ""])];
        assert_eq!(rows(b"question,area\n\"Who,\nwhy?\", a\n,\nHow?,\n"), expected);
        assert_eq!(rows(b"\xEF\xBB\xBFquestion;area\r\n\"Who,\nwhy?\";a\r\n\r\nHow?;\r\n"), expected);
    }

    #[test]
    fn what_is_no_table_has_one_column() {
        assert_eq!(rows(b"Who patches?\nHow often?\n"), [row(1, &["Who patches?"]), row(2, &["How often?"])]);
        assert_eq!(rows(b""), []);
    }

    #[test]
    fn a_workbook_goes_on_on_sheets_of_the_same_header() {
        let mut book = rust_xlsxwriter::Workbook::new();
        for (name, rows) in [
            ("Assignments", [["question", "area"], ["Who?", "a"]]),
            ("Assignments 2", [["question", "area"], ["Why?", "b"]]),
            ("Summary", [["party", "rows"], ["provider", "2"]]),
        ] {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            for (line, cells) in rows.iter().enumerate() {
                sheet.write_row(line as u32, 0, *cells).unwrap();
            }
        }
        let rows = rows(&book.save_to_buffer().unwrap());
        assert_eq!(rows, [row(1, &["question", "area"]), row(2, &["Who?", "a"]), row(2, &["Why?", "b"])]);
    }

    #[test]
    fn what_is_no_table_is_told() {
        let open =
            |bytes: &[u8], name| Rows::open(Cursor::new(bytes.to_vec()), name).unwrap_err().to_string();
        assert!(open(b"PK\x03\x04rest", "book.xlsx").contains("zip archive"));
        assert!(open(b"[{\"question\": \"Who?\"}]", "q.json").contains("no table"));
    }
}

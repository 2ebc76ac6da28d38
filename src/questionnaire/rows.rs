use std::io::Read;
use std::sync::Arc;

use super::error::ReadError;
use super::reader::Opened;
use super::records::Records;
use super::sniff;

/// The rows of a table as they stand, the header among them; blank ones are left out.
///
/// For tables whose columns have known names: encoding and delimiter are found, nothing else is guessed. After an error
/// there is nothing more.
pub struct Rows {
    records: Records,
    file: Arc<str>,
    ended: bool,
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
        let Opened { file, beginning, lines, .. } = Opened::new(input, name)?;
        let delimiter = sniff::header_delimiter(&beginning.head, beginning.whole);
        Ok(Rows { records: Records::new(lines, delimiter), file, ended: false })
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
            match self.records.read() {
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
    fn a_workbook_is_no_text() {
        let error = Rows::open(Cursor::new(b"PK\x03\x04rest".to_vec()), "book.xlsx").unwrap_err();
        assert!(error.to_string().contains("zip archive"), "{error}");
    }
}

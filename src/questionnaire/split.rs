use std::borrow::Cow;

use super::decode;

/// The cells of one row, still undecoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// The first physical line of the row.
    pub(super) line: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    /// A row of which only some cells hold text, given by ascending column.
    pub(super) fn sparse<'a>(line: u64, cells: impl Iterator<Item = (usize, &'a str)>) -> Record {
        let mut record = Record { line, ..Record::default() };
        for (column, text) in cells {
            record.ends.resize(column.max(record.ends.len()), record.bytes.len());
            record.bytes.extend_from_slice(text.as_bytes());
            record.ends.push(record.bytes.len());
        }
        record
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// All cells, one after the other.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn cell_bytes(&self, index: usize) -> &[u8] {
        let Some(&end) = self.ends.get(index) else { return &[] };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..end]
    }

    /// A cell without the white space around it; empty where the row is too short.
    pub(super) fn cell(&self, index: usize) -> Cow<'_, str> {
        match decode::text(self.cell_bytes(index)) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// The positions of the cells in which there is something to see.
    pub(super) fn filled(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(|&index| !is_blank(&self.cell(index)))
    }
}

/// Whether there is nothing to see in a text: spaces, control characters and marks of no width.
pub(super) fn is_blank(text: &str) -> bool {
    let invisible = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    text.chars().all(|c| c.is_whitespace() || c.is_control() || invisible(c))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted cell: the end of the cell, or the first half of a doubled quote.
    Quote,
}

/// How far a row has come at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The row is whole.
    Whole,
    /// A quoted cell goes on in the next line.
    Open,
    /// A quote that was opened on an earlier line ends in the middle of a cell: it never was closed.
    Astray,
}

/// Splits the lines of one row into cells, by RFC 4180 and leniently beyond it.
pub(super) struct Splitter {
    delimiter: Option<u8>,
    /// The position of a quote that is known to stay open, and so stands for itself.
    stray: Option<usize>,
    state: State,
    /// Bytes of the row that came before this line.
    seen: usize,
    /// The position of the quote that opened the current or last quoted cell.
    opened: usize,
    /// The position of the first quote that was still open at the end of a line.
    crossing: Option<usize>,
    in_stray: bool,
    record: Record,
}

impl Splitter {
    pub(super) fn new(delimiter: Option<u8>, stray: Option<usize>, line: u64) -> Splitter {
        let record = Record { line, ..Record::default() };
        Splitter {
            delimiter,
            stray,
            state: State::CellStart,
            seen: 0,
            opened: 0,
            crossing: None,
            in_stray: false,
            record,
        }
    }

    /// Where in the row the last quoted cell was opened.
    pub(super) fn opened(&self) -> usize {
        self.opened
    }

    /// Where in the row the first cell was opened that went on in the next line.
    pub(super) fn crossing(&self) -> usize {
        self.crossing.unwrap_or(self.opened)
    }

    pub(super) fn into_record(mut self) -> Record {
        self.end_cell();
        self.record
    }

    /// Takes a line and its end.
    pub(super) fn feed(&mut self, content: &[u8], end: &[u8]) -> Progress {
        for (index, &byte) in content.iter().enumerate() {
            if !self.step(byte, self.seen + index, content.get(index + 1).copied()) {
                return Progress::Astray;
            }
        }
        self.seen += content.len() + end.len();
        if self.state != State::Quoted {
            return Progress::Whole;
        }
        self.crossing.get_or_insert(self.opened);
        self.record.bytes.extend_from_slice(end);
        Progress::Open
    }

    /// Takes a byte; false if it shows that the open quote never was closed.
    fn step(&mut self, byte: u8, position: usize, following: Option<u8>) -> bool {
        let is_delimiter = self.delimiter == Some(byte);
        match self.state {
            State::Quoted if byte == b'"' => self.state = State::Quote,
            State::Quoted => self.record.bytes.push(byte),
            State::Quote if byte == b'"' => {
                self.record.bytes.push(byte);
                self.state = State::Quoted;
            }
            State::Quote if !is_delimiter && self.opened < self.seen && !byte.is_ascii_whitespace() => {
                return false;
            }
            State::CellStart if byte == b'"' => self.open_quote(position),
            // In a cell whose quote stays open, a comma before a space is prose.
            _ if is_delimiter && !(self.in_stray && following == Some(b' ')) => self.end_cell(),
            State::CellStart if byte == b' ' => self.record.bytes.push(byte),
            _ => {
                self.record.bytes.push(byte);
                self.state = State::Plain;
            }
        }
        true
    }

    fn open_quote(&mut self, position: usize) {
        // Spaces before the quote are no part of the cell.
        self.record.bytes.truncate(self.record.ends.last().copied().unwrap_or(0));
        self.in_stray = self.stray == Some(position);
        if self.in_stray {
            self.state = State::Plain;
        } else {
            self.opened = position;
            self.state = State::Quoted;
        }
    }

    fn end_cell(&mut self) {
        self.record.ends.push(self.record.bytes.len());
        self.state = State::CellStart;
        self.in_stray = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str, delimiter: Option<u8>) -> Vec<String> {
        let mut splitter = Splitter::new(delimiter, None, 1);
        splitter.feed(line.as_bytes(), b"\n");
        splitter.into_record().cells().map(Cow::into_owned).collect()
    }

    #[test]
    fn cells_are_split_by_the_delimiter_outside_quotes() {
        assert_eq!(cells("a,b,", Some(b',')), ["a", "b", ""]);
        assert_eq!(cells("", Some(b',')), [""]);
        assert_eq!(cells(r#""a,b","c ""d""",e"f"#, Some(b',')), ["a,b", r#"c "d""#, r#"e"f"#]);
        assert_eq!(cells(r#"1, "a, b" ;c"#, Some(b',')), ["1", "a, b ;c"]);
        assert_eq!(cells(r#""say "yes"",x"#, Some(b',')), [r#"say yes"""#, "x"]);
        assert_eq!(cells(r#""a, b""#, None), ["a, b"]);
        assert_eq!(cells("a\t\tb", Some(b'\t')), ["a", "", "b"]);
    }

    #[test]
    fn a_quoted_cell_goes_on_in_the_next_line() {
        let mut splitter = Splitter::new(Some(b','), None, 7);
        assert_eq!(splitter.feed(b"1,\"a", b"\r\n"), Progress::Open);
        assert_eq!(splitter.feed(b"b\",c", b"\n"), Progress::Whole);
        let record = splitter.into_record();
        assert_eq!(record.cells().collect::<Vec<_>>(), ["1", "a\r\nb", "c"]);
        assert_eq!(record.line, 7);
    }

    #[test]
    fn a_quote_closing_in_the_middle_of_a_later_line_is_astray() {
        let mut splitter = Splitter::new(Some(b','), None, 1);
        assert_eq!(splitter.feed(b"1,\"a", b"\n"), Progress::Open);
        assert_eq!(splitter.feed(b"2,\"b\"", b"\n"), Progress::Astray);
        assert_eq!(splitter.opened(), 2);
        let mut again = Splitter::new(Some(b','), Some(2), 1);
        assert_eq!(again.feed(b"1,\"a, b,c", b"\n"), Progress::Whole);
        assert_eq!(again.into_record().cells().collect::<Vec<_>>(), ["1", "a, b", "c"]);
    }

    #[test]
    fn nothing_to_see_is_blank() {
        assert!(is_blank(" \t\u{0}\u{FEFF}\u{200B}\u{A0}"));
        assert!(!is_blank("-"));
    }
}

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use thiserror::Error;

use crate::formula::guard;
use crate::questionnaire::Encoding;

/// A table in a text, changed cell by cell: every byte outside of a changed cell stays.
#[derive(Clone, Debug)]
pub struct Delimited {
    /// In an encoding whose delimiters, quotes and line ends are ASCII: as it came, or UTF-16 made UTF-8.
    bytes: Vec<u8>,
    encoding: Encoding,
    /// Whether UTF-16 began with a byte order mark.
    marked: bool,
    delimiter: Option<u8>,
    /// Where each line begins.
    lines: Vec<usize>,
    edits: BTreeMap<(usize, usize), Edit>,
}

#[derive(Clone, Debug)]
struct Edit {
    range: Range<usize>,
    /// Delimiters that a short row lacks before the cell.
    missing: usize,
    text: String,
    bytes: Vec<u8>,
}

/// Why a cell of a text is left alone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DelimitedError {
    /// The row does not read as the questionnaire was read: its quotes are astray, or it was put together.
    #[error("the row is not laid out like the others, so its cells cannot be told apart")]
    Layout,
    /// The text has one column only.
    #[error("the file has one column only")]
    OneColumn,
    /// Something is there already.
    #[error("something is there already (--overwrite replaces it)")]
    Occupied,
    /// Something else is to be written into it.
    #[error("several questions share it, and they differ")]
    Twice,
    /// The file's encoding lacks a character.
    #[error("{encoding} has no character {}", shown(*letter))]
    Character {
        /// The file's encoding.
        encoding: Encoding,
        /// The character.
        letter: char,
    },
}

fn shown(letter: char) -> String {
    format!("`{}` (U+{:04X})", crate::safe_text::one_line(&letter.to_string()), u32::from(letter))
}

/// A cell as it stands in the bytes.
#[derive(Clone, Debug)]
struct Raw {
    range: Range<usize>,
    quoted: bool,
    content: Vec<u8>,
}

impl Delimited {
    /// Takes a text whose delimiter is known; `None` is one column. Nothing where UTF-16 is damaged, because it could
    /// not be written back as it was.
    pub fn open(bytes: Vec<u8>, encoding: Encoding, delimiter: Option<char>) -> Option<Delimited> {
        let delimiter = delimiter.and_then(|letter| u8::try_from(letter).ok());
        let (bytes, encoding, marked) = match encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let (utf16, mark) = match encoding {
                    Encoding::Utf16Le => (UTF_16LE, [0xFF, 0xFE]),
                    _ => (UTF_16BE, [0xFE, 0xFF]),
                };
                let marked = bytes.starts_with(&mark);
                let body = if marked { &bytes[2..] } else { &bytes };
                let text = utf16.decode_without_bom_handling_and_without_replacement(body)?;
                (text.into_owned().into_bytes(), encoding, marked)
            }
            _ if std::str::from_utf8(&bytes).is_ok() => (bytes, Encoding::Utf8, false),
            _ => (bytes, Encoding::Windows1252, false),
        };
        let mut lines = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                lines.push(at + 1);
            }
        }
        Some(Delimited { bytes, encoding, marked, delimiter, lines, edits: BTreeMap::new() })
    }

    /// The cells of the row that begins on a line, as text.
    pub fn row(&self, line: u64) -> Option<Vec<String>> {
        let cells = self.cells(line)?;
        Some(cells.into_iter().map(|cell| self.decoded(&cell.content)).collect())
    }

    /// Puts a text into a cell; line and column count from 1. `false` where it says so already.
    ///
    /// `known` is the column and text of a cell by which the row is known again.
    ///
    /// # Errors
    /// The cell is left alone, and why.
    pub fn set(
        &mut self,
        line: u64,
        column: u32,
        text: &str,
        overwrite: bool,
        known: Option<(u32, &str)>,
    ) -> Result<bool, DelimitedError> {
        let text = guard(text);
        let cells = self.cells(line).ok_or(DelimitedError::Layout)?;
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((column, known)) = known {
            let cell = cells.get(column.saturating_sub(1) as usize).ok_or(DelimitedError::Layout)?;
            if !folded(&self.decoded(&cell.content)).contains(&folded(known)) {
                return Err(DelimitedError::Layout);
            }
        }
        if column > 1 && self.delimiter.is_none() {
            return Err(DelimitedError::OneColumn);
        }
        let index = column.saturating_sub(1) as usize;
        let there = cells.get(index).map(|cell| self.decoded(&cell.content)).unwrap_or_default();
        if folded(&there) == folded(&text) {
            return Ok(false);
        }
        if !there.trim().is_empty() && !overwrite {
            return Err(DelimitedError::Occupied);
        }
        let end = cells.last().map_or(0, |cell| cell.range.end);
        let (range, missing) = match cells.get(index) {
            Some(cell) => (cell.range.clone(), 0),
            None => (end..end, index + 1 - cells.len()),
        };
        let place = (range.start, index);
        if let Some(edit) = self.edits.get(&place) {
            return if edit.text == *text { Ok(false) } else { Err(DelimitedError::Twice) };
        }
        let bytes = self.encoded(&self.quoted(&text, &cells, index))?;
        self.edits.insert(place, Edit { range, missing, text: text.into_owned(), bytes });
        Ok(true)
    }

    /// The whole text with what was put into it.
    pub fn finish(self) -> Vec<u8> {
        let mut result = Vec::with_capacity(self.bytes.len());
        let mut done = 0;
        let mut last = (0, 0);
        for (&(start, index), edit) in &self.edits {
            result.extend_from_slice(&self.bytes[done..edit.range.start]);
            // A cell before it, behind the end of the same row, has brought some.
            let missing = if start == last.0 { edit.missing.min(index - last.1) } else { edit.missing };
            result.extend(std::iter::repeat_n(self.delimiter.unwrap_or_default(), missing));
            last = (start, index);
            result.extend_from_slice(&edit.bytes);
            done = edit.range.end;
        }
        result.extend_from_slice(&self.bytes[done..]);
        let unit = match self.encoding {
            Encoding::Utf16Le => u16::to_le_bytes,
            Encoding::Utf16Be => u16::to_be_bytes,
            _ => return result,
        };
        let text = String::from_utf8_lossy(&result);
        let mark = self.marked.then_some(0xFEFF);
        mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
    }

    /// The text as a cell has it: quoted where it must be, or where the cell or its whole row is.
    fn quoted(&self, text: &str, cells: &[Raw], index: usize) -> String {
        let own = cells.get(index).is_some_and(|cell| cell.quoted);
        let mut filled = cells.iter().filter(|cell| !cell.content.is_empty()).peekable();
        let habit = filled.peek().is_some() && filled.all(|cell| cell.quoted);
        let special = |letter: char| {
            matches!(letter, '"' | '\n' | '\r') || self.delimiter.map(char::from) == Some(letter)
        };
        if own || habit || text.contains(special) || text.trim() != text {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    }

    fn encoded(&self, text: &str) -> Result<Vec<u8>, DelimitedError> {
        if self.encoding != Encoding::Windows1252 {
            return Ok(text.as_bytes().to_vec());
        }
        let lacking = |letter: &char| WINDOWS_1252.encode(letter.encode_utf8(&mut [0; 4])).2;
        if let Some(letter) = text.chars().find(lacking) {
            return Err(DelimitedError::Character { encoding: self.encoding, letter });
        }
        Ok(WINDOWS_1252.encode(text).0.into_owned())
    }

    /// Each cell by itself, as the questionnaire's reader does: UTF-8, or Windows-1252 where it is not.
    fn decoded(&self, content: &[u8]) -> String {
        match std::str::from_utf8(content) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(content).0.into_owned(),
        }
    }

    /// The cells of the row on a line; nothing where there is no such line or a quote is never closed.
    fn cells(&self, line: u64) -> Option<Vec<Raw>> {
        let index = usize::try_from(line.checked_sub(1)?).ok()?;
        let mut at = *self.lines.get(index)?;
        if at == 0 && self.bytes.starts_with(b"\xEF\xBB\xBF") {
            at = 3;
        }
        let mut cells = Vec::new();
        loop {
            let (cell, more) = self.cell(at)?;
            at = cell.range.end + 1;
            cells.push(cell);
            if !more {
                return Some(cells);
            }
        }
    }

    /// The cell that begins at a place, and whether a delimiter follows it.
    fn cell(&self, start: usize) -> Option<(Raw, bool)> {
        let byte = |at: usize| self.bytes.get(at).copied();
        let ends = |at: usize| match byte(at) {
            None | Some(b'\n' | b'\r') => true,
            found => found == self.delimiter,
        };
        let mut at = start;
        while byte(at) == Some(b' ') && self.delimiter != Some(b' ') {
            at += 1;
        }
        let quoted = byte(at) == Some(b'"');
        let mut content = Vec::new();
        if quoted {
            at += 1;
            loop {
                match (byte(at)?, byte(at + 1)) {
                    (b'"', Some(b'"')) => {
                        content.push(b'"');
                        at += 2;
                    }
                    (b'"', _) => break,
                    (other, _) => {
                        content.push(other);
                        at += 1;
                    }
                }
            }
            at += 1;
            // Where a quote was astray, nobody can say what belongs to the cell.
            while !ends(at) {
                if byte(at) != Some(b' ') {
                    return None;
                }
                at += 1;
            }
        } else {
            at = start;
            while !ends(at) {
                content.push(byte(at)?);
                at += 1;
            }
        }
        let more = byte(at).is_some() && byte(at) == self.delimiter;
        Some((Raw { range: start..at, quoted, content }, more))
    }
}

impl fmt::Display for Delimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} lines", self.encoding, self.lines.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Delimited, DelimitedError, Encoding};
    use proptest::prelude::*;

    fn open(text: impl Into<Vec<u8>>, delimiter: char) -> Delimited {
        Delimited::open(text.into(), Encoding::Utf8, Some(delimiter)).unwrap()
    }

    #[test]
    fn only_the_touched_cells_change() {
        let text =
            "\u{feff}id;question;owner\r\n1;\"Who, \"\"x\"\"\r\nor what?\";\r\n \"2\" ; Why? ;old\n3;How?";
        let mut table = open(text, ';');
        assert_eq!(table.set(2, 3, "a; b", false, Some((2, "Who, \"x\" or what?"))), Ok(true));
        assert_eq!(table.set(4, 3, "new", true, None), Ok(true));
        assert_eq!(table.set(5, 6, "y", false, None), Ok(true));
        assert_eq!(table.set(5, 4, "=x", false, None), Ok(true));
        let after = "\u{feff}id;question;owner\r\n1;\"Who, \"\"x\"\"\r\nor what?\";\"a; b\"\r\n \"2\" ; Why? ;new\n3;How?;;'=x;;y";
        assert_eq!(String::from_utf8(table.finish()).unwrap(), after);
    }

    #[test]
    fn what_cannot_be_written_is_told() {
        let mut table = open("id,question,owner\n1,Who?,us\n2,\"open,\n3,Why \"x\"?,\n4,\"a\" b,\n", ',');
        assert_eq!(table.set(2, 3, "them", false, None), Err(DelimitedError::Occupied));
        assert_eq!(table.set(2, 3, " us ", false, None), Ok(false));
        assert_eq!(table.set(2, 4, "us", false, Some((2, "What?"))), Err(DelimitedError::Layout));
        assert_eq!(table.set(3, 3, "us", false, None), Err(DelimitedError::Layout));
        assert_eq!(table.set(4, 3, "us", false, Some((2, "Why \"x\"?"))), Ok(true));
        assert_eq!(table.set(4, 3, "them", false, None), Err(DelimitedError::Twice));
        assert_eq!(table.set(4, 3, "us", false, None), Ok(false));
        assert_eq!(table.set(5, 3, "us", false, None), Err(DelimitedError::Layout));
        assert_eq!(table.set(99, 3, "us", false, None), Err(DelimitedError::Layout));
        assert_eq!(table.set(0, 3, "us", false, None), Err(DelimitedError::Layout));
        let mut list = Delimited::open(b"Who?\n".to_vec(), Encoding::Utf8, None).unwrap();
        assert_eq!(list.set(1, 2, "us", false, None), Err(DelimitedError::OneColumn));
    }

    #[test]
    fn encodings_stay_what_they_are() {
        let mut western = Delimited::open(b"caf\xE9,\n".to_vec(), Encoding::Utf8, Some(',')).unwrap();
        assert_eq!(western.set(1, 2, "\u{20ac} na\u{ef}ve", false, Some((1, "café"))), Ok(true));
        let lacking = western.set(1, 3, "日", false, None).unwrap_err();
        assert_eq!(lacking.to_string(), "Windows-1252 has no character `日` (U+65E5)");
        assert_eq!(western.finish(), b"caf\xE9,\x80 na\xEFve\n");
        for (encoding, unit) in [
            (Encoding::Utf16Le, u16::to_le_bytes as fn(u16) -> [u8; 2]),
            (Encoding::Utf16Be, u16::to_be_bytes),
        ] {
            let bytes = |text: &str| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
            for mark in ["", "\u{feff}"] {
                let before = bytes(&format!("{mark}é\t\r\n"));
                let mut table = Delimited::open(before, encoding, Some('\t')).unwrap();
                assert_eq!(table.set(1, 2, "日", false, Some((1, "é"))), Ok(true));
                assert_eq!(table.finish(), bytes(&format!("{mark}é\t日\r\n")));
            }
        }
        assert!(Delimited::open(vec![0xFF, 0xFE, 0, 0xD8], Encoding::Utf16Le, Some(',')).is_none());
    }

    #[test]
    fn a_row_in_which_all_is_quoted_stays_so() {
        let mut table = open("\"1\",\"Who?\",\"\"\n2,Who?,\"\"\n", ',');
        table.set(1, 4, "us", false, None).unwrap();
        table.set(2, 3, "us", false, None).unwrap();
        assert_eq!(table.finish(), b"\"1\",\"Who?\",\"\",\"us\"\n2,Who?,\"us\"\n");
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_and_nothing_else_changes(
            bytes in prop::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..60),
            line in 0..8_u64,
            column in 0..6_u32,
            text in "[a-z\",\n ]{1,6}",
        ) {
            let mut table = Delimited::open(bytes.clone(), Encoding::Utf8, Some(',')).unwrap();
            prop_assert_eq!(&table.clone().finish(), &bytes);
            let before = table.row(line);
            if table.set(line, column, &text, true, None) == Ok(true) {
                let edit = table.edits.values().next().unwrap().clone();
                let after = table.finish();
                prop_assert!(after.starts_with(&bytes[..edit.range.start]));
                prop_assert!(after.ends_with(&bytes[edit.range.end..]));
                let again = Delimited::open(after, Encoding::Utf8, Some(',')).unwrap().row(line).unwrap();
                let index = column.saturating_sub(1) as usize;
                prop_assert_eq!(&again[index], &edit.text);
                for (at, cell) in before.unwrap().iter().enumerate().filter(|(at, _)| *at != index) {
                    prop_assert_eq!(&again[at], cell);
                }
            }
        }
    }
}

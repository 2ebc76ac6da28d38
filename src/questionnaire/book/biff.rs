//! What calamine does not tell of an Excel workbook of before 2007: how far its sheets reach, and what they hide.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};
use std::ops::RangeInclusive;

/// What stands in the sheets besides their cells, in the order of the workbook.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) sheets: Vec<SheetFacts>,
}

/// What stands in a sheet besides its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SheetFacts {
    /// Hidden rows, counted from 0.
    pub(super) hidden_rows: BTreeSet<u32>,
    /// Hidden columns, counted from 0.
    pub(super) hidden_columns: Vec<RangeInclusive<usize>>,
    /// Bytes that the texts take which its cells share, each as often as it stands there.
    text: usize,
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl SheetFacts {
    /// The cells of the smallest block that holds all filled ones.
    pub(super) fn area(&self) -> usize {
        let extent = |range: Option<(u16, u16)>| range.map_or(0, |(from, to)| usize::from(to - from) + 1);
        extent(self.rows) * extent(self.columns)
    }

    /// Bytes of shared texts in its cells, at most.
    pub(super) fn text(&self) -> usize {
        self.text
    }

    fn reach(&mut self, row: u16, first: u16, last: u16) {
        let widen = |range: Option<(u16, u16)>, from: u16, to: u16| {
            Some(range.map_or((from, to.max(from)), |(low, high)| (low.min(from), high.max(to))))
        };
        self.rows = widen(self.rows, row, row);
        self.columns = widen(self.columns, first, last);
    }
}

/// The largest workbook stream that is looked through, in bytes.
const MAX_STREAM: u64 = 128 << 20;

/// Looks through the records, and puts them alone into a container of their own: damaged containers read differently
/// for different readers, and what was not looked at here must not be read.
///
/// `None` where there are no records, or more than are read.
pub(super) fn opened(bytes: &[u8]) -> Option<(Facts, Vec<u8>)> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name))?;
    let mut stream = Vec::new();
    file.open_stream(name).ok()?.take(MAX_STREAM + 1).read_to_end(&mut stream).ok()?;
    if stream.len() as u64 > MAX_STREAM {
        return None;
    }
    let facts = of_records(&stream)?;
    // The version that Excel writes; calamine takes no other whose root is empty.
    let alone = Cursor::new(Vec::new());
    let mut alone = cfb::CompoundFile::create_with_version(cfb::Version::V3, alone).ok()?;
    alone.create_stream(name).ok()?.write_all(&stream).ok()?;
    alone.flush().ok()?;
    Some((facts, alone.into_inner().into_inner()))
}

/// Record types of BIFF8 and BIFF5.
mod record {
    pub(super) const BOF: u16 = 0x0809;
    pub(super) const EOF: u16 = 0x000A;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const COLUMN_INFO: u16 = 0x007D;
    /// The texts that cells share, and what goes on with the record before it.
    pub(super) const SHARED: u16 = 0x00FC;
    pub(super) const CONTINUE: u16 = 0x003C;
    /// A cell with one of them.
    pub(super) const SHARED_TEXT: u16 = 0x00FD;
    /// Cells of one row and column each.
    pub(super) const CELLS: [u16; 8] = [0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x0201];
    /// Cells of one row and several columns.
    pub(super) const RUNS: [u16; 2] = [0x00BD, 0x00BE];
}

/// Looks through the workbook's own records, then through each sheet from where the workbook says that it begins:
/// readers go there, whatever stands before it. `None` where that would take too long.
fn of_records(stream: &[u8]) -> Option<Facts> {
    const MOST_ROUNDS: usize = 8;
    let (mut offsets, mut shared, mut is_shared) = (Vec::new(), Vec::new(), false);
    walk(stream, 0, |kind, body| {
        // What does not fit into a record goes on in those behind it.
        is_shared = kind == record::SHARED || (is_shared && kind == record::CONTINUE);
        if is_shared {
            shared.push(body);
        }
        if kind == record::BOUND_SHEET && body.len() >= 4 {
            offsets.push(usize::from(word(body, 0)) | usize::from(word(body, 2)) << 16);
        }
    });
    let lengths = Segments { parts: shared }.lengths();
    let (mut sheets, mut walked) = (Vec::new(), 0_usize);
    for offset in offsets {
        let mut sheet = SheetFacts::default();
        walked += walk(stream, offset, |kind, body| sheet.take(kind, body, &lengths)) + 1;
        if walked > stream.len().saturating_mul(MOST_ROUNDS) {
            return None;
        }
        sheets.push(sheet);
    }
    Some(Facts { sheets })
}

/// Gives the records from an offset on, up to the end of what begins there; and how many bytes they take.
fn walk<'s>(stream: &'s [u8], offset: usize, mut take: impl FnMut(u16, &'s [u8])) -> usize {
    let (mut at, mut depth) = (offset, 0_usize);
    while let Some(head) = stream.get(at..at.saturating_add(4)) {
        let (kind, length) = (word(head, 0), usize::from(word(head, 2)));
        let Some(body) = stream.get(at + 4..at + 4 + length) else { break };
        at += 4 + length;
        match kind {
            record::BOF => depth += 1,
            // A chart within the sheet ends before the sheet does.
            record::EOF if depth <= 1 => break,
            record::EOF => depth -= 1,
            _ => take(kind, body),
        }
    }
    at - offset
}

impl SheetFacts {
    fn take(&mut self, kind: u16, body: &[u8], lengths: &[usize]) {
        const HIDDEN: u16 = 0x0020;
        if kind == record::SHARED_TEXT && body.len() >= 10 {
            let index = usize::from(word(body, 6)) | usize::from(word(body, 8)) << 16;
            self.text = self.text.saturating_add(lengths.get(index).copied().unwrap_or(0));
        }
        match kind {
            record::ROW if body.len() >= 14 && word(body, 12) & HIDDEN != 0 => {
                self.hidden_rows.insert(u32::from(word(body, 0)));
            }
            record::COLUMN_INFO if body.len() >= 10 && word(body, 8) & 1 != 0 => {
                let (first, last) = (usize::from(word(body, 0)), usize::from(word(body, 2)));
                self.hidden_columns.push(first..=last);
            }
            kind if record::CELLS.contains(&kind) && body.len() >= 4 => {
                self.reach(word(body, 0), word(body, 2), word(body, 2));
            }
            kind if record::RUNS.contains(&kind) && body.len() >= 6 => {
                self.reach(word(body, 0), word(body, 2), word(body, body.len() - 2));
            }
            _ => {}
        }
    }
}

/// The bodies of records that go on with each other.
struct Segments<'s> {
    parts: Vec<&'s [u8]>,
}

impl Segments<'_> {
    /// How long each shared text is at most, in bytes of UTF-8; as far as they can be told.
    fn lengths(mut self) -> Vec<usize> {
        let mut lengths = Vec::new();
        self.parts.reverse();
        self.skip(8);
        while let Some(length) = self.text() {
            lengths.push(length);
        }
        lengths
    }

    fn text(&mut self) -> Option<usize> {
        const WIDE: u8 = 1;
        const PHONETIC: u8 = 4;
        const STYLED: u8 = 8;
        let letters = self.number(2)?;
        let mut flags = self.byte()?;
        let runs = if flags & STYLED == 0 { 0 } else { self.number(2)? };
        let phonetic = if flags & PHONETIC == 0 { 0 } else { self.number(4)? };
        let mut left = letters;
        loop {
            let width = if flags & WIDE == 0 { 1 } else { 2 };
            let here = left.min(self.parts.last().map_or(0, |part| part.len() / width));
            self.skip(here * width);
            left -= here;
            if left == 0 {
                break;
            }
            // In the next record the letters may be as wide as they were or not, which its first byte tells.
            self.parts.pop()?;
            flags = *self.parts.last()?.first()?;
            self.skip(1);
        }
        self.skip(runs * 4 + phonetic);
        Some(letters * 3)
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        (0..bytes).try_fold(0, |number, at| Some(number | usize::from(self.byte()?) << (8 * at)))
    }

    fn byte(&mut self) -> Option<u8> {
        while self.parts.last()?.is_empty() {
            self.parts.pop();
        }
        let first = *self.parts.last()?.first()?;
        self.skip(1);
        Some(first)
    }

    fn skip(&mut self, mut bytes: usize) {
        while let Some(part) = self.parts.last_mut() {
            let here = bytes.min(part.len());
            *part = &part[here..];
            bytes -= here;
            if bytes == 0 {
                break;
            }
            self.parts.pop();
        }
    }
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, words: &[u16]) -> Vec<u8> {
        let mut bytes = [kind.to_le_bytes(), ((words.len() * 2) as u16).to_le_bytes()].concat();
        bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        bytes
    }

    #[test]
    fn reach_and_hidden_rows_are_told_by_the_records() {
        let sheet = [
            record(record::BOF, &[0x0600, 16]),
            record(record::ROW, &[3, 0, 9, 0, 0, 0, 0x0020, 0]),
            record(record::COLUMN_INFO, &[2, 4, 0, 0, 1, 0]),
            record(0x0203, &[3, 7]),
            record(0x00BD, &[10, 1, 0, 0, 0, 2]),
            record(record::EOF, &[]),
        ];
        let globals = |offset| {
            let sheets = record(record::BOUND_SHEET, &[offset, 0, 0]);
            [record(record::BOF, &[0x0600, 5]), sheets, record(record::EOF, &[])].concat()
        };
        let offset = globals(0).len() as u16;
        let facts = of_records(&[globals(offset), sheet.concat()].concat()).unwrap();
        assert_eq!(facts.sheets[0].hidden_rows, BTreeSet::from([3]));
        assert_eq!(facts.sheets[0].hidden_columns, [2..=4]);
        assert_eq!(facts.sheets[0].area(), 8 * 7);
    }

    #[test]
    fn damaged_records_end_quietly() {
        assert_eq!(of_records(&[]), Some(Facts::default()));
        assert_eq!(of_records(&[9, 8, 255, 255, 1]), Some(Facts::default()));
        assert!(opened(b"no compound file").is_none());
    }

    #[test]
    fn sheets_are_looked_at_where_readers_go() {
        // The cells stand in what passes for another record's body when it is read from the beginning.
        let hidden = [record(record::BOF, &[0, 16]), record(0x0203, &[65_535, 255]), record(0x0203, &[0, 0])];
        let hidden = hidden.concat();
        let mut stream = record(record::BOF, &[0x0600, 5]);
        let offset = stream.len() + record(record::BOUND_SHEET, &[0, 0, 0]).len() + 4 + 4;
        stream.extend(record(record::BOUND_SHEET, &[offset as u16, 0, 0]));
        stream.extend(record(record::EOF, &[]));
        stream.extend([0xFF, 0x0F]);
        stream.extend((hidden.len() as u16).to_le_bytes());
        stream.extend(hidden);
        assert_eq!(of_records(&stream).unwrap().sheets[0].area(), 65_536 * 256);
    }

    #[test]
    fn shared_texts_count_in_every_cell() {
        let bytes =
            |kind: u16, body: &[u8]| [&kind.to_le_bytes(), &(body.len() as u16).to_le_bytes(), body].concat();
        // Two texts: one goes on as wide letters in the next record, one has a style.
        let shared = [&[0; 8][..], &[5, 0, 0, b'a', b'b', b'c']].concat();
        let more = [&[1][..], b"d\0e\0", &[2, 0, 8, 1, 0], b"xy", &[0; 4], &[9, 0, 0]].concat();
        let offset = 20 + 8 + shared.len() + more.len();
        let stream = [
            record(record::BOF, &[0x0600, 5]),
            record(record::BOUND_SHEET, &[offset as u16 + 2, 0, 0]),
            bytes(record::SHARED, &shared),
            bytes(record::CONTINUE, &more),
            record(record::EOF, &[]),
            record(record::BOF, &[0x0600, 16]),
            record(record::SHARED_TEXT, &[0, 0, 0, 0, 0]),
            record(record::SHARED_TEXT, &[1, 0, 0, 0, 0]),
            record(record::SHARED_TEXT, &[2, 0, 0, 1, 0]),
            record(record::SHARED_TEXT, &[3, 0, 0, 77, 0]),
        ];
        let begins = stream[..5].iter().map(Vec::len).sum::<usize>();
        assert_eq!(begins, offset + 2, "the sheet stands where the workbook says");
        assert_eq!(of_records(&stream.concat()).unwrap().sheets[0].text(), 5 * 3 + 5 * 3 + 2 * 3);
    }

    #[test]
    fn one_sheet_named_many_times_is_refused() {
        let named = record(record::BOUND_SHEET, &[0, 0, 0]).repeat(1_000);
        assert_eq!(of_records(&[record(record::BOF, &[0x0600, 5]), named].concat()), None);
    }
}

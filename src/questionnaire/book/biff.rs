//! What calamine does not tell of an Excel workbook of before 2007: how far its sheets reach, and what they hide.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
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
    pub(super) hidden_rows: Vec<u32>,
    /// Hidden columns, counted from 0.
    pub(super) hidden_columns: Vec<RangeInclusive<usize>>,
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl SheetFacts {
    /// The cells of the smallest block that holds all filled ones.
    pub(super) fn area(&self) -> usize {
        let extent = |range: Option<(u16, u16)>| range.map_or(0, |(from, to)| usize::from(to - from) + 1);
        extent(self.rows) * extent(self.columns)
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

/// Looks through the records; `None` where there are none to look through.
pub(super) fn facts(bytes: &[u8]) -> Option<Facts> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name))?;
    let mut stream = Vec::new();
    file.open_stream(name).ok()?.take(MAX_STREAM).read_to_end(&mut stream).ok()?;
    Some(of_records(&stream))
}

/// Record types of BIFF8 and BIFF5.
mod record {
    pub(super) const BOF: u16 = 0x0809;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const COLUMN_INFO: u16 = 0x007D;
    /// Cells of one row and column each.
    pub(super) const CELLS: [u16; 8] = [0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x0201];
    /// Cells of one row and several columns.
    pub(super) const RUNS: [u16; 2] = [0x00BD, 0x00BE];
}

fn of_records(stream: &[u8]) -> Facts {
    let (mut offsets, mut at) = (Vec::new(), 0);
    let mut by_offset: BTreeMap<usize, SheetFacts> = BTreeMap::new();
    let mut current = 0;
    while let Some(head) = stream.get(at..at + 4) {
        let (kind, length) = (word(head, 0), usize::from(word(head, 2)));
        let Some(body) = stream.get(at + 4..at + 4 + length) else { break };
        match kind {
            record::BOF => current = at,
            record::BOUND_SHEET if body.len() >= 4 => {
                offsets.push(usize::from(word(body, 0)) | usize::from(word(body, 2)) << 16);
            }
            _ => by_offset.entry(current).or_default().take(kind, body),
        }
        at += 4 + length;
    }
    let sheet = |offset: &usize| by_offset.get(offset).cloned().unwrap_or_default();
    Facts { sheets: offsets.iter().map(sheet).collect() }
}

impl SheetFacts {
    fn take(&mut self, kind: u16, body: &[u8]) {
        const HIDDEN: u16 = 0x0020;
        match kind {
            record::ROW if body.len() >= 14 && word(body, 12) & HIDDEN != 0 => {
                self.hidden_rows.push(u32::from(word(body, 0)));
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
        let stream = [
            record(record::BOF, &[0x0600, 5]),
            record(record::BOUND_SHEET, &[18, 0, 0]),
            record(record::BOF, &[0x0600, 16]),
            record(record::ROW, &[3, 0, 9, 0, 0, 0, 0x0020, 0]),
            record(record::COLUMN_INFO, &[2, 4, 0, 0, 1, 0]),
            record(0x0203, &[3, 7]),
            record(0x00BD, &[10, 1, 0, 0, 0, 2]),
        ];
        let facts = of_records(&stream.concat());
        assert_eq!(facts.sheets[0].hidden_rows, [3]);
        assert_eq!(facts.sheets[0].hidden_columns, [2..=4]);
        assert_eq!(facts.sheets[0].area(), 8 * 7);
    }

    #[test]
    fn damaged_records_end_quietly() {
        assert_eq!(of_records(&[]), Facts::default());
        assert_eq!(of_records(&[9, 8, 255, 255, 1]), Facts::default());
        assert!(facts(b"no compound file").is_none());
    }
}

use std::fmt;

/// The last row of a sheet.
pub const LAST_ROW: u32 = 1_048_576;
/// The last column of a sheet, `XFD`.
pub const LAST_COLUMN: u32 = 16_384;

/// A cell's address; row and column count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The row, from 1.
    pub row: u32,
    /// The column, from 1.
    pub column: u32,
}

/// A rectangle of cells, its corners among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRange {
    /// Its top left cell.
    pub first: Cell,
    /// Its bottom right cell.
    pub last: Cell,
}

impl Cell {
    /// A cell of this row and column, counted from 1.
    pub fn new(row: u32, column: u32) -> Cell {
        Cell { row, column }
    }

    /// Reads `B12` or `$B$12`; nothing where it is no address of a sheet.
    pub fn parse(text: &str) -> Option<Cell> {
        let (column, row) = parts(text)?;
        Some(Cell { row: row?.number, column: column?.number })
    }

    /// Whether a sheet has this cell.
    pub fn is_on_a_sheet(self) -> bool {
        (1..=LAST_ROW).contains(&self.row) && (1..=LAST_COLUMN).contains(&self.column)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column), self.row)
    }
}

impl CellRange {
    /// A range of one cell.
    pub fn single(cell: Cell) -> CellRange {
        CellRange { first: cell, last: cell }
    }

    /// Reads `A1`, `A1:B2`, `A:B` or `1:2`, with or without `$`.
    pub fn parse(text: &str) -> Option<CellRange> {
        Some(RelativeRange::parse(text)?.range())
    }

    /// Whether a cell is in it.
    pub fn contains(&self, cell: Cell) -> bool {
        (self.first.row..=self.last.row).contains(&cell.row)
            && (self.first.column..=self.last.column).contains(&cell.column)
    }
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}:{}", self.first, self.last) }
    }
}

/// A range as a formula has it: without `$` it moves with the cell that looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RelativeRange {
    rows: [Coordinate; 2],
    columns: [Coordinate; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Coordinate {
    number: u32,
    fixed: bool,
}

impl RelativeRange {
    /// Reads a range; see [`CellRange::parse`].
    pub(super) fn parse(text: &str) -> Option<RelativeRange> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let whole = |number| Coordinate { number, fixed: true };
        let single = !text.contains(':');
        let (rows, columns) = match (parts(first)?, parts(last)?) {
            ((Some(left), Some(top)), (Some(right), Some(bottom))) => ([top, bottom], [left, right]),
            ((Some(left), None), (Some(right), None)) if !single => {
                ([whole(1), whole(LAST_ROW)], [left, right])
            }
            ((None, Some(top)), (None, Some(bottom))) if !single => {
                ([top, bottom], [whole(1), whole(LAST_COLUMN)])
            }
            _ => return None,
        };
        Some(RelativeRange { rows, columns })
    }

    /// The range as it is written.
    fn range(&self) -> CellRange {
        self.seen_from(Cell::new(1, 1), Cell::new(1, 1))
    }

    /// The range for `cell` where it was written for `origin`; beyond the sheet's end it goes on at the other side.
    pub(super) fn seen_from(&self, origin: Cell, cell: Cell) -> CellRange {
        let rows = self.rows.map(|row| row.moved(origin.row, cell.row, LAST_ROW));
        let columns = self.columns.map(|column| column.moved(origin.column, cell.column, LAST_COLUMN));
        CellRange {
            first: Cell::new(rows[0].min(rows[1]), columns[0].min(columns[1])),
            last: Cell::new(rows[0].max(rows[1]), columns[0].max(columns[1])),
        }
    }
}

impl Coordinate {
    fn moved(self, from: u32, to: u32, last: u32) -> u32 {
        if self.fixed {
            return self.number;
        }
        let moved = i64::from(self.number) - 1 + i64::from(to) - i64::from(from);
        u32::try_from(moved.rem_euclid(i64::from(last))).map_or(self.number, |zero_based| zero_based + 1)
    }
}

/// Column and row of `$B$12`, `$B` or `$12`, each where it is there.
fn parts(text: &str) -> Option<(Option<Coordinate>, Option<Coordinate>)> {
    let (column, rest) = match text.strip_prefix('$') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => (true, rest),
        _ => (false, text),
    };
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, rest) = rest.split_at(letters);
    let column = match letters {
        "" => None,
        letters => Some(Coordinate { number: column_number(letters)?, fixed: column }),
    };
    let (fixed, digits) = match rest.strip_prefix('$') {
        Some(digits) => (true, digits),
        None => (false, rest),
    };
    if digits.is_empty() {
        return (column.is_some() && !fixed).then_some((column, None));
    }
    if digits.len() > 7 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().ok().filter(|row| (1..=LAST_ROW).contains(row))?;
    Some((column, Some(Coordinate { number, fixed })))
}

fn column_number(letters: &str) -> Option<u32> {
    if letters.len() > 3 {
        return None;
    }
    let digit = |letter: u8| u32::from(letter.to_ascii_uppercase() - b'A') + 1;
    let number = letters.bytes().fold(0, |sum, letter| sum * 26 + digit(letter));
    Some(number).filter(|number| *number <= LAST_COLUMN)
}

/// A column's letters: 1 is `A`, 27 is `AA`.
pub fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        column -= 1;
        letters.push(b'A' + u8::try_from(column % 26).unwrap_or_default());
        column /= 26;
    }
    letters.iter().rev().map(|&letter| char::from(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cell, CellRange, RelativeRange, column_letters};

    #[test]
    fn addresses_are_read_and_written() {
        for (text, row, column) in [("A1", 1, 1), ("$B$12", 12, 2), ("xfd1048576", 1_048_576, 16_384)] {
            assert_eq!(Cell::parse(text), Some(Cell::new(row, column)), "{text}");
        }
        for text in
            ["", "A", "1", "A0", "XFE1", "A1048577", "AAAA1", "A1 ", "Ä1", "A-1", "$", "A1B", "A99999999999"]
        {
            assert_eq!(Cell::parse(text), None, "{text}");
        }
        for column in [1, 26, 27, 52, 702, 703, 16_384] {
            let cell = Cell::new(7, column);
            assert_eq!(Cell::parse(&cell.to_string()), Some(cell));
        }
        assert_eq!(column_letters(16_384), "XFD");
    }

    #[test]
    fn ranges_may_be_whole_columns_or_rows_and_turned_around() {
        let shown = |text| CellRange::parse(text).map(|range| range.to_string());
        assert_eq!(shown("B2").as_deref(), Some("B2"));
        assert_eq!(shown("$C$9:A1").as_deref(), Some("A1:C9"));
        assert_eq!(shown("B:C").as_deref(), Some("B1:C1048576"));
        assert_eq!(shown("2:3").as_deref(), Some("A2:XFD3"));
        for text in ["B", "2", "B:2", "A1:", ":", "A1:B2:C3", "#REF!"] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_fixed_moves() {
        let range = RelativeRange::parse("A$1:$B2").unwrap();
        let seen = range.seen_from(Cell::new(1, 1), Cell::new(5, 3));
        assert_eq!(seen.to_string(), "B1:C6");
        let back = RelativeRange::parse("A1").unwrap().seen_from(Cell::new(2, 2), Cell::new(1, 1));
        assert_eq!(back.to_string(), "XFD1048576");
    }
}

//! How much a document may hold, whatever its format: a small file can ask for any amount of memory and time.

use std::ops::RangeInclusive;

use super::{Book, Content, Grid, LoadError, Merge};

/// Cells that a document may fill: more than any questionnaire, and all that a million rows of five columns need.
const MAX_CELLS: usize = 8_000_000;
/// Bytes of text in all cells together. One long text that many cells share counts for each of them.
const MAX_TEXT: usize = 256 << 20;
/// Sheets, tables and runs of text.
const MAX_SHEETS: usize = 10_000;
/// Columns up to the last filled one, summed over all rows: a row is looked at from its first column on.
const MAX_REACH: usize = 64_000_000;
/// The largest sheet that any spreadsheet has.
const MAX_ROWS: u64 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// What may still be read of a document, while it is taken apart.
#[derive(Debug)]
pub(super) struct Budget {
    cells: usize,
    text: usize,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { cells: MAX_CELLS, text: MAX_TEXT }
    }
}

impl Budget {
    /// Takes so many cells with so many bytes of text each.
    ///
    /// # Errors
    /// There is no room for them.
    pub(super) fn take(&mut self, cells: usize, bytes: usize) -> Result<(), LoadError> {
        let refused = |what: String| {
            let message = format!("it {what}; save the sheet with the questions as CSV");
            Err(LoadError { line: None, message })
        };
        match self.cells.checked_sub(cells) {
            Some(left) => self.cells = left,
            None => return refused(format!("fills more than {MAX_CELLS} cells")),
        }
        match self.text.checked_sub(bytes.saturating_mul(cells.max(1))) {
            Some(left) => self.text = left,
            None => return refused(format!("holds more than {} MiB of text", MAX_TEXT >> 20)),
        }
        Ok(())
    }
}

/// Whether a cell, counted from 0, lies in a sheet as spreadsheets have them.
pub(super) fn is_in_sheet(row: u32, column: u32) -> bool {
    u64::from(row) < MAX_ROWS && (column as usize) < MAX_COLUMNS
}

/// Puts what a loader found in order, so that what reads it needs no more time than its cells are worth.
///
/// # Errors
/// There are more sheets than are read, or cells lie too far out.
pub(in crate::questionnaire) fn check(book: &mut Book) -> Result<(), LoadError> {
    let refused = |message: String| Err(LoadError { line: None, message });
    if book.sheets.len() > MAX_SHEETS {
        return refused(format!(
            "it has more than {MAX_SHEETS} sheets, tables or runs of text; split it into several files"
        ));
    }
    let mut reach = 0_usize;
    for sheet in &mut book.sheets {
        let Content::Grid(grid) = &mut sheet.content else { continue };
        let last = |row: &super::GridRow| row.cells.last().map_or(0, |cell| cell.0.saturating_add(1));
        reach = grid.rows.iter().map(last).fold(reach, usize::saturating_add);
        if reach > MAX_REACH {
            return refused(
                "its cells lie too far to the right in too many rows; delete the columns behind the table"
                    .into(),
            );
        }
        settle(grid);
    }
    Ok(())
}

/// Hidden columns and merges in order and without overlap. No spreadsheet writes merges that overlap; of two that do
/// the first counts.
fn settle(grid: &mut Grid) {
    grid.hidden_columns.sort_unstable_by_key(|columns| *columns.start());
    let mut hidden: Vec<RangeInclusive<usize>> = Vec::new();
    for columns in grid.hidden_columns.drain(..).filter(|columns| !columns.is_empty()) {
        match hidden.last_mut() {
            Some(last) if *columns.start() <= last.end().saturating_add(1) => {
                *last = *last.start()..=*last.end().max(columns.end());
            }
            _ => hidden.push(columns),
        }
    }
    grid.hidden_columns = hidden;
    grid.merges.sort_by_key(|merge| (*merge.rows.start(), *merge.columns.start()));
    let apart = |next: &mut Merge, kept: &mut Merge| {
        next.rows.start() == kept.rows.start() && next.columns.start() <= kept.columns.end()
    };
    grid.merges.dedup_by(apart);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::book::{GridRow, Sheet};

    fn book(grid: Grid, sheets: usize) -> Book {
        let sheet = Sheet { name: None, hidden: false, section: String::new(), content: Content::Grid(grid) };
        Book { sheets: vec![sheet; sheets], notes: Vec::new() }
    }

    #[test]
    fn one_text_in_many_cells_counts_for_each() {
        let mut budget = Budget::default();
        assert_eq!(budget.take(1_000, 1 << 10), Ok(()));
        let error = budget.take(1_000, 1 << 20).unwrap_err().message;
        assert!(error.contains("more than 256 MiB of text"), "{error}");
        assert!(budget.take(MAX_CELLS, 0).is_err());
        assert!(budget.take(usize::MAX, usize::MAX).is_err());
    }

    #[test]
    fn hidden_columns_and_merges_are_put_in_order() {
        let merge = |row, from, to| Merge { rows: row..=row + 5, columns: from..=to };
        let grid = Grid {
            hidden_columns: vec![7..=9, 1..=2, 3..=4, 8..=8],
            merges: vec![merge(4, 3, 9), merge(1, 5, 9), merge(1, 0, 5), merge(1, 0, 5), merge(4, 0, 2)],
            ..Grid::default()
        };
        let mut book = book(grid, 1);
        check(&mut book).unwrap();
        let Content::Grid(grid) = &book.sheets[0].content else { unreachable!() };
        assert_eq!(grid.hidden_columns, [1..=4, 7..=9]);
        assert_eq!(grid.merges, [merge(1, 0, 5), merge(4, 0, 2), merge(4, 3, 9)]);
    }

    #[test]
    fn cells_far_out_and_sheets_without_end_are_refused() {
        let row = |number| GridRow { number, hidden: false, cells: vec![(MAX_COLUMNS - 1, "x".into())] };
        let far = |rows| Grid { rows: (1..=rows).map(row).collect(), ..Grid::default() };
        assert_eq!(check(&mut book(far(3_000), 1)), Ok(()));
        assert!(check(&mut book(far(4_000), 1)).unwrap_err().message.contains("too far to the right"));
        assert!(check(&mut book(far(4), 1_000)).is_err());
        assert!(check(&mut book(Grid::default(), MAX_SHEETS + 1)).is_err());
        assert!(is_in_sheet(1_048_575, 16_383) && !is_in_sheet(1_048_576, 0) && !is_in_sheet(0, 16_384));
    }
}

//! A grid of cells as the rows that layout detection reads.

use std::collections::BTreeMap;

use super::book::{Grid, GridRow, Merge};
use super::split::{Record, is_blank};

/// The rows of a grid, in order, with whether each is hidden. Hidden columns are blank.
pub(super) fn records(grid: &Grid) -> impl Iterator<Item = (Record, bool)> + '_ {
    grid.rows.iter().map(|row| (record(row, grid), row.hidden))
}

/// The row at a place in the grid.
pub(super) fn record_at(grid: &Grid, index: usize) -> Option<(Record, bool)> {
    grid.rows.get(index).map(|row| (record(row, grid), row.hidden))
}

fn record(row: &GridRow, grid: &Grid) -> Record {
    let seen = |column: usize| {
        let at = grid.hidden_columns.partition_point(|hidden| *hidden.end() < column);
        grid.hidden_columns.get(at).is_none_or(|hidden| !hidden.contains(&column))
    };
    let cells = row.cells.iter().filter(|cell| seen(cell.0));
    Record::sparse(row.number, cells.map(|(column, text)| (*column, text.as_str())))
}

/// Below how many rows a merged cell may reach to be filled down.
const TALLEST: u64 = 5_000;
/// How many bytes of text are written into further rows; a heading is short.
const MAX_FILLED: usize = 32 << 20;

/// Writes the text of cells merged over several rows into each of those rows, in the given columns.
pub(super) fn fill_merges(grid: &mut Grid, columns: &[usize]) {
    // How far each column is filled, and what may still be written: merges can overlap, and lie over long texts.
    let (mut reached, mut room) = (BTreeMap::new(), MAX_FILLED);
    let tall = grid.merges.iter().filter(|merge| {
        let height = merge.rows.end().saturating_sub(*merge.rows.start());
        (1..TALLEST).contains(&height) && columns.contains(merge.columns.start())
    });
    let mut missing: Vec<(usize, usize, String)> = Vec::new();
    for merge in tall {
        let at = |number: u64| grid.rows.binary_search_by_key(&number, |row| row.number).ok();
        let column = *merge.columns.start();
        let end = reached.entry(column).or_insert(0);
        if *merge.rows.start() <= *end {
            continue;
        }
        *end = *merge.rows.end();
        let cell = |row: &GridRow| cell_at(&row.cells, column).map(ToOwned::to_owned);
        let Some(text) = at(*merge.rows.start()).and_then(|index| cell(&grid.rows[index])) else { continue };
        let below = grid.rows.partition_point(|row| row.number <= *merge.rows.start());
        let within = grid.rows[below..].iter().take_while(|row| merge.rows.contains(&row.number));
        let bare = within.enumerate().filter(|(_, row)| cell_at(&row.cells, column).is_none());
        let bare = bare.take(room / text.len().max(1));
        let before = missing.len();
        missing.extend(bare.map(|(offset, _)| (below + offset, column, text.clone())));
        room = room.saturating_sub((missing.len() - before) * text.len());
    }
    for (index, column, text) in missing {
        let cells = &mut grid.rows[index].cells;
        let position = cells.partition_point(|cell| cell.0 < column);
        cells.insert(position, (column, text));
    }
}

/// Joins a header over two rows into one: names merged over several columns with those below them.
///
/// The header stays in the upper row; the lower one goes. Gives the number of the row that went.
pub(super) fn join_two_row_header(grid: &mut Grid) -> Option<u64> {
    const FIRST_ROWS: usize = 20;
    let upper = (0..grid.rows.len().min(FIRST_ROWS)).find(|index| is_upper(grid, *index))?;
    let lower = grid.rows.remove(upper + 1);
    let spans: Vec<Merge> =
        grid.merges.iter().filter(|merge| is_wide(merge, grid.rows[upper].number)).cloned().collect();
    let above = |column: usize| {
        let start = span_over(&spans, column).map_or(column, |merge| *merge.columns.start());
        cell_at(&grid.rows[upper].cells, start).map(ToOwned::to_owned)
    };
    let mut joined: Vec<(usize, String)> = Vec::new();
    let last = |row: &GridRow| row.cells.last().map_or(0, |cell| cell.0);
    for column in 0..=last(&grid.rows[upper]).max(last(&lower)) {
        let below = cell_at(&lower.cells, column);
        match (above(column), below) {
            (Some(above), Some(below)) => joined.push((column, format!("{above}: {below}"))),
            (Some(above), None) if span_over(&spans, column).is_none() => {
                joined.push((column, above));
            }
            (None, Some(below)) => joined.push((column, below.to_owned())),
            _ => {}
        }
    }
    grid.rows[upper].cells = joined;
    Some(lower.number)
}

/// What stands in a column of a row.
fn cell_at(cells: &[(usize, String)], column: usize) -> Option<&str> {
    cells.binary_search_by_key(&column, |cell| cell.0).ok().map(|index| cells[index].1.as_str())
}

/// The merge over a column, among those of one row in their order.
fn span_over(spans: &[Merge], column: usize) -> Option<&Merge> {
    let at = spans.partition_point(|merge| *merge.columns.end() < column);
    spans.get(at).filter(|merge| merge.columns.contains(&column))
}

fn is_wide(merge: &Merge, row: u64) -> bool {
    merge.rows == (row..=row) && merge.columns.start() < merge.columns.end()
}

/// Whether a row is the upper half of a header: names in it span several columns which the next row names one by
/// one, and a name beside them stands merged over both rows or over a blank cell.
fn is_upper(grid: &Grid, index: usize) -> bool {
    const LONGEST: usize = 80;
    let (row, Some(next)) = (&grid.rows[index], grid.rows.get(index + 1)) else { return false };
    let wide = |merge: &&Merge| is_wide(merge, row.number);
    let spans: Vec<Merge> = grid.merges.iter().filter(wide).cloned().collect();
    let filled =
        |cells: &[(usize, String)], column: usize| cell_at(cells, column).is_some_and(|text| !is_blank(text));
    let named = |merge: &&Merge| {
        filled(&row.cells, *merge.columns.start())
            && merge.columns.clone().all(|column| filled(&next.cells, column))
    };
    let inside = |column: usize| span_over(&spans, column).is_some();
    let beside = row.cells.iter().any(|cell| !inside(cell.0) && !filled(&next.cells, cell.0));
    next.number == row.number + 1
        && beside
        && spans.iter().filter(named).count() > 0
        && row.cells.iter().chain(&next.cells).all(|cell| {
            // A row of data below a heading has an id, or a sentence.
            let is_id = !cell.1.trim().contains(' ') && cell.1.contains(|c: char| c.is_ascii_digit());
            cell.1.chars().count() <= LONGEST && !cell.1.trim_end().ends_with(['?', '.']) && !is_id
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&[&str]], merges: &[(u64, u64, usize, usize)]) -> Grid {
        let row = |(index, cells): (usize, &&[&str])| GridRow {
            number: index as u64 + 1,
            hidden: false,
            cells: cells
                .iter()
                .map(ToString::to_string)
                .enumerate()
                .filter(|cell| !cell.1.is_empty())
                .collect(),
        };
        let merge = |&(top, bottom, left, right): &(u64, u64, usize, usize)| Merge {
            rows: top..=bottom,
            columns: left..=right,
        };
        Grid {
            rows: rows.iter().enumerate().map(row).collect(),
            hidden_columns: Vec::new(),
            merges: merges.iter().map(merge).collect(),
        }
    }

    fn cells(grid: &Grid, index: usize) -> Vec<String> {
        records(grid).nth(index).unwrap().0.cells().map(Into::into).collect()
    }

    #[test]
    fn a_header_over_two_rows_becomes_one() {
        let mut sheet = grid(
            &[&["Title"], &["Control", "Status", "", "Notes"], &["", "Done", "Planned", ""], &["Who?"]],
            &[(1, 1, 0, 3), (2, 2, 1, 2), (2, 3, 0, 0)],
        );
        assert_eq!(join_two_row_header(&mut sheet), Some(3));
        assert_eq!(cells(&sheet, 1), ["Control", "Status: Done", "Status: Planned", "Notes"]);
        assert_eq!(cells(&sheet, 2), ["Who?"]);
        let mut plain = grid(&[&["Control", "Status"], &["Who?", "x"]], &[(1, 1, 0, 1)]);
        assert_eq!(join_two_row_header(&mut plain), None);
    }

    #[test]
    fn merged_cells_are_filled_down_in_the_columns_asked_for() {
        let mut sheet =
            grid(&[&["Access", "Who?"], &["", "Why?"], &["", "How?"]], &[(1, 2, 0, 0), (1, 3, 1, 1)]);
        fill_merges(&mut sheet, &[0]);
        assert_eq!(cells(&sheet, 1), ["Access", "Why?"]);
        assert_eq!(cells(&sheet, 2), ["", "How?"]);
    }

    #[test]
    fn hidden_columns_say_nothing() {
        let mut sheet = grid(&[&["a", "b", "c"]], &[]);
        sheet.hidden_columns = vec![1..=1, 5..=9];
        assert_eq!(cells(&sheet, 0), ["a", "", "c"]);
    }
}

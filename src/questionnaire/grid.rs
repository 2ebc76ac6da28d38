//! A grid of cells as the rows that layout detection reads.

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
    let seen = |column: usize| !grid.hidden_columns.iter().any(|hidden| hidden.contains(&column));
    let cells = row.cells.iter().filter(|cell| seen(cell.0));
    Record::sparse(row.number, cells.map(|(column, text)| (*column, text.as_str())))
}

/// Below how many rows a merged cell may reach to be filled down.
const TALLEST: u64 = 5_000;

/// Writes the text of cells merged over several rows into each of those rows, in the given columns.
pub(super) fn fill_merges(grid: &mut Grid, columns: &[usize]) {
    let tall = grid.merges.iter().filter(|merge| {
        let height = merge.rows.end().saturating_sub(*merge.rows.start());
        (1..TALLEST).contains(&height) && columns.contains(merge.columns.start())
    });
    let mut missing: Vec<(usize, usize, String)> = Vec::new();
    for merge in tall {
        let at = |number: u64| grid.rows.binary_search_by_key(&number, |row| row.number).ok();
        let column = *merge.columns.start();
        let cell = |row: &GridRow| row.cells.iter().find(|cell| cell.0 == column).map(|cell| cell.1.clone());
        let Some(text) = at(*merge.rows.start()).and_then(|index| cell(&grid.rows[index])) else { continue };
        let below = grid.rows.partition_point(|row| row.number <= *merge.rows.start());
        let within = grid.rows[below..].iter().take_while(|row| merge.rows.contains(&row.number));
        let bare = within.enumerate().filter(|(_, row)| cell(row).is_none());
        missing.extend(bare.map(|(offset, _)| (below + offset, column, text.clone())));
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
        let span = spans.iter().find(|merge| merge.columns.contains(&column));
        let start = span.map_or(column, |merge| *merge.columns.start());
        grid.rows[upper].cells.iter().find(|cell| cell.0 == start).map(|cell| cell.1.clone())
    };
    let mut joined: Vec<(usize, String)> = Vec::new();
    let last = |row: &GridRow| row.cells.last().map_or(0, |cell| cell.0);
    for column in 0..=last(&grid.rows[upper]).max(last(&lower)) {
        let below = lower.cells.iter().find(|cell| cell.0 == column).map(|cell| cell.1.as_str());
        match (above(column), below) {
            (Some(above), Some(below)) => joined.push((column, format!("{above}: {below}"))),
            (Some(above), None) if !spans.iter().any(|merge| merge.columns.contains(&column)) => {
                joined.push((column, above));
            }
            (None, Some(below)) => joined.push((column, below.to_owned())),
            _ => {}
        }
    }
    grid.rows[upper].cells = joined;
    Some(lower.number)
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
    let spans: Vec<&Merge> = grid.merges.iter().filter(wide).collect();
    let filled = |cells: &[(usize, String)], column: usize| {
        cells.iter().any(|cell| cell.0 == column && !is_blank(&cell.1))
    };
    let named = |merge: &&&Merge| {
        filled(&row.cells, *merge.columns.start())
            && merge.columns.clone().all(|column| filled(&next.cells, column))
    };
    let inside = |column: usize| spans.iter().any(|merge| merge.columns.contains(&column));
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

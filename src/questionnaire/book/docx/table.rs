//! One table as it is read: rows, cells, and which of them are shown as one.

use crate::questionnaire::book::{Grid, GridRow, Merge};

/// More columns than any table has.
const MAX_COLUMNS: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<GridRow>,
    merges: Vec<Merge>,
    row: Row,
    cell: Option<Cell>,
    /// For each column, the merge that cells below it may continue.
    open: Vec<Option<Merge>>,
}

#[derive(Debug, Default)]
struct Row {
    cells: Vec<(usize, String)>,
    /// The column of the next cell.
    next: usize,
    hidden: bool,
    deleted: bool,
    /// Where cells that may go on below begin, with the column behind them.
    restarts: Vec<(usize, usize)>,
    /// Which cells go on from above.
    continues: Vec<usize>,
    spans: Vec<(usize, usize)>,
}

#[derive(Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) span: usize,
    pub(super) down: Option<Down>,
    /// Whether it goes on from the cell to its left.
    pub(super) continues_left: bool,
    pub(super) deleted: bool,
}

/// What a cell says of the cells above and below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Down {
    /// Cells below may go on from it.
    Begins,
    /// It goes on from the cell above.
    Continues,
}

impl Table {
    pub(super) fn begin_row(&mut self) {
        self.row = Row::default();
    }

    pub(super) fn hide_row(&mut self) {
        self.row.hidden = true;
    }

    pub(super) fn delete_row(&mut self) {
        self.row.deleted = true;
    }

    /// Leaves columns free before the next cell.
    pub(super) fn leave(&mut self, columns: usize) {
        self.row.next = (self.row.next + columns.min(MAX_COLUMNS)).min(MAX_COLUMNS);
    }

    pub(super) fn begin_cell(&mut self) {
        let (text, span, down) = (String::new(), 1, None);
        self.cell = Some(Cell { text, span, down, continues_left: false, deleted: false });
    }

    /// The cell that is being read.
    pub(super) fn cell(&mut self) -> Option<&mut Cell> {
        self.cell.as_mut()
    }

    pub(super) fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let (column, row) = (self.row.next, &mut self.row);
        if column >= MAX_COLUMNS || cell.deleted {
            return;
        }
        let end = (column + cell.span.clamp(1, MAX_COLUMNS)).min(MAX_COLUMNS);
        row.next = end;
        if cell.continues_left {
            if let Some((_, last)) = row.spans.last_mut().filter(|(_, last)| *last == column) {
                *last = end;
            }
        } else {
            row.spans.push((column, end));
        }
        match cell.down {
            Some(Down::Continues) => return row.continues.push(column),
            Some(Down::Begins) => row.restarts.push((column, end)),
            None => {}
        }
        let text = cell.text.trim();
        if !text.is_empty() {
            row.cells.push((column, text.to_owned()));
        }
    }

    /// Ends a row, whose number is used if the row is there. False if it was deleted.
    pub(super) fn end_row(&mut self, number: u64) -> bool {
        let row = std::mem::take(&mut self.row);
        if row.deleted {
            return false;
        }
        let mut open: Vec<Option<Merge>> = vec![None; self.open.len().max(row.next)];
        for column in &row.continues {
            if let Some(mut merge) = self.open.get_mut(*column).and_then(Option::take) {
                merge.rows = *merge.rows.start()..=number;
                open[*column] = Some(merge);
            }
        }
        self.close(open);
        for &(start, end) in &row.spans {
            let begins = row.restarts.iter().any(|(column, _)| *column == start);
            let merge = Merge { rows: number..=number, columns: start..=end - 1 };
            if begins {
                self.open[start] = Some(merge);
            } else if end > start + 1 && !row.continues.contains(&start) {
                self.merges.push(merge);
            }
        }
        if !row.cells.is_empty() {
            self.rows.push(GridRow { number, hidden: row.hidden, cells: row.cells });
        }
        true
    }

    /// Takes over the merges that go on; those that do not are done.
    fn close(&mut self, open: Vec<Option<Merge>>) {
        let done = std::mem::replace(&mut self.open, open).into_iter().flatten();
        let is_block = |merge: &Merge| {
            merge.rows.start() != merge.rows.end() || merge.columns.start() != merge.columns.end()
        };
        self.merges.extend(done.filter(is_block));
    }

    pub(super) fn into_grid(mut self) -> Grid {
        self.close(Vec::new());
        self.merges.sort_by_key(|merge| (*merge.rows.start(), *merge.columns.start()));
        Grid { rows: self.rows, hidden_columns: Vec::new(), merges: self.merges }
    }
}

//! Records without lists in them, as a table: their keys are its header.

use jsonc_parser::ast::{Array, Object, Value};
use rustc_hash::FxHashMap;

use super::Told;
use super::scan::Positions;
use crate::questionnaire::book::{Grid, GridRow, html};

/// More columns than any questionnaire has.
const MAX_COLUMNS: usize = 1_000;
const MAX_NAME_BYTES: usize = 200;

/// A table that grows record by record; the columns come in the order in which their keys were first seen.
#[derive(Default)]
pub(super) struct Table {
    names: Vec<String>,
    index: FxHashMap<String, usize>,
    rows: Vec<GridRow>,
}

impl Table {
    /// Adds a record that begins on a line.
    pub(super) fn add(&mut self, record: &Object<'_>, line: u64, told: &mut Told<'_>) {
        let mut cells = Vec::new();
        self.flatten(record, "", line, &mut cells, told);
        cells.sort_by_key(|(column, _)| *column);
        if !cells.is_empty() {
            self.rows.push(GridRow { number: line, hidden: false, cells });
        }
    }

    fn flatten(
        &mut self,
        record: &Object<'_>,
        path: &str,
        line: u64,
        cells: &mut Vec<(usize, String)>,
        told: &mut Told<'_>,
    ) {
        for (key, value) in told.fields(record) {
            let name = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            if name.len() > MAX_NAME_BYTES {
                told.left_out(line);
                continue;
            }
            if let Value::Object(inner) = value {
                self.flatten(inner, &name, line, cells, told);
                continue;
            }
            // A column is there even where nothing stands in it: the sender meant to have it.
            let Some(column) = self.column(name) else {
                told.left_out(line);
                continue;
            };
            let text = cell(value);
            if !text.trim().is_empty() {
                cells.push((column, text));
            }
        }
    }

    fn column(&mut self, name: String) -> Option<usize> {
        if let Some(index) = self.index.get(&name) {
            return Some(*index);
        }
        if self.names.len() == MAX_COLUMNS {
            return None;
        }
        self.names.push(name.clone());
        self.index.insert(name, self.names.len() - 1);
        Some(self.names.len() - 1)
    }

    /// The table with its header, whose row is numbered 0 because the file writes none.
    pub(super) fn into_grid(self) -> Grid {
        let header = self.names.into_iter().enumerate().filter(|(_, name)| !name.trim().is_empty()).collect();
        let header = GridRow { number: 0, hidden: false, cells: header };
        let mut rows = self.rows;
        number(&mut rows);
        rows.insert(0, header);
        Grid { rows, ..Grid::default() }
    }
}

/// A list of lists of plain values, as a table.
pub(super) fn of_lists(lists: &Array<'_>, positions: &Positions) -> Grid {
    let mut rows = Vec::new();
    for value in &lists.elements {
        let Value::Array(list) = value else { continue };
        let cells = list.elements.iter().take(MAX_COLUMNS).map(cell).enumerate();
        let cells = cells.filter(|(_, text)| !text.trim().is_empty()).collect();
        rows.push(GridRow { number: positions.line(list.range.start), hidden: false, cells });
    }
    number(&mut rows);
    Grid { rows, ..Grid::default() }
}

/// Counts the rows where lines do not tell them apart, as in JSON without line breaks.
fn number(rows: &mut [GridRow]) {
    if !rows.is_sorted_by(|above, below| above.number < below.number) {
        (1..).zip(rows).for_each(|(number, row)| row.number = number);
    }
}

/// A plain value, or several, as a cell.
fn cell(value: &Value<'_>) -> String {
    match value {
        Value::StringLit(text) => html::plain(&text.value).trim().to_owned(),
        Value::NumberLit(number) => number.value.to_owned(),
        Value::BooleanLit(value) => value.value.to_string(),
        Value::NullKeyword(_) | Value::Object(_) => String::new(),
        Value::Array(list) => {
            let plain = |value: &&Value<'_>| !matches!(value, Value::Array(_) | Value::Object(_));
            let cells = list.elements.iter().filter(plain).map(cell).filter(|cell| !cell.is_empty());
            cells.collect::<Vec<_>>().join("; ")
        }
    }
}

//! Workbooks, taken apart by calamine cell by cell.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Range, Reader, SheetVisible, Xls, Xlsb, Xlsx};

use super::{Book, Content, Grid, GridRow, LoadError, Merge, Sheet, biff, ods};
use crate::questionnaire::layout::Format;
use crate::workbook::{Archive, Limits, Package, PackageError};

/// Cells that a sheet may fill: more than any questionnaire, and all that a million rows of five columns need.
const MAX_CELLS: usize = 8_000_000;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Takes a workbook apart. Formulas give the values that were computed when it was saved.
///
/// # Errors
/// It is damaged, protected by a password, or fills more cells than are read.
pub(in crate::questionnaire) fn load(bytes: &Arc<[u8]>, format: Format) -> Result<Book, LoadError> {
    let refused = |error: PackageError| broken(format, &error);
    let package = match format {
        Format::Xlsx => Some(Package::open(Arc::clone(bytes), Limits::default()).map_err(refused)?),
        Format::Xls => None,
        // What is not taken apart by name is unpacked once, so that it is known to unpack within the limits.
        _ => {
            let archive = Archive::open(Arc::clone(bytes), Limits::default()).map_err(refused)?;
            if format == Format::Ods {
                return ods::load(&archive);
            }
            None
        }
    };
    // The crate promises no panic on damaged files and has had some.
    let loaded = catch_unwind(AssertUnwindSafe(|| match &package {
        Some(package) => xlsx(bytes, package),
        None if format == Format::Xlsb => xlsb(bytes),
        None => xls(bytes),
    }));
    loaded.unwrap_or_else(|_| Err(broken(format, &"its records contradict each other")))
}

fn broken(format: Format, error: &impl std::fmt::Display) -> LoadError {
    let message = format!(
        "this {format} workbook cannot be read ({error}); open it and save it anew, or save it as CSV"
    );
    LoadError { line: None, message }
}

fn too_large() -> LoadError {
    let message =
        format!("a sheet fills more than {MAX_CELLS} cells; save the sheet with the questions as CSV");
    LoadError { line: None, message }
}

fn xlsx(bytes: &[u8], package: &Package) -> Result<Book, LoadError> {
    let mut book: Xlsx<Bytes<'_>> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(Format::Xlsx, &error))?;
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let facts = package.sheet(&meta.name).map(|sheet| package.facts(sheet)).transpose();
        let facts = facts.map_err(|error| broken(Format::Xlsx, &error))?.unwrap_or_default();
        let mut cells = Cells::default();
        // A chart sheet has no cells.
        if let Ok(mut reader) = book.worksheet_cells_reader(&meta.name) {
            loop {
                match reader.next_cell() {
                    Ok(Some(cell)) => cells.add(cell.get_position(), of_ref(cell.get_value()))?,
                    Ok(None) => break,
                    Err(error) => return Err(broken(Format::Xlsx, &error)),
                }
            }
        }
        let merges = facts.merges.iter().map(|merge| Merge {
            rows: u64::from(merge.first.row)..=u64::from(merge.last.row),
            columns: merge.first.column as usize - 1..=merge.last.column as usize - 1,
        });
        let hidden_columns =
            facts.hidden_columns.iter().map(|run| run.first as usize - 1..=run.last as usize - 1);
        let grid = Grid {
            rows: cells.into_rows(|row| facts.hides_row(row + 1)),
            hidden_columns: hidden_columns.collect(),
            merges: merges.collect(),
        };
        sheets.push(sheet(meta.name, meta.visible, grid));
    }
    Ok(Book { sheets })
}

fn xlsb(bytes: &[u8]) -> Result<Book, LoadError> {
    let mut book: Xlsb<Bytes<'_>> =
        Xlsb::new(Cursor::new(bytes)).map_err(|error| broken(Format::Xlsb, &error))?;
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let mut cells = Cells::default();
        if let Ok(mut reader) = book.worksheet_cells_reader(&meta.name) {
            loop {
                match reader.next_cell() {
                    Ok(Some(cell)) => cells.add(cell.get_position(), of_ref(cell.get_value()))?,
                    Ok(None) => break,
                    Err(error) => return Err(broken(Format::Xlsb, &error)),
                }
            }
        }
        let grid = Grid { rows: cells.into_rows(|_| false), ..Grid::default() };
        sheets.push(sheet(meta.name, meta.visible, grid));
    }
    Ok(Book { sheets })
}

fn xls(bytes: &[u8]) -> Result<Book, LoadError> {
    // calamine holds every cell of the block that a sheet's cells span, blank or not.
    let facts = biff::facts(bytes).unwrap_or_default();
    if facts.sheets.iter().map(biff::SheetFacts::area).sum::<usize>() > MAX_CELLS {
        return Err(too_large());
    }
    let mut book: Xls<Bytes<'_>> =
        Xls::new(Cursor::new(bytes)).map_err(|error| broken(Format::Xls, &error))?;
    let mut sheets = Vec::new();
    for (index, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        let merges = book.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        let range = book.worksheet_range(&meta.name).map_err(|error| broken(Format::Xls, &error))?;
        let hidden = facts.sheets.get(index).cloned().unwrap_or_default();
        let merge = |merge: &Dimensions| Merge {
            rows: u64::from(merge.start.0) + 1..=u64::from(merge.end.0) + 1,
            columns: merge.start.1 as usize..=merge.end.1 as usize,
        };
        let grid = Grid {
            rows: of_range(&range)?.into_rows(|row| hidden.hidden_rows.contains(&row)),
            hidden_columns: hidden.hidden_columns,
            merges: merges.iter().map(merge).collect(),
        };
        sheets.push(sheet(meta.name, meta.visible, grid));
    }
    Ok(Book { sheets })
}

fn sheet(name: String, visible: SheetVisible, grid: Grid) -> Sheet {
    Sheet { name: Some(name.into()), hidden: visible != SheetVisible::Visible, content: Content::Grid(grid) }
}

/// Filled cells by row, in whatever order they come.
#[derive(Default)]
struct Cells {
    rows: BTreeMap<u32, Vec<(usize, String)>>,
    count: usize,
}

impl Cells {
    fn add(&mut self, (row, column): (u32, u32), text: Option<String>) -> Result<(), LoadError> {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(()) };
        self.count += 1;
        if self.count > MAX_CELLS {
            return Err(too_large());
        }
        self.rows.entry(row).or_default().push((column as usize, text));
        Ok(())
    }

    /// The rows; `is_hidden` is asked with their numbers, counted from 0.
    fn into_rows(self, is_hidden: impl Fn(u32) -> bool) -> Vec<GridRow> {
        let row = |(number, mut cells): (u32, Vec<(usize, String)>)| {
            cells.sort_by_key(|cell| cell.0);
            GridRow { number: u64::from(number) + 1, hidden: is_hidden(number), cells }
        };
        self.rows.into_iter().map(row).collect()
    }
}

fn of_range(range: &Range<Data>) -> Result<Cells, LoadError> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut cells = Cells::default();
    for (row, column, value) in range.used_cells() {
        cells.add((first_row + row as u32, first_column + column as u32), of_data(value))?;
    }
    Ok(cells)
}

fn of_ref(value: &DataRef<'_>) -> Option<String> {
    match value {
        DataRef::SharedString(text) => Some((*text).to_owned()),
        other => of_data(&Data::from(other.clone())),
    }
}

/// A value as the sheet shows it, as nearly as can be told without its format. An error value says nothing.
fn of_data(value: &Data) -> Option<String> {
    Some(match value {
        Data::Empty | Data::Error(_) => return None,
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(moment) => date(moment),
    })
}

fn date(moment: &ExcelDateTime) -> String {
    if moment.is_duration() || moment.as_f64() < 1.0 {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

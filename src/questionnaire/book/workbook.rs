//! Workbooks, taken apart by calamine cell by cell.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{
    Cell, Data, DataRef, Dimensions, ExcelDateTime, Range, Reader, SheetVisible, Xls, Xlsb, Xlsx,
};

use super::bounds::{self, Budget};
use super::{Book, Content, Grid, GridRow, LoadError, Merge, Sheet, biff, ods};
use crate::questionnaire::layout::Format;
use crate::safe_text::one_line;
use crate::workbook::{Archive, Limits, Package, PackageError};

/// What a binary workbook may unpack to, in bytes, and with each of its sheets: its records are a fraction of XML.
const MAX_BINARY: u64 = 64 << 20;
const MAX_BINARY_READ: u64 = 4 << 30;

type Bytes<'a> = Cursor<&'a [u8]>;

/// Takes a workbook apart. Formulas give the values that were computed when it was saved.
///
/// # Errors
/// It is damaged, protected by a password, or fills more cells than are read.
pub(in crate::questionnaire) fn load(bytes: &Arc<[u8]>, format: Format) -> Result<Book, LoadError> {
    let refused = |error: PackageError| broken(format, &error);
    let mut unpacked = 0;
    let package = match format {
        Format::Xlsx => {
            let package = Package::open(Arc::clone(bytes), Limits::default()).map_err(refused)?;
            package.vet().map_err(refused)?;
            Some(package)
        }
        Format::Xls => None,
        // What is not taken apart by name is unpacked once, so that it is known to unpack within the limits.
        _ => {
            if format == Format::Ods {
                let archive = Archive::open(Arc::clone(bytes), Limits::default()).map_err(refused)?;
                return ods::load(&archive);
            }
            let limits = Limits { unpacked: MAX_BINARY, ..Limits::default() };
            unpacked = Archive::open(Arc::clone(bytes), limits).map_err(refused)?.unpacked();
            None
        }
    };
    // The crate promises no panic on damaged files and has had some.
    let loaded = catch_unwind(AssertUnwindSafe(|| match &package {
        Some(package) => xlsx(bytes, package),
        None if format == Format::Xlsb => xlsb(bytes, unpacked),
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

/// The same with the sheet that is damaged.
fn broken_at(format: Format, sheet: &str, error: &impl std::fmt::Display) -> LoadError {
    broken(format, &format!("sheet `{}`: {error}", one_line(sheet)))
}

fn xlsx(bytes: &[u8], package: &Package) -> Result<Book, LoadError> {
    let mut names = BTreeSet::new();
    if let Some(twice) = package.sheets().iter().find(|sheet| !names.insert(&sheet.name)) {
        return Err(broken_at(Format::Xlsx, &twice.name, &"another sheet has the same name"));
    }
    let mut book: Xlsx<Bytes<'_>> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(Format::Xlsx, &error))?;
    let (mut sheets, mut budget) = (Vec::new(), Budget::default());
    for meta in book.sheets_metadata().to_vec() {
        let refused = |error: &dyn std::fmt::Display| broken_at(Format::Xlsx, &meta.name, &error);
        // A chart sheet has no cells, and a part that is named as several sheets is the first of them.
        let Some(part) = package.sheets().iter().find(|part| part.name == meta.name) else {
            sheets.push(sheet(meta.name, meta.visible, Grid::default()));
            continue;
        };
        let facts = package.facts(part).map_err(|error| refused(&error))?;
        let mut cells = Cells::new(&mut budget);
        if let Ok(mut reader) = book.worksheet_cells_reader(&meta.name) {
            cells.add_all(|| reader.next_cell().map_err(|error| refused(&error)))?;
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
    Ok(Book { sheets, notes: Vec::new() })
}

fn xlsb(bytes: &[u8], unpacked: u64) -> Result<Book, LoadError> {
    let mut book: Xlsb<Bytes<'_>> =
        Xlsb::new(Cursor::new(bytes)).map_err(|error| broken(Format::Xlsb, &error))?;
    let all = book.sheets_metadata().to_vec();
    // Each of them may be the same part, read anew.
    if (all.len() as u64).saturating_mul(unpacked) > MAX_BINARY_READ {
        return Err(broken(Format::Xlsb, &"it has more sheets than are read"));
    }
    let (mut sheets, mut budget) = (Vec::new(), Budget::default());
    for meta in all {
        let mut cells = Cells::new(&mut budget);
        if let Ok(mut reader) = book.worksheet_cells_reader(&meta.name) {
            cells.add_all(|| {
                reader.next_cell().map_err(|error| broken_at(Format::Xlsb, &meta.name, &error))
            })?;
        }
        let grid = Grid { rows: cells.into_rows(|_| false), ..Grid::default() };
        sheets.push(sheet(meta.name, meta.visible, grid));
    }
    Ok(Book { sheets, notes: Vec::new() })
}

fn xls(bytes: &[u8]) -> Result<Book, LoadError> {
    // calamine holds every cell of the block that a sheet's cells span, blank or not, and takes the container's word.
    let damaged = || broken(Format::Xls, &"its container is damaged");
    let (facts, bytes) = biff::opened(bytes).ok_or_else(damaged)?;
    let mut budget = Budget::default();
    budget.take(facts.sheets.iter().map(biff::SheetFacts::area).sum(), 0)?;
    facts.sheets.iter().try_for_each(|sheet| budget.take(0, sheet.text()))?;
    let mut book: Xls<Bytes<'_>> =
        Xls::new(Cursor::new(&*bytes)).map_err(|error| broken(Format::Xls, &error))?;
    let mut budget = Budget::default();
    let mut sheets = Vec::new();
    for (index, meta) in book.sheets_metadata().to_vec().into_iter().enumerate() {
        let merges = book.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
        let range =
            book.worksheet_range(&meta.name).map_err(|error| broken_at(Format::Xls, &meta.name, &error))?;
        let hidden = facts.sheets.get(index).cloned().unwrap_or_default();
        let merge = |merge: &Dimensions| Merge {
            rows: u64::from(merge.start.0) + 1..=u64::from(merge.end.0) + 1,
            columns: merge.start.1 as usize..=merge.end.1 as usize,
        };
        let grid = Grid {
            rows: of_range(&range, &mut budget)?.into_rows(|row| hidden.hidden_rows.contains(&row)),
            hidden_columns: hidden.hidden_columns,
            merges: merges.iter().map(merge).collect(),
        };
        sheets.push(sheet(meta.name, meta.visible, grid));
    }
    Ok(Book { sheets, notes: Vec::new() })
}

fn sheet(name: String, visible: SheetVisible, grid: Grid) -> Sheet {
    let hidden = visible != SheetVisible::Visible;
    Sheet { name: Some(name.into()), hidden, section: String::new(), content: Content::Grid(grid) }
}

/// Filled cells by row, in whatever order they come.
struct Cells<'b> {
    rows: BTreeMap<u32, Vec<(usize, String)>>,
    budget: &'b mut Budget,
}

impl<'b> Cells<'b> {
    fn new(budget: &'b mut Budget) -> Cells<'b> {
        Cells { rows: BTreeMap::new(), budget }
    }

    /// Adds what a sheet's reader gives, to its end.
    fn add_all<'c>(
        &mut self,
        mut next: impl FnMut() -> Result<Option<Cell<DataRef<'c>>>, LoadError>,
    ) -> Result<(), LoadError> {
        while let Some(cell) = next()? {
            self.add(cell.get_position(), of_ref(cell.get_value()))?;
        }
        Ok(())
    }

    fn add(&mut self, (row, column): (u32, u32), text: Option<String>) -> Result<(), LoadError> {
        let Some(text) = text else { return Ok(()) };
        // Blank or not: a long text costs time wherever it is looked at.
        self.budget.take(0, text.len())?;
        if text.trim().is_empty() {
            return Ok(());
        }
        if !bounds::is_in_sheet(row, column) {
            let message = "it has a cell behind column XFD or below row 1,048,576, which no workbook has; open it \
                           and save it anew, or save it as CSV";
            return Err(LoadError { line: None, message: message.to_owned() });
        }
        self.budget.take(1, 0)?;
        self.rows.entry(row).or_default().push((column as usize, text));
        Ok(())
    }

    /// The rows; `is_hidden` is asked with their numbers, counted from 0.
    fn into_rows(self, is_hidden: impl Fn(u32) -> bool) -> Vec<GridRow> {
        let row = |(number, mut cells): (u32, Vec<(usize, String)>)| {
            cells.sort_by_key(|cell| cell.0);
            // Of a cell that is there twice the later one counts, as in every spreadsheet.
            cells.dedup_by(|later, kept| {
                let same = later.0 == kept.0;
                if same {
                    std::mem::swap(&mut later.1, &mut kept.1);
                }
                same
            });
            GridRow { number: u64::from(number) + 1, hidden: is_hidden(number), cells }
        };
        self.rows.into_iter().map(row).collect()
    }
}

fn of_range<'b>(range: &Range<Data>, budget: &'b mut Budget) -> Result<Cells<'b>, LoadError> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut cells = Cells::new(budget);
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

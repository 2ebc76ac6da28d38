//! OpenDocument spreadsheets.
//!
//! calamine writes repeated cells out one by one, a hundred million of them if a file says so, and does not tell what is
//! hidden; here a repeated blank costs nothing, and cells read as they are shown.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::bounds::Budget;
use super::{Book, Content, Grid, GridRow, LoadError, Merge, Sheet};
use crate::questionnaire::layout::Format;
use crate::workbook::Archive;

/// Elements within each other.
const MAX_DEPTH: usize = 256;
/// Merged cells of a sheet; what is beyond counts as not merged.
const MAX_MERGES: usize = 100_000;
/// Rows and columns that a sheet can have.
const MAX_ROWS: u64 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;

/// Takes a spreadsheet apart.
///
/// # Errors
/// Its content is damaged or larger than is read.
pub(in crate::questionnaire) fn load(archive: &Archive) -> Result<Book, LoadError> {
    let text = archive.read_text("content.xml").map_err(|error| broken(&error))?;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut parser = Parser::default();
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::DocType(_) => return Err(broken(&"it has a document type declaration")),
            Event::Start(element) => {
                parser.depth += 1;
                if parser.depth > MAX_DEPTH {
                    return Err(broken(&"its elements are nested too deep"));
                }
                parser.start(&element, false)?;
            }
            Event::Empty(element) => {
                parser.start(&element, true)?;
                parser.end(local(element.name().as_ref()))?;
            }
            Event::End(element) => {
                parser.depth = parser.depth.saturating_sub(1);
                parser.end(local(element.name().as_ref()))?;
            }
            Event::Text(text) => parser.text(&text.xml_content(XmlVersion::Implicit1_0))?,
            Event::GeneralRef(reference) => parser.reference(&reference)?,
            Event::CData(text) => parser.text(&text)?,
            Event::Eof => return Ok(Book { sheets: parser.sheets, notes: Vec::new() }),
            _ => {}
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> LoadError {
    let format = Format::Ods;
    let message = format!(
        "this {format} workbook cannot be read ({error}); open it and save it anew, or save it as CSV"
    );
    LoadError { line: None, message }
}

/// A name without its prefix, which files may choose.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| local(attribute.key.as_ref()) == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn number(element: &BytesStart<'_>, name: &str) -> u64 {
    attribute(element, name).and_then(|value| value.parse().ok()).unwrap_or(1).max(1)
}

#[derive(Default)]
struct Parser {
    depth: usize,
    sheets: Vec<Sheet>,
    /// Styles of tables that are not shown, and the style being read.
    hidden_styles: BTreeSet<String>,
    style: String,
    table: Option<Table>,
    /// Depth of what is written beside a cell's text and not part of it.
    aside: usize,
    budget: Budget,
}

#[derive(Default)]
struct Table {
    name: String,
    hidden: bool,
    grid: Grid,
    /// The next row's number and the next column.
    row: u64,
    column: usize,
    columns: usize,
    row_repeats: u64,
    row_hidden: bool,
    cells: Vec<(usize, String)>,
    cell: Option<Cell>,
}

struct Cell {
    repeats: usize,
    text: String,
    paragraphs: usize,
    span: (u64, usize),
}

impl Parser {
    fn start(&mut self, element: &BytesStart<'_>, is_empty: bool) -> Result<(), LoadError> {
        let name = element.name();
        let name = local(name.as_ref());
        if matches!(name, "annotation" | "table-source" | "scenario" | "shapes") && !is_empty {
            self.aside += 1;
        }
        if self.aside > 0 {
            return Ok(());
        }
        match (name, &mut self.table) {
            ("style", None) => self.style = attribute(element, "name").unwrap_or_default(),
            ("table-properties", None) if attribute(element, "display").as_deref() == Some("false") => {
                self.hidden_styles.insert(self.style.clone());
            }
            ("table", None) => {
                let style = attribute(element, "style-name").unwrap_or_default();
                self.table = Some(Table {
                    name: attribute(element, "name").unwrap_or_default(),
                    hidden: self.hidden_styles.contains(&style),
                    row: 1,
                    ..Table::default()
                });
            }
            ("table-column", Some(table)) => table.columns(element),
            ("table-row", Some(table)) => {
                table.row_repeats = number(element, "number-rows-repeated");
                table.row_hidden = is_hidden(element);
                (table.column, table.cells) = (0, Vec::new());
            }
            ("table-cell" | "covered-table-cell", Some(table)) => {
                let repeats = number(element, "number-columns-repeated").min(MAX_COLUMNS as u64) as usize;
                let rows = number(element, "number-rows-spanned");
                let columns = number(element, "number-columns-spanned").min(MAX_COLUMNS as u64) as usize;
                table.cell =
                    Some(Cell { repeats, text: String::new(), paragraphs: 0, span: (rows, columns) });
            }
            ("p" | "h", Some(Table { cell: Some(cell), .. })) => {
                if cell.paragraphs > 0 {
                    cell.text.push('\n');
                }
                cell.paragraphs += 1;
            }
            ("s", Some(_)) => {
                let spaces = number(element, "c").min(100) as usize;
                self.text(&" ".repeat(spaces))?;
            }
            ("tab", Some(_)) => self.text("\t")?,
            ("line-break", Some(_)) => self.text("\n")?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), LoadError> {
        if matches!(name, "annotation" | "table-source" | "scenario" | "shapes") {
            self.aside = self.aside.saturating_sub(1);
            return Ok(());
        }
        if self.aside > 0 {
            return Ok(());
        }
        let Some(table) = &mut self.table else { return Ok(()) };
        match name {
            "table-cell" | "covered-table-cell" => table.end_cell(&mut self.budget)?,
            "table-row" => table.end_row(&mut self.budget)?,
            "table" => {
                let Table { name, hidden, grid, .. } = std::mem::take(table);
                self.sheets.push(Sheet {
                    name: Some(name.into()),
                    hidden,
                    section: String::new(),
                    content: Content::Grid(grid),
                });
                self.table = None;
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), LoadError> {
        if let Some(Table { cell: Some(cell), .. }) = &mut self.table
            && self.aside == 0
            && cell.paragraphs > 0
        {
            self.budget.take(0, text.len())?;
            cell.text.push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &quick_xml::events::BytesRef<'_>) -> Result<(), LoadError> {
        let text = match reference.resolve_char_ref() {
            Ok(Some(letter)) => letter.to_string(),
            _ => quick_xml::escape::resolve_predefined_entity(reference.as_ref())
                .unwrap_or_default()
                .to_owned(),
        };
        self.text(&text)
    }
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    matches!(attribute(element, "visibility").as_deref(), Some("collapse" | "filter"))
}

impl Table {
    fn columns(&mut self, element: &BytesStart<'_>) {
        let repeats = number(element, "number-columns-repeated").min(MAX_COLUMNS as u64) as usize;
        let range: RangeInclusive<usize> = self.columns..=self.columns + repeats - 1;
        if is_hidden(element) && self.columns < MAX_COLUMNS {
            self.grid.hidden_columns.push(range);
        }
        self.columns = self.columns.saturating_add(repeats);
    }

    fn end_cell(&mut self, budget: &mut Budget) -> Result<(), LoadError> {
        let Some(Cell { repeats, text, span: (rows, columns), .. }) = self.cell.take() else { return Ok(()) };
        let column = self.column;
        self.column = self.column.saturating_add(repeats);
        if (rows > 1 || columns > 1) && column < MAX_COLUMNS && self.grid.merges.len() < MAX_MERGES {
            let rows = self.row..=self.row.saturating_add(rows - 1).min(MAX_ROWS);
            self.grid.merges.push(Merge { rows, columns: column..=column + columns - 1 });
        }
        if !text.trim().is_empty() {
            let all = column..self.column.min(MAX_COLUMNS);
            budget.take(all.len(), text.len())?;
            self.cells.extend(all.map(|column| (column, text.clone())));
        }
        Ok(())
    }

    /// Ends a row. One that is repeated counts as often.
    fn end_row(&mut self, budget: &mut Budget) -> Result<(), LoadError> {
        let cells = std::mem::take(&mut self.cells);
        let repeats = std::mem::take(&mut self.row_repeats).min(MAX_ROWS.saturating_sub(self.row - 1));
        let first = self.row;
        self.row = self.row.saturating_add(repeats).min(MAX_ROWS + 1);
        if cells.is_empty() {
            return Ok(());
        }
        let again = usize::try_from(repeats).unwrap_or(usize::MAX).saturating_sub(1);
        let bytes: usize = cells.iter().map(|cell| cell.1.len()).sum();
        budget.take(cells.len().saturating_mul(again), 0)?;
        budget.take(0, bytes.saturating_mul(again))?;
        for number in first..first + repeats {
            self.grid.rows.push(GridRow { number, hidden: self.row_hidden, cells: cells.clone() });
        }
        Ok(())
    }
}

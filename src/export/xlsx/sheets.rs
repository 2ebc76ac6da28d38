//! The sheets of a workbook, each written by one function.

use rust_xlsxwriter::{DataValidation, Formula, IgnoreError, Workbook, Worksheet, XlsxError};

use crate::domain::{Party, Status};
use crate::export::about::About;
use crate::export::gap_files::{GAP_COLUMNS, ToldGroup};
use crate::export::gaps::GapRegister;
use crate::export::layout::Layout;
use crate::export::summary::{Sources, Summary};

use super::as_io;
use super::cell::{Cells, MAX_LINKS, linkable};
use super::style::{Style, height, open_rules, party_rules, width};

/// The row of the summary with the first area, counted from 0: the list to choose from needs a fixed place.
const FIRST_AREA: u32 = 30;

/// The paper's number in the file format.
const A4: u8 = 9;

/// Rows whose heights are told; the writer keeps them all in memory, and nobody leafs through more.
const TOLD_HEIGHTS: u32 = 100_000;

/// Tells how high rows are, each once the next one begins: told earlier, rust_xlsxwriter 0.102 writes the last row of a
/// sheet in constant memory twice, and Excel calls such a file broken. The last row is left to whoever opens the sheet.
#[derive(Default)]
struct Heights {
    last: Option<f64>,
}

impl Heights {
    fn next<'t>(
        &mut self,
        sheet: &mut Worksheet,
        row: u32,
        texts: impl Iterator<Item = (&'t str, &'t str)>,
    ) -> Result<(), XlsxError> {
        if let Some(height) = self.last.replace(height(texts)).filter(|_| row <= TOLD_HEIGHTS) {
            sheet.set_row_height(row - 1, height)?;
        }
        Ok(())
    }
}

/// A sheet of questions, and how far it has come.
pub(super) struct RowsSheet {
    pub(super) rows: u32,
    links: u32,
    heights: Heights,
    layout: Layout,
}

/// The words that a column takes, where it takes no others.
fn words(column: &str) -> Option<Vec<&'static str>> {
    match column {
        "party" => Some(Party::ALL.map(Party::as_str).into()),
        "status" => Some(Status::ALL.map(Status::as_str).into()),
        "CSP CAIQ Answer" => Some(vec!["Yes", "No", "NA"]),
        "SSRM Control Ownership" => Some(vec![
            "CSP-owned",
            "CSC-owned",
            "3rd-party outsourced",
            "Shared CSP and CSC",
            "Shared CSP and 3rd-party",
        ]),
        "Can Be Inherited from CSP" => Some(vec!["Yes", "Partial", "No"]),
        _ => None,
    }
}

fn name(layout: Layout, number: usize) -> String {
    let name = match layout {
        Layout::Own => "Assignments",
        Layout::Caiq => "CAIQ",
        Layout::Fedramp => "CRM",
    };
    numbered(name, number)
}

fn numbered(name: &str, number: usize) -> String {
    if number == 1 { name.into() } else { format!("{name} {number}") }
}

/// The header with its widths, which stays in sight.
fn header(sheet: &mut Worksheet, columns: &[&str], style: &Style) -> Result<(), XlsxError> {
    for (column, caption) in (0u16..).zip(columns) {
        sheet.set_column_width(column, width(caption).0)?;
        sheet.write_string_with_format(0, column, *caption, &style.header)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    // Printed across, with the header on each page; so many columns would be too small on one.
    let pages = if columns.len() > GAP_COLUMNS.len() { 2 } else { 1 };
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(pages, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

impl RowsSheet {
    pub(super) fn begin(
        sheet: &mut Worksheet,
        number: usize,
        layout: Layout,
        style: &Style,
    ) -> Result<RowsSheet, XlsxError> {
        sheet.set_name(name(layout, number))?;
        header(sheet, layout.columns(), style)?;
        Ok(RowsSheet { rows: 0, links: 0, heights: Heights::default(), layout })
    }

    pub(super) fn write(
        &mut self,
        sheet: &mut Worksheet,
        mut texts: Vec<String>,
        cells: &Cells,
        style: &Style,
    ) -> Result<(), XlsxError> {
        self.rows += 1;
        let row = self.rows;
        let columns = self.layout.columns();
        let cut: Vec<&str> =
            texts.iter().zip(columns).filter(|(text, _)| cells.text(text).1).map(|(_, name)| *name).collect();
        if let Some(note) = columns.iter().position(|name| *name == "note").filter(|_| !cut.is_empty()) {
            texts[note] = format!("Cut to what a cell holds: {}. {}", cut.join(", "), texts[note]);
        }
        let named = columns.iter().copied().zip(texts.iter().map(String::as_str));
        self.heights.next(sheet, row, named)?;
        for (column, (text, name)) in (0u16..).zip(texts.iter().zip(columns)) {
            match *name {
                "confidence" => {
                    let number: f64 = text.parse().unwrap_or_default();
                    sheet.write_number_with_format(row, column, number, &style.probability)?;
                }
                "source_url" if linkable(text) && self.links < MAX_LINKS => {
                    self.links += 1;
                    sheet.write_url_with_format(row, column, text.as_str(), &style.link)?;
                }
                _ if text.is_empty() => {}
                _ => {
                    cells.write(sheet, (row, column), text, style.of(name))?;
                }
            }
        }
        Ok(())
    }

    /// Filters, lists to choose from and colours, which go over all rows.
    pub(super) fn end(&self, sheet: &mut Worksheet, areas: usize) -> Result<(), XlsxError> {
        let columns = self.layout.columns();
        let last_column = columns.len().saturating_sub(1) as u16;
        sheet.autofilter(0, 0, self.rows, last_column)?;
        if self.rows == 0 {
            return Ok(());
        }
        for (column, name) in (0u16..).zip(columns) {
            let list = match (words(name), *name) {
                (Some(words), _) => Some(one_of(&words)?),
                (None, "area") if areas > 0 => Some(an_area(areas)?),
                _ => None,
            };
            if let Some(list) = list {
                sheet.add_data_validation(1, column, self.rows, column, &list)?;
            }
            if *name == "party" {
                for rule in party_rules() {
                    sheet.add_conditional_format(1, column, self.rows, column, &rule)?;
                }
            }
            if *name == "status" {
                for rule in open_rules() {
                    sheet.add_conditional_format(1, column, self.rows, column, &rule)?;
                }
            }
        }
        // Ids such as 1.2 are texts, and meant to be.
        sheet.ignore_error_range(1, 0, self.rows, last_column, IgnoreError::NumberStoredAsText)?;
        Ok(())
    }
}

fn one_of(words: &[&str]) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_list_strings(words)?
        .set_error_title("Not one of the words")?
        .set_error_message(format!("Choose one of: {}", words.join(", ")))
}

/// The areas stand in the summary; too many to be written out here.
fn an_area(areas: usize) -> Result<DataValidation, XlsxError> {
    let (first, last) = (FIRST_AREA + 1, FIRST_AREA + areas as u32);
    DataValidation::new()
        .allow_list_formula(Formula::new(format!("=Summary!$A${first}:$A${last}")))
        .set_error_title("No such area")?
        .set_error_message("Choose one of the areas that the sheet Summary lists")
}

/// Writes lines of a caption and a value, from a row on, and gives the row after them.
struct Lines<'s> {
    sheet: &'s mut Worksheet,
    cells: Cells,
    style: &'s Style,
    row: u32,
}

impl Lines<'_> {
    fn heading(&mut self, captions: &[&str]) -> Result<(), XlsxError> {
        for (column, caption) in (0u16..).zip(captions) {
            // Above numbers a caption stands where they do.
            let format = if column == 0 { &self.style.heading } else { &self.style.heading_right };
            self.sheet.write_string_with_format(self.row, column, *caption, format)?;
        }
        self.row += 1;
        Ok(())
    }

    fn text(&mut self, caption: &str, text: &str) -> Result<(), XlsxError> {
        self.cells.write(self.sheet, (self.row, 0), caption, &self.style.text)?;
        if linkable(text) {
            self.sheet.write_url_with_format(self.row, 1, text, &self.style.link)?;
        } else {
            self.cells.write(self.sheet, (self.row, 1), text, &self.style.text)?;
        }
        self.row += 1;
        Ok(())
    }

    fn counts(&mut self, caption: &str, counts: &[u64]) -> Result<(), XlsxError> {
        self.cells.write(self.sheet, (self.row, 0), caption, &self.style.text)?;
        for (column, count) in (1u16..).zip(counts) {
            // A number in a spreadsheet is exact far beyond its rows.
            self.sheet.write_number_with_format(self.row, column, *count as f64, &self.style.count)?;
        }
        self.row += 1;
        Ok(())
    }
}

/// What the export is about, and what came out.
pub(super) fn summary(
    sheet: &mut Worksheet,
    about: About<'_>,
    summary: &Summary,
    cells: &Cells,
    style: &Style,
) -> Result<(), XlsxError> {
    sheet.set_name("Summary")?;
    sheet.set_column_width(0, 30)?.set_column_width(1, 16)?;
    for column in 2..=7 {
        sheet.set_column_width(column, 14)?;
    }
    let title = format!("Whose job is it: {}", about.deployment());
    cells.write(sheet, (0, 0), &title, &style.title)?;
    let document = &about.provider.document;
    let mut lines = Lines { sheet, cells: *cells, style, row: 2 };
    lines.heading(&["About", ""])?;
    lines.text("Provider", &about.provider.name)?;
    lines.text("Deployment model", &format!("{} ({})", about.model.name, about.model.id))?;
    lines.text("What it is", &about.model.is)?;
    lines.text("Document", &about.provider.document_name())?;
    lines.text("Published at", &document.url)?;
    lines.text("Read on", &document.read)?;
    match &about.model.outside {
        Some(reason) => lines.text("Left outside", reason)?,
        None => lines.row += 1,
    }
    lines.counts("Questions", &[summary.questions])?;
    lines.row += 1;
    lines.heading(&["By party", "Rows"])?;
    for party in Party::ALL {
        lines.counts(party.as_str(), &[summary.party(Some(party))])?;
    }
    lines.counts("none", &[summary.party(None)])?;
    lines.row += 1;
    lines.heading(&["By status", "Rows"])?;
    for status in Status::ALL {
        lines.counts(status.as_str(), &[summary.status(status)])?;
    }
    debug_assert!(lines.row < FIRST_AREA, "{}", lines.row);
    lines.row = FIRST_AREA - 1;
    let parties = Party::ALL.map(Some).into_iter().chain([None]);
    let parties: Vec<Option<Party>> = parties.collect();
    let captions = parties.iter().map(|party| party.map_or("none", Party::as_str));
    let captions: Vec<&str> = ["By main area"].into_iter().chain(captions).chain(["all"]).collect();
    lines.heading(&captions)?;
    let areas = about.areas.iter().map(|area| (area.id.as_str(), Some(&area.id)));
    for (name, area) in areas.chain([("no area", None)]) {
        let mut counts: Vec<u64> = parties.iter().map(|party| summary.area(area, *party)).collect();
        counts.push(counts.iter().sum());
        lines.counts(name, &counts)?;
    }
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    Ok(())
}

/// What is open, by area, with what to do next.
pub(super) fn gaps(
    workbook: &mut Workbook,
    gaps: &mut GapRegister<'_>,
    rows_a_sheet: u32,
    cells: &Cells,
    style: &Style,
) -> Result<(), XlsxError> {
    let mut written = GapSheet::begin(workbook, 1, style)?;
    for mut group in gaps.groups() {
        let told = ToldGroup::new(&group);
        group.each(|gap| {
            if written.rows == rows_a_sheet {
                written.end(workbook).map_err(as_io)?;
                written = GapSheet::begin(workbook, written.number + 1, style).map_err(as_io)?;
            }
            written.write(workbook, told.row(&gap).cells(), cells, style).map_err(as_io)
        })?;
    }
    written.end(workbook)
}

/// A sheet of gaps, and how far it has come.
struct GapSheet {
    number: usize,
    index: usize,
    rows: u32,
    heights: Heights,
}

impl GapSheet {
    fn begin(workbook: &mut Workbook, number: usize, style: &Style) -> Result<GapSheet, XlsxError> {
        let index = workbook.worksheets().len();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(numbered("Gaps", number))?;
        header(sheet, &GAP_COLUMNS, style)?;
        Ok(GapSheet { number, index, rows: 0, heights: Heights::default() })
    }

    fn write(
        &mut self,
        workbook: &mut Workbook,
        texts: [&str; 10],
        cells: &Cells,
        style: &Style,
    ) -> Result<(), XlsxError> {
        self.rows += 1;
        let sheet = workbook.worksheet_from_index(self.index)?;
        self.heights.next(sheet, self.rows, GAP_COLUMNS.into_iter().zip(texts))?;
        for (column, (text, name)) in (0u16..).zip(texts.iter().zip(GAP_COLUMNS)) {
            cells.write(sheet, (self.rows, column), text, style.of(name))?;
        }
        Ok(())
    }

    fn end(&self, workbook: &mut Workbook) -> Result<(), XlsxError> {
        let sheet = workbook.worksheet_from_index(self.index)?;
        let last_column = GAP_COLUMNS.len() as u16 - 1;
        sheet.autofilter(0, 0, self.rows, last_column)?;
        if self.rows > 0 {
            sheet.ignore_error_range(1, 0, self.rows, last_column, IgnoreError::NumberStoredAsText)?;
        }
        Ok(())
    }
}

/// The columns of the sheet of sources.
const SOURCE_COLUMNS: [&str; 6] = ["document", "section", "item", "source_url", "read", "rows"];

/// The places of the document that the rows rest on.
pub(super) fn sources(
    sheet: &mut Worksheet,
    about: About<'_>,
    sources: &Sources,
    cells: &Cells,
    style: &Style,
) -> Result<(), XlsxError> {
    sheet.set_name("Sources")?;
    header(sheet, &SOURCE_COLUMNS, style)?;
    let document = &about.provider.document;
    let name = about.provider.document_name();
    let mut row = 0;
    for (section, item, rows) in sources.cited(about.provider) {
        row += 1;
        let texts = [name.as_str(), section, item];
        sheet.set_row_height(row, height(SOURCE_COLUMNS.into_iter().zip(texts)))?;
        for (column, text) in (0u16..).zip(texts) {
            cells.write(sheet, (row, column), text, &style.wrapped)?;
        }
        if linkable(&document.url) && row <= MAX_LINKS {
            sheet.write_url_with_format(row, 3, document.url.as_str(), &style.link)?;
        } else {
            cells.write(sheet, (row, 3), &document.url, &style.text)?;
        }
        cells.write(sheet, (row, 4), &document.read, &style.text)?;
        sheet.write_number_with_format(row, 5, rows as f64, &style.count)?;
    }
    sheet.autofilter(0, 0, row, 5)?;
    Ok(())
}

//! Workbooks: the rows, and what they come to.
//!
//! Every text is a string and never a formula; the CSV's guard runs all the same (ASVS 5.0, 1.2.10), because a workbook
//! saved as CSV would lose that difference.

mod cell;
mod sheets;
mod style;

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::assignment::Assignment;

use super::Exporter;
use super::about::About;
use super::gaps::GapRegister;
use super::layout::Layout;
use super::summary::{Sources, Summary};
use super::vocabulary::Wording;

use cell::Cells;
use sheets::RowsSheet;
use style::Style;

/// Rows of questions a sheet takes: Excel's 1,048,576 less the header.
const ROWS_A_SHEET: u32 = 1_048_575;

/// Writes a workbook: the rows, a summary, the gap register and the sources.
///
/// Rows go to temporary files as they come; the workbook is put together by [`Exporter::finish`].
pub struct XlsxExporter<'a, W: Write + Send> {
    to: W,
    about: About<'a>,
    wording: Wording,
    layout: Layout,
    cells: Cells,
    style: Style,
    workbook: Workbook,
    /// Every sheet of rows, with how many it has; the last one takes the next row.
    sheets: Vec<RowsSheet>,
    rows_a_sheet: u32,
    summary: Summary,
    gaps: GapRegister<'a>,
    sources: Sources,
}

impl<'a, W: Write + Send> XlsxExporter<'a, W> {
    /// Begins a workbook. `guarded` puts a `'` before what a spreadsheet would evaluate once saved as CSV.
    ///
    /// # Errors
    /// When a temporary file cannot be made.
    pub fn new(
        to: W,
        about: About<'a>,
        wording: Wording,
        layout: Layout,
        guarded: bool,
    ) -> io::Result<XlsxExporter<'a, W>> {
        let cells = Cells { guarded };
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(about, cells).map_err(as_io)?);
        let mut exporter = XlsxExporter {
            to,
            about,
            wording,
            layout,
            cells,
            style: Style::new(),
            workbook,
            sheets: Vec::new(),
            rows_a_sheet: ROWS_A_SHEET,
            summary: Summary::default(),
            gaps: GapRegister::new(about),
            sources: Sources::default(),
        };
        exporter.begin_sheet().map_err(as_io)?;
        Ok(exporter)
    }

    /// The same with fewer rows a sheet than Excel takes; further rows go to further sheets.
    #[must_use]
    pub fn with_rows_a_sheet(self, rows: u32) -> XlsxExporter<'a, W> {
        XlsxExporter { rows_a_sheet: rows.clamp(1, ROWS_A_SHEET), ..self }
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let number = self.sheets.len() + 1;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        self.sheets.push(RowsSheet::begin(sheet, number, self.layout, &self.style)?);
        Ok(())
    }

    fn write_row(&mut self, assignment: &Assignment<'_>) -> Result<(), XlsxError> {
        if self.sheets.last().is_none_or(|sheet| sheet.rows == self.rows_a_sheet) {
            self.begin_sheet()?;
        }
        let index = self.sheets.len() - 1;
        let sheet = self.workbook.worksheet_from_index(index)?;
        let row = self.layout.cells(assignment, self.wording);
        self.sheets[index].write(sheet, row, &self.cells, &self.style)
    }

    fn write_end(&mut self) -> Result<(), XlsxError> {
        let (cells, style) = (&self.cells, &self.style);
        for (index, rows) in self.sheets.iter().enumerate() {
            rows.end(self.workbook.worksheet_from_index(index)?, self.about.areas.len())?;
        }
        let sheet = self.workbook.add_worksheet();
        sheets::summary(sheet, self.about, &self.summary, cells, style)?;
        sheets::gaps(&mut self.workbook, &mut self.gaps, self.rows_a_sheet, cells, style)?;
        sheets::sources(self.workbook.add_worksheet(), self.about, &self.sources, cells, style)?;
        self.workbook.save_to_writer(&mut self.to)
    }
}

impl<W: Write + Send> Exporter for XlsxExporter<'_, W> {
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        self.summary.add(assignment);
        self.sources.add(assignment);
        self.gaps.add(assignment)?;
        caught(|| self.write_row(assignment))
    }

    fn finish(&mut self) -> io::Result<()> {
        caught(|| self.write_end())?;
        self.to.flush()
    }
}

/// A fixed day stands for the day of making: the same rows give the same bytes.
fn properties(about: About<'_>, cells: Cells) -> Result<DocProperties, XlsxError> {
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let title = format!("Whose job is it: {}", about.deployment());
    Ok(DocProperties::new().set_title(cells.text(&title).0).set_author("whose").set_creation_datetime(&made))
}

/// The I/O error inside a workbook's error, whose kind would be lost otherwise.
fn as_io(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

/// What rust_xlsxwriter 0.102 panics with where a temporary file cannot be written to.
const NO_ROOM: &str = "Couldn't write to xml file";

/// A full disk is no fault of the program's: whoever wrote the rows must hear of it, and may write them otherwise.
fn caught<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    // Nothing of the exporter is used after an error but its parts' own clean-up.
    match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(as_io),
        Err(panicked) => {
            let told = panicked.downcast_ref::<String>().is_some_and(|told| told.starts_with(NO_ROOM));
            if !told {
                panic::resume_unwind(panicked);
            }
            let what = "no room for a workbook's temporary files; TMPDIR can name another directory";
            Err(io::Error::new(io::ErrorKind::StorageFull, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NO_ROOM, caught};

    #[test]
    fn only_a_full_disk_is_caught() {
        assert_eq!(caught(|| Ok(7)).unwrap(), 7);
        let full = caught(|| -> Result<(), _> { panic!("{NO_ROOM}: no space") }).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        let bug = std::panic::catch_unwind(|| caught(|| -> Result<(), _> { panic!("a bug: {}", 1) }));
        assert!(bug.is_err());
    }
}

//! A report for people: one file that needs no network, with its own filters.
//!
//! The counts stand above the rows and are known after the last one. So the rows are set aside as they come, in memory
//! at first and in an unnamed temporary file once they are many, and follow the head when it is written: memory does not
//! grow with the questionnaire, and the page reads in its natural order without any script.

mod counts;
mod escape;
mod page;
mod row;

use std::io::{self, Seek as _, Write};
use std::sync::Arc;

use tempfile::SpooledTempFile;

use crate::assignment::Assignment;
use crate::catalog::{Area, Model, Provider};

use self::counts::Counts;
use self::page::Subject;
use super::Exporter;
use super::vocabulary::Wording;

/// Rows beyond this many bytes wait on disk.
const IN_MEMORY: usize = 16 << 20;

/// Writes the HTML report. Nothing reaches the writer before [`Exporter::finish`].
pub struct HtmlExporter<'a, W: Write> {
    to: W,
    subject: Subject<'a>,
    counts: Counts,
    rows: SpooledTempFile,
    /// The row that is being written.
    row: Vec<u8>,
    /// File, sheet and section of the row before.
    under: Option<(Arc<str>, Option<Arc<str>>, String)>,
}

impl<'a, W: Write> HtmlExporter<'a, W> {
    /// A report on one deployment; `areas` are all that there are, in the order of the matrix.
    pub fn new(
        to: W,
        (provider, model): (&'a Provider, &'a Model),
        areas: &'a [Area],
        wording: Wording,
    ) -> HtmlExporter<'a, W> {
        HtmlExporter {
            to,
            subject: Subject { provider, model, areas, wording },
            counts: Counts::default(),
            rows: SpooledTempFile::new(IN_MEMORY),
            row: Vec::new(),
            under: None,
        }
    }

    /// Begins a group of rows where the section, the sheet or the file is another one.
    fn group(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        let (place, section) = (&assignment.question.place, &assignment.question.section);
        let same = |under: &(Arc<str>, Option<Arc<str>>, String)| {
            under.0 == place.file && under.1 == place.sheet && under.2 == *section
        };
        if self.under.as_ref().is_some_and(same) {
            return Ok(());
        }
        if self.under.is_some() {
            writeln!(self.row, "</tbody>")?;
        }
        writeln!(self.row, "<tbody>")?;
        row::heading(&mut self.row, section, place)?;
        self.under = Some((Arc::clone(&place.file), place.sheet.clone(), section.clone()));
        Ok(())
    }
}

impl<W: Write> Exporter for HtmlExporter<'_, W> {
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        self.group(assignment)?;
        self.counts.add(assignment);
        row::row(&mut self.row, self.counts.questions, assignment, self.subject.wording)?;
        self.rows.write_all(&self.row)?;
        self.row.clear();
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.under.is_some() {
            writeln!(self.rows, "</tbody>")?;
        }
        self.subject.head(&mut self.to, &self.counts)?;
        self.rows.rewind()?;
        io::copy(&mut self.rows, &mut self.to)?;
        page::foot(&mut self.to)?;
        self.to.flush()
    }
}

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use crate::assignment::Assignment;
use crate::formula::guard;

use super::Exporter;
use super::layout::Layout;
use super::vocabulary::Wording;

/// For whom the CSV is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CsvProfile {
    /// RFC 4180 in UTF-8, lines ended by LF, formulas defused.
    #[default]
    Rfc4180,
    /// The same with a byte-order mark and CRLF, which Excel needs to read UTF-8.
    Excel,
    /// Cells left exactly as they are. Not safe to open in a spreadsheet.
    Raw,
}

/// Writes the CSV, header first.
pub struct CsvExporter<W: Write> {
    writer: Writer<W>,
    profile: CsvProfile,
    wording: Wording,
    layout: Layout,
}

impl<W: Write> CsvExporter<W> {
    /// Writes the header, and the byte-order mark where the profile wants one.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(to: W, profile: CsvProfile, wording: Wording) -> io::Result<CsvExporter<W>> {
        CsvExporter::laid_out(to, profile, wording, Layout::Own)
    }

    /// The same with a standard's columns.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn laid_out(
        mut to: W,
        profile: CsvProfile,
        wording: Wording,
        layout: Layout,
    ) -> io::Result<CsvExporter<W>> {
        let mut builder = WriterBuilder::new();
        if profile == CsvProfile::Excel {
            to.write_all("\u{feff}".as_bytes())?;
            builder.terminator(Terminator::CRLF);
        }
        let mut writer = builder.from_writer(to);
        writer.write_record(layout.columns()).map_err(as_io)?;
        Ok(CsvExporter { writer, profile, wording, layout })
    }
}

impl<W: Write> Exporter for CsvExporter<W> {
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        let cells = self.layout.cells(assignment, self.wording);
        match self.profile {
            CsvProfile::Raw => self.writer.write_record(&cells).map_err(as_io)?,
            _ => {
                self.writer.write_record(cells.iter().map(|cell| guard(cell).into_owned())).map_err(as_io)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The I/O error inside a CSV error, whose kind would be lost otherwise: a broken pipe is no failure.
pub fn as_io(error: csv::Error) -> io::Error {
    if error.is_io_error()
        && let csv::ErrorKind::Io(inner) = error.into_kind()
    {
        return inner;
    }
    io::Error::other("a row that is no CSV")
}

//! Assignments put into words: CSV and HTML for auditors, JSON lines and OSCAL for machines.
//!
//! Exporters write to any writer; files and terminals are the command line's business.

mod csv;
mod formula;
mod html;
mod jsonl;
mod oscal;
mod record;
mod vocabulary;

use std::io;

use crate::assignment::Assignment;

pub use self::csv::{CsvExporter, CsvProfile, as_io};
pub use formula::guard;
pub use html::HtmlExporter;
pub use jsonl::{JsonLine, JsonResponsibility, JsonlExporter, to_json};
pub use oscal::OscalExporter;
pub use record::{COLUMNS, Record, two_decimals};
pub use vocabulary::{Vocabulary, Wording};

/// Writes assignments one by one.
pub trait Exporter {
    /// Writes one row.
    ///
    /// # Errors
    /// When the writer fails.
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()>;

    /// Writes what is still held back.
    ///
    /// # Errors
    /// When the writer fails.
    fn finish(&mut self) -> io::Result<()>;
}

//! Assignments put into words: CSV, workbooks and HTML for auditors, JSON lines and OSCAL for machines, Markdown to read.
//!
//! Exporters write to any writer; files and terminals are the command line's business. What must wait for the end is
//! put aside in temporary files, so that memory does not grow with the rows.

mod about;
mod csv;
mod gap_files;
mod gaps;
mod html;
mod jsonl;
mod layout;
mod markdown;
mod markdown_text;
mod oscal;
mod record;
mod spool;
mod summary;
mod vocabulary;
mod xlsx;

use std::io;

use crate::assignment::Assignment;

pub use self::csv::{CsvExporter, CsvProfile, as_io};
pub use about::About;
pub use gap_files::{GAP_COLUMNS, GapFormat};
pub use gaps::{Gap, GapCounts, GapGroup, GapRegister};
pub use html::HtmlExporter;
pub use jsonl::{JsonLine, JsonResponsibility, JsonlExporter, to_json};
pub use layout::Layout;
pub use markdown::MarkdownExporter;
pub use oscal::OscalExporter;
pub use record::{COLUMNS, Record, grouped, two_decimals};
pub use summary::{Sources, Summary};
pub use vocabulary::{Vocabulary, Wording};
pub use xlsx::XlsxExporter;

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

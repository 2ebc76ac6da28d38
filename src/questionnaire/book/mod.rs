//! Documents whose whole content is in memory: workbooks, Word documents, JSON, Markdown.
//!
//! A loader turns bytes into a [`Book`] and judges nothing: what is a header, a heading or a question is found by the
//! same layout detection for every kind of sheet.

mod biff;
mod bounds;
pub(super) mod docx;
mod html;
pub(super) mod json;
pub(super) mod markdown;
mod ods;
mod parts;
pub(super) mod workbook;

pub(super) use bounds::check;

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::layout::Note;
use super::table::Row;

/// What a document holds, in its order.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    /// What should be known about how it was read.
    pub(super) notes: Vec<Note>,
}

/// One part of a document: a sheet, a table, a run of paragraphs.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    /// The sheet's name; `None` where the document has no named parts.
    pub(super) name: Option<Arc<str>>,
    /// Whether the sender hid it.
    pub(super) hidden: bool,
    /// The heading above it, in force until it has one of its own; empty where there is none.
    pub(super) section: String,
    pub(super) content: Content,
}

/// What stands in a sheet.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Cells in rows and columns.
    Grid(Grid),
    /// Lines of text with their numbers, read as a plain-text questionnaire is: `# ` before a heading, `- ` or a
    /// number before an item.
    Prose(Vec<(u64, String)>),
    /// Rows that the form of the document itself tells to be questions or not, with their lines.
    Items(Vec<(u64, Row)>),
}

/// Cells in rows and columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    /// The rows in which something stands, by ascending number.
    pub(super) rows: Vec<GridRow>,
    /// Columns that the sender hid, counted from 0.
    pub(super) hidden_columns: Vec<RangeInclusive<usize>>,
    /// Cells that are shown as one, whose text stands in the first.
    pub(super) merges: Vec<Merge>,
}

/// One row of a grid.
#[derive(Clone, Debug, Default)]
pub(super) struct GridRow {
    /// Its number in the sheet, or its line in the file, counted from 1; 0 for a header that the file does not write
    /// as a row, such as the keys of JSON. Where there are no lines to tell rows apart, as in a Word document or in
    /// JSON on one line, what comes before it is counted.
    pub(super) number: u64,
    /// Whether the sender hid it.
    pub(super) hidden: bool,
    /// Its filled cells with their columns, counted from 0, ascending.
    pub(super) cells: Vec<(usize, String)>,
}

/// A block of cells shown as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Merge {
    /// Row numbers, counted from 1.
    pub(super) rows: RangeInclusive<u64>,
    /// Columns, counted from 0.
    pub(super) columns: RangeInclusive<usize>,
}

/// Why a document could not be taken apart, in words that end a sentence: `the JSON is cut off`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LoadError {
    /// The line, in text formats.
    pub(super) line: Option<u64>,
    /// What is wrong, and what to do about it.
    pub(super) message: String,
}

/// The lines of a text with their numbers. CR, LF and CR LF each end one, as wherever text is read.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let mut rest = Some(text).filter(|text| !text.is_empty());
    let lines = std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else { return rest.take() };
        let end_bytes = if text[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&text[end + end_bytes..]).filter(|rest| !rest.is_empty());
        Some(&text[..end])
    });
    (1..).zip(lines)
}

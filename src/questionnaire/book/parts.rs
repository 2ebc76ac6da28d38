//! A document of text and tables in turn, put together part by part.

use super::{Book, Content, Grid, Sheet};
use crate::questionnaire::entry::SkipReason;
use crate::questionnaire::layout::Note;
use crate::questionnaire::table::Row;
use crate::questionnaire::text::Text;

/// The parts of a document so far. Headings among its lines hold for the tables below them.
pub(super) struct Parts {
    sheets: Vec<Sheet>,
    notes: Vec<Note>,
    lines: Vec<(u64, String)>,
    asides: Vec<(u64, Row)>,
    /// The heading above the lines that are not a part yet.
    section: String,
    /// Follows the headings.
    text: Text,
}

impl Parts {
    pub(super) fn new() -> Parts {
        let (sheets, notes, lines, asides) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Parts { sheets, notes, lines, asides, section: String::new(), text: Text::new() }
    }

    pub(super) fn line(&mut self, number: u64, line: String) {
        self.end_asides();
        if self.lines.is_empty() {
            self.text.section().clone_into(&mut self.section);
        }
        self.text.read(&line);
        self.lines.push((number, line));
    }

    /// Something that is no text of the document.
    pub(super) fn aside(&mut self, number: u64, text: &str) {
        self.end_lines();
        self.asides.push((number, Row::skipped(SkipReason::Aside, text)));
    }

    pub(super) fn grid(&mut self, grid: Grid) {
        if grid.rows.is_empty() {
            return;
        }
        self.end_lines();
        self.end_asides();
        let section = self.text.section().to_owned();
        self.push(section, Content::Grid(grid));
    }

    fn end_lines(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let section = std::mem::take(&mut self.section);
        // A gap between two tables is nothing that anyone wrote.
        if lines.iter().any(|(_, line)| !line.trim().is_empty()) {
            self.push(section, Content::Prose(lines));
        }
    }

    fn end_asides(&mut self) {
        let asides = std::mem::take(&mut self.asides);
        if !asides.is_empty() {
            self.push(String::new(), Content::Items(asides));
        }
    }

    fn push(&mut self, section: String, content: Content) {
        self.sheets.push(Sheet { name: None, hidden: false, section, content });
    }

    pub(super) fn into_book(mut self) -> Book {
        self.end_lines();
        self.end_asides();
        Book { sheets: self.sheets, notes: self.notes }
    }
}

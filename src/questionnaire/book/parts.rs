//! A document of text and tables in turn, put together part by part.

use super::{Book, Content, Grid, Sheet};
use crate::questionnaire::entry::SkipReason;
use crate::questionnaire::table::Row;
use crate::questionnaire::text::Text;
use crate::questionnaire::wording;

/// The parts of a document, in its order.
#[derive(Default)]
pub(super) struct Parts {
    pieces: Vec<Piece>,
}

enum Piece {
    Line(u64, String),
    Aside(u64, String),
    Grid(Grid),
}

impl Parts {
    /// A line as a text would have it: `# ` before a heading, `- ` before an item.
    pub(super) fn line(&mut self, number: u64, line: String) {
        self.pieces.push(Piece::Line(number, line));
    }

    /// Something that is no text of the document.
    pub(super) fn aside(&mut self, number: u64, text: &str) {
        self.pieces.push(Piece::Aside(number, text.to_owned()));
    }

    pub(super) fn grid(&mut self, grid: Grid) {
        if !grid.rows.is_empty() {
            self.pieces.push(Piece::Grid(grid));
        }
    }

    /// How many lines ask or are items of a list.
    pub(super) fn asking_lines(&self) -> usize {
        let asks = |piece: &&Piece| match piece {
            Piece::Line(_, line) => line.ends_with('?') || wording::unmarked(line.trim()).listed,
            Piece::Aside(..) | Piece::Grid(_) => false,
        };
        self.pieces.iter().filter(asks).count()
    }

    pub(super) fn has_tables(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Grid(grid) if grid.rows.len() > 1))
    }

    /// The sheets. A heading among the lines holds for what stands below it, tables too. `form_asks` says that the
    /// document shows by its form what asks: paragraphs that do not are notes then.
    pub(super) fn into_book(self, form_asks: bool) -> Book {
        let mut building = Building::default();
        let mut text = Text::new();
        for piece in self.pieces {
            match piece {
                Piece::Line(number, line) if form_asks && is_note(&line) => {
                    building.item(number, Row::skipped(SkipReason::Notice, line.trim()));
                }
                Piece::Line(number, line) => {
                    let section = text.section().to_owned();
                    text.read(&line);
                    building.line(number, line, section);
                }
                Piece::Aside(number, aside) => building.item(number, Row::skipped(SkipReason::Aside, &aside)),
                Piece::Grid(grid) => building.push(text.section().to_owned(), Content::Grid(grid)),
            }
        }
        // A gap between two tables is nothing that anyone wrote.
        let is_written = |sheet: &Sheet| match &sheet.content {
            Content::Prose(lines) => lines.iter().any(|(_, line)| !line.trim().is_empty()),
            Content::Grid(_) | Content::Items(_) => true,
        };
        building.sheets.retain(is_written);
        Book { sheets: building.sheets, notes: Vec::new() }
    }
}

/// Whether a line is a paragraph that explains: whole sentences, none of which asks or instructs.
fn is_note(line: &str) -> bool {
    const MIN_WORDS: usize = 6;
    let line = line.trim();
    line.ends_with(['.', '!', ':'])
        && !line.starts_with('#')
        && !line.contains('?')
        && line.split_whitespace().count() >= MIN_WORDS
        && !wording::unmarked(line).listed
        && !wording::begins_like_a_question(line)
}

/// The sheets so far; what follows in the same form goes on the last one.
#[derive(Default)]
struct Building {
    sheets: Vec<Sheet>,
}

impl Building {
    fn line(&mut self, number: u64, line: String, section: String) {
        match self.sheets.last_mut().map(|sheet| &mut sheet.content) {
            Some(Content::Prose(lines)) => lines.push((number, line)),
            _ => self.push(section, Content::Prose(vec![(number, line)])),
        }
    }

    fn item(&mut self, number: u64, row: Row) {
        match self.sheets.last_mut().map(|sheet| &mut sheet.content) {
            Some(Content::Items(items)) => items.push((number, row)),
            _ => self.push(String::new(), Content::Items(vec![(number, row)])),
        }
    }

    fn push(&mut self, section: String, content: Content) {
        self.sheets.push(Sheet { name: None, hidden: false, section, content });
    }
}

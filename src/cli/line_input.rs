//! A line typed at a terminal, however many rows it takes; gone from the screen once it is given.
//!
//! Questions are longer than a row and come from strangers by paste: nothing that steers a terminal is drawn, and a
//! wrapped line is edited as one.

use std::io;

use console::{Key, Term, measure_text_width};

use crate::safe_text::one_line;

const CTRL_D: char = '\u{4}';
const CTRL_U: char = '\u{15}';

/// Asks for a line. `None` is Ctrl-D on an empty one; a Ctrl-C is an [`io::ErrorKind::Interrupted`].
pub(super) fn read(term: &Term, prompt: &str) -> io::Result<Option<String>> {
    let mut line = Line { prompt, letters: Vec::new(), cursor: 0, drawn: Place::default() };
    line.draw(term)?;
    let ended = loop {
        match term.read_key() {
            Ok(Key::Enter) => break Ok(true),
            Ok(Key::Char(CTRL_D)) if line.letters.is_empty() => break Ok(false),
            Ok(Key::CtrlC) => break Err(io::ErrorKind::Interrupted.into()),
            Ok(key) => line.take(&key, term)?,
            Err(error) => break Err(error),
        }
    };
    line.clear(term)?;
    Ok(ended?.then(|| line.letters.iter().collect()))
}

/// A row and a column, counted from where the prompt begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    row: usize,
    column: usize,
}

impl Place {
    /// After something this wide; a full row ends at the beginning of the next.
    fn after(self, width: usize, columns: usize) -> Place {
        let begin = if self.column + width > columns { Place { row: self.row + 1, column: 0 } } else { self };
        match begin.column + width {
            end if end >= columns => Place { row: begin.row + 1, column: 0 },
            end => Place { column: end, ..begin },
        }
    }
}

struct Line<'a> {
    prompt: &'a str,
    letters: Vec<char>,
    cursor: usize,
    /// Where the terminal's cursor is.
    drawn: Place,
}

impl Line<'_> {
    fn take(&mut self, key: &Key, term: &Term) -> io::Result<()> {
        match key {
            Key::Char(CTRL_U) => {
                self.letters.drain(..self.cursor);
                self.cursor = 0;
            }
            Key::Char(letter) => match fit_to_show(*letter) {
                Some(letter) => return self.insert(letter, term),
                None => return Ok(()),
            },
            Key::Tab => return self.insert(' ', term),
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.letters.remove(self.cursor);
            }
            Key::Del if self.cursor < self.letters.len() => {
                self.letters.remove(self.cursor);
            }
            Key::ArrowLeft => self.cursor = self.cursor.saturating_sub(1),
            Key::ArrowRight => self.cursor = (self.cursor + 1).min(self.letters.len()),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.letters.len(),
            _ => return Ok(()),
        }
        self.draw(term)
    }

    fn insert(&mut self, letter: char, term: &Term) -> io::Result<()> {
        self.letters.insert(self.cursor, letter);
        self.cursor += 1;
        let after = self.drawn.after(width_of(letter), columns(term));
        if self.cursor < self.letters.len() || after.row > self.drawn.row {
            return self.draw(term);
        }
        // Most of a paste: one letter more in the same row.
        self.drawn = after;
        term.write_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn clear(&mut self, term: &Term) -> io::Result<()> {
        term.move_cursor_up(self.drawn.row)?;
        term.write_str("\r")?;
        self.drawn = Place::default();
        term.clear_to_end_of_screen()
    }

    fn draw(&mut self, term: &Term) -> io::Result<()> {
        let columns = columns(term);
        self.clear(term)?;
        term.write_str(self.prompt)?;
        let mut at = Place::default().after(measure_text_width(self.prompt), columns);
        let mut cursor = at;
        for (index, letter) in self.letters.iter().enumerate() {
            let after = at.after(width_of(*letter), columns);
            term.write_str(letter.encode_utf8(&mut [0; 4]))?;
            at = after;
            if index + 1 == self.cursor {
                cursor = at;
            }
        }
        if at.column == 0 {
            // A terminal stays at the end of a full row until something more comes.
            term.write_str(" ")?;
        }
        term.move_cursor_up(at.row - cursor.row)?;
        term.write_str("\r")?;
        term.move_cursor_right(cursor.column)?;
        self.drawn = cursor;
        Ok(())
    }
}

fn columns(term: &Term) -> usize {
    usize::from(term.size().1).max(1)
}

fn width_of(letter: char) -> usize {
    measure_text_width(letter.encode_utf8(&mut [0; 4]))
}

/// The letter as it may stand on a screen, or nothing where it would steer the terminal or reorder the line.
fn fit_to_show(letter: char) -> Option<char> {
    if letter.is_whitespace() && !letter.is_control() {
        return Some(' ');
    }
    one_line(letter.encode_utf8(&mut [0; 4])).chars().next()
}

#[cfg(test)]
mod tests {
    use super::{Place, fit_to_show};

    #[test]
    fn rows_fill_up_and_wide_letters_are_not_cut() {
        let at = |row, column| Place { row, column };
        assert_eq!(at(0, 3).after(1, 10), at(0, 4));
        assert_eq!(at(0, 9).after(1, 10), at(1, 0));
        assert_eq!(at(0, 9).after(2, 10), at(1, 2));
        assert_eq!(at(1, 5).after(0, 10), at(1, 5));
    }

    #[test]
    fn what_steers_a_terminal_is_not_taken() {
        for letter in ['\0', '\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{85}'] {
            assert_eq!(fit_to_show(letter), None, "{letter:?}");
        }
        assert_eq!(fit_to_show('é'), Some('é'));
        assert_eq!(fit_to_show('\u{a0}'), Some(' '));
    }
}

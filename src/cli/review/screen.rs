//! The whole terminal as one page: a head that stays, a body that scrolls, keys at the foot. What stood there before
//! comes back when it is left.

use console::Term;

use crate::cli::error::CliError;
use crate::cli::signals;

use super::tell::styled;

/// Fewer rows than these show nothing of the body.
const FEWEST_ROWS: usize = 6;

/// A page of its own on the terminal; dropping it gives the terminal back.
pub(super) struct Screen {
    term: Term,
    is_coloured: bool,
}

/// What a page shows; no line is wider than the terminal.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) head: Vec<String>,
    pub(super) body: Vec<String>,
    pub(super) foot: Vec<String>,
}

impl Screen {
    pub(super) fn enter(is_coloured: bool) -> Result<Screen, CliError> {
        let screen = Screen { term: Term::stderr(), is_coloured };
        // Before it is there: to leave a page that is not there does nothing.
        signals::is_on_page(true);
        screen.write("\x1b[?1049h")?;
        Ok(screen)
    }

    /// Rows and columns.
    pub(super) fn size(&self) -> (u16, u16) {
        self.term.size()
    }

    /// Columns that text may take. The last is left free: some terminals wrap when it is filled.
    pub(super) fn width(&self) -> usize {
        usize::from(self.size().1).saturating_sub(1).clamp(20, 100)
    }

    /// Draws a page whose body begins at a line of its; gives the last line that it can begin at.
    pub(super) fn draw(&self, page: &Page, top: usize) -> Result<usize, CliError> {
        let rows = usize::from(self.size().0).max(FEWEST_ROWS);
        let (lines, last) = fit(page, top, rows);
        let mut text = String::from("\x1b[H");
        for (index, line) in lines.iter().enumerate() {
            let end = if index + 1 == lines.len() { "" } else { "\r\n" };
            // A style ends with its line, whatever part of a text is shown.
            text.push_str(&format!("{}\x1b[0m\x1b[K{end}", styled(line, self.is_coloured)));
        }
        text.push_str("\x1b[J");
        self.write(&text)?;
        Ok(last)
    }

    /// Clears the page and shows lines at its top, with a prompt to come below them that needs so many rows.
    pub(super) fn make_room(&self, lines: &[String], below: usize) -> Result<(), CliError> {
        let rows = usize::from(self.size().0).max(FEWEST_ROWS);
        let mut text = String::from("\x1b[H\x1b[J");
        let room = rows.saturating_sub(below).max(rows / 2);
        let shown = if lines.len() > room { room - 1 } else { lines.len() };
        for line in &lines[..shown] {
            text.push_str(&format!("{}\x1b[0m\r\n", styled(line, self.is_coloured)));
        }
        if shown < lines.len() {
            text.push_str(&format!("… {} more\r\n", lines.len() - shown));
        }
        self.write(&text)
    }

    fn write(&self, text: &str) -> Result<(), CliError> {
        let _undisturbed = signals::undisturbed();
        let written = self.term.write_str(text).and_then(|()| self.term.flush());
        written.map_err(|error| CliError::io("cannot draw on the terminal", &error))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nobody can be told where the terminal is gone.
        let _ = self.write("\x1b[?25h\x1b[?1049l");
        signals::is_on_page(false);
    }
}

/// The lines that fit into so many rows, and the last line that the body can begin at.
fn fit(page: &Page, top: usize, rows: usize) -> (Vec<String>, usize) {
    let around = page.head.len() + page.foot.len();
    let room = rows.saturating_sub(around).max(1);
    let mut lines = page.head.clone();
    let body = &page.body;
    if body.len() <= room {
        lines.extend(body.iter().cloned());
        lines.extend(page.foot.iter().cloned());
        return (lines, 0);
    }
    // A row tells that there is more.
    let room = room.saturating_sub(1).max(1);
    let last = body.len() - room;
    let top = top.min(last);
    lines.extend(body[top..top + room].iter().cloned());
    let below = last - top;
    let more =
        if below == 0 { "↑ more above".to_owned() } else { format!("↓ {below} more, space shows them") };
    lines.push(super::tell::in_style(crate::cli::ui::DIM, &more));
    lines.extend(page.foot.iter().cloned());
    (lines, last)
}

#[cfg(test)]
mod tests {
    use super::{Page, fit};

    fn page(body: usize) -> Page {
        Page {
            head: vec!["head".into()],
            body: (0..body).map(|line| line.to_string()).collect(),
            foot: vec!["foot".into()],
        }
    }

    #[test]
    fn head_and_foot_are_always_there_and_every_line_can_be_reached() {
        assert_eq!(fit(&page(3), 0, 6), (["head", "0", "1", "2", "foot"].map(str::to_owned).into(), 0));
        for body in 5..40 {
            let mut seen = std::collections::BTreeSet::new();
            let (_, last) = fit(&page(body), 0, 6);
            for top in 0..=last + 1 {
                let (lines, _) = fit(&page(body), top, 6);
                assert_eq!((lines.len(), &lines[0], &lines[5]), (6, &"head".to_owned(), &"foot".to_owned()));
                seen.extend(lines[1..4].iter().cloned());
            }
            assert_eq!(seen.len(), body, "{body}");
        }
    }
}

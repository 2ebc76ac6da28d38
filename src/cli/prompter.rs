//! The seam to the terminal: every prompt goes through [`Asker`] or [`Prompter`], so that scripts can stand in for a
//! person.

use std::collections::VecDeque;
use std::io;

use console::{Key, Term};
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, FuzzySelect};

use super::args::Color;
use super::error::CliError;
use super::line_input;
use super::quiet_tty::QuietTty;
use super::signals;

/// What came where a line was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// A line; the default where it was left empty.
    Line(String),
    /// That is all: Ctrl-D, or the end of the input.
    Enough,
    /// Ctrl-C, or the terminal is gone.
    BrokenOff,
}

/// What a person can be asked, at any terminal. `None` is always "enough": Ctrl-C, Ctrl-D or Esc.
pub(crate) trait Asker {
    /// One of a short list, which is gone from the screen afterwards.
    fn choose(&mut self, title: &str, items: &[String]) -> Result<Option<usize>, CliError>;
    /// A line of text, which is gone from the screen afterwards; a default stands ready where one is given.
    fn question(&mut self, title: &str, default: Option<&str>) -> Result<Typed, CliError>;
    /// Yes or no; no is the default.
    fn confirm(&mut self, question: &str) -> Result<Option<bool>, CliError>;
    /// Lines that were pasted behind a line that was asked for, or where a key was; each is given once.
    fn pasted(&mut self) -> Vec<String>;

    /// The same as a question, where it does not matter how it was left.
    fn line(&mut self, title: &str, default: Option<&str>) -> Result<Option<String>, CliError> {
        match self.question(title, default)? {
            Typed::Line(line) => Ok(Some(line)),
            Typed::Enough | Typed::BrokenOff => Ok(None),
        }
    }
}

/// What a person can be asked key by key.
pub(crate) trait Prompter: Asker {
    /// One of a long list, found by typing parts of it; `is_first_ready` where Enter alone takes the first.
    fn find(
        &mut self,
        title: &str,
        items: &[String],
        is_first_ready: bool,
    ) -> Result<Option<usize>, CliError>;
    /// Waits for a key; `false` where the terminal got another size than this (rows, columns) before one came.
    fn awaits_key(&mut self, size: (u16, u16)) -> bool;
    /// A single key; one that is unknown where something was pasted.
    fn key(&mut self) -> Result<Option<Key>, CliError>;
}

/// A person at a terminal.
pub(crate) struct Terminal {
    term: Term,
    theme: Box<dyn Theme>,
    /// Keys that were typed ahead.
    ahead: VecDeque<Key>,
    /// Lines that were pasted and not asked for yet.
    pasted: Vec<String>,
    _quiet: QuietTty,
}

impl Terminal {
    /// Takes over Ctrl-C, so that answers already given are kept.
    pub(crate) fn new(color: Color) -> Terminal {
        signals::watch();
        // With a handler in place a prompt returns `Interrupted`, where the signal would end the process. A second
        // handler cannot be set, and the first does the same.
        let _ = ctrlc::set_handler(|| {});
        let plain = color == Color::Never || (color == Color::Auto && !console::colors_enabled_stderr());
        let theme: Box<dyn Theme> =
            if plain { Box::new(SimpleTheme) } else { Box::new(ColorfulTheme::default()) };
        Terminal {
            term: Term::stderr(),
            theme,
            ahead: VecDeque::new(),
            pasted: Vec::new(),
            _quiet: QuietTty::new(),
        }
    }

    fn enough<T>(&self, answer: Result<T, dialoguer::Error>) -> Result<Option<T>, CliError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(dialoguer::Error::IO(error)) => {
                // What comes next must not stand behind the prompt that was broken off.
                let _ = self.term.write_line("");
                self.ended(&error)
            }
        }
    }

    /// Items cut to one row each: dialoguer cannot redraw those that wrap.
    fn rows(&self, items: &[String]) -> Vec<String> {
        let width = usize::from(self.term.size().1).saturating_sub(MARKER);
        items.iter().map(|item| console::truncate_str(item, width, "…").into_owned()).collect()
    }

    /// Takes what has come faster than anyone types.
    fn drain(&mut self, keys: &mut Vec<Key>) -> Result<(), CliError> {
        while input_waits() {
            match self.term.read_key() {
                Ok(key) => keys.push(key),
                Err(error) => return self.ended::<()>(&error).map(|_| ()),
            }
        }
        Ok(())
    }

    fn ended<T>(&self, error: &io::Error) -> Result<Option<T>, CliError> {
        // A prompt that is broken off leaves the cursor hidden.
        let _ = self.term.show_cursor();
        match error.kind() {
            io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected => {
                Ok(None)
            }
            _ => Err(CliError::io("cannot read from the terminal", error)),
        }
    }
}

impl Asker for Terminal {
    fn choose(&mut self, title: &str, items: &[String]) -> Result<Option<usize>, CliError> {
        // Whoever types a name means it.
        self.find(title, items, true)
    }

    fn question(&mut self, title: &str, default: Option<&str>) -> Result<Typed, CliError> {
        // A key that was left over belongs to the card that is gone.
        self.ahead.clear();
        let mut prompt = String::new();
        // Writing to a text cannot fail.
        let _ = self.theme.format_input_prompt(&mut prompt, title, default);
        let typed = line_input::read(&self.term, &prompt);
        let mut behind = Vec::new();
        self.drain(&mut behind)?;
        let (lines, ahead) = split_pasted(behind);
        self.pasted.extend(lines);
        self.ahead.extend(ahead);
        match typed {
            Ok(Some(typed)) if typed.is_empty() => Ok(Typed::Line(default.unwrap_or_default().to_string())),
            Ok(Some(typed)) => Ok(Typed::Line(typed)),
            Ok(None) => Ok(Typed::Enough),
            Err(error) => self.ended::<()>(&error).map(|_| Typed::BrokenOff),
        }
    }

    fn confirm(&mut self, question: &str) -> Result<Option<bool>, CliError> {
        let confirm = Confirm::with_theme(&*self.theme).with_prompt(question).default(false);
        let answer = confirm.interact_on_opt(&self.term);
        Ok(self.enough(answer)?.flatten())
    }

    fn pasted(&mut self) -> Vec<String> {
        std::mem::take(&mut self.pasted)
    }
}

impl Prompter for Terminal {
    fn find(
        &mut self,
        title: &str,
        items: &[String],
        is_first_ready: bool,
    ) -> Result<Option<usize>, CliError> {
        let select = FuzzySelect::with_theme(&*self.theme).with_prompt(title).items(self.rows(items));
        let select = select.max_length(12).report(false);
        let select = if is_first_ready { select.default(0) } else { select };
        let answer = select.interact_on_opt(&self.term);
        Ok(self.enough(answer)?.flatten())
    }

    fn awaits_key(&mut self, size: (u16, u16)) -> bool {
        while self.ahead.is_empty() {
            if input_waits_for(RESIZED) {
                return true;
            }
            if self.term.size() != size {
                return false;
            }
        }
        true
    }

    fn key(&mut self) -> Result<Option<Key>, CliError> {
        if let Some(key) = self.ahead.pop_front() {
            return Ok(Some(key));
        }
        match self.term.read_key() {
            Ok(Key::CtrlC | Key::Char('\u{4}')) => Ok(None),
            Ok(key) => {
                // The tail of a paste that came late must not decide anything.
                let mut burst = vec![key.clone()];
                self.drain(&mut burst)?;
                let (lines, ahead) = split_pasted(burst);
                self.pasted.extend(lines);
                self.ahead.extend(ahead);
                // Lines are kept as soon as they are there, whatever key comes next.
                Ok(Some(self.ahead.pop_front().unwrap_or(Key::Unknown)))
            }
            Err(error) => self.ended(&error),
        }
    }
}

/// A line this short is a key pressed early, not a question.
const KEYS: usize = 2;

/// Columns that a list needs beside its items.
const MARKER: usize = 3;

/// Tells pasted lines from keys that were typed ahead.
fn split_pasted(keys: Vec<Key>) -> (Vec<String>, Vec<Key>) {
    let mut lines = vec![String::new()];
    for key in &keys {
        match key {
            Key::Enter => lines.push(String::new()),
            Key::Char(letter) => lines.last_mut().expect("never empty").push(*letter),
            Key::Tab => lines.last_mut().expect("never empty").push(' '),
            _ => {}
        }
    }
    if lines.iter().all(|line| line.trim().chars().count() <= KEYS) {
        return (Vec::new(), keys);
    }
    lines.retain(|line| !line.trim().is_empty());
    (lines, Vec::new())
}

/// Whether more was typed than has been read. A person cannot be this fast; a paste is.
#[cfg(unix)]
pub(super) fn input_waits() -> bool {
    use rustix::event::PollFlags;
    // Over a slow connection a paste comes in pieces; nobody notices this pause after Enter.
    poll_input(30).is_some_and(|found| found.contains(PollFlags::IN))
}

/// How often a terminal is asked for its size, in milliseconds.
const RESIZED: u16 = 200;

/// Whether something was typed within so many milliseconds, or the terminal is gone.
#[cfg(unix)]
fn input_waits_for(milliseconds: u16) -> bool {
    poll_input(milliseconds).is_some_and(|found| !found.is_empty())
}

/// What became of the input within so many milliseconds; nothing where that cannot be told.
#[cfg(unix)]
fn poll_input(milliseconds: u16) -> Option<rustix::event::PollFlags> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let moment = Timespec { tv_sec: 0, tv_nsec: i64::from(milliseconds) * 1_000_000 };
    let stdin = io::stdin();
    let mut waiting = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut waiting, Some(&moment)) {
        Ok(_) => Some(waiting[0].revents()),
        // A signal came in between; anything else, reading will tell.
        Err(rustix::io::Errno::INTR) => None,
        Err(_) => Some(PollFlags::ERR),
    }
}

#[cfg(not(unix))]
pub(super) fn input_waits() -> bool {
    false
}

#[cfg(not(unix))]
fn input_waits_for(_: u16) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::split_pasted;
    use console::Key;

    fn keys(text: &str) -> Vec<Key> {
        text.chars().map(|letter| if letter == '\n' { Key::Enter } else { Key::Char(letter) }).collect()
    }

    #[test]
    fn pasted_lines_are_questions_and_early_keys_stay_keys() {
        let (lines, ahead) = split_pasted(keys("Is it safe?\n\nWho patches it?"));
        assert_eq!(lines, ["Is it safe?", "Who patches it?"]);
        assert!(ahead.is_empty());
        let (lines, ahead) = split_pasted(keys("a"));
        assert!(lines.is_empty());
        assert_eq!(ahead, keys("a"));
        assert_eq!(split_pasted(Vec::new()), (Vec::new(), Vec::new()));
        // A paste may begin with the end of a CRLF, or with a blank line.
        let (lines, ahead) = split_pasted(keys("\nAre staff trained?\n\nIs there a bank?\n"));
        assert_eq!(lines, ["Are staff trained?", "Is there a bank?"]);
        assert!(ahead.is_empty());
    }
}

//! Questions one by one, each settled on its card before the next.

use std::io::Write as _;

use super::error::CliError;
use super::plain::Plain;
use super::prompter::{Asker, Terminal, Typed};
use super::review::{self, Desk, Left};
use super::show::{field, paragraph};
use super::ui::{BOLD, DIM, Ui, count};
use crate::domain::Status;
use crate::safe_text::one_line;
use crate::triage::{Action, Mark};

/// Rows that are told after their cards are gone; of more only how many.
const TOLD: usize = 5;

const HELP: [(&str, &str); 6] = [
    ("a question", "is answered on a card, where ? lists the keys; several lines are a question each"),
    ("b", "back to the question before"),
    ("u", "undo the last decision, and the one before it, from other days too"),
    ("Enter, q", "end and write the answers"),
    ("Ctrl-D", "the same"),
    ("Ctrl-C", "leave at once; everything is kept, and the same command goes on"),
];

/// How a person is met.
pub(crate) enum Face {
    /// By single keys on a screen.
    Keys(Terminal),
    /// Line by line.
    Lines(Plain),
}

impl Face {
    pub(crate) fn asker(&mut self) -> &mut dyn Asker {
        match self {
            Face::Keys(terminal) => terminal,
            Face::Lines(plain) => plain,
        }
    }
}

/// A session at the prompt.
pub(crate) struct Interview<'a> {
    pub(crate) desk: Desk<'a>,
    pub(crate) face: Face,
    /// What a person must know before the first card.
    pub(crate) notices: Vec<String>,
}

impl Interview<'_> {
    /// Asks until the person has had enough. Never ends with [`Left::Through`].
    pub(crate) fn ask_all(&mut self, ui: &mut Ui) -> Result<Left, CliError> {
        loop {
            if self.desk.session.card().is_some() {
                match self.settle(ui)? {
                    Left::Through => {}
                    left => return Ok(left),
                }
            }
            // Whoever reached the line has seen what stands above it.
            self.notices.clear();
            let title = format!("Question {}", self.desk.session.rows() + 1);
            let line = match self.face.asker().question(&title, None)? {
                Typed::Line(line) => one_line(&line),
                Typed::Enough => return Ok(Left::Finished),
                Typed::BrokenOff => return Ok(Left::BrokenOff),
            };
            match line.as_str() {
                "" if !self.take_pasted(Vec::new(), ui)? => return Ok(Left::Finished),
                "" => {}
                "q" => return Ok(Left::Finished),
                "b" => self.act(Action::Back, ui)?,
                "u" => self.act(Action::Undo, ui)?,
                "?" => {
                    for (key, what) in HELP {
                        field(ui.err(), key, what, Ui::width())?;
                    }
                }
                _ => {
                    self.take_pasted(vec![line], ui)?;
                }
            }
        }
    }

    /// Takes a question with what was pasted behind it; tells whether there was any.
    fn take_pasted(&mut self, mut questions: Vec<String>, ui: &mut Ui) -> Result<bool, CliError> {
        let typed = questions.len();
        let pasted = self.face.asker().pasted();
        questions.extend(pasted.iter().map(|line| one_line(line)).filter(|line| !line.is_empty()));
        let more = questions.len() - typed;
        self.desk.ask(&questions)?;
        if more > 0 {
            let more = count(more as u64, "more line");
            writeln!(ui.err(), "{DIM}{more} pasted: one question each, in turn.{DIM:#}\n")?;
        }
        Ok(!questions.is_empty())
    }

    fn act(&mut self, action: Action, ui: &mut Ui) -> Result<(), CliError> {
        if let Err(refusal) = self.desk.act(action)? {
            writeln!(ui.err(), "{DIM}{refusal}{DIM:#}")?;
        }
        Ok(())
    }

    /// Shows cards until no question is open.
    fn settle(&mut self, ui: &mut Ui) -> Result<Left, CliError> {
        let before = self.said();
        match &mut self.face {
            Face::Lines(plain) => review::by_lines(&mut self.desk, plain.input(), ui.err()),
            Face::Keys(terminal) => {
                let notices = std::mem::take(&mut self.notices);
                let left = review::by_keys(&mut self.desk, terminal, ui.is_coloured(), &notices)?;
                self.tell_changed(&before, ui)?;
                Ok(left)
            }
        }
    }

    fn said(&self) -> Vec<Option<Mark>> {
        (0..self.desk.session.rows()).map(|row| self.desk.session.said(row).cloned()).collect()
    }

    /// The page with the cards is gone; what was decided on them stays to be seen.
    fn tell_changed(&self, before: &[Option<Mark>], ui: &mut Ui) -> Result<(), CliError> {
        let after = self.said();
        let is_changed = |row: &usize| after[*row].as_ref() != before.get(*row).and_then(Option::as_ref);
        let changed: Vec<usize> = (0..after.len()).filter(is_changed).collect();
        for row in changed.iter().take(TOLD) {
            let Some(stands) = self.desk.session.stands(*row) else { continue };
            let question = format!("{}. {BOLD}{}{BOLD:#}", row + 1, one_line(&stands.question.text));
            paragraph(ui.err(), &question, 0, Ui::width())?;
            let area = stands.area().map_or("no area".to_owned(), ToString::to_string);
            let party = stands.party().map_or(String::new(), |party| format!(" · {party}"));
            let told = match stands.status {
                status if after[*row].is_none() => format!("taken back ({status})"),
                status @ (Status::Confirmed | Status::Corrected) => format!("{status}: {area}{party}"),
                status => status.to_string(),
            };
            paragraph(ui.err(), &told, 3, Ui::width())?;
        }
        if let Some(more) = changed.len().checked_sub(TOLD).filter(|more| *more > 0) {
            writeln!(ui.err(), "{}", count(more as u64, "more question"))?;
        }
        if !changed.is_empty() {
            writeln!(ui.err())?;
        }
        Ok(())
    }
}

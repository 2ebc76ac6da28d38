//! What both ways of triage work on: the session, and the journal that keeps what is decided.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Area, Catalog};
use crate::cli::clock::Clock;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::signals;
use crate::domain::{AreaId, Place, Question};
use crate::export::Wording;
use crate::matching::Matcher;
use crate::pipeline::Assigner;
use crate::safe_text::one_line;
use crate::suggest;
use crate::triage::{Action, Entry, Event, Journal, Refusal, Session, Stamp};

/// A session and its journal.
pub(crate) struct Desk<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) assigner: Assigner<'a>,
    pub(crate) session: Session<'a>,
    pub(crate) journal: Journal,
    pub(crate) journal_path: PathBuf,
    /// All decisions of the journal, those that were taken back among them.
    pub(crate) entries: Vec<Entry>,
    /// How many of these were there when the desk was opened.
    pub(crate) before: usize,
    pub(crate) reviewer: String,
    pub(crate) clock: Clock,
    pub(crate) wording: Wording,
    /// Rows that have the words that spoke for them.
    pub(crate) explained: BTreeSet<usize>,
}

impl<'a> Desk<'a> {
    /// Who acts, now.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { by: self.reviewer.clone(), at: self.clock.now() }
    }

    /// Takes questions, a row each. All are kept before the matcher looks at the first.
    pub(crate) fn ask(&mut self, questions: &[String]) -> Result<(), CliError> {
        let stamp = self.stamp();
        // Whoever pasted them does not know what hides in them.
        let questions = questions.iter().map(|question| one_line(question));
        let questions: Vec<String> = questions.filter(|question| !question.is_empty()).collect();
        let asked: Vec<Entry> = questions.iter().map(|question| self.session.ask(question, &stamp)).collect();
        {
            let _undisturbed = signals::undisturbed();
            self.journal.append_all(&asked).map_err(|error| self.not_kept("the question", &error))?;
        }
        questions.iter().for_each(|question| self.push(question));
        Ok(())
    }

    /// Puts a question that is kept already into the next row.
    pub(crate) fn push(&mut self, question: &str) {
        let row = self.session.rows();
        let number = row + 1;
        let question = Question {
            id: number.to_string(),
            section: String::new(),
            text: question.to_owned(),
            parent: String::new(),
            place: Place::line(&Arc::from("prompt"), number as u64),
        };
        let assignment = self.assigner.explain(question, &self.before(row, ""));
        self.explained.insert(row);
        self.session.push(assignment);
        self.session.link(row, |text| self.assigner.hangs(text));
    }

    /// The questions under the same heading that a row follows, nearest last; no more than the matcher looks at.
    fn before(&self, row: usize, section: &str) -> Vec<&str> {
        let first = row.saturating_sub(Matcher::WINDOW);
        let before = (first..row).rev().filter_map(|before| self.session.proposed(before));
        let mut before: Vec<&str> = before
            .take_while(|before| before.question.section == section)
            .map(|before| before.question.text.as_str())
            .collect();
        before.reverse();
        before
    }

    /// Notes what was written.
    pub(crate) fn wrote(&mut self, digest: &str) -> Result<(), CliError> {
        let stamp = self.stamp();
        let _undisturbed = signals::undisturbed();
        self.journal.wrote(digest, &stamp).map_err(|error| {
            let name = output::name(&self.journal_path);
            CliError::io(format!("cannot note in {name} what was written"), &error)
                .hint("the export is written; the next session will ask whether it may be replaced")
        })
    }

    /// Moves the journal to where nothing lies yet.
    pub(crate) fn move_journal(&mut self, to: &Path) -> Result<(), CliError> {
        let _undisturbed = signals::undisturbed();
        self.journal.move_to(&self.journal_path, to).map_err(|error| {
            let [from, to] = [&self.journal_path, to].map(output::name);
            CliError::io(format!("cannot move {from} to {to}"), &error).hint("the export is written")
        })?;
        self.journal_path = to.to_path_buf();
        Ok(())
    }

    /// Has a Ctrl-C tell how to go on where lines are read: nobody but the terminal takes it there.
    pub(crate) fn watch_lines(&self) {
        if io::stdin().is_terminal() {
            signals::watch_interrupts(format!("everything is {}", self.kept_in()));
        }
    }

    /// `kept in out.csv.journal; the same command goes on there`.
    pub(crate) fn kept_in(&self) -> String {
        format!("kept in {}; the same command goes on there", output::name(&self.journal_path))
    }

    fn not_kept(&self, what: &str, error: &io::Error) -> CliError {
        let name = output::name(&self.journal_path);
        CliError::io(format!("cannot keep {what} in {name}"), error)
            .hint("everything decided before it is kept: make room, and the same command goes on")
    }

    /// Does what a person wants and keeps it; when this returns, the decision is on the disk.
    pub(crate) fn act(&mut self, action: Action) -> Result<Result<Event, Refusal>, CliError> {
        let stamp = self.stamp();
        let event = match self.session.apply(action, &stamp) {
            Ok(event) => event,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Event::Recorded(entry) = &event {
            let _undisturbed = signals::undisturbed();
            self.journal.append(entry).map_err(|error| self.not_kept("the decision", &error))?;
            self.entries.push(entry.clone());
        }
        Ok(Ok(event))
    }

    /// Gives the card at hand the words that spoke for it, which are looked for only where somebody looks.
    pub(crate) fn explain(&mut self) {
        let Some(row) = self.session.card().map(|card| card.row) else { return };
        if !self.explained.insert(row) {
            return;
        }
        let Some(proposed) = self.session.proposed(row) else { return };
        let question = proposed.question.clone();
        let before = self.before(row, &question.section);
        let explained = self.assigner.explain(question, &before);
        self.session.explain(row, &explained);
    }

    /// The areas as lists name them.
    pub(crate) fn area_names(&self) -> Vec<String> {
        self.catalog.areas().iter().map(named).collect()
    }

    /// The area that a person typed, by its id or title, or by a part that only one has; else the nearest to it.
    pub(crate) fn area(&self, typed: &str) -> Result<AreaId, Option<&'a str>> {
        let typed = typed.trim();
        let areas = self.catalog.areas();
        let is_meant = |area: &&Area| {
            area.id.as_str().eq_ignore_ascii_case(typed) || area.title.eq_ignore_ascii_case(typed)
        };
        let names = || areas.iter().map(|area| area.id.as_str());
        let part = typed.to_lowercase();
        let has_part =
            |area: &&Area| area.id.as_str().contains(&part) || area.title.to_lowercase().contains(&part);
        let only = || {
            let mut found = areas.iter().filter(has_part);
            found.next().filter(|_| !part.is_empty() && found.next().is_none())
        };
        match areas.iter().find(is_meant).or_else(only) {
            Some(area) => Ok(area.id.clone()),
            None => Err(suggest::nearest(typed, names())),
        }
    }
}

/// An area as lists name it.
pub(crate) fn named(area: &Area) -> String {
    format!("{} ({})", area.title, area.id)
}

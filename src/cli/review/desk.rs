//! What both ways of triage work on: the session, and the journal that keeps what is decided.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::catalog::{Area, Catalog};
use crate::cli::clock::Clock;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::domain::AreaId;
use crate::export::Wording;
use crate::matching::Matcher;
use crate::pipeline::Assigner;
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

    /// Does what a person wants and keeps it; when this returns, the decision is on the disk.
    pub(crate) fn act(&mut self, action: Action) -> Result<Result<Event, Refusal>, CliError> {
        let stamp = self.stamp();
        let event = match self.session.apply(action, &stamp) {
            Ok(event) => event,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Event::Recorded(entry) = &event {
            self.journal.append(entry).map_err(|error| {
                let name = output::name(&self.journal_path);
                CliError::io(format!("cannot keep the decision in {name}"), &error)
                    .hint("everything decided before it is kept: make room, and the same command goes on")
            })?;
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
        let first = row.saturating_sub(Matcher::WINDOW);
        let before = (first..row).rev().filter_map(|before| self.session.proposed(before));
        let mut before: Vec<&str> = before
            .take_while(|before| before.question.section == question.section)
            .map(|before| before.question.text.as_str())
            .collect();
        before.reverse();
        let explained = self.assigner.explain(question, &before);
        self.session.explain(row, &explained);
    }

    /// The areas as lists name them.
    pub(crate) fn area_names(&self) -> Vec<String> {
        self.catalog.areas().iter().map(named).collect()
    }

    /// The area that a person typed, by its id or title; else the nearest to it.
    pub(crate) fn area(&self, typed: &str) -> Result<AreaId, Option<&'a str>> {
        let typed = typed.trim();
        let areas = self.catalog.areas();
        let is_meant = |area: &&Area| {
            area.id.as_str().eq_ignore_ascii_case(typed) || area.title.eq_ignore_ascii_case(typed)
        };
        let names = || areas.iter().map(|area| area.id.as_str());
        match areas.iter().find(is_meant) {
            Some(area) => Ok(area.id.clone()),
            None => Err(suggest::nearest(typed, names())),
        }
    }
}

/// An area as lists name it.
pub(crate) fn named(area: &Area) -> String {
    format!("{} ({})", area.title, area.id)
}

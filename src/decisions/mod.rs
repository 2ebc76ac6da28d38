//! What people settled before, found again by the wording of the question.

mod book;
mod decision;
mod earlier;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::Place;
use crate::labelled::Labelled;
use crate::matching::{ExtraPhrasing, Matcher, Precedent, Ranking, folded};
use crate::safe_text::one_line;

pub use book::{Book, BookError, BookRow, Came, Column, Identity, Kept, TakenBack};
pub use decision::Decision;
pub use earlier::Earlier;

/// The ids of a provider and a deployment model.
pub type Deployment<'d> = (&'d str, &'d str);

/// Rows that people settled.
#[derive(Debug, Default)]
pub struct Decisions {
    /// In the order in which they were read.
    settled: Vec<Decision>,
    /// Those of each wording, in order, by its words in the form in which they are compared.
    by_wording: HashMap<String, Vec<usize>>,
}

impl Decisions {
    /// Takes in the rows of a table that are settled, and tells how many these are; `file` is what notes call it. Those
    /// that `is_meant` says no to are left out, and counted all the same.
    pub fn add(&mut self, table: Labelled, file: &str, is_meant: impl Fn(&Decision) -> bool) -> u64 {
        let file: Arc<str> = one_line(file).into();
        let mut count = 0;
        for row in table.rows {
            let (Some(label), Some(status)) = (row.label, row.status) else { continue };
            count += 1;
            let place = Place::line(&file, row.question.place.line);
            let areas = std::iter::once(label.area).chain(label.also).flatten().collect();
            let decision = Decision::new(row.question.text, areas, status, row.provenance, &place);
            if is_meant(&decision) {
                self.keep(decision);
            }
        }
        count
    }

    /// A wording without a word is like no other.
    fn keep(&mut self, decision: Decision) {
        let words = folded(&decision.wording);
        if !words.is_empty() {
            self.by_wording.entry(words).or_default().push(self.settled.len());
            self.settled.push(decision);
        }
    }

    /// All decisions on a wording, in the order in which they were read.
    pub fn same(&self, wording: &str) -> impl Iterator<Item = &Decision> {
        let same = self.by_wording.get(&folded(wording)).into_iter().flatten();
        same.map(|index| &self.settled[*index])
    }

    /// The wordings, each once for what it is about, for the matcher to recognise what is nearly the same.
    pub fn phrasings(&self) -> impl Iterator<Item = ExtraPhrasing<'_>> {
        let first = |same: &Vec<usize>| {
            let mut areas = HashSet::new();
            let is_first = |index: &&usize| areas.insert(self.settled[**index].areas.first());
            same.iter().filter(is_first).copied().collect::<Vec<usize>>()
        };
        let mut each: Vec<usize> = self.by_wording.values().flat_map(first).collect();
        each.sort_unstable();
        each.into_iter().map(|index| &self.settled[index]).map(|decision| ExtraPhrasing {
            area: decision.areas.first().cloned(),
            text: &decision.wording,
            origin: &decision.origin,
        })
    }

    /// What was decided on the wording of a question, or on the one that its ranking stands on. Parties that were named
    /// for another deployment say nothing about this one.
    pub fn on(
        &self,
        question: &str,
        ranking: &Ranking,
        matcher: &Matcher,
        deployment: Option<Deployment<'_>>,
    ) -> Option<Earlier<'_>> {
        if self.settled.is_empty() {
            return None;
        }
        let near = || self.stood_on(ranking.grounds.precedent.as_ref()?).map(Earlier::Near);
        self.on_the_same(question, matcher, deployment).or_else(near)
    }

    /// Case, punctuation, numbering and white space do not matter. Nothing where the question has no sense without the one
    /// before: what that was about once says nothing about the next time.
    fn on_the_same(
        &self,
        question: &str,
        matcher: &Matcher,
        deployment: Option<Deployment<'_>>,
    ) -> Option<Earlier<'_>> {
        let same = self.by_wording.get(&folded(question)).filter(|_| !matcher.hangs(question))?;
        let same: Vec<&Decision> = same.iter().map(|index| &self.settled[*index]).collect();
        Earlier::of(&same, deployment)
    }

    /// The decision that gave the matcher this wording; none where a phrasing of the user's own did.
    fn stood_on(&self, precedent: &Precedent) -> Option<&Decision> {
        let same = self.by_wording.get(&folded(&precedent.wording))?;
        same.iter().map(|index| &self.settled[*index]).find(|decision| decision.origin == precedent.origin)
    }
}

#[cfg(test)]
mod tests;

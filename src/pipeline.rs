//! From a stream of questions to a stream of assignments, with what surrounds each question.

use std::collections::VecDeque;

use crate::assignment::Assignment;
use crate::catalog::{Catalog, Model, Provider, Resolution};
use crate::domain::Question;
use crate::matching::{AreaText, Matcher, Query, Ranking, Reading};

/// Questions on each side, in the same section, that the matcher is shown.
pub const WINDOW: usize = 8;

/// A matcher that knows the catalog's areas.
pub fn matcher(catalog: &Catalog) -> Matcher {
    let areas: Vec<AreaText<'_>> = catalog
        .areas()
        .iter()
        .map(|area| AreaText { id: area.id.clone(), title: &area.title, is: &area.is, not: &area.not })
        .collect();
    Matcher::new(&areas, &[])
}

/// Assigns questions under one deployment.
#[derive(Debug)]
pub struct Assigner<'a> {
    deployment: (&'a Provider, &'a Model),
    /// What the document says of every area, looked up once.
    matrix: Vec<Resolution<'a>>,
    matcher: &'a Matcher,
}

impl<'a> Assigner<'a> {
    /// For one provider and deployment model.
    pub fn new(
        catalog: &'a Catalog,
        deployment: (&'a Provider, &'a Model),
        matcher: &'a Matcher,
    ) -> Assigner<'a> {
        Assigner { deployment, matrix: catalog.matrix(deployment.0, deployment.1), matcher }
    }

    /// One question, with the words that spoke for each candidate.
    pub fn explain(&self, question: Question, before: &[&str]) -> Assignment<'a> {
        let query = Query { question: &question.text, section: &question.section, before, after: &[] };
        let ranking = self.matcher.explain(&query);
        self.join(question, ranking)
    }

    /// A stream of questions, in its order; memory does not grow with its length.
    pub fn assign_all<I: Iterator<Item = Question>>(&self, questions: I) -> Assignments<'_, 'a, I> {
        Assignments { assigner: self, questions, window: VecDeque::new(), at: 0, section: None }
    }

    fn join(&self, question: Question, ranking: Ranking) -> Assignment<'a> {
        Assignment::new(self.deployment, &self.matrix, question, ranking)
    }
}

/// Assignments in the order of the questions.
#[derive(Debug)]
pub struct Assignments<'s, 'a, I> {
    assigner: &'s Assigner<'a>,
    questions: I,
    /// The current question with those around it, each read once.
    window: VecDeque<(Question, Reading)>,
    at: usize,
    /// The last section heading, read once.
    section: Option<(String, Reading)>,
}

impl<I: Iterator<Item = Question>> Assignments<'_, '_, I> {
    fn look_ahead(&mut self) {
        while self.window.len() <= self.at + WINDOW {
            let Some(question) = self.questions.next() else { return };
            let reading = self.assigner.matcher.read(&question.text);
            self.window.push_back((question, reading));
        }
    }

    fn read_section(&mut self, heading: &str) {
        if self.section.as_ref().is_none_or(|(known, _)| known != heading) {
            self.section = Some((heading.to_string(), self.assigner.matcher.read(heading)));
        }
    }
}

impl<'a, I: Iterator<Item = Question>> Iterator for Assignments<'_, 'a, I> {
    type Item = Assignment<'a>;

    fn next(&mut self) -> Option<Assignment<'a>> {
        self.look_ahead();
        let question = self.window.get(self.at)?.0.clone();
        self.read_section(&question.section);
        let heading =
            self.section.as_ref().filter(|(text, _)| !text.trim().is_empty()).map(|(_, reading)| reading);
        let same = |entry: &&(Question, Reading)| entry.0.section == question.section;
        let start = self.at.saturating_sub(WINDOW);
        let before: Vec<&Reading> =
            self.window.range(start..self.at).filter(same).map(|entry| &entry.1).collect();
        let after: Vec<&Reading> =
            self.window.range(self.at + 1..).filter(same).map(|entry| &entry.1).collect();
        let own = &self.window[self.at].1;
        let ranking = self.assigner.matcher.rank_reading(own, heading, &before, &after);
        self.at += 1;
        if self.at > WINDOW {
            self.window.pop_front();
            self.at -= 1;
        }
        Some(self.assigner.join(question, ranking))
    }
}

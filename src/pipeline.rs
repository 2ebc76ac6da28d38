//! From a stream of questions to a stream of assignments.

use crate::assignment::Assignment;
use crate::catalog::{Catalog, Model, Provider, Resolution};
use crate::decisions::Decisions;
use crate::domain::Question;
use crate::matching::{AreaText, ExtraPhrasing, Matcher, Query, Ranking};

/// A matcher that knows the catalog's areas.
pub fn matcher(catalog: &Catalog) -> Matcher {
    matcher_with(catalog, &[])
}

/// The same with wordings besides the bank: a user's own phrasings, and those of decisions.
pub fn matcher_with(catalog: &Catalog, extra: &[ExtraPhrasing<'_>]) -> Matcher {
    let areas: Vec<AreaText<'_>> = catalog
        .areas()
        .iter()
        .map(|area| AreaText { id: area.id.clone(), title: &area.title, is: &area.is, not: &area.not })
        .collect();
    Matcher::new(&areas, extra)
}

/// Assigns questions under one deployment.
#[derive(Debug)]
pub struct Assigner<'a> {
    deployment: (&'a Provider, &'a Model),
    /// What the document says of every area, looked up once.
    matrix: Vec<Resolution<'a>>,
    matcher: &'a Matcher,
    decisions: Option<&'a Decisions>,
}

impl<'a> Assigner<'a> {
    /// For one provider and deployment model.
    pub fn new(
        catalog: &'a Catalog,
        deployment: (&'a Provider, &'a Model),
        matcher: &'a Matcher,
    ) -> Assigner<'a> {
        let matrix = catalog.matrix(deployment.0, deployment.1);
        Assigner { deployment, matrix, matcher, decisions: None }
    }

    /// The same, settling what was settled before. The matcher should know the decisions' wordings.
    #[must_use]
    pub fn reusing(self, decisions: &'a Decisions) -> Assigner<'a> {
        Assigner { decisions: Some(decisions), ..self }
    }

    /// One question, with the words that spoke for each candidate. Of the questions before it, nearest last, at most
    /// [`Matcher::WINDOW`] are looked at.
    pub fn explain(&self, question: Question, before: &[&str]) -> Assignment<'a> {
        let before = &before[before.len().saturating_sub(Matcher::WINDOW)..];
        let query = Query { before, ..query(&question) };
        let ranking = self.matcher.explain(&query);
        self.join(question, ranking)
    }

    /// A stream of questions, in its order; memory does not grow with its length.
    pub fn assign_all<I>(&self, questions: I) -> impl Iterator<Item = Assignment<'a>>
    where
        I: Iterator<Item = Question>,
    {
        self.matcher.stream(questions, query).map(|(question, ranking)| self.join(question, ranking))
    }

    /// Whether a question has no sense without the one before.
    pub fn hangs(&self, question: &str) -> bool {
        self.matcher.hangs(question)
    }

    fn join(&self, question: Question, mut ranking: Ranking) -> Assignment<'a> {
        let deployment = Some((self.deployment.0.id.as_str(), self.deployment.1.id.as_str()));
        let on = |decisions: &'a Decisions| decisions.on(&question.text, &ranking, self.matcher, deployment);
        let earlier = self.decisions.and_then(on);
        if let Some(earlier) = &earlier {
            earlier.rule(&mut ranking);
        }
        let mut assignment = Assignment::new(self.deployment, &self.matrix, question, ranking);
        if let Some(earlier) = earlier {
            assignment.reuse(earlier);
        }
        assignment
    }
}

fn query(question: &Question) -> Query<'_> {
    Query { id: &question.id, question: &question.text, section: &question.section, ..Query::default() }
}

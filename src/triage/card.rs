use crate::assignment::Assignment;
use crate::domain::Place;

use super::entry::Mark;

/// What is to be shown of a row.
#[derive(Clone, Debug)]
pub struct Card<'s, 'a> {
    /// Its place in the walk, counted from 1.
    pub position: usize,
    /// Rows in the walk.
    pub total: usize,
    /// Rows of the walk that nobody has looked at.
    pub left: usize,
    /// Its index among all rows.
    pub row: usize,
    /// The question, what is proposed, with confidence, evidence and runners-up, and what the document says of it.
    pub proposed: &'s Assignment<'a>,
    /// The same as it will be exported; what is proposed where nothing was said.
    pub stands: Assignment<'a>,
    /// What was said of it.
    pub said: Option<&'s Mark>,
    /// The question as it was asked when it was decided, where it has changed since.
    pub asked_before: Option<&'s str>,
    /// Other rows that ask nearly the same.
    pub alike: Vec<Alike<'s>>,
}

/// Another row that asks nearly the same.
#[derive(Clone, Copy, Debug)]
pub struct Alike<'s> {
    /// Its index among all rows.
    pub row: usize,
    /// Its id.
    pub id: &'s str,
    /// Where it stands.
    pub place: &'s Place,
    /// What was said of it.
    pub said: Option<&'s Mark>,
}

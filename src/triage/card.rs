use crate::assignment::Assignment;
use crate::domain::{AreaId, Place};

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
    /// The question that it hangs on; empty where there is none.
    pub hangs_on: &'s str,
    /// What can be taken with a number, the first with number 1: what the card proposes, then what else it could be.
    pub offers: Vec<Offer>,
    /// The question that it hangs on and how that was decided, where the card proposes the same.
    pub follows: Option<Alike<'s>>,
    /// Other rows that ask nearly the same.
    pub alike: Vec<Alike<'s>>,
}

/// What a row could be filed under.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The areas, the main one first; none where it is about no area.
    pub areas: Vec<AreaId>,
    /// How sure the matcher is of the main one, 0 to 1; nothing where it did not think of it.
    pub confidence: Option<f64>,
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

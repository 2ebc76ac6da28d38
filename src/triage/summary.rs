use std::collections::BTreeMap;

use crate::assignment::Assignment;
use crate::domain::{Party, Status};

use super::entry::Mark;

/// How far a session has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All rows of the questionnaire.
    pub rows: usize,
    /// Rows that are walked.
    pub walked: usize,
    /// Rows that a person agreed with.
    pub confirmed: usize,
    /// Rows that a person changed.
    pub corrected: usize,
    /// Rows that do not apply.
    pub not_applicable: usize,
    /// Rows passed over.
    pub skipped: usize,
    /// Rows of the walk that nobody has looked at.
    pub left: usize,
    /// Rows that are not settled, whether they are walked or not.
    pub unsettled: usize,
    /// Rows settled here that a second person approved.
    pub approved: usize,
    /// Rows settled here that nobody approved.
    pub unapproved: usize,
    /// Rows by party; `None` is a row without one.
    pub parties: BTreeMap<Option<Party>, usize>,
}

impl Summary {
    pub(super) fn count(
        &mut self,
        said: Option<&Mark>,
        stands: &Assignment<'_>,
        is_walked: bool,
        is_pending: bool,
    ) {
        self.rows += 1;
        self.walked += usize::from(is_walked);
        self.unsettled += usize::from(!stands.status.is_settled());
        self.left += usize::from(is_walked && is_pending);
        *self.parties.entry(stands.party()).or_default() += 1;
        let Some(mark) = said else { return };
        match mark.status {
            Some(Status::Confirmed) => self.confirmed += 1,
            Some(Status::Corrected) => self.corrected += 1,
            Some(Status::NotApplicable) => self.not_applicable += 1,
            Some(_) => self.skipped += 1,
            None => {}
        }
        if mark.is_settled() {
            match &mark.approved {
                Some(_) => self.approved += 1,
                None => self.unapproved += 1,
            }
        }
    }

    /// Rows that people settled here.
    pub fn settled(&self) -> usize {
        self.confirmed + self.corrected + self.not_applicable
    }
}

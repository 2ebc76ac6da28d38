use crate::domain::{AreaId, NamedParty, Status};

/// Who acts, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The reviewer's name; empty where that is not known.
    pub by: String,
    /// The moment in UTC, as `2026-11-21T17:00:00Z`; empty where that is not known.
    pub at: String,
}

/// What a person said of a row, whole: a later mark takes the place of an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Confirmed, corrected, skipped or not applicable; `None` where the row only carries a remark.
    pub status: Option<Status>,
    /// What it was filed under, the main area first; says nothing unless confirmed or corrected.
    pub areas: Vec<AreaId>,
    /// The party named in the document's place.
    pub named: Option<NamedParty>,
    /// The remark.
    pub note: String,
    /// Who said so, and when.
    pub stamp: Stamp,
    /// Who approved that, and when.
    pub approved: Option<Stamp>,
}

impl Mark {
    /// Whether the row needs no further look; one that was passed over does.
    pub fn is_settled(&self) -> bool {
        self.status.is_some_and(Status::is_settled)
    }

    /// Whether it files the row under areas: what was confirmed or corrected.
    pub fn files(&self) -> bool {
        matches!(self.status, Some(Status::Confirmed | Status::Corrected))
    }

    /// Whether it says the same, whoever said it and when.
    pub(super) fn says(&self, other: &Mark) -> bool {
        let said = |mark: &Mark| {
            let approver = mark.approved.as_ref().map(|stamp| stamp.by.clone());
            (mark.status, mark.areas.clone(), mark.named.clone(), mark.note.clone(), approver)
        };
        said(self) == said(other)
    }
}

/// How a row of a questionnaire is found again.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// Its index among all rows when it was decided, counted from 0.
    pub row: usize,
    /// The questionnaire's id.
    pub id: String,
    /// The heading.
    pub section: String,
    /// The question.
    pub question: String,
    /// Rows with the same question; 1 where it is the only one.
    pub same: usize,
    /// The question before it, where several rows ask the same.
    pub after: String,
    /// Which of the rows with the same question, id, heading and question before it, counted from 0.
    pub nth: usize,
}

/// A row and what was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The row.
    pub key: RowKey,
    /// What was said.
    pub mark: Mark,
}

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Marks rows.
    Set(Vec<Set>),
    /// Takes back the entry with this number.
    Undo(u64),
    /// Asks a question, which becomes the next row. It is no decision, and is never taken back.
    Ask(String),
}

/// One decision, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; later entries have higher ones.
    pub number: u64,
    /// Who made it, and when.
    pub stamp: Stamp,
    /// What it does.
    pub act: Act,
}

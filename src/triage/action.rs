use std::fmt;

use crate::domain::{AreaId, NamedParty, Status};

use super::entry::Entry;

/// Which rows are walked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Line {
    /// Those that the matcher leaves to a person: review and unmatched.
    #[default]
    Open,
    /// Those without an area, those settled differently before, and those less sure than this (0 to 1).
    Below(f64),
    /// All that no person settled before.
    Timid,
    /// Every row.
    All,
}

impl Line {
    /// Whether a row with this status and confidence is walked; `disputed` where earlier decisions differ.
    pub(super) fn takes(self, status: Status, confidence: f64, disputed: bool) -> bool {
        match self {
            Line::All => true,
            Line::Timid => matches!(status, Status::Auto) || !status.is_settled(),
            Line::Open => !status.is_settled(),
            Line::Below(line) => match status {
                Status::Auto | Status::Review => disputed || confidence < line,
                other => !other.is_settled(),
            },
        }
    }
}

/// What a person does at a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Agrees with what is proposed; where decisions are approved, with what was decided.
    Accept,
    /// Takes what the card offers under this number, counted from 1.
    Take(usize),
    /// Files the row under these areas, the main one first; under none where the list is empty.
    Choose(Vec<AreaId>),
    /// Names the party in the document's place. A reason is needed.
    Name(NamedParty),
    /// Puts a remark on the row, which stays as open as it is; an empty one takes it away.
    Note(String),
    /// Says that the question does not apply.
    NotApplicable,
    /// Passes over the row, which stays open.
    Skip,
    /// Takes back the last decision that was not taken back yet, whenever it was made.
    Undo,
    /// Goes to the card before this one.
    Back,
    /// Goes to the card after this one.
    Forward,
    /// Goes to the row with this index among all rows; it is walked from now on.
    GoTo(usize),
    /// Agrees with what is proposed in every open row of the walk that is at least this sure (0 to 1).
    AcceptAbove(f64),
    /// Settles this row and all that ask the same in other words as one of them is settled, or as is proposed here
    /// where none is.
    SameForAlike,
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Rows changed; the entry belongs into the journal before anything else is shown.
    Recorded(Entry),
    /// Another card is shown.
    Moved,
}

/// Why an action did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The walk is over: there is no card.
    NoCard,
    /// There is nothing to take back.
    NothingToUndo,
    /// No candidate has this number.
    NoCandidate,
    /// The catalog has no such area.
    NoArea,
    /// A party is named without a reason.
    NoReason,
    /// No row asks nearly the same.
    NoneAlike,
    /// No open row is that sure.
    NoneAbove,
    /// There is no such row.
    NoRow,
    /// This is the first card.
    NoneBefore,
    /// The last card has none after it.
    NoFurther,
    /// Whoever decided a row cannot approve it.
    OwnDecision,
    /// Nobody decided the row that is to be approved.
    NotDecided,
    /// Nothing would change.
    Same,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::NoCard => "every row has been looked at",
            Refusal::NothingToUndo => "nothing to undo",
            Refusal::NoCandidate => "no candidate has that number",
            Refusal::NoArea => "there is no such area",
            Refusal::NoReason => "a party is named with a reason only",
            Refusal::NoneAlike => "no other row asks nearly the same",
            Refusal::NoneAbove => "no open row is that sure",
            Refusal::NoRow => "there is no such row",
            Refusal::NoneBefore => "there is no card before this",
            Refusal::NoFurther => "there is no card further on",
            Refusal::OwnDecision => "you decided this row yourself; somebody else approves it",
            Refusal::NotDecided => "nobody decided this row yet",
            Refusal::Same => "that changes nothing",
        })
    }
}

impl std::error::Error for Refusal {}

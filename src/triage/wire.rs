//! The lines of a journal: one JSON object each.

use serde::{Deserialize, Serialize};

use crate::domain::{AreaId, NamedParty, Party, Status};

use super::entry::{Act, Entry, Mark, RowKey, Set, Stamp};

/// The version of the format; it goes up when an older program could no longer read what is written.
pub(super) const VERSION: u32 = 1;

/// How a journal begins.
pub(super) const BEGINNING: &str = "{\"whose-triage\":";

/// Where a journal's rows come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A questionnaire that lies elsewhere.
    #[default]
    Questionnaire,
    /// Typed one by one; the journal itself has them.
    Typed,
}

impl Origin {
    fn is_questionnaire(&self) -> bool {
        *self == Origin::Questionnaire
    }
}

/// What a session says of itself when it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The format; [`Journal::open`](super::Journal::open) writes its own.
    #[serde(rename = "whose-triage")]
    pub version: u32,
    /// The version of the program.
    pub tool: String,
    /// When, in UTC.
    #[serde(default)]
    pub at: String,
    /// The reviewer.
    #[serde(default)]
    pub by: String,
    /// The process.
    #[serde(default)]
    pub pid: u32,
    /// Where the rows come from.
    #[serde(default, skip_serializing_if = "Origin::is_questionnaire")]
    pub origin: Origin,
    /// The questionnaire's name.
    #[serde(default)]
    pub file: String,
    /// The questionnaire's digest, as `sha256:…`.
    #[serde(default)]
    pub questionnaire: String,
    /// The digest of the mapping files.
    #[serde(default)]
    pub mappings: String,
    /// The provider's id.
    pub provider: String,
    /// The deployment model's id.
    pub model: String,
}

/// A line as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Opening(Box<Opening>),
    Set(SetLine),
    Undo(UndoLine),
    Ask(AskLine),
    Wrote(WroteLine),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SetLine {
    n: u64,
    #[serde(default)]
    at: String,
    #[serde(default)]
    by: String,
    set: Vec<SetRow>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UndoLine {
    n: u64,
    #[serde(default)]
    at: String,
    #[serde(default)]
    by: String,
    undo: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AskLine {
    n: u64,
    #[serde(default)]
    at: String,
    #[serde(default)]
    by: String,
    ask: String,
}

/// An export was written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WroteLine {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) wrote: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct SetRow {
    /// Counted from 1.
    row: usize,
    #[serde(default)]
    id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    section: String,
    question: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    same: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    after: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    nth: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<Word>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    areas: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    party: Option<Named>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
    /// Who decided it, where that is not who wrote the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided: Option<WireStamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approved: Option<WireStamp>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WireStamp {
    #[serde(default)]
    at: String,
    #[serde(default)]
    by: String,
}

impl From<&Stamp> for WireStamp {
    fn from(Stamp { at, by }: &Stamp) -> WireStamp {
        WireStamp { at: at.clone(), by: by.clone() }
    }
}

impl From<WireStamp> for Stamp {
    fn from(WireStamp { at, by }: WireStamp) -> Stamp {
        Stamp { by, at }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Named {
    party: PartyWord,
    reason: String,
}

/// What a mark may say of a row; a journal that says anything else is damaged.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Confirmed,
    Corrected,
    Skipped,
    NotApplicable,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PartyWord {
    Provider,
    Customer,
    Shared,
}

fn one() -> usize {
    1
}

fn is_one(number: &usize) -> bool {
    *number == 1
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Word {
    fn of(status: Status) -> Option<Word> {
        match status {
            Status::Confirmed => Some(Word::Confirmed),
            Status::Corrected => Some(Word::Corrected),
            Status::Skipped => Some(Word::Skipped),
            Status::NotApplicable => Some(Word::NotApplicable),
            Status::Auto | Status::Review | Status::Unmatched => None,
        }
    }

    fn status(self) -> Status {
        match self {
            Word::Confirmed => Status::Confirmed,
            Word::Corrected => Status::Corrected,
            Word::Skipped => Status::Skipped,
            Word::NotApplicable => Status::NotApplicable,
        }
    }
}

impl PartyWord {
    fn of(party: Party) -> Option<PartyWord> {
        match party {
            Party::Provider => Some(PartyWord::Provider),
            Party::Customer => Some(PartyWord::Customer),
            Party::Shared => Some(PartyWord::Shared),
            Party::ThirdParty | Party::Unaddressed => None,
        }
    }

    fn party(self) -> Party {
        match self {
            PartyWord::Provider => Party::Provider,
            PartyWord::Customer => Party::Customer,
            PartyWord::Shared => Party::Shared,
        }
    }
}

impl Line {
    /// Its number, where it is an entry.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Line::Set(line) => Some(line.n),
            Line::Undo(line) => Some(line.n),
            Line::Ask(line) => Some(line.n),
            Line::Opening(_) | Line::Wrote(_) => None,
        }
    }
}

impl From<&Entry> for Line {
    fn from(entry: &Entry) -> Line {
        let (n, Stamp { at, by }) = (entry.number, entry.stamp.clone());
        match &entry.act {
            Act::Undo(undo) => Line::Undo(UndoLine { n, at, by, undo: *undo }),
            Act::Set(sets) => {
                let set = sets.iter().map(|set| SetRow::of(set, &entry.stamp)).collect();
                Line::Set(SetLine { n, at, by, set })
            }
            Act::Ask(ask) => Line::Ask(AskLine { n, at, by, ask: ask.clone() }),
        }
    }
}

impl SetRow {
    fn of(Set { key, mark }: &Set, stamp: &Stamp) -> SetRow {
        let named = mark.named.as_ref();
        SetRow {
            row: key.row + 1,
            id: key.id.clone(),
            section: key.section.clone(),
            question: key.question.clone(),
            same: key.same,
            after: key.after.clone(),
            nth: key.nth,
            status: mark.status.and_then(Word::of),
            areas: mark.areas.iter().map(ToString::to_string).collect(),
            party: named.and_then(|named| {
                Some(Named { party: PartyWord::of(named.party)?, reason: named.reason.clone() })
            }),
            note: mark.note.clone(),
            decided: (mark.stamp != *stamp).then(|| WireStamp::from(&mark.stamp)),
            approved: mark.approved.as_ref().map(WireStamp::from),
        }
    }
}

impl SetLine {
    pub(super) fn entry(self) -> Entry {
        let stamp = Stamp { by: self.by, at: self.at };
        let sets = self.set.into_iter().map(|row| row.set(&stamp)).collect();
        Entry { number: self.n, stamp, act: Act::Set(sets) }
    }
}

impl UndoLine {
    pub(super) fn entry(self) -> Entry {
        Entry { number: self.n, stamp: Stamp { by: self.by, at: self.at }, act: Act::Undo(self.undo) }
    }
}

impl AskLine {
    pub(super) fn entry(self) -> Entry {
        Entry { number: self.n, stamp: Stamp { by: self.by, at: self.at }, act: Act::Ask(self.ask) }
    }
}

impl SetRow {
    fn set(self, stamp: &Stamp) -> Set {
        let key = RowKey {
            row: self.row.saturating_sub(1),
            id: self.id,
            section: self.section,
            question: self.question,
            same: self.same,
            after: self.after,
            nth: self.nth,
        };
        let named = self.party.map(|named| NamedParty { party: named.party.party(), reason: named.reason });
        let areas = self.areas.iter().map(|area| AreaId::new(area)).collect();
        let status = self.status.map(Word::status);
        let stamp = self.decided.map_or_else(|| stamp.clone(), Stamp::from);
        let approved = self.approved.map(Stamp::from);
        Set { key, mark: Mark { status, areas, named, note: self.note, stamp, approved } }
    }
}

//! Finds the rows of a questionnaire again after it was changed: by the question, and by what stands around it where
//! several rows ask the same. Where that is not certain, a decision is not moved and the row is asked again.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{AreaId, Question};
use crate::matching::folded;

use super::entry::{Act, Entry, RowKey};

/// Share of their words that two questions have in common where one is the other, changed.
const CHANGED: f64 = 0.4;

/// What became of decisions made before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Followed {
    /// Decisions that stand in another row than they did.
    pub moved: usize,
    /// Rows whose question has changed since they were decided, so that they are asked again.
    pub changed: Vec<Changed>,
    /// Decided rows that are no longer there, as they were.
    pub gone: Vec<RowKey>,
    /// Rows that were filed under an area that no longer exists, so that they are asked again.
    pub unknown_areas: Vec<(usize, AreaId)>,
}

/// A row whose question has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its index among all rows.
    pub row: usize,
    /// Its id.
    pub id: String,
    /// The question as it was.
    pub before: String,
}

/// How the rows of a questionnaire are found again.
pub(super) fn keys<'q>(questions: impl Iterator<Item = &'q Question> + Clone) -> Vec<RowKey> {
    let mut same: BTreeMap<&str, usize> = BTreeMap::new();
    for question in questions.clone() {
        *same.entry(&question.text).or_default() += 1;
    }
    let mut seen: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
    let mut before = "";
    let mut keys = Vec::new();
    for (row, question) in questions.enumerate() {
        let same = same[question.text.as_str()];
        let after = if same > 1 { before } else { "" };
        let nth = seen.entry((&question.text, after, &question.section, &question.id)).or_default();
        keys.push(RowKey {
            row,
            id: question.id.clone(),
            section: question.section.clone(),
            question: question.text.clone(),
            same,
            after: after.to_owned(),
            nth: *nth,
        });
        *nth += 1;
        before = &question.text;
    }
    keys
}

/// Tells where the rows of entries stand now.
pub(super) struct Follower<'k> {
    now: &'k [RowKey],
    /// Where each row that was decided stands now; the row's index then says nothing.
    places: BTreeMap<RowKey, Option<usize>>,
    /// What still stands of the entries: each row as it was last decided.
    standing: Vec<RowKey>,
}

impl<'k> Follower<'k> {
    pub(super) fn new(now: &'k [RowKey], entries: &[Entry]) -> Follower<'k> {
        let by_question = by_question(now);
        let undone: BTreeSet<u64> = entries.iter().filter_map(undone).collect();
        let (mut places, mut last) = (BTreeMap::new(), BTreeMap::new());
        for entry in entries {
            let Act::Set(sets) = &entry.act else { continue };
            for set in sets {
                let key = nowhere(&set.key);
                places.entry(key.clone()).or_insert_with(|| place(&set.key, &by_question, now));
                let stands = !undone.contains(&entry.number) && set.mark.status.is_some();
                if stands {
                    last.insert(key, set.key.clone());
                }
            }
        }
        Follower { now, places, standing: last.into_values().collect() }
    }

    /// Where a row stands now.
    pub(super) fn row(&self, key: &RowKey) -> Option<usize> {
        self.places.get(&nowhere(key)).copied().flatten()
    }

    /// Tells what moved, changed and is gone.
    pub(super) fn tell(&self, followed: &mut Followed) {
        let found: BTreeSet<usize> = self.places.values().copied().flatten().collect();
        let mut by_id: BTreeMap<(&str, &str), Vec<&RowKey>> = BTreeMap::new();
        for now in self.now.iter().filter(|now| !found.contains(&now.row)) {
            by_id.entry((&now.id, &now.section)).or_default().push(now);
        }
        let mut moved = BTreeSet::new();
        let mut standing: Vec<&RowKey> = self.standing.iter().collect();
        standing.sort();
        for key in standing {
            if let Some(row) = self.row(key) {
                if row != key.row {
                    moved.insert(row);
                }
                continue;
            }
            let changed = |now: &RowKey| in_common(&now.question, &key.question) >= CHANGED;
            let asked = by_id.get(&(key.id.as_str(), key.section.as_str())).into_iter().flatten();
            match asked.copied().find(|now| changed(now)) {
                Some(now) => {
                    // Of a row that changed twice, the later wording counts.
                    followed.changed.retain(|told| told.row != now.row);
                    let (id, before) = (now.id.clone(), key.question.clone());
                    followed.changed.push(Changed { row: now.row, id, before });
                }
                None => followed.gone.push(key.clone()),
            }
        }
        followed.moved = moved.len();
    }
}

fn undone(entry: &Entry) -> Option<u64> {
    match entry.act {
        Act::Undo(number) => Some(number),
        Act::Set(_) | Act::Ask(_) => None,
    }
}

/// The key without the row's index: a row that only moved is the same.
fn nowhere(key: &RowKey) -> RowKey {
    RowKey { row: 0, ..key.clone() }
}

fn by_question(now: &[RowKey]) -> BTreeMap<&str, Vec<usize>> {
    let mut rows: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for key in now {
        rows.entry(&key.question).or_default().push(key.row);
    }
    rows
}

/// Where a row stands now; nothing where more than one could be meant.
fn place(key: &RowKey, by_question: &BTreeMap<&str, Vec<usize>>, now: &[RowKey]) -> Option<usize> {
    let rows = by_question.get(key.question.as_str())?;
    if let ([only], 1) = (rows.as_slice(), key.same) {
        return Some(*only);
    }
    let same_place = |other: &RowKey| other.id == key.id && other.section == key.section;
    let before = |other: &RowKey| other.row.checked_sub(1).map_or("", |row| now[row].question.as_str());
    let follows = |other: &RowKey| before(other) == key.after;
    let only = |is_it: &dyn Fn(&RowKey) -> bool| {
        let mut meant = rows.iter().filter(|row| is_it(&now[**row]));
        meant.next().filter(|_| meant.next().is_none()).copied()
    };
    if key.same == 1 {
        return only(&same_place);
    }
    // What stands before it tells follow-ups apart; ids that only count rows do not.
    only(&|other| same_place(other) && follows(other) && other.nth == key.nth)
        .or_else(|| only(&|other| follows(other) && other.section == key.section))
        .or_else(|| only(&follows))
}

/// The share of words that two texts have in common, 0 to 1.
fn in_common(one: &str, other: &str) -> f64 {
    let (one, other) = (folded(one), folded(other));
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let (one, other) = (words(&one), words(&other));
    let shared = one.intersection(&other).count();
    let all = one.union(&other).count();
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}

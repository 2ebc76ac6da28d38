use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::assignment::Assignment;
use crate::catalog::{Area, Catalog};
use crate::decisions::Earlier;
use crate::domain::{AreaId, Status};
use crate::labelled::Provenance;
use crate::matching::Candidate;

use super::action::{Action, Event, Line, Refusal};
use super::alike::AlikeRows;
use super::card::{Alike, Card, Offer};
use super::entry::{Act, Entry, Mark, RowKey, Set, Stamp};
use super::follow::{self, Followed, Follower};
use super::summary::Summary;

/// A questionnaire being settled, or questions that are typed one by one.
#[derive(Clone, Debug)]
pub struct Session<'a> {
    catalog: &'a Catalog,
    rows: Vec<Row<'a>>,
    /// How each row is found again; nothing while rows came since that was last needed.
    keys: Option<Arc<[RowKey]>>,
    alike: AlikeRows,
    /// Whether questions are typed, so that it grows.
    is_typed: bool,
    /// Indices of the rows that are walked, in order.
    walk: Vec<usize>,
    /// The place in the walk; its length where every row has been looked at.
    at: usize,
    /// Entries that were not taken back, with the rows that they marked, oldest first.
    standing: Vec<(u64, Vec<usize>)>,
    /// The highest number of an entry.
    number: u64,
    /// Rows whose question has changed since they were decided, with the question as it was.
    changed: BTreeMap<usize, String>,
    /// Whether nothing was left but rows passed over when the walk began, so that these are asked.
    asks_skipped: bool,
    /// Rows that were passed over since.
    passed: BTreeSet<usize>,
    /// Who approves what others decided, where that is what is done.
    approver: Option<String>,
}

#[derive(Clone, Debug)]
struct Row<'a> {
    proposed: Assignment<'a>,
    /// What was said of it and not taken back, with the entry's number, the latest last.
    marks: Vec<(u64, Mark)>,
    /// The row whose question it hangs on.
    hangs_on: Option<usize>,
    /// Whether it has no sense without that question.
    hangs: bool,
}

/// A row of which something was said.
pub(super) struct Decided<'s> {
    pub(super) question: &'s str,
    /// Whether it has no sense without the question before.
    pub(super) hangs: bool,
    /// Whether it was taken for what it was because of what stands around it.
    pub(super) is_carried: bool,
    /// All that was said and not taken back, with the entries' numbers, the latest last.
    pub(super) marks: &'s [(u64, Mark)],
}

impl<'a> Row<'a> {
    fn new(proposed: Assignment<'a>) -> Row<'a> {
        Row { proposed, marks: Vec::new(), hangs_on: None, hangs: false }
    }

    fn said(&self) -> Option<&Mark> {
        self.marks.last().map(|(_, mark)| mark)
    }

    /// Whether it was taken for what it was because of what stands around it.
    fn is_carried(&self) -> bool {
        let area = self.proposed.area();
        let best = self.proposed.candidates.iter().find(|candidate| candidate.area.as_ref() == area);
        // What a person decided before was not taken from there.
        let is_ruled = matches!(self.proposed.earlier, Some(Earlier::Settled(_)));
        let is_carried = || best.is_some_and(|best| best.evidence.from_context >= CARRIED);
        self.hangs || (area.is_some() && !is_ruled && is_carried())
    }

    /// What a person decided, here or on the same wording before.
    fn settled(&self) -> Option<Mark> {
        let said = self.said().filter(|mark| mark.is_settled()).cloned();
        said.or_else(|| {
            let proposed = &self.proposed;
            let Some(Earlier::Settled(decision)) = &proposed.earlier else { return None };
            let Provenance { decided, .. } = &decision.provenance;
            let stamp = |by: &str, at: &str| Stamp { by: by.to_owned(), at: at.to_owned() };
            let approver = Some(&proposed.approver).filter(|by| !by.is_empty());
            Some(Mark {
                status: Some(proposed.status),
                areas: self.areas(),
                named: proposed.named.clone(),
                note: self.said().map_or(String::new(), |mark| mark.note.clone()),
                stamp: stamp(&proposed.reviewer, decided),
                approved: approver.map(|by| stamp(by, &decision.provenance.approved)),
            })
        })
    }

    fn status(&self) -> Option<Status> {
        self.said().and_then(|mark| mark.status)
    }

    fn is_settled(&self) -> bool {
        self.said().is_some_and(Mark::is_settled)
    }

    fn areas(&self) -> Vec<AreaId> {
        self.proposed.resolutions.iter().map(|resolution| resolution.area.id.clone()).collect()
    }
}

/// The share of its surroundings in what a question was taken for, from which on it is carried by them.
const CARRIED: f64 = 0.3;

/// How many rows back a question is looked for that another one hangs on.
const FARTHEST: usize = 200;

/// What a card offers with numbers.
const OFFERS: usize = 5;

/// What an action comes to.
enum Plan {
    Set(Vec<(usize, Mark)>),
    Undo(u64),
    MoveTo(usize),
    GoTo(usize),
    /// To the next row that is open.
    MoveOn,
}

impl<'a> Session<'a> {
    /// All rows of a questionnaire, in its order; `line` says which are walked.
    pub fn new(catalog: &'a Catalog, assignments: Vec<Assignment<'a>>, line: Line) -> Session<'a> {
        let mut alike = AlikeRows::default();
        assignments.iter().for_each(|row| alike.push(&row.question));
        let walked = |row: &Assignment<'_>| {
            let disputed = matches!(row.earlier, Some(Earlier::Disputed(_)));
            line.takes(row.status, row.confidence, disputed)
        };
        let walk = (0..assignments.len()).filter(|row| walked(&assignments[*row])).collect();
        Session {
            catalog,
            rows: assignments.into_iter().map(Row::new).collect(),
            keys: None,
            alike,
            is_typed: false,
            walk,
            at: 0,
            standing: Vec::new(),
            number: 0,
            changed: BTreeMap::new(),
            asks_skipped: false,
            passed: BTreeSet::new(),
            approver: None,
        }
    }

    /// From now on `by` walks what others decided and nobody approved, to approve it or to decide anew; with `all`, what
    /// is approved too.
    pub fn approve(&mut self, by: &str, all: bool) {
        self.approver = Some(by.to_owned());
        let is_walked = |row: &usize| match self.rows[*row].settled() {
            Some(mark) => all || (mark.approved.is_none() && !is_same_person(&mark.stamp.by, by)),
            None => false,
        };
        self.walk = (0..self.rows.len()).filter(is_walked).collect();
        self.at = self.next_open(0);
    }

    /// Finds out what the rows from `first` on hang on, so that a follow-up is proposed what the question before it was
    /// decided as; `hangs` tells questions that have no sense alone.
    pub fn link(&mut self, first: usize, hangs: impl Fn(&str) -> bool) {
        for row in first..self.rows.len() {
            let question = &self.rows[row].proposed.question;
            let is_hanging = hangs(&question.text);
            let before = &self.rows[row.saturating_sub(FARTHEST)..row];
            let hangs_on = if question.parent.is_empty() {
                let last = before.last().map(|last| &last.proposed.question);
                last.filter(|last| is_hanging && last.section == question.section).map(|_| row - 1)
            } else {
                let is_parent = |other: &&Row<'_>| other.proposed.question.text == question.parent;
                before.iter().rev().position(|other| is_parent(&other)).map(|back| row - 1 - back)
            };
            self.rows[row].hangs = is_hanging;
            self.rows[row].hangs_on = hangs_on;
        }
    }

    /// The row that one hangs on and how that was decided, where it is about an area.
    fn above(&self, row: usize) -> Option<(usize, &Mark)> {
        let on = self.rows[row].hangs_on?;
        Some((on, self.rows[on].said().filter(|mark| mark.files() && !mark.areas.is_empty())?))
    }

    /// The same where one should be decided alike: it has no sense alone, or was taken for what it was because of what
    /// stands around it.
    fn follows(&self, row: usize) -> Option<(usize, &Mark)> {
        let (on, mark) = self.above(row)?;
        let row = &self.rows[row];
        // What a person decided on this very wording comes first.
        let is_settled = matches!(row.proposed.status, Status::Confirmed | Status::Corrected);
        (row.is_carried() && !is_settled && row.areas() != mark.areas).then_some((on, mark))
    }

    /// Follow-ups of a row that were decided before, and otherwise than it is now, by their indices.
    pub fn decided_otherwise_below(&self, row: usize) -> Vec<usize> {
        let Some(mark) = self.said(row).filter(|mark| mark.files()) else { return Vec::new() };
        let is_other = |below: &usize| {
            let Row { hangs_on, .. } = self.rows[*below];
            let said = self.rows[*below].said().filter(|said| said.files());
            hangs_on == Some(row)
                && self.rows[*below].is_carried()
                && said.is_some_and(|said| said.areas != mark.areas)
        };
        (row + 1..(row + 1 + FARTHEST).min(self.rows.len())).filter(is_other).collect()
    }

    /// What can be taken with a number.
    fn offers(&self, row: usize) -> Vec<Offer> {
        let followed = self.follows(row).map(|(_, mark)| mark.areas.clone());
        let above = self.above(row).map(|(_, mark)| mark.areas.clone());
        let row = &self.rows[row];
        let proposed = row.areas();
        let singles = proposed.iter().filter(|_| proposed.len() > 1).map(|area| vec![area.clone()]);
        let singles: Vec<Vec<AreaId>> = singles.collect();
        let candidates = row.proposed.candidates.iter().filter(|candidate| candidate.is_worth_showing());
        let candidates = candidates.map(|candidate| candidate.area.iter().cloned().collect());
        let all = followed.into_iter().chain([proposed]).chain(above).chain(singles).chain(candidates);
        let mut offers: Vec<Offer> = Vec::new();
        for areas in all {
            let is_meant = |candidate: &&Candidate| candidate.area.as_ref() == areas.first();
            let confidence =
                row.proposed.candidates.iter().find(is_meant).map(|candidate| candidate.confidence);
            if offers.len() < OFFERS && !offers.iter().any(|offer| offer.areas == areas) {
                offers.push(Offer { areas, confidence });
            }
        }
        offers
    }

    /// Questions that are typed, of which none is there yet. All will be walked.
    pub fn typed(catalog: &'a Catalog) -> Session<'a> {
        Session { is_typed: true, ..Session::new(catalog, Vec::new(), Line::All) }
    }

    /// Whether questions are typed.
    pub fn is_typed(&self) -> bool {
        self.is_typed
    }

    /// That a question was asked. The entry belongs into the journal before anything else is done; the row is what
    /// [`Session::push`] takes.
    pub fn ask(&mut self, question: &str, stamp: &Stamp) -> Entry {
        self.entry(stamp, Act::Ask(question.to_owned()))
    }

    /// Takes one more row, the last of all and walked whatever the matcher makes of it. It changes no other.
    pub fn push(&mut self, assignment: Assignment<'a>) {
        self.alike.push(&assignment.question);
        self.walk.push(self.rows.len());
        self.rows.push(Row::new(assignment));
        self.keys = None;
    }

    fn keys(&mut self) -> Arc<[RowKey]> {
        let rows = &self.rows;
        let keys = || follow::keys(rows.iter().map(|row| &row.proposed.question)).into();
        Arc::clone(self.keys.get_or_insert_with(keys))
    }

    /// Takes up what was decided before and goes to the first open row. Decisions follow the questions; what could not
    /// follow is told.
    pub fn resume(&mut self, entries: &[Entry]) -> Followed {
        let keys = self.keys();
        let follower = Follower::new(&keys, entries);
        let mut followed = Followed::default();
        for entry in entries {
            self.number = self.number.max(entry.number);
            match &entry.act {
                Act::Undo(number) => self.take_back(*number),
                // The rows are there already.
                Act::Ask(_) => {}
                Act::Set(sets) => {
                    let mut marks = Vec::new();
                    for Set { key, mark } in sets {
                        let Some(row) = follower.row(key) else { continue };
                        let unknown = |area: &&AreaId| self.catalog.area(area.as_str()).is_none();
                        match mark.areas.iter().find(unknown) {
                            Some(area) => followed.unknown_areas.push((row, area.clone())),
                            None => marks.push((row, mark.clone())),
                        }
                    }
                    self.put(entry.number, marks);
                }
            }
        }
        follower.tell(&mut followed);
        self.changed = followed.changed.iter().map(|told| (told.row, told.before.clone())).collect();
        for row in self.changed.keys().copied().collect::<Vec<_>>() {
            self.include(row);
        }
        let pending = self.walk.iter().any(|row| self.rows[*row].status().is_none());
        // Whoever types goes on typing; what was passed over is a key away.
        self.asks_skipped = !pending && !self.is_typed;
        self.at = self.next_open(0);
        followed
    }

    /// What is to be shown; nothing where every row of the walk has been looked at.
    pub fn card(&self) -> Option<Card<'_, 'a>> {
        let row = *self.walk.get(self.at)?;
        let shown = &self.rows[row];
        let others = self.alike.of(row).iter().filter(|other| **other != row);
        let alike = others.map(|other| {
            let Row { proposed, .. } = &self.rows[*other];
            let said = self.rows[*other].said();
            Alike { row: *other, id: &proposed.question.id, place: &proposed.question.place, said }
        });
        Some(Card {
            position: self.at + 1,
            total: self.walk.len(),
            left: self.left(),
            row,
            proposed: &shown.proposed,
            stands: self.as_proposed(row),
            said: shown.said(),
            hangs_on: match shown.hangs_on {
                Some(on) => &self.rows[on].proposed.question.text,
                None => &shown.proposed.question.parent,
            },
            offers: self.offers(row),
            follows: self.follows(row).filter(|_| shown.status().is_none()).map(|(on, mark)| {
                let question = &self.rows[on].proposed.question;
                Alike { row: on, id: &question.id, place: &question.place, said: Some(mark) }
            }),
            asked_before: self.changed.get(&row).filter(|_| shown.status().is_none()).map(String::as_str),
            alike: alike.collect(),
        })
    }

    /// Does what a person wants.
    ///
    /// # Errors
    /// Where nothing comes of it; the session is as it was.
    pub fn apply(&mut self, action: Action, stamp: &Stamp) -> Result<Event, Refusal> {
        let is_remark = matches!(action, Action::Note(_));
        if action == Action::Skip
            && let Some(row) = self.walk.get(self.at)
        {
            self.passed.insert(*row);
        }
        match self.plan(action, stamp)? {
            Plan::MoveTo(at) => {
                self.at = at;
                Ok(Event::Moved)
            }
            Plan::GoTo(row) => {
                self.at = self.include(row);
                Ok(Event::Moved)
            }
            Plan::MoveOn => {
                self.at = self.next_open(self.at + 1);
                Ok(Event::Moved)
            }
            Plan::Undo(number) => {
                let rows = self.standing.iter().rev().find(|(standing, _)| *standing == number);
                let first = rows.and_then(|(_, rows)| rows.first().copied());
                self.take_back(number);
                if let Some(row) = first {
                    self.passed.remove(&row);
                    self.at = self.include(row);
                }
                Ok(Event::Recorded(self.entry(stamp, Act::Undo(number))))
            }
            Plan::Set(marks) => {
                let keys = self.keys();
                let set = |(row, mark): &(usize, Mark)| Set { key: keys[*row].clone(), mark: mark.clone() };
                let sets = marks.iter().map(set).collect();
                let entry = self.entry(stamp, Act::Set(sets));
                self.put(entry.number, marks);
                if !is_remark {
                    self.at = self.next_open(self.at + 1);
                }
                Ok(Event::Recorded(entry))
            }
        }
    }

    /// The rows that an action would change, by their indices; none where nothing comes of it.
    pub fn changed_by(&self, action: Action) -> Vec<usize> {
        match self.plan(action, &Stamp::default()) {
            Ok(Plan::Set(marks)) => marks.into_iter().map(|(row, _)| row).collect(),
            _ => Vec::new(),
        }
    }

    /// How many these are.
    pub fn would_change(&self, action: Action) -> usize {
        self.changed_by(action).len()
    }

    /// The rows as they will be exported, in the questionnaire's order.
    pub fn assignments(&self) -> impl Iterator<Item = Assignment<'a>> + '_ {
        (0..self.rows.len()).map(|row| self.as_it_stands(row))
    }

    /// A row as it will be exported.
    pub fn stands(&self, row: usize) -> Option<Assignment<'a>> {
        (row < self.rows.len()).then(|| self.as_it_stands(row))
    }

    /// The rows that were settled, here or on the same wording before, and that nobody approved.
    pub fn unapproved(&self) -> impl Iterator<Item = Assignment<'a>> + '_ {
        (0..self.rows.len())
            .filter(|row| self.rows[*row].settled().is_some_and(|mark| mark.approved.is_none()))
            .map(|row| self.as_it_stands(row))
    }

    /// Whether decisions are approved, rather than made.
    pub fn is_approving(&self) -> bool {
        self.approver.is_some()
    }

    /// How far it has come.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        let walked: BTreeSet<usize> = self.walk.iter().copied().collect();
        for row in 0..self.rows.len() {
            let stands = self.as_it_stands(row);
            let said = self.rows[row].said();
            summary.count(said, &stands, walked.contains(&row), self.is_pending(row));
            summary.skipped += usize::from(self.approver.is_some() && self.passed.contains(&row));
        }
        summary
    }

    /// The row that a person means by its id, or by its place in the walk, counted from 1.
    pub fn find(&self, meant: &str) -> Option<usize> {
        let meant = meant.trim();
        let place = || meant.parse::<usize>().ok().and_then(|place| self.walk.get(place.checked_sub(1)?));
        let named = || {
            let is_meant = |row: &Row<'_>| row.proposed.question.id.eq_ignore_ascii_case(meant);
            self.rows.iter().position(is_meant).filter(|_| !meant.is_empty())
        };
        named().or_else(|| place().copied())
    }

    /// All rows, walked or not.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// What is proposed for a row.
    pub fn proposed(&self, row: usize) -> Option<&Assignment<'a>> {
        self.rows.get(row).map(|row| &row.proposed)
    }

    /// What was said of a row.
    pub fn said(&self, row: usize) -> Option<&Mark> {
        self.rows.get(row).and_then(Row::said)
    }

    /// The rows of which something was said.
    pub(super) fn decided(&self) -> impl Iterator<Item = Decided<'_>> {
        let said = self.rows.iter().filter(|row| !row.marks.is_empty());
        said.map(|row| Decided {
            question: &row.proposed.question.text,
            hangs: row.hangs,
            is_carried: row.is_carried(),
            marks: &row.marks,
        })
    }

    /// Gives what a row is proposed for its evidence; confidence and order stay.
    pub fn explain(&mut self, row: usize, explained: &Assignment<'a>) {
        let Some(row) = self.rows.get_mut(row) else { return };
        for candidate in &mut row.proposed.candidates {
            if let Some(known) = explained.candidates.iter().find(|known| known.area == candidate.area) {
                let from_context = candidate.evidence.from_context;
                candidate.evidence = known.evidence.clone();
                candidate.evidence.from_context = from_context;
            }
        }
    }

    fn entry(&mut self, stamp: &Stamp, act: Act) -> Entry {
        self.number += 1;
        Entry { number: self.number, stamp: stamp.clone(), act }
    }

    fn put(&mut self, number: u64, marks: Vec<(usize, Mark)>) {
        let rows: Vec<usize> = marks.iter().map(|(row, _)| *row).collect();
        for (row, mark) in marks {
            self.rows[row].marks.push((number, mark));
        }
        self.ask_what_hangs_on(&rows);
        self.standing.push((number, rows));
    }

    /// Has rows walked that were sure to be what the question before them turned out not to be.
    fn ask_what_hangs_on(&mut self, decided: &[usize]) {
        let decided: BTreeSet<usize> = decided.iter().copied().collect();
        let (Some(first), Some(last)) = (decided.first(), decided.last()) else { return };
        if self.approver.is_some() {
            return;
        }
        for row in first + 1..(last + 1 + FARTHEST).min(self.rows.len()) {
            let on = self.rows[row].hangs_on;
            let is_open = self.rows[row].said().is_none() && on.is_some_and(|on| decided.contains(&on));
            if is_open && self.follows(row).is_some() {
                self.include(row);
            }
        }
    }

    fn take_back(&mut self, number: u64) {
        self.standing.retain(|(standing, rows)| {
            let is_meant = *standing == number;
            if is_meant {
                rows.iter().for_each(|row| self.rows[*row].marks.retain(|(by, _)| *by != number));
            }
            !is_meant
        });
    }

    fn plan(&self, action: Action, stamp: &Stamp) -> Result<Plan, Refusal> {
        let here = || self.walk.get(self.at).copied().ok_or(Refusal::NoCard);
        match action {
            Action::Undo => {
                let last = self.standing.iter().rev().find(|(_, rows)| !rows.is_empty());
                last.map(|(number, _)| Plan::Undo(*number)).ok_or(Refusal::NothingToUndo)
            }
            Action::Back => self.at.checked_sub(1).map(Plan::MoveTo).ok_or(Refusal::NoneBefore),
            Action::Forward => here().map(|_| Plan::MoveTo(self.at + 1)).map_err(|_| Refusal::NoFurther),
            Action::GoTo(row) if row < self.rows.len() => Ok(Plan::GoTo(row)),
            Action::GoTo(_) => Err(Refusal::NoRow),
            Action::AcceptAbove(line) => self.plan_above(line, stamp),
            Action::SameForAlike => self.plan_alike(here()?, stamp),
            // What was decided stays as it is.
            Action::Skip if self.approver.is_some() => here().map(|_| Plan::MoveOn),
            marking => {
                let row = here()?;
                let mark = self.mark(row, marking, stamp)?;
                let said = self.rows[row].said();
                let same = said.map_or(mark.says(&Mark::default()), |said| said.says(&mark));
                match mark.status {
                    // To decide it once more takes one on.
                    Some(_) if same => Ok(Plan::MoveOn),
                    None if same => Err(Refusal::Same),
                    _ => Ok(Plan::Set(vec![(row, mark)])),
                }
            }
        }
    }

    /// What an action that is about one row says of it.
    fn mark(&self, index: usize, action: Action, stamp: &Stamp) -> Result<Mark, Refusal> {
        let row = &self.rows[index];
        let blank = self.blank(index, stamp);
        match action {
            Action::Accept if self.approver.is_some() => self.approved(index, stamp),
            // What was decided stands.
            Action::Accept if row.is_settled() => Ok(row.said().cloned().unwrap_or(blank)),
            // The first offer is what the card proposes, with the document's party.
            Action::Accept | Action::Take(1) => {
                let areas = self.offers(index).swap_remove(0).areas;
                Ok(Mark { status: Some(Status::Confirmed), areas, ..blank })
            }
            Action::Take(number) => {
                let mut offers = self.offers(index).into_iter();
                let offer = number.checked_sub(1).and_then(|number| offers.nth(number));
                Ok(self.refiled(index, offer.ok_or(Refusal::NoCandidate)?.areas, blank))
            }
            Action::Choose(mut areas) => {
                if areas.iter().any(|area| self.catalog.area(area.as_str()).is_none()) {
                    return Err(Refusal::NoArea);
                }
                let mut seen = BTreeSet::new();
                areas.retain(|area| seen.insert(area.clone()));
                Ok(self.refiled(index, areas, blank))
            }
            Action::Name(named) if named.reason.trim().is_empty() => Err(Refusal::NoReason),
            Action::Name(named) => {
                // The areas that a person chose stay.
                let chosen = row.said().filter(|mark| mark.files()).map(|mark| mark.areas.clone());
                let proposed = || self.offers(index).swap_remove(0).areas;
                let mark = self.filed(index, chosen.unwrap_or_else(proposed), blank);
                Ok(Mark { status: Some(Status::Corrected), named: Some(named), ..mark })
            }
            Action::Note(note) => {
                let said = row.said().cloned().unwrap_or_default();
                // Who decided a row stays who decided it.
                let stamp = if said.is_settled() { said.stamp.clone() } else { stamp.clone() };
                Ok(Mark { note: note.trim().to_owned(), stamp, ..said })
            }
            Action::NotApplicable => Ok(Mark { status: Some(Status::NotApplicable), ..blank }),
            Action::Skip => Ok(Mark { status: Some(Status::Skipped), ..blank }),
            // These are about no row, or about several.
            Action::Undo | Action::Back | Action::Forward | Action::GoTo(_) => Err(Refusal::Same),
            Action::AcceptAbove(_) | Action::SameForAlike => Err(Refusal::Same),
        }
    }

    /// What was decided, approved by whoever acts.
    fn approved(&self, row: usize, stamp: &Stamp) -> Result<Mark, Refusal> {
        let said = self.rows[row].settled().ok_or(Refusal::NotDecided)?;
        match said.approved {
            Some(_) => Ok(said),
            None if is_same_person(&said.stamp.by, &stamp.by) => Err(Refusal::OwnDecision),
            None => Ok(Mark { approved: Some(stamp.clone()), ..said }),
        }
    }

    /// A mark that says nothing yet; a remark that is there stays.
    fn blank(&self, row: usize, stamp: &Stamp) -> Mark {
        let note = self.rows[row].said().map_or(String::new(), |mark| mark.note.clone());
        Mark { note, stamp: stamp.clone(), ..Mark::default() }
    }

    fn plan_above(&self, line: f64, stamp: &Stamp) -> Result<Plan, Refusal> {
        if self.approver.is_some() {
            // How sure the matcher was says nothing of what a person decided in its place.
            let is_as_proposed = |row: &Row<'_>| {
                row.settled().is_some_and(|mark| mark.named.is_none() && mark.areas == row.areas())
            };
            let sure = |row: &&usize| {
                let Row { proposed, .. } = &self.rows[**row];
                self.is_pending(**row) && proposed.confidence >= line && is_as_proposed(&self.rows[**row])
            };
            let approve = |row: &usize| Some((*row, self.approved(*row, stamp).ok()?));
            let marks: Vec<(usize, Mark)> = self.walk.iter().filter(sure).filter_map(approve).collect();
            return if marks.is_empty() { Err(Refusal::NoneAbove) } else { Ok(Plan::Set(marks)) };
        }
        let sure = |row: &&usize| {
            let Row { proposed, .. } = &self.rows[**row];
            let disputed = matches!(proposed.earlier, Some(Earlier::Disputed(_)));
            self.rows[**row].status().is_none()
                && !disputed
                && proposed.area().is_some()
                && proposed.confidence >= line
                && self.follows(**row).is_none()
        };
        let accept = |row: &usize| (*row, self.filed(*row, self.rows[*row].areas(), self.blank(*row, stamp)));
        let marks: Vec<(usize, Mark)> = self.walk.iter().filter(sure).map(accept).collect();
        if marks.is_empty() { Err(Refusal::NoneAbove) } else { Ok(Plan::Set(marks)) }
    }

    fn plan_alike(&self, index: usize, stamp: &Stamp) -> Result<Plan, Refusal> {
        let (row, alike) = (&self.rows[index], self.alike.of(index));
        if alike.len() < 2 {
            return Err(Refusal::NoneAlike);
        }
        let latest = || {
            let marks = alike.iter().filter_map(|other| self.rows[*other].marks.last());
            marks
                .filter(|(_, mark)| mark.is_settled())
                .max_by_key(|(number, _)| *number)
                .map(|(_, mark)| mark)
        };
        let own = row.said().filter(|mark| mark.is_settled()).or_else(latest).cloned();
        let proposed = || self.offers(index).swap_remove(0).areas;
        let given = own.unwrap_or_else(|| self.filed(index, proposed(), self.blank(index, stamp)));
        let open = alike.iter().filter(|other| !self.rows[**other].is_settled());
        let marks: Vec<(usize, Mark)> = open
            .map(|other| {
                let mut blank = self.blank(*other, stamp);
                if blank.note.is_empty() {
                    blank.note.clone_from(&given.note);
                }
                let mark = match given.status {
                    Some(Status::NotApplicable) => Mark { status: given.status, ..blank },
                    _ => self.filed(*other, given.areas.clone(), blank),
                };
                match &given.named {
                    Some(_) => (*other, Mark { status: given.status, named: given.named.clone(), ..mark }),
                    None => (*other, mark),
                }
            })
            .collect();
        if marks.is_empty() { Err(Refusal::Same) } else { Ok(Plan::Set(marks)) }
    }

    /// A mark that files a row under areas: it is confirmed where these are proposed, else corrected.
    fn filed(&self, row: usize, areas: Vec<AreaId>, blank: Mark) -> Mark {
        let agreed = self.rows[row].areas() == areas;
        let status = if agreed { Status::Confirmed } else { Status::Corrected };
        Mark { status: Some(status), areas, ..blank }
    }

    /// The same under other areas; a party that a person named before stays named.
    fn refiled(&self, row: usize, areas: Vec<AreaId>, blank: Mark) -> Mark {
        let mark = self.filed(row, areas, blank);
        match self.rows[row].said().and_then(|said| said.named.clone()) {
            None => mark,
            named => Mark { status: Some(Status::Corrected), named, ..mark },
        }
    }

    /// A row as its card shows it: as it will be exported, or, where nothing was said of it, as the question that it
    /// hangs on was decided.
    fn as_proposed(&self, row: usize) -> Assignment<'a> {
        let mut assignment = self.as_it_stands(row);
        if let Some((_, mark)) = self.follows(row).filter(|_| self.rows[row].status().is_none()) {
            let areas: Vec<&'a Area> =
                mark.areas.iter().filter_map(|area| self.catalog.area(area.as_str())).collect();
            let status = assignment.status;
            assignment.settle(&areas);
            assignment.set_aside(status);
        }
        assignment
    }

    fn as_it_stands(&self, index: usize) -> Assignment<'a> {
        let row = &self.rows[index];
        let mut assignment = row.proposed.clone();
        let Some(mark) = row.said() else {
            // What the question before it turned out not to be, this one is not surely.
            if assignment.status == Status::Auto && self.follows(index).is_some() {
                assignment.set_aside(Status::Review);
            }
            return assignment;
        };
        if mark.files() {
            let areas: Vec<&'a Area> =
                mark.areas.iter().filter_map(|area| self.catalog.area(area.as_str())).collect();
            assignment.settle(&areas);
            if let Some(named) = &mark.named {
                assignment.name_party(named.clone());
            }
        }
        if let Some(status) = mark.status {
            // Whether a person agreed was told when it was decided, whatever is proposed now.
            assignment.set_aside(status);
            assignment.reviewer.clone_from(&mark.stamp.by);
            assignment.approver = mark.approved.as_ref().map_or(String::new(), |stamp| stamp.by.clone());
        }
        assignment.remarked.clone_from(&mark.note);
        assignment
    }

    fn is_pending(&self, row: usize) -> bool {
        if let Some(approver) = &self.approver {
            let awaits = |mark: Mark| mark.approved.is_none() && !is_same_person(&mark.stamp.by, approver);
            return self.rows[row].settled().is_some_and(awaits) && !self.passed.contains(&row);
        }
        match self.rows[row].status() {
            None => true,
            Some(Status::Skipped) => self.asks_skipped && !self.passed.contains(&row),
            Some(_) => false,
        }
    }

    fn left(&self) -> usize {
        self.walk.iter().filter(|row| self.is_pending(**row)).count()
    }

    /// The next place whose row is open, from a place on and then from the beginning; the end where there is none.
    fn next_open(&self, from: usize) -> usize {
        let count = self.walk.len();
        let from = from.min(count);
        let mut places = (from..count).chain(0..from);
        places.find(|at| self.is_pending(self.walk[*at])).unwrap_or(count)
    }

    /// Has a row walked and gives its place.
    fn include(&mut self, row: usize) -> usize {
        match self.walk.binary_search(&row) {
            Ok(at) => at,
            Err(at) => {
                self.walk.insert(at, row);
                if self.at >= at {
                    self.at += 1;
                }
                at
            }
        }
    }
}

/// Names are typed by people.
fn is_same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

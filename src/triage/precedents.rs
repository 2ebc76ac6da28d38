use std::collections::{HashMap, HashSet};

use crate::decisions::{Decision, Decisions, Deployment, Identity, Kept, TakenBack};
use crate::domain::Status;
use crate::formula::guard;
use crate::labelled::Provenance;
use crate::matching::folded;
use crate::safe_text::one_line;

use super::entry::{Act, Entry, Mark, Set, Stamp};
use super::session::Session;

/// Tells the decisions that were made here from those of others: what a questionnaire's own journal says needs no
/// precedent.
pub fn made_here(entries: &[Entry]) -> impl Fn(&Decision) -> bool + use<> {
    let key = |wording: &str, at: &str, by: &str| {
        (folded(wording), at.to_owned(), guard(&one_line(by)).into_owned())
    };
    let made: HashSet<(String, String, String)> =
        sets(entries).map(|set| key(&set.key.question, &set.mark.stamp.at, &set.mark.stamp.by)).collect();
    move |decision| {
        let Provenance { decided, reviewer, .. } = &decision.provenance;
        made.contains(&(folded(&decision.wording), decided.clone(), reviewer.clone()))
    }
}

fn sets(entries: &[Entry]) -> impl Iterator<Item = &Set> {
    entries.iter().flat_map(|entry| match &entry.act {
        Act::Set(sets) => sets.as_slice(),
        Act::Undo(_) | Act::Ask(_) => &[],
    })
}

/// What a questionnaire's decisions are for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precedents {
    /// Those that stand.
    pub kept: Vec<Kept>,
    /// Those that were taken back, or decided anew.
    pub taken_back: Vec<TakenBack>,
}

impl Session<'_> {
    /// What was confirmed or corrected here, for the next questionnaire. `entries` are all of the journal, `file` is the
    /// questionnaire's name, `earlier` is what was shown of others' decisions, and `stands_alone` tells questions that
    /// mean something without the one before.
    pub fn precedents(
        &self,
        entries: &[Entry],
        (deployment, file): (Deployment<'_>, &str),
        earlier: &Decisions,
        stands_alone: impl Fn(&str) -> bool,
    ) -> Precedents {
        let keep = |wording: &str, mark: &Mark| {
            let is_earlier = |other: &&Decision| other.provenance.decided < mark.stamp.at;
            Kept {
                wording: wording.to_owned(),
                areas: mark.areas.clone(),
                status: mark.status.unwrap_or(Status::Confirmed),
                provenance: Provenance {
                    reviewer: mark.stamp.by.clone(),
                    decided: mark.stamp.at.clone(),
                    approver: mark.approved.as_ref().map_or(String::new(), |stamp| stamp.by.clone()),
                    approved: mark.approved.as_ref().map_or(String::new(), |stamp| stamp.at.clone()),
                    file: file.to_owned(),
                    deployment: Some((deployment.0.to_owned(), deployment.1.to_owned())),
                    named: mark.named.clone(),
                },
                note: mark.note.clone(),
                saw: earlier.same(wording).filter(is_earlier).map(Identity::of).collect(),
            }
        };
        let mut precedents = Precedents::default();
        let mut taken_back = Vec::new();
        for (question, marks) in self.decided() {
            let mut filed = marks.iter().map(|(_, mark)| mark);
            let last = filed.next_back();
            let standing = last.filter(|mark| mark.files() && stands_alone(question));
            let standing = standing.map(|mark| keep(question, mark));
            for mark in filed.filter(|mark| mark.files()) {
                let Stamp { at, by } = last.map_or_else(Stamp::default, |mark| mark.stamp.clone());
                taken_back.push(TakenBack { kept: keep(question, mark), instead: standing.clone(), at, by });
            }
            precedents.kept.extend(standing);
        }
        let undone: HashMap<u64, &Stamp> = entries.iter().filter_map(undone).collect();
        for entry in entries {
            let Some(Stamp { at, by }) = undone.get(&entry.number) else { continue };
            for set in sets(std::slice::from_ref(entry)).filter(|set| set.mark.files()) {
                let kept = keep(&set.key.question, &set.mark);
                taken_back.push(TakenBack { kept, instead: None, at: at.clone(), by: by.clone() });
            }
        }
        let mut known: HashSet<Identity> = precedents.kept.iter().map(Kept::identity).collect();
        taken_back.retain(|gone| known.insert(gone.kept.identity()));
        precedents.taken_back = taken_back;
        precedents
    }
}

fn undone(entry: &Entry) -> Option<(u64, &Stamp)> {
    match &entry.act {
        Act::Undo(number) => Some((*number, &entry.stamp)),
        Act::Set(_) | Act::Ask(_) => None,
    }
}

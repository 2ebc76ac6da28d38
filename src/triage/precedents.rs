use std::collections::{HashMap, HashSet};

use crate::decisions::{Decision, Decisions, Deployment, Identity, Kept, TakenBack};
use crate::domain::Status;
use crate::formula::guard;
use crate::labelled::Provenance;
use crate::matching::folded;
use crate::safe_text::one_line;

use super::entry::{Act, Entry, Mark, Set, Stamp};
use super::session::{Decided, Session};

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
    /// questionnaire's name, and `earlier` is what was shown of others' decisions while the entries after the first
    /// `sitting` were made. What has no sense without the question before is no precedent.
    pub fn precedents(
        &self,
        entries: &[Entry],
        (deployment, file): (Deployment<'_>, &str),
        (earlier, sitting): (&Decisions, usize),
    ) -> Precedents {
        // Entries made here have higher numbers than those before.
        let sitting =
            entries[..sitting.min(entries.len())].iter().map(|entry| entry.number).max().unwrap_or(0);
        let keep = |wording: &str, number: u64, mark: &Mark| {
            let saw_them = number > sitting;
            let saw = earlier.same(wording).filter(|_| saw_them).map(Identity::of).collect();
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
                saw,
                only_renews: false,
            }
        };
        let mut precedents = Precedents::default();
        let mut taken_back = Vec::new();
        let mut standing_now: HashMap<String, Kept> = HashMap::new();
        for Decided { question, hangs, is_carried, marks } in self.decided() {
            let Some(((last, mark), before)) = marks.split_last() else { continue };
            let standing = Some(mark).filter(|mark| mark.files() && !hangs);
            // What a question is about that its surroundings explain is another thing elsewhere.
            let standing =
                standing.map(|mark| Kept { only_renews: is_carried, ..keep(question, *last, mark) });
            for (number, gone) in before.iter().filter(|(_, mark)| mark.files()) {
                let Stamp { at, by } = mark.stamp.clone();
                let kept = keep(question, *number, gone);
                taken_back.push(TakenBack { kept, instead: standing.clone(), at, by });
            }
            if let Some(standing) = standing {
                standing_now.insert(folded(question), standing.clone());
                precedents.kept.push(standing);
            }
        }
        let undone: HashMap<u64, &Stamp> = entries.iter().filter_map(undone).collect();
        for entry in entries {
            let Some(Stamp { at, by }) = undone.get(&entry.number) else { continue };
            for set in sets(std::slice::from_ref(entry)).filter(|set| set.mark.files()) {
                let kept = keep(&set.key.question, entry.number, &set.mark);
                let instead = standing_now.get(&folded(&set.key.question)).cloned();
                taken_back.push(TakenBack { kept, instead, at: at.clone(), by: by.clone() });
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

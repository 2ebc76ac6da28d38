use std::collections::HashSet;

use crate::decisions::{Decision, Deployment, Earlier, Identity, Kept};
use crate::domain::Status;
use crate::formula::guard;
use crate::labelled::Provenance;
use crate::matching::folded;
use crate::safe_text::one_line;

use super::entry::{Act, Entry, Mark, Set};
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
    /// Those that were made once, and taken back or decided anew since.
    pub taken_back: Vec<Kept>,
}

impl Session<'_> {
    /// What was confirmed or corrected here, for the next questionnaire; `entries` are all of the journal, `file` is the
    /// questionnaire's name, and `stands_alone` tells questions that mean something without the one before.
    pub fn precedents(
        &self,
        entries: &[Entry],
        deployment: Deployment<'_>,
        file: &str,
        stands_alone: impl Fn(&str) -> bool,
    ) -> Precedents {
        let keep = |wording: &str, mark: &Mark, overrules: bool| Kept {
            wording: wording.to_owned(),
            areas: mark.areas.clone(),
            status: mark.status.unwrap_or(Status::Confirmed),
            provenance: Provenance {
                reviewer: mark.stamp.by.clone(),
                decided: mark.stamp.at.clone(),
                approver: mark.approved.as_ref().map_or(String::new(), |stamp| stamp.by.clone()),
                deployment: Some((deployment.0.to_owned(), deployment.1.to_owned())),
                named: mark.named.clone(),
            },
            approved: mark.approved.as_ref().map_or(String::new(), |stamp| stamp.at.clone()),
            file: file.to_owned(),
            note: mark.note.clone(),
            overrules,
        };
        let mut precedents = Precedents::default();
        for (proposed, mark) in self.decided() {
            let text = &proposed.question.text;
            if mark.files() && stands_alone(text) {
                let saw = matches!(proposed.earlier, Some(Earlier::Settled(_) | Earlier::Disputed(_)));
                precedents.kept.push(keep(text, mark, saw));
            }
        }
        let mut known: HashSet<Identity> = precedents.kept.iter().map(Kept::identity).collect();
        for set in sets(entries).filter(|set| set.mark.files()) {
            let made = keep(&set.key.question, &set.mark, true);
            if known.insert(made.identity()) {
                precedents.taken_back.push(made);
            }
        }
        precedents
    }
}

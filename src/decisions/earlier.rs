use crate::domain::AreaId;
use crate::matching::{Band, Candidate, Evidence, Precedent, Ranking};
use crate::safe_text::one_line;

use super::{Decision, Deployment};

/// What was decided before on the wording of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier<'d> {
    /// No decision on it says anything else than this one, which was made for this deployment if any was.
    Settled(&'d Decision),
    /// Decisions on it differ: one of each kind, in the order in which they were read.
    Disputed(Vec<&'d Decision>),
    /// The wording of this one is nearly the same, and made the matcher choose as it did.
    Near(&'d Decision),
}

/// How much the best reading is sure to be right where a person settled it and the matcher did not see why.
pub(super) const SETTLED: f64 = 0.98;

/// Kinds of decisions that a note names; more than these nobody compares in a cell.
const NAMED: usize = 4;

impl<'d> Earlier<'d> {
    /// What decisions on one wording come to under a deployment. Those that were made for another one say what the
    /// question is about, and nothing of the party.
    pub(super) fn of(same: &[&'d Decision], deployment: Option<Deployment<'_>>) -> Option<Earlier<'d>> {
        let (own, others): (Vec<&Decision>, Vec<&Decision>) =
            same.iter().partition(|decision| decision.is_of(deployment));
        let mut kinds: Vec<&'d Decision> = Vec::new();
        for decision in own {
            let is_known = |known: &&Decision| {
                known.files_as(decision) && known.party(deployment) == decision.party(deployment)
            };
            if !kinds.iter().any(is_known) {
                kinds.push(decision);
            }
        }
        for decision in others {
            if !kinds.iter().any(|known| known.files_as(decision)) {
                kinds.push(decision);
            }
        }
        match kinds.as_slice() {
            [] => None,
            [one] => Some(Earlier::Settled(one)),
            _ => {
                let read_first =
                    |decision: &&Decision| same.iter().position(|known| std::ptr::eq(*known, *decision));
                kinds.sort_by_key(read_first);
                Some(Earlier::Disputed(kinds))
            }
        }
    }

    /// Lets what was decided rule a ranking. Where decisions differ none is taken, and a person should look. What was
    /// decided on nearly the same has had its say in the matcher.
    pub fn rule(&self, ranking: &mut Ranking) {
        let decision = match self {
            Earlier::Settled(decision) => decision,
            Earlier::Disputed(_) => {
                ranking.band = Band::Review;
                ranking.grounds.precedent = None;
                return;
            }
            Earlier::Near(_) => return,
        };
        let main = decision.areas.first();
        if ranking.best().area.as_ref() != main {
            lead(&mut ranking.candidates, main);
        }
        ranking.also = decision.areas.iter().skip(1).cloned().collect();
        ranking.band = if main.is_some() { Band::Auto } else { Band::Unmatched };
        ranking.grounds.precedent = Some(Precedent {
            wording: decision.wording.clone(),
            origin: decision.origin.clone(),
            similarity: 1.0,
        });
    }

    /// The same in words, for a note.
    pub fn note(&self) -> String {
        match self {
            Earlier::Settled(decision) => format!("Settled before: {}.", decision.origin),
            Earlier::Near(decision) => {
                let party = decision.told_party();
                format!("Like \"{}\"{party}, {}.", shown(&decision.wording), decision.origin)
            }
            Earlier::Disputed(decisions) => {
                let told = |decision: &&Decision| format!("{} ({})", decision.told(), decision.origin);
                let told: Vec<String> = decisions.iter().take(NAMED).map(told).collect();
                let more = match decisions.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!("; and {more} more"),
                };
                format!("Settled differently before: {}{more}.", told.join("; "))
            }
        }
    }
}

/// A wording in a note: one line, cut short.
fn shown(wording: &str) -> String {
    const MAX_CHARS: usize = 100;
    let line = one_line(wording);
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Puts an area first; such a wording has only words that the matcher does not weigh.
fn lead(candidates: &mut Vec<Candidate>, area: Option<&AreaId>) {
    let count = candidates.len();
    let known = candidates.iter().position(|candidate| candidate.area.as_ref() == area);
    let mut first = match known {
        Some(index) => candidates.remove(index),
        None => Candidate { area: area.cloned(), confidence: 0.0, evidence: Evidence::default() },
    };
    for candidate in candidates.iter_mut().chain([&mut first]) {
        candidate.confidence *= 1.0 - SETTLED;
    }
    first.confidence += SETTLED;
    candidates.insert(0, first);
    candidates.truncate(count);
}

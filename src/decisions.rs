//! What people settled before, found again by the wording of the question.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::domain::{AreaId, Place, Status};
use crate::labelled::Labelled;
use crate::matching::{Band, Candidate, Evidence, ExtraPhrasing, Matcher, NONE, Precedent, Ranking, folded};
use crate::safe_text::one_line;

/// Rows that people settled.
#[derive(Debug, Default)]
pub struct Decisions {
    /// In the order in which they were read; of those that say the same of the same wording, the first.
    settled: Vec<Decision>,
    /// Those of each wording, in order, by its words in the form in which they are compared.
    by_wording: HashMap<String, Vec<usize>>,
}

/// A row that a person settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The question as it was asked.
    pub wording: String,
    /// What it is about, the main area first; empty where a person said that it is about no area.
    pub areas: Vec<AreaId>,
    /// Confirmed or corrected.
    pub status: Status,
    /// Who settled it; empty where that is not known.
    pub reviewer: String,
    /// How, by whom and where, in words: `confirmed by Ana, vendor-a.csv:17`.
    pub origin: String,
}

/// What was decided before on the wording of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier<'d> {
    /// Every decision on it says what this one says, which was read first.
    Settled(&'d Decision),
    /// Decisions on it differ: one of each kind, in the order in which they were read.
    Disputed(Vec<&'d Decision>),
    /// The wording of this one is nearly the same, and made the matcher choose as it did.
    Near(&'d Decision),
}

impl Decisions {
    /// Takes in the rows of a table that are settled, and tells how many these are; `file` is what notes call it.
    pub fn add(&mut self, table: Labelled, file: &str) -> u64 {
        let file: Arc<str> = one_line(file).into();
        let mut count = 0;
        for row in table.rows {
            let (Some(label), Some(status)) = (row.label, row.status) else { continue };
            count += 1;
            let place = Place::line(&file, row.question.place.line);
            let reviewer = one_line(&row.reviewer);
            let by = if reviewer.is_empty() { String::new() } else { format!(" by {reviewer}") };
            self.keep(Decision {
                wording: row.question.text,
                areas: std::iter::once(label.area).chain(label.also).flatten().collect(),
                status,
                reviewer: row.reviewer,
                origin: format!("{status}{by}, {place}"),
            });
        }
        count
    }

    /// A wording without a word is like no other, and saying the same twice changes nothing.
    fn keep(&mut self, decision: Decision) {
        let words = folded(&decision.wording);
        if words.is_empty() {
            return;
        }
        let same = self.by_wording.entry(words).or_default();
        if !same.iter().any(|index| self.settled[*index].agrees_with(&decision)) {
            same.push(self.settled.len());
            self.settled.push(decision);
        }
    }

    /// The wordings, for the matcher to recognise what is nearly the same.
    pub fn phrasings(&self) -> impl Iterator<Item = ExtraPhrasing<'_>> {
        self.settled.iter().map(|decision| ExtraPhrasing {
            area: decision.areas.first().cloned(),
            text: &decision.wording,
            origin: &decision.origin,
        })
    }

    /// What was decided on the wording of a question, or on the one that its ranking stands on.
    pub fn on(&self, question: &str, ranking: &Ranking, matcher: &Matcher) -> Option<Earlier<'_>> {
        if self.settled.is_empty() {
            return None;
        }
        let near = || self.stood_on(ranking.grounds.precedent.as_ref()?).map(Earlier::Near);
        self.on_the_same(question, matcher).or_else(near)
    }

    /// Case, punctuation, numbering and white space do not matter. Nothing where the question has no sense without the one
    /// before: what that was about once says nothing about the next time.
    fn on_the_same(&self, question: &str, matcher: &Matcher) -> Option<Earlier<'_>> {
        let same = self.by_wording.get(&folded(question)).filter(|_| !matcher.hangs(question))?;
        match same.as_slice() {
            [one] => Some(Earlier::Settled(&self.settled[*one])),
            several => Some(Earlier::Disputed(several.iter().map(|index| &self.settled[*index]).collect())),
        }
    }

    /// The decision that gave the matcher this wording; none where a phrasing of the user's own did.
    fn stood_on(&self, precedent: &Precedent) -> Option<&Decision> {
        let same = self.by_wording.get(&folded(&precedent.wording))?;
        same.iter().map(|index| &self.settled[*index]).find(|decision| decision.origin == precedent.origin)
    }
}

impl Decision {
    /// Whether it says the same: the order of further areas says nothing.
    fn agrees_with(&self, other: &Decision) -> bool {
        let further = |decision: &Decision| decision.areas.iter().skip(1).cloned().collect::<BTreeSet<_>>();
        self.areas.first() == other.areas.first() && further(self) == further(other)
    }

    /// The areas as a note names them.
    fn named(&self) -> String {
        let areas: Vec<&str> = self.areas.iter().map(AreaId::as_str).collect();
        if areas.is_empty() { NONE.to_owned() } else { areas.join(";") }
    }
}

/// How much the best reading is sure to be right where a person settled it and the matcher did not see why.
const SETTLED: f64 = 0.98;

/// Kinds of decisions that a note names; more than these nobody compares in a cell.
const NAMED: usize = 4;

impl Earlier<'_> {
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
                format!("Like \"{}\", {}.", shown(&decision.wording), decision.origin)
            }
            Earlier::Disputed(decisions) => {
                let told = |decision: &&Decision| format!("{} ({})", decision.named(), decision.origin);
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::OnceLock;

    use crate::matching::Query;

    use super::*;

    fn matcher() -> &'static Matcher {
        static MATCHER: OnceLock<Matcher> = OnceLock::new();
        MATCHER.get_or_init(|| Matcher::new(&[], &[]))
    }

    /// Decisions of a file with the columns that tell them.
    fn decisions(rows: &str) -> Decisions {
        let known = ["backup-recovery", "encryption-at-rest", "key-management"].map(AreaId::new);
        let text = format!("question,area,also,status,reviewer\n{rows}");
        let table = Labelled::read_decisions(Cursor::new(text), "dir/a.csv", &known).unwrap();
        let mut decisions = Decisions::default();
        decisions.add(table, "a.csv");
        decisions
    }

    fn rank(question: &str) -> Ranking {
        matcher().rank(&Query { question, ..Query::default() })
    }

    fn note(decisions: &Decisions, question: &str) -> String {
        decisions.on(question, &rank(question), matcher()).map_or(String::new(), |earlier| earlier.note())
    }

    #[test]
    fn form_does_not_matter() {
        let decisions = decisions("1.2 Is Ana's data encrypted?,encryption-at-rest,,confirmed,Ana\n");
        for same in
            ["Is Ana’s data encrypted?", "is  ana's\tDATA encrypted", "(iv) Is Ana's data, encrypted?!"]
        {
            assert_eq!(note(&decisions, same), "Settled before: confirmed by Ana, a.csv:2.", "{same}");
        }
        for other in ["Is Ana's data encrypted here?", "Is data encrypted?", "", "?!"] {
            assert_eq!(note(&decisions, other), "", "{other}");
        }
    }

    #[test]
    fn only_what_a_person_settled_counts() {
        let decisions = decisions(
            "Is data encrypted?,anything,,auto,\nAre backups tested?,,,skipped,Ana\n?!,,,confirmed,\n\
             Is data encrypted?,,,corrected,\n",
        );
        assert_eq!(note(&decisions, "Is data encrypted?"), "Settled before: corrected, a.csv:5.");
        assert_eq!(note(&decisions, "Are backups tested?"), "");
        assert_eq!(decisions.phrasings().count(), 1);
    }

    #[test]
    fn decisions_that_differ_are_all_named() {
        let decisions = decisions(
            "Is data encrypted?,encryption-at-rest,key-management;backup-recovery,confirmed,Ana\n\
             Is data encrypted?,encryption-at-rest,backup-recovery;key-management,confirmed,Bo\n\
             is data encrypted,,,corrected,\"B\no\"\n",
        );
        assert_eq!(
            note(&decisions, "Is data encrypted?"),
            "Settled differently before: encryption-at-rest;key-management;backup-recovery (confirmed by Ana, \
             a.csv:2); none (corrected by B o, a.csv:4)."
        );
    }

    #[test]
    fn what_follows_on_another_question_is_settled_by_nothing() {
        let decisions = decisions(
            "\"If yes, how often?\",backup-recovery,,confirmed,Ana\nPlease describe.,backup-recovery,,confirmed,Ana\n\
             \"If yes, are they encrypted?\",backup-recovery,,confirmed,Ana\nWho tests the backups?,,,confirmed,Ana\n",
        );
        for question in ["If yes, how often?", "Please describe", "If yes, are they encrypted?"] {
            assert_eq!(note(&decisions, question), "", "{question}");
        }
        // The form of a follow-up, and sense alone.
        assert_eq!(note(&decisions, "Who tests the backups?"), "Settled before: confirmed by Ana, a.csv:5.");
    }

    #[test]
    fn a_wording_that_is_nearly_the_same_is_named_where_it_decided() {
        let long = format!("How are the \n backups tested{}?", " and tested".repeat(20));
        let decisions = decisions(&format!("\"{long}\",key-management,,confirmed,Ana\n"));
        let extra: Vec<ExtraPhrasing<'_>> = decisions.phrasings().collect();
        let matcher = Matcher::new(&[], &extra);
        let question = "How are backups to be tested?";
        let ranking = matcher.rank(&Query { question, ..Query::default() });
        let earlier = decisions.on(question, &ranking, &matcher).unwrap();
        let note = earlier.note();
        assert!(note.starts_with("Like \"How are the backups tested and tested"), "{note}");
        assert!(note.ends_with("…\", confirmed by Ana, a.csv:2."), "{note}");
        let unrelated = matcher.rank(&Query { question: "Who guards the gates?", ..Query::default() });
        assert_eq!(decisions.on("Who guards the gates?", &unrelated, &matcher), None);
    }

    #[test]
    fn a_decision_rules_even_where_the_matcher_sees_nothing() {
        // Words that say nothing to the matcher.
        let decisions = decisions(
            "And what is this to you?,key-management,backup-recovery,confirmed,\nIs data encrypted?,,,corrected,\n",
        );
        for (question, area, band) in [
            ("And what is this to you?", Some("key-management"), Band::Auto),
            ("Is data encrypted?", None, Band::Unmatched),
        ] {
            let mut ranking = rank(question);
            decisions.on(question, &ranking, matcher()).unwrap().rule(&mut ranking);
            assert_eq!(ranking.best().area.as_ref().map(AreaId::as_str), area);
            assert_eq!((ranking.band, ranking.also.len()), (band, usize::from(area.is_some())));
            let sum: f64 = ranking.candidates.iter().map(|candidate| candidate.confidence).sum();
            assert!(
                sum <= 1.0 + 1e-9 && ranking.best().confidence >= SETTLED && ranking.candidates.len() == 5
            );
        }
    }
}

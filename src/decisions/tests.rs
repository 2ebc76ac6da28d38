use std::io::Cursor;
use std::sync::OnceLock;

use crate::domain::AreaId;
use crate::matching::{Band, Query};

use super::earlier::SETTLED;
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
    decisions.add(table, "a.csv", |_| true);
    decisions
}

fn rank(question: &str) -> Ranking {
    matcher().rank(&Query { question, ..Query::default() })
}

fn note(decisions: &Decisions, question: &str) -> String {
    decisions.on(question, &rank(question), matcher(), None).map_or(String::new(), |earlier| earlier.note())
}

#[test]
fn form_does_not_matter() {
    let decisions = decisions("1.2 Is Ana's data encrypted?,encryption-at-rest,,confirmed,Ana\n");
    for same in ["Is Ana’s data encrypted?", "is  ana's\tDATA encrypted", "(iv) Is Ana's data, encrypted?!"]
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
    let earlier = decisions.on(question, &ranking, &matcher, None).unwrap();
    let note = earlier.note();
    assert!(note.starts_with("Like \"How are the backups tested and tested"), "{note}");
    assert!(note.ends_with("…\", confirmed by Ana, a.csv:2."), "{note}");
    let unrelated = matcher.rank(&Query { question: "Who guards the gates?", ..Query::default() });
    assert_eq!(decisions.on("Who guards the gates?", &unrelated, &matcher, None), None);
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
        decisions.on(question, &ranking, matcher(), None).unwrap().rule(&mut ranking);
        assert_eq!(ranking.best().area.as_ref().map(AreaId::as_str), area);
        assert_eq!((ranking.band, ranking.also.len()), (band, usize::from(area.is_some())));
        let sum: f64 = ranking.candidates.iter().map(|candidate| candidate.confidence).sum();
        assert!(sum <= 1.0 + 1e-9 && ranking.best().confidence >= SETTLED && ranking.candidates.len() == 5);
    }
}

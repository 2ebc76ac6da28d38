use std::collections::BTreeSet;
use std::sync::OnceLock;

use proptest::prelude::*;

use super::train::fingerprint_of;
use super::{AreaText, Band, Bank, ExtraPhrasing, Matcher, Query, Ranking, Recipe, embedded_bank};
use crate::domain::AreaId;

fn matcher() -> &'static Matcher {
    static MATCHER: OnceLock<Matcher> = OnceLock::new();
    MATCHER.get_or_init(|| Matcher::new(&[], &[]))
}

fn rank(question: &str) -> Ranking {
    matcher().rank(&Query { question, ..Query::default() })
}

fn best(ranking: &Ranking) -> &str {
    ranking.best().area.as_ref().map_or("none", AreaId::as_str)
}

#[test]
fn the_artifact_belongs_to_the_bank() {
    let (bank, _) = Bank::parse(embedded_bank().iter().copied());
    assert_eq!(
        matcher().fingerprint(),
        fingerprint_of(&bank, Recipe::DEFAULT),
        "the bank, the word table or the recipe changed: run `cargo run --release --example train`"
    );
}

#[test]
fn plain_questions_find_their_area() {
    let cases = [
        ("Is customer data encrypted at rest?", "encryption-at-rest"),
        ("encyption at rset", "encryption-at-rest"),
        ("Who patches the operating system?", "patch-management"),
        ("Do you run background checks on new employees?", "personnel-security"),
        ("How often are backups tested by restoring them?", "backup-recovery"),
        ("In which countries is our data stored?", "data-residency"),
        ("Is multi-factor authentication required?", "authentication"),
        ("What is your company's postal address?", "none"),
    ];
    for (question, area) in cases {
        assert_eq!(best(&rank(question)), area, "{question}");
    }
}

#[test]
fn misspelt_words_are_named_with_what_they_were_read_as() {
    let ranking = rank("encyption at rset");
    let read: Vec<_> =
        ranking.best().evidence.terms.iter().filter_map(|term| term.read_as.as_deref()).collect();
    assert!(read.contains(&"encryption"), "{read:?}");
}

#[test]
fn the_parts_sum_to_the_score() {
    let questions =
        ["Is data encrypted at rest (e.g. AES)?", "Who patches the opreating system?", "zyzzyva quux", ""];
    for question in questions {
        for label in 0..matcher().labels().len() {
            let (score, parts) = matcher().score_and_parts(question, label);
            assert!((score - parts).abs() < 1e-3, "{question} {label}: {score} {parts}");
        }
    }
}

#[test]
fn a_frame_does_not_move_the_subject() {
    let subjects = [
        ("backup restoration tests", "backup-recovery"),
        ("removal of leavers' accounts", "access-control"),
        ("penetration testing", "vulnerability-management"),
        ("disposal of storage media", "data-retention"),
        ("visitor access to the data centre", "physical-security"),
        ("encryption key rotation", "key-management"),
    ];
    for (subject, area) in subjects {
        for question in [
            subject.to_owned(),
            format!(
                "Are policies and procedures for {subject} established, documented, approved and reviewed annually?"
            ),
            format!("Describe your organization's process for {subject}."),
        ] {
            assert_eq!(best(&rank(&question)), area, "{question}");
        }
    }
}

#[test]
fn many_threads_agree() {
    let question = "How often are access rights reviewed?";
    let expected = rank(question).best().confidence.to_bits();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(rank(question).best().confidence.to_bits(), expected));
        }
    });
}

#[test]
fn the_nearest_phrasing_is_named_on_request() {
    let question = "Are backups encrypted?";
    let ranking = matcher().explain(&Query { question, ..Query::default() });
    let nearest = ranking.best().evidence.nearest.as_ref().unwrap();
    assert!(nearest.similarity > 0.5 && nearest.phrasing.to_lowercase().contains("backup"), "{nearest:?}");
}

#[test]
fn a_wording_settled_before_wins() {
    let area = AreaId::new("physical-security");
    let extra = [ExtraPhrasing { area: Some(area), text: "Is data encrypted at rest?", origin: "Ana" }];
    let matcher = Matcher::new(&[], &extra);
    let ranking = matcher.explain(&Query { question: "Is data encrypted at rest", ..Query::default() });
    assert_eq!(best(&ranking), "physical-security");
    assert_eq!(ranking.best().evidence.nearest.as_ref().unwrap().phrasing, "Is data encrypted at rest?");
}

#[test]
fn a_follow_up_settled_before_is_read_anew() {
    let extra = [ExtraPhrasing {
        area: Some(AreaId::new("physical-security")),
        text: "If yes, how often?",
        origin: "",
    }];
    let matcher = Matcher::new(&[], &extra);
    let before = ["Do you test restoring from backups?"];
    let query = Query { question: "If yes, how often?", before: &before, ..Query::default() };
    assert_eq!(best(&matcher.rank(&query)), "backup-recovery");
}

#[test]
fn areas_that_users_add_are_found_by_their_description() {
    let id = AreaId::new("quantum-teleportation");
    let areas =
        [AreaText { id, title: "Quantum teleportation", is: "Teleporter pads, entangled relays.", not: "" }];
    let matcher = Matcher::new(&areas, &[]);
    for question in ["Who maintains the teleporter pads?", "quantum teleportation"] {
        assert_eq!(
            best(&matcher.rank(&Query { question, ..Query::default() })),
            "quantum-teleportation",
            "{question}"
        );
    }
    let question = "Is data encrypted at rest?";
    assert_eq!(best(&matcher.rank(&Query { question, ..Query::default() })), "encryption-at-rest");
}

#[test]
fn a_stream_ranks_as_single_questions_do() {
    let rows = [
        ("Backups", "How often are they made?"),
        ("Backups", "Are they tested?"),
        ("Access", "Who approves new accounts?"),
        ("", "Is data encrypted at rest?"),
        ("", "If so, with which algorithm?"),
    ];
    let streamed: Vec<_> =
        matcher().stream(rows, |row| Query { section: row.0, question: row.1, ..Query::default() }).collect();
    assert_eq!(streamed.len(), rows.len());
    for (index, (row, ranking)) in streamed.iter().enumerate() {
        let near = |range: std::ops::Range<usize>| -> Vec<&str> {
            range.filter(|other| rows[*other].0 == row.0).map(|other| rows[other].1).collect()
        };
        let (before, after) = (near(0..index), near(index + 1..rows.len()));
        let single = matcher().rank(&Query {
            id: "",
            question: row.1,
            section: row.0,
            before: &before,
            after: &after,
        });
        assert_eq!(best(ranking), best(&single));
        assert_eq!(ranking.best().confidence.to_bits(), single.best().confidence.to_bits());
    }
}

#[test]
fn a_follow_up_inherits_and_says_so() {
    let before = ["Are backups encrypted and stored at another site?", "Do you test restoring from backups?"];
    let query = Query { question: "If yes, how often?", before: &before, ..Query::default() };
    let ranking = matcher().rank(&query);
    assert_eq!(best(&ranking), "backup-recovery");
    assert!(ranking.best().evidence.from_context > 0.5, "{ranking:?}");
}

#[test]
fn what_only_the_surroundings_say_is_for_a_person() {
    let backups =
        ["Are backups encrypted?", "Are backups tested by restoring them?", "Where are backups kept?"];
    for question in ["zyzzyva quux?", "Is multi-factor authentication required for all users?"] {
        let query =
            Query { question, section: "Backups", before: &backups, after: &backups, ..Query::default() };
        let ranking = matcher().rank(&query);
        let own = best(&ranking) == "authentication";
        assert!(own || ranking.band == Band::Review, "{question} {ranking:?}");
    }
}

#[test]
fn a_compound_question_names_its_further_areas() {
    let ranking = rank("Is data encrypted at rest and in transit?");
    let areas: Vec<&str> =
        std::iter::once(best(&ranking)).chain(ranking.also.iter().map(AreaId::as_str)).collect();
    assert!(areas.contains(&"encryption-at-rest") && areas.contains(&"encryption-in-transit"), "{areas:?}");
}

#[test]
fn a_huge_text_is_no_trouble() {
    let huge = "encryption of data at rest ".repeat(200_000);
    assert!(huge.len() > 5_000_000);
    assert_eq!(best(&rank(&huge)), "encryption-at-rest");
}

#[test]
fn no_weights_is_no_panic() {
    let matcher = Matcher::with_model(b"nonsense", &[], &[]);
    let ranking = matcher.rank(&Query { question: "Is data encrypted?", ..Query::default() });
    assert_eq!((best(&ranking), ranking.band), ("none", Band::Unmatched));
}

/// The words of the bank, each once, in order.
fn vocabulary() -> &'static [String] {
    static WORDS: OnceLock<Vec<String>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let (bank, _) = Bank::parse(embedded_bank().iter().copied());
        let texts = bank.phrasings.iter().flat_map(|phrasing| phrasing.text.split_whitespace());
        texts.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
    })
}

proptest! {
    #[test]
    fn the_parts_of_any_text_sum_to_its_score(
        words in prop::collection::vec((any::<prop::sample::Index>(), "|[,;:?]|( \\(| \\)| such as)"), 0..40)
    ) {
        let mut text = String::new();
        for (word, after) in &words {
            text.push_str(&format!(" {}{after}", word.get(vocabulary())));
        }
        for label in 0..matcher().labels().len() {
            let (score, parts) = matcher().score_and_parts(&text, label);
            prop_assert!((score - parts).abs() < 1e-3, "{} {}: {} {}", text, label, score, parts);
        }
        for candidate in &rank(&text).candidates {
            let terms = &candidate.evidence.terms;
            prop_assert!(terms.iter().all(|term| term.weight > 0.0 && text.contains(&term.text)), "{:?}", terms);
            prop_assert!(terms.is_sorted_by(|one, next| one.weight >= next.weight), "{:?}", terms);
        }
    }

    #[test]
    fn never_panics_and_confidences_are_shares(question in "\\PC*|[\\x00-\\x7f]*", section in "\\PC*") {
        let ranking = matcher().rank(&Query { question: &question, section: &section, ..Query::default() });
        let sum: f64 = ranking.candidates.iter().map(|candidate| candidate.confidence).sum();
        prop_assert!(!ranking.candidates.is_empty() && sum <= 1.0 + 1e-9);
        prop_assert!(ranking.candidates.iter().all(|candidate| candidate.confidence >= 0.0));
    }

    #[test]
    fn form_never_changes_the_verdict(index in 0usize..16_000, number in 1u8..99, upper: bool) {
        static BANK: OnceLock<Bank> = OnceLock::new();
        let bank = BANK.get_or_init(|| Bank::parse(embedded_bank().iter().copied()).0);
        let plain = &bank.phrasings[index % bank.phrasings.len()].text;
        let plain = plain.trim_end_matches(['?', '.', '!']);
        let spaced = plain.replace(' ', " \t ");
        let shouted = if upper { spaced.to_uppercase() } else { spaced };
        let dressed = format!("  {number}. {shouted} ?! ");
        prop_assume!(!plain.starts_with(|c: char| !c.is_alphabetic()) && plain.is_ascii());
        let (one, other) = (rank(plain), rank(&dressed));
        prop_assert_eq!(best(&one), best(&other));
        prop_assert!((one.best().confidence - other.best().confidence).abs() < 1e-12);
    }
}

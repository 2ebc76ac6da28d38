use std::io::Cursor;

use proptest::prelude::*;

use super::*;
use crate::domain::{NamedParty, Party};

fn kept(wording: &str, area: &str, by: &str, at: &str) -> Kept {
    Kept {
        wording: wording.into(),
        areas: Some(area).filter(|area| !area.is_empty()).map(AreaId::new).into_iter().collect(),
        status: Status::Confirmed,
        provenance: Provenance {
            reviewer: by.into(),
            decided: at.into(),
            deployment: Some(("render".into(), "default".into())),
            ..Provenance::default()
        },
        approved: String::new(),
        file: "q.csv".into(),
        note: String::new(),
        overrules: false,
    }
}

fn read(csv: &[u8]) -> Book {
    Book::read(Cursor::new(csv.to_vec()), "d.csv").unwrap()
}

/// Every row's question, area and whether it counts.
fn told(book: &Book) -> Vec<(String, String, bool)> {
    let row = |row: &BookRow| {
        (row.cell(Column::Question).to_owned(), row.cell(Column::Area).to_owned(), row.counts())
    };
    book.rows().iter().map(row).collect()
}

#[test]
fn what_is_there_is_not_kept_twice() {
    let mut book = Book::default();
    assert_eq!(book.keep(&kept("Are backups tested?", "backup-recovery", "Ana", "1")), Came::Added(0));
    for again in ["1", "2"] {
        assert_eq!(book.keep(&kept("are BACKUPS tested", "backup-recovery", "Ana", again)), Came::Known);
    }
    assert_eq!(book.keep(&kept("Are backups tested?", "", "Bo", "3")), Came::Added(0));
    assert_eq!(book.conflicts().len(), 2);
    let mut approved = kept("Are backups tested?", "backup-recovery", "Ana", "1");
    approved.provenance.approver = "Bo".into();
    assert_eq!(book.keep(&approved), Came::Approved);
    assert_eq!(book.keep(&approved), Came::Known);
    assert_eq!(book.rows()[0].cell(Column::Approver), "Bo");
}

#[test]
fn whoever_saw_what_was_decided_overrules_it_and_may_take_that_back() {
    let mut book = Book::default();
    book.keep(&kept("Who tests?", "backup-recovery", "Ana", "1"));
    book.keep(&kept("Who guards?", "physical-security", "Ana", "1"));
    let anew = Kept { overrules: true, ..kept("Who tests?", "security-testing", "Bo", "2") };
    assert_eq!(book.keep(&anew), Came::Added(1));
    assert_eq!(book.rows()[0].cell(Column::Withdrawn), "2 by Bo: decided anew");
    assert!(book.conflicts().is_empty());
    let mut book = read(&book.to_csv());
    assert_eq!(book.take_back([&anew, &anew]), 1);
    let row = |question: &str, area: &str| (question.to_owned(), area.to_owned(), true);
    assert_eq!(told(&book), [row("Who tests?", "backup-recovery"), row("Who guards?", "physical-security")]);
}

#[test]
fn a_party_contradicts_within_its_deployment_only() {
    let mut book = Book::default();
    book.keep(&kept("Who patches?", "patch-management", "Ana", "1"));
    let mut named = kept("Who patches?", "patch-management", "Bo", "2");
    named.provenance.named = Some(NamedParty { party: Party::Customer, reason: "contract".into() });
    named.provenance.deployment = Some(("union".into(), "byoc".into()));
    assert_eq!(book.keep(&named), Came::Added(0));
    assert!(book.conflicts().is_empty());
    named.provenance.deployment = Some(("render".into(), "default".into()));
    assert_eq!(book.keep(&named), Came::Added(0));
    assert_eq!(book.conflicts(), BTreeSet::from([0, 2]));
}

#[test]
fn columns_of_ones_own_and_a_line_of_several_stay() {
    let text = "Team,question,AREA,status,reviewer\n\nred,\"Who\ntests?\",backup-recovery,confirmed,Ana\nblue,Who?,,corrected,\n";
    let mut book = read(text.as_bytes());
    assert_eq!(book.rows().iter().map(|row| row.line).collect::<Vec<_>>(), [Some(3), Some(5)]);
    let row = book.at(5).unwrap();
    book.withdraw(row, "2026-11-21T17:00:00Z", "Bo", "no longer\ntrue");
    assert_eq!(book.rows()[1].cell(Column::Withdrawn), "2026-11-21T17:00:00Z by Bo: no longer true");
    let csv = String::from_utf8(book.to_csv()).unwrap();
    let begins = "Team,question,AREA,status,reviewer,also,decided,approver,approved,named_party,reason,provider,model,file,note,withdrawn\n\
        red,\"Who\ntests?\",backup-recovery,confirmed,Ana,,";
    assert!(csv.starts_with(begins), "{csv}");
    book.restore(row);
    assert!(read(&book.to_csv()).rows()[1].counts());
}

#[test]
fn what_is_no_file_of_decisions_is_refused() {
    let told =
        |text: &str| Book::read(Cursor::new(text.as_bytes().to_vec()), "d.csv").unwrap_err().to_string();
    assert_eq!(told("question,answer\n"), "d.csv is no file of decisions: it has no column `area`");
    assert_eq!(
        told("question,area,status,reviewer,Confidence\n"),
        "d.csv is an export; decisions are kept in a file of their own"
    );
    assert_eq!(told_rows(""), 0);
}

fn told_rows(text: &str) -> usize {
    read(text.as_bytes()).rows().len()
}

/// Anything that a person may type.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z ?=+@,;\"'\n-]{0,20}", any::<String>()]
}

fn any_kept() -> impl Strategy<Value = Kept> {
    let wording = prop_oneof![Just("Who tests?".to_owned()), Just("who TESTS".to_owned()), any_text()];
    let area = prop_oneof![Just(""), Just("backup-recovery"), Just("key-management")];
    (wording, area, any_text(), "[12]", any::<bool>(), any::<bool>()).prop_map(
        |(wording, area, by, at, overrules, is_named)| {
            let mut kept = Kept { overrules, ..kept(&wording, area, &by, &at) };
            if is_named {
                kept.provenance.named = Some(NamedParty { party: Party::Shared, reason: by });
            }
            kept
        },
    )
}

proptest! {
    #[test]
    fn what_is_kept_comes_back_and_nothing_is_a_formula(all in prop::collection::vec(any_kept(), 0..12)) {
        let mut book = Book::default();
        for kept in &all {
            book.keep(kept);
            prop_assert_ne!(book.keep(kept), Came::Added(0), "kept twice: {:?}", kept);
        }
        let csv = book.to_csv();
        let again = read(&csv);
        prop_assert_eq!(String::from_utf8(again.to_csv()).unwrap(), String::from_utf8(csv).unwrap());
        for row in again.rows() {
            for column in Column::ALL {
                prop_assert!(!row.cell(column).starts_with(['=', '@', '+', '-', '\t', '\r']), "{:?}", row);
            }
        }
    }

    #[test]
    fn what_is_taken_back_is_gone_and_all_else_is_as_it_was(
        before in prop::collection::vec(any_kept(), 0..6),
        one in any_kept(),
    ) {
        let mut book = Book::default();
        before.iter().for_each(|kept| { book.keep(kept); });
        let was = book.to_csv();
        if let Came::Added(_) = book.keep(&one) {
            prop_assert_eq!(book.take_back([&one]), 1);
            prop_assert_eq!(String::from_utf8(book.to_csv()).unwrap(), String::from_utf8(was).unwrap());
        }
    }
}

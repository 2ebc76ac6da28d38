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
            file: "q.csv".into(),
            ..Provenance::default()
        },
        note: String::new(),
        saw: Vec::new(),
        only_renews: false,
    }
}

fn read(csv: &[u8]) -> Book {
    Book::read(Cursor::new(csv.to_vec()), "d.csv").unwrap()
}

fn gone(kept: &Kept, instead: Option<&Kept>) -> TakenBack {
    TakenBack { kept: kept.clone(), instead: instead.cloned(), at: "9".into(), by: "Ana".into() }
}

#[test]
fn what_is_there_is_not_kept_twice() {
    let mut book = Book::default();
    assert_eq!(book.keep(&kept("Are backups tested?", "backup-recovery", "Ana", "1"), true), Came::Added(0));
    for again in ["1", "2"] {
        let same = kept("are BACKUPS tested", "backup-recovery", "Ana", again);
        assert_eq!(book.keep(&same, true), Came::Known);
    }
    assert_eq!(book.keep(&kept(" ?! ", "backup-recovery", "Ana", "1"), true), Came::Known);
    // What somebody else says stands by itself, and is there when the first takes it back.
    assert_eq!(book.keep(&kept("Are backups tested?", "backup-recovery", "Bo", "3"), true), Came::Added(0));
    assert_eq!(book.conflicts().len(), 0);
    assert_eq!(book.keep(&kept("Are backups tested?", "", "Bo", "3"), true), Came::Added(0));
    assert_eq!(book.conflicts().len(), 3);
}

#[test]
fn an_approval_comes_and_goes_by_the_word_of_its_own_journal() {
    let mut book = Book::default();
    let plain = kept("Are backups tested?", "backup-recovery", "Ana", "1");
    let mut approved = plain.clone();
    (approved.provenance.approver, approved.provenance.approved) = ("Bo".into(), "2".into());
    book.keep(&plain, true);
    assert_eq!(book.keep(&approved, false), Came::Renewed);
    assert_eq!(book.keep(&approved, true), Came::Known);
    assert_eq!((book.rows()[0].cell(Column::Approver), book.rows()[0].cell(Column::Approved)), ("Bo", "2"));
    // A file that knows nothing of it says nothing of it.
    assert_eq!(book.keep(&plain, false), Came::Known);
    assert_eq!(book.keep(&plain, true), Came::Renewed);
    assert_eq!((book.rows()[0].cell(Column::Approver), book.rows()[0].cell(Column::Approved)), ("", ""));
}

#[test]
fn whoever_saw_what_was_decided_overrules_it_and_may_take_that_back() {
    let mut book = Book::default();
    let eve = kept("Who tests?", "backup-recovery", "Eve", "1");
    let unseen = kept("Who tests?", "key-management", "Cy", "1");
    book.keep(&eve, true);
    book.keep(&unseen, true);
    let anew = Kept { saw: vec![eve.identity()], ..kept("Who tests?", "security-testing", "Bo", "2") };
    assert_eq!(book.keep(&anew, true), Came::Added(1));
    assert_eq!(book.rows()[0].cell(Column::Withdrawn), "2 by Bo: decided anew");
    assert_eq!(book.conflicts(), BTreeSet::from([1, 2]));
    // Decided once more by the same person: what was overruled stays so.
    let mut book = read(&book.to_csv());
    let third = kept("Who tests?", "patch-management", "Bo", "3");
    book.keep(&third, true);
    assert!(book.take_back(&gone(&anew, Some(&third))));
    assert!(!book.take_back(&gone(&anew, Some(&third))));
    assert_eq!(book.rows()[0].cell(Column::Withdrawn), "3 by Bo: decided anew");
    assert_eq!(book.rows()[2].cell(Column::Withdrawn), "9 by Ana: taken back in its journal");
    assert!(book.take_back(&gone(&third, None)));
    assert_eq!(book.rows().iter().map(BookRow::counts).collect::<Vec<_>>(), [true, true, false, false]);
    // Made once more at the same moment, it counts again.
    assert_eq!(book.keep(&third, true), Came::Added(0));
    assert_eq!(book.rows().len(), 4);
}

#[test]
fn what_was_revoked_stays_so_whoever_said_the_same_before() {
    let mut book = Book::default();
    let first = kept("Who tests?", "backup-recovery", "Ana", "2026-11-21T10:00:00Z");
    book.keep(&first, true);
    book.withdraw(0, "2026-11-21T11:00:00Z", "Bo", "");
    assert_eq!(book.keep(&first, true), Came::Known);
    assert!(!book.take_back(&gone(&first, None)));
    assert_eq!(book.rows()[0].cell(Column::Withdrawn), "2026-11-21T11:00:00Z by Bo");
    let twin = kept("Who tests?", "backup-recovery", "Ana", "2026-11-21T10:00:01Z");
    assert_eq!(book.keep(&twin, true), Came::Known);
    let later = kept("Who tests?", "backup-recovery", "Ana", "2026-11-21T12:00:00Z");
    assert_eq!(book.keep(&later, true), Came::Added(0));
}

#[test]
fn a_party_contradicts_within_its_deployment_only() {
    let mut book = Book::default();
    book.keep(&kept("Who patches?", "patch-management", "Ana", "1"), true);
    let mut named = kept("Who patches?", "patch-management", "Bo", "2");
    named.provenance.named = Some(NamedParty { party: Party::Customer, reason: "contract".into() });
    named.provenance.deployment = Some(("union".into(), "byoc".into()));
    assert_eq!(book.keep(&named, true), Came::Added(0));
    assert!(book.conflicts().is_empty());
    named.provenance.deployment = Some(("render".into(), "default".into()));
    assert_eq!(book.keep(&named, true), Came::Added(0));
    assert_eq!(book.conflicts(), BTreeSet::from([0, 2]));
}

#[test]
fn columns_of_ones_own_and_a_line_of_several_stay() {
    let text = "Team,question,AREA,also,status,reviewer\n\nred,\"Who\ntests?\",backup-recovery,,confirmed,Ana\n\
        blue,Who?,,,corrected,,a cell too many\n";
    let mut book = read(text.as_bytes());
    assert_eq!(book.rows().iter().map(|row| row.line).collect::<Vec<_>>(), [Some(3), Some(5)]);
    let row = book.at(5).unwrap();
    book.withdraw(row, "2026-11-21T17:00:00Z", "Bo", "no longer\ntrue");
    assert_eq!(book.rows()[1].cell(Column::Withdrawn), "2026-11-21T17:00:00Z by Bo: no longer true");
    let csv = String::from_utf8(book.to_csv()).unwrap();
    let begins = "Team,question,AREA,also,status,reviewer,,decided,approver,approved,named_party,reason,provider,model,\
        file,note,withdrawn\nred,\"Who\ntests?\",backup-recovery,,confirmed,Ana,,,";
    assert!(csv.starts_with(begins), "{csv}");
    assert!(csv.contains("\nblue,Who?,,,corrected,,a cell too many,,"), "{csv}");
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
            let mut kept = kept(&wording, area, &by, &at);
            if overrules {
                kept.saw = ["", "backup-recovery", "key-management"]
                    .map(|area| tests::kept(&wording, area, &by, "1").identity())
                    .into();
            }
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
            book.keep(kept, true);
            prop_assert_ne!(book.keep(kept, true), Came::Added(0), "kept twice: {:?}", kept);
        }
        let csv = book.to_csv();
        let again = read(&csv);
        prop_assert_eq!(String::from_utf8(again.to_csv()).unwrap(), String::from_utf8(csv).unwrap());
        for row in again.rows() {
            for column in Column::ALL {
                prop_assert!(!row.cell(column).starts_with(['=', '@', '+', '-', '\t', '\r']), "{:?}", row);
            }
        }
        let mut again = again;
        for kept in &all {
            prop_assert_ne!(again.keep(kept, true), Came::Added(0), "kept twice: {:?}", kept);
        }
    }

    #[test]
    fn what_is_taken_back_counts_no_longer_and_all_else_is_as_it_was(
        before in prop::collection::vec(any_kept(), 0..6),
        one in any_kept(),
    ) {
        let mut book = Book::default();
        before.iter().for_each(|kept| { book.keep(kept, true); });
        let was: Vec<bool> = book.rows().iter().map(BookRow::counts).collect();
        if let Came::Added(_) = book.keep(&one, true) {
            prop_assert!(book.take_back(&gone(&one, None)));
            let is: Vec<bool> = book.rows().iter().map(BookRow::counts).collect();
            prop_assert_eq!(is, [was, vec![false]].concat());
        }
    }
}

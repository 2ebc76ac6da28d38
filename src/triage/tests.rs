use std::io::Write as _;
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use crate::assignment::Assignment;
use crate::catalog::{Catalog, Layer};
use crate::domain::{AreaId, NamedParty, Party, Place, Question, Status};
use crate::matching::{Band, Candidate, Evidence, Grounds, Ranking};

use super::*;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[Layer::embedded()]).0);

const AREAS: [&str; 5] =
    ["encryption-at-rest", "backup-recovery", "patch-management", "physical-security", "key-management"];

/// A row as the matcher leaves it.
#[derive(Clone, Debug)]
struct Asked {
    id: String,
    section: String,
    text: String,
    band: Band,
    confidence: f64,
}

fn asked(id: &str, text: &str, band: Band, confidence: f64) -> Asked {
    Asked { id: id.into(), section: "Security".into(), text: text.into(), band, confidence }
}

fn review(id: &str, text: &str) -> Asked {
    asked(id, text, Band::Review, 0.6)
}

fn session_on(line: Line, rows: &[Asked]) -> Session<'static> {
    Session::new(&CATALOG, rows.iter().enumerate().map(assigned).collect(), line)
}

fn assigned((index, row): (usize, &Asked)) -> Assignment<'static> {
    let provider = CATALOG.provider("render").unwrap();
    let model = &provider.models[0];
    let matrix = CATALOG.matrix(provider, model);
    let file: Arc<str> = "q.csv".into();
    let candidate = |(place, area): (usize, &str)| Candidate {
        area: Some(AreaId::new(area)),
        confidence: if place == 0 { row.confidence } else { 0.05 },
        evidence: Evidence::default(),
    };
    let mut candidates: Vec<Candidate> = AREAS.into_iter().enumerate().map(candidate).collect();
    if row.band == Band::Unmatched {
        candidates[0].area = None;
    }
    let ranking = Ranking { candidates, also: Vec::new(), band: row.band, grounds: Grounds::default() };
    let question = Question {
        id: row.id.clone(),
        section: row.section.clone(),
        text: row.text.clone(),
        parent: String::new(),
        place: Place::line(&file, index as u64 + 2),
    };
    Assignment::new((provider, model), &matrix, question, ranking)
}

fn session(rows: &[Asked]) -> Session<'static> {
    session_on(Line::Open, rows)
}

/// Four rows, three of them open; the first and the last ask the same.
fn four() -> Vec<Asked> {
    vec![
        review("1", "Do you encrypt customer data at rest?"),
        asked("2", "Are backups tested?", Band::Auto, 0.99),
        asked("3", "What is the name of the company?", Band::Unmatched, 0.7),
        asked("4", "Is customer data at rest encrypted?", Band::Review, 0.9),
    ]
}

fn ada() -> Stamp {
    Stamp { by: "Ada".into(), at: "2026-11-21T17:00:00Z".into() }
}

/// Does it and gives the entry.
#[track_caller]
fn decide(session: &mut Session<'_>, action: Action) -> Entry {
    match session.apply(action, &ada()) {
        Ok(Event::Recorded(entry)) => entry,
        other => panic!("{other:?}"),
    }
}

fn at(session: &Session<'_>) -> Option<usize> {
    session.card().map(|card| card.row)
}

fn statuses(session: &Session<'_>) -> Vec<&'static str> {
    session.assignments().map(|row| row.status.as_str()).collect()
}

fn areas(names: &[&str]) -> Vec<AreaId> {
    names.iter().map(|name| AreaId::new(name)).collect()
}

fn by_customer(reason: &str) -> NamedParty {
    NamedParty { party: Party::Customer, reason: reason.into() }
}

#[test]
fn only_what_is_open_is_walked_unless_more_is_asked_for() {
    let walked = |line| {
        let mut session = session_on(line, &four());
        let mut rows = Vec::new();
        while let Some(row) = at(&session) {
            rows.push(row);
            session.apply(Action::Forward, &ada()).unwrap();
        }
        rows
    };
    assert_eq!(walked(Line::Open), [0, 2, 3]);
    assert_eq!(walked(Line::Timid), [0, 1, 2, 3]);
    assert_eq!(walked(Line::All), [0, 1, 2, 3]);
    assert_eq!(walked(Line::Below(0.8)), [0, 2]);
    assert_eq!(walked(Line::Below(1.0)), [0, 1, 2, 3]);
}

#[test]
fn a_card_tells_where_it_stands_and_what_is_proposed() {
    let mut session = session(&four());
    let card = session.card().unwrap();
    assert_eq!((card.position, card.total, card.left, card.row), (1, 3, 3, 0));
    assert_eq!(card.proposed.area().unwrap().as_str(), "encryption-at-rest");
    assert_eq!(card.alike.iter().map(|other| other.row).collect::<Vec<_>>(), [3]);
    assert!(card.said.is_none());
    decide(&mut session, Action::Take(2));
    session.apply(Action::Back, &ada()).unwrap();
    let card = session.card().unwrap();
    assert_eq!(card.said.unwrap().status, Some(Status::Corrected));
    assert_eq!(card.stands.area().unwrap().as_str(), "backup-recovery");
    assert_eq!(card.proposed.area().unwrap().as_str(), "encryption-at-rest");
    assert_eq!((card.stands.reviewer.as_str(), card.left), ("Ada", 2));
}

#[test]
fn every_decision_does_what_it_says_and_takes_one_on() {
    let mut session = session(&four());
    decide(&mut session, Action::Accept);
    assert_eq!(at(&session), Some(2));
    decide(&mut session, Action::NotApplicable);
    decide(&mut session, Action::Skip);
    assert!(session.card().is_none());
    assert_eq!(statuses(&session), ["confirmed", "auto", "not-applicable", "skipped"]);
    let summary = session.summary();
    assert_eq!((summary.settled(), summary.skipped, summary.left, summary.unsettled), (2, 1, 0, 1));
    assert_eq!(session.apply(Action::Accept, &ada()), Err(Refusal::NoCard));
    // What was decided is not decided again by going back and on.
    session.apply(Action::GoTo(0), &ada()).unwrap();
    assert_eq!(session.apply(Action::Accept, &ada()), Ok(Event::Moved));
    assert_eq!(statuses(&session)[0], "confirmed");
}

#[test]
fn accepting_that_no_area_fits_is_a_confirmation_too() {
    let mut session = session(&four());
    session.apply(Action::Forward, &ada()).unwrap();
    decide(&mut session, Action::Accept);
    let rows: Vec<_> = session.assignments().collect();
    assert_eq!((rows[2].status, rows[2].area()), (Status::Confirmed, None));
}

#[test]
fn several_areas_are_chosen_at_once_and_each_once() {
    let mut session = session(&four());
    decide(&mut session, Action::Choose(areas(&["key-management", "backup-recovery", "key-management"])));
    let row = session.assignments().next().unwrap();
    let chosen: Vec<&str> = row.resolutions.iter().map(|found| found.area.id.as_str()).collect();
    assert_eq!((chosen, row.status), (vec!["key-management", "backup-recovery"], Status::Corrected));
    let nothing = session.apply(Action::Choose(areas(&["astrology"])), &ada());
    assert_eq!(nothing, Err(Refusal::NoArea));
    assert_eq!(session.apply(Action::Take(9), &ada()), Err(Refusal::NoCandidate));
    assert_eq!(session.apply(Action::Take(0), &ada()), Err(Refusal::NoCandidate));
}

#[test]
fn a_named_party_has_a_reason_and_no_source() {
    let mut session = session(&four());
    assert_eq!(session.apply(Action::Name(by_customer(" ")), &ada()), Err(Refusal::NoReason));
    decide(&mut session, Action::Name(by_customer("our contract, 4.2")));
    let row = session.assignments().next().unwrap();
    assert_eq!((row.party(), row.status), (Some(Party::Customer), Status::Corrected));
    assert_eq!(row.responsible(), "Customer");
    assert!(row.statements().is_empty());
    assert!(row.history().ends_with(": \"our contract, 4.2\"."), "{}", row.history());
    assert_eq!(row.area().unwrap().as_str(), "encryption-at-rest");
    // Another area leaves the party named; to take what was proposed leaves it to the document.
    session.apply(Action::Back, &ada()).unwrap();
    decide(&mut session, Action::Choose(areas(&["key-management"])));
    let row = session.assignments().next().unwrap();
    assert_eq!((row.area().unwrap().as_str(), row.party()), ("key-management", Some(Party::Customer)));
    session.apply(Action::Back, &ada()).unwrap();
    decide(&mut session, Action::Take(1));
    let row = session.assignments().next().unwrap();
    assert!(row.named.is_none() && !row.statements().is_empty());
}

/// What the card offers, in words.
fn offered(session: &Session<'_>) -> Vec<String> {
    let told = |offer: &Offer| offer.areas.iter().map(AreaId::as_str).collect::<Vec<_>>().join("+");
    session.card().unwrap().offers.iter().map(told).collect()
}

#[test]
fn a_pair_can_be_taken_or_each_of_it() {
    let mut row = assigned((0, &four()[0]));
    assert_eq!(offered(&Session::new(&CATALOG, vec![row.clone()], Line::Open)), AREAS);
    let both = ["physical-security", "backup-recovery"].map(|area| CATALOG.area(area).unwrap());
    row.settle(&both);
    row.set_aside(Status::Review);
    let mut session = Session::new(&CATALOG, vec![row], Line::Open);
    assert_eq!(
        offered(&session),
        [
            "physical-security+backup-recovery",
            "physical-security",
            "backup-recovery",
            "encryption-at-rest",
            "patch-management"
        ]
    );
    assert_eq!(session.apply(Action::Take(6), &ada()), Err(Refusal::NoCandidate));
    decide(&mut session, Action::Take(3));
    session.apply(Action::Back, &ada()).unwrap();
    let said = session.card().unwrap().said.unwrap();
    assert_eq!((said.areas.clone(), said.status), (areas(&["backup-recovery"]), Some(Status::Corrected)));
    decide(&mut session, Action::Take(1));
    assert_eq!(statuses(&session), ["confirmed"]);
}

#[test]
fn a_follow_up_is_proposed_what_the_question_before_it_was_decided_as() {
    let rows = [
        review("1", "Do you encrypt customer data at rest?"),
        review("2", "If yes, how often?"),
        asked("3", "If not, why?", Band::Auto, 0.95),
        asked("4", "Who guards the gates?", Band::Auto, 0.95),
    ];
    let mut session = session(&rows);
    session.link(0, |text| text.starts_with("If"));
    assert_eq!(session.card().unwrap().total, 2);
    decide(&mut session, Action::Choose(areas(&["key-management", "backup-recovery"])));
    // Nothing hangs on what merely comes next.
    let card = session.card().unwrap();
    assert_eq!((card.row, card.total, card.follows.map(|on| on.row)), (1, 2, Some(0)));
    assert_eq!(card.stands.area().unwrap().as_str(), "key-management");
    assert_eq!((card.stands.status, offered(&session)[1].as_str()), (Status::Review, "encryption-at-rest"));
    // As long as nobody agrees, nothing but the matcher's word is exported, and nothing is agreed to unseen.
    assert_eq!(session.assignments().nth(1).unwrap().area().unwrap().as_str(), "encryption-at-rest");
    assert_eq!(session.would_change(Action::AcceptAbove(0.0)), 0);
    decide(&mut session, Action::Accept);
    assert_eq!(statuses(&session)[..2], ["corrected", "confirmed"]);
    // What was sure hung on it, too, and is asked now.
    let card = session.card().unwrap();
    assert_eq!((card.row, card.total, card.follows.map(|on| on.row)), (2, 3, Some(1)));
    decide(&mut session, Action::Take(2));
    assert_eq!(session.assignments().nth(2).unwrap().area().unwrap().as_str(), "encryption-at-rest");
    assert_eq!((at(&session), statuses(&session)[3]), (None, "auto"));
    // Whoever decides the first one anew is told of those that were decided after it.
    session.apply(Action::GoTo(0), &ada()).unwrap();
    decide(&mut session, Action::Choose(areas(&["patch-management"])));
    assert_eq!(session.decided_otherwise_below(0), [1]);
    for _ in 0..4 {
        decide(&mut session, Action::Undo);
    }
    assert!(session.card().unwrap().follows.is_none());
}

#[test]
fn whoever_decided_a_row_cannot_approve_it() {
    let mut session = session(&four());
    let entries =
        [Action::Accept, Action::NotApplicable, Action::Skip].map(|action| decide(&mut session, action));
    let mut again = self::session(&four());
    again.resume(&entries);
    again.approve("ADA ", false);
    assert_eq!((again.card().is_none(), again.summary().unapproved), (true, 2));
    again.approve("ada", true);
    again.apply(Action::GoTo(0), &ada()).unwrap();
    assert_eq!(again.apply(Action::Accept, &ada()), Err(Refusal::OwnDecision));
    let bo = Stamp { by: "Bo".into(), at: "2026-11-22T09:00:00Z".into() };
    again.approve("Bo", false);
    assert_eq!(again.card().unwrap().total, 2);
    let Ok(Event::Recorded(entry)) = again.apply(Action::Accept, &bo) else { panic!() };
    assert_eq!(at(&again), Some(2));
    assert_eq!(again.apply(Action::Skip, &bo), Ok(Event::Moved));
    assert_eq!((at(&again), statuses(&again)[2]), (None, "not-applicable"));
    let row = again.assignments().next().unwrap();
    assert_eq!((row.reviewer.as_str(), row.approver.as_str(), row.status), ("Ada", "Bo", Status::Confirmed));
    // It is one decision, made by one and approved by another, and it is undone by taking the approval back.
    let mut third = self::session(&four());
    third.resume(&[&entries[..], &[entry]].concat());
    assert_eq!((third.summary().approved, third.summary().unapproved), (1, 1));
    assert_eq!(third.said(0).unwrap().stamp, ada());
    decide(&mut third, Action::Undo);
    assert_eq!((third.summary().approved, statuses(&third)[0]), (0, "confirmed"));
}

#[test]
fn a_remark_stays_whatever_is_decided_and_decides_nothing() {
    let mut session = session(&four());
    decide(&mut session, Action::Note("ask Bo ".into()));
    assert_eq!(at(&session), Some(0));
    assert_eq!(session.apply(Action::Note("ask Bo".into()), &ada()), Err(Refusal::Same));
    assert_eq!(statuses(&session)[0], "review");
    decide(&mut session, Action::Take(3));
    let row = session.assignments().next().unwrap();
    assert_eq!((row.remarked.as_str(), row.status), ("ask Bo", Status::Corrected));
    assert_eq!(row.history(), "ask Bo.");
    decide(&mut session, Action::Undo);
    assert_eq!(session.card().unwrap().said.unwrap().note, "ask Bo");
    decide(&mut session, Action::Undo);
    assert_eq!(session.assignments().next().unwrap().remarked, "");
}

#[test]
fn undo_goes_back_to_where_it_was_decided() {
    let mut session = session(&four());
    assert_eq!(session.apply(Action::Undo, &ada()), Err(Refusal::NothingToUndo));
    decide(&mut session, Action::Accept);
    decide(&mut session, Action::Accept);
    let entry = decide(&mut session, Action::Undo);
    assert_eq!((entry.number, entry.act), (3, Act::Undo(2)));
    assert_eq!(at(&session), Some(2));
    assert_eq!(decide(&mut session, Action::Undo).act, Act::Undo(1));
    assert_eq!(at(&session), Some(0));
    assert_eq!(session.apply(Action::Undo, &ada()), Err(Refusal::NothingToUndo));
}

#[test]
fn all_that_are_sure_enough_are_accepted_at_once_and_undone_at_once() {
    let mut session = session(&four());
    assert_eq!(session.would_change(Action::AcceptAbove(0.95)), 0);
    assert_eq!(session.apply(Action::AcceptAbove(0.95), &ada()), Err(Refusal::NoneAbove));
    // A row without an area is not among them, however sure that is.
    assert_eq!(session.would_change(Action::AcceptAbove(0.5)), 2);
    decide(&mut session, Action::AcceptAbove(0.5));
    assert_eq!(statuses(&session), ["confirmed", "auto", "unmatched", "confirmed"]);
    assert_eq!(at(&session), Some(2));
    decide(&mut session, Action::Undo);
    assert_eq!(statuses(&session), ["review", "auto", "unmatched", "review"]);
}

#[test]
fn what_asks_the_same_is_decided_the_same() {
    let mut session = session(&four());
    decide(&mut session, Action::Take(5));
    session.apply(Action::GoTo(3), &ada()).unwrap();
    assert_eq!(session.would_change(Action::SameForAlike), 1);
    decide(&mut session, Action::SameForAlike);
    let rows: Vec<_> = session.assignments().collect();
    assert_eq!(rows[3].area().unwrap().as_str(), "key-management");
    assert_eq!(rows[3].status, Status::Corrected);
    session.apply(Action::GoTo(3), &ada()).unwrap();
    assert_eq!(session.apply(Action::SameForAlike, &ada()), Err(Refusal::Same));
    session.apply(Action::GoTo(2), &ada()).unwrap();
    assert_eq!(session.apply(Action::SameForAlike, &ada()), Err(Refusal::NoneAlike));
}

#[test]
fn a_row_is_found_by_its_place_or_its_id_and_walked_from_then_on() {
    let mut session = session(&[review("A.1", "Who is it?"), asked("A.2", "Who?", Band::Auto, 0.99)]);
    assert_eq!((session.find("1"), session.find(" a.2 ")), (Some(0), Some(1)));
    assert_eq!((session.find("2"), session.find("0"), session.find("")), (None, None, None));
    session.apply(Action::GoTo(1), &ada()).unwrap();
    assert_eq!(session.card().map(|card| (card.position, card.total)), Some((2, 2)));
    assert_eq!(session.apply(Action::GoTo(2), &ada()), Err(Refusal::NoRow));
}

#[test]
fn a_new_day_begins_at_the_first_open_row_and_then_asks_what_was_passed_over() {
    let mut first = session(&four());
    let mut entries = vec![decide(&mut first, Action::Skip), decide(&mut first, Action::Accept)];
    let mut second = session(&four());
    assert_eq!(second.resume(&entries), Followed::default());
    assert_eq!(at(&second), Some(3));
    entries.push(decide(&mut second, Action::Accept));
    assert_eq!(at(&second), None);
    let mut third = session(&four());
    third.resume(&entries);
    assert_eq!(at(&third), Some(0));
    assert_eq!(third.apply(Action::Skip, &ada()), Ok(Event::Moved));
    assert_eq!(at(&third), None);
}

#[test]
fn decisions_follow_their_questions() {
    let mut before = session_on(Line::All, &four());
    let entries: Vec<Entry> = [Action::Take(2), Action::Take(3), Action::Accept, Action::Skip]
        .map(|act| decide(&mut before, act))
        .into();
    let mut rows = four();
    rows[1].text = "Are backups tested and restored?".into();
    rows.swap(0, 3);
    rows.remove(2);
    rows.insert(0, review("0", "Is there a bank?"));
    let mut after = session(&rows);
    let followed = after.resume(&entries);
    assert_eq!(followed.moved, 2);
    let changed: Vec<_> = followed.changed.iter().map(|told| (told.row, told.before.as_str())).collect();
    assert_eq!(changed, [(2, "Are backups tested?")]);
    let gone: Vec<&str> = followed.gone.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(gone, ["3"]);
    assert_eq!(statuses(&after), ["review", "skipped", "auto", "corrected"]);
    // What changed is asked, though the matcher is sure.
    after.apply(Action::Forward, &ada()).unwrap();
    after.apply(Action::Forward, &ada()).unwrap();
    assert_eq!(after.card().unwrap().asked_before, Some("Are backups tested?"));
}

#[test]
fn follow_ups_of_one_wording_are_told_apart_by_what_stands_before_them() {
    let rows = |first: &str| {
        let ask = ["Are logs kept?", "If so, how?", "Are backups kept?", "If so, how?"];
        let numbered = |(number, text): (usize, &str)| review(&(number + 1).to_string(), text);
        let texts = std::iter::once(first).chain(ask).filter(|text| !text.is_empty());
        texts.enumerate().map(numbered).collect::<Vec<_>>()
    };
    let mut before = session(&rows(""));
    before.apply(Action::GoTo(3), &ada()).unwrap();
    let entries = [decide(&mut before, Action::Take(2))];
    // One more row at the top: every number is another's now.
    let mut after = session(&rows("Who are you?"));
    let followed = after.resume(&entries);
    assert_eq!((followed.moved, followed.changed.len(), followed.gone.len()), (1, 0, 0));
    assert_eq!(statuses(&after), ["review", "review", "review", "review", "corrected"]);
    // With other words before it, nobody knows which it was.
    let mut rows = rows("");
    rows[2].text = "Are tapes kept?".into();
    let mut after = session(&rows);
    after.resume(&entries);
    assert_eq!(statuses(&after), ["review"; 4]);
}

#[test]
fn an_area_that_is_gone_leaves_its_row_open() {
    let mut before = session(&four());
    let mut entry = decide(&mut before, Action::Take(2));
    if let Act::Set(sets) = &mut entry.act {
        sets[0].mark.areas = areas(&["astrology"]);
    }
    let mut after = session(&four());
    assert_eq!(after.resume(&[entry]).unknown_areas, [(0, AreaId::new("astrology"))]);
    assert_eq!(at(&after), Some(0));
}

fn opening() -> Opening {
    Opening {
        tool: "0.1.0".into(),
        at: "2026-11-21T17:00:00Z".into(),
        by: "Ada".into(),
        pid: 7,
        provider: "render".into(),
        model: "render".into(),
        ..Opening::default()
    }
}

struct Directory(tempfile::TempDir);

impl Directory {
    fn new() -> Directory {
        Directory(tempfile::tempdir().unwrap())
    }

    fn journal(&self) -> std::path::PathBuf {
        path_beside(&self.0.path().join("out.csv"))
    }

    fn open(&self) -> (Journal, Past) {
        Journal::open(&self.journal(), &opening()).unwrap()
    }

    /// Puts bytes into the journal's place.
    fn holds(&self, bytes: impl AsRef<[u8]>) {
        std::fs::File::create(self.journal()).unwrap().write_all(bytes.as_ref()).unwrap();
    }

    /// Keeps entries and gives the file's bytes.
    fn keep(&self, entries: &[Entry]) -> Vec<u8> {
        let (mut journal, _) = self.open();
        entries.iter().for_each(|entry| journal.append(entry).unwrap());
        std::fs::read(self.journal()).unwrap()
    }
}

/// Entries of every kind.
fn some_entries() -> Vec<Entry> {
    let mut session = session_on(Line::All, &four());
    [
        Action::Note("né \"quoted\"\n\u{1b}[2J".into()),
        Action::Name(by_customer("contract")),
        Action::Choose(areas(&["key-management", "backup-recovery"])),
        Action::Undo,
        Action::NotApplicable,
        Action::Skip,
        Action::AcceptAbove(0.1),
    ]
    .map(|action| decide(&mut session, action))
    .into()
}

#[test]
fn a_journal_gives_back_what_it_was_given() {
    let directory = Directory::new();
    let entries = some_entries();
    directory.keep(&entries);
    let (mut journal, past) = directory.open();
    assert_eq!(past.entries, entries);
    assert_eq!(past.opened.unwrap(), Opening { version: 1, ..opening() });
    assert!(past.damage.is_empty() && !past.torn && past.wrote.is_none());
    journal.wrote("sha256:00", &ada()).unwrap();
    drop(journal);
    assert_eq!(directory.open().1.wrote.as_deref(), Some("sha256:00"));
}

#[test]
fn a_journal_torn_anywhere_gives_every_whole_entry_and_goes_on() {
    let entries = some_entries();
    let directory = Directory::new();
    let whole = directory.keep(&entries);
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for length in 0..whole.len() {
        directory.holds(&whole[..length]);
        let (mut journal, past) = directory.open();
        // An entry counts with its last brace, the end of its line or not.
        let ended = whole[..length].iter().filter(|byte| **byte == b'\n').count();
        let braced = usize::from(whole[length] == b'\n' && length > 0);
        let kept = (ended + braced).saturating_sub(1);
        assert_eq!(past.entries, entries[..kept], "torn at {length}");
        assert!(past.damage.is_empty(), "torn at {length}: {:?}", past.damage);
        let is_torn = length > 0 && braced == 0 && whole[length - 1] != b'\n';
        assert_eq!(past.torn, is_torn, "torn at {length}");
        // The next entry stands on a line of its own.
        journal.append(&entries[6]).unwrap();
        drop(journal);
        let (_, past) = directory.open();
        let expected: Vec<&Entry> = entries[..kept].iter().chain([&entries[6]]).collect();
        assert_eq!(past.entries.iter().collect::<Vec<_>>(), expected, "torn at {length}");
        assert!(past.damage.is_empty() && !past.torn);
    }
    assert!(first > 0);
}

#[test]
fn a_corrupt_line_is_told_and_the_rest_is_read() {
    let entries = some_entries();
    let directory = Directory::new();
    let whole = directory.keep(&entries);
    let mut lines: Vec<Vec<u8>> = whole.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    lines[2] = b"{\"n\":2,\"set\":[{\"row\":1}]}\n".to_vec();
    lines[3] = b"\xff\xfe\n".to_vec();
    lines[5] = b"{\"n\":5,\"at\n".to_vec();
    directory.holds(lines.concat());
    let (_, past) = directory.open();
    let told: Vec<(usize, &str)> =
        past.damage.iter().map(|damage| (damage.line, damage.why.split(" (").next().unwrap())).collect();
    assert_eq!(told, [(3, "no line of a journal"), (4, "not UTF-8"), (6, "no JSON")]);
    let numbers: Vec<u64> = past.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [1, 4, 6, 7]);
}

#[test]
fn what_is_no_journal_of_ours_is_left_alone() {
    let directory = Directory::new();
    for foreign in ["precious\n", "precious", "{}\n", "{\"whose\""] {
        directory.holds(foreign);
        let error = Journal::open(&directory.journal(), &opening()).unwrap_err();
        assert!(matches!(error, JournalError::Foreign), "{foreign}: {error}");
        assert_eq!(std::fs::read_to_string(directory.journal()).unwrap(), foreign);
    }
    let later = "{\"whose-triage\":2,\"tool\":\"9\",\"provider\":\"render\",\"model\":\"render\"}\n";
    directory.holds(later);
    let error = Journal::open(&directory.journal(), &opening()).unwrap_err();
    assert!(matches!(error, JournalError::Later(2)), "{error}");
    std::fs::remove_file(directory.journal()).unwrap();
    directory.keep(&some_entries());
    let other = Opening { provider: "vercel".into(), ..opening() };
    let error = Journal::open(&directory.journal(), &other).unwrap_err();
    assert_eq!(error.to_string(), "it is about render render");
    let typed = Opening { origin: Origin::Typed, ..opening() };
    let error = Journal::open(&directory.journal(), &typed).unwrap_err();
    assert_eq!(error.to_string(), "it keeps what `whose triage` settled of a questionnaire");
    // Where nothing is kept it does not matter what that would have been about.
    std::fs::remove_file(directory.journal()).unwrap();
    drop(directory.open());
    Journal::open(&directory.journal(), &other).unwrap();
}

#[test]
fn a_second_session_is_told_who_holds_the_first() {
    let directory = Directory::new();
    let (held, _) = directory.open();
    let error = Journal::open(&directory.journal(), &opening()).unwrap_err();
    assert_eq!(error.to_string(), "another session holds it: process 7 of Ada, since 2026-11-21T17:00:00Z");
    drop(held);
    directory.open();
}

/// Anything that a person might do.
fn any_action() -> impl Strategy<Value = Action> {
    let area = prop::sample::select(AREAS.as_slice()).prop_map(AreaId::new);
    let note = prop::sample::select(vec!["", "a", "b\n\"", "\u{1b}"]).prop_map(str::to_owned);
    let party = prop::sample::select(vec![Party::Provider, Party::Customer, Party::Shared]);
    prop_oneof![
        4 => Just(Action::Accept),
        2 => (0usize..7).prop_map(Action::Take),
        2 => prop::collection::vec(area, 0..3).prop_map(Action::Choose),
        2 => (party, note.clone()).prop_map(|(party, reason)| Action::Name(NamedParty { party, reason })),
        2 => note.prop_map(Action::Note),
        1 => Just(Action::NotApplicable),
        1 => Just(Action::Skip),
        4 => Just(Action::Undo),
        2 => Just(Action::Back),
        2 => Just(Action::Forward),
        2 => (0usize..7).prop_map(Action::GoTo),
        1 => (0.0..1.0f64).prop_map(Action::AcceptAbove),
        1 => Just(Action::SameForAlike),
    ]
}

/// What will be exported, and what was said.
fn state(session: &Session<'_>) -> Vec<String> {
    let rows = session.assignments().enumerate();
    rows.map(|(row, stands)| {
        let areas: Vec<&str> = stands.resolutions.iter().map(|found| found.area.id.as_str()).collect();
        format!(
            "{areas:?} {} {:?} {:?} {:?}",
            stands.status,
            stands.party(),
            stands.remarked,
            session.said(row)
        )
    })
    .collect()
}

fn six() -> Vec<Asked> {
    let mut rows = four();
    rows.push(review("5", "Do you encrypt customer data at rest?"));
    rows.push(review("6", "If so, how?"));
    rows
}

proptest! {
    // Every entry is synced to the disk.
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_is_done_reading_the_journal_gives_the_same_and_undoing_all_the_start(
        actions in prop::collection::vec(any_action(), 0..40),
        approvals in prop::collection::vec(any_action(), 0..12),
        all in any::<bool>(),
    ) {
        let line = if all { Line::All } else { Line::Open };
        let session_on = |line, rows: &[Asked]| {
            let mut session = session_on(line, rows);
            // Any of them may hang on the one before.
            session.link(0, |text| text.len().is_multiple_of(2));
            session
        };
        let mut session = session_on(line, &six());
        let start = state(&session);
        let directory = Directory::new();
        let (mut journal, _) = directory.open();
        for action in actions {
            let before = state(&session);
            let would = session.would_change(action.clone());
            match session.apply(action, &ada()) {
                Ok(Event::Recorded(entry)) => journal.append(&entry).unwrap(),
                Ok(Event::Moved) | Err(_) => {
                    prop_assert_eq!(&before, &state(&session));
                    prop_assert_eq!(would, 0);
                }
            }
        }
        drop(journal);
        let mut resumed = session_on(line, &six());
        let (mut journal, past) = directory.open();
        prop_assert_eq!(resumed.resume(&past.entries), Followed::default());
        prop_assert_eq!(state(&resumed), state(&session));
        // Another person approves, across a restart.
        resumed.approve("Bo", all);
        let bo = Stamp { by: "Bo".into(), ..ada() };
        for action in approvals {
            if let Ok(Event::Recorded(entry)) = resumed.apply(action, &bo) {
                journal.append(&entry).unwrap();
            }
        }
        drop(journal);
        let mut approved = session_on(line, &six());
        let (mut journal, past) = directory.open();
        approved.resume(&past.entries);
        prop_assert_eq!(state(&approved), state(&resumed));
        let mut resumed = approved;
        // Undoing goes back across restarts and people.
        while let Ok(Event::Recorded(entry)) = resumed.apply(Action::Undo, &ada()) {
            journal.append(&entry).unwrap();
        }
        prop_assert_eq!(state(&resumed), start.clone());
        drop(journal);
        let mut again = session_on(line, &six());
        again.resume(&directory.open().1.entries);
        prop_assert_eq!(state(&again), start);
    }

    #[test]
    fn a_journal_with_anything_in_it_does_not_fail(noise in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..2000) {
        let directory = Directory::new();
        let mut bytes = directory.keep(&some_entries());
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        directory.holds(&bytes);
        if let Ok((_, past)) = Journal::open(&directory.journal(), &opening()) {
            session(&four()).resume(&past.entries);
        }
    }
}

/// Questions as they are typed: some ask the same, and some the same in the same words.
fn typed(number: usize) -> Asked {
    let four = four();
    let text = four[number % four.len()].text.clone();
    Asked { section: String::new(), text, ..four[number % four.len()].clone() }
}

/// Asks a question and gives the entry that keeps it.
fn ask(session: &mut Session<'static>, number: usize) -> Entry {
    let row = session.rows();
    let asked = Asked { id: (row + 1).to_string(), ..typed(number) };
    let entry = session.ask(&asked.text, &ada());
    session.push(assigned((row, &asked)));
    entry
}

/// A session as its entries leave it.
fn replayed(entries: &[Entry]) -> Session<'static> {
    let mut session = Session::typed(&CATALOG);
    let asked = entries.iter().filter_map(|entry| match &entry.act {
        Act::Ask(question) => Some(question),
        _ => None,
    });
    for question in asked {
        let known = (0..4).map(typed).find(|known| known.text == *question).unwrap();
        let row = session.rows();
        session.push(assigned((row, &Asked { id: (row + 1).to_string(), ..known })));
    }
    assert_eq!(session.resume(entries), Followed::default());
    session
}

#[test]
fn a_session_that_grows_shows_what_was_asked_last_and_forgets_nothing() {
    let mut session = Session::typed(&CATALOG);
    assert!(session.is_typed() && session.card().is_none());
    // Sure as the matcher is, whoever asks is shown the answer.
    let mut entries = vec![ask(&mut session, 1)];
    assert_eq!(entries[0].act, Act::Ask("Are backups tested?".into()));
    assert_eq!(at(&session), Some(0));
    entries.push(decide(&mut session, Action::Skip));
    assert_eq!(at(&session), None);
    // Three at once, each in turn; what asks the same is told as soon as it is there.
    entries.extend([0, 3, 0].map(|number| ask(&mut session, number)));
    assert_eq!(at(&session), Some(1));
    let card = session.card().unwrap();
    assert_eq!((card.position, card.total, card.left), (2, 4, 3));
    assert_eq!(card.alike.iter().map(|other| other.row).collect::<Vec<_>>(), [2, 3]);
    entries.push(decide(&mut session, Action::Take(2)));
    entries.push(decide(&mut session, Action::SameForAlike));
    assert_eq!(at(&session), None);
    assert_eq!(statuses(&session), ["skipped", "corrected", "corrected", "corrected"]);
    entries.push(decide(&mut session, Action::Undo));
    let mut again = replayed(&entries);
    assert_eq!(state(&again), state(&session));
    assert_eq!(at(&again), Some(2));
    // Questions stay, whatever is taken back; what was passed over is not asked again by itself.
    while again.apply(Action::Undo, &ada()).is_ok() {}
    assert_eq!((again.rows(), statuses(&again)), (4, vec!["auto", "review", "review", "review"]));
    entries.truncate(2);
    assert_eq!(at(&replayed(&entries)), None);
}

#[test]
fn several_entries_are_kept_at_once_and_an_export_makes_a_journal_finished() {
    let directory = Directory::new();
    let (mut journal, past) = directory.open();
    assert!(past.keeps_nothing() && !past.is_unwritten && past.origin().is_none());
    let mut session = Session::typed(&CATALOG);
    let entries = [0, 1, 2].map(|number| ask(&mut session, number));
    journal.append_all(&entries).unwrap();
    assert!(matches!(Journal::look(&directory.journal()), Err(JournalError::Held(Some(_)))));
    drop(journal);
    let bytes = std::fs::read(directory.journal()).unwrap();
    let past = Journal::look(&directory.journal()).unwrap();
    assert_eq!((past.entries.as_slice(), past.asked().count()), (entries.as_slice(), 3));
    assert!(past.is_unwritten && !past.keeps_nothing());
    assert_eq!(std::fs::read(directory.journal()).unwrap(), bytes);
    let (mut journal, _) = directory.open();
    journal.wrote("sha256:00", &ada()).unwrap();
    drop(journal);
    assert!(!Journal::look(&directory.journal()).unwrap().is_unwritten);
}

#[test]
fn a_journal_moves_to_where_nothing_lies_and_goes_on_there() {
    let directory = Directory::new();
    let (mut journal, _) = directory.open();
    let entries = some_entries();
    journal.append_all(&entries[..3]).unwrap();
    let [taken, free, nowhere] = ["taken", "free", "none/where"].map(|name| directory.0.path().join(name));
    std::fs::File::create(&taken).unwrap().write_all(b"precious").unwrap();
    assert!(journal.move_to(&directory.journal(), &taken).is_err());
    assert!(journal.move_to(&directory.journal(), &nowhere).is_err());
    assert_eq!(std::fs::read(&taken).unwrap(), b"precious");
    journal.append(&entries[3]).unwrap();
    journal.move_to(&directory.journal(), &free).unwrap();
    assert!(!directory.journal().exists());
    journal.append(&entries[4]).unwrap();
    assert!(matches!(Journal::look(&free), Err(JournalError::Held(_))));
    drop(journal);
    let (journal, past) = Journal::open(&free, &opening()).unwrap();
    assert_eq!(past.entries, entries[..5]);
    journal.discard(&free).unwrap();
    assert!(!free.exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_is_asked_and_done_in_whatever_order_the_journal_gives_the_same(
        steps in prop::collection::vec(prop_oneof![
            2 => (0usize..4).prop_map(Err),
            3 => any_action().prop_map(Ok),
        ], 0..40),
    ) {
        let directory = Directory::new();
        let (mut journal, _) = directory.open();
        let mut session = Session::typed(&CATALOG);
        for step in steps {
            let before = state(&session);
            match step {
                Err(question) => {
                    journal.append(&ask(&mut session, question)).unwrap();
                    // A question changes no row that was there.
                    prop_assert_eq!(&before, &state(&session)[..before.len()]);
                }
                Ok(action) => match session.apply(action, &ada()) {
                    Ok(Event::Recorded(entry)) => journal.append(&entry).unwrap(),
                    Ok(Event::Moved) | Err(_) => prop_assert_eq!(&before, &state(&session)),
                },
            }
        }
        drop(journal);
        let (mut journal, past) = directory.open();
        let mut again = replayed(&past.entries);
        prop_assert_eq!(state(&again), state(&session));
        // What comes next is the same, too: numbers go on, and so does undoing.
        let (one, other) = (ask(&mut session, 0), ask(&mut again, 0));
        prop_assert_eq!(&one, &other);
        journal.append(&other).unwrap();
        while let Ok(Event::Recorded(entry)) = again.apply(Action::Undo, &ada()) {
            prop_assert_eq!(session.apply(Action::Undo, &ada()), Ok(Event::Recorded(entry.clone())));
            journal.append(&entry).unwrap();
        }
        prop_assert!((0..again.rows()).all(|row| again.said(row).is_none()));
        drop(journal);
        prop_assert_eq!(state(&replayed(&directory.open().1.entries)), state(&session));
    }
}

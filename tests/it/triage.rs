//! Triage, driven key by key through a pseudo-terminal and seen on a screen, or line by line.
#![cfg(unix)]

use std::num::NonZeroU16;
use std::process::Command;

use expectrl::process::unix::Signal;

use crate::harness::{BINARY, Sandbox};
use crate::prompt::{Person, column, rows, without_numbers};

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const CTRL_C: &str = "\x03";

const NOW: &str = "2026-11-21T17:00:00Z";

/// Five questions, of which the first and the last ask the same.
const QUESTIONS: &str = "id,section,question\n\
    A1,Data,Do you encrypt customer data at rest?\n\
    A2,Data,Are backups tested every quarter?\n\
    B1,Systems,Who patches the operating system?\n\
    B2,Systems,What is the name of your company?\n\
    B3,Systems,Is customer data at rest encrypted?\n";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("q.csv", QUESTIONS);
    sandbox
}

/// Every row is walked, so that nothing hangs on how sure the matcher is.
const ALL: [&str; 14] = [
    "triage",
    "q.csv",
    "-p",
    "render",
    "-o",
    "out.csv",
    "--all",
    "--reviewer",
    "Ada",
    "--now",
    NOW,
    "--color",
    "auto",
    // Where decisions are kept for other questionnaires is another name every time.
    "--no-keep",
];

fn starts(sandbox: &Sandbox) -> Person {
    starts_at(sandbox, 80)
}

fn starts_at(sandbox: &Sandbox, columns: u16) -> Person {
    let mut person = Person::starts_at(sandbox, &ALL, columns);
    person.sees("[1/5]");
    person.sees("? help");
    person
}

/// Ends with the page gone, whatever stood on the screen before it back, and the terminal as it was.
#[track_caller]
fn leaves(person: Person, code: i32) -> Person {
    let person = person.ends_with(code);
    assert!(!person.screen.screen().alternate_screen(), "{}", person.shown());
    person
}

fn journal_lines(sandbox: &Sandbox) -> usize {
    sandbox.read("out.csv.journal").lines().count()
}

/// Runs line by line.
fn plain(sandbox: &Sandbox, more: &[&str], letters: &str) -> crate::harness::Output {
    let args: Vec<&str> = ALL.iter().chain(&["--plain"]).chain(more).copied().collect();
    sandbox.run_with(args, letters.as_bytes())
}

#[test]
fn one_key_a_row_from_start_to_export() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    insta::assert_snapshot!("triage_card", without_numbers(&person.shown()));
    person.types("a");
    person.sees("[2/5]");
    person.sees("✓ A1 confirmed");
    person.types("n");
    person.sees("[3/5]");
    person.types("k");
    person.sees("[4/5]");
    person.types(ENTER);
    person.sees("[5/5]");
    // This one asks what the first asked, which is decided.
    person.sees("another row asks nearly the same: A1 (confirmed:");
    person.types("=");
    person.sees("Decide 1 row as one of them is decided?");
    person.types("y");
    person.sees("Every row has been looked at");
    insta::assert_snapshot!("triage_end", person.shown());
    person.types(ENTER);
    let person = leaves(person, 0);
    insta::assert_snapshot!("triage_afterwards", person.shown());
    let rows = rows(&sandbox, "out.csv");
    let expected = ["confirmed", "not-applicable", "skipped", "confirmed", "confirmed"];
    assert_eq!(column(&rows, "status"), expected);
    assert_eq!(column(&rows, "reviewer"), ["Ada"; 5]);
}

#[test]
fn a_narrow_screen_scrolls_a_long_card() {
    let sandbox = sandbox();
    let long = format!(
        "Do you encrypt customer data at rest{}?",
        ", in every region and every copy of it".repeat(9)
    );
    sandbox.file("q.csv", QUESTIONS.replace("Do you encrypt customer data at rest?", &format!("\"{long}\"")));
    let mut person = starts_at(&sandbox, 40);
    person.sees("more, space shows them");
    insta::assert_snapshot!("triage_narrow", without_numbers(&person.shown()));
    person.types(" ");
    person.sees("more above");
    person.sees("Why: ");
    person.types(" ");
    person.sees("Do you encrypt");
    person.types(DOWN);
    person.waits_until("no question", |person| !person.shown().contains("Do you encrypt"));
    person.types("q");
    leaves(person, 0);
}

#[test]
fn help_is_a_key_away_and_unknown_keys_do_nothing() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    let before = person.shown();
    person.types_one_by_one(&["y", "Z", "0", "\t", "\x1b[5~", "\x1bOP"]);
    assert_eq!(person.shown(), before);
    person.types("?");
    person.sees("back to the card");
    insta::assert_snapshot!("triage_help", person.shown());
    person.types("?");
    person.sees("[1/5]");
    person.types("q");
    leaves(person, 0);
    assert_eq!(journal_lines(&sandbox), 2);
}

#[test]
fn areas_are_found_by_name_and_rows_are_split() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    person.types("/");
    person.sees("Area ›");
    person.types("physical");
    person.sees("❯ Physical");
    person.types(ENTER);
    person.sees("✓ A1 corrected: physical-security");
    person.types("x");
    person.sees("Done: ");
    person.types("key management");
    person.sees("❯ + Cryptography");
    person.types(ENTER);
    person.sees("Done: backup-recovery + key-management");
    person.types("done");
    person.sees("❯ Done");
    person.types(ENTER);
    person.sees("✓ A2 corrected: backup-recovery + key-management");
    // Ctrl-C in a list is back at the card.
    person.types("/");
    person.sees("Area ›");
    person.types(CTRL_C);
    person.sees("[3/5]");
    person.types("q");
    leaves(person, 0);
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "area")[..2], ["physical-security", "backup-recovery"]);
    assert_eq!(column(&rows, "also")[..2], ["", "key-management"]);
}

#[test]
fn a_party_is_named_with_a_reason_and_the_export_says_so() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    person.types("p");
    person.sees("Why provider, whatever the document says");
    person.types(ENTER);
    person.sees("a party is named with a reason only");
    person.types("p");
    person.sees("Why provider");
    person.types("=HYPERLINK our contract\r");
    person.sees("[2/5]");
    person.types("e");
    person.sees("Note ›");
    person.types("ask Bo\r");
    person.sees("ask Bo.");
    person.types("b");
    person.sees("[1/5]");
    insta::assert_snapshot!("triage_named", without_numbers(&person.shown()));
    person.types("q");
    leaves(person, 0);
    let rows = rows(&sandbox, "out.csv");
    let first = &rows[0];
    for (name, value) in [("party", "provider"), ("responsible", "Render"), ("status", "corrected")] {
        assert_eq!(first[name], value);
    }
    for empty in ["source", "source_url", "provider_duty", "customer_duty"] {
        assert_eq!(first[empty], "", "{empty}");
    }
    assert_eq!(
        first["note"],
        "Party named by the reviewer, not by the document, which says customer: \"=HYPERLINK our contract\"."
    );
    assert!(rows[1]["note"].starts_with("ask Bo."), "{}", rows[1]["note"]);
}

#[test]
fn undo_goes_back_across_restarts() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    person.types("n");
    person.sees("[2/5]");
    person.types("n");
    person.sees("[3/5]");
    person.types(CTRL_C);
    let person = leaves(person, 1);
    assert!(person.shown().contains("the same command goes on there"), "{}", person.shown());
    assert!(!sandbox.path("out.csv").exists());
    let mut person = Person::starts(&sandbox, &ALL);
    person.sees("[3/5]");
    person.types("u");
    person.sees("[2/5]");
    person.sees("taken back");
    person.types("u");
    person.sees("[1/5]");
    person.types("u");
    person.sees("nothing to undo");
    person.types("q");
    leaves(person, 0);
    let rows = rows(&sandbox, "out.csv");
    assert!(column(&rows, "reviewer").iter().all(|name| name.is_empty()));
    // Nothing is erased: two decisions and two that take them back.
    assert_eq!(sandbox.read("out.csv.journal").matches("\"undo\":").count(), 2);
}

#[test]
fn all_that_are_sure_enough_are_accepted_after_a_yes() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    person.types("A");
    person.sees("in percent");
    person.types("\x15");
    person.types("101\r");
    person.sees("no share: 101");
    person.types("A");
    person.sees("in percent");
    person.types("1 %\r");
    person.sees("Accept 4 of the 5 rows left?");
    person.types("y");
    person.sees("✓ 4 rows decided");
    person.types("u");
    person.sees("taken back");
    person.sees("[1/5]");
    person.types("g");
    person.sees("Go to");
    person.types("b2\r");
    person.sees("[4/5]");
    person.types(CTRL_C);
    leaves(person, 1);
}

#[test]
fn kill_9_between_any_two_keys_loses_nothing() {
    let sandbox = sandbox();
    let keys = ["a", "n", "k", "2"];
    for (index, key) in keys.iter().enumerate() {
        let mut person = Person::starts(&sandbox, &ALL);
        person.sees(&format!("[{}/5]", index + 1));
        person.sees("? help");
        person.types(if index == 3 { "a" } else { key });
        // The next card is drawn when the decision is on the disk, and not before.
        person.sees(&format!("[{}/5]", index + 2));
        person.session.get_process_mut().signal(Signal::SIGKILL).unwrap();
        while person.looks() {}
        drop(person);
    }
    // The last line was being written.
    let mut journal = sandbox.read("out.csv.journal");
    journal.push_str("{\"n\":5,\"at\":\"2026");
    sandbox.file("out.csv.journal", &journal);
    let mut person = Person::starts(&sandbox, &ALL);
    person.sees("Before you go on");
    person.sees("the last decision was cut off");
    person.types(ENTER);
    person.sees("[5/5]");
    person.types("q");
    leaves(person, 0);
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "status")[..4], ["confirmed", "not-applicable", "skipped", "confirmed"]);
}

#[test]
fn a_card_is_drawn_anew_when_the_terminal_gets_another_size() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    let size = |number| NonZeroU16::new(number).unwrap();
    person.session.get_process_mut().set_window_size(50, 16).unwrap();
    person.screen.screen_mut().set_size(size(16), size(50));
    person.raw.clear();
    person.sees("more, space shows them");
    let drawn = person.shown();
    assert!(drawn.lines().next().unwrap().starts_with("[1/5] A1 · Data"), "{drawn}");
    assert!(drawn.lines().all(|line| line.chars().count() < 50), "{drawn}");
    person.types("q");
    leaves(person, 0);
}

#[test]
fn a_second_session_is_told_who_holds_the_first() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    let told = plain(&sandbox, &[], "a\n").failed();
    assert!(told.contains("`out.csv.journal`: another session holds it: process "), "{told}");
    assert!(told.contains(&format!(" of Ada, since {NOW}")), "{told}");
    person.types("q");
    leaves(person, 0);
    plain(&sandbox, &[], "q\n").done();
}

#[test]
fn a_hostile_questionnaire_does_not_steer_the_terminal() {
    let sandbox = Sandbox::new();
    let hostile = "id,section,question\n\"1\u{1b}]0;x\u{7}\",\"S\u{1b}[2J\",\"Who patches \u{1b}]0;pwned\u{7}\u{9b}31m it?\"\n";
    sandbox.file("q.csv", hostile);
    let mut person = Person::starts(&sandbox, &ALL);
    person.sees("[1/1]");
    person.types("a");
    person.sees("Every row");
    person.types("q");
    let person = leaves(person, 0);
    let raw = String::from_utf8_lossy(&person.raw);
    for sequence in ["\x1b]0;", "\x07", "\x1b[2J", "\u{9b}"] {
        assert!(!raw.contains(sequence), "{sequence:?} in {raw:?}");
    }
}

#[test]
fn without_colour_everything_is_still_there() {
    let sandbox = sandbox();
    let mut person = Person::starts_with(&sandbox, &ALL, |command| {
        command.env("NO_COLOR", "1");
    });
    person.sees("[1/5]");
    person.types("a");
    person.sees("✓ A1 confirmed");
    person.types("q");
    let person = leaves(person, 0);
    let raw = String::from_utf8_lossy(&person.raw);
    assert!(!raw.contains("\x1b[1m") && !raw.contains("\x1b[3"), "{raw:?}");
}

#[test]
fn a_paste_decides_nothing() {
    let sandbox = sandbox();
    let mut person = starts(&sandbox);
    person.types("an answer from somewhere\rnnn\r");
    std::thread::sleep(std::time::Duration::from_millis(300));
    person.types("q");
    leaves(person, 0);
    assert!(column(&rows(&sandbox, "out.csv"), "reviewer").iter().all(|name| name.is_empty()));
}

#[test]
fn without_a_terminal_the_ways_that_need_none_are_named() {
    let told = sandbox().run(ALL).whole();
    insta::assert_snapshot!("triage_no_terminal", told);
}

#[test]
fn line_by_line_does_the_same() {
    let sandbox = sandbox();
    let letters = "a\nx backup-recovery, key-management\n/ nonsense-area\np our contract\nu\ne ask Bo\nn\n?\nzz\n= yes\n5\nk\nk\n\n";
    let told = plain(&sandbox, &[], letters);
    insta::assert_snapshot!("triage_plain", without_numbers(&told.whole()));
    insta::assert_snapshot!("triage_plain_export", without_confidence(&sandbox.read("out.csv")));
}

/// The column `confidence` moves whenever the matcher learns.
fn without_confidence(csv: &str) -> String {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = reader.headers().unwrap().clone();
    let at = header.iter().position(|name| name == "confidence").unwrap();
    writer.write_record(&header).unwrap();
    for row in reader.records() {
        let row = row.unwrap();
        writer
            .write_record(row.iter().enumerate().map(|(column, cell)| if column == at { "N" } else { cell }))
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn an_input_that_ends_keeps_what_was_decided_and_writes_nothing() {
    let sandbox = sandbox();
    let told = plain(&sandbox, &[], "a\nn\n");
    assert_eq!(told.code, 1, "{}", told.stderr);
    assert!(told.stderr.contains("2 rows settled so far, kept in `out.csv.journal`"), "{}", told.stderr);
    assert!(!sandbox.path("out.csv").exists());
    let args: Vec<&str> = ALL.iter().chain(&["--export", "--strict"]).copied().collect();
    let told = sandbox.run(args);
    assert_eq!(column(&rows(&sandbox, "out.csv"), "status")[..2], ["confirmed", "not-applicable"]);
    let open = rows(&sandbox, "out.csv")
        .iter()
        .filter(|row| ["review", "unmatched"].contains(&row["status"].as_str()))
        .count();
    assert_eq!(
        (told.code, told.stderr.contains("not settled\n  q.csv:")),
        if open > 0 { (1, true) } else { (0, false) }
    );
}

#[test]
fn the_same_decisions_at_the_same_moment_give_the_same_export() {
    let run = || {
        let sandbox = sandbox();
        plain(&sandbox, &[], "a\nn\np contract\nq\n").done();
        sandbox.read("out.csv")
    };
    assert_eq!(run(), run());
}

#[test]
fn what_others_wrote_is_not_replaced_unasked() {
    let sandbox = sandbox();
    sandbox.file("out.csv", "precious\n");
    assert!(plain(&sandbox, &[], "q\n").failed().contains("`out.csv` is already there"));
    assert!(!sandbox.path("out.csv.journal").exists());
    plain(&sandbox, &["--force"], "q\n").done();
    plain(&sandbox, &[], "q\n").done();
    sandbox.file("out.csv", "edited\n");
    assert!(plain(&sandbox, &[], "q\n").failed().contains("was changed since triage wrote it"));
    assert_eq!(sandbox.read("out.csv"), "edited\n");
    sandbox.file("out.csv.journal", "precious\n");
    assert!(plain(&sandbox, &["--force"], "q\n").failed().contains("is no journal"));
    assert_eq!(sandbox.read("out.csv.journal"), "precious\n");
}

#[test]
fn a_questionnaire_that_changed_asks_only_what_is_new_or_changed() {
    let sandbox = sandbox();
    let open = ["triage", "q.csv", "-p", "render", "-o", "out.csv", "--now", NOW, "--plain"];
    plain(&sandbox, &[], "a\nn\nn\na\na\nq\n").done();
    let changed = QUESTIONS
        .replace("A1,", "A0,Data,Security of systems\nA1,")
        .replace("Are backups tested every quarter?", "Are backups tested every month?");
    sandbox.file("q.csv", &changed);
    let told = sandbox.run_with(open, b"q\n");
    assert!(
        told.stderr.contains("the questionnaire has changed since 2026-11-21T17:00:00Z"),
        "{}",
        told.stderr
    );
    assert!(told.stderr.contains("4 decisions moved with their rows"), "{}", told.stderr);
    assert!(
        told.stderr.contains("A2 is asked again; it read: \"Are backups tested every quarter?\""),
        "{}",
        told.stderr
    );
    told.done();
    let status: Vec<String> = rows(&sandbox, "out.csv").iter().map(|row| row["status"].clone()).collect();
    assert_eq!(status[1], "confirmed");
    assert_eq!(status[3..], ["not-applicable", "confirmed", "confirmed"]);
    assert!(!["confirmed", "not-applicable"].contains(&status[2].as_str()));
}

#[test]
fn a_line_without_end_is_refused_and_nothing_behind_it_is_done() {
    let sandbox = sandbox();
    let told = plain(&sandbox, &[], &format!("a\n{}\nn\nq\n", "n".repeat(70_000))).failed();
    assert!(told.contains("a line is longer than 64 KiB"), "{told}");
    assert_eq!(journal_lines(&sandbox), 2);
}

#[test]
fn a_full_disk_is_told_and_keeps_what_was_decided_before() {
    let sandbox = sandbox();
    // No file may grow beyond two blocks: the journal's beginning fits, not all decisions do.
    let limited = "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\"";
    let mut command = sandbox.command();
    let own = command.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)));
    let own: Vec<_> = own.filter_map(|(name, value)| Some((name, value?))).collect();
    command = Command::new("/bin/sh");
    command.current_dir(sandbox.path("")).env_clear().envs(own);
    command.args(["-c", limited, BINARY]).args(ALL).arg("--plain");
    sandbox.file("letters", "n\n".repeat(5) + "q\n");
    command.stdin(std::fs::File::open(sandbox.path("letters")).unwrap());
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("cannot keep the decision in `out.csv.journal`"), "{told}");
    let kept = sandbox.read("out.csv.journal").matches("not-applicable").count();
    assert!((1..5).contains(&kept) && sandbox.read("out.csv.journal").ends_with('\n'), "{kept}: {told}");
    // With room again it goes on where it was.
    plain(&sandbox, &[], &("n\n".repeat(5 - kept) + "q\n")).done();
    assert_eq!(column(&rows(&sandbox, "out.csv"), "status"), ["not-applicable"; 5]);
}

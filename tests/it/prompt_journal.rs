//! What the prompt keeps: questions and decisions, whatever breaks it off, and where it lies in the end.
#![cfg(unix)]

use expectrl::process::unix::Signal;

use crate::harness::{Output, Sandbox};
use crate::prompt::{Person, column, rows, without_numbers};

const ENTER: &str = "\r";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const NOW: &str = "2026-11-21T17:00:00Z";

const OUT: [&str; 8] = ["-p", "render", "-o", "out.csv", "--reviewer", "Ada", "--now", NOW];

const OS: &str = "Who patches the operating system?";
const GUARDS: &str = "Who guards the data centres?";
const STAFF: &str = "Who trains the staff?";

/// Ends at once, as a power cut would.
fn killed(mut person: Person) {
    person.session.get_process_mut().signal(Signal::SIGKILL).unwrap();
    while person.looks() {}
}

/// Line by line, from a script.
fn plain(sandbox: &Sandbox, args: &[&str], lines: &str) -> Output {
    sandbox.run_with([args, &["--plain"]].concat(), lines.as_bytes())
}

fn journal_lines(sandbox: &Sandbox, with: &str) -> usize {
    sandbox.read("out.csv.journal").lines().filter(|line| line.contains(with)).count()
}

#[test]
fn kill_9_between_any_two_keys_loses_nothing() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 1");
    person.asks(OS);
    // Asked, and not decided.
    killed(person);
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("[1/1]");
    person.types("a");
    person.sees("Question 2");
    killed(person);
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("1 question from 2026-11-21: going on at question 2");
    person.sees("Question 2");
    person.asks(GUARDS);
    person.types("e");
    person.sees("Note ›");
    person.types("ask Bo\r");
    person.sees("ask Bo.");
    killed(person);
    // The last line was being written.
    let journal = sandbox.read("out.csv.journal");
    sandbox.file("out.csv.journal", journal + "{\"n\":5,\"at\":\"2026");
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Before you go on");
    person.sees("what was kept last was cut off");
    person.types(ENTER);
    person.sees("[2/2]");
    person.sees("ask Bo.");
    person.types("k");
    // What was passed over is not asked again by itself.
    person.sees("Question 3");
    killed(person);
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 3");
    person.types(ENTER);
    person.sees("2 questions written to `out.csv`");
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "question"), [OS, GUARDS]);
    assert_eq!(column(&rows, "status"), ["confirmed", "skipped"]);
    assert_eq!(column(&rows, "reviewer"), ["Ada", "Ada"]);
    assert!(rows[1]["note"].starts_with("ask Bo."), "{rows:?}");
}

#[test]
fn pasted_lines_are_kept_before_the_first_is_shown() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 1");
    person.types(&([OS, GUARDS].join("\r") + "\r"));
    person.sees("[1/2]");
    person.sees("? help");
    // The rest of the paste comes late; it decides nothing and is kept, too.
    person.types(&(STAFF.to_owned() + "\r"));
    person.sees("[1/3]");
    person.sees("1 more question pasted");
    killed(person);
    assert_eq!(journal_lines(&sandbox, "\"ask\":"), 3);
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("[1/3]");
    person.types("a");
    person.sees("[2/3]");
    person.types("q");
    person.sees("2 questions not decided, kept as proposed");
    person.sees("3 questions written to `out.csv`");
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "question"), [OS, GUARDS, STAFF]);
    assert_eq!(column(&rows, "status")[0], "confirmed");
    assert_eq!(column(&rows, "id"), ["1", "2", "3"]);
}

#[test]
fn undo_goes_back_across_restarts_and_a_question_stays() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 1");
    person.asks(OS);
    person.types("n");
    person.sees("Question 2");
    person.asks(GUARDS);
    person.types("n");
    person.sees("Question 3");
    person.types(CTRL_C);
    person.sees("2 questions kept in `out.csv.journal`; the same command goes on there");
    person.ends_with(1);
    assert!(!sandbox.path("out.csv").exists());
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 3");
    person.types("u\r");
    person.sees("[2/2]");
    person.types("u");
    person.sees("[1/2]");
    person.sees("taken back");
    person.types("u");
    person.sees("nothing to undo");
    person.types(CTRL_D);
    let person = person.ends_with(1);
    for told in ["1. Who patches the operating system?", "2. Who guards the data centres?"] {
        assert!(person.shown().contains(told), "{}", person.shown());
    }
    assert_eq!(person.shown().matches("taken back (").count(), 2, "{}", person.shown());
    assert_eq!(journal_lines(&sandbox, "\"undo\":"), 2);
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("[1/2]");
    person.types("q");
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "question"), [OS, GUARDS]);
    assert_eq!(column(&rows, "reviewer"), ["", ""]);
}

#[test]
fn what_was_asked_before_is_a_key_away_and_alike_questions_are_told() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 1");
    person.types("b\r");
    person.sees("there is no card before this");
    person.asks("Do you encrypt customer data at rest?");
    person.types("2");
    person.types("/");
    person.sees("Area ›");
    person.types("physical\r");
    person.sees("Question 2");
    person.asks("Is customer data at rest encrypted?");
    person.sees("another row asks nearly the same: 1 (corrected:");
    person.types("=");
    person.sees("Decide 1 row as one of them is decided?");
    person.types("y");
    person.sees("Question 3");
    person.types("b\r");
    person.sees("[2/2]");
    person.types("b");
    person.sees("[1/2]");
    person.types("c");
    person.sees("Why customer");
    person.types("contract\r");
    person.sees("Question 3");
    person.types(ENTER);
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "area")[1], "physical-security");
    assert_eq!(column(&rows, "status"), ["corrected", "corrected"]);
    assert!(rows[0]["note"].contains("contract"), "{rows:?}");
}

#[test]
fn the_journal_moves_to_where_the_answers_are_written() {
    let sandbox = Sandbox::new();
    sandbox.file("taken.csv.journal", "precious\n");
    let mut person = Person::asks_about_render(&sandbox, &[]);
    person.asks(OS);
    person.types("a");
    person.sees("Question 2");
    person.types(CTRL_D);
    person.sees("Write the CSV to");
    person.types("taken.csv\r");
    person.sees("`taken.csv.journal` is already there");
    person.sees("Write the CSV to");
    person.types("mine.csv\r");
    person.sees("1 question written to `mine.csv`");
    person.ends();
    assert_eq!(sandbox.read("taken.csv.journal"), "precious\n");
    assert!(!sandbox.path("taken.csv").exists() && !sandbox.path("whose.csv.journal").exists());
    // Provider and model are known; what was decided is there.
    let mut person = Person::starts(&sandbox, &["-o", "mine.csv"]);
    person.sees("going on at question 2");
    person.sees("Question 2");
    person.asks(STAFF);
    person.types("a");
    person.sees("Question 3");
    person.types(ENTER);
    // It is as it was written, so that nobody needs to be asked.
    person.sees("2 questions written to `mine.csv`");
    person.ends();
    sandbox.file("mine.csv", "edited\n");
    let mut person = Person::starts(&sandbox, &["-o", "mine.csv"]);
    person.sees("Question 3");
    person.types(ENTER);
    person.sees("`mine.csv` was changed since it was written. Replace it?");
    person.types("n");
    person.sees("Write the CSV to");
    person.types(CTRL_C);
    person.sees("2 questions kept in `mine.csv.journal`");
    person.ends_with(1);
    assert_eq!(sandbox.read("mine.csv"), "edited\n");
}

#[test]
fn what_was_left_unfinished_is_offered_and_what_is_finished_is_not() {
    let sandbox = Sandbox::new();
    let at = ["--now", NOW];
    let mut person = Person::asks_about_render(&sandbox, &at);
    person.asks(OS);
    person.types("a");
    person.sees("Question 2");
    killed(person);
    // Of another provider nothing is offered.
    let mut person = Person::starts(&sandbox, &["-p", "vercel"]);
    person.sees("Question 1");
    person.types(ENTER);
    person.ends();
    let mut person = Person::starts(&sandbox, &at);
    person.sees("Questions were left unfinished");
    insta::assert_snapshot!("unfinished", person.shown());
    person.types("\x1b[B");
    person.sees("❯ Begin anew in `whose-2.csv`");
    person.types(ENTER);
    person.sees("Vercel");
    person.types(CTRL_C);
    person.ends();
    assert!(!sandbox.path("whose-2.csv.journal").exists());
    let mut person = Person::starts(&sandbox, &at);
    person.sees("❯ Go on in `whose.csv`: 1 question");
    person.types(ENTER);
    person.sees("1 question from 2026-11-21: going on at question 2");
    person.sees("Question 2");
    person.types(ENTER);
    person.sees("Write the CSV to");
    person.types(ENTER);
    person.sees("1 question written to `whose.csv`");
    person.ends();
    // Finished: a new session has a new name.
    let mut person = Person::asks_about_render(&sandbox, &at);
    // Two at the same time do not get into each other's way.
    let other = plain(&sandbox, &["-p", "render"], &format!("{GUARDS}\nn\n"));
    assert!(other.stderr.contains("1 question written to `whose-3.csv`"), "{}", other.stderr);
    person.asks(OS);
    person.types("q");
    person.sees("whose-2.csv");
    person.types(ENTER);
    person.sees("1 question written to `whose-2.csv`");
    person.ends();
    assert_eq!(column(&rows(&sandbox, "whose.csv"), "status"), ["confirmed"]);
}

#[test]
fn a_journal_of_another_kind_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file("q.txt", format!("{OS}\n"));
    let triage = ["triage", "q.txt", "-p", "render", "-o", "t.csv", "--all"];
    plain(&sandbox, &triage, "a\nq\n").done();
    let told = plain(&sandbox, &["-p", "render", "-o", "t.csv"], "").failed();
    assert!(told.contains("`t.csv.journal`: it keeps what `whose triage q.txt` settled"), "{told}");
    plain(&sandbox, &OUT, &format!("{OS}\na\n")).done();
    let told = plain(&sandbox, &["triage", "q.txt", "-p", "render", "-o", "out.csv"], "").failed();
    assert!(told.contains("it keeps questions typed at the prompt of `whose`"), "{told}");
    let told = plain(&sandbox, &["-p", "vercel", "-o", "out.csv"], "").failed();
    assert!(told.contains("it is about render default"), "{told}");
    sandbox.file("foreign.csv.journal", "precious\n");
    let told = plain(&sandbox, &["-p", "render", "-o", "foreign.csv"], "").failed();
    assert!(told.contains("is no journal of `whose`"), "{told}");
    assert_eq!(sandbox.read("foreign.csv.journal"), "precious\n");
}

#[test]
fn line_by_line_does_the_same() {
    let sandbox = Sandbox::new();
    let lines = format!("?\n{OS}\na\n{GUARDS}\nWho knows?\ne ask Bo\nn\nu\nk\nb\n/ backup-recovery\n\n");
    let told = plain(&sandbox, &[&OUT[..], &["--no-keep"]].concat(), &lines);
    insta::assert_snapshot!("prompt_plain", without_numbers(&told.whole()));
    let exported = rows(&sandbox, "out.csv");
    assert_eq!(column(&exported, "status"), ["confirmed", "corrected"]);
    // An input that ends at a card writes nothing.
    let told = plain(&sandbox, &OUT, &format!("{STAFF}\n"));
    assert_eq!(told.code, 1, "{}", told.stderr);
    assert!(told.stderr.contains("3 questions kept in `out.csv.journal`"), "{}", told.stderr);
    assert_eq!(rows(&sandbox, "out.csv").len(), 2);
    // One that ends where a question is asked for has had enough.
    plain(&sandbox, &OUT, "n").done();
    assert_eq!(rows(&sandbox, "out.csv").len(), 3);
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_read_out() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts_with(&sandbox, &[], |command| {
        command.env("TERM", "dumb");
    });
    person.sees("2: Render");
    person.types("2\r");
    person.sees("Question 1:");
    // Two at once were pasted: the second is a question and no letter.
    person.types(&format!("{OS}\rcustomer data is whose job?\r"));
    person.sees("1 more line pasted");
    person.sees("Question 1 of 2");
    person.types("a\r");
    person.sees("Question 2 of 2");
    person.types("p\r");
    person.sees("a party is named with a reason only");
    person.types("q\r");
    person.sees("Write the CSV to (Enter: whose.csv):");
    person.types("\r");
    person.sees("2 questions written to `whose.csv`");
    let person = person.ends();
    assert!(!String::from_utf8_lossy(&person.raw).contains("\x1b["), "{}", person.shown());
}

#[test]
fn the_same_questions_and_decisions_at_the_same_moment_give_the_same_journal() {
    let run = || {
        let sandbox = Sandbox::new();
        plain(&sandbox, &OUT, &format!("{OS}\na\n{STAFF}\nn\n")).done();
        let journal = sandbox.read("out.csv.journal");
        let (first, rest) = journal.split_once('\n').unwrap();
        assert!(first.contains("\"origin\":\"typed\""), "{first}");
        (sandbox.read("out.csv"), rest.to_owned())
    };
    assert_eq!(run(), run());
}

#[test]
fn a_second_session_is_told_who_holds_the_first() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &OUT);
    person.sees("Question 1");
    let told = plain(&sandbox, &OUT, "").failed();
    assert!(told.contains("`out.csv.journal`: another session holds it: process "), "{told}");
    person.types(ENTER);
    person.ends();
}

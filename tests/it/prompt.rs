//! The interactive prompt, driven key by key through a pseudo-terminal and seen on a screen.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::num::NonZeroU16;
use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;

use crate::harness::{Sandbox, whose};

/// Machines that test have few and slow cores; nothing here takes this long unless it never comes.
const PATIENCE: Duration = Duration::from_secs(30);

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";
const CTRL_C: &str = "\x03";

/// On the card, below everything else: a key is awaited.
const KEYS: &str = "? help";

/// A person at a terminal.
pub(crate) struct Person {
    pub(crate) session: OsSession,
    pub(crate) screen: vt100::Parser,
    /// Every byte that was sent to the terminal.
    pub(crate) raw: Vec<u8>,
}

impl Person {
    pub(crate) fn starts(sandbox: &Sandbox, args: &[&str]) -> Person {
        Person::starts_at(sandbox, args, COLUMNS)
    }

    pub(crate) fn starts_at(sandbox: &Sandbox, args: &[&str], columns: u16) -> Person {
        Person::starts_in(sandbox, args, columns, |_| {})
    }

    pub(crate) fn starts_with(
        sandbox: &Sandbox,
        args: &[&str],
        surroundings: impl FnOnce(&mut Command),
    ) -> Person {
        Person::starts_in(sandbox, args, COLUMNS, surroundings)
    }

    pub(crate) fn starts_in(
        sandbox: &Sandbox,
        args: &[&str],
        columns: u16,
        surroundings: impl FnOnce(&mut Command),
    ) -> Person {
        let mut command = sandbox.command();
        command.args(args).env_remove("COLUMNS").env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        surroundings(&mut command);
        Person::runs(command, columns)
    }

    /// At a terminal of so many columns.
    pub(crate) fn runs(command: Command, columns: u16) -> Person {
        let mut session = OsSession::spawn(command).unwrap();
        session.get_process_mut().set_window_size(columns, ROWS).unwrap();
        let size = |number| NonZeroU16::new(number).unwrap();
        Person { session, screen: vt100::Parser::new(size(ROWS), size(columns), 0), raw: Vec::new() }
    }

    /// The prompt for Render, which has one model: the first thing asked is a question.
    pub(crate) fn asks_about_render(sandbox: &Sandbox, args: &[&str]) -> Person {
        let mut person = Person::starts(sandbox, &[&["-p", "render"], args].concat());
        person.sees("Question 1");
        person
    }

    /// Slower than what the program takes for a paste, as a person's keys are.
    pub(crate) fn types_one_by_one(&mut self, keys: &[&str]) {
        for key in keys {
            self.types(key);
            std::thread::sleep(Duration::from_millis(120));
        }
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.session.write_all(keys.as_bytes()).unwrap();
        self.session.flush().unwrap();
    }

    /// Types a question and waits for its card.
    pub(crate) fn asks(&mut self, question: &str) {
        self.types(question);
        self.types(ENTER);
        self.sees(KEYS);
    }

    /// What stands on the screen; a no-break space looks like any other.
    pub(crate) fn shown(&self) -> String {
        self.screen.screen().contents().replace('\u{a0}', " ")
    }

    #[track_caller]
    pub(crate) fn sees(&mut self, text: &str) {
        self.waits_until(text, |person| person.shown().contains(text));
    }

    /// For what scrolls off the screen; `text` must be within one style.
    #[track_caller]
    pub(crate) fn is_told(&mut self, text: &str) {
        self.waits_until(text, |person| String::from_utf8_lossy(&person.raw).contains(text));
    }

    #[track_caller]
    pub(crate) fn waits_until(&mut self, what: &str, is_there: impl Fn(&Person) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_there(self) {
            assert!(Instant::now() < deadline, "no {what:?} on the screen:\n{}", self.shown());
            if !self.looks() {
                assert!(is_there(self), "ended without {what:?} on the screen:\n{}", self.shown());
            }
        }
    }

    /// Takes in what was drawn since; `false` when the program has ended.
    pub(crate) fn looks(&mut self) -> bool {
        let mut buffer = [0; 4096];
        match self.session.try_read(&mut buffer) {
            Ok(0) => false,
            Ok(length) => {
                self.raw.extend_from_slice(&buffer[..length]);
                self.screen.process(&buffer[..length]);
                true
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(5));
                true
            }
            // Linux reports the far end's closing as an error.
            Err(_) => false,
        }
    }

    #[track_caller]
    pub(crate) fn ends(self) -> Person {
        self.ends_with(0)
    }

    /// Waits for the end, which leaves the terminal as it was.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Person {
        self.ends_as(|status| matches!(status, WaitStatus::Exited(_, found) if *found == code))
    }

    /// The same for an end of any kind.
    #[track_caller]
    pub(crate) fn ends_as(mut self, is_meant: impl Fn(&WaitStatus) -> bool) -> Person {
        let deadline = Instant::now() + PATIENCE;
        while self.looks() {
            assert!(Instant::now() < deadline, "does not end:\n{}", self.shown());
        }
        let status = self.session.get_process().wait().unwrap();
        assert!(is_meant(&status), "{status:?}\n{}", self.shown());
        assert!(!self.screen.screen().alternate_screen(), "a page was left:\n{}", self.shown());
        assert!(!self.screen.screen().hide_cursor(), "the cursor is hidden:\n{}", self.shown());
        self
    }
}

/// The matcher's percentages move whenever it learns; what a card says stays.
pub(crate) fn without_numbers(card: &str) -> String {
    let parts: Vec<&str> = card.split(" %").collect();
    let last = parts.len() - 1;
    let digits = |letter: char| letter.is_ascii_digit();
    let cut = |(index, part): (usize, &&str)| match index == last {
        true => (*part).to_string(),
        false => format!("{}NN", part.trim_end_matches(digits)),
    };
    parts.iter().enumerate().map(cut).collect::<Vec<_>>().join(" %")
}

/// The rows of a CSV, each by column.
pub(crate) fn rows(sandbox: &Sandbox, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = sandbox.read(name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

pub(crate) fn column<'r>(rows: &'r [BTreeMap<String, String>], name: &str) -> Vec<&'r str> {
    rows.iter().map(|row| row[name].as_str()).collect()
}

#[test]
fn provider_and_model_are_chosen_from_lists_and_answers_end_up_in_a_file() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &[]);
    person.sees("Vercel");
    insta::assert_snapshot!("providers", person.shown());
    person.types(&DOWN.repeat(3));
    person.sees("❯ Union.ai");
    person.types(ENTER);
    person.sees("Deployment model");
    person.types(DOWN);
    person.sees("❯ BYOC");
    person.types(ENTER);
    person.sees("Question 1 ›");
    insta::assert_snapshot!("greeting", person.shown());
    person.asks("Who maintains the Kubernetes cluster?");
    person.types(ENTER);
    person.sees("Question 2");
    person.types(ENTER);
    person.sees("Write the CSV to");
    person.types(ENTER);
    person.sees("1 question written to `whose.csv`");
    person.ends();
    let rows = rows(&sandbox, "whose.csv");
    assert_eq!(column(&rows, "question"), ["Who maintains the Kubernetes cluster?"]);
    assert_eq!(column(&rows, "status"), ["confirmed"]);
    assert_eq!(column(&rows, "area"), ["compute-platform"]);
    assert_eq!(column(&rows, "provider"), ["union"]);
    assert_eq!(column(&rows, "model"), ["byoc"]);
    assert_eq!(column(&rows, "id"), ["1"]);
}

#[test]
fn what_is_named_on_the_command_line_is_not_asked() {
    let sandbox = Sandbox::new();
    let args = ["-p", "render", "-o", "out.csv", "--reviewer", "Ada"];
    let mut person = Person::starts(&sandbox, &args);
    person.sees("Question 1");
    person.asks("Who patches the operating system?");
    insta::assert_snapshot!("card", without_numbers(&person.shown()));
    person.types("a");
    person.sees("Question 2");
    person.types(ENTER);
    person.sees("1 question written to `out.csv`");
    let person = person.ends();
    assert!(!String::from_utf8_lossy(&person.raw).contains("Write the CSV to"));
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "area"), ["patch-management"]);
    assert_eq!(column(&rows, "status"), ["confirmed"]);
    assert_eq!(column(&rows, "reviewer"), ["Ada"]);
    assert!(rows[0]["source_url"].starts_with("https://"));
}

#[test]
fn a_long_question_is_edited_as_one_line_and_on_the_screen_once() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts_at(&sandbox, &["-p", "render", "-o", "out.csv"], 40);
    person.sees("Question 1");
    person.types("Are backups of the databases encrypted, and are they restored every quarter?");
    person.sees("restored every quarter?");
    // To the first row and back, with something put in and something taken out.
    let left = "\x1b[D";
    person.types(&left.repeat("databases encrypted, and are they restored every quarter?".len()));
    person.types("production ");
    person.sees("the production databases encrypted");
    person.types("\x1b[F\x7f, by you?");
    person.sees("quarter, by you?");
    assert_eq!(person.shown().matches("Are backups").count(), 1, "{}", person.shown());
    person.types(ENTER);
    person.sees(KEYS);
    assert!(person.shown().matches("Are backups").count() <= 1, "{}", person.shown());
    person.types("q");
    person.ends();
    let question =
        "Are backups of the production databases encrypted, and are they restored every quarter, by you?";
    assert_eq!(column(&rows(&sandbox, "out.csv"), "question"), [question]);
}

#[test]
fn a_narrow_screen_keeps_the_card_readable() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts_at(&sandbox, &["-p", "render", "-o", "out.csv"], 40);
    person.sees("Question 1");
    person.asks("Who patches the operating system?");
    insta::assert_snapshot!("narrow_card", without_numbers(&person.shown()));
    person.types("q");
    person.ends();
}

#[test]
fn a_number_takes_a_runner_up() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    // Short enough to leave the matcher in doubt.
    person.asks("Security of systems");
    person.sees("Or           2 ");
    person.types("2");
    person.sees("Question 2");
    person.types(ENTER);
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "status"), ["corrected"]);
}

#[test]
fn an_area_is_found_by_parts_of_its_name() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.asks("Who patches the operating system?");
    person.types("/");
    person.sees("Area ›");
    person.types("physical");
    person.sees("❯ Physical");
    person.types(ENTER);
    person.sees("Question 2");
    person.types(ENTER);
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "area"), ["physical-security"]);
    assert_eq!(column(&rows, "status"), ["corrected"]);
}

#[test]
fn questions_can_be_set_aside_and_the_rest_left_open() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.asks("Who guards the data centres?");
    person.types("n");
    person.sees("Question 2");
    person.asks("Who encrypts data at rest?");
    person.types("k");
    person.sees("Question 3");
    person.asks("Who patches the operating system?");
    person.types("q");
    person.sees("3 questions written to `out.csv`");
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    let status = column(&rows, "status");
    assert_eq!(status[..2], ["not-applicable", "skipped"]);
    assert!(["auto", "review"].contains(&status[2]), "{status:?}");
    assert_eq!(column(&rows, "party")[0], "");
    assert_eq!(column(&rows, "id"), ["1", "2", "3"]);
}

#[test]
fn help_is_a_key_away_and_unknown_keys_do_nothing() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.asks("Who patches the operating system?");
    let before = person.shown();
    // Ctrl-Z, too: a page that is left stopped would be in the shell's way.
    person.types_one_by_one(&["y", "0", "Z", "\t", "\x1b[5~", "\x1a"]);
    assert_eq!(person.shown(), before);
    // A key that is held down.
    person.types("aaaaaaaa");
    std::thread::sleep(Duration::from_millis(300));
    person.types("?");
    person.sees("back to the card");
    // Whoever reads the keys decides nothing.
    person.types("a");
    person.waits_until("the card again", |person| !person.shown().contains("back to the card"));
    person.types("a");
    person.sees("Question 2");
    person.types("?\r");
    person.sees("leave at once; everything is kept");
    insta::assert_snapshot!("help", without_numbers(&person.shown()));
    person.types(ENTER);
    person.ends();
    assert_eq!(column(&rows(&sandbox, "out.csv"), "status"), ["confirmed"]);
}

#[test]
fn pasted_lines_are_a_question_each() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    let questions =
        ["Who patches the operating system?", "Who guards the data centres?", "Who trains the staff?"];
    person.types(&(questions.join("\r") + "\r"));
    person.is_told("2 more lines pasted");
    for (index, question) in questions.iter().enumerate() {
        person.sees(&format!("[{}/3]", index + 1));
        person.sees(question);
        person.sees(KEYS);
        person.types("a");
    }
    person.sees("Question 4");
    insta::assert_snapshot!("afterwards", person.shown());
    person.types(ENTER);
    person.ends();
    let rows = rows(&sandbox, "out.csv");
    assert_eq!(column(&rows, "question"), questions);
    assert_eq!(column(&rows, "status"), ["confirmed"; 3]);
}

#[test]
fn a_paste_that_is_not_walked_to_its_end_loses_no_question() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    // More than a terminal holds for a program that reads whole lines.
    let questions: Vec<String> =
        (1..=120).map(|day| format!("Are all operating systems patched within {day} days?")).collect();
    person.types(&(questions.join("\r") + "\r"));
    person.is_told("119 more lines pasted");
    person.sees(KEYS);
    person.types("q");
    person.sees("120 questions not decided, kept as proposed");
    person.sees("120 questions written to `out.csv`");
    person.ends();
    assert_eq!(column(&rows(&sandbox, "out.csv"), "question"), questions);
}

#[test]
fn a_file_that_is_there_is_not_replaced_without_a_yes() {
    let sandbox = Sandbox::new();
    sandbox.file("out.csv", "precious\n");
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.asks("Who patches the operating system?");
    person.types("q");
    person.sees("`out.csv` is already there. Replace it?");
    person.types("n");
    person.sees("Write the CSV to");
    person.types("other.csv\r");
    person.sees("1 question written to `other.csv`");
    person.ends();
    assert_eq!(sandbox.read("out.csv"), "precious\n");
    assert_eq!(rows(&sandbox, "other.csv").len(), 1);
}

#[test]
fn a_file_that_is_there_is_replaced_after_a_yes() {
    let sandbox = Sandbox::new();
    sandbox.file("out.csv", "old\n");
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.asks("Who patches the operating system?");
    person.types("q");
    person.sees("Replace it?");
    person.types("y");
    person.sees("1 question written to `out.csv`");
    person.ends();
    assert_eq!(rows(&sandbox, "out.csv").len(), 1);
}

#[test]
fn the_default_name_is_one_that_is_free() {
    let sandbox = Sandbox::new();
    sandbox.file("whose.csv", "precious\n");
    let mut person = Person::asks_about_render(&sandbox, &[]);
    person.asks("Who patches the operating system?");
    person.types("q");
    person.sees("whose-2.csv");
    person.types(ENTER);
    person.sees("1 question written to `whose-2.csv`");
    person.ends();
    assert_eq!(sandbox.read("whose.csv"), "precious\n");
}

#[test]
fn ctrl_c_in_the_lists_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &[]);
    person.sees("Vercel");
    person.types(CTRL_C);
    person.ends();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.asks("Who patches the operating system?");
    person.types("/");
    person.sees("Area ›");
    person.types(CTRL_C);
    person.sees("[1/1]");
    person.types("a");
    person.sees("Question 2");
    person.types(CTRL_C);
    person.sees("1 question kept in `out.csv.journal`");
    person.ends_with(1);
}

#[test]
fn nothing_asked_leaves_no_file() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    person.types(ENTER);
    person.sees("nothing to write");
    person.ends();
    assert!(!sandbox.path("out.csv").exists() && !sandbox.path("out.csv.journal").exists());
}

#[test]
fn a_hostile_question_does_not_steer_the_terminal() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &["-o", "out.csv"]);
    // The first goes through the line, the second through the paste buffer.
    let hostile = "Who patches \x1b]0;pwned\x07\x1b[2J\u{9b}31m it?";
    person.types(&format!("{hostile}\r{hostile}\r"));
    person.is_told("1 more line pasted");
    person.sees("[1/2]");
    // Another comes late.
    person.types(&format!("{hostile}\r"));
    person.sees("[1/3]");
    person.types("a");
    person.sees("[2/3]");
    person.types("q");
    let person = person.ends();
    let raw = String::from_utf8_lossy(&person.raw);
    for sequence in ["\x1b]0;", "\x07", "\x1b[2J", "\u{9b}"] {
        assert!(!raw.contains(sequence), "{sequence:?} in {raw:?}");
    }
    let exported = sandbox.read("out.csv");
    assert!(!exported.chars().any(|letter| letter.is_control() && letter != '\n'), "{exported:?}");
}

#[test]
fn a_whole_questionnaire_never_asks_not_even_at_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.file("questions.txt", "Who patches the operating system?\n");
    sandbox.file("out.csv", "precious\n");
    let mut person = Person::starts(&sandbox, &["assign", "questions.txt", "-p", "render", "-o", "out.csv"]);
    person.sees("add --force to replace it");
    person.ends_with(2);
    assert_eq!(sandbox.read("out.csv"), "precious\n");
}

#[test]
fn without_colour_everything_is_still_there() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts(&sandbox, &["-p", "render", "-o", "out.csv", "--color", "never"]);
    person.sees("Question 1");
    person.asks("Who patches the operating system?");
    person.types("a");
    person.sees("Question 2");
    person.types(ENTER);
    let person = person.ends();
    assert!(!String::from_utf8_lossy(&person.raw).contains("\x1b[1m"));
}

#[test]
fn without_a_terminal_other_commands_are_named() {
    let told = whose("").whole();
    insta::assert_snapshot!("no_terminal", told);
    assert!(told.starts_with("exit: 2\n") && told.matches("hint: ").count() == 3);
}

#[test]
fn a_workbook_is_not_shown_on_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.file("q.txt", "Who patches the OS?\n");
    let mut person = Person::starts(&sandbox, &["assign", "q.txt", "-p", "render", "--format", "xlsx"]);
    person.sees("a workbook cannot be shown on a terminal");
    person.sees("-o out.xlsx");
}

#[test]
fn the_ending_says_what_the_answers_are_written_as() {
    let sandbox = Sandbox::new();
    let mut person = Person::asks_about_render(&sandbox, &[]);
    person.asks("Who patches the operating system?");
    person.types(ENTER);
    person.sees("Question 2");
    person.types(ENTER);
    person.sees("Write the CSV to");
    person.types("\x15answers.docx\r");
    person.sees("no export is written to a file named `answers.docx`");
    person.sees("Write the CSV to");
    person.types("\x15answers.md\r");
    person.sees("1 question written to `answers.md`");
    person.ends();
    assert!(sandbox.read("answers.md").contains("| 1 | Who patches the operating system? | provider |"));
}

#[test]
fn where_a_workbook_cannot_be_made_the_answers_are_written_all_the_same() {
    let sandbox = Sandbox::new();
    let mut person = Person::starts_with(&sandbox, &["-p", "render", "-o", "answers.xlsx"], |command| {
        command.env("TMPDIR", "/nowhere");
    });
    person.sees("Question 1");
    person.asks("Who patches the operating system?");
    person.types(ENTER);
    person.sees("Question 2");
    person.types(ENTER);
    person.sees("error: ");
    // Another name is asked for, and stands ready.
    person.sees("Write the CSV to");
    person.types(ENTER);
    person.sees("1 question written to `whose.csv`");
    person.ends();
    assert!(!sandbox.path("answers.xlsx").exists());
    assert_eq!(column(&rows(&sandbox, "whose.csv"), "status"), ["confirmed"]);
}

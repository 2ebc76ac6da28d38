//! Signals that end the program leave the terminal as it was, and what was decided on the disk.
#![cfg(unix)]

use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::process::unix::{Signal, WaitStatus};
use rustix::termios::{Action, LocalModes, tcflow, tcgetattr};

use crate::harness::{BINARY, Sandbox};
use crate::prompt::Person;

const QUESTION: &str = "Who patches the operating system?";
const PROMPT: [&str; 4] = ["-p", "render", "-o", "out.csv"];

/// At a terminal that echoes, as those of people do.
fn starts(sandbox: &Sandbox, args: &[&str]) -> Person {
    Person::runs(shell(sandbox, "stty echo; exec \"$0\" \"$@\"", args), 80)
}

fn shell(sandbox: &Sandbox, script: &str, args: &[&str]) -> Command {
    let mut command = Command::new("/bin/sh");
    command.current_dir(sandbox.path("")).env("HOME", sandbox.path("home"));
    command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").env_remove("COLUMNS");
    command.args(["-c", script, BINARY]).args(args);
    command
}

/// How the terminal takes keys.
fn modes(person: &Person) -> LocalModes {
    let all = tcgetattr(person.session.get_process().get_raw_handle().unwrap()).unwrap().local_modes;
    all & (LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
}

/// Sends a signal; the program ends by it, with the terminal as before.
#[track_caller]
fn ends_by(mut person: Person, signal: Signal) {
    let quiet = modes(&person);
    assert!(!quiet.contains(LocalModes::ECHO), "{quiet:?}");
    person.session.get_process_mut().signal(signal).unwrap();
    let person =
        person.ends_as(|status| matches!(status, WaitStatus::Signaled(_, found, _) if *found == signal));
    assert_eq!(modes(&person), LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
    assert!(!person.screen.screen().hide_cursor());
}

#[test]
fn at_a_list_a_line_a_card_and_a_search_the_terminal_is_given_back() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let sandbox = Sandbox::new();
        let mut person = starts(&sandbox, &[]);
        person.sees("Vercel");
        ends_by(person, signal);

        let mut person = starts(&sandbox, &PROMPT);
        person.sees("Question 1");
        person.types("Who pat");
        person.sees("Who pat");
        ends_by(person, signal);

        let mut person = starts(&sandbox, &PROMPT);
        person.sees("Question 1");
        person.asks(QUESTION);
        assert!(person.screen.screen().alternate_screen());
        ends_by(person, signal);

        let mut person = starts(&sandbox, &PROMPT);
        person.sees("[1/1]");
        person.types("/");
        person.sees("Area ›");
        ends_by(person, signal);

        let mut person = starts(&sandbox, &PROMPT);
        person.sees("[1/1]");
        person.types("a");
        person.sees("Question 2");
        ends_by(person, signal);
        assert_eq!(sandbox.read("out.csv.journal").matches("\"confirmed\"").count(), 1);
        assert!(!sandbox.path("out.csv").exists());
    }
}

#[test]
fn triage_gives_the_terminal_back_too() {
    let sandbox = Sandbox::new();
    sandbox.file("q.txt", format!("{QUESTION}\nWho trains the staff?\n"));
    let mut person = starts(&sandbox, &["triage", "q.txt", "-p", "render", "-o", "out.csv", "--all"]);
    person.sees("[1/2]");
    person.types("n");
    person.sees("[2/2]");
    ends_by(person, Signal::SIGTERM);
    assert!(sandbox.read("out.csv.journal").contains("not-applicable"));
}

#[test]
fn a_terminal_that_a_killed_program_left_raw_is_put_right() {
    let sandbox = Sandbox::new();
    let raw = shell(&sandbox, "stty raw -echo; exec \"$0\" \"$@\"", &PROMPT);
    let mut person = Person::runs(raw, 80);
    person.sees("Question 1");
    person.asks(QUESTION);
    ends_by(person, Signal::SIGTERM);
}

/// Gone, or waiting for somebody to ask how it ended.
#[cfg(target_os = "linux")]
#[track_caller]
fn is_gone_soon(pid: u32) {
    let stat = format!("/proc/{pid}/stat");
    let is_gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
    let began = Instant::now();
    while !is_gone() {
        assert!(began.elapsed().as_secs() < 20, "still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_takes_nothing_keeps_no_signal_waiting() {
    let sandbox = Sandbox::new();
    let mut person = starts(&sandbox, &PROMPT);
    person.sees("Question 1");
    person.asks(QUESTION);
    let pid = person.session.get_process().pid().as_raw().unsigned_abs();
    // Stopped, as by a Ctrl-S: what is drawn next waits for it.
    let terminal = std::fs::File::options().write(true).open(format!("/proc/{pid}/fd/2")).unwrap();
    tcflow(&terminal, Action::OOff).unwrap();
    person.types("?");
    std::thread::sleep(Duration::from_millis(500));
    person.session.get_process_mut().signal(Signal::SIGTERM).unwrap();
    is_gone_soon(pid);
    let status = person.session.get_process().wait().unwrap();
    assert!(matches!(status, WaitStatus::Signaled(_, Signal::SIGTERM, _)), "{status:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_ends_it_at_once_with_everything_kept() {
    for plain in [false, true] {
        let sandbox = Sandbox::new();
        // When the process that a terminal belongs to ends, the terminal is gone for all others.
        let args = [PROMPT.as_slice(), if plain { &["--plain"] } else { &[] }].concat();
        let command = shell(&sandbox, "\"$0\" \"$@\"; true", &args);
        let mut person = Person::runs(command, 80);
        person.sees("Question 1");
        person.types(&format!("{QUESTION}\r"));
        person.sees("patch-management");
        let journal = sandbox.read("out.csv.journal");
        let (_, pid) = journal.split_once("\"pid\":").unwrap();
        let pid: u32 = pid.split_once(',').unwrap().0.parse().unwrap();
        assert!(std::path::Path::new(&format!("/proc/{pid}")).exists());
        person.session.get_process_mut().signal(Signal::SIGKILL).unwrap();
        is_gone_soon(pid);
        assert_eq!(sandbox.read("out.csv.journal").matches("\"ask\":").count(), 1);
        assert!(!sandbox.path("out.csv").exists());
        assert!(!sandbox.read("out.csv.journal").contains("wrote"));
    }
}

#[test]
fn line_by_line_a_signal_ends_it_and_a_ctrl_c_says_how_to_go_on() {
    let sandbox = Sandbox::new();
    let args = [PROMPT.as_slice(), &["--plain"]].concat();
    let mut person = starts(&sandbox, &args);
    person.sees("Question 1:");
    person.types(&format!("{QUESTION}\r"));
    person.sees("patch-management");
    person.types("\x03");
    person.sees("everything is kept in `out.csv.journal`; the same command goes on there");
    person.ends_with(1);
    let mut person = starts(&sandbox, &args);
    person.sees("Question 1 of 1");
    person.session.get_process_mut().signal(Signal::SIGTERM).unwrap();
    person.ends_as(|status| matches!(status, WaitStatus::Signaled(_, Signal::SIGTERM, _)));
}

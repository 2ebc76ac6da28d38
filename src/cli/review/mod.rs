//! Triage at a terminal: the session's cards on a screen and its actions by keys, or both line by line.

mod desk;
pub(crate) mod kept;
mod keys;
mod lines;
mod screen;
mod sitting;
mod tell;

pub(crate) use desk::Desk;
pub(crate) use sitting::Work;

/// Whether cards are read line by line: where that was asked for, or the terminal cannot move its cursor.
pub(crate) fn is_plain(is_asked_for: bool) -> bool {
    is_asked_for || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// How a person left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// The export is to be written.
    Finished,
    /// No card is left, and more questions may be typed.
    Through,
    /// At once: what was decided is kept, and nothing is written.
    BrokenOff,
}

pub(crate) use keys::by_keys;
pub(crate) use lines::by_lines;
pub(crate) use tell::in_short as mark_in_short;

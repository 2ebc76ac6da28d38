//! Text to areas: what a question is about, how sure that is, and what spoke for it.
//!
//! Knows no catalog, no file and no terminal. Pure and deterministic: the same question in the same
//! surroundings gives the same ranking on every machine.

mod artifact;
mod bank;
mod compound;
mod confidence;
mod context;
mod controls;
mod explain;
mod features;
mod frames;
mod matcher;
mod math;
mod model;
mod nearest;
mod ranking;
mod reading;
mod shares;
mod spelling;
mod stream;
mod text;
mod train;
mod words;

pub use bank::{Bank, BankProblem, GENERIC, Generic, NONE, Phrasing, embedded_bank};
pub use confidence::{CALIBRATION, SIGNS};
pub use context::Walk;
pub use matcher::{AreaText, ExtraPhrasing, Matcher, folded};
pub use ranking::{
    Band, Candidate, Control, Evidence, Grounds, Nearest, Precedent, Query, Ranking, Term, WORTH_SHOWING,
};
pub use reading::Reading;
pub use stream::Stream;
pub use train::{Recipe, artifact_of};

#[cfg(test)]
mod tests;

//! Text to areas: what a question is about, how sure that is, and what spoke for it.
//!
//! Knows no catalog, no file and no terminal. Pure and deterministic: the same question in the same
//! surroundings gives the same ranking on every machine.

mod ranking;

pub use ranking::{Band, Candidate, Evidence, Nearest, Query, Ranking, Term};

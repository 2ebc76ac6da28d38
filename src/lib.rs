//! **whose** reads a security questionnaire and says, row by row, whose job it is: the platform's, ours or both,
//! with the place where the provider says so. This library is the whole of it without the terminal.
//!
//! Data flows one way: [`questionnaire`] → [`matching`] → [`assignment`] (with [`catalog`]) → [`export`].
//! [`decisions`] are what people settled before; they are [`labelled`] tables, as are those on which
//! [`evaluation`] measures the matcher on questions whose areas are known.

pub mod assignment;
pub mod atomic;
pub mod catalog;
pub mod cli;
pub mod decisions;
pub mod diagnostic;
pub mod domain;
pub mod evaluation;
pub mod export;
pub mod filling;
pub mod formula;
pub mod labelled;
pub mod matching;
pub mod pipeline;
pub mod questionnaire;
pub mod repeats;
pub mod safe_text;
pub mod suggest;
pub mod triage;
pub mod workbook;

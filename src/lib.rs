//! **whose** reads a security questionnaire and says, row by row, whose job it is.

pub mod domain;
pub mod matching;
pub mod questionnaire;

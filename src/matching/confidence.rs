//! Scores to confidence, and what a confidence allows.

use super::ranking::{Band, Candidate};
use crate::domain::AreaId;

/// Confidence from which a row stands without a person.
const AUTO: f64 = 0.95;

/// Share of the best candidate's confidence from which another area is asked about too.
const ALSO: f64 = 0.3;

/// Further areas that a row names at most.
const MAX_ALSO: usize = 2;

/// What a user's own wording claims at a similarity: everything when it is the same, little when
/// half the words differ.
pub(crate) fn of_wording(similarity: f64) -> f64 {
    0.98 * similarity.powi(4)
}

/// What a description of an area claims at a similarity: less than a wording, but there is nothing
/// else to go by.
pub(crate) fn of_description(similarity: f64) -> f64 {
    0.9 * similarity * similarity
}

/// The band of a ranking that this candidate leads.
pub(crate) fn band(best: &Candidate) -> Band {
    match (&best.area, best.confidence) {
        (None, _) => Band::Unmatched,
        (Some(_), confidence) if confidence >= AUTO => Band::Auto,
        _ => Band::Review,
    }
}

/// Areas that are asked about besides the best.
pub(crate) fn also(candidates: &[Candidate]) -> Vec<AreaId> {
    let best = &candidates[0];
    if best.area.is_none() {
        return Vec::new();
    }
    candidates[1..]
        .iter()
        .filter(|candidate| candidate.confidence >= ALSO * best.confidence)
        .filter_map(|candidate| candidate.area.clone())
        .take(MAX_ALSO)
        .collect()
}

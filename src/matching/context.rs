//! A question in its surroundings: heading and neighbours mixed into its own scores.

use super::matcher::Reading;

/// What the heading's scores count beside the question's own.
const SECTION: f64 = 0.5;
/// What the mean of the section's known questions counts.
const WINDOW: f64 = 0.3;
/// What the nearest neighbours count.
const NEIGHBOURS: f64 = 0.2;
/// How many questions on each side are neighbours.
const NEAR: usize = 2;

pub(crate) struct Surroundings<'a> {
    pub(crate) section: Option<&'a Reading>,
    /// Nearest last.
    pub(crate) before: &'a [&'a Reading],
    /// Nearest first.
    pub(crate) after: &'a [&'a Reading],
}

/// The mixed log-scores.
pub(crate) fn mix(own: &Reading, around: &Surroundings<'_>) -> Vec<f64> {
    let mut mixed = own.scores.clone();
    if let Some(section) = around.section {
        add(&mut mixed, section, SECTION);
    }
    let window = around.before.len() + around.after.len();
    for reading in around.before.iter().chain(around.after) {
        add(&mut mixed, reading, WINDOW / window as f64);
    }
    let near: Vec<&Reading> =
        around.before.iter().rev().take(NEAR).chain(around.after.iter().take(NEAR)).copied().collect();
    for reading in &near {
        add(&mut mixed, reading, NEIGHBOURS / near.len() as f64);
    }
    mixed
}

fn add(sums: &mut [f64], reading: &Reading, weight: f64) {
    for (sum, score) in sums.iter_mut().zip(&reading.scores) {
        *sum += weight * score;
    }
}

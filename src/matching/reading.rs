//! What is kept of a text that has been read once.

/// A text that has been read once, to be ranked and to be others' surroundings.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Log-probabilities of the trained labels.
    pub(crate) scores: Vec<f64>,
    /// How much it says: the squared weight of its words.
    pub(crate) content: f64,
    /// Whether it has no sense without the text before.
    pub(crate) follows: bool,
    /// Probabilities that wordings of the user's own claim, by label.
    pub(crate) claims: Vec<(usize, f64)>,
}

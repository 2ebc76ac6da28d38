//! What is kept of a text that has been read once.

use std::sync::OnceLock;

use super::math::{ln, normalise};
use super::model::MOST_LABELS;
use super::ranking::{Control, Precedent};

/// Probabilities of the trained labels, nought beyond the last: as many for every model, so that a walk through them takes
/// no look at their number.
pub(crate) type Shares = [f64; MOST_LABELS];

/// A text that has been read once, to be ranked and to be others' surroundings.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Probabilities of the trained labels.
    pub(crate) shares: Shares,
    /// How many labels there are.
    pub(crate) labels: usize,
    /// The probabilities, flattened: what the text says as another's surroundings.
    pub(crate) quiet: Shares,
    /// The probabilities, sharpened, once somebody asked.
    pub(crate) sharp: OnceLock<Box<Shares>>,
    /// How much it says on a logarithmic scale, about zero for an ordinary question.
    pub(crate) said: f64,
    /// How plainly it speaks of one label, about zero for an ordinary question.
    pub(crate) plain: f64,
    /// Whether any of its words is known, or the control that it names.
    pub(crate) known: bool,
    /// Whether it has no sense without the text before.
    pub(crate) follows: bool,
    /// Labels that its parts ask about by themselves, and how plainly.
    pub(crate) asked: Vec<(usize, f64)>,
    /// Probabilities that wordings of the user's own claim, by label.
    pub(crate) claims: Vec<(usize, f64)>,
    /// The control that it names.
    pub(crate) control: Option<Control>,
    /// The labels of that control, where the text beside it says less than a question does.
    pub(crate) bare: Option<Vec<usize>>,
    /// The wording settled before that claims most, with its label.
    pub(crate) precedent: Option<(usize, Precedent)>,
}

/// What a label is given that nothing spoke for.
const FLOOR: f64 = 1e-9;

/// The logarithm of an ordinary question's content.
const USUAL_CONTENT: f64 = 5.0;

/// What an ordinary question gives the label that it speaks of.
const USUAL_PLAIN: f64 = 0.7;

/// How much a text says whose words have this squared weight.
pub(crate) fn said(content: f64) -> f64 {
    ln(1.0 + content) - USUAL_CONTENT
}

impl Reading {
    /// A text with these probabilities that stands by itself.
    pub(crate) fn new(mut shares: Shares, labels: usize) -> Reading {
        shares[..labels].iter_mut().for_each(|share| *share = share.max(FLOOR));
        // The fourth root: fitted at 0.25, and roots are cheap and exact.
        let quiet = shares.map(|share| share.sqrt().sqrt());
        Reading {
            shares,
            labels,
            quiet,
            sharp: OnceLock::new(),
            said: said(0.0),
            plain: shares.iter().copied().fold(0.0, f64::max) - USUAL_PLAIN,
            known: false,
            follows: false,
            asked: Vec::new(),
            claims: Vec::new(),
            control: None,
            bare: None,
            precedent: None,
        }
    }

    /// The probabilities, sharpened: a heading stands for one area more often than a question does.
    /// Fitted at 2.5.
    pub(crate) fn sharp(&self) -> &Shares {
        self.sharp.get_or_init(|| {
            let mut sharp = self.shares.map(|share| share * share * share.sqrt());
            normalise(&mut sharp);
            Box::new(sharp)
        })
    }
}

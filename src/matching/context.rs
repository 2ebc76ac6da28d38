//! A question in its surroundings.
//!
//! Questions of a section are a walk over areas: the next one mostly stays with the area of the one
//! before, or else jumps to what the heading and the section as a whole are about. What a question
//! says by itself is weighed against where the walk could be at that point, looking at the
//! questions before and after; a question that says little is carried by the walk.

use super::math::{exp, ln, normalise, sum};
use super::model::MOST_LABELS;
use super::reading::{Reading, Shares};

/// How the walk goes; fitted by `examples/tune.rs`.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// Chance to stay with the area of the question before, for a question that says as much as most.
    pub stay: f64,
    /// What saying more takes from the log-odds of that.
    pub stay_content: f64,
    /// What speaking plainly of one area takes from them: it need not be long for that.
    pub stay_plain: f64,
    /// The chance to stay for a question that depends on the one before ("If yes, how often?").
    pub stay_follow: f64,
    /// Share of the heading in where a jump leads.
    pub jump_heading: f64,
    /// Share of the section's known questions in where a jump leads.
    pub jump_window: f64,
    /// The power to which a question's own shares are raised where it says as much as most.
    pub own: f64,
    /// What saying more adds to that power.
    pub own_content: f64,
}

impl Walk {
    /// The fitted walk.
    pub const DEFAULT: Walk = Walk {
        stay: 0.53,
        stay_content: 1.18,
        stay_plain: 3.5,
        stay_follow: 0.99,
        jump_heading: 0.035,
        jump_window: 0.21,
        own: 0.95,
        own_content: 0.26,
    };

    fn stay(&self, reading: &Reading) -> f64 {
        if reading.follows {
            return self.stay_follow;
        }
        let odds = self.stay / (1.0 - self.stay)
            * exp(-self.stay_content * reading.said - self.stay_plain * reading.plain);
        odds / (1.0 + odds)
    }
}

/// However little a question says, it is heard.
const FAINTEST: f64 = 0.1;

pub(crate) struct Surroundings<'a> {
    pub(crate) section: Option<&'a Reading>,
    /// Nearest last.
    pub(crate) before: &'a [&'a Reading],
    /// Nearest first.
    pub(crate) after: &'a [&'a Reading],
}

/// The probabilities of the labels in these surroundings.
pub(crate) fn place(own: &Reading, around: &Surroundings<'_>, walk: &Walk) -> Shares {
    let jump = jump(own, around, walk);
    let mut forward = jump;
    for (index, reading) in around.before.iter().enumerate() {
        if index > 0 {
            step(&mut forward, &jump, walk.stay(reading));
        }
        observe(&mut forward, &reading.quiet);
    }
    if !around.before.is_empty() {
        step(&mut forward, &jump, walk.stay(own));
    }
    let power = (walk.own + walk.own_content * own.said).max(FAINTEST);
    for (share, seen) in forward[..own.labels].iter_mut().zip(&own.shares) {
        *share *= exp(power * ln(*seen));
    }
    observe(&mut forward, &backward(&jump, around, walk));
    normalise(&mut forward);
    forward
}

/// Where a jump leads: to the heading's areas, to those of the section's questions, or anywhere.
fn jump(own: &Reading, around: &Surroundings<'_>, walk: &Walk) -> Shares {
    let mut jump = [0.0; MOST_LABELS];
    let mut rest = 1.0;
    if let Some(section) = around.section {
        add(&mut jump, section.sharp(), walk.jump_heading);
        rest -= walk.jump_heading;
    }
    let window = around.before.len() + around.after.len();
    if window > 0 {
        for reading in around.before.iter().chain(around.after) {
            add(&mut jump, &reading.shares, walk.jump_window / window as f64);
        }
        rest -= walk.jump_window;
    }
    jump[..own.labels].iter_mut().for_each(|share| *share += rest / own.labels as f64);
    jump
}

fn backward(jump: &Shares, around: &Surroundings<'_>, walk: &Walk) -> Shares {
    let mut back = [1.0; MOST_LABELS];
    for reading in around.after.iter().rev() {
        observe(&mut back, &reading.quiet);
        let mut jumping = back;
        observe(&mut jumping, jump);
        let elsewhere = sum(&jumping);
        let stay = walk.stay(reading);
        for share in &mut back {
            *share = stay * *share + (1.0 - stay) * elsewhere;
        }
    }
    back
}

/// One step of the walk. Shares need not sum to one: in the few steps of a window they grow no smaller than floats
/// can say.
fn step(shares: &mut Shares, jump: &Shares, stay: f64) {
    let jumping = (1.0 - stay) * sum(shares);
    for (share, jump) in shares.iter_mut().zip(jump) {
        *share = stay * *share + jumping * jump;
    }
}

fn observe(shares: &mut Shares, seen: &Shares) {
    for (share, seen) in shares.iter_mut().zip(seen) {
        *share *= seen;
    }
}

fn add(sums: &mut Shares, shares: &Shares, weight: f64) {
    for (sum, share) in sums.iter_mut().zip(shares) {
        *sum += weight * share;
    }
}

//! Scores to confidence, and what a confidence allows.

use super::math::{exp, ln, normalise};
use super::ranking::{Band, Candidate};
use super::reading::Reading;

/// How many signs speak for or against a ranking's best candidate.
pub const SIGNS: usize = 6;

/// What each sign counts towards the log-odds that the best candidate is right, the constant first;
/// fitted by `examples/tune.rs` on labelled questionnaires.
pub const CALIBRATION: [f64; SIGNS] = [0.841, 0.665, 0.243, -0.078, -0.192, 0.179];

/// The signs: a constant, the log-odds of the best candidate, its lead over the second, what the
/// question alone says of it, whether the question alone would have chosen it, and how much the
/// question says at all.
pub(crate) fn signs(own: &Reading, shares: &[f64]) -> [f64; SIGNS] {
    let best = top(shares);
    let second = shares
        .iter()
        .enumerate()
        .filter(|(label, _)| *label != best)
        .map(|(_, share)| *share)
        .fold(0.0, f64::max);
    let alone = own.shares.get(best).copied().unwrap_or(0.0);
    let same = own.shares.get(top(&own.shares)) == own.shares.get(best);
    [
        1.0,
        odds(shares[best]),
        odds(shares[best] / (shares[best] + second)),
        odds(alone),
        f64::from(u8::from(same)),
        own.said,
    ]
}

/// Surest odds that a sign may state: beyond, they are a matter of few words.
const SUREST: f64 = 7.0;

fn odds(share: f64) -> f64 {
    let share = share.clamp(1e-6, 1.0 - 1e-6);
    (ln(share) - ln(1.0 - share)).clamp(-SUREST, SUREST)
}

/// The first of the largest shares.
pub(crate) fn top(shares: &[f64]) -> usize {
    let most = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    shares.iter().position(|share| *share == most).unwrap_or_default()
}

/// The probability that the best candidate is right.
pub(crate) fn calibrated(signs: &[f64; SIGNS]) -> f64 {
    let odds: f64 = signs.iter().zip(&CALIBRATION).map(|(sign, weight)| sign * weight).sum();
    1.0 / (1.0 + exp(-odds))
}

/// Gives the best candidate its calibrated probability, and the others what is left in proportion.
pub(crate) fn calibrate(own: &Reading, shares: &mut [f64]) {
    let best = top(shares);
    let confidence = calibrated(&signs(own, shares)).min(most(own, best)).max(EVEN / shares.len() as f64);
    let rest = 1.0 - shares[best];
    let most = shares
        .iter()
        .enumerate()
        .filter(|(label, _)| *label != best)
        .map(|(_, share)| *share)
        .fold(0.0, f64::max);
    // The others keep their proportions, and none overtakes the best.
    let scale =
        ((1.0 - confidence) / rest.max(f64::MIN_POSITIVE)).min(confidence / most.max(f64::MIN_POSITIVE));
    for (label, share) in shares.iter_mut().enumerate() {
        *share = if label == best { confidence } else { *share * scale };
    }
}

/// The most that may be trusted where a person should look whatever the figures say: below [`AUTO`].
const DOUBTFUL: f64 = 0.9;

/// How plainly a question must speak of another label to contradict its surroundings.
const CONTRADICTS: f64 = 0.8;

/// The most confidence that a best candidate may have: a question without a known word has only its surroundings to go by
/// (a follow-up has them by right), one that plainly speaks of something else contradicts them, and so does a control that
/// stands beside a bare text.
fn most(own: &Reading, best: usize) -> f64 {
    let alone = top(&own.shares);
    let contradicts = alone != best && own.shares[alone] >= CONTRADICTS;
    let silent = !own.known && !own.follows;
    let elsewhere = own.bare.as_ref().is_some_and(|labels| !labels.contains(&best));
    if contradicts || silent || elsewhere { DOUBTFUL } else { 1.0 }
}

/// A best candidate is at least as likely as one of all.
const EVEN: f64 = 1.0;

/// Confidence from which a row stands without a person: held out, 98 in 100 of such rows are right.
const AUTO: f64 = 0.915;

/// Share of the best area's probability from which another is asked about too. A second area that is wrong makes the
/// party wrong, so this and what follows lean to too few.
const ALSO: f64 = 0.02;

/// What the question alone must give such an area.
const ALSO_ALONE: f64 = 0.03;

/// How plainly both parts must speak, where the question as a whole or its surroundings bear the second area out less:
/// down to a part of what they must else.
const SURE: f64 = 0.7;
const SURELY: f64 = 0.15;

/// How plainly a part of the question must speak of such an area.
const PLAIN: f64 = 0.5;

/// How plainly another part must speak of the best.
const MAIN: f64 = 0.6;

/// Further areas that a row names at most.
const MAX_ALSO: usize = 2;

/// What a user's own wording claims at a similarity: everything when it is the same, little when
/// half the words differ.
pub(crate) fn of_wording(similarity: f64) -> f64 {
    0.98 * similarity.powi(4)
}

/// How alike a wording settled before must be to be named as what decided.
pub(crate) const PRECEDENT: f64 = 0.8;

/// Lets wordings besides the bank claim their labels. Claims of several labels that are about as strong share, so that
/// decisions that contradict each other leave a doubt for a person to settle.
pub(crate) fn claim(shares: &mut [f64], claims: &[(usize, f64)]) {
    let strongest = claims.iter().map(|(_, claim)| *claim).fold(0.0, f64::max);
    let weight = |claim: f64| (claim / strongest).powi(8);
    let total: f64 = claims.iter().map(|(_, claim)| weight(*claim)).sum();
    if strongest <= 0.0 {
        return;
    }
    shares.iter_mut().for_each(|share| *share *= 1.0 - strongest);
    for (label, claim) in claims {
        shares[*label] += strongest * weight(*claim) / total;
    }
}

/// What a description of an area claims at a similarity: less than a wording, but there is nothing
/// else to go by.
pub(crate) fn of_description(similarity: f64) -> f64 {
    0.9 * similarity * similarity
}

/// What naming a control leaves to an area that it also asks about, and to one that it does not, beside its main area:
/// a questionnaire's own numbering may look like a standard's, so that a plain text can outvote it.
const CONTROL_ALSO: f64 = 0.3;
const CONTROL_OTHER: f64 = 0.01;

/// The same for "no area": a control is somebody's job.
const CONTROL_NONE: f64 = 0.001;

/// Weighs the labels of a control that the text names, main one first, into what the text says; "no area" is the last label.
pub(crate) fn observe_control(shares: &mut [f64], labels: &[usize]) {
    let none = shares.len().saturating_sub(1);
    for (label, share) in shares.iter_mut().enumerate() {
        *share *= match labels.iter().position(|named| *named == label) {
            Some(0) => 1.0,
            Some(_) => CONTROL_ALSO,
            None if label == none => CONTROL_NONE,
            None => CONTROL_OTHER,
        };
    }
    normalise(shares);
}

/// The same once more where a bare text beside a control has been placed: its surroundings may not carry it away.
pub(crate) fn observe_bare(own: &Reading, shares: &mut [f64]) {
    if own.bare.is_some() {
        let none = own.labels.saturating_sub(1);
        shares[none] *= CONTROL_NONE;
        normalise(shares);
    }
}

/// The band of a ranking that this candidate leads.
pub(crate) fn band(best: &Candidate) -> Band {
    match (&best.area, best.confidence) {
        (None, _) => Band::Unmatched,
        (Some(_), confidence) if confidence >= AUTO => Band::Auto,
        _ => Band::Review,
    }
}

/// Whether the question by itself leaves room for a second area.
pub(crate) fn may_ask_more(own: &Reading) -> bool {
    let best = top(&own.shares);
    own.shares.iter().enumerate().any(|(label, share)| label != best && *share >= SURELY * ALSO_ALONE)
}

/// Labels that are asked about besides the best, plainest first: those that a part of the question speaks of plainly
/// while another part speaks of the best, and that the whole in its surroundings bears out.
pub(crate) fn also(own: &Reading, placed: &[f64], none: usize) -> Vec<usize> {
    let best = top(placed);
    let main =
        own.asked.iter().filter(|(label, _)| *label == best).map(|(_, plain)| *plain).fold(0.0, f64::max);
    if best == none || main < MAIN {
        return Vec::new();
    }
    let mut others: Vec<(usize, f64)> = Vec::new();
    for &(label, plain) in &own.asked {
        let another = label != best && label != none && !others.iter().any(|(other, _)| *other == label);
        let needed = if plain.min(main) >= SURE { SURELY } else { 1.0 };
        let borne_out =
            own.shares[label] >= needed * ALSO_ALONE && placed[label] >= needed * ALSO * placed[best];
        if another && borne_out && plain >= PLAIN {
            others.push((label, plain));
        }
    }
    others.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    others.truncate(MAX_ALSO);
    others.into_iter().map(|(label, _)| label).collect()
}

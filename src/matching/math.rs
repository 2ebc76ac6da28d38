//! Exponential and logarithm from basic arithmetic alone: the same bits on every platform, which
//! the system's own functions do not promise.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// One over the factorials of 0 to 13: the terms of the series. The reduced argument is below
/// ln 2 / 2, so that the remainder is below an ulp.
const SERIES: [f64; 16] = {
    let mut series = [0.0; 16];
    series[0] = 1.0;
    let mut term = 1;
    while term < 14 {
        series[term] = series[term - 1] / term as f64;
        term += 1;
    }
    series
};

/// Adding it rounds to a whole number, which then stands in the lowest bits: without a branch or a cast, so that a
/// processor can work out several exponentials side by side.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// e to the power of `x`, of -700 and 700 where it is beyond.
pub(crate) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let rounded = x * LOG2_E + ROUND;
    let reduced = x - (rounded - ROUND) * LN_2;
    let power = f64::from_bits((rounded.to_bits().wrapping_add(1023)) << 52);
    polynomial(&SERIES, reduced) * power
}

/// One over the odd numbers from 1: the terms of the series for the area hyperbolic tangent. The ratio is below 0.172, so
/// that the remainder is below an ulp.
const ODD: [f64; 16] = {
    let mut odd = [0.0; 16];
    let mut term = 0;
    while term < 11 {
        odd[term] = 1.0 / (2 * term + 1) as f64;
        term += 1;
    }
    odd
};

/// The bits of 2^52: a whole number below that stands in the lowest bits of its sum with it.
const WHOLE: u64 = 0x4330_0000_0000_0000;

/// The natural logarithm of a positive, normal `x`.
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    // Without a cast, so that a processor can work out several logarithms side by side.
    let exponent = f64::from_bits(((bits >> 52) & 0x7ff) | WHOLE) - (f64::from_bits(WHOLE) + 1023.0);
    let mantissa = f64::from_bits((bits & !(0x7ff << 52)) | (1023 << 52));
    // About one, on both sides of it.
    let (mantissa, exponent) =
        if mantissa > SQRT_2 { (mantissa / 2.0, exponent + 1.0) } else { (mantissa, exponent) };
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    2.0 * ratio * polynomial(&ODD, square) + exponent * LN_2
}

/// A polynomial by halves, whose parts a processor works out side by side.
fn polynomial(terms: &[f64; 16], x: f64) -> f64 {
    let pair = |at: usize| terms[at] + terms[at + 1] * x;
    let square = x * x;
    let four = |at: usize| pair(at) + pair(at + 2) * square;
    let fourth = square * square;
    let eight = |at: usize| four(at) + four(at + 4) * fourth;
    eight(0) + eight(8) * (fourth * fourth)
}

/// Turns logits into probabilities in place.
pub(crate) fn softmax(logits: &mut [f64]) {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logits.iter_mut().for_each(|logit| *logit = exp(*logit - top));
    normalise(logits);
}

/// Scales shares so that they sum to one.
pub(crate) fn normalise(shares: &mut [f64]) {
    let scale = 1.0 / sum(shares);
    shares.iter_mut().for_each(|share| *share *= scale);
}

/// The sum in four strands, which a processor adds side by side; always the same strands, so always the same sum.
pub(crate) fn sum(values: &[f64]) -> f64 {
    let (fours, rest) = values.as_chunks::<4>();
    let mut strands = [0.0; 4];
    for four in fours {
        strands.iter_mut().zip(four).for_each(|(strand, value)| *strand += value);
    }
    strands.iter_mut().zip(rest).for_each(|(strand, value)| *strand += value);
    (strands[0] + strands[1]) + (strands[2] + strands[3])
}

#[cfg(test)]
mod tests {
    use super::{exp, ln, softmax};

    #[test]
    fn agrees_with_the_system() {
        for step in -400..400 {
            let x = f64::from(step) / 20.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-14, "exp {x}");
            assert!((ln(x.exp()) - x).abs() < 1e-13, "ln {x}");
        }
    }

    #[test]
    fn probabilities_sum_to_one() {
        let mut values = [3.0, -800.0, 2.0];
        softmax(&mut values);
        assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(values[0] > values[2] && values[2] > values[1]);
    }
}

//! Exponential and logarithm from basic arithmetic alone: the same bits on every platform, which
//! the system's own functions do not promise.

use std::f64::consts::{LN_2, SQRT_2};

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

/// e to the power of `x`.
pub(crate) fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.clamp(-700.0, 700.0);
    // A cast rounds towards zero in one instruction, where `round` is a call on older processors.
    let halvings = (x / LN_2 + 0.5_f64.copysign(x)) as i64;
    let reduced = x - halvings as f64 * LN_2;
    let sum = polynomial(&SERIES, reduced);
    sum * power_of_two(halvings)
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

/// The natural logarithm of a positive, normal `x`.
pub(crate) fn ln(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mantissa = f64::from_bits((bits & !(0x7ff << 52)) | (1023 << 52));
    // About one, on both sides of it.
    let (mantissa, exponent) =
        if mantissa > SQRT_2 { (mantissa / 2.0, exponent + 1) } else { (mantissa, exponent) };
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    2.0 * ratio * polynomial(&ODD, square) + exponent as f64 * LN_2
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

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Turns logits into probabilities in place.
pub(crate) fn softmax(logits: &mut [f64]) {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        *logit = exp(*logit - top);
        sum += *logit;
    }
    for logit in logits.iter_mut() {
        *logit /= sum;
    }
}

/// Scales shares so that they sum to one.
pub(crate) fn normalise(shares: &mut [f64]) {
    let scale = 1.0 / sum(shares.iter().copied());
    shares.iter_mut().for_each(|share| *share *= scale);
}

/// The sum in four strands, which a processor adds side by side; always the same strands, so always the same sum.
pub(crate) fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut strands = [0.0; 4];
    for (index, value) in values.enumerate() {
        strands[index % 4] += value;
    }
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

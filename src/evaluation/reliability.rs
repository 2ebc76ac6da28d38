//! How the stated confidence held.

use serde::Serialize;

/// Bins of equal width that confidences are sorted into.
pub(super) const BINS: usize = 10;

/// Rows of like confidence; only rows of which an area was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// The rows.
    pub rows: u64,
    /// The sum of their stated confidences.
    pub stated: f64,
    /// How many are right.
    pub right: u64,
}

/// The bin of a confidence.
pub(super) fn bin_of(confidence: f64) -> usize {
    // A cast from float saturates, and 1.0 belongs to the last bin.
    ((confidence * BINS as f64) as usize).min(BINS - 1)
}

/// The expected calibration error: how far stated confidence and truth lie apart, over the bins.
pub(super) fn calibration_error(bins: &[Bin; BINS]) -> Option<f64> {
    let rows: u64 = bins.iter().map(|bin| bin.rows).sum();
    let apart: f64 = bins.iter().map(|bin| (bin.stated - bin.right as f64).abs()).sum();
    (rows > 0).then(|| apart / rows as f64)
}

/// How many rows could stand by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reach {
    /// The share of them that must be right.
    pub right: f64,
    /// The rows: the surest of which an area was said.
    pub rows: u64,
    /// Their share of all rows.
    pub share: f64,
    /// The confidence of the least sure among them.
    pub from: f64,
}

/// The most rows of which such a share is right, taken from the surest down; `sure` has confidence and truth of each.
pub(super) fn reach(mut sure: Vec<(f64, bool)>, rows: u64, share: f64) -> Option<Reach> {
    sure.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let (mut right, mut best) = (0.0, None);
    for (index, (confidence, is_right)) in sure.iter().enumerate() {
        let taken = (index + 1) as f64;
        right += f64::from(u8::from(*is_right));
        if right / taken >= share {
            best = Some(Reach {
                right: share,
                rows: index as u64 + 1,
                share: taken / rows as f64,
                from: *confidence,
            });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_confidence_has_a_bin() {
        assert_eq!([0.0, 0.09, 0.1, 0.29, 0.7, 0.99, 1.0].map(bin_of), [0, 0, 1, 2, 7, 9, 9]);
    }

    #[test]
    fn the_error_weighs_each_bin_by_its_rows() {
        let mut bins = [Bin::default(); BINS];
        assert_eq!(calibration_error(&bins), None);
        bins[9] = Bin { rows: 3, stated: 2.75, right: 3 };
        bins[5] = Bin { rows: 1, stated: 0.5, right: 0 };
        assert_eq!(calibration_error(&bins), Some((0.25 + 0.5) / 4.0));
    }

    #[test]
    fn the_surest_rows_are_taken_while_enough_are_right() {
        let sure = vec![(0.5, true), (0.9, true), (0.8, false), (0.7, true), (0.6, true)];
        let reached = reach(sure.clone(), 10, 0.75).unwrap();
        assert_eq!((reached.rows, reached.from), (5, 0.5));
        assert_eq!(reach(sure.clone(), 10, 0.9).map(|reach| (reach.rows, reach.share)), Some((1, 0.1)));
        assert_eq!(reach(vec![(0.9, false)], 1, 0.5), None);
    }
}

//! What was right, counted.

use serde::Serialize;

use crate::export::two_decimals;
use crate::matching::{Band, Ranking};

use super::reliability::{BINS, Bin, bin_of, calibration_error};
use crate::labelled::Label;

/// Candidates among which a label may stand to be found at a glance.
const GLANCE: usize = 3;

/// Counts over labelled rows.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    rows: u64,
    strict: u64,
    lenient: u64,
    top3: u64,
    auto: u64,
    auto_right: u64,
    none_labelled: u64,
    none_found: u64,
    none_said: u64,
    none_right: u64,
    also_labelled: u64,
    also_found: u64,
    also_said: u64,
    also_right: u64,
    bins: [Bin; BINS],
}

/// The measures, as shares of 1; none where there is nothing to measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// Labelled rows.
    pub rows: u64,
    /// The area said is the label.
    pub strict: Option<f64>,
    /// The area said is the label or right too.
    pub lenient: Option<f64>,
    /// The label is among the first three candidates.
    pub top3: Option<f64>,
    /// Rows that were settled without a person.
    pub auto_share: Option<f64>,
    /// Of those, the lenient share.
    pub auto_right: Option<f64>,
    /// Of the rows labelled as no responsibility, those of which that was said.
    pub none_recall: Option<f64>,
    /// Of the rows of which that was said, those whose label allows it.
    pub none_precision: Option<f64>,
    /// Of the areas that labels name beyond one a row, those that were said beyond the main one.
    pub also_recall: Option<f64>,
    /// Of the areas that were said beyond the main one, those that are labelled.
    pub also_precision: Option<f64>,
    /// How far stated confidence and lenient truth lie apart, over ten bins of rows of which an area was said.
    pub calibration_error: Option<f64>,
}

impl Scores {
    /// Counts a row.
    pub fn count(&mut self, label: &Label, ranking: &Ranking) {
        let best = ranking.best();
        let said = best.area.as_ref();
        let lenient = label.allows(said);
        let count = |yes: bool| u64::from(yes);
        self.rows += 1;
        self.strict += count(said == label.area.as_ref());
        self.lenient += count(lenient);
        self.top3 +=
            count(ranking.candidates.iter().take(GLANCE).any(|candidate| candidate.area == label.area));
        if ranking.band == Band::Auto {
            self.auto += 1;
            self.auto_right += count(lenient);
        }
        self.none_labelled += count(label.area.is_none());
        self.none_found += count(label.area.is_none() && said.is_none());
        self.none_said += count(said.is_none());
        self.none_right += count(lenient && said.is_none());
        self.count_also(label, ranking);
        if said.is_some() {
            let bin = &mut self.bins[bin_of(stated(best.confidence))];
            bin.rows += 1;
            bin.stated += stated(best.confidence);
            bin.right += count(lenient);
        }
    }

    fn count_also(&mut self, label: &Label, ranking: &Ranking) {
        let areas = label.areas();
        let further = areas.len().saturating_sub(1) as u64;
        let right = ranking.also.iter().filter(|area| areas.contains(area)).count() as u64;
        self.also_labelled += further;
        // Where the main area is wrong, all that the label names may stand in `also`.
        self.also_found += right.min(further);
        self.also_said += ranking.also.len() as u64;
        self.also_right += right;
    }

    /// Rows of like confidence, the least sure first.
    pub fn bins(&self) -> &[Bin; BINS] {
        &self.bins
    }

    /// The counts as shares.
    pub fn measures(&self) -> Measures {
        Measures {
            rows: self.rows,
            strict: share(self.strict, self.rows),
            lenient: share(self.lenient, self.rows),
            top3: share(self.top3, self.rows),
            auto_share: share(self.auto, self.rows),
            auto_right: share(self.auto_right, self.auto),
            none_recall: share(self.none_found, self.none_labelled),
            none_precision: share(self.none_right, self.none_said),
            also_recall: share(self.also_found, self.also_labelled),
            also_precision: share(self.also_right, self.also_said),
            calibration_error: calibration_error(&self.bins),
        }
    }
}

/// The confidence as exports state it.
fn stated(confidence: f64) -> f64 {
    two_decimals(confidence)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use crate::domain::AreaId;
    use crate::matching::{Candidate, Evidence, Grounds};

    use super::*;

    fn area(name: &str) -> Option<AreaId> {
        (name != "none").then(|| AreaId::new(name))
    }

    fn label(name: &str, also: &[&str]) -> Label {
        Label { area: area(name), also: also.iter().map(|name| area(name)).collect() }
    }

    fn ranking(names: &[&str], confidence: f64, band: Band, also: &[&str]) -> Ranking {
        let candidate = |(index, name): (usize, &&str)| Candidate {
            area: area(name),
            confidence: if index == 0 { confidence } else { 0.01 },
            evidence: Evidence::default(),
        };
        Ranking {
            grounds: Grounds::default(),
            candidates: names.iter().enumerate().map(candidate).collect(),
            also: also.iter().map(|name| AreaId::new(name)).collect(),
            band,
        }
    }

    #[test]
    fn each_measure_counts_what_it_says() {
        let mut scores = Scores::default();
        scores.count(&label("a", &["b"]), &ranking(&["a", "c"], 0.999, Band::Auto, &["b"]));
        scores.count(&label("a", &["none"]), &ranking(&["none", "b", "a"], 0.5, Band::Unmatched, &[]));
        scores.count(&label("none", &[]), &ranking(&["b", "c", "d", "none"], 0.96, Band::Auto, &["c"]));
        scores.count(&label("none", &["b", "c"]), &ranking(&["b"], 0.5, Band::Review, &[]));
        let measures = scores.measures();
        assert_eq!(measures.rows, 4);
        assert_eq!(measures.strict, Some(0.25));
        assert_eq!(measures.lenient, Some(0.75));
        assert_eq!(measures.top3, Some(0.5));
        assert_eq!((measures.auto_share, measures.auto_right), (Some(0.5), Some(0.5)));
        assert_eq!((measures.none_recall, measures.none_precision), (Some(0.0), Some(1.0)));
        assert_eq!((measures.also_recall, measures.also_precision), (Some(0.5), Some(0.5)));
        // Stated are 0.99 (cut), 0.96 and 0.5; right are the first and the last.
        let error = measures.calibration_error.unwrap();
        assert!((error - ((1.95 - 1.0) + 0.5) / 3.0).abs() < 1e-12, "{error}");
    }

    #[test]
    fn nothing_to_measure_is_no_share() {
        assert_eq!(Scores::default().measures(), Measures::default());
    }

    #[test]
    fn further_areas_are_found_at_most_once() {
        let mut scores = Scores::default();
        scores.count(&label("a", &["b"]), &ranking(&["c"], 0.9, Band::Review, &["a", "b"]));
        let measures = scores.measures();
        assert_eq!((measures.also_recall, measures.also_precision), (Some(1.0), Some(1.0)));
    }
}

//! How often questionnaires ask about each area.

/// The table that comes with the program.
pub(crate) const SHARES: &str = include_str!("../../questions/shares.txt");

/// What a label counts that the table does not have: a rare one.
const RARE: f64 = 10.0;

/// The share of each label.
pub(crate) fn of(labels: &[String]) -> Vec<f64> {
    let share = |label: &String| {
        let rows = SHARES.lines().filter_map(|line| line.split_once(' '));
        let known = rows.filter(|(name, _)| name == label).find_map(|(_, count)| count.parse().ok());
        known.unwrap_or(RARE)
    };
    let counts: Vec<f64> = labels.iter().map(share).collect();
    let all: f64 = counts.iter().sum();
    counts.iter().map(|count| count / all).collect()
}

#[cfg(test)]
mod tests {
    use super::{SHARES, of};
    use crate::matching::{GENERIC, embedded_bank};

    #[test]
    fn every_area_has_a_share_and_no_other() {
        let named: Vec<&str> = SHARES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once(' ').unwrap())
            .map(|(name, count)| {
                assert!(count.parse::<u32>().unwrap() > 0, "{name}");
                name
            })
            .collect();
        let areas: Vec<&str> =
            embedded_bank().iter().map(|(name, _)| *name).filter(|name| *name != GENERIC).collect();
        assert_eq!(named, areas);
    }

    #[test]
    fn shares_sum_to_one() {
        let shares = of(&["access-control".to_owned(), "made-up".to_owned()]);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9 && shares[0] > shares[1]);
    }
}

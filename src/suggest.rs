//! "Did you mean": the nearest of the known names.

/// Names less alike than this are no suggestion; below it strsim pairs words that merely share letters.
const ALIKE: f64 = 0.7;

/// The known name most like what was typed, if any is like it at all.
///
/// Case is ignored; a name that begins with what was typed counts as alike. Ties go to the first in order.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let mut best: Option<(&str, f64)> = None;
    for name in known {
        let lower = name.to_lowercase();
        let begins = typed.chars().count() >= 3 && (lower.starts_with(&typed) || typed.starts_with(&lower));
        let score = strsim::jaro_winkler(&typed, &lower).max(if begins { 0.9 } else { 0.0 });
        if score >= ALIKE && best.is_none_or(|(_, top)| score > top) {
            best = Some((name, score));
        }
    }
    best.map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_only_what_is_alike() {
        let known = ["encryption-at-rest", "encryption-in-transit", "backup-recovery"];
        assert_eq!(nearest("encryption-at-rst", known), Some("encryption-at-rest"));
        assert_eq!(nearest("Backup", known), Some("backup-recovery"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest("", known), None);
    }
}

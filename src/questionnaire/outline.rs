//! Which heading a row stands under and which question it hangs on, where a depth or the numbering says so.

use super::layout::{LONGEST_CONTEXT, shortened};
use super::split::is_blank;
use super::wording;

/// Between the levels of a heading.
pub(super) const LEVELS: &str = " / ";

/// The headings and questions above a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    headings: Vec<(usize, String)>,
    /// The questions that the next row may hang on, with their depths or ids.
    by_depth: Vec<(usize, String)>,
    by_id: Vec<(String, String)>,
}

impl Outline {
    /// Takes a heading at a depth; what stood deeper is over.
    pub(super) fn heading(&mut self, depth: usize, text: &str) {
        self.headings.retain(|above| above.0 < depth);
        self.headings.push((depth, shortened(text, LONGEST_CONTEXT)));
        self.by_depth.retain(|above| above.0 < depth);
    }

    /// The headings above a depth, in one line.
    pub(super) fn path(&self, depth: usize) -> String {
        let above = self.headings.iter().filter(|above| above.0 < depth);
        above.map(|above| &*above.1).collect::<Vec<_>>().join(LEVELS)
    }

    /// Takes a question at a depth and gives the one that it hangs on; empty where there is none.
    pub(super) fn by_depth(&mut self, depth: usize, text: &str) -> String {
        self.by_depth.retain(|above| above.0 < depth);
        self.headings.retain(|above| above.0 < depth);
        let parent = self.by_depth.last().map(|above| above.1.clone()).unwrap_or_default();
        self.by_depth.push((depth, shortened(text, LONGEST_CONTEXT)));
        parent
    }

    /// The same by dotted numbers: `2.1.1` hangs on `2.1`, `7b` on `7`.
    pub(super) fn by_id(&mut self, id: &str, text: &str) -> String {
        const DEEPEST: usize = 12;
        while self.by_id.last().is_some_and(|above| !is_below(id, &above.0)) {
            self.by_id.pop();
        }
        let parent = self.by_id.last().map(|above| above.1.clone()).unwrap_or_default();
        if id.starts_with(|c: char| c.is_alphanumeric()) && self.by_id.len() < DEEPEST {
            self.by_id.push((id.to_owned(), shortened(text, LONGEST_CONTEXT)));
        }
        parent
    }
}

/// Whether an id continues another one: with a dot and more, or with one letter behind a number.
fn is_below(id: &str, above: &str) -> bool {
    let above = above.trim_end_matches('.');
    let Some(rest) = id.strip_prefix(above) else { return false };
    let lettered = above.ends_with(|c: char| c.is_ascii_digit())
        && rest.trim_matches(['(', ')', '.', ' ']).len() == 1
        && rest.trim_matches(['(', ')', '.', ' ']).chars().all(|c| c.is_ascii_lowercase());
    let numbered = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
    numbered || lettered
}

/// What a row without a question is the heading of: the first line of its first cell that reads like one.
pub(super) fn heading_in<'a>(cells: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lines = cells.filter_map(|cell| cell.lines().find(|line| !is_blank(line)));
    lines.map(|line| line.trim().trim_end_matches(':')).find(|line| {
        // `OR` between two questions joins them and heads nothing.
        line.chars().filter(|c| c.is_alphabetic()).count() > 3 && wording::is_heading_like(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_hangs_on_the_one_above_it() {
        let mut outline = Outline::default();
        outline.heading(1, "Access");
        assert_eq!(outline.by_depth(2, "Is there MFA?"), "");
        assert_eq!(outline.by_depth(3, "Where?"), "Is there MFA?");
        assert_eq!(outline.by_depth(3, "Since when?"), "Is there MFA?");
        assert_eq!(outline.by_depth(2, "Who reviews rights?"), "");
        assert_eq!(outline.path(2), "Access");
        outline.heading(2, "Remote");
        assert_eq!((outline.path(3), outline.path(2)), ("Access / Remote".into(), "Access".into()));
        assert_eq!(outline.by_depth(3, "Over a VPN?"), "");
        outline.heading(1, "Backups");
        assert_eq!(outline.path(3), "Backups");
    }

    #[test]
    fn numbering_tells_the_same() {
        let mut outline = Outline::default();
        let mut ask = |id: &str| outline.by_id(id, &format!("q{id}"));
        assert_eq!(ask("2.1"), "");
        assert_eq!(ask("2.1.1"), "q2.1");
        assert_eq!(ask("2.1.2"), "q2.1");
        assert_eq!(ask("2.10"), "");
        assert_eq!(ask("2.10.1"), "q2.10");
        assert_eq!(ask("7"), "");
        assert_eq!(ask("7a"), "q7");
        assert_eq!(ask("7(b)"), "q7");
        assert_eq!(ask("8"), "");
        assert_eq!(ask(""), "");
    }

    #[test]
    fn a_heading_is_the_first_line_that_reads_like_one() {
        let heading = |cells: &[&'static str]| heading_in(cells.iter().copied());
        assert_eq!(
            heading(&["", "Technical safeguards:\nAs the rule says them."]),
            Some("Technical safeguards")
        );
        assert_eq!(heading(&["OR"]), None);
        assert_eq!(heading(&["If you answered yes above, you may skip the rest of it."]), None);
    }
}

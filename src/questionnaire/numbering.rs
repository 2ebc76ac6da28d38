//! What the numbers of rows tell: which of them stand before headings.

use super::wording;

/// How a row is numbered: `3` and `A` at the first level, `3.1` and `A.1` at the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    levels: usize,
    /// Whether a letter counts, and no digit.
    lettered: bool,
}

/// A row as its numbering tells it.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub(super) number: String,
    /// Whether it may be a heading by its words and by what stands beside it.
    pub(super) may_head: bool,
}

/// The shape of a number; `None` for what numbers nothing.
pub(super) fn shape(number: &str) -> Option<Shape> {
    const MAX_BYTES: usize = 16;
    let bare = bare(number);
    let parts: Vec<&str> = bare.split('.').collect();
    let fits = |part: &&str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
    let lettered = parts.len() == 1 && bare.chars().all(|c| c.is_ascii_uppercase());
    let numbers = parts[parts.len() - 1].starts_with(|c: char| c.is_ascii_digit());
    (bare.len() <= MAX_BYTES && parts.iter().all(fits) && (numbers || (lettered && bare.len() <= 4)))
        .then_some(Shape { levels: parts.len(), lettered })
}

fn bare(number: &str) -> &str {
    number.trim().trim_end_matches(['.', ')', ':'])
}

/// The number before a text and the text, where there is one.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let unmarked = wording::unmarked(text);
    unmarked.id.map(|id| (id, unmarked.text))
}

/// Whether a numbered text may be a heading by its words.
pub(super) fn reads_like_a_heading(text: &str) -> bool {
    wording::is_heading_like(text) || (wording::is_shouted(text) && !text.contains('?'))
}

/// The shapes whose every row may be a heading and has rows numbered below it: `4` over `4.1` and `4.2`. One row of a
/// shape that asks, or has none below it, speaks for them all: then these are questions with questions below them.
pub(super) fn headings(rows: &[Numbered]) -> Vec<Shape> {
    const MANY: usize = 100;
    let shapes: Vec<Option<Shape>> = rows.iter().map(|row| shape(&row.number)).collect();
    let mut found: Vec<Shape> = Vec::new();
    for candidate in shapes.iter().flatten() {
        if found.contains(candidate) {
            continue;
        }
        let of_it = || (0..rows.len()).filter(|index| shapes[*index] == Some(*candidate));
        let heads = |index: usize| {
            // What follows the last of many rows is not known: a table is not looked at further.
            let Some(next) = rows.get(index + 1) else { return rows.len() >= MANY && of_it().count() > 1 };
            let next_shape = shapes[index + 1];
            let lies_below = if candidate.lettered && !next.number.starts_with(bare(&rows[index].number)) {
                next_shape.is_some_and(|shape| !shape.lettered)
            } else {
                bare(&next.number)
                    .strip_prefix(bare(&rows[index].number))
                    .is_some_and(|rest| rest.starts_with('.') && next_shape.is_some())
            };
            rows[index].may_head && lies_below
        };
        if of_it().all(heads) {
            found.push(*candidate);
        }
    }
    let headed = shapes.iter().flatten().filter(|shape| found.contains(shape)).count();
    // Where there are as many headings as rows under them, nothing tells which is which.
    if headed * 2 > rows.len() + headed / 2 { Vec::new() } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headed(rows: &[(&str, &str)]) -> Vec<String> {
        let numbered: Vec<Numbered> = rows
            .iter()
            .map(|row| Numbered { number: row.0.to_owned(), may_head: reads_like_a_heading(row.1) })
            .collect();
        let found = headings(&numbered);
        let heads = |row: &&(&str, &str)| shape(row.0).is_some_and(|shape| found.contains(&shape));
        rows.iter().filter(heads).map(|row| row.1.to_owned()).collect()
    }

    #[test]
    fn levels_that_only_head_are_headings() {
        let found = headed(&[
            ("4", "Context"),
            ("4.1", "Are issues known?"),
            ("4.2", "Parties"),
            ("5", "LEADERSHIP AND ALL THAT BELONGS TO IT"),
            ("5.1", "Is there a policy?"),
        ]);
        assert_eq!(found, ["Context", "LEADERSHIP AND ALL THAT BELONGS TO IT"]);
        let found = headed(&[
            ("1", "Policies"),
            ("1.1", "Security policies"),
            ("1.1.1", "Are they written?"),
            ("1.1.2", "Are they read?"),
            ("1.2", "Organisation"),
            ("1.2.1", "Who leads?"),
            ("1.2.2", "Since when?"),
        ]);
        assert_eq!(found, ["Policies", "Security policies", "Organisation"]);
        let found =
            headed(&[("A", "Access"), ("1", "MFA"), ("2", "SSO"), ("B", "Network"), ("3", "Firewall")]);
        assert_eq!(found, ["Access", "Network"]);
    }

    #[test]
    fn levels_that_ask_are_questions_with_questions_below() {
        assert!(headed(&[("1", "MFA"), ("1.1", "For whom?"), ("2", "Encryption at rest")]).is_empty());
        assert!(
            headed(&[("A.1", "Is there a plan?"), ("A.1.1", "Owner"), ("A.2", "Plan"), ("A.2.1", "Test")])
                .is_empty()
        );
        assert!(headed(&[("5", "Sign-in"), ("A", "SSO"), ("B", "MFA"), ("6", "Logs")]).is_empty());
        assert!(headed(&[("1", "MFA"), ("2", "SSO"), ("3", "Logs")]).is_empty());
        assert!(headed(&[("AC-1", "Policy"), ("AC-2", "Accounts")]).is_empty());
    }
}

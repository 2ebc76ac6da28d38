//! Questions about several things: the questions that their parts ask.
//!
//! A second area that is merely likely is doubt, not a second question; only a part of the question that speaks
//! plainly of another area adds it.

use std::ops::Range;

use super::text::Tokens;

/// Words that join two things asked about; in "as well as" all three do.
const JOINTS: [&str; 4] = ["and", "or", "plus", "nor"];
const WELL: [&str; 3] = ["as", "well", "as"];

/// Signs between words that do the same, in half and full width.
const SIGNS: [char; 14] = [',', ';', '/', '(', ')', ':', '&', '，', '；', '／', '（', '）', '：', '＆'];

/// A text of more parts is a list of examples, not of questions.
const MOST: usize = 6;

/// Longer texts are not asked for their parts: what they join is no longer two questions.
const LONGEST: usize = 120;

/// A part of a text, in the ways it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its words: what it says by itself.
    pub(crate) alone: Range<usize>,
    /// The first words of the first part that it also ends, where it is short enough: in "encrypted at rest and in
    /// transit" the second part also reads "encrypted in transit".
    pub(crate) head: Option<Range<usize>>,
}

/// The parts of a text between its joints; none where it has only one or too many.
pub(crate) fn parts(text: &str, tokens: &Tokens) -> Vec<Part> {
    if tokens.len() > LONGEST {
        return Vec::new();
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for index in 0..=tokens.len() {
        let joint = index < tokens.len() && joins(tokens, index);
        if index == tokens.len() || joint || parted(text, tokens, index) {
            if start < index {
                parts.push(start..index);
            }
            start = index + usize::from(joint);
        }
    }
    if !(2..=MOST).contains(&parts.len()) {
        return Vec::new();
    }
    let first = parts[0].clone();
    let read = |(index, part): (usize, Range<usize>)| {
        let kept = first.len().checked_sub(part.len()).filter(|kept| index > 0 && *kept > 0);
        Part { head: kept.map(|kept| first.start..first.start + kept), alone: part }
    };
    parts.into_iter().enumerate().map(read).collect()
}

fn joins(tokens: &Tokens, index: usize) -> bool {
    let word = tokens.folded(index);
    let in_well = |(at, known): (usize, &&str)| {
        let start = index.checked_sub(at);
        word == *known
            && start.is_some_and(|start| {
                start + WELL.len() <= tokens.len()
                    && (0..WELL.len()).all(|step| tokens.folded(start + step) == WELL[step])
            })
    };
    JOINTS.contains(&word) || WELL.iter().enumerate().any(in_well)
}

/// Whether a sign stands between a word and the one before it.
fn parted(text: &str, tokens: &Tokens, index: usize) -> bool {
    index > 0 && text[tokens.span(index - 1).end..tokens.span(index).start].contains(SIGNS)
}

#[cfg(test)]
mod tests {
    use super::{Tokens, parts};

    fn read(text: &str) -> Vec<(String, Option<String>)> {
        let tokens = Tokens::read(text);
        let words = |range: std::ops::Range<usize>| {
            range.map(|index| tokens.folded(index)).collect::<Vec<_>>().join(" ")
        };
        parts(text, &tokens).into_iter().map(|part| (words(part.alone), part.head.map(words))).collect()
    }

    #[test]
    fn a_short_part_also_reads_as_the_end_of_the_first() {
        assert_eq!(
            read("Is data encrypted at rest and in transit?"),
            [
                ("is data encrypted at rest".into(), None),
                ("in transit".into(), Some("is data encrypted".into()))
            ]
        );
        assert_eq!(
            read("Are staff trained, and how often do you test your backups?"),
            [("are staff trained".into(), None), ("how often do you test your backups".into(), None)]
        );
        assert_eq!(read("logs/backups"), [("logs".into(), None), ("backups".into(), None)]);
        assert_eq!(read("Logs as well as backups").len(), 2);
    }

    #[test]
    fn form_does_not_matter() {
        let plain = read("is data encrypted at rest and in transit?");
        for text in [
            "(iv) IS DATA ENCRYPTED\nAT REST\nAND\nIN TRANSIT?",
            "Q12: Is data encrypted at rest \u{2013}\u{a0}and in transit? !",
        ] {
            assert_eq!(read(text), plain, "{text}");
        }
    }

    #[test]
    fn one_part_or_too_many_are_none() {
        for text in ["Who patches the OS?", "a, b, c, d, e, f, g", " , and ; or", ""] {
            assert!(read(text).is_empty(), "{text}");
        }
    }
}

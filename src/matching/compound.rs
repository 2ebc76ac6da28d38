//! Questions about several things: the questions that their parts ask.
//!
//! A second area that is merely likely is doubt, not a second question; only a part of the question that speaks
//! plainly of another area adds it.

use std::ops::Range;

/// Words that join two things asked about.
const JOINTS: [&str; 5] = ["and", "or", "plus", "&", "nor"];

/// Signs that do the same.
const SIGNS: [char; 6] = [',', ';', '/', '(', ')', ':'];

/// A text of more parts is a list of examples, not of questions.
const MOST: usize = 6;

/// Longer texts are not asked for their parts: what they join is no longer two questions.
const LONGEST: usize = 600;

/// A part of a text, in the ways it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it stands: what it says by itself.
    pub(crate) alone: Range<usize>,
    /// The beginning of the first part that it also ends, where it is short enough: in "encrypted at rest and in
    /// transit" the second part also reads "encrypted in transit".
    pub(crate) head: Option<Range<usize>>,
}

/// The parts of a text between its joints; none where it has only one or too many.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut part = Vec::new();
    for word in words(text) {
        let joint = JOINTS.iter().any(|joint| text[word.clone()].eq_ignore_ascii_case(joint));
        let after = text[word.end..].chars().next();
        if !joint {
            part.push(word);
        }
        if (joint || after.is_some_and(|sign| SIGNS.contains(&sign))) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    if !(2..=MOST).contains(&parts.len()) {
        return Vec::new();
    }
    let first: Vec<Range<usize>> = parts[0].clone();
    let read = |(index, words): (usize, &Vec<Range<usize>>)| {
        let kept = first.len().checked_sub(words.len()).filter(|kept| index > 0 && *kept > 0);
        let head = kept.map(|kept| first[0].start..first[kept - 1].end);
        Part { alone: words[0].start..words[words.len() - 1].end, head }
    };
    parts.iter().enumerate().map(read).collect()
}

/// Where the words of a text stand, signs that part them left out.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let between = |c: char| c.is_whitespace() || SIGNS.contains(&c);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c| !between(c))?;
        at = text[start..].find(between).map_or(text.len(), |length| start + length);
        Some(start..at)
    })
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_short_part_also_reads_as_the_end_of_the_first() {
        fn read(text: &str) -> Vec<(&str, Option<&str>)> {
            parts(text)
                .into_iter()
                .map(|part| (&text[part.alone], part.head.map(|head| &text[head])))
                .collect()
        }
        assert_eq!(
            read("Is data encrypted at rest and in transit?"),
            [("Is data encrypted at rest", None), ("in transit?", Some("Is data encrypted"))]
        );
        assert_eq!(
            read("Are staff trained, and how often do you test your backups?"),
            [("Are staff trained", None), ("how often do you test your backups?", None)]
        );
        assert_eq!(read("logs/backups"), [("logs", None), ("backups", None)]);
        assert!(parts("Who patches the OS?").is_empty());
        assert!(parts("a, b, c, d, e, f, g").is_empty());
        assert!(parts(" , and ; or").is_empty());
        assert!(parts("").is_empty());
    }
}

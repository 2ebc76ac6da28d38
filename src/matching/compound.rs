//! Questions about several things: the questions that their parts ask.
//!
//! A second area that is merely likely is doubt, not a second question; only a part of the question that speaks
//! plainly of another area adds it.

use super::text::plain;

/// Words that join two things asked about, with the blanks around them.
const JOINTS: [&str; 6] = [" and ", " or ", " as well as ", " plus ", " & ", " nor "];

/// Signs that do the same.
const SIGNS: [char; 6] = [',', ';', '/', '(', ')', ':'];

/// A text of more parts is a list of examples, not of questions.
const MOST: usize = 6;

/// Longer texts are not asked for their parts: what they join is no longer two questions.
const LONGEST: usize = 600;

/// A part of a text, in the ways it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// By itself.
    pub(crate) alone: String,
    /// As the end of the first part, where it is short enough: in "encrypted at rest and in transit" the second part
    /// also reads "encrypted in transit".
    pub(crate) joined: Option<String>,
}

/// The parts of a text between its joints; none where it has only one or too many.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let text = plain(text);
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut parts = vec![text.as_str()];
    for joint in JOINTS {
        parts = parts.into_iter().flat_map(|part| part.split(joint)).collect();
    }
    let parts: Vec<Vec<&str>> = parts
        .into_iter()
        .flat_map(|part| part.split(SIGNS))
        .map(|part| part.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect())
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect();
    if !(2..=MOST).contains(&parts.len()) {
        return Vec::new();
    }
    let first = &parts[0];
    let read = |(index, words): (usize, &Vec<&str>)| {
        let kept = first.len().checked_sub(words.len()).filter(|kept| index > 0 && *kept > 0);
        let joined = kept.map(|kept| [&first[..kept], words].concat().join(" "));
        Part { alone: words.join(" "), joined }
    };
    parts.iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_short_part_also_reads_as_the_end_of_the_first() {
        let read = |text: &str| -> Vec<(String, Option<String>)> {
            parts(text).into_iter().map(|part| (part.alone, part.joined)).collect()
        };
        assert_eq!(
            read("Is data encrypted at rest and in transit?"),
            [
                ("is data encrypted at rest".into(), None),
                ("in transit?".into(), Some("is data encrypted in transit?".into()))
            ]
        );
        assert_eq!(
            read("Are staff trained, and how often do you test your backups?"),
            [("are staff trained".into(), None), ("how often do you test your backups?".into(), None)]
        );
        for text in [
            "(iv) IS DATA ENCRYPTED\nAT REST\nAND\nIN TRANSIT?",
            "Q12: Is data encrypted at rest \u{2013}\u{a0}and in transit? !",
        ] {
            assert_eq!(read(text), read("is data encrypted at rest and in transit?"), "{text}");
        }
        assert!(parts("Who patches the OS?").is_empty());
        assert!(parts("a, b, c, d, e, f, g").is_empty());
    }
}

//! Frames: wordings around a subject that say nothing about its area.

use super::bank::Phrasing;
use super::features::hash;

/// The frames that come with the program.
pub(crate) const FRAMES: &str = include_str!("../../questions/frames.txt");

/// What a frame's subject stands as.
const SUBJECT: &str = "{}";

/// Most words of a phrasing that reads well inside a frame.
const MAX_WORDS: usize = 7;

/// How far apart the frames of one phrasing stand in the table: neighbours there are alike.
const STRIDE: usize = 31;

/// The frames of a table: lines with a subject, without comments.
pub(crate) fn parse(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#') && line.contains(SUBJECT)).collect()
}

/// The phrasing set into `count` of the frames, chosen by its wording; nothing where it is a sentence.
pub(crate) fn framed(phrasing: &Phrasing, frames: &[&str], count: usize) -> Vec<String> {
    let text = phrasing.text.as_str();
    let sentence = text.contains(['?', '.', ':', ';', '!', '–']);
    if sentence || frames.is_empty() || text.split_whitespace().count() > MAX_WORDS {
        return Vec::new();
    }
    let start = hash(b'f', text.as_bytes()) as usize;
    (0..count).map(|turn| frames[(start / 7 + turn * STRIDE) % frames.len()].replace(SUBJECT, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::{FRAMES, framed, parse};
    use crate::matching::Phrasing;

    #[test]
    fn short_phrasings_are_framed_and_sentences_are_not() {
        let frames = parse(FRAMES);
        let phrasing = |text: &str| Phrasing { text: text.to_owned(), label: 0, also: Vec::new() };
        let wrapped = framed(&phrasing("Backup tapes"), &frames, 2);
        assert!(
            wrapped.len() == 2 && wrapped[0] != wrapped[1] && wrapped[0].contains("Backup tapes"),
            "{wrapped:?}"
        );
        assert!(framed(&phrasing("Are tapes kept?"), &frames, 2).is_empty());
    }
}

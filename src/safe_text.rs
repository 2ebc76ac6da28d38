//! Text from strangers, made fit for a terminal or a cell.

use std::borrow::Cow;

/// Letters that reorder what is shown around them; a hostile cell could make a line read as another.
const REORDERING: [char; 12] = [
    '\u{061C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Drops control characters other than tab and line ends.
pub fn without_controls(text: &str) -> Cow<'_, str> {
    let harmless = |letter: char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r');
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|&letter| harmless(letter)).collect())
}

/// Whether a character steers a terminal or reorders the text around it.
pub fn steers(letter: char) -> bool {
    letter.is_control() || REORDERING.contains(&letter)
}

/// Text for a terminal, line ends kept: what steers it or reorders text goes.
pub fn harmless(text: &str) -> String {
    text.chars().filter(|&letter| letter == '\n' || !steers(letter)).collect()
}

/// One line for a terminal: white space runs become a space, control and reordering characters go.
pub fn one_line(text: &str) -> String {
    let shown = |letter: &char| letter.is_whitespace() || !steers(*letter);
    let cleaned: String = text.chars().filter(shown).collect();
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{one_line, without_controls};

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        let hostile = "a\x1b[31mred\x07\u{9b}2J\r\n\tb\u{202e}c";
        assert_eq!(one_line(hostile), "a[31mred2J bc");
        assert_eq!(without_controls("a\0\x1b\tb\r\nc\u{85}"), "a\tb\r\nc");
        assert!(matches!(without_controls("plain\n"), std::borrow::Cow::Borrowed(_)));
    }
}

//! One paragraph as it is read: its words and what its properties say.

use super::styles::{Meaning, Styles, is_outlined};

/// Words that Word itself writes where nothing was filled in.
const PROMPTS: &[&str] = &[
    "click or tap here to enter text.",
    "click here to enter text.",
    "click or tap to enter a date.",
    "click here to enter a date.",
    "choose an item.",
    "choose a building block.",
];

#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) style: Meaning,
    /// Its own outline level, where it has one.
    pub(super) outline: Option<u8>,
    /// Whether it is an item of a list, where it says so itself.
    pub(super) listed: Option<bool>,
}

impl Paragraph {
    pub(super) fn set_style(&mut self, styles: &Styles, id: &str) {
        self.style = styles.meaning(id);
    }

    fn is_heading(&self) -> bool {
        self.outline.map_or(self.style.is_heading, is_outlined)
    }

    /// Its words without those that Word writes itself.
    pub(super) fn words(&self) -> &str {
        let text = self.text.trim();
        let is_prompt = PROMPTS.iter().any(|prompt| text.eq_ignore_ascii_case(prompt));
        if is_prompt { "" } else { text }
    }

    /// Its lines as a text would have them: a heading marked as one, an item as one.
    pub(super) fn lines(&self) -> Vec<String> {
        let text = self.words();
        if self.is_heading() {
            let title = text.split_whitespace().collect::<Vec<_>>().join(" ");
            return if title.is_empty() { Vec::new() } else { vec![format!("# {title}")] };
        }
        let mut lines: Vec<String> =
            text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
        if let Some(first) = lines.first_mut().filter(|_| self.listed.unwrap_or(self.style.listed)) {
            first.insert_str(0, "- ");
        }
        lines
    }
}

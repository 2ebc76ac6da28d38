//! A text as the matcher sees it: stems, pairs of stems, and the letters within a word.

use std::ops::Range;

use super::text::Tokens;
use super::words::{Form, Words};

/// Runs of letters that stand for a word that is not known itself.
const GRAMS: std::ops::RangeInclusive<usize> = 3..=5;

/// What an example or aside counts: it names the setting more often than the subject.
const ASIDE: f32 = 0.5;

/// What each word before it takes from a word's emphasis: the subject tends to come first.
const FADE: f32 = 0.02;

/// The least that position leaves a word.
const FAINTEST: f32 = 0.7;

/// A 64-bit fingerprint of a feature.
pub(crate) type Key = u64;

/// A word of the text that may say something.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// Where it stands in the text.
    pub(crate) span: Range<usize>,
    /// Its form.
    pub(crate) form: Form,
    /// How much it counts: examples and asides count less than the subject.
    pub(crate) emphasis: f32,
    /// The kinds of things that it names, alone or with the word after it.
    pub(crate) concepts: Vec<Key>,
    /// The known word it is read as, where it was misspelt.
    pub(crate) read_as: Option<String>,
}

/// The words of a text that may say something, in order.
pub(crate) fn words(text: &str, tokens: &Tokens, tables: &Words) -> Vec<Word> {
    let forms = tables.forms(tokens);
    let mut asides = Asides::new(text);
    let mut words: Vec<Word> = Vec::with_capacity(tokens.len());
    let mut index = 0;
    while index < tokens.len() {
        let form = &forms[index];
        let aside = asides.next(tokens, index);
        let joined = (form.joins && index + 1 < tokens.len())
            .then(|| tables.compound(&form.folded, tokens.folded(index + 1)))
            .flatten();
        let last = if joined.is_some() { index + 1 } else { index };
        if joined.is_some() || !form.stop {
            let position = (1.0 - FADE * words.len() as f32).max(FAINTEST);
            words.push(Word {
                span: tokens.span(index).start..tokens.span(last).end,
                form: joined.map_or_else(|| form.clone(), |joined| tables.form(joined)),
                emphasis: position * if aside { ASIDE } else { 1.0 },
                concepts: Vec::new(),
                read_as: None,
            });
        }
        index = last + 1;
    }
    words
}

/// Notes the kinds of things that the words name; after misspelt words have been read.
pub(crate) fn conceive(words: &mut [Word], tables: &Words) {
    for index in 0..words.len() {
        if words[index].form.conceives {
            let next = words.get(index + 1).map(|word| &*word.form.stem);
            words[index].concepts = tables.concepts(&words[index].form.stem, next);
        }
    }
}

/// The pairs and concepts of a text, each with its first and last word.
pub(crate) fn groups(words: &[Word]) -> Vec<(Key, usize, usize)> {
    let mut groups: Vec<(Key, usize, usize)> = Vec::with_capacity(words.len() * 2);
    for (index, word) in words.iter().enumerate() {
        if let Some(next) = words.get(index + 1) {
            groups.push((pair_key(word.form.key, next.form.key), index, index + 1));
        }
        groups.extend(word.concepts.iter().map(|key| (*key, index, index)));
    }
    groups
}

/// Where a text gives examples or says something aside: in brackets, and after words that open a list
/// of examples until the clause ends.
struct Asides<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    listing: bool,
}

/// Words that open a list of examples.
const OPENERS: &[&[&str]] =
    &[&["such", "as"], &["e", "g"], &["eg"], &["including"], &["for", "example"], &["for", "instance"]];

impl<'a> Asides<'a> {
    fn new(text: &'a str) -> Asides<'a> {
        Asides { text, at: 0, depth: 0, listing: false }
    }

    /// Whether the next word is in an aside.
    fn next(&mut self, tokens: &Tokens, index: usize) -> bool {
        let place = tokens.span(index).start;
        for byte in &self.text.as_bytes()[self.at.min(place)..place] {
            match byte {
                b'(' | b'[' => self.depth += 1,
                b')' | b']' => self.depth = self.depth.saturating_sub(1),
                b'?' | b';' | b':' => self.listing = false,
                _ => {}
            }
        }
        self.at = place;
        let opens = |opener: &&[&str]| {
            let mut words = opener.iter().enumerate();
            words.all(|(at, word)| index + at < tokens.len() && tokens.folded(index + at) == *word)
        };
        self.listing |= OPENERS.iter().any(opens);
        self.depth > 0 || self.listing
    }
}

/// The feature of a stem.
pub(crate) fn word_key(stem: &str) -> Key {
    hash(b'w', stem.as_bytes())
}

/// The feature of two stems in a row.
pub(crate) fn pair_key(first: Key, second: Key) -> Key {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_le_bytes());
    bytes[8..].copy_from_slice(&second.to_le_bytes());
    hash(b'p', &bytes)
}

/// The features of the letters of a stem.
pub(crate) fn gram_keys(stem: &str) -> Vec<Key> {
    let marked: Vec<char> = std::iter::once('<').chain(stem.chars()).chain(std::iter::once('>')).collect();
    let mut keys = Vec::new();
    let mut buffer = String::new();
    for length in GRAMS {
        for window in marked.windows(length) {
            buffer.clear();
            buffer.extend(window);
            keys.push(hash(b'g', buffer.as_bytes()));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// FNV-1a with a finish that spreads it over all bits.
pub(crate) fn hash(kind: u8, bytes: &[u8]) -> Key {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut state = (OFFSET ^ u64::from(kind)).wrapping_mul(PRIME);
    for byte in bytes {
        state = (state ^ u64::from(*byte)).wrapping_mul(PRIME);
    }
    state ^= state >> 32;
    state.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

//! Questions that ask what an earlier one asked, within a file and across files.
//!
//! The same wording is the same question. So is one whose words that carry meaning are the same, in whatever order and
//! form: "Do you encrypt data at rest?" and "Is data at rest encrypted?".

use std::collections::HashMap;
use std::hash::{Hash as _, Hasher as _};

use frostem::{Algorithm, Stemmer};
use rustc_hash::{FxBuildHasher, FxHasher};

use crate::domain::{Place, Question};
use crate::matching::folded;

/// Different wordings that are remembered. Larger files are compared with their first so many.
const REMEMBERED: usize = 50_000;

/// Below how many words with meaning two questions may be equal by chance, or mean what stands before them.
const FEWEST_WORDS: usize = 3;

/// Words that carry no meaning of their own in a question.
const EMPTY: &[&str] = &[
    "a", "about", "all", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "could",
    "describe", "did", "do", "does", "for", "from", "had", "has", "have", "how", "if", "in", "into", "is",
    "it", "its", "of", "on", "or", "our", "please", "shall", "should", "so", "such", "that", "the", "their",
    "there", "these", "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which",
    "who", "will", "with", "within", "would", "you", "your",
];

/// How a question repeats an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Where the earlier one stands.
    pub first: Place,
    /// Whether it has the same words, letter case, punctuation and numbering aside.
    pub is_same: bool,
}

/// The questions seen so far, by fingerprints: a collision among so few would be a wonder.
#[derive(Clone, Debug, Default)]
pub struct Repeats {
    by_wording: HashMap<u64, Place, FxBuildHasher>,
    by_meaning: HashMap<u64, Place, FxBuildHasher>,
    is_full: bool,
}

impl Repeats {
    /// Takes the next question and tells which earlier one it repeats.
    pub fn see(&mut self, question: &Question) -> Option<Repeat> {
        let (stems, numbers) = meaning(&question.text);
        // "If so, how often?" means what stands before it.
        if stems.len() < FEWEST_WORDS {
            return None;
        }
        let fingerprint = |what: &dyn Fn(&mut FxHasher)| {
            let mut hasher = FxHasher::default();
            what(&mut hasher);
            hasher.finish()
        };
        let wording = fingerprint(&|hasher| (folded(&question.text), &numbers).hash(hasher));
        let meaning = fingerprint(&|hasher| (&stems, &numbers).hash(hasher));
        if let Some(first) = self.by_wording.get(&wording) {
            return Some(Repeat { first: first.clone(), is_same: true });
        }
        let near = self.by_meaning.get(&meaning).map(|first| Repeat { first: first.clone(), is_same: false });
        if self.by_wording.len() == REMEMBERED {
            self.is_full = true;
            return near;
        }
        self.by_wording.insert(wording, question.place.clone());
        self.by_meaning.entry(meaning).or_insert_with(|| question.place.clone());
        near
    }

    /// Whether there were more questions than are remembered, so that some repeats are not told.
    pub fn is_full(&self) -> bool {
        self.is_full
    }
}

/// The stems of the words that carry meaning, sorted, each once; and the numbers in their order: 30 days are not 90.
/// A number that the text begins with counts the questions.
fn meaning(text: &str) -> (Vec<String>, Vec<&str>) {
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = words().skip_while(|word| is_number(word)).filter(|word| is_number(word));
    let stemmer = Stemmer::new(Algorithm::English);
    let full = words().filter(|word| !is_number(word)).map(str::to_lowercase);
    let stems = full.filter(|word| !EMPTY.contains(&word.as_str()));
    let mut stems: Vec<String> = stems.map(|word| stemmer.stem(&word).into_owned()).collect();
    stems.sort_unstable();
    stems.dedup();
    (stems, numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(repeats: &mut Repeats, line: u64, text: &str) -> Option<(u64, bool)> {
        let question = Question {
            id: String::new(),
            section: String::new(),
            text: text.into(),
            parent: String::new(),
            place: Place::line(&"q.csv".into(), line),
        };
        repeats.see(&question).map(|repeat| (repeat.first.line, repeat.is_same))
    }

    #[test]
    fn the_same_question_is_told_in_other_words_too() {
        let mut repeats = Repeats::default();
        assert_eq!(ask(&mut repeats, 1, "Do you encrypt customer data at rest?"), None);
        assert_eq!(ask(&mut repeats, 2, "do you encrypt customer data at rest"), Some((1, true)));
        assert_eq!(ask(&mut repeats, 3, "Is customer data at rest encrypted?"), Some((1, false)));
        assert_eq!(ask(&mut repeats, 4, "Is customer data in transit encrypted?"), None);
    }

    #[test]
    fn numbers_and_follow_ups_are_not_confused() {
        let mut repeats = Repeats::default();
        assert_eq!(ask(&mut repeats, 1, "Are logs kept for 30 days?"), None);
        assert_eq!(ask(&mut repeats, 2, "Are logs kept for 90 days?"), None);
        assert_eq!(ask(&mut repeats, 3, "If so, how often?"), None);
        assert_eq!(ask(&mut repeats, 4, "If so, how often?"), None);
    }
}

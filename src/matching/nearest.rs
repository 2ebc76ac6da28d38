//! Wordings that are known beside the trained weights, found by the words that they share.

use std::collections::HashMap;

use super::features::{Key, Word, word_key};
use super::model::Model;

/// Wordings with an index from words to them.
#[derive(Debug, Default)]
pub(crate) struct Wordings {
    entries: Vec<Entry>,
    by_word: HashMap<Key, Vec<u32>>,
}

#[derive(Debug)]
struct Entry {
    label: usize,
    /// Its words, in order.
    keys: Box<[Key]>,
    length: f32,
    text: String,
    origin: String,
}

/// A wording that resembles a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Near<'a> {
    pub(crate) label: usize,
    pub(crate) text: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) similarity: f64,
}

impl Wordings {
    /// Adds a wording of a label; one without words is never near anything.
    pub(crate) fn add(&mut self, label: usize, (text, origin): (&str, &str), words: &[Word], model: &Model) {
        let weights = weigh(words, model);
        let index = self.entries.len() as u32;
        for (key, _) in &weights {
            self.by_word.entry(*key).or_default().push(index);
        }
        self.entries.push(Entry {
            label,
            keys: weights.iter().map(|(key, _)| *key).collect(),
            length: length(&weights),
            text: text.to_owned(),
            origin: origin.to_owned(),
        });
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The nearest wording of each label that has one at least so similar, by label: the cosine of their words.
    pub(crate) fn near(&self, words: &[Word], least: f64, model: &Model) -> Vec<Near<'_>> {
        let weights = weigh(words, model);
        let own = length(&weights);
        let mut best: Vec<Near<'_>> = Vec::new();
        for index in self.worth_a_look(&weights, least as f32 * own) {
            let entry = &self.entries[index as usize];
            let shared = weights.iter().filter(|(key, _)| entry.keys.binary_search(key).is_ok());
            let product: f32 = shared.map(|(_, weight)| weight * weight).sum();
            let similarity = f64::from(product / (own * entry.length)).min(1.0);
            match best.iter_mut().find(|near| near.label == entry.label) {
                Some(near) if near.similarity >= similarity => {}
                Some(near) => *near = entry.near(similarity),
                None if similarity >= least => best.push(entry.near(similarity)),
                None => {}
            }
        }
        best.sort_by_key(|near| near.label);
        best
    }

    /// Wordings that share so much with these words that the part of what they share is that long, and others.
    ///
    /// A cosine is at most the length of what is shared over that of the whole. The words that most wordings have are not
    /// long enough together, so that only those wordings need a look that have one of the rarer words.
    fn worth_a_look(&self, weights: &[(Key, f32)], shortest: f32) -> Vec<u32> {
        let having = |key: &Key| self.by_word.get(key).map_or(&[][..], Vec::as_slice);
        let mut words: Vec<(&[u32], f32)> =
            weights.iter().map(|(key, weight)| (having(key), weight * weight)).collect();
        words.sort_by_key(|(having, _)| having.len());
        let mut rest: f32 = words.iter().map(|(_, square)| square).sum();
        let mut found: Vec<u32> = Vec::new();
        for (having, square) in words {
            // A hair, so that what rounding takes is still looked at.
            if rest < shortest * shortest * 0.999 {
                break;
            }
            found.extend(having);
            rest -= square;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Entry {
    fn near(&self, similarity: f64) -> Near<'_> {
        Near { label: self.label, text: &self.text, origin: &self.origin, similarity }
    }
}

fn weigh(words: &[Word], model: &Model) -> Vec<(Key, f32)> {
    let mut weights: Vec<(Key, f32)> =
        words.iter().map(|word| (word_key(&word.stem), model.weight(&word.stem))).collect();
    weights.sort_by_key(|(key, _)| *key);
    weights.dedup_by_key(|(key, _)| *key);
    weights
}

fn length(weights: &[(Key, f32)]) -> f32 {
    weights.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(f32::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use crate::matching::artifact;
    use crate::matching::features::words;
    use crate::matching::text::Tokens;
    use crate::matching::words::{TABLE, Words};
    use crate::matching::{Bank, embedded_bank};

    use super::*;

    #[test]
    fn looking_at_less_finds_the_same() {
        let tables = Words::parse(TABLE).unwrap();
        let model = artifact::read(include_bytes!("../../questions/model.bin")).unwrap();
        let read = |text: &str| words(text, &Tokens::read(text), &tables);
        let (bank, _) = Bank::parse(embedded_bank().iter().copied());
        let mut wordings = Wordings::default();
        for phrasing in bank.phrasings.iter().step_by(7) {
            wordings.add(phrasing.label, (&phrasing.text, ""), &read(&phrasing.text), &model);
        }
        for phrasing in bank.phrasings.iter().step_by(97) {
            let words = read(&phrasing.text);
            for least in [0.5, 0.8] {
                let mut all = wordings.near(&words, 0.0, &model);
                all.retain(|near| near.similarity >= least);
                assert_eq!(wordings.near(&words, least, &model), all, "{}", phrasing.text);
            }
        }
    }
}

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
            length: length(&weights),
            text: text.to_owned(),
            origin: origin.to_owned(),
        });
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The nearest wording of each label that has one, by label: the cosine of their words.
    pub(crate) fn near(&self, words: &[Word], model: &Model) -> Vec<Near<'_>> {
        let weights = weigh(words, model);
        let own = length(&weights);
        let mut shared: HashMap<u32, f32> = HashMap::new();
        for (key, weight) in &weights {
            for entry in self.by_word.get(key).into_iter().flatten() {
                *shared.entry(*entry).or_default() += weight * weight;
            }
        }
        let mut hits: Vec<(u32, f32)> = shared.into_iter().collect();
        hits.sort_unstable_by_key(|(entry, _)| *entry);
        let mut best: Vec<Near<'_>> = Vec::new();
        for (index, product) in hits {
            let entry = &self.entries[index as usize];
            let similarity = f64::from(product / (own * entry.length)).min(1.0);
            match best.iter_mut().find(|near| near.label == entry.label) {
                Some(near) if near.similarity >= similarity => {}
                Some(near) => *near = entry.near(similarity),
                None => best.push(entry.near(similarity)),
            }
        }
        best.sort_by_key(|near| near.label);
        best
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

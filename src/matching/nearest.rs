//! Wordings that are known beside the trained weights, found by the words that they share.

use std::collections::HashMap;

use super::features::{Key, Word};
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

    /// The nearest wording of each label that has one at least so similar, by label: the cosine of their words. Of those
    /// that are as near, the first.
    pub(crate) fn near(&self, words: &[Word], least: f64, model: &Model) -> Vec<Near<'_>> {
        let weights = weigh(words, model);
        let own = length(&weights);
        // A list as long as the wordings is faster than a map of those that share a word.
        let mut shared = vec![0.0; self.entries.len()];
        let mut found: Vec<usize> = Vec::new();
        for (key, weight) in &weights {
            for entry in self.by_word.get(key).into_iter().flatten().map(|entry| *entry as usize) {
                if shared[entry] == 0.0 {
                    found.push(entry);
                }
                shared[entry] += weight * weight;
            }
        }
        let mut best: Vec<(usize, Near<'_>)> = Vec::new();
        for index in found {
            let entry = &self.entries[index];
            let similarity = f64::from(shared[index] / (own * entry.length)).min(1.0);
            if similarity < least {
                continue;
            }
            match best.iter_mut().find(|(_, near)| near.label == entry.label) {
                None => best.push((index, entry.near(similarity))),
                Some((first, near)) => {
                    if similarity > near.similarity || (similarity == near.similarity && index < *first) {
                        (*first, *near) = (index, entry.near(similarity));
                    }
                }
            }
        }
        best.sort_by_key(|(_, near)| near.label);
        best.into_iter().map(|(_, near)| near).collect()
    }
}

impl Entry {
    fn near(&self, similarity: f64) -> Near<'_> {
        Near { label: self.label, text: &self.text, origin: &self.origin, similarity }
    }
}

fn weigh(words: &[Word], model: &Model) -> Vec<(Key, f32)> {
    let mut weights: Vec<(Key, f32)> =
        words.iter().map(|word| (word.form.key, model.weight(word.form.key))).collect();
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

    use super::*;

    #[test]
    fn the_nearest_of_each_label_is_found_and_the_first_of_several() {
        let tables = Words::parse(TABLE).unwrap();
        let model = artifact::read(include_bytes!("../../questions/model.bin")).unwrap();
        let read = |text: &str| words(text, &Tokens::read(text), &tables);
        let mut wordings = Wordings::default();
        for (label, text) in [
            (1, "Are backups encrypted?"),
            (0, "Is the restoring of backups tested?"),
            (0, "restoring backups, tested"),
            (0, "Are backups tested?"),
            (2, "Who guards the gate?"),
        ] {
            wordings.add(label, (text, ""), &read(text), &model);
        }
        let near = |least| -> Vec<(usize, &str)> {
            let near = wordings.near(&read("Tested: restoring from backups"), least, &model);
            near.into_iter().map(|near| (near.label, near.text)).collect()
        };
        let nearest = (0, "Is the restoring of backups tested?");
        assert_eq!(near(0.0), [nearest, (1, "Are backups encrypted?")]);
        assert_eq!(near(0.9), [nearest]);
    }
}

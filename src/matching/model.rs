//! The trained weights and the score that they give: a sum over the words and pairs of a text.

use super::bank::NONE;
use super::features::{Key, Word, gram_keys, groups, word_key};

/// Rows of quantised weights, one weight a label, found by the key of their feature.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Table {
    /// Keys in ascending order; row `n` belongs to key `n`.
    pub(crate) keys: Vec<Key>,
    /// What the feature adds to the length of a text.
    pub(crate) weights: Vec<f32>,
    /// What one step of a quantised weight is worth in this row.
    pub(crate) steps: Vec<f32>,
    /// The quantised weights, row after row.
    pub(crate) cells: Vec<i8>,
    slots: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

impl Table {
    /// A table ready for look-ups.
    pub(crate) fn new(keys: Vec<Key>, weights: Vec<f32>, steps: Vec<f32>, cells: Vec<i8>) -> Table {
        let mut table = Table { keys, weights, steps, cells, slots: Vec::new() };
        table.index();
        table
    }

    /// Makes the table ready for look-ups.
    pub(crate) fn index(&mut self) {
        let capacity = (self.keys.len() * 2).next_power_of_two().max(2);
        self.slots = vec![EMPTY; capacity];
        for (row, key) in self.keys.iter().enumerate() {
            let mut slot = *key as usize & (capacity - 1);
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & (capacity - 1);
            }
            self.slots[slot] = row as u32;
        }
    }

    fn find(&self, key: Key) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        loop {
            let row = self.slots[slot];
            if row == EMPTY {
                return None;
            }
            if self.keys[row as usize] == key {
                return Some(row as usize);
            }
            slot = (slot + 1) & mask;
        }
    }

    fn row(&self, row: usize, labels: usize) -> &[i8] {
        &self.cells[row * labels..(row + 1) * labels]
    }

    /// Adds a row of weights, quantised. Keys must come in ascending order.
    pub(crate) fn push(&mut self, key: Key, weight: f32, row: &[f64]) {
        let largest = row.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let step = if largest > 0.0 { largest / f64::from(i8::MAX) } else { 1.0 };
        self.keys.push(key);
        self.weights.push(weight);
        self.steps.push(step as f32);
        self.cells.extend(row.iter().map(|value| (value / step).round() as i8));
    }
}

/// A linear model over the words of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Model {
    /// What the artifact was made from.
    pub(crate) fingerprint: u64,
    /// The labels, "no area" last.
    pub(crate) labels: Vec<String>,
    /// The score of a text without words.
    pub(crate) bias: Vec<f32>,
    /// Squared length that every text has before its first word, so that a text of one weak word
    /// is not taken for a sure thing.
    pub(crate) ballast: f32,
    /// What a word that is not known weighs.
    pub(crate) unknown: f32,
    /// Squared length of a word with its letters, relative to the word alone.
    pub(crate) letters: f32,
    pub(crate) words: Table,
    pub(crate) pairs: Table,
    pub(crate) grams: Table,
    /// Known words in the form in which texts write them, sorted.
    pub(crate) vocabulary: Vec<String>,
}

/// What one word or pair of a text adds to the score of each label.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// The first word of it.
    pub(crate) first: usize,
    /// The last word of it.
    pub(crate) last: usize,
    weights: Weights<'a>,
    factor: f32,
    length: f32,
}

#[derive(Debug)]
enum Weights<'a> {
    Row(&'a [i8]),
    Letters(Vec<f32>),
}

impl Part<'_> {
    /// What it adds to a label before the text's length is taken out.
    pub(crate) fn value(&self, label: usize) -> f32 {
        match &self.weights {
            Weights::Row(row) => f32::from(row[label]) * self.factor,
            Weights::Letters(row) => row[label] * self.factor,
        }
    }

    fn add_to(&self, sums: &mut [f32]) {
        match &self.weights {
            Weights::Row(row) => {
                for (sum, cell) in sums.iter_mut().zip(*row) {
                    *sum += f32::from(*cell) * self.factor;
                }
            }
            Weights::Letters(row) => {
                for (sum, cell) in sums.iter_mut().zip(row) {
                    *sum += cell * self.factor;
                }
            }
        }
    }
}

impl Model {
    /// A model that knows nothing but "no area".
    pub(crate) fn empty() -> Model {
        let mut model = Model {
            labels: vec![NONE.to_owned()],
            bias: vec![0.0],
            ballast: 1.0,
            letters: 1.0,
            ..Model::default()
        };
        for table in [&mut model.words, &mut model.pairs, &mut model.grams] {
            table.index();
        }
        model
    }

    /// Whether a stem has weights of its own.
    pub(crate) fn knows(&self, stem: &str) -> bool {
        self.words.find(word_key(stem)).is_some()
    }

    /// What a stem weighs.
    pub(crate) fn weight(&self, stem: &str) -> f32 {
        self.words.find(word_key(stem)).map_or(self.unknown, |row| self.words.weights[row])
    }

    /// What each word and pair of a text adds, each of them once.
    pub(crate) fn parts(&self, words: &[Word]) -> Vec<Part<'_>> {
        let keys: Vec<Key> = words.iter().map(|word| word_key(&word.stem)).collect();
        let mut parts = Vec::with_capacity(words.len() * 2);
        for (index, key) in keys.iter().enumerate() {
            if !keys[..index].contains(key) {
                let mut part = self.word(index, &words[index].stem, *key);
                let emphasis = words[index].emphasis;
                part.factor *= emphasis;
                part.length *= emphasis * emphasis;
                parts.push(part);
            }
        }
        let mut seen = Vec::new();
        for (key, first, last) in groups(words) {
            let Some(row) = self.pairs.find(key).filter(|_| !seen.contains(&key)) else { continue };
            seen.push(key);
            let emphasis = words[first].emphasis.min(words[last].emphasis);
            parts.push(Part {
                first,
                last,
                weights: Weights::Row(self.pairs.row(row, self.labels.len())),
                factor: self.pairs.steps[row] * emphasis,
                length: (self.pairs.weights[row] * emphasis).powi(2),
            });
        }
        parts
    }

    fn word(&self, index: usize, stem: &str, key: Key) -> Part<'_> {
        let Some(row) = self.words.find(key) else { return self.unknown_word(index, stem) };
        Part {
            first: index,
            last: index,
            weights: Weights::Row(self.words.row(row, self.labels.len())),
            factor: self.words.steps[row],
            length: self.words.weights[row] * self.words.weights[row] * self.letters,
        }
    }

    fn unknown_word(&self, index: usize, stem: &str) -> Part<'_> {
        let keys = gram_keys(stem);
        let mut sums = vec![0.0; self.labels.len()];
        for row in keys.iter().filter_map(|key| self.grams.find(*key)) {
            let step = self.grams.steps[row];
            for (sum, cell) in sums.iter_mut().zip(self.grams.row(row, self.labels.len())) {
                *sum += f32::from(*cell) * step;
            }
        }
        let share = (self.letters - 1.0).max(0.0) / keys.len().max(1) as f32;
        Part {
            first: index,
            last: index,
            weights: Weights::Letters(sums),
            factor: self.unknown * share.sqrt(),
            length: self.unknown * self.unknown * self.letters,
        }
    }

    /// Whether any word of a text is known.
    pub(crate) fn knows_any(parts: &[Part<'_>]) -> bool {
        parts.iter().any(|part| matches!(part.weights, Weights::Row(_)))
    }

    /// The length of a text, by which the values of its parts are divided.
    pub(crate) fn length(&self, parts: &[Part<'_>]) -> f32 {
        (self.ballast + parts.iter().map(|part| part.length).sum::<f32>()).sqrt()
    }

    /// The score of each label.
    pub(crate) fn logits(&self, parts: &[Part<'_>]) -> Vec<f32> {
        let mut sums = vec![0.0; self.labels.len()];
        for part in parts {
            part.add_to(&mut sums);
        }
        let length = self.length(parts);
        for (sum, bias) in sums.iter_mut().zip(&self.bias) {
            *sum = *sum / length + bias;
        }
        sums
    }
}

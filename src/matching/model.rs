//! The trained weights and the score that they give: a sum over the words and pairs of a text.

use super::bank::NONE;
use super::features::{Key, Word, gram_keys, groups};

/// Most labels that a model may have: as many weights as fill a line of the processor's cache with what belongs to them.
pub(crate) const MOST_LABELS: usize = 48;

/// The quantised weights of a feature, one a label, with what belongs to them: one line of the processor's cache, so that
/// a feature costs one fetch.
#[derive(Clone, Debug, PartialEq)]
#[repr(align(64))]
pub(crate) struct Row {
    pub(crate) key: Key,
    /// What the feature adds to the length of a text.
    pub(crate) weight: f32,
    /// What one step of a quantised weight is worth.
    pub(crate) step: f32,
    /// The quantised weights; nought beyond the last label.
    pub(crate) cells: [i8; MOST_LABELS],
}

impl Row {
    /// A row of weights, quantised. There are no more than [`MOST_LABELS`].
    pub(crate) fn new(key: Key, weight: f32, values: &[f64]) -> Row {
        let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let step = if largest > 0.0 { largest / f64::from(i8::MAX) } else { 1.0 };
        let mut cells = [0; MOST_LABELS];
        cells.iter_mut().zip(values).for_each(|(cell, value)| *cell = (value / step).round() as i8);
        Row { key, weight, step: step as f32, cells }
    }
}

/// Rows of weights, found by the key of their feature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// In ascending order of their keys.
    rows: Vec<Row>,
    slots: Vec<Slot>,
}

/// Where a row is, and enough of its key to tell most others apart without a look at them.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Slot {
    tag: u32,
    row: u32,
}

const EMPTY: Slot = Slot { tag: 0, row: u32::MAX };

/// The part of a key that its place in the slots does not tell.
fn tag(key: Key) -> u32 {
    (key >> 32) as u32
}

impl Table {
    /// A table ready for look-ups. Keys must come in ascending order.
    pub(crate) fn new(rows: Vec<Row>) -> Table {
        let capacity = (rows.len() * 2).next_power_of_two().max(2);
        let mut slots = vec![EMPTY; capacity];
        for (index, row) in rows.iter().enumerate() {
            let mut slot = row.key as usize & (capacity - 1);
            while slots[slot] != EMPTY {
                slot = (slot + 1) & (capacity - 1);
            }
            slots[slot] = Slot { tag: tag(row.key), row: index as u32 };
        }
        Table { rows, slots }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    fn find(&self, key: Key) -> Option<&Row> {
        let mask = self.slots.len() - 1;
        let mut place = key as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot == EMPTY {
                return None;
            }
            if slot.tag == tag(key) {
                let row = &self.rows[slot.row as usize];
                if row.key == key {
                    return Some(row);
                }
            }
            place = (place + 1) & mask;
        }
    }
}

impl Default for Table {
    fn default() -> Table {
        Table::new(Vec::new())
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

/// A number for each label, nought beyond the last.
pub(crate) type Sums = [f32; MOST_LABELS];

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
    Row(&'a [i8; MOST_LABELS]),
    Letters(Box<Sums>),
}

impl Part<'_> {
    /// What it adds to a label before the text's length is taken out.
    pub(crate) fn value(&self, label: usize) -> f32 {
        match &self.weights {
            Weights::Row(row) => f32::from(row[label]) * self.factor,
            Weights::Letters(row) => row[label] * self.factor,
        }
    }

    fn add_to(&self, sums: &mut Sums) {
        match &self.weights {
            Weights::Row(row) => {
                for (sum, cell) in sums.iter_mut().zip(*row) {
                    *sum += f32::from(*cell) * self.factor;
                }
            }
            Weights::Letters(row) => {
                for (sum, cell) in sums.iter_mut().zip(&**row) {
                    *sum += cell * self.factor;
                }
            }
        }
    }
}

impl Model {
    /// A model that knows nothing but "no area".
    pub(crate) fn empty() -> Model {
        Model {
            labels: vec![NONE.to_owned()],
            bias: vec![0.0],
            ballast: 1.0,
            letters: 1.0,
            ..Model::default()
        }
    }

    /// Whether the stem of this feature has weights of its own.
    pub(crate) fn knows(&self, key: Key) -> bool {
        self.words.find(key).is_some()
    }

    /// What the stem of this feature weighs.
    pub(crate) fn weight(&self, key: Key) -> f32 {
        self.words.find(key).map_or(self.unknown, |row| row.weight)
    }

    /// What each word and pair of a text adds, each of them once.
    pub(crate) fn parts(&self, words: &[Word]) -> Vec<Part<'_>> {
        let mut parts = Vec::with_capacity(words.len() * 2);
        for (index, word) in words.iter().enumerate() {
            let key = word.form.key;
            if !words[..index].iter().any(|earlier| earlier.form.key == key) {
                let mut part = self.word(index, &word.form.stem, key);
                let emphasis = word.emphasis;
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
                weights: Weights::Row(&row.cells),
                factor: row.step * emphasis,
                length: (row.weight * emphasis).powi(2),
            });
        }
        parts
    }

    fn word(&self, index: usize, stem: &str, key: Key) -> Part<'_> {
        let Some(row) = self.words.find(key) else { return self.unknown_word(index, stem) };
        Part {
            first: index,
            last: index,
            weights: Weights::Row(&row.cells),
            factor: row.step,
            length: row.weight * row.weight * self.letters,
        }
    }

    fn unknown_word(&self, index: usize, stem: &str) -> Part<'_> {
        let keys = gram_keys(stem);
        let mut sums = [0.0; MOST_LABELS];
        for row in keys.iter().filter_map(|key| self.grams.find(*key)) {
            for (sum, cell) in sums.iter_mut().zip(&row.cells) {
                *sum += f32::from(*cell) * row.step;
            }
        }
        let share = (self.letters - 1.0).max(0.0) / keys.len().max(1) as f32;
        Part {
            first: index,
            last: index,
            weights: Weights::Letters(Box::new(sums)),
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

    /// The score of each label; nought beyond the last.
    pub(crate) fn logits(&self, parts: &[Part<'_>]) -> Sums {
        let mut sums = [0.0; MOST_LABELS];
        for part in parts {
            part.add_to(&mut sums);
        }
        let length = self.length(parts);
        sums.iter_mut().zip(&self.bias).for_each(|(sum, bias)| *sum = *sum / length + bias);
        sums
    }
}

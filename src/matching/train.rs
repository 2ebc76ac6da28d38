//! Learns the weights from the bank: multinomial logistic regression over stems, pairs of stems and
//! the letters of words. The same bank gives the same bytes: one thread, a fixed order, arithmetic
//! that every platform agrees on.

use std::collections::{BTreeMap, BTreeSet};

use super::artifact;
use super::bank::{Bank, NONE};
use super::features::{Key, Word, conceive, gram_keys, groups, word_key, words};
use super::frames::{self, FRAMES};
use super::math::{exp, ln, softmax};
use super::model::{Model, Row, Table};
use super::shares;
use super::text::Tokens;
use super::words::{TABLE, Words};

/// What the trainer may be told.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Squared length that every text has before its first word.
    pub ballast: f64,
    /// What a pair counts beside its words.
    pub pair: f64,
    /// What the letters of a word count beside the word.
    pub letters: f64,
    /// How strongly weights are held towards zero.
    pub decay: f64,
    /// How much more a word weighs that few labels share.
    pub focus: f64,
    /// Frames that each short phrasing is set into.
    pub frames: usize,
    /// What a framed phrasing counts.
    pub framed: f64,
    /// What a phrasing of few words counts, and in a frame: a lone term says less than a question.
    pub short: f64,
    /// How far labels count as they are asked about rather than as the bank happens to have phrasings of them.
    pub usual: f64,
    /// What a phrasing counts that could be about any area.
    pub generic: f64,
    /// How much of its label goes to the area that it leans to.
    pub lean: f64,
    /// Passes over the bank.
    pub passes: usize,
    /// Size of the first steps.
    pub rate: f64,
}

impl Recipe {
    /// The recipe of the artifact; docs/matching.md has the figures that chose it.
    pub const DEFAULT: Recipe = Recipe {
        ballast: 60.0,
        pair: 0.7,
        letters: 0.5,
        decay: 5e-7,
        focus: 0.9,
        frames: 3,
        framed: 0.25,
        short: 0.5,
        usual: 0.4,
        generic: 0.7,
        lean: 0.3,
        passes: 12,
        rate: 4.0,
    };
}

/// Fewest phrasings that a pair must stand in to be worth a row.
const MIN_PAIR: usize = 2;

/// Fewest stems that a run of letters must stand in to say anything about an unknown word.
const MIN_GRAM: usize = 3;

/// Fewest phrasings that a word must stand in before a misspelt word is read as it.
const MIN_VOCABULARY: usize = 2;

/// Most words of a phrasing that is a term rather than a question.
const SHORT: usize = 3;

struct Feature {
    key: Key,
    weight: f64,
}

#[derive(Default)]
struct Catalogue {
    words: BTreeMap<String, usize>,
    pairs: BTreeMap<Key, usize>,
    grams: BTreeMap<Key, usize>,
    features: Vec<Feature>,
}

struct Example {
    weight: f64,
    features: Vec<(u32, f64)>,
    target: Vec<(usize, f64)>,
}

/// Trains on a bank and gives the artifact's bytes.
pub fn artifact_of(bank: &Bank, recipe: Recipe) -> Vec<u8> {
    let tables = Words::parse(TABLE).unwrap_or_default();
    artifact::write(&train(bank, &tables, recipe, fingerprint_of(bank, recipe)))
}

/// What an artifact made from this bank by this recipe says that it was made from.
pub(crate) fn fingerprint_of(bank: &Bank, recipe: Recipe) -> u64 {
    artifact::fingerprint(bank, &[TABLE, FRAMES, shares::SHARES, &format!("{recipe:?}")])
}

/// Trains a model.
pub(crate) fn train(bank: &Bank, tables: &Words, recipe: Recipe, fingerprint: u64) -> Model {
    let texts: Vec<Vec<Word>> = bank.phrasings.iter().map(|phrasing| read(&phrasing.text, tables)).collect();
    let catalogue = catalogue(bank, &texts, recipe);
    let examples = examples(bank, &texts, tables, &catalogue, recipe);
    let weights = descend(&examples, catalogue.features.len(), bank.labels.len(), recipe);
    catalogue.model(bank, &texts, &weights, recipe, fingerprint)
}

fn read(text: &str, tables: &Words) -> Vec<Word> {
    let mut words = words(text, &Tokens::read(text), tables);
    conceive(&mut words, tables);
    words
}

fn examples(
    bank: &Bank,
    texts: &[Vec<Word>],
    tables: &Words,
    catalogue: &Catalogue,
    recipe: Recipe,
) -> Vec<Example> {
    let frames = frames::parse(FRAMES);
    let mut examples = Vec::new();
    for (phrasing, text) in bank.phrasings.iter().zip(texts) {
        let target = vec![(phrasing.label, 1.0)];
        // "Describe your approach to the postal address" is no question that anyone asks.
        let count = if bank.labels[phrasing.label] == NONE { 0 } else { recipe.frames };
        for framed in frames::framed(phrasing, &frames, count) {
            let features = catalogue.vector(&read(&framed, tables), recipe);
            let weight = recipe.framed * recipe.short;
            examples.push(Example { weight, features, target: target.clone() });
        }
        let weight = if phrasing.text.split_whitespace().count() <= SHORT { recipe.short } else { 1.0 };
        examples.push(Example { weight, features: catalogue.vector(text, recipe), target });
    }
    even_out(&mut examples, bank, recipe.usual);
    for generic in &bank.generic {
        let target = any(bank.labels.len(), generic.lean, recipe.lean);
        let features = catalogue.vector(&read(&generic.text, tables), recipe);
        examples.push(Example { weight: recipe.generic, features, target });
    }
    examples
}

/// Weighs examples so that labels count nearer to how often questionnaires ask about them.
fn even_out(examples: &mut [Example], bank: &Bank, usual: f64) {
    let labels = bank.labels.len();
    let asked = shares::of(&bank.labels);
    let mut written = vec![0.0; labels];
    for example in examples.iter() {
        for (label, share) in &example.target {
            written[*label] += share * example.weight;
        }
    }
    let all: f64 = written.iter().sum();
    let factors: Vec<f64> =
        asked.iter().zip(&written).map(|(asked, written)| exp(usual * ln(asked * all / written))).collect();
    for example in examples {
        // The main label comes first.
        example.weight *= factors[example.target[0].0];
    }
}

/// Any label alike, but for the one that is leant to.
fn any(labels: usize, lean: Option<usize>, leaning: f64) -> Vec<(usize, f64)> {
    let leaning = if lean.is_some() { leaning } else { 0.0 };
    let share = |label| (1.0 - leaning) / labels as f64 + if lean == Some(label) { leaning } else { 0.0 };
    (0..labels).map(|label| (label, share(label))).collect()
}

fn distinct_keys(words: &[Word]) -> (BTreeSet<&str>, BTreeSet<Key>) {
    let stems = words.iter().map(|word| &*word.form.stem).collect();
    (stems, groups(words).into_iter().map(|(key, _, _)| key).collect())
}

fn catalogue(bank: &Bank, texts: &[Vec<Word>], recipe: Recipe) -> Catalogue {
    let labels = bank.labels.len();
    let mut words: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let mut pairs: BTreeMap<Key, Vec<u32>> = BTreeMap::new();
    for (phrasing, text) in bank.phrasings.iter().zip(texts) {
        let (stems, keys) = distinct_keys(text);
        for stem in stems {
            words.entry(stem).or_insert_with(|| vec![0; labels])[phrasing.label] += 1;
        }
        for key in keys {
            pairs.entry(key).or_insert_with(|| vec![0; labels])[phrasing.label] += 1;
        }
    }
    let mut grams: BTreeMap<Key, usize> = BTreeMap::new();
    for stem in words.keys() {
        for key in gram_keys(stem) {
            *grams.entry(key).or_default() += 1;
        }
    }
    let mut result = Catalogue::default();
    for (stem, counts) in words {
        let weight = weigh(&counts, texts.len(), recipe.focus);
        result.words.insert(stem.to_owned(), result.features.len());
        result.features.push(Feature { key: word_key(stem), weight });
    }
    for (key, counts) in
        pairs.into_iter().filter(|(_, counts)| counts.iter().sum::<u32>() as usize >= MIN_PAIR)
    {
        let weight = recipe.pair * weigh(&counts, texts.len(), recipe.focus);
        result.pairs.insert(key, result.features.len());
        result.features.push(Feature { key, weight });
    }
    for (key, _) in grams.into_iter().filter(|(_, stems)| *stems >= MIN_GRAM) {
        result.grams.insert(key, result.features.len());
        result.features.push(Feature { key, weight: 1.0 });
    }
    result
}

/// Rare words say more than common ones, and words of few labels more than words of all.
fn weigh(counts: &[u32], texts: usize, focus: f64) -> f64 {
    let total: f64 = counts.iter().map(|count| f64::from(*count)).sum();
    let rarity = ln((1.0 + texts as f64) / (1.0 + total)) + 1.0;
    let smooth = 0.5;
    let all = total + smooth * counts.len() as f64;
    let entropy: f64 =
        counts.iter().map(|count| (f64::from(*count) + smooth) / all).map(|share| -share * ln(share)).sum();
    let spread = entropy / ln(counts.len() as f64);
    rarity * (1.0 - focus * spread * spread.min(1.0) * (total / (total + 20.0)))
}

impl Catalogue {
    fn vector(&self, words: &[Word], recipe: Recipe) -> Vec<(u32, f64)> {
        let mut vector: BTreeMap<u32, f64> = BTreeMap::new();
        let mut square = recipe.ballast;
        let mut seen = BTreeSet::new();
        for word in words {
            let Some(&index) = self.words.get(&*word.form.stem).filter(|index| seen.insert(**index)) else {
                continue;
            };
            let weight = self.features[index].weight * f64::from(word.emphasis);
            square += weight * weight * (1.0 + recipe.letters * recipe.letters);
            *vector.entry(index as u32).or_default() += weight;
            let grams = gram_keys(&word.form.stem);
            let share = recipe.letters / (grams.len().max(1) as f64).sqrt() * weight;
            for gram in grams.iter().filter_map(|key| self.grams.get(key)) {
                *vector.entry(*gram as u32).or_default() += share;
            }
        }
        for (key, first, last) in groups(words) {
            let Some(&index) = self.pairs.get(&key).filter(|index| seen.insert(**index)) else { continue };
            let weight =
                self.features[index].weight * f64::from(words[first].emphasis.min(words[last].emphasis));
            square += weight * weight;
            *vector.entry(index as u32).or_default() += weight;
        }
        let length = square.sqrt();
        vector.into_iter().map(|(index, value)| (index, value / length)).collect()
    }

    fn model(
        &self,
        bank: &Bank,
        texts: &[Vec<Word>],
        weights: &Weights,
        recipe: Recipe,
        fingerprint: u64,
    ) -> Model {
        let mut model = Model {
            fingerprint,
            labels: bank.labels.clone(),
            bias: weights.bias.iter().map(|bias| *bias as f32).collect(),
            ballast: recipe.ballast as f32,
            unknown: (ln((1.0 + texts.len() as f64) / 2.0) + 1.0) as f32,
            letters: (1.0 + recipe.letters * recipe.letters) as f32,
            vocabulary: vocabulary(texts),
            ..Model::default()
        };
        let words = self.words.iter().map(|(stem, index)| {
            let mut row = weights.row(*index).to_vec();
            let grams = gram_keys(stem);
            let share = recipe.letters / (grams.len().max(1) as f64).sqrt();
            for gram in grams.iter().filter_map(|key| self.grams.get(key)) {
                row.iter_mut().zip(weights.row(*gram)).for_each(|(sum, weight)| *sum += share * weight);
            }
            (*index, row)
        });
        model.words = self.table(words.collect());
        model.pairs =
            self.table(self.pairs.values().map(|index| (*index, weights.row(*index).to_vec())).collect());
        model.grams =
            self.table(self.grams.values().map(|index| (*index, weights.row(*index).to_vec())).collect());
        model
    }

    fn table(&self, mut rows: Vec<(usize, Vec<f64>)>) -> Table {
        rows.sort_by_key(|(index, _)| self.features[*index].key);
        let row = |(index, mut values): (usize, Vec<f64>)| {
            let Feature { key, weight } = self.features[index];
            values.iter_mut().for_each(|value| *value *= weight);
            Row::new(key, weight as f32, &values)
        };
        Table::new(rows.into_iter().map(row).collect())
    }
}

fn vocabulary(texts: &[Vec<Word>]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in texts.iter().flatten() {
        *counts.entry(&*word.form.folded).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(word, count)| *count >= MIN_VOCABULARY && word.is_ascii())
        .map(|(word, _)| word.to_owned())
        .collect()
}

struct Weights {
    labels: usize,
    bias: Vec<f64>,
    cells: Vec<f64>,
}

impl Weights {
    fn row(&self, index: usize) -> &[f64] {
        &self.cells[index * self.labels..(index + 1) * self.labels]
    }
}

/// Stochastic gradient descent with decaying steps; the decay of the weights is a common factor, so
/// that a step costs only what its example touches.
fn descend(examples: &[Example], features: usize, labels: usize, recipe: Recipe) -> Weights {
    let mut weights = Weights { labels, bias: vec![0.0; labels], cells: vec![0.0; features * labels] };
    let mut factor = 1.0;
    let mut order: Vec<u32> = (0..examples.len() as u32).collect();
    let mut random = 0x2545_f491_4f6c_dd1du64;
    let mut step = 0.0;
    let mut errors = vec![0.0; labels];
    for _ in 0..recipe.passes {
        shuffle(&mut order, &mut random);
        for index in &order {
            let example = &examples[*index as usize];
            let rate = recipe.rate / (1.0 + recipe.rate * recipe.decay * step);
            step += 1.0;
            score(&weights, factor, example, &mut errors);
            softmax(&mut errors);
            for (label, share) in &example.target {
                errors[*label] -= share;
            }
            factor *= 1.0 - rate * recipe.decay;
            update(&mut weights, rate * example.weight, factor, example, &errors);
        }
    }
    weights.cells.iter_mut().for_each(|cell| *cell *= factor);
    weights
}

fn score(weights: &Weights, factor: f64, example: &Example, sums: &mut [f64]) {
    sums.fill(0.0);
    for (feature, value) in &example.features {
        for (sum, cell) in sums.iter_mut().zip(weights.row(*feature as usize)) {
            *sum += cell * value;
        }
    }
    for (sum, bias) in sums.iter_mut().zip(&weights.bias) {
        *sum = *sum * factor + bias;
    }
}

/// Biases move slowly: they answer to every example.
const BIAS_RATE: f64 = 0.01;

fn update(weights: &mut Weights, rate: f64, factor: f64, example: &Example, errors: &[f64]) {
    let labels = weights.labels;
    for (feature, value) in &example.features {
        let start = *feature as usize * labels;
        let scale = rate * value / factor;
        for (cell, error) in weights.cells[start..start + labels].iter_mut().zip(errors) {
            *cell -= scale * error;
        }
    }
    for (bias, error) in weights.bias.iter_mut().zip(errors) {
        *bias -= rate * BIAS_RATE * error;
    }
}

/// Fisher and Yates with xorshift64.
fn shuffle(order: &mut [u32], random: &mut u64) {
    for last in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(last, (*random % (last as u64 + 1)) as usize);
    }
}

//! What spoke for a label: the parts of its score, by the words that they came from.

use super::features::Word;
use super::model::{Model, Part};
use super::ranking::Term;

/// Terms that a candidate names.
const TERMS: usize = 6;

/// The words and pairs that spoke for a label more than for the average of all, strongest first.
/// Their weights are the parts of the question's own score.
pub(crate) fn terms(
    text: &str,
    words: &[Word],
    parts: &[Part<'_>],
    model: &Model,
    label: usize,
) -> Vec<Term> {
    let length = model.length(parts);
    let mut terms: Vec<Term> = parts
        .iter()
        .map(|part| Term {
            text: text[words[part.first].span.start..words[part.last].span.end].to_owned(),
            read_as: read_as(&words[part.first..=part.last]),
            weight: f64::from(spoke(part, model, label) / length),
        })
        .filter(|term| term.weight > 0.0)
        .collect();
    terms.sort_by(|a, b| a.text.cmp(&b.text));
    terms.dedup_by(|next, kept| {
        let same = next.text == kept.text;
        if same {
            kept.weight += next.weight;
        }
        same
    });
    terms.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
    terms.truncate(TERMS);
    terms
}

/// What a part adds to a label beyond what it adds to the average label.
fn spoke(part: &Part<'_>, model: &Model, label: usize) -> f32 {
    let labels = model.labels.len();
    part.value(label) - (0..labels).map(|other| part.value(other)).sum::<f32>() / labels as f32
}

fn read_as(words: &[Word]) -> Option<String> {
    words.iter().any(|word| word.read_as.is_some()).then(|| {
        let read: Vec<&str> =
            words.iter().map(|word| word.read_as.as_deref().unwrap_or(&word.form.folded)).collect();
        read.join(" ")
    })
}

/// The share of a label's confidence that its surroundings gave, 0 to 1: what would be missing
/// without them.
pub(crate) fn from_context(own: &[f64], placed: &[f64], label: usize) -> f64 {
    let alone = own.get(label).copied().unwrap_or(0.0);
    let together = placed.get(label).copied().unwrap_or(0.0);
    if together <= alone { 0.0 } else { (together - alone) / together }
}

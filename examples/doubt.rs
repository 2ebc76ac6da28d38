//! Phrasings of the bank that a matcher trained on the others would file elsewhere, surest first:
//! `cargo run --release --example doubt [-- FOLDS]`. Also says how often it agrees with the bank.

use std::io::Write;

use whose::matching::{Bank, Matcher, NONE, Query, Recipe, artifact_of, embedded_bank};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folds: usize = std::env::args().nth(1).map_or(Ok(5), |folds| folds.parse())?;
    let (bank, _) = Bank::parse(embedded_bank().iter().copied());
    let mut doubts = Vec::new();
    let (mut strict, mut lenient) = (0usize, 0usize);
    for fold in 0..folds {
        let held = |index: usize| index % folds == fold;
        let mut rest = bank.clone();
        let mut index = 0;
        rest.phrasings.retain(|_| {
            index += 1;
            !held(index - 1)
        });
        let matcher = Matcher::with_model(&artifact_of(&rest, Recipe::DEFAULT), &[], &[]);
        for (_, phrasing) in bank.phrasings.iter().enumerate().filter(|(index, _)| held(*index)) {
            let ranking = matcher.rank(&Query { question: &phrasing.text, ..Query::default() });
            let said = ranking.best().area.as_ref().map_or_else(|| NONE.to_owned(), ToString::to_string);
            let own = &bank.labels[phrasing.label];
            let further = phrasing.also.iter().any(|label| bank.labels[*label] == said);
            strict += usize::from(said == *own);
            lenient += usize::from(said == *own || further);
            if said != *own && !further {
                doubts.push((ranking.best().confidence, own.clone(), said, phrasing.text.clone()));
            }
        }
    }
    doubts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut out = std::io::stdout().lock();
    let all = bank.phrasings.len() as f64;
    writeln!(out, "agrees: strict {:.3}, lenient {:.3}", strict as f64 / all, lenient as f64 / all)?;
    for (confidence, own, said, text) in doubts {
        writeln!(out, "{confidence:.2} filed {own:22} said {said:22} {text}")?;
    }
    Ok(())
}

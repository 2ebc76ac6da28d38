//! How fast the matcher is, beside a plain scan over the bank: `cargo bench --bench rank`. `benches/peers/run.py` sets
//! it beside other libraries.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use whose::matching::{Bank, Matcher, Query, embedded_bank};

fn main() {
    divan::main();
}

/// Phrasings of the bank spread over all areas.
fn questions(count: usize) -> Vec<String> {
    let (bank, _) = Bank::parse(embedded_bank().iter().copied());
    let step = (bank.phrasings.len() / count).max(1);
    bank.phrasings.into_iter().step_by(step).take(count).map(|phrasing| phrasing.text).collect()
}

/// A question about one area, as most are.
const QUESTION: &str = "Is customer data encrypted at rest in all databases?";

#[divan::bench]
fn load() -> Matcher {
    Matcher::new(&[], &[])
}

#[divan::bench]
fn one_question_with_terms(bencher: Bencher<'_, '_>) {
    let matcher = Matcher::new(&[], &[]);
    let query = Query { question: QUESTION, ..Query::default() };
    bencher.bench(|| matcher.rank(black_box(&query)));
}

/// The floor: the area of the one phrasing that is nearest letter by letter.
#[divan::bench(sample_count = 20)]
fn one_question_by_jaro_winkler(bencher: Bencher<'_, '_>) {
    let (mut bank, _) = Bank::parse(embedded_bank().iter().copied());
    for phrasing in &mut bank.phrasings {
        phrasing.text = phrasing.text.to_lowercase();
    }
    let nearest = |question: &str| {
        let question = question.to_lowercase();
        let near = bank.phrasings.iter().map(|phrasing| strsim::jaro_winkler(&phrasing.text, &question));
        near.zip(&bank.phrasings).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, phrasing)| phrasing.label)
    };
    bencher.bench(|| nearest(black_box(QUESTION)));
}

#[divan::bench]
fn one_misspelt_question(bencher: Bencher<'_, '_>) {
    let matcher = Matcher::new(&[], &[]);
    let query = Query { question: "Is custmer data encyrpted at rset in all databsaes?", ..Query::default() };
    bencher.bench(|| matcher.rank(black_box(&query)));
}

#[divan::bench]
fn read_a_thousand(bencher: Bencher<'_, '_>) {
    let matcher = Matcher::new(&[], &[]);
    let questions = questions(1000);
    bencher
        .counter(ItemsCount::new(questions.len()))
        .bench(|| questions.iter().map(|question| matcher.read("", question)).for_each(drop));
}

#[divan::bench]
fn stream_a_thousand(bencher: Bencher<'_, '_>) {
    let matcher = Matcher::new(&[], &[]);
    let questions = questions(1000);
    bencher.counter(ItemsCount::new(questions.len())).bench(|| {
        matcher
            .stream(&questions, |question| Query { section: "Security", question, ..Query::default() })
            .for_each(drop);
    });
}

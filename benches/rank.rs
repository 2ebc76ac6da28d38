//! How fast the matcher is: `cargo bench --bench rank`.

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

#[divan::bench]
fn load() -> Matcher {
    Matcher::new(&[], &[])
}

#[divan::bench]
fn one_question_with_terms(bencher: Bencher<'_, '_>) {
    let matcher = Matcher::new(&[], &[]);
    let query =
        Query { question: "Is customer data encrypted at rest in all databases?", ..Query::default() };
    bencher.bench(|| matcher.rank(black_box(&query)));
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
            .for_each(drop)
    });
}

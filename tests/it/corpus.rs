//! The matcher measured on whole questionnaires of our own writing that the bank does not have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use whose::domain::AreaId;
use whose::evaluation::{Evaluation, Labelled, Measures, Surroundings, name_of};
use whose::matching::{Bank, embedded_bank};

use crate::harness::{CATALOG, MATCHER, root};

/// The questionnaires of `tests/corpus`, by name.
pub(crate) static CORPUS: LazyLock<Vec<Labelled>> = LazyLock::new(|| {
    let known: Vec<AreaId> = CATALOG.areas().iter().map(|area| area.id.clone()).collect();
    let files = std::fs::read_dir(root().join("tests/corpus")).unwrap();
    let files: BTreeSet<_> = files.map(|file| file.unwrap().path()).collect();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        Labelled::read(std::fs::File::open(path).unwrap(), name, &known).unwrap()
    };
    files.iter().map(read).collect()
});

/// What `assign` makes of it: whole headings, neighbours around.
static IN_PLACE: LazyLock<Evaluation<'_, '_>> =
    LazyLock::new(|| Evaluation::of(&MATCHER, &CORPUS, Surroundings::ALL));

/// Each question without any surroundings.
static ALONE: LazyLock<Evaluation<'_, '_>> =
    LazyLock::new(|| Evaluation::of(&MATCHER, &CORPUS, Surroundings::Nothing));

/// Mistakes that the snapshot names.
const SUREST: usize = 12;

fn share(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.2}"))
}

/// A line for each questionnaire, and one for all.
fn table(title: &str, evaluation: &Evaluation<'_, '_>) -> String {
    let mut table =
        format!("{title:<28} rows strict lenient  top 3  auto  right  none r  none p  cal. error\n");
    let mut line = |name: &str, measures: Measures| {
        let [strict, lenient, top3] = [measures.strict, measures.lenient, measures.top3].map(share);
        let [auto, right] = [measures.auto_share, measures.auto_right].map(share);
        let [recall, precision] = [measures.none_recall, measures.none_precision].map(share);
        let error = share(measures.calibration_error);
        let rows = measures.rows;
        writeln!(
            table,
            "{name:<28} {rows:>4} {strict:>6} {lenient:>7} {top3:>6} {auto:>5} {right:>6} {recall:>7} {precision:>7} {error:>11}"
        )
        .unwrap();
    };
    for set in &evaluation.sets {
        line(&set.set.file, set.scores.measures());
    }
    line("all", evaluation.all.measures());
    table
}

fn areas(evaluation: &Evaluation<'_, '_>) -> String {
    let mut table = format!("{:<28} rows   found  right too   said  of these right\n", "area");
    for score in evaluation.by_area() {
        let (name, right_too) = (name_of(score.area.as_ref()), score.lenient - score.strict);
        let (rows, found, said, right) = (score.rows, score.strict, score.said, score.said_right);
        writeln!(table, "{name:<28} {rows:>4} {found:>7} {right_too:>10} {said:>6} {right:>15}").unwrap();
    }
    table
}

fn mistakes(evaluation: &Evaluation<'_, '_>) -> String {
    let mut list = "surest mistakes\n".to_owned();
    for miss in evaluation.misses().iter().take(SUREST) {
        let (file, want, said) =
            (&miss.question.place.file, name_of(miss.label.area.as_ref()), name_of(miss.said.as_ref()));
        let (confidence, id, text) = (miss.confidence, &miss.question.id, &miss.question.text);
        writeln!(list, "{confidence:.2} {file} {id}: {said}, not {want}: {text}").unwrap();
    }
    list
}

#[test]
fn what_the_matcher_makes_of_the_corpus() {
    let told = [
        table("in place", &IN_PLACE),
        table("each question alone", &ALONE),
        areas(&IN_PLACE),
        mistakes(&IN_PLACE),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn no_weights_may_be_worse_than_this() {
    let at_least = |what: &str, value: Option<f64>, floor: f64| {
        assert!(value.unwrap() >= floor, "{what}: {} is less than {floor}", value.unwrap());
    };
    let all = IN_PLACE.all.measures();
    at_least("strict", all.strict, 0.77);
    at_least("lenient", all.lenient, 0.83);
    at_least("top 3", all.top3, 0.92);
    at_least("auto share", all.auto_share, 0.38);
    at_least("auto right", all.auto_right, 0.96);
    at_least("none recall", all.none_recall, 0.80);
    at_least("none precision", all.none_precision, 0.70);
    assert!(all.calibration_error.unwrap() <= 0.06, "{:?}", all.calibration_error);
    let alone = ALONE.all.measures();
    at_least("lenient, alone", alone.lenient, 0.70);
    at_least("auto right, alone", alone.auto_right, 0.94);
    for set in &IN_PLACE.sets {
        let measures = set.scores.measures();
        at_least(&set.set.file, measures.lenient, 0.75);
        at_least(&set.set.file, measures.auto_right, 0.90);
    }
}

/// Areas with fewer rows in the corpus say little by their share.
const ENOUGH: u64 = 10;

#[test]
fn no_area_is_lost() {
    let areas = IN_PLACE.by_area();
    let lost: Vec<_> =
        areas.iter().filter(|score| score.rows >= ENOUGH && score.lenient * 2 < score.rows).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let labelled: BTreeSet<&str> =
        areas.iter().filter(|score| score.rows > 0).map(|score| name_of(score.area.as_ref())).collect();
    let missing: Vec<&str> =
        CATALOG.areas().iter().map(|area| area.id.as_str()).filter(|area| !labelled.contains(area)).collect();
    assert!(missing.is_empty(), "the corpus asks nothing about {missing:?}");
}

/// Lower-case words, whatever stands between them.
fn folded(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Rows of fewer words are names of things ("Year founded") and may be anywhere.
const TELLING: usize = 4;

#[test]
fn the_corpus_is_held_out() {
    let (bank, _) = Bank::parse(embedded_bank().iter().copied());
    let known: BTreeMap<Vec<String>, &str> =
        bank.phrasings.iter().map(|phrasing| (folded(&phrasing.text), phrasing.text.as_str())).collect();
    assert!(known.len() > 10_000);
    for row in CORPUS.iter().flat_map(|set| &set.rows) {
        let words = folded(&row.question.text);
        if words.len() >= TELLING {
            assert_eq!(known.get(&words), None, "{}: the bank has it", row.question.place);
        }
    }
}

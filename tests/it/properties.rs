//! What holds for every input.

use std::io::Cursor;
use std::sync::LazyLock;

use proptest::prelude::*;
use whose::catalog::{Catalog, Layer};
use whose::export::{COLUMNS, CsvExporter, CsvProfile, Exporter as _, JsonlExporter, Wording, guard};
use whose::matching::Matcher;
use whose::pipeline::{self, Assigner};
use whose::questionnaire::{Entry, Options, Reader};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[Layer::embedded()]).0);
static MATCHER: LazyLock<Matcher> = LazyLock::new(|| pipeline::matcher(&CATALOG));

/// The whole way from bytes to CSV, and the number of questions on it; `None` where the input is refused.
fn assign(input: Vec<u8>, profile: CsvProfile) -> Option<(usize, Vec<u8>)> {
    let reader = Reader::open(Box::new(Cursor::new(input)), "q.csv", &Options::default()).ok()?;
    let questions: Vec<_> = reader
        .filter_map(|entry| match entry {
            Ok(Entry::Question(question)) => Some(question),
            _ => None,
        })
        .collect();
    let count = questions.len();
    let provider = CATALOG.provider("union").unwrap();
    let assigner = Assigner::new(&CATALOG, (provider, provider.model("byoc").unwrap()), &MATCHER);
    let mut csv = Vec::new();
    let mut json = Vec::new();
    {
        let mut to_csv = CsvExporter::new(&mut csv, profile, Wording::default()).unwrap();
        let mut to_json = JsonlExporter::new(&mut json, Wording::default());
        for assignment in assigner.assign_all(questions.into_iter()) {
            to_csv.write(&assignment).unwrap();
            to_json.write(&assignment).unwrap();
        }
        to_csv.finish().unwrap();
        to_json.finish().unwrap();
    }
    assert_eq!(json.iter().filter(|byte| **byte == b'\n').count(), count);
    Some((count, csv))
}

fn questions_in(rows: &[(String, String)]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "question"]).unwrap();
    for (id, question) in rows {
        writer.write_record([id, question]).unwrap();
    }
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_question_comes_out_in_order(
        rows in prop::collection::vec(("[a-z0-9.]{1,6}", "[ -~\u{e9}\u{4e2d}\n]{0,40}[a-z]{3,9}[ -~\n]{0,40}"), 1..20)
    ) {
        let (count, csv) = assign(questions_in(&rows), CsvProfile::Raw).unwrap();
        prop_assert_eq!(count, rows.len());
        let out: Vec<csv::StringRecord> =
            csv::Reader::from_reader(csv.as_slice()).records().map(Result::unwrap).collect();
        for (row, (id, question)) in out.iter().zip(&rows) {
            prop_assert_eq!((&row[0], &row[2]), (id.as_str(), question.trim()));
            prop_assert_eq!(row.len(), COLUMNS.len());
        }
        prop_assert_eq!(out.len(), rows.len());
    }

    #[test]
    fn no_bytes_make_it_panic_and_every_question_read_is_written(input in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Some((count, csv)) = assign(input, CsvProfile::Rfc4180) {
            let out = csv::Reader::from_reader(csv.as_slice()).records().map(Result::unwrap).count();
            prop_assert_eq!(out, count);
        }
    }

    #[test]
    fn no_cell_begins_a_formula(text in "\\PC{0,3}[-=+@\t\r\n\0\u{1}\u{7f}\u{85}]{0,3}\\PC{0,12}") {
        let cell = guard(&text);
        let number = cell.parse::<f64>().is_ok();
        prop_assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']), "{cell:?}");
        prop_assert!(!cell.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')), "{cell:?}");
    }
}

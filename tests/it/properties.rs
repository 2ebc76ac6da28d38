//! What holds for every input.

use std::io::Cursor;

use proptest::prelude::*;
use whose::export::{COLUMNS, CsvExporter, CsvProfile, Exporter as _, JsonlExporter, Wording};
use whose::formula::guard;
use whose::matching::Band;
use whose::pipeline::Assigner;
use whose::questionnaire::{Entry, Options, Reader};

use crate::corpus::CORPUS;
use crate::harness::{CATALOG, MATCHER, Sandbox, best, rank, root};

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

/// What may stand before a question in a questionnaire.
const NUMBERINGS: &[&str] = &[
    "1. ",
    "1.2.3 ",
    "1.2.3. ",
    "12) ",
    "(7) ",
    "[7] ",
    "a) ",
    "(b) ",
    "c. ",
    "(iv) ",
    "iv. ",
    "Q12: ",
    "q3) ",
    "3.1: ",
    "- ",
    "* ",
    "# ",
    "\u{a7} 4.2 ",
    "\u{2013} ",
    "\u{2014} ",
    "\u{2022} ",
    "\u{25aa}\t",
    "\u{2192} ",
];

/// The same letters as another keyboard, program or typesetter would have them.
const DRESSES: &[fn(&str) -> String] = &[
    |text| text.to_uppercase(),
    |text| text.replace(' ', " \t "),
    |text| text.replace(' ', "\n"),
    |text| text.replace(' ', "\u{a0}"),
    |text| text.replace('-', "\u{2011}").replace('\'', "\u{2019}").replace('"', "\u{201d}"),
    |text| text.replace('-', "\u{2013}").replace('\'', "\u{2018}").replace('"', "\u{201e}"),
    |text| text.trim_end_matches(['?', '.', '!', ':']).to_owned(),
    |text| format!("{text} ?! "),
    |text| format!("\u{201c}{text}\u{201d}"),
    |text| format!("*{text}"),
    |text| text.chars().map(full_width).collect(),
];

/// Some letters in full width; not all, since ids of controls are read in ASCII only.
fn full_width(letter: char) -> char {
    match letter {
        'e' | 'n' | 'o' | 't' => char::from_u32(u32::from(letter) + 0xfee0).unwrap(),
        _ => letter,
    }
}

/// Areas, band and confidence: all that a verdict consists of.
fn verdict(question: &str) -> (String, Vec<String>, Band, u64) {
    let ranking = rank(question);
    let also = ranking.also.iter().map(ToString::to_string).collect();
    (best(&ranking).to_owned(), also, ranking.band, ranking.best().confidence.to_bits())
}

#[test]
fn turns_and_threads_change_no_byte() {
    let files: Vec<Vec<u8>> = CORPUS
        .iter()
        .map(|set| std::fs::read(root().join("tests/corpus").join(&*set.file)).unwrap())
        .collect();
    let once: Vec<_> = files.iter().map(|file| assign(file.clone(), CsvProfile::Rfc4180)).collect();
    let counts = once.iter().map(|out| out.as_ref().map(|(count, _)| *count));
    assert!(counts.eq(CORPUS.iter().map(|set| Some(set.rows.len()))));
    std::thread::scope(|scope| {
        for turn in 0..files.len() {
            let (files, once) = (&files, &once);
            scope.spawn(move || {
                // Each thread begins with another file.
                for index in (turn..files.len()).chain(0..turn) {
                    assert!(assign(files[index].clone(), CsvProfile::Rfc4180) == once[index], "{index}");
                }
            });
        }
    });
}

#[test]
fn a_file_knows_nothing_of_the_files_beside_it() {
    let sandbox = Sandbox::new();
    sandbox.file("a.csv", "id,question\n1,Are backups tested?\n2,Are they encrypted?\n");
    sandbox.file("b.csv", "id,question\n1,\"If yes, how often?\"\n2,Is there a firewall?\n");
    let rows = |files: &[&str]| -> Vec<String> {
        let out = sandbox.run(["assign", "-p", "render"].iter().chain(files)).done();
        out.lines().skip(1).map(str::to_owned).collect()
    };
    let (a, b) = (rows(&["a.csv"]), rows(&["b.csv"]));
    assert_eq!(rows(&["a.csv", "b.csv"]), [a.clone(), b.clone()].concat());
    assert_eq!(rows(&["b.csv", "a.csv"]), [b, a].concat());
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
    fn form_never_changes_the_verdict(
        row: prop::sample::Index, number in prop::sample::select(NUMBERINGS), dress in prop::sample::select(DRESSES)
    ) {
        let rows: Vec<_> = CORPUS.iter().flat_map(|set| &set.rows).collect();
        let plain = row.get(&rows).question.text.as_str();
        let dressed = format!("{number}{}", dress(plain));
        prop_assert_eq!(verdict(&dressed), verdict(plain), "{:?}", dressed);
    }

    #[test]
    fn no_cell_begins_a_formula(text in "\\PC{0,3}[-=+@\t\r\n\0\u{1}\u{7f}\u{85}]{0,3}\\PC{0,12}") {
        let cell = guard(&text);
        let number = cell.parse::<f64>().is_ok();
        prop_assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']), "{cell:?}");
        prop_assert!(!cell.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\n')), "{cell:?}");
    }
}

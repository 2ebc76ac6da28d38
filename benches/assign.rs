//! From bytes to CSV, beside the floor: the same rows read and written by the csv crate alone.
//!
//! `cargo bench --bench assign`

use std::hint::black_box;
use std::io::Cursor;

use divan::Bencher;
use divan::counter::ItemsCount;
use whose::catalog::{Catalog, Layer};
use whose::export::{CsvExporter, CsvProfile, Exporter as _, Wording};
use whose::pipeline::{self, Assigner};
use whose::questionnaire::{Entry, Options, Reader};

/// Rows of the questionnaire that is read.
const ROWS: usize = 2_000;

fn main() {
    divan::main();
}

fn questionnaire() -> Vec<u8> {
    let starter = include_str!("../questions/starter.csv");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(starter.as_bytes()).records().filter_map(Result::ok).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "section", "question"]).expect("memory");
    for row in rows.iter().cycle().take(ROWS) {
        writer.write_record(row).expect("memory");
    }
    writer.into_inner().expect("memory")
}

#[divan::bench]
fn load_the_catalog() -> usize {
    Catalog::load(&[Layer::embedded()]).0.providers().len()
}

#[divan::bench]
fn resolve_every_area(bencher: Bencher<'_, '_>) {
    let (catalog, _) = Catalog::load(&[Layer::embedded()]);
    let provider = catalog.provider("vercel").expect("built in");
    bencher
        .counter(ItemsCount::new(catalog.areas().len()))
        .bench(|| catalog.matrix(provider, &provider.models[0]).len());
}

#[divan::bench(sample_count = 20)]
fn assign(bencher: Bencher<'_, '_>) {
    let input = questionnaire();
    let (catalog, _) = Catalog::load(&[Layer::embedded()]);
    let provider = catalog.provider("vercel").expect("built in");
    let matcher = pipeline::matcher(&catalog);
    let assigner = Assigner::new(&catalog, (provider, &provider.models[0]), &matcher);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let reader = Reader::open(Cursor::new(input.clone()), "q.csv", &Options::default()).expect("a table");
        let questions = reader.filter_map(|entry| match entry {
            Ok(Entry::Question(question)) => Some(question),
            _ => None,
        });
        let mut csv = Vec::new();
        let mut exporter =
            CsvExporter::new(&mut csv, CsvProfile::Rfc4180, Wording::default()).expect("memory");
        for assignment in assigner.assign_all(questions) {
            exporter.write(&assignment).expect("memory");
        }
        exporter.finish().expect("memory");
        drop(exporter);
        black_box(csv).len()
    });
}

#[divan::bench]
fn floor_csv_in_and_out(bencher: Bencher<'_, '_>) {
    let input = questionnaire();
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in csv::Reader::from_reader(input.as_slice()).records() {
            writer.write_record(&row.expect("a row")).expect("memory");
        }
        writer.into_inner().expect("memory").len()
    });
}

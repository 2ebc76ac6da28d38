//! Reading questionnaires, against what the formats' own readers take for the same bytes.
//!
//! `cargo bench --bench read`

use std::io::Cursor;

use calamine::{Reader as _, Xlsx};
use divan::Bencher;
use divan::counter::ItemsCount;
use rust_xlsxwriter::Workbook;
use whose::questionnaire::{Entry, Options, Reader};

const ROWS: u32 = 5_000;

const HEADER: [&str; 6] = ["No.", "Section", "Question", "Response", "Owner", "Comments"];

fn main() {
    divan::main();
}

fn cells(row: u32) -> [String; 6] {
    let section = format!("Section {}", row / 50);
    let question =
        format!("Is the thing that row {row} asks about written down, tried out and reviewed every year?");
    [row.to_string(), section, question, String::new(), String::new(), "as last year".into()]
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, HEADER).expect("a header");
    for row in 1..=ROWS {
        sheet.write_row(row, 0, cells(row)).expect("a row");
    }
    book.save_to_buffer().expect("a workbook")
}

fn table() -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADER).expect("a header");
    (1..=ROWS).for_each(|row| writer.write_record(cells(row)).expect("a row"));
    writer.into_inner().expect("a table")
}

fn questions(bytes: &[u8], name: &str) -> usize {
    let reader =
        Reader::open(Cursor::new(bytes.to_vec()), name, &Options::default()).expect("a questionnaire");
    reader.filter(|entry| matches!(entry, Ok(Entry::Question(_)))).count()
}

#[divan::bench]
fn workbook_read(bencher: Bencher<'_, '_>) {
    let bytes = workbook();
    assert_eq!(questions(&bytes, "q.xlsx"), ROWS as usize);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| questions(&bytes, "q.xlsx"));
}

/// The floor: every cell of the sheet, by calamine alone.
#[divan::bench]
fn workbook_floor(bencher: Bencher<'_, '_>) {
    let bytes = workbook();
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.as_slice())).expect("a workbook");
        let range = book.worksheet_range_at(0).expect("a sheet").expect("cells");
        range.rows().map(<[calamine::Data]>::len).sum::<usize>()
    });
}

#[divan::bench]
fn table_read(bencher: Bencher<'_, '_>) {
    let bytes = table();
    assert_eq!(questions(&bytes, "q.csv"), ROWS as usize);
    bencher.counter(ItemsCount::new(ROWS)).bench(|| questions(&bytes, "q.csv"));
}

/// The floor: every record of the table, by the csv crate alone.
#[divan::bench]
fn table_floor(bencher: Bencher<'_, '_>) {
    let bytes = table();
    bencher.counter(ItemsCount::new(ROWS)).bench(|| {
        csv::Reader::from_reader(bytes.as_slice())
            .records()
            .map(|row| row.expect("a row").len())
            .sum::<usize>()
    });
}

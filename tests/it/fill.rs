//! Questionnaires given back filled in.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{Data, DataType as _, Reader as _, Xlsx};
use proptest::prelude::*;
use rust_xlsxwriter::{DataValidation, Format, Workbook};

use whose::workbook::{Cell, Limits, Outcome, Package, Wanted};

use crate::harness::{Sandbox, root};

#[path = "../../fuzz/drivers/patch_cells.rs"]
mod patch_cells;

/// Wordings that the matcher settles, with their ids.
const ASKED: [(&str, &str); 4] = [
    ("A-1", "Who patches the operating systems of the hosts?"),
    ("A-2", "Is the data centre guarded?"),
    ("A-3", "Is customer data encrypted at rest?"),
    ("A-4", "Is multi-factor authentication required for administrators?"),
];

/// A workbook as customers send them: a banner, a header, lists, a formula, a merge, formats, a sheet of lists.
fn vendor_book() -> Vec<u8> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("Vendor & co").unwrap();
    sheet.write(0, 0, "Security questionnaire").unwrap();
    for (column, caption) in (0_u16..).zip(["ID", "Question", "Answer", "Owner", "Comments"]) {
        sheet.write_with_format(2, column, caption, &bold).unwrap();
    }
    for (row, (id, question)) in (3_u32..).zip(ASKED) {
        sheet.write(row, 0, id).unwrap();
        sheet.write(row, 1, question).unwrap();
        sheet.write_blank(row, 3, &bold).unwrap();
    }
    sheet.write(5, 4, "Already said.").unwrap();
    sheet.write_formula(20, 0, "=COUNTA(A4:A7)").unwrap();
    sheet.merge_range(10, 0, 10, 4, "Thank you", &bold).unwrap();
    let words = DataValidation::new().allow_list_formula("=Lists!$A$1:$A$4".into());
    sheet.add_data_validation(3, 3, 6, 3, &words).unwrap();
    let lists = book.add_worksheet().set_name("Lists").unwrap();
    lists.set_hidden(true);
    let words = ["CSP-Owned", "CSC-Owned", "3rd party outsourced", "Shared CSP and 3rd party"];
    for (row, word) in (0_u32..).zip(words) {
        lists.write(row, 0, word).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (entry.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

/// Every cell of a sheet that has something, by row and column from 0.
fn cells(bytes: &[u8], sheet: &str) -> BTreeMap<(u32, u32), String> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let (top, left) = range.start().unwrap();
    let used = range.used_cells().filter(|(_, _, data)| !matches!(data, Data::Empty));
    used.map(|(row, column, data)| {
        let place = (top + u32::try_from(row).unwrap(), left + u32::try_from(column).unwrap());
        (place, data.as_string().unwrap_or_default())
    })
    .collect()
}

#[test]
fn a_workbook_comes_back_with_its_cells_filled_and_nothing_else_changed() {
    let sandbox = Sandbox::new();
    let before = vendor_book();
    sandbox.file("vendor.xlsx", &before);
    sandbox.run(["assign", "vendor.xlsx", "-p", "render", "-o", "out.csv"]).done();
    let output = sandbox.run(["fill", "vendor.xlsx", "--from", "out.csv"]);
    insta::assert_snapshot!("workbook", output.whole());
    let after = std::fs::read(sandbox.path("vendor.filled.xlsx")).unwrap();
    assert_eq!(std::fs::read(sandbox.path("vendor.xlsx")).unwrap(), before);

    let (old, new) = (parts(&before), parts(&after));
    assert_eq!(old.keys().collect::<Vec<_>>(), new.keys().collect::<Vec<_>>());
    let changed: Vec<&String> =
        old.iter().filter(|(part, bytes)| new[*part] != **bytes).map(|(part, _)| part).collect();
    // The workbook itself is told already to work its formulas out.
    assert_eq!(changed, ["xl/worksheets/sheet1.xml"]);

    let (old, new) = (cells(&before, "Vendor & co"), cells(&after, "Vendor & co"));
    for (place, text) in &old {
        assert_eq!(&new[place], text, "{place:?}");
    }
    let filled: BTreeMap<_, _> = new.iter().filter(|(place, _)| !old.contains_key(place)).collect();
    assert!(
        !filled.is_empty()
            && filled.keys().all(|(row, column)| (3..=6).contains(row) && [3, 4].contains(column))
    );
    let words = ["CSP-Owned", "3rd party outsourced", "Shared CSP and 3rd party"];
    for (_, text) in filled.iter().filter(|((_, column), _)| *column == 3) {
        assert!(words.contains(&text.as_str()), "{text}");
    }
}

#[test]
fn filling_again_finds_everything_said() {
    let sandbox = Sandbox::new();
    sandbox.file("vendor.xlsx", vendor_book());
    sandbox.run(["assign", "vendor.xlsx", "-p", "render", "-o", "out.jsonl"]).done();
    sandbox.run(["fill", "vendor.xlsx", "--from", "out.jsonl", "--in-place", "--overwrite"]).done();
    let once = std::fs::read(sandbox.path("vendor.xlsx")).unwrap();
    let again = sandbox.run(["fill", "vendor.xlsx", "--from", "out.jsonl", "--in-place", "--overwrite"]);
    assert_eq!(again.code, 0);
    assert!(again.stderr.contains("no cell to fill in, so nothing is written"), "{}", again.stderr);
    assert_eq!(std::fs::read(sandbox.path("vendor.xlsx")).unwrap(), once);
}

#[test]
fn a_csv_keeps_its_dialect_and_every_other_byte() {
    let sandbox = Sandbox::new();
    let text = "Ref;Question;Owner;Notes\r\n1;\"Who patches the operating systems of the hosts?\";;\"\"\r\n\
        2;Is the data centre guarded;us;x\r\n3;Is customer data encrypted at rest?\r\n";
    let mut before = b"\xEF\xBB\xBF".to_vec();
    before.extend_from_slice(text.as_bytes());
    sandbox.file("vendor.csv", &before);
    sandbox.run(["assign", "vendor.csv", "-p", "render", "-o", "out.csv"]).done();
    let output = sandbox.run(["fill", "vendor.csv", "--from", "out.csv", "--strict", "--unsettled"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    insta::assert_snapshot!(
        "csv",
        format!("{}--- file\n{}", output.whole(), sandbox.read("vendor.filled.csv"))
    );
}

#[test]
fn what_has_no_counterpart_is_told_and_never_guessed() {
    let sandbox = Sandbox::new();
    sandbox.file("vendor.csv", "id,question,owner\n1,Who patches?,\n2,Who logs?,\n3,Who pays?,\n");
    sandbox.file(
        "out.csv",
        "id,question,party,responsible,status\n1,Who patches?,customer,Customer,auto\n\
         7,Who \u{1b}[31mleft?,provider,Render,auto\n8,Who pays?,provider,Render,auto\n9,Who pays?,customer,Customer,auto\n",
    );
    let output = sandbox.run(["fill", "vendor.csv", "--from", "out.csv", "--dry-run"]);
    insta::assert_snapshot!("counterparts", output.whole());
    assert!(!sandbox.path("vendor.filled.csv").exists());
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.file("plain.csv", "id,question\n1,Who patches?\n");
    sandbox.file("vendor.csv", "id,question,owner\n1,Who patches?,\n");
    sandbox.file("list.txt", "Who patches?\nWho pays?\n");
    sandbox.file("out.csv", "id,question,party,responsible\n1,Who patches?,customer,Customer\n");
    sandbox.file("vendor.filled.csv", "there");
    let runs = [
        "fill plain.csv --from out.csv",
        "fill vendor.csv --from plain.csv -o new.csv",
        "fill vendor.csv --from out.csv",
        "fill vendor.csv --from out.csv -o vendor.csv",
        "fill vendor.csv --from out.csv -o ./out.csv --force",
        "fill vendor.csv --from out.csv -o -",
        "fill vendor.csv --from out.csv -o x.csv --in-place",
        "fill - --from out.csv",
        "fill list.txt --from out.csv",
        "fill missing.xlsx --from out.csv",
    ];
    let told = runs.map(|run| format!("$ whose {run}\n{}", sandbox.run(run.split(' ')).failed()));
    insta::assert_snapshot!("mistakes", told.join("\n"));
    assert_eq!(sandbox.read("vendor.filled.csv"), "there");
}

#[test]
fn an_answer_is_only_written_where_its_column_is_named() {
    let sandbox = Sandbox::new();
    sandbox.file("vendor.csv", "id,question,answer,owner\n1,Who patches?,,\n");
    sandbox.file("out.csv", "id,question,party,responsible\n1,Who patches?,customer,=Us\n");
    sandbox.run(["fill", "vendor.csv", "--from", "out.csv"]).done();
    assert_eq!(sandbox.read("vendor.filled.csv"), "id,question,answer,owner\n1,Who patches?,,'=Us\n");
    sandbox.run(["fill", "vendor.csv", "--from", "out.csv", "--column", "answer=C", "--force"]).done();
    assert_eq!(sandbox.read("vendor.filled.csv"), "id,question,answer,owner\n1,Who patches?,'=Us,'=Us\n");
}

#[test]
fn the_fuzzers_corpus_holds() {
    for file in std::fs::read_dir(root().join("fuzz/corpus/patch_cells")).unwrap() {
        patch_cells::drive(&std::fs::read(file.unwrap().path()).unwrap());
    }
}

/// Pieces of which sheets are made, whole and broken.
const PIECES: [&str; 22] = [
    "<worksheet>",
    "</worksheet>",
    "<sheetData>",
    "</sheetData>",
    "<sheetData/>",
    "<row>",
    "<row r=\"3\">",
    "<row r=\"2\" spans=\"1:1\">",
    "<row/>",
    "<row r=\"5\"/>",
    "</row>",
    "<c>",
    "<c r=\"B2\" s=\"1\">",
    "<c/>",
    "<c r=\"C3\" t=\"s\"/>",
    "</c>",
    "<v>1</v>",
    "<f>A1</f>",
    "<!-- -->",
    "&lt;",
    "<x:c>",
    "<![CDATA[<row>]]>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_and_no_other_part_changes(
        texts in prop::collection::btree_map((0..30_u32, 0..12_u32), "[\\PC\n\t]{0,12}[^\\s\\pC_]", 1..8),
    ) {
        let before = vendor_book();
        let package = Package::open(before.clone(), Limits::default()).unwrap();
        let mut plan = package.plan();
        let wanted = texts.iter().map(|((row, column), text)| Wanted {
            cell: Cell::new(row + 1, column + 1),
            texts: vec![text.clone()],
            overwrite: true,
            list_only: false,
        });
        let wanted: Vec<Wanted> = wanted.collect();
        let outcomes = plan.add(package.sheet("Vendor & co").unwrap(), &wanted).unwrap();
        let after = plan.write(Cursor::new(Vec::new())).unwrap().into_inner();
        let mut expected = cells(&before, "Vendor & co");
        for (place, outcome) in texts.keys().zip(outcomes) {
            if let Outcome::Written(text) = outcome {
                expected.insert(*place, text);
            }
        }
        prop_assert_eq!(cells(&after, "Vendor & co"), expected);
        let (mut old, mut new) = (parts(&before), parts(&after));
        old.remove("xl/worksheets/sheet1.xml");
        new.remove("xl/worksheets/sheet1.xml");
        prop_assert_eq!(old, new);
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_patched_or_refused(data in prop::collection::vec(any::<u8>(), 0..200)) {
        patch_cells::drive(&data);
    }

    #[test]
    fn any_pieces_of_a_sheet_can_be_patched_or_refused(
        edits in prop::collection::vec((0..6_u8, 0..6_u8, b'a'..=b'z'), 0..5),
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..14),
        whole in any::<bool>(),
    ) {
        let mut data = vec![u8::try_from(edits.len()).unwrap()];
        data.extend(edits.iter().flat_map(|&(row, column, text)| [row, column, text]));
        let sheet = pieces.concat();
        let sheet = if whole { format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>") } else { sheet };
        data.extend_from_slice(sheet.as_bytes());
        patch_cells::drive(&data);
    }
}

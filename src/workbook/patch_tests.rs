use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use proptest::prelude::*;

use super::patch::recalculated;
use super::tests::{book, open};
use super::{Cell, Outcome, Package, Refusal, Wanted, patch_cells};

fn cell(address: &str) -> Cell {
    Cell::parse(address).unwrap()
}

fn patched(sheet: &str, edits: &[(&str, &str)]) -> String {
    let edits = edits.iter().map(|(address, text)| (cell(address), (*text).to_owned())).collect();
    patch_cells(sheet, "sheet1.xml", 256, &edits).unwrap()
}

/// A sheet's rows with what stands around them in every one of these tests.
fn around(rows: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\r\n<worksheet  a='1'><sheetData>{rows}</sheetData><!-- end --></worksheet>\n"
    )
}

fn text(address: &str, text: &str) -> String {
    format!("<c r=\"{address}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

#[test]
fn a_cell_that_is_there_keeps_its_format_and_loses_its_value() {
    let before = around(
        "<row r=\"2\"><c r=\"A2\"/><c s=\"3\" r='B2' t=\"s\" vm=\"1\"><v>5</v><extLst/></c><c r=\"C2\"><v>1</v></c></row>",
    );
    let after = around(
        "<row r=\"2\"><c r=\"A2\"/><c s=\"3\" r=\"B2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">a &lt;&amp; b</t></is></c>\
         <c r=\"C2\"><v>1</v></c></row>",
    );
    assert_eq!(patched(&before, &[("B2", "a <& b")]), after);
    let empty = around("<row r=\"2\"><c r=\"A2\" s=\"1\" /></row>");
    let filled = around(
        "<row r=\"2\"><c r=\"A2\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">x</t></is></c></row>",
    );
    assert_eq!(patched(&empty, &[("A2", "x")]), filled);
}

#[test]
fn cells_and_rows_that_are_not_there_come_in_order() {
    let before = around("<row r=\"2\"><c r=\"B2\"><v>1</v></c><c r=\"D2\"/></row> <row r=\"5\"/>");
    let after = around(&format!(
        "<row r=\"1\">{}</row><row r=\"2\">{}<c r=\"B2\"><v>1</v></c>{}<c r=\"D2\"/>{}</row> <row r=\"3\">{}</row>\
         <row r=\"5\">{}</row><row r=\"9\">{}</row>",
        text("B1", "b1"),
        text("A2", "a2"),
        text("C2", "c2"),
        text("AA2", "aa2"),
        text("C3", "c3"),
        text("A5", "a5"),
        text("A9", "a9"),
    ));
    let edits = ["AA2", "C2", "A2", "A5", "A9", "B1", "C3"].map(|address| (address, address.to_lowercase()));
    let edits = edits.each_ref().map(|(address, text)| (*address, text.as_str()));
    assert_eq!(patched(&before, &edits), after);
}

#[test]
fn rows_and_cells_without_numbers_are_counted() {
    let before =
        around("<row/><row><c/><c><v>1</v></c></row><row r=\"7\"><c r=\"D7\"/><c/></row><row><c/></row>");
    let after = around(&format!(
        "<row>{}</row><row><c/><c t=\"inlineStr\"><is><t xml:space=\"preserve\">b2</t></is></c></row>\
         <row r=\"7\"><c r=\"D7\"/><c t=\"inlineStr\"><is><t xml:space=\"preserve\">e7</t></is></c></row>\
         <row><c/>{}</row>",
        text("C1", "c1"),
        text("C8", "c8"),
    ));
    assert_eq!(patched(&before, &[("B2", "b2"), ("E7", "e7"), ("C8", "c8"), ("C1", "c1")]), after);
}

#[test]
fn prefixes_are_kept_and_an_empty_sheet_is_opened() {
    let before = "\u{feff}<x:worksheet xmlns:x=\"m\"><x:sheetData a=\"b\"/></x:worksheet>";
    let after = "\u{feff}<x:worksheet xmlns:x=\"m\"><x:sheetData a=\"b\"><x:row r=\"3\"><x:c r=\"B3\" t=\"inlineStr\"><x:is>\
        <x:t xml:space=\"preserve\">x</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>";
    assert_eq!(patched(before, &[("B3", "x")]), after);
    assert_eq!(patched(after, &[("B3", "x")]), after);
}

#[test]
fn new_cells_take_the_format_of_their_row_or_column_and_widen_spans() {
    let before = "<worksheet><cols><col min=\"2\" max=\"3\" style=\"7\"/></cols><sheetData>\
        <row r=\"1\" spans=\"1:2\" s=\"4\" customFormat=\"1\" ht='9'><c r=\"A1\"/></row><row r=\"2\" s=\"4\"/></sheetData></worksheet>";
    let after = patched(before, &[("C1", "x"), ("C2", "y"), ("D2", "z")]);
    for part in [
        "<row r=\"1\" spans=\"1:3\" s=\"4\" customFormat=\"1\" ht=\"9\">",
        "<c r=\"C1\" s=\"4\" t=",
        "<c r=\"C2\" s=\"7\" t=",
        "<c r=\"D2\" t=",
    ] {
        assert!(after.contains(part), "{part} in {after}");
    }
}

#[test]
fn what_excel_would_read_as_an_escape_or_refuse_is_guarded() {
    let after = patched(&around(""), &[("A1", "_x0041_x0042_ \u{1}\u{fffe}\r\n\ta\rb ]]> \u{9b}=1")]);
    let expected =
        around(&format!("<row r=\"1\">{}</row>", text("A1", "_x005F_x0041_x005F_x0042_ \n\ta\nb ]]&gt; =1")));
    assert_eq!(after, expected);
}

#[test]
fn a_sheet_that_contradicts_itself_is_refused() {
    let refused = |rows: &str| {
        let edits = BTreeMap::from([(cell("A2"), "x".to_owned())]);
        patch_cells(rows, "sheet1.xml", 256, &edits).unwrap_err().to_string()
    };
    assert!(refused(&around("<row r=\"2\"/><row r=\"2\"/>")).contains("row 2 twice"));
    assert!(refused(&around("<row r=\"2\"><c r=\"A2\"/><c r=\"A2\"/></row>")).contains("cell A2 twice"));
    assert!(refused("<worksheet/>").contains("no place for cells"));
    assert!(refused("<worksheet><sheetData/><sheetData/></worksheet>").contains("cells twice"));
    assert!(refused("<worksheet><sheetData><row r=\"2\"><c r=\"A2\">").contains("ends too early"));
}

#[test]
fn a_workbook_is_told_to_work_formulas_out() {
    let after = |text: &str| recalculated(text, "workbook.xml", 256).unwrap();
    let set = "<workbook><sheets/><calcPr calcId=\"1\" fullCalcOnLoad=\"1\"/><extLst/></workbook>";
    assert_eq!(
        after("<workbook><sheets/><calcPr calcId=\"1\" fullCalcOnLoad=\"0\"/><extLst/></workbook>"),
        set
    );
    assert_eq!(after(set), set);
    assert_eq!(
        after("<x:workbook><x:sheets/><x:extLst/></x:workbook>"),
        "<x:workbook><x:sheets/><x:calcPr fullCalcOnLoad=\"1\"/><x:extLst/></x:workbook>"
    );
    assert_eq!(after("<workbook></workbook>"), "<workbook><calcPr fullCalcOnLoad=\"1\"/></workbook>");
}

fn wanted(address: &str, text: &str) -> Wanted {
    Wanted { cell: cell(address), texts: vec![text.into()], overwrite: false, list_only: false }
}

#[test]
fn what_may_not_be_written_is_refused_with_its_reason() {
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f>1</f></c><c r=\"B1\"><v>1</v></c></row></sheetData>\
        <mergeCells><mergeCell ref=\"C1:D2\"/></mergeCells><dataValidations>\
        <dataValidation type=\"list\" sqref=\"E1:E9\"><formula1>\"CSP-owned,CSC-owned\"</formula1></dataValidation>\
        <dataValidation type=\"list\" sqref=\"F1\"><formula1>INDIRECT(A1)</formula1></dataValidation></dataValidations></worksheet>";
    let relations =
        "<Relationships><Relationship Id=\"t\" Type=\"x/table\" Target=\"../tables/t.xml\"/></Relationships>";
    let package = open(book(
        sheet,
        &[("xl/worksheets/_rels/sheet1.xml.rels", relations), ("xl/tables/t.xml", "<table ref=\"G1:H5\"/>")],
    ));
    let mut plan = package.plan();
    let long = "x".repeat(40_000);
    let asked = [
        wanted("A1", "x"),
        wanted("B1", "x"),
        wanted("B1", "1"),
        wanted("C1", "first"),
        wanted("D2", "x"),
        wanted("E1", "csp owned"),
        wanted("E2", "Render"),
        Wanted { texts: vec!["Render".into(), "CSC-Owned".into()], ..wanted("E3", "") },
        wanted("F1", "x"),
        wanted("H1", "x"),
        wanted("H2", &long),
        wanted("H3", " "),
        Wanted { cell: Cell::new(1, 16_385), ..wanted("A1", "x") },
        wanted("E1", "CSP-owned"),
        wanted("E1", "CSC-owned"),
        Wanted { list_only: true, ..wanted("A9", "N/A") },
        Wanted { overwrite: true, ..wanted("B1", "y") },
    ];
    let outcomes = plan.add(&package.sheets()[0], &asked).unwrap();
    let written = |text: &str| Outcome::Written(text.into());
    let words = vec!["CSP-owned".to_owned(), "CSC-owned".to_owned()];
    assert_eq!(
        outcomes,
        [
            Outcome::Refused(Refusal::Formula),
            Outcome::Refused(Refusal::Occupied),
            Outcome::Already,
            written("first"),
            Outcome::Refused(Refusal::Merged { first: cell("C1") }),
            written("CSP-owned"),
            Outcome::Refused(Refusal::NotInList { words, count: 2 }),
            written("CSC-owned"),
            Outcome::Refused(Refusal::UnknownList),
            Outcome::Refused(Refusal::TableHeader),
            Outcome::Refused(Refusal::TooLong { length: 40_000 }),
            Outcome::Refused(Refusal::Nothing),
            Outcome::Refused(Refusal::OffSheet),
            Outcome::Already,
            Outcome::Refused(Refusal::Twice),
            Outcome::Refused(Refusal::NoList),
            written("y"),
        ]
    );
}

/// Name, time, packed bytes and header fields of every entry.
fn packed(bytes: &[u8]) -> Vec<(String, String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut entry = zip.by_index_raw(at).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let about = format!("{:?} {:?} {}", entry.last_modified(), entry.compression(), entry.crc32());
            (entry.name().unwrap().into_owned(), about, bytes)
        })
        .collect()
}

#[test]
fn every_other_part_is_copied_as_it_is_packed() {
    let sheet = around("<row r=\"1\"><c r=\"A1\"><f>1</f></c></row>");
    let before =
        book(&sheet, &[("xl/media/image1.png", "\u{89}PNG"), ("customXml/item1.xml", "<?x?>\r\n<a/>")]);
    let package = open(before.clone());
    let mut plan = package.plan();
    plan.add(&package.sheets()[0], &[wanted("B1", "x")]).unwrap();
    let after = plan.write(Cursor::new(Vec::new())).unwrap().into_inner();
    let (before, after) = (packed(&before), packed(&after));
    let names = |entries: &[(String, String, Vec<u8>)]| {
        entries.iter().map(|entry| entry.0.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&before), names(&after));
    for (before, after) in before.iter().zip(&after) {
        let touched = ["xl/workbook.xml", "xl/worksheets/sheet1.xml"].contains(&before.0.as_str());
        assert_eq!(before == after, !touched, "{}", before.0);
    }
}

#[test]
fn a_plan_without_cells_changes_no_part() {
    let before = book(&around(""), &[]);
    let package = open(before.clone());
    let after = package.plan().write(Cursor::new(Vec::new())).unwrap().into_inner();
    assert_eq!(packed(&before), packed(&after));
}

/// A row of a made-up sheet: whether it says its number, whether it closes itself, and its cells.
#[derive(Clone, Debug)]
struct Row {
    number: u32,
    named: bool,
    short: bool,
    cells: BTreeMap<u32, (bool, usize)>,
}

/// Cells as programs write them; `{}` is where the address goes.
const CELLS: [&str; 5] = [
    "<c{} s=\"2\"/>",
    "<c{}><v>1</v></c>",
    "<c{} t=\"s\" >\n<v>0</v></c>",
    "<c{}><is><t>&lt;</t></is></c>",
    "<c{}></c>",
];

fn render(rows: &[Row], edits: &BTreeMap<Cell, String>) -> String {
    let mut all: BTreeMap<u32, Option<&Row>> = edits.keys().map(|cell| (cell.row, None)).collect();
    all.extend(rows.iter().map(|row| (row.number, Some(row))));
    let mut xml = String::new();
    for (number, row) in all {
        let mut cells: BTreeMap<u32, String> = BTreeMap::new();
        let none = BTreeMap::new();
        for (&column, &(named, kind)) in row.map_or(&none, |row| &row.cells) {
            let address = Cell::new(number, column);
            let address = if named { format!(" r=\"{address}\"") } else { String::new() };
            let kind = match edits.get(&Cell::new(number, column)) {
                Some(text) => {
                    let style = if kind == 0 { " s=\"2\"" } else { "" };
                    format!("<c{{}}{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
                }
                None => CELLS[kind].to_owned(),
            };
            cells.insert(column, kind.replace("{}", &address));
        }
        for (cell, value) in edits.iter().filter(|(cell, _)| cell.row == number) {
            cells.entry(cell.column).or_insert_with(|| text(&cell.to_string(), value));
        }
        let named = if row.is_none_or(|row| row.named) { format!(" r=\"{number}\"") } else { String::new() };
        let cells: String = cells.into_values().collect();
        if cells.is_empty() && row.is_some_and(|row| row.short) {
            xml.push_str(&format!("<row{named}/>"));
        } else {
            xml.push_str(&format!("<row{named}>{cells}</row>"));
        }
    }
    around(&xml)
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let cells = prop::collection::btree_map(1..12_u32, (any::<bool>(), 0..CELLS.len()), 0..5);
    let row = (any::<bool>(), any::<bool>(), cells);
    prop::collection::btree_map(1..12_u32, row, 0..6).prop_map(|rows| {
        let mut before = 0;
        let each = rows.into_iter().map(|(number, (named, short, mut cells))| {
            // Only what follows its neighbour may leave its number out.
            let named = named || number != before + 1;
            before = number;
            let mut left = 0;
            for (column, (named, _)) in &mut cells {
                *named |= *column != left + 1;
                left = *column;
            }
            Row { number, named, short, cells }
        });
        each.collect()
    })
}

proptest! {
    #[test]
    fn only_the_touched_cells_change(
        rows in rows(),
        edits in prop::collection::btree_map((1..14_u32, 1..14_u32), "[a-zé ]{1,5}", 0..8),
    ) {
        let edits: BTreeMap<Cell, String> =
            edits.into_iter().map(|((row, column), text)| (Cell::new(row, column), text)).collect();
        let before = render(&rows, &BTreeMap::new());
        let after = patch_cells(&before, "sheet1.xml", 256, &edits).unwrap();
        prop_assert_eq!(&after, &render(&rows, &edits));
        let package: Package = open(book(&after, &[]));
        let states = package.cells(&package.sheets()[0], &edits.keys().copied().collect()).unwrap();
        for (cell, text) in &edits {
            prop_assert_eq!(&states[cell].text, text);
        }
    }
}

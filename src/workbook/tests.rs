use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

use super::{Cell, CellRange, Content, Foreign, Limits, Package, PackageError, Run, SheetFacts, Visibility};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// An archive of these entries.
pub(super) fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet `S` with this XML, and further entries.
pub(super) fn book(sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let workbook = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{TYPES}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"a\"/></sheets>\
         <definedNames><definedName name=\"Yn\">S!$Z$1:$Z$2</definedName></definedNames></workbook>"
    );
    let relations = format!(
        "<Relationships><Relationship Id=\"a\" Type=\"{TYPES}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"b\" Type=\"{TYPES}/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/></Relationships>"
    );
    let mut entries = vec![
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", relations.as_str()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let named = |name: &str| more.iter().any(|(other, _)| *other == name);
    entries.retain(|(name, _)| !named(name));
    entries.extend(more);
    archive(&entries)
}

pub(super) fn open(bytes: Vec<u8>) -> Package {
    Package::open(bytes, Limits::default()).unwrap()
}

fn facts(sheet: &str) -> SheetFacts {
    let package = open(book(sheet, &[]));
    package.facts(&package.sheets()[0]).unwrap()
}

fn refusal(bytes: Vec<u8>) -> String {
    Package::open(bytes, Limits::default()).unwrap_err().to_string()
}

#[test]
fn sheets_are_found_by_any_prefix_schema_and_target() {
    let workbook = "<x:workbook xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" \
        xmlns:rel=\"http://purl.oclc.org/ooxml/officeDocument/relationships\"><x:sheets>\
        <x:sheet name=\"A &amp; B\" sheetId=\"4\" rel:id=\"r1\"/>\
        <x:sheet name=\"chart\" sheetId=\"5\" rel:id=\"r2\"/>\
        <x:sheet name=\"lists\" sheetId=\"6\" state=\"veryHidden\" rel:id=\"r3\"/></x:sheets></x:workbook>";
    let strict = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    let relations = format!(
        "<r:Relationships xmlns:r=\"x\"><r:Relationship Id=\"r1\" Type=\"{strict}/worksheet\" Target=\"/book/Sheets/A.xml\"/>\
         <r:Relationship Id=\"r2\" Type=\"{strict}/chartsheet\" Target=\"c.xml\"/>\
         <r:Relationship Id=\"r3\" Type=\"{strict}/worksheet\" Target=\"../book/sheets/b.xml\"/></r:Relationships>"
    );
    let root = format!(
        "<Relationships><Relationship Id=\"1\" Type=\"{strict}/officeDocument\" Target=\"book/main.xml\"/></Relationships>"
    );
    let sheet =
        "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row r=\"2\" hidden=\"1\"/></x:sheetData></x:worksheet>";
    let package = open(archive(&[
        ("_rels/.rels", &root),
        ("book/main.xml", workbook),
        ("book/_rels/main.xml.rels", &relations),
        ("book/sheets/a.xml", sheet),
        ("book/sheets/b.xml", sheet),
    ]));
    let found: Vec<_> =
        package.sheets().iter().map(|sheet| (sheet.name.as_str(), sheet.visibility)).collect();
    assert_eq!(found, [("A & B", Visibility::Visible), ("lists", Visibility::VeryHidden)]);
    for sheet in package.sheets() {
        assert!(package.facts(sheet).unwrap().hides_row(2), "{}", sheet.name);
    }
    assert!(package.sheet("a & b").is_some());
}

#[test]
fn what_a_sheet_hides_merges_and_allows() {
    let facts = facts(
        "<worksheet><cols><col min=\"2\" max=\"16384\" hidden=\"1\"/><col min=\"1\" max=\"1\" width=\"9\"/></cols>\
         <sheetData><row/><row hidden=\"true\"/><row hidden=\"1\"/><row r=\"9\" ht=\"0\"/>\
         <row><c><f>1+1</f><v>2</v></c><c><f t=\"array\" ref=\"B10:C11\">A1</f></c></row></sheetData>\
         <sheetProtection sheet=\"1\"/><mergeCells count=\"1\"><mergeCell ref=\"A1:B2\"/></mergeCells>\
         <dataValidations><dataValidation type=\"list\" sqref=\"A1:A1048576 C3\"><formula1>\"Yes,No\"</formula1></dataValidation>\
         <dataValidation type=\"whole\" sqref=\"B1\"><formula1>1</formula1></dataValidation></dataValidations>\
         <extLst><ext><x14:dataValidations><x14:dataValidation type=\"list\"><x14:formula1><xm:f>Yn</xm:f></x14:formula1>\
         <xm:sqref>D1:D9</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>",
    );
    assert_eq!(facts.hidden_rows, [Run { first: 2, last: 3 }, Run { first: 9, last: 9 }]);
    assert!(facts.hides_column(3) && !facts.hides_column(1));
    assert!(!facts.hides_row(1) && facts.hides_row(9) && !facts.hides_row(10));
    assert_eq!(facts.merge(Cell::new(2, 2)), CellRange::parse("A1:B2").as_ref());
    assert!(facts.protected && facts.formulas && !facts.left_out);
    assert_eq!(facts.arrays, [CellRange::parse("B10:C11").unwrap()]);
    assert_eq!(facts.lists(Cell::new(700_000, 1)).count(), 1);
    assert_eq!(facts.lists(Cell::new(5, 4)).count(), 1);
    assert_eq!(facts.lists(Cell::new(1, 2)).count(), 0);
    assert_eq!(facts.last_row, 10);
}

#[test]
fn a_list_takes_its_words_from_wherever_they_are() {
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"Z1\" t=\"s\"><v>1</v></c></row>\
        <row><c r=\"Z2\" t=\"inlineStr\"><is><r><t>N</t></r><r><t>o</t></r><rPh><t>x</t></rPh></is></c></row></sheetData>\
        <dataValidations><dataValidation type=\"list\" sqref=\"A1:A9\"><formula1>Yn</formula1></dataValidation>\
        <dataValidation type=\"list\" sqref=\"B1:B9\"><formula1>$Z1:$Z2</formula1></dataValidation>\
        <dataValidation type=\"list\" sqref=\"C1\"><formula1>INDIRECT(A1)</formula1></dataValidation></dataValidations></worksheet>";
    let strings = "<sst><si><t>no</t></si><si><t>Y&#101;s</t></si></sst>";
    let package = open(book(sheet, &[("xl/sharedStrings.xml", strings)]));
    let sheet = &package.sheets()[0];
    let facts = package.facts(sheet).unwrap();
    let words = |cell: &str| {
        let cell = Cell::parse(cell).unwrap();
        package.list_words(sheet, facts.lists(cell).next().unwrap(), cell).unwrap()
    };
    let both = || Some(vec!["Yes".to_owned(), "No".to_owned()]);
    assert_eq!(words("A5"), both());
    assert_eq!(words("B1"), both());
    assert_eq!(words("B2"), Some(vec!["No".to_owned()]));
    assert_eq!(words("C1"), None);
}

#[test]
fn cells_are_told_by_their_place_where_they_do_not_say_it() {
    let sheet = "<worksheet><sheetData><row><c/><c t=\"str\"><f>A1</f><v>x</v></c></row>\
        <row r=\"4\"><c r=\"C4\"><v>7</v></c><c><v>8</v></c></row><row><c t=\"s\"><v>99</v></c></row></sheetData></worksheet>";
    let package = open(book(sheet, &[]));
    let asked: BTreeSet<Cell> =
        ["A1", "B1", "C4", "D4", "E4"].iter().filter_map(|cell| Cell::parse(cell)).collect();
    let cells = package.cells(&package.sheets()[0], &asked).unwrap();
    let shown: Vec<_> =
        cells.iter().map(|(cell, state)| (cell.to_string(), state.content, state.text.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("B1".to_owned(), Content::Formula, "x"),
            ("C4".to_owned(), Content::Value, "7"),
            ("D4".to_owned(), Content::Value, "8"),
        ]
    );
}

#[test]
fn what_is_no_workbook_is_named() {
    let named = |bytes: Vec<u8>| match Package::open(bytes, Limits::default()) {
        Err(PackageError::NotAWorkbook(foreign)) => Some(foreign),
        _ => None,
    };
    let old = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    let stream = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes);
    assert_eq!(named(old.iter().copied().chain(stream).collect()), Some(Foreign::Encrypted));
    assert_eq!(named(old), Some(Foreign::Xls));
    assert_eq!(named(b"id,question\n".to_vec()), Some(Foreign::Unknown));
    assert_eq!(named(archive(&[("a.txt", "a")])), Some(Foreign::Zip));
    assert_eq!(named(archive(&[("word/document.xml", "<d/>")])), Some(Foreign::Docx));
    assert_eq!(named(archive(&[("xl/workbook.bin", "")])), Some(Foreign::Xlsb));
    assert_eq!(named(archive(&[("mimetype", "x"), ("content.xml", "")])), Some(Foreign::OpenDocument));
    assert!(refusal(b"PK\x03\x04broken".to_vec()).contains("damaged"));
}

#[test]
fn bombs_are_refused_by_what_comes_out() {
    let many: Vec<(String, &str)> = (0..20).map(|number| (format!("{number}.xml"), "")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let few = Limits { entries: 10, ..Limits::default() };
    let error = Package::open(book("<worksheet/>", &many), few).unwrap_err();
    assert!(matches!(error, PackageError::TooManyEntries { found: 23, limit: 10 }), "{error}");
    let large = " ".repeat(1 << 20);
    let small = Limits { unpacked: 1 << 19, ..Limits::default() };
    let honest = book("<worksheet/>", &[("large.xml", &large)]);
    assert!(matches!(Package::open(honest.clone(), small), Err(PackageError::TooLarge { .. })));
    // The same with every mention of its size changed to one.
    let (size, one) = ((1_u32 << 20).to_le_bytes(), 1_u32.to_le_bytes());
    let mut lying = honest;
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size {
            lying[at..at + 4].copy_from_slice(&one);
        }
    }
    assert!(Package::open(lying, small).is_err());
}

#[test]
fn entities_and_depth_are_refused() {
    let facts = |sheet: &str| {
        let package = open(book(sheet, &[]));
        package.facts(&package.sheets()[0]).unwrap_err().to_string()
    };
    let external = "<!DOCTYPE w [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet>&e;</worksheet>";
    assert!(facts(external).contains("document type"));
    assert!(facts(&"<a>".repeat(10_000)).contains("nested deeper"));
    assert!(facts("<worksheet><sheetData>").contains("ends too early"));
    assert!(facts("<worksheet></sheetData>").contains("damaged near byte"));
}

#[test]
fn ranges_are_counted_and_what_is_beyond_is_said() {
    let merges = "<mergeCell ref=\"A1:B1\"/>".repeat(50);
    let bytes = book(&format!("<worksheet><mergeCells>{merges}</mergeCells></worksheet>"), &[]);
    let package = Package::open(bytes, Limits { ranges: 20, ..Limits::default() }).unwrap();
    let facts = package.facts(&package.sheets()[0]).unwrap();
    assert_eq!((facts.merges.len(), facts.left_out), (20, true));
}

#[test]
fn one_name_twice_is_refused() {
    let error = refusal(book("<worksheet/>", &[("XL/Workbook.xml", "<workbook/>")]));
    assert!(error.contains("twice"), "{error}");
}

#[test]
fn a_part_that_is_named_often_is_one_sheet() {
    let sheets = "<sheet name=\"S\" r:id=\"a\"/><sheet name=\"T\" r:id=\"a\"/>";
    let workbook = format!("<workbook xmlns:r=\"{TYPES}\"><sheets>{sheets}</sheets></workbook>");
    let relations = format!(
        "<Relationships><Relationship Id=\"a\" Type=\"{TYPES}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let package = open(archive(&[
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/worksheets/sheet1.xml", "<worksheet/>"),
    ]));
    let names: Vec<&str> = package.sheets().iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names, ["S"]);
}

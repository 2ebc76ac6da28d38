//! Bytes become a document of each kind; what must hold for any of them. Used by the fuzz target and by a property
//! test.

use std::io::{Cursor, Write as _};

use whose::questionnaire::{Entry, Options, Reader};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Files that are read as they are.
const PLAIN: [&str; 10] =
    ["q.csv", "q.tsv", "q.txt", "q.md", "q.json", "q.jsonl", "q.xlsx", "q.xlsb", "q.xls", "-"];

const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\">\
                     <is><t>Question</t></is></c></row><row r=\"2\"><c r=\"B2\" t=\"s\"><v>1</v></c></row></sheetData>\
                     </worksheet>";

/// The first byte tells the kind: one of the plain ones, or one of those where the rest is a part of an archive.
pub(crate) fn drive(data: &[u8]) {
    let Some((&kind, rest)) = data.split_first() else { return };
    let kind = usize::from(kind) % (PLAIN.len() + 5);
    let (name, bytes) = match kind.checked_sub(PLAIN.len()) {
        None => (PLAIN[kind], rest.to_vec()),
        Some(0) => ("q.xlsx", workbook(&[("xl/worksheets/sheet1.xml", rest)])),
        Some(1) => {
            let parts = [("xl/worksheets/sheet1.xml", SHEET.as_bytes()), ("xl/sharedStrings.xml", rest)];
            ("q.xlsx", workbook(&parts))
        }
        Some(2) => {
            let parts = [("xl/worksheets/sheet1.xml", SHEET.as_bytes()), ("xl/styles.xml", rest)];
            ("q.xlsx", workbook(&parts))
        }
        Some(3) => {
            let mimetype = b"application/vnd.oasis.opendocument.spreadsheet".as_slice();
            ("q.ods", archive(&[("mimetype", mimetype), ("content.xml", rest)]))
        }
        Some(_) => ("q.docx", archive(&[("word/document.xml", rest)])),
    };
    let (first, second) = (rows(name, &bytes), rows(name, &bytes));
    assert_eq!(first, second, "the same bytes are read as the same rows");
}

fn workbook(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let relations = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"{TYPES}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let main = relations("r", "officeDocument", "xl/workbook.xml");
    let sheets = relations("r1", "worksheet", "worksheets/sheet1.xml");
    let book =
        format!("<workbook xmlns:r=\"{TYPES}\"><sheets><sheet name=\"Q\" r:id=\"r1\"/></sheets></workbook>");
    let mut all = vec![
        ("_rels/.rels", main.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", sheets.as_bytes()),
    ];
    all.extend_from_slice(parts);
    archive(&all)
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        writer.start_file(*name, stored).expect("the name is fit");
        writer.write_all(content).expect("memory takes all");
    }
    writer.finish().expect("memory takes all").into_inner()
}

/// What came of each row, or why the bytes were refused: in one line that names the file.
fn rows(name: &str, bytes: &[u8]) -> Result<Vec<String>, String> {
    let shown = if name == "-" { "stdin" } else { name };
    let refusal = |error: &whose::questionnaire::ReadError| {
        let error = error.to_string();
        assert!(error.starts_with(shown), "{error}");
        assert!(!error.chars().any(char::is_control), "one line that steers no terminal: {error:?}");
        error
    };
    let reader = Reader::open(Cursor::new(bytes.to_vec()), name, &Options::default());
    let reader = reader.map_err(|error| refusal(&error))?;
    let row = |entry| match entry {
        Ok(Entry::Question(question)) => {
            assert!(!question.text.trim().is_empty(), "a question says something");
            question.text
        }
        Ok(Entry::Skipped(skipped)) => skipped.text,
        Err(error) => refusal(&error),
    };
    Ok(reader.map(row).collect())
}

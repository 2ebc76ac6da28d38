//! Files from strangers who mean harm: each is read, or refused in a clear line, in bounded time and memory.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::Sandbox;

#[path = "../../fuzz/drivers/csv_sniffer.rs"]
mod csv_sniffer;
#[path = "../../fuzz/drivers/layout.rs"]
mod layout;

const TYPES: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        // OpenDocument has this part as it is, so that the kind of the file can be told.
        let method = match *name {
            "mimetype" => zip::CompressionMethod::Stored,
            _ => zip::CompressionMethod::Deflated,
        };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of one sheet, with what it has besides.
fn workbook(sheet: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let book =
        format!("<workbook xmlns:r=\"{TYPES}\"><sheets><sheet name=\"Q\" r:id=\"r\"/></sheets></workbook>");
    workbook_of(&book, "worksheets/sheet1.xml", &[&[("xl/worksheets/sheet1.xml", sheet)], parts].concat())
}

fn workbook_of(book: &str, sheet: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let relations = |id: &str, kind: &str, target: &str| {
        let one = format!("<Relationship Id=\"{id}\" Type=\"{TYPES}/{kind}\" Target=\"{target}\"/>");
        format!("<Relationships>{one}</Relationships>")
    };
    let main = relations("r", "officeDocument", "xl/workbook.xml");
    let sheets = relations("r", "worksheet", sheet);
    let own = [("_rels/.rels", &*main), ("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", &sheets)];
    archive(&[&own, parts].concat())
}

fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn row(number: u32, cells: &[(&str, &str)]) -> String {
    let cells: String = cells.iter().map(|(column, text)| cell(&format!("{column}{number}"), text)).collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

/// A header and one question, with more rows and what else stands in the sheet.
fn sheet(before: &str, rows: &str, after: &str) -> String {
    let first =
        [row(1, &[("A", "Section"), ("B", "Question")]), row(2, &[("A", "Keys"), ("B", "Are keys kept?")])];
    format!("<worksheet>{before}<sheetData>{}{rows}</sheetData>{after}</worksheet>", first.concat())
}

/// Inspects a file with a part of the memory and time that any machine has; gives stdout and stderr.
#[track_caller]
fn inspected(name: &str, bytes: &[u8]) -> (String, String) {
    let sandbox = Sandbox::new();
    sandbox.file(name, bytes);
    let mut command = sandbox.command();
    if cfg!(target_os = "linux") {
        // Kilobytes of address space and seconds of a processor, with room for a build without optimisation.
        let limits = "ulimit -v 2000000 && ulimit -t 60 && exec \"$0\" \"$@\"";
        let mut bounded = std::process::Command::new("sh");
        bounded.args(["-c", limits]).arg(command.get_program());
        bounded.current_dir(sandbox.path("."));
        command = bounded;
    }
    let output = command.args(["inspect", "--color", "never", name]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 2)), "{name}: {:?}\n{stderr}", output.status);
    assert!(!stderr.contains("panicked"), "{stderr}");
    for shown in [&stdout, &stderr] {
        let steers = |letter: char| letter != '\n' && letter.is_control() || letter == '\u{202e}';
        assert!(!shown.contains(steers), "{name}: {shown:?}");
    }
    (stdout, stderr)
}

/// The file must be refused, in one line with these words.
#[track_caller]
fn refused(name: &str, bytes: &[u8], words: &str) {
    let (stdout, stderr) = inspected(name, bytes);
    assert_eq!(stdout, "", "{name} was read");
    assert!(stderr.starts_with(&format!("error: {name}")) && stderr.contains(words), "{stderr}");
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
}

/// The file must be read, and this question be in it.
#[track_caller]
fn read(name: &str, bytes: &[u8], question: &str) {
    let (stdout, stderr) = inspected(name, bytes);
    assert!(stdout.contains(question), "{name}: {stdout}{stderr}");
}

const ASKED: &str = "Are keys kept?";

#[test]
fn a_text_shared_by_many_cells_costs_what_it_comes_to() {
    let strings = format!("<sst><si><t>{}?</t></si></sst>", "Is it so ".repeat(3_000));
    let rows = (3..200_000).fold(String::new(), |mut rows, row| {
        write!(rows, "<row r=\"{row}\"><c r=\"B{row}\" t=\"s\"><v>0</v></c></row>").unwrap();
        rows
    });
    let bytes = workbook(&sheet("", &rows, ""), &[("xl/sharedStrings.xml", &strings)]);
    refused("shared.xlsx", &bytes, "more than 256 MiB of text");
}

#[test]
fn counts_that_a_part_claims_reserve_nothing() {
    let strings = |claimed: &str| format!("<sst uniqueCount=\"{claimed}\"><si><t>x</t></si></sst>");
    for claimed in ["4294967295", "18446744073709551615", "99999999999999999999999", "1e9"] {
        let bytes = workbook(&sheet("", "", ""), &[("xl/sharedStrings.xml", &strings(claimed))]);
        refused("claimed.xlsx", &bytes, "claims to hold");
    }
    let bytes = workbook(&sheet("", "", ""), &[("xl/sharedStrings.xml", &strings("1"))]);
    read("claimed.xlsx", &bytes, ASKED);
}

#[test]
fn cells_outside_any_sheet_are_refused() {
    for place in ["FXSHRXW3", "AAAAAA3", "A4294967295", "XFE3", "A1048577"] {
        let rows = format!("<row r=\"3\">{}<c><v>1</v></c></row>", cell(place, "Far?"));
        refused("far.xlsx", &workbook(&sheet("", &rows, ""), &[]), "sav");
    }
    let last = row(1_048_576, &[("XFD", "far")]);
    read("last.xlsx", &workbook(&sheet("<dimension ref=\"A1:XFD1048576\"/>", &last, ""), &[]), ASKED);
    let wide = (3..20_000).map(|number| row(number, &[("XFD", "x")])).collect::<String>();
    refused("wide.xlsx", &workbook(&sheet("", &wide, ""), &[]), "too far to the right");
}

#[test]
fn of_a_cell_that_is_there_twice_the_later_counts() {
    let rows = format!("<row r=\"3\">{}{}</row>", cell("B3", "Is it gone?"), cell("B3", "Is it there?"));
    let (stdout, _) = inspected("twice.xlsx", &workbook(&sheet("", &rows, ""), &[]));
    assert!(stdout.contains("Is it there?") && !stdout.contains("Is it gone?"), "{stdout}");
}

#[test]
fn a_panic_of_a_loader_is_a_refusal_like_any_other() {
    // Each overflows a number in the crate that reads sheets; in a release build it does so without a panic.
    for before in
        ["<dimension ref=\"A1:ZZZZZZ99999999999\"/>", "<dimension ref=\"A1:A99999999999\"></dimension>"]
    {
        let (stdout, stderr) = inspected("panics.xlsx", &workbook(&sheet(before, "", ""), &[]));
        assert!(stdout.contains(ASKED) || stderr.starts_with("error: panics.xlsx: "), "{stdout}{stderr}");
    }
}

#[test]
fn hidden_columns_and_merges_without_end_cost_little() {
    let columns = "<col min=\"5000\" max=\"5000\" hidden=\"1\"/>".repeat(90_000);
    let rows: String =
        (3..2_000).map(|row| format!("<row r=\"{row}\">{}</row>", "<c><v>1</v></c>".repeat(80))).collect();
    read("columns.xlsx", &workbook(&sheet(&format!("<cols>{columns}</cols>"), &rows, ""), &[]), ASKED);

    let rows: String = (3..5_000).map(|number| row(number, &[("B", "Is it so?")])).collect();
    let long = "s".repeat(30_000);
    let rows = row(2, &[("A", &long), ("B", "Are they?")]) + &rows;
    let merges: String =
        (0..90_000).map(|at| format!("<mergeCell ref=\"A2:A{}\"/>", 4_900 + at % 90)).collect();
    let merged = workbook(&sheet("", &rows, &format!("<mergeCells>{merges}</mergeCells>")), &[]);
    read("merges.xlsx", &merged, "Is it so?");

    let list =
        "<dataValidation type=\"list\" sqref=\"A1:XFD1048576\"><formula1>$A:$XFD</formula1></dataValidation>";
    let lists = format!("<dataValidations>{}</dataValidations>", list.repeat(50_000));
    read("lists.xlsx", &workbook(&sheet("", "", &lists), &[]), ASKED);
}

#[test]
fn document_types_are_refused_in_every_part() {
    let doctype = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>";
    let strings = format!("{doctype}<sst><si><t>&e;</t></si></sst>");
    let plain = sheet("", "", "");
    let words = "document type declaration";
    refused("strings.xlsx", &workbook(&plain, &[("xl/sharedStrings.xml", &strings)]), words);
    let styles = format!("{doctype}<styleSheet/>");
    refused("styles.xlsx", &workbook(&plain, &[("xl/styles.xml", &styles)]), words);
    refused("sheet.xlsx", &workbook(&format!("{doctype}{plain}"), &[]), words);
    refused("book.xlsx", &workbook_of(&format!("{doctype}<workbook/>"), "x.xml", &[]), words);
    let content = format!("{doctype}<d>&e;</d>");
    let mimetype = ("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    refused("content.ods", &archive(&[mimetype, ("content.xml", &content)]), words);
    refused("word.docx", &archive(&[("word/document.xml", &content)]), "entities");
}

#[test]
fn sheets_that_cannot_be_told_apart_are_refused() {
    let twice = format!(
        "<workbook xmlns:r=\"{TYPES}\"><sheets><sheet name=\"Q\" r:id=\"a\"/><sheet name=\"Q\" r:id=\"b\"/></sheets></workbook>"
    );
    let plain = sheet("", "", "");
    let relations: String = ["a", "b"]
        .map(|id| {
            format!("<Relationship Id=\"{id}\" Type=\"{TYPES}/worksheet\" Target=\"worksheets/{id}.xml\"/>")
        })
        .concat();
    let relations = format!("<Relationships>{relations}</Relationships>");
    let main = format!(
        "<Relationships><Relationship Id=\"r\" Type=\"{TYPES}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let parts = |book: &str| {
        archive(&[
            ("_rels/.rels", &main),
            ("xl/workbook.xml", book),
            ("xl/_rels/workbook.xml.rels", &relations),
            ("xl/worksheets/a.xml", &plain),
            ("xl/worksheets/b.xml", &plain.replace("keys kept", "logs kept")),
        ])
    };
    refused("twice.xlsx", &parts(&twice), "another sheet has the same name");
    // Names that differ in case only are no names to Excel, but they can be told apart.
    let by_case = twice.replacen("\"Q\"", "\"q\"", 1);
    read("case.xlsx", &parts(&by_case), "Are logs kept?");
    let many = "<sheet name=\"Q\" r:id=\"r\"/>";
    let many: String = (0..20_000).map(|at| many.replace('Q', &format!("Q{at}"))).collect();
    let many = format!("<workbook xmlns:r=\"{TYPES}\"><sheets>{many}</sheets></workbook>");
    let bytes = workbook_of(&many, "worksheets/sheet1.xml", &[("xl/worksheets/sheet1.xml", &plain)]);
    refused("many.xlsx", &bytes, "more than 10000 sheets");
}

#[test]
fn a_long_heading_does_not_come_out_with_every_row() {
    let sandbox = Sandbox::new();
    let long = "word ".repeat(500_000);
    let rows = "\n,Are keys kept?".repeat(300);
    sandbox.file("section.csv", format!("section,question\n\"{long}\",Who?{rows}\n"));
    sandbox.file("heading.md", format!("# {long}\n{}", format!("- {ASKED}\n").repeat(300)));
    let sub = "\n1.1,Are keys kept?".repeat(300);
    sandbox.file("parent.csv", format!("id,question\n1,\"{long}?\"{sub}\n"));
    for name in ["section.csv", "heading.md", "parent.csv"] {
        let json = sandbox.run(["assign", name, "-p", "render", "--format", "jsonl"]).done();
        assert_eq!(json.lines().filter(|line| line.contains(ASKED)).count(), 300);
        assert!(json.len() < 12 << 20, "{name}: {} bytes", json.len());
    }
}

#[test]
fn damaged_and_misleading_packages_say_what_is_wrong() {
    let plain = workbook(&sheet("", "", ""), &[]);
    refused("empty.xlsx", b"", "nothing is in the file");
    refused("half.xlsx", &plain[..plain.len() / 2], "damaged");
    refused("short.xlsx", &plain[..plain.len() - 10], "damaged");
    let outside = workbook_of(
        &format!("<workbook xmlns:r=\"{TYPES}\"><sheets><sheet name=\"Q\" r:id=\"r\"/></sheets></workbook>"),
        "../../../../etc/passwd",
        &[],
    );
    refused("outside.xlsx", &outside, "lacks its part `etc/passwd`");
    let deep = sheet("", &"<a>".repeat(100_000), &"</a>".repeat(100_000));
    refused("deep.xlsx", &workbook(&deep, &[]), "nested deeper");
    let beyond = row(3, &[]).replace("</row>", "<c r=\"B3\" t=\"s\"><v>9</v></c></row>");
    refused(
        "index.xlsx",
        &workbook(&sheet("", &beyond, ""), &[("xl/sharedStrings.xml", "<sst></sst>")]),
        "sheet `Q`",
    );
    let named = format!(
        "<workbook xmlns:r=\"{TYPES}\"><sheets><sheet name=\"a&#10;&#x202E;b&#x9b;31m\" r:id=\"r\"/></sheets></workbook>"
    );
    let escapes = sheet("", &row(3, &[("B", "Is _x001B_[31m &#x9b;2J&#x202E; it?")]), "");
    let bytes = workbook_of(&named, "worksheets/sheet1.xml", &[("xl/worksheets/sheet1.xml", &escapes)]);
    read("escapes.xlsx", &bytes, ASKED);
}

#[test]
fn repeated_cells_of_opendocument_are_counted() {
    let ods = |rows: &str| {
        let content = format!(
            "<d><table name=\"Q\"><table-row><table-cell><p>Question</p></table-cell></table-row><table-row>\
             <table-cell><p>{ASKED}</p></table-cell></table-row>{rows}</table></d>"
        );
        archive(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)])
    };
    let repeated = |rows: &str, columns: &str, text: &str| {
        ods(&format!(
            "<table-row number-rows-repeated=\"{rows}\"><table-cell number-columns-repeated=\"{columns}\"><p>{text}</p>\
             </table-cell></table-row>"
        ))
    };
    refused("cells.ods", &repeated("1048576", "16384", "x"), "more than 8000000 cells");
    refused("text.ods", &repeated("1", "16384", &"x".repeat(100_000)), "of text");
    refused("rows.ods", &repeated("1000000", "1", &"x".repeat(10_000)), "of text");
    refused(
        "spaces.ods",
        &ods(&format!("<table-row><table-cell><p>{}", "<s c=\"100\"/>".repeat(3_000_000))),
        "of text",
    );
    read("blank.ods", &repeated("18446744073709551615", "18446744073709551615", ""), ASKED);
    let hidden = "<table-column visibility=\"collapse\"/>".repeat(16_000);
    let columns = format!("<table-column/>{hidden}");
    let wide = "<table-row><table-cell number-columns-repeated=\"16000\"><p>1</p></table-cell></table-row>"
        .repeat(60);
    read("columns.ods", &ods(&(wide + &columns)), ASKED);
}

#[test]
fn texts_made_to_be_slow_are_read_or_refused() {
    read(
        "comments.md",
        format!("| Question |\n|---|\n| {} {ASKED} |\n", "<!--".repeat(500_000)).as_bytes(),
        "<!--",
    );
    let fences: String = (3..2_500).rev().map(|length| "`".repeat(length) + "\n").collect();
    read("fences.md", format!("{fences}- {ASKED}\n").as_bytes(), ASKED);
    refused("lines.md", &b"a\n".repeat(1_100_000), "more than 1000000 lines");
    let cells = format!("|{}\n", "a|".repeat(1_000)).repeat(4_100);
    refused("cells.md", format!("|a|\n|-|\n{cells}").as_bytes(), "cells in tables");
    let lists: Vec<String> =
        (0..20_000).map(|at| format!("\"k{at}\":[{{\"id\":1,\"question\":\"Is it?\"}}]")).collect();
    refused("lists.json", format!("{{{}}}", lists.join(",")).as_bytes(), "more than 10000 sheets, tables");
    refused("deep.json", "[".repeat(1_000_000).as_bytes(), "nested deeper");
    let columns = ",x".repeat(20_000);
    let wide = format!("id,question{columns}\n1,{ASKED}{columns}\n").repeat(1);
    read("columns.csv", wide.as_bytes(), ASKED);
    refused("line.csv", format!("id,question\n1,{}\n", "x".repeat(9 << 20)).as_bytes(), "longer than 8 MiB");
    read(
        "quote.csv",
        format!("id,question\n1,\"{ASKED}\n{}", "2,\"Open?\n".repeat(100_000)).as_bytes(),
        ASKED,
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_a_directory_is_passed_over() {
    let sandbox = Sandbox::new();
    sandbox.file("in/a.csv", format!("id,question\n1,{ASKED}\n"));
    let within = |name: &str| sandbox.path("in").join(name);
    std::os::unix::fs::symlink(".", within("loop.csv")).unwrap();
    std::os::unix::fs::symlink("nowhere", within("gone.csv")).unwrap();
    std::os::unix::fs::symlink("itself.csv", within("itself.csv")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(within("pipe.csv")).status().unwrap();
    assert!(made.success());
    let output = sandbox.run(["assign", "in", "-p", "render"]);
    assert!(output.stderr.contains("3 files of other kinds passed over"), "{}", output.stderr);
    assert_eq!(output.done().lines().count(), 2);
}

#[test]
fn profiles_that_are_none_are_told() {
    let sandbox = Sandbox::new();
    sandbox.file("q.csv", format!("id,question\n1,{ASKED}\n"));
    for (profile, words) in [
        (vec![b'#'; 70 << 10], "larger than 64 KiB"),
        (vec![0xFF, 0xFE, 0], "UTF-8"),
        (b"[[[".to_vec(), "TOML"),
    ] {
        sandbox.file("q.csv.whose.toml", profile);
        let stderr = sandbox.run(["inspect", "q.csv"]).failed();
        assert!(stderr.contains(words) && stderr.contains("--no-profile"), "{stderr}");
    }
}

/// Bytes that look like the documents that are read, cut and joined at random.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words: &[&[u8]] = &[
        b"id,question\n",
        b"1,",
        b"\"",
        b"\"\"",
        b";",
        b"\t",
        b"|",
        b"|-|-|\n",
        b"\r",
        b"\n",
        b"\r\n",
        b"Who?",
        b"Is it, then",
        b"\0",
        b"\xEF\xBB\xBF",
        b"\xFF\xFE",
        b"\xFE\xFF",
        b"\xE9",
        b"```\n",
        b"<!--",
        b"-->",
        b"# ",
        b"- ",
        b"---\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\"question\"",
        b"\"\\ud800\"",
        b"1e999",
        b"<worksheet>",
        b"<sheetData>",
        b"<row r=\"2\">",
        b"<row r=\"4294967295\">",
        b"</row>",
        b"<c r=\"B2\">",
        b"<c r=\"ZZZZZZ9\" t=\"s\">",
        b"<c>",
        b"<v>",
        b"1",
        b"</v>",
        b"</c>",
        b"</sheetData>",
        b"</worksheet>",
        b"<dimension ref=\"A1:ZZZ9999999999\"/>",
        b"<mergeCell ref=\"A1:XFD1048576\"/>",
        b"<col min=\"0\" max=\"4294967295\" hidden=\"1\"/>",
        b"<sst uniqueCount=\"9\">",
        b"</sst>",
        b"<si>",
        b"</si>",
        b"<t>",
        b"</t>",
        b"&lt;",
        b"&#0;",
        b"<!DOCTYPE x>",
        b"<table name=\"Q\">",
        b"</table>",
        b"<table-row number-rows-repeated=\"9\">",
        b"</table-row>",
        b"<table-cell number-columns-repeated=\"9\" number-rows-spanned=\"9\">",
        b"</table-cell>",
        b"<p>",
        b"</p>",
        b"<r>",
        b"</r>",
        b"<tbl>",
        b"</tbl>",
        b"<tr>",
        b"</tr>",
        b"<tc>",
        b"</tc>",
        b"<tcPr>",
        b"</tcPr>",
        b"<vMerge val=\"restart\"/>",
        b"<gridSpan val=\"99999999\"/>",
    ];
    let word = prop_oneof![9 => prop::sample::select(words).prop_map(<[u8]>::to_vec), 1 => prop::collection::vec(any::<u8>(), 0..4)];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_a_table_or_refused(bytes in pieces()) {
        csv_sniffer::drive(&bytes);
    }

    #[test]
    fn any_bytes_are_a_document_or_refused(kind in any::<u8>(), bytes in pieces()) {
        layout::drive(&[&[kind], &*bytes].concat());
    }
}

#[test]
fn the_corpora_of_the_fuzzers_pass() {
    let folder = |name: &str| crate::harness::root().join("fuzz/corpus").join(name);
    let files = |name: &str| -> Vec<Vec<u8>> {
        let mut paths: Vec<_> =
            std::fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path()).collect();
        paths.sort();
        assert!(!paths.is_empty());
        paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
    };
    files("csv_sniffer").iter().for_each(|bytes| csv_sniffer::drive(bytes));
    files("layout").iter().for_each(|bytes| layout::drive(bytes));
}

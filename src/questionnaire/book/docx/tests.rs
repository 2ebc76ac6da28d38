use std::io::Write;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::questionnaire::book::Content;
use crate::questionnaire::table::Row;

const NAMESPACE: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn document(body: &str) -> String {
    format!("<?xml version=\"1.0\"?><w:document {NAMESPACE}><w:body>{body}</w:body></w:document>")
}

fn load_body(body: &str) -> Result<Book, LoadError> {
    load(&archive(&[("word/document.xml", &document(body))]))
}

/// The parts: `number text` for lines, `number - reason: text` for what is skipped, tables row by row with merges.
fn told(book: Book) -> Vec<String> {
    let mut all = Vec::new();
    for sheet in book.sheets {
        match sheet.content {
            Content::Prose(lines) => {
                all.extend(lines.into_iter().map(|(number, line)| format!("{number} {line}")));
            }
            Content::Items(items) => all.extend(items.into_iter().map(|(number, row)| match row {
                Row::Skipped(reason, text) => format!("{number} - {reason}: {text}"),
                row => panic!("{row:?}"),
            })),
            Content::Grid(grid) => {
                all.push(format!("table under `{}`", sheet.section));
                for row in grid.rows {
                    let cells = row.cells.iter().map(|(column, cell)| format!("{column}={cell}"));
                    let hidden = if row.hidden { " hidden" } else { "" };
                    all.push(format!("{} [{}]{hidden}", row.number, cells.collect::<Vec<_>>().join("|")));
                }
                all.extend(
                    grid.merges
                        .iter()
                        .map(|merge| format!("rows {:?} columns {:?}", merge.rows, merge.columns)),
                );
            }
        }
    }
    all
}

fn read(body: &str) -> Vec<String> {
    told(load_body(body).unwrap())
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn styled(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn cell(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
}

fn table(rows: &[&[&str]]) -> String {
    let row = |cells: &&[&str]| {
        format!("<w:tr>{}</w:tr>", cells.iter().map(|text| cell("", text)).collect::<String>())
    };
    format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
}

#[test]
fn paragraphs_and_tables_keep_their_order() {
    let body = [
        styled("Heading1", "Access"),
        "<w:p><w:pPr><w:numPr><w:numId w:val=\"3\"/></w:numPr></w:pPr><w:r><w:t>Who has access?</w:t></w:r></w:p>".into(),
        table(&[&["Id", "Question"], &["1", "Is it reviewed?"]]),
        p("Where?"),
    ];
    assert_eq!(
        read(&body.concat()),
        [
            "1 # Access",
            "2 - Who has access?",
            "table under `Access`",
            "3 [0=Id|1=Question]",
            "4 [0=1|1=Is it reviewed?]",
            "5 Where?",
        ]
    );
}

#[test]
fn headings_are_told_by_their_styles_in_any_language() {
    let styles = format!(
        "<w:styles {NAMESPACE}>\
         <w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style>\
         <w:style w:styleId=\"Eigen\"><w:name w:val=\"Eigen\"/><w:basedOn w:val=\"berschrift1\"/></w:style>\
         <w:style w:styleId=\"Teil\"><w:name w:val=\"Teil\"/><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style>\
         <w:style w:styleId=\"Liste\"><w:name w:val=\"Liste\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
         <w:style w:styleId=\"Weg\"><w:name w:val=\"Weg\"/><w:rPr><w:vanish/></w:rPr></w:style>\
         <w:style w:styleId=\"Ring\"><w:name w:val=\"Ring\"/><w:basedOn w:val=\"Ring\"/></w:style>\
         <w:style w:styleId=\"V1\"><w:name w:val=\"toc 1\"/></w:style></w:styles>"
    );
    let body = [
        styled("V1", "Access 1"),
        styled("Eigen", "Access"),
        styled("Teil", "Keys"),
        styled("Liste", "Who?"),
        styled("Weg", "Nobody sees this"),
        styled("Ring", "What?"),
        "<w:p><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr><w:r><w:t>Logs</w:t></w:r></w:p>".to_owned(),
    ];
    let bytes = archive(&[("word/document.xml", &document(&body.concat())), ("word/styles.xml", &styles)]);
    assert_eq!(
        told(load(&bytes).unwrap()),
        [
            "1 - code, comment or front matter: Access 1",
            "2 # Access",
            "3 # Keys",
            "4 - Who?",
            "5 What?",
            "6 # Logs"
        ]
    );
}

#[test]
fn only_what_is_shown_is_read() {
    for (inner, text) in [
        (
            "<w:r><w:t>Who</w:t></w:r><w:del><w:r><w:delText> was</w:delText><w:t>x</w:t></w:r></w:del><w:ins><w:r><w:t> is</w:t></w:r></w:ins>",
            "Who is",
        ),
        ("<w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom><w:r><w:t>a &amp; b &#233;</w:t></w:r>", "a & b é"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r><w:r><w:t>y</w:t></w:r>", "y"),
        ("<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>x</w:t></w:r>", "x"),
        ("<w:pPr><w:rPr><w:vanish/><w:del w:id=\"1\"/></w:rPr></w:pPr><w:r><w:t>x</w:t></w:r>", "x"),
        ("<w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>x</w:t></w:r>", "x"),
        ("<w:r><w:fldChar/><w:instrText> PAGE </w:instrText></w:r><w:r><w:t>7</w:t></w:r>", "7"),
        ("<w:fldSimple w:instr=\"REF a\"><w:r><w:t>x</w:t></w:r></w:fldSimple>", "x"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t></w:r>", "a b-c"),
        ("<w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>x</w:t></w:r>", "x"),
    ] {
        assert_eq!(read(&format!("<w:p>{inner}</w:p>")), [format!("1 {text}")], "{inner}");
    }
    assert!(read(&p("Click or tap here to enter text.")).is_empty());
    assert!(
        read("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Name here</w:t></w:r></w:p></w:sdtContent></w:sdt>")
            .is_empty()
    );
    let twice = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{}</w:txbxContent></mc:Choice><mc:Fallback>{}</mc:Fallback>\
         </mc:AlternateContent></w:r><w:r><w:t>Who?</w:t></w:r></w:p>",
        p("Box"),
        p("Box")
    );
    assert_eq!(read(&twice), ["1 Box", "2 Who?"]);
}

#[test]
fn cells_that_are_shown_as_one_are_merges() {
    let rows = [
        format!("<w:tr>{}</w:tr>", cell("<w:gridSpan w:val=\"3\"/>", "Access")),
        format!(
            "<w:tr>{}{}{}</w:tr>",
            cell("<w:vMerge w:val=\"restart\"/>", "Keys"),
            cell("", "1"),
            cell("", "Who?")
        ),
        format!("<w:tr>{}{}{}</w:tr>", cell("<w:vMerge/>", ""), cell("", "2"), cell("", "What?")),
        format!(
            "<w:tr><w:trPr><w:gridBefore w:val=\"1\"/><w:hidden/></w:trPr>{}{}</w:tr>",
            cell("", "3"),
            cell("", "Why?")
        ),
        format!("<w:tr><w:trPr><w:del w:id=\"1\"/></w:trPr>{}</w:tr>", cell("", "gone")),
    ];
    assert_eq!(
        read(&format!("<w:tbl>{}</w:tbl>", rows.concat())),
        [
            "table under ``",
            "1 [0=Access]",
            "2 [0=Keys|1=1|2=Who?]",
            "3 [1=2|2=What?]",
            "4 [1=3|2=Why?] hidden",
            "rows 1..=1 columns 0..=2",
            "rows 2..=3 columns 0..=0",
        ]
    );
}

#[test]
fn a_table_in_a_cell_follows_the_one_around_it() {
    let inner = table(&[&["Question"], &["Who?"]]);
    let outer = format!("<w:tbl><w:tr><w:tc>{}{inner}<w:p/></w:tc></w:tr></w:tbl>", p("Frame"));
    assert_eq!(
        read(&outer),
        ["table under ``", "3 [0=Frame]", "table under ``", "1 [0=Question]", "2 [0=Who?]"]
    );
}

#[test]
fn paragraphs_in_a_cell_are_its_lines() {
    let body = format!("<w:tbl><w:tr><w:tc>{}{}</w:tc></w:tr></w:tbl>", p("Who?"), p("What?"));
    assert_eq!(read(&body), ["table under ``", "1 [0=Who?\nWhat?]"]);
}

#[test]
fn paragraphs_that_explain_are_notes_where_a_table_asks() {
    let note = "All suppliers are asked the same every year.";
    let body = [p(note), p("Describe your company."), table(&[&["Question"], &["Who?"]])].concat();
    assert_eq!(
        read(&body)[..2],
        [format!("1 - a note, no question: {note}"), "2 Describe your company.".into()]
    );
    assert_eq!(read(&p(note)), [format!("1 {note}")]);
}

#[test]
fn hostile_documents_are_refused() {
    let message = |bytes: &[u8]| load(bytes).unwrap_err().message;
    assert!(message(b"no zip").contains("no whole zip file"));
    assert!(message(&archive(&[("x", "y")])).contains("`word/document.xml` is missing"));
    let entity = "<!DOCTYPE a [<!ENTITY b \"c\">]><w:document/>";
    assert!(message(&archive(&[("word/document.xml", entity)])).contains("defines entities"));
    let deep = format!("{}{}", "<w:a>".repeat(300), "</w:a>".repeat(300));
    assert!(message(&archive(&[("word/document.xml", &deep)])).contains("nested deeper than 256"));
    let skipped = format!("<w:del>{}", "<w:a>".repeat(300));
    assert!(message(&archive(&[("word/document.xml", &skipped)])).contains("nested deeper than 256"));
    assert!(message(&archive(&[("word/document.xml", "<w:document><w:p>")])).contains("cut off"));
    assert!(message(&archive(&[("word/document.xml", "<a></b>")])).contains("broken at byte"));
    let bomb = " ".repeat((64 << 20) + 1);
    assert!(message(&archive(&[("word/document.xml", &bomb)])).contains("more than 64 MiB"));
    let many: Vec<String> = (0..=MAX_ENTRIES).map(|index| index.to_string()).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
    assert!(message(&archive(&many)).contains("more than 10000 parts"));
}

#[test]
fn spans_without_end_are_cut() {
    let wide = cell("<w:gridSpan w:val=\"4000000000\"/>", "Wide");
    let body = format!("<w:tbl><w:tr>{wide}{}</w:tr></w:tbl>", cell("", "Beyond"));
    assert_eq!(read(&body), ["table under ``", "1 [0=Wide]", "rows 1..=1 columns 0..=999"]);
}

#[test]
fn broken_styles_lose_no_words() {
    let bytes = archive(&[
        ("word/styles.xml", "<w:styles"),
        ("word/document.xml", &document(&styled("Heading2", "Keys"))),
    ]);
    assert_eq!(told(load(&bytes).unwrap()), ["1 # Keys"]);
}

fn any_body() -> impl Strategy<Value = String> {
    let names = [
        "p", "r", "t", "tbl", "tr", "tc", "tcPr", "trPr", "pPr", "rPr", "sdt", "sdtPr", "del", "ins",
        "vanish",
    ];
    let leaf = prop_oneof![
        "[a-z? ]{1,8}",
        Just("<w:gridSpan w:val=\"2\"/><w:vMerge/>".to_owned()),
        Just("<w:br/>".to_owned())
    ];
    leaf.prop_recursive(8, 80, 5, move |inner| {
        (prop::sample::select(names.to_vec()), prop::collection::vec(inner, 0..5))
            .prop_map(|(name, parts)| format!("<w:{name}>{}</w:{name}>", parts.concat()))
    })
}

proptest! {
    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(load(&bytes).is_err());
    }

    #[test]
    fn any_nesting_is_read(body in any_body()) {
        prop_assert!(load_body(&body).is_ok());
    }

    #[test]
    fn any_text_is_read_or_refused(body in "[<>/&;=\"'a-z:! \\[\\]-]{0,80}") {
        let _ = load_body(&body);
    }

    #[test]
    fn damaged_documents_are_read_or_refused(at in 0_usize..600, byte: u8) {
        let mut bytes = archive(&[("word/document.xml", &document(&p("Who?")))]);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = load(&bytes);
    }
}

//! Workbooks, Markdown, gap registers and the standards' own columns.

use std::io::{Cursor, Read as _};

use calamine::{Data, Range, Reader as _, Xlsx};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use whose::assignment::Assignment;
use whose::catalog::Provider;
use whose::domain::{Party, Place, Question, Status};
use whose::export::{
    About, COLUMNS, Exporter, GapFormat, GapRegister, Layout, MarkdownExporter, Record, Wording, XlsxExporter,
};
use whose::formula::guard;
use whose::pipeline::Assigner;

use crate::harness::{CATALOG, MATCHER, Sandbox, root};

fn render() -> &'static Provider {
    CATALOG.provider("render").unwrap()
}

fn about() -> About<'static> {
    About { provider: render(), model: &render().models[0], areas: CATALOG.areas() }
}

/// Questions with any text in id, section and question, assigned.
fn assigned(rows: &[(String, String, String)]) -> Vec<Assignment<'static>> {
    let assigner = Assigner::new(&CATALOG, (render(), &render().models[0]), &MATCHER);
    let question = |(line, (id, section, text)): (u64, &(String, String, String))| Question {
        id: id.clone(),
        section: section.clone(),
        text: text.clone(),
        place: Place::line(&"q.csv".into(), line),
        parent: String::new(),
    };
    assigner.assign_all((1..).zip(rows).map(question)).collect()
}

fn workbook(rows: &[Assignment<'_>], guarded: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut exporter =
        XlsxExporter::new(&mut bytes, about(), Wording::default(), Layout::Own, guarded).unwrap();
    rows.iter().for_each(|row| exporter.write(row).unwrap());
    exporter.finish().unwrap();
    drop(exporter);
    bytes
}

fn markdown(rows: &[Assignment<'_>]) -> String {
    let mut bytes = Vec::new();
    let mut exporter = MarkdownExporter::new(&mut bytes, about(), Wording::default());
    rows.iter().for_each(|row| exporter.write(row).unwrap());
    exporter.finish().unwrap();
    drop(exporter);
    String::from_utf8(bytes).unwrap()
}

fn opened(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

fn cell(sheet: &Range<Data>, row: usize, column: usize) -> String {
    match sheet.get((row, column)) {
        None | Some(Data::Empty) => String::new(),
        Some(Data::String(text)) => text.clone(),
        Some(other) => format!("{other:?}"),
    }
}

/// The numbers of a sheet's rows, as they are in the file.
fn row_numbers(sheet: &str) -> Vec<usize> {
    let starts = sheet.split("<row r=\"").skip(1);
    starts.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

/// One part of a workbook, as it is in the file.
fn part(bytes: &[u8], name: &str) -> String {
    let mut parts = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    parts.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn small() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("small.csv", std::fs::read(root().join("tests/fixtures/small.csv")).unwrap());
    sandbox
}

/// The rows of a CSV, header first.
fn rows(csv: &str) -> Vec<csv::StringRecord> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.into_records().map(Result::unwrap).collect()
}

#[test]
fn a_workbook_says_what_the_csv_says() {
    let sandbox = small();
    let run = |out: &str| sandbox.run(["assign", "small.csv", "-p", "union", "-m", "byoc", "-o", out]).done();
    run("out.xlsx");
    run("again.xlsx");
    let bytes = std::fs::read(sandbox.path("out.xlsx")).unwrap();
    assert!(bytes == std::fs::read(sandbox.path("again.xlsx")).unwrap(), "the same rows, other bytes");
    let csv = rows(&sandbox.run(["assign", "small.csv", "-p", "union", "-m", "byoc"]).done());
    let mut book = opened(&bytes);
    assert_eq!(book.sheet_names(), ["Assignments", "Summary", "Gaps", "Sources"]);
    let sheet = book.worksheet_range("Assignments").unwrap();
    assert_eq!(sheet.get_size(), (csv.len(), COLUMNS.len()));
    for (row, record) in csv.iter().enumerate() {
        for (column, text) in record.iter().enumerate() {
            if row > 0 && COLUMNS[column] == "confidence" {
                let Some(Data::Float(number)) = sheet.get((row, column)) else { panic!("row {row}") };
                assert_eq!(format!("{number:.2}"), text);
            } else {
                assert_eq!(cell(&sheet, row, column), text, "row {row}, {}", COLUMNS[column]);
            }
        }
    }
    for name in book.sheet_names() {
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "a formula in {name}");
    }
}

#[test]
fn a_workbook_goes_into_a_pipe() {
    let sandbox = small();
    sandbox.run(["assign", "small.csv", "-p", "render", "-o", "out.xlsx"]).done();
    let piped =
        sandbox.command().args(["assign", "small.csv", "-p", "render", "--format", "xlsx"]).output().unwrap();
    assert!(piped.status.success());
    assert!(piped.stdout == std::fs::read(sandbox.path("out.xlsx")).unwrap());
}

#[test]
fn a_workbook_helps_whoever_reviews_it() {
    let bytes = workbook(&assigned(&[one("1", "", "Who patches the operating system?")]), true);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "state=\"frozen\"",
        "<autoFilter ref=\"A1:Q2\"/>",
        "<formula1>\"provider,customer,shared,third-party,unaddressed\"</formula1>",
        "<formula1>\"auto,review,unmatched,confirmed,corrected,skipped,not-applicable\"</formula1>",
        "<hyperlink ref=\"K2\"",
        "<conditionalFormatting sqref=\"F2\">",
        "numberStoredAsText",
    ] {
        assert!(sheet.contains(expected), "{expected} is not in {sheet}");
    }
    let words = Party::ALL.map(Party::as_str).into_iter().chain(Status::ALL.map(Status::as_str));
    words.for_each(|word| assert!(sheet.contains(word), "{word}"));
    // The list of areas is where the list to choose from looks for it.
    let (first, last) = (31, 30 + CATALOG.areas().len());
    assert!(sheet.contains(&format!("<formula1>Summary!$A${first}:$A${last}</formula1>")), "{sheet}");
    let summary = opened(&bytes).worksheet_range("Summary").unwrap();
    for (row, area) in (first - 1..).zip(CATALOG.areas()) {
        assert_eq!(cell(&summary, row, 0), area.id.as_str());
    }
    assert_eq!(cell(&summary, last, 0), "no area");
    assert!(part(&bytes, "docProps/core.xml").contains("2000-01-01T00:00:00Z"));
}

#[test]
fn what_a_workbook_cannot_hold_is_told() {
    let long = "word ".repeat(10_000);
    let rows = assigned(&[one("1", "", &long), one("2", "", "Who patches the operating system?")]);
    let sheet = opened(&workbook(&rows, true)).worksheet_range("Assignments").unwrap();
    let question = cell(&sheet, 1, 2);
    assert_eq!(question.chars().count(), 32_767);
    assert!(question.ends_with("[cut here: the text is 50000 characters long and a cell holds 32767]"));
    assert!(cell(&sheet, 1, 16).starts_with("Cut to what a cell holds: question. "));
    assert!(!cell(&sheet, 2, 16).starts_with("Cut"));
}

#[test]
fn rows_that_one_sheet_cannot_take_go_on_further_ones() {
    let asked: Vec<_> = (1..=5).map(|id| one(&id.to_string(), "", "How old is the captain?")).collect();
    let mut bytes = Vec::new();
    let exporter = XlsxExporter::new(&mut bytes, about(), Wording::default(), Layout::Own, true).unwrap();
    let mut exporter = exporter.with_rows_a_sheet(2);
    assigned(&asked).iter().for_each(|row| exporter.write(row).unwrap());
    exporter.finish().unwrap();
    drop(exporter);
    let mut book = opened(&bytes);
    let names = ["", " 2", " 3"].map(|number| format!("Assignments{number}"));
    let gaps = ["", " 2", " 3"].map(|number| format!("Gaps{number}"));
    let all = [&names[..], &["Summary".into()], &gaps[..], &["Sources".into()]].concat();
    assert_eq!(book.sheet_names(), all);
    for (sheets, id) in [(names, 0), (gaps, 4)] {
        let sheets = sheets.map(|name| book.worksheet_range(&name).unwrap());
        let ids = sheets.iter().flat_map(|sheet| (1..sheet.height()).map(|row| cell(sheet, row, id)));
        assert_eq!(ids.collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
        assert_eq!(cell(&sheets[2], 0, id), "id");
    }
}

#[test]
fn the_summary_gaps_and_sources_add_up() {
    let sandbox = small();
    let args = ["assign", "small.csv", "-p", "vercel", "-o"];
    sandbox.run(args.iter().chain(&["out.xlsx"])).done();
    let csv = rows(&sandbox.run(["assign", "small.csv", "-p", "vercel"]).done());
    let mut book = opened(&std::fs::read(sandbox.path("out.xlsx")).unwrap());
    let count = |column: usize, word: &str| csv[1..].iter().filter(|row| &row[column] == word).count() as f64;
    let summary = book.worksheet_range("Summary").unwrap();
    let told = |word: &str| {
        let row = summary.rows().find(|row| row[0] == Data::String(word.into())).unwrap();
        let Data::Float(number) = row[1] else { panic!("{word}: {row:?}") };
        number
    };
    assert_eq!(told("Questions"), (csv.len() - 1) as f64);
    for party in Party::ALL {
        assert_eq!(told(party.as_str()), count(5, party.as_str()), "{party}");
    }
    for status in Status::ALL {
        assert_eq!(told(status.as_str()), count(14, status.as_str()), "{status}");
    }
    let open =
        |row: &&csv::StringRecord| &row[5] == "unaddressed" || ["review", "unmatched"].contains(&&row[14]);
    let gaps = book.worksheet_range("Gaps").unwrap();
    assert_eq!(gaps.height() - 1, csv[1..].iter().filter(open).count());
    let sources = book.worksheet_range("Sources").unwrap();
    for row in sources.rows().skip(1) {
        let (place, Data::Float(cited)) = (format!("{} › {}", row[1], row[2]), &row[5]) else {
            panic!("{row:?}")
        };
        let citing = csv[1..].iter().filter(|row| {
            row[9].split_once("): ").is_some_and(|(_, places)| places.split("; ").any(|one| one == place))
        });
        assert_eq!(*cited, citing.count() as f64, "{place}");
    }
}

#[test]
fn markdown_and_gap_registers_as_people_read_them() {
    let sandbox = small();
    let args = ["assign", "small.csv", "-p", "union", "-m", "byoc", "-o", "out.md", "--gaps", "gaps.md"];
    let stderr = sandbox.run(args).stderr;
    insta::assert_snapshot!(format!("{stderr}\n{}\n{}", sandbox.read("out.md"), sandbox.read("gaps.md")));
}

#[test]
fn gap_registers_for_machines() {
    let sandbox = small();
    for file in ["gaps.csv", "gaps.jsonl"] {
        sandbox.run(["assign", "small.csv", "-p", "render", "--gaps", file]).done();
    }
    insta::assert_snapshot!(format!("{}\n{}", sandbox.read("gaps.csv"), sandbox.read("gaps.jsonl")));
    assert_eq!(rows(&sandbox.read("gaps.csv")).len() - 1, sandbox.read("gaps.jsonl").lines().count());
}

#[test]
fn a_gap_register_without_gaps_says_so() {
    let sandbox = Sandbox::new();
    sandbox.file("q.txt", "Who patches the operating system?\n");
    for file in ["gaps.csv", "gaps.md", "gaps.jsonl"] {
        let stderr = sandbox.run(["assign", "q.txt", "-p", "render", "--gaps", file]).stderr;
        assert!(stderr.contains(&format!("wrote `{file}`: 0 gaps")), "{stderr}");
    }
    assert_eq!(rows(&sandbox.read("gaps.csv")).len(), 1);
    assert!(sandbox.read("gaps.md").contains("No gap: every row is settled"));
    assert_eq!(sandbox.read("gaps.jsonl"), "");
}

#[test]
fn standards_have_their_own_columns_and_words() {
    let sandbox = Sandbox::new();
    let asked = "Question ID,Domain,Question\n\
        P-1,Servers,Who patches the operating system?\n\
        IAM-14.1,Access,Who handles authentication of users?\n\
        N-1,Network,Is there a web application firewall?\n\
        E-1,Data,Who manages the encryption keys?\n\
        X-1,Company,How many people work for your company?\n";
    sandbox.file("caiq.csv", asked);
    let mut told = String::new();
    for (provider, standard, respondent) in
        [("render", "caiq", "customer"), ("render", "caiq", "provider"), ("vercel", "fedramp", "customer")]
    {
        let args =
            ["assign", "caiq.csv", "-p", provider, "--standard", standard, "--respondent", respondent, "-q"];
        told.push_str(&format!("$ {}\n{}\n", args.join(" "), sandbox.run(args).done()));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_not_settled_claims_nothing_in_a_standard_s_columns() {
    let sandbox = small();
    let args = ["assign", "small.csv", "-p", "union", "-m", "byoc"];
    let ours = rows(&sandbox.run(args).done());
    for (standard, word) in [("caiq", 3), ("fedramp", 1)] {
        let out = sandbox.run(args.iter().chain(&["--standard", standard]));
        assert!(out.stderr.contains("not settled, left open"), "{}", out.stderr);
        let theirs = rows(&out.done());
        assert_eq!(theirs.len(), ours.len());
        let mut open = 0;
        for (own, row) in ours.iter().zip(&theirs).skip(1) {
            let settled = !["review", "unmatched"].contains(&&own[14]);
            open += usize::from(!settled);
            assert_eq!(!row[word].is_empty(), settled && !own[6].is_empty(), "{row:?}");
            assert_eq!(&row[0], &own[0]);
        }
        assert!(open > 0, "a row that is not settled is needed here");
    }
}

#[test]
fn the_standards_workbooks_offer_their_words() {
    let sandbox = small();
    for (standard, name, words) in [
        (
            "caiq",
            "CAIQ",
            "CSP-owned,CSC-owned,3rd-party outsourced,Shared CSP and CSC,Shared CSP and 3rd-party",
        ),
        ("fedramp", "CRM", "Yes,Partial,No"),
    ] {
        let out = format!("{standard}.xlsx");
        sandbox.run(["assign", "small.csv", "-p", "render", "--standard", standard, "-o", &out]).done();
        let bytes = std::fs::read(sandbox.path(&out)).unwrap();
        assert_eq!(opened(&bytes).sheet_names()[0], name);
        assert!(
            part(&bytes, "xl/worksheets/sheet1.xml").contains(&format!("<formula1>\"{words}\"</formula1>"))
        );
    }
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let sandbox = small();
    sandbox.file("there.md", "mine");
    let mut told = String::new();
    for options in [
        "-o out.docx",
        "--gaps gaps.xlsx",
        "--gaps there.md",
        "--gaps small.csv --force",
        "-o same.csv --gaps same.csv",
        "--standard caiq --vocabulary fedramp",
        "--standard caiq -o out.md",
        "--standard fedramp --format jsonl",
    ] {
        let args = ["assign", "small.csv", "-p", "render"].into_iter().chain(options.split(' '));
        told.push_str(&format!(
            "$ whose assign small.csv -p render {options}\n{}\n",
            sandbox.run(args).failed()
        ));
    }
    insta::assert_snapshot!(told);
    assert_eq!(sandbox.read("there.md"), "mine");
}

fn one(id: &str, section: &str, question: &str) -> (String, String, String) {
    (id.into(), section.into(), question.into())
}

/// A text as a cell has it: defused, without what XML forbids, lines ended as in a spreadsheet.
fn in_cell(text: &str) -> String {
    let known: String = text.chars().filter(|letter| !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect();
    guard(&known).replace("\r\n", "\n").replace('\r', "\n")
}

/// Any text, with more of what means something to XML, Excel or Markdown than chance would give.
fn any_text() -> impl Strategy<Value = String> {
    const ODD: &[&str] = &[
        "_x000D_",
        "_x0041_x0042_",
        "_x005F_",
        "&amp;",
        "<b>",
        "]]>",
        "|",
        "\\|",
        "\\",
        "`",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "\u{1b}",
        "\u{fffe}",
        "\u{ffff}",
        "=",
        "+1",
        "-",
        "@",
        "'",
        "\"",
        "  ",
        "https://a.example",
        "www.b.example",
        "a@b.example",
        "[x](y)",
        "![x](y)",
        "<!--",
        "--",
        "\u{202e}",
        "😀",
        "é",
        "|---|",
        "~~",
        "**",
        "_",
        "$",
        ":",
        "<",
        ">",
        "1. ",
        "# ",
        "&#124;",
        "javascript:alert(1)",
        "\u{a0}",
        "\u{2028}",
        "[^1]",
        "- [ ] ",
    ];
    let piece = prop_oneof![
        prop::sample::select(ODD).prop_map(str::to_owned),
        "[a-z ]{1,8}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn any_rows() -> impl Strategy<Value = Vec<(String, String, String)>> {
    prop::collection::vec((any_text(), any_text(), any_text()), 0..6)
}

/// What a reader of Markdown sees of the report's tables: the cells of every row, and every link's address.
fn seen(text: &str) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut rows, mut links) = (Vec::new(), Vec::new());
    let mut cell: Option<String> = None;
    for event in Parser::new_ext(text, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => {
                if let (Some(row), Some(cell)) = (rows.last_mut(), cell.take()) {
                    row.push(cell);
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.into_string()),
            Event::Text(text) => {
                if let Some(cell) = &mut cell {
                    cell.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML: {html:?} in {text}"),
            Event::Start(Tag::Image { .. } | Tag::CodeBlock(_)) => panic!("markup in {text}"),
            _ => {}
        }
    }
    (rows, links)
}

/// A text as Markdown shows it on one line.
fn on_one_line(text: &str) -> String {
    let shown = whose::safe_text::one_line(text);
    if shown.is_empty() { "–".into() } else { shown }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back_from_a_workbook(asked in any_rows(), guarded: bool) {
        let rows = assigned(&asked);
        let bytes = workbook(&rows, guarded);
        let mut book = opened(&bytes);
        let sheet = book.worksheet_range("Assignments").unwrap();
        prop_assert_eq!(sheet.height(), rows.len() + 1);
        for (number, row) in rows.iter().enumerate() {
            let record = Record::new(row, Wording::default());
            for (column, text) in [(0, &record.id), (1, &record.section), (2, &record.question), (16, &record.note)] {
                let expected = if guarded {
                    in_cell(text)
                } else {
                    in_cell(&format!("x{text}"))[1..].to_owned()
                };
                prop_assert_eq!(cell(&sheet, number + 1, column), expected, "{:?}", text);
            }
        }
        for (number, name) in (1..).zip(book.sheet_names()) {
            prop_assert!(book.worksheet_formula(&name).unwrap().is_empty());
            // Excel calls a file broken in which a row comes twice.
            let written = row_numbers(&part(&bytes, &format!("xl/worksheets/sheet{number}.xml")));
            prop_assert!(written.is_sorted_by(|a, b| a < b), "{}: {:?}", name, written);
        }
        prop_assert!(bytes == workbook(&rows, guarded));
    }

    #[test]
    fn any_text_is_but_text_in_markdown(asked in any_rows()) {
        let rows = assigned(&asked);
        let text = markdown(&rows);
        prop_assert!(!text.contains('<'), "{text}");
        for line in text.lines().filter(|line| line.starts_with('|')) {
            prop_assert_eq!(line.matches('|').count(), 8, "{}", line);
        }
        let (cells, links) = seen(&text);
        prop_assert_eq!(cells.len(), rows.len());
        for (row, (id, _, question)) in cells.iter().zip(&asked) {
            let plain = |cell: &str| cell.replace('\u{2060}', "");
            prop_assert_eq!(plain(&row[0]), plain(&on_one_line(id)), "{}", text);
            prop_assert_eq!(plain(&row[1]), plain(&on_one_line(question)), "{}", text);
        }
        let url = &render().document.url;
        prop_assert!(links.iter().all(|link| link == url), "{links:?}");
        prop_assert_eq!(text.clone(), markdown(&rows));
    }

    #[test]
    fn every_open_row_is_in_the_register_once(asked in any_rows()) {
        let rows = assigned(&asked);
        let open = rows.iter().filter(|row| !row.status.is_settled() || row.party() == Some(Party::Unaddressed));
        let open = open.count();
        for format in [GapFormat::Csv, GapFormat::Markdown, GapFormat::Jsonl] {
            let mut register = GapRegister::new(about());
            rows.iter().for_each(|row| register.add(row).unwrap());
            prop_assert_eq!(register.counts().questions, open as u64);
            let mut bytes = Vec::new();
            register.write(&mut bytes, format).unwrap();
            let text = String::from_utf8(bytes).unwrap();
            let written = match format {
                GapFormat::Csv => rows_of(&text) - 1,
                GapFormat::Markdown => seen(&text).0.len(),
                GapFormat::Jsonl => text.lines().count(),
            };
            prop_assert_eq!(written, open, "{}", text);
        }
    }
}

fn rows_of(csv: &str) -> usize {
    rows(csv).len()
}

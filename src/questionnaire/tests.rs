use std::io::Cursor;

use encoding_rs::WINDOWS_1252;
use proptest::prelude::*;

use super::*;

fn open(input: impl Into<Vec<u8>>, name: &str) -> Result<Reader, ReadError> {
    Reader::open(Cursor::new(input.into()), name, &Options::default())
}

fn open_with(input: &str, columns: &[&str]) -> Result<Reader, ReadError> {
    let columns = columns.iter().map(|column| parse_column(column).unwrap()).collect();
    Reader::open(Cursor::new(input.as_bytes().to_vec()), "q.csv", &Options { columns, ..Options::default() })
}

fn entries(reader: Reader) -> Vec<Entry> {
    reader.map(Result::unwrap).collect()
}

/// Questions as `line id section text`, skipped rows as `line reason: text`.
fn told(reader: Reader) -> Vec<String> {
    let tell = |entry| match entry {
        Entry::Question(q) => format!("{} [{}] [{}] {}", q.place.line, q.id, q.section, q.text),
        Entry::Skipped(s) => format!("{} {}: {}", s.place.line, s.reason, s.text),
    };
    entries(reader).into_iter().map(tell).collect()
}

fn texts(reader: Reader) -> Vec<String> {
    let text = |entry| match entry {
        Entry::Question(question) => Some(question.text),
        Entry::Skipped(_) => None,
    };
    entries(reader).into_iter().filter_map(text).collect()
}

#[test]
fn a_plain_table_is_read() {
    let reader =
        open("id,section,question\nA1,Access,Who?\n,Access,\"Why,\nthen?\"\nA3,,How?\n", "q.csv").unwrap();
    assert_eq!(
        reader.layout().to_string(),
        "CSV, UTF-8, commas; header on line 1; id = column 1 `id`, section = column 2 `section`, \
         question = column 3 `question`"
    );
    assert_eq!(told(reader), ["2 [A1] [Access] Who?", "3 [2] [Access] Why,\nthen?", "5 [A3] [] How?"]);
}

#[test]
fn rows_around_the_questions_are_reported() {
    let input = "Vendor assessment 2026;;\n\nRef;Requirement;Response\nGovernance;;\n1;Who?;\n;;\n\
                 Ref;Requirement;Response\n;Data Protection;\n2;How?;\n3;;Yes\n";
    let reader = open(input, "q.csv").unwrap();
    assert_eq!(reader.layout().sheets[0].header_line, Some(3));
    assert_eq!(
        told(reader),
        [
            "1 above the header: Vendor assessment 2026",
            "2 blank: ",
            "4 section heading: Governance",
            "5 [1] [Governance] Who?",
            "6 blank: ",
            "7 header repeated: Ref | Requirement | Response",
            "8 section heading: Data Protection",
            "9 [2] [Data Protection] How?",
            "10 no question in it: 3 | Yes",
        ]
    );
}

#[test]
fn merged_sections_are_filled_down_and_gaps_are_not() {
    let merged = open("Section,Question\nA,Who?\n,Why?\nB,How?\n,When?\n", "q.csv").unwrap();
    assert!(merged.layout().sheets[0].section_filled_down);
    assert_eq!(told(merged), ["2 [1] [A] Who?", "3 [2] [A] Why?", "4 [3] [B] How?", "5 [4] [B] When?"]);
    let gaps = open("Section,Question\nA,Who?\nA,Why?\n,How?\n", "q.csv").unwrap();
    assert!(!gaps.layout().sheets[0].section_filled_down);
    assert_eq!(told(gaps), ["2 [1] [A] Who?", "3 [2] [A] Why?", "4 [3] [] How?"]);
}

#[test]
fn a_section_column_with_headings_in_it_is_filled_down() {
    let reader =
        open("Category,Question,Answer\nAccess,,\n,Who?,\n,Why?,\nBackups,,\n,How?,\n", "q.csv").unwrap();
    let expected = [
        "2 section heading: Access",
        "3 [1] [Access] Who?",
        "4 [2] [Access] Why?",
        "5 section heading: Backups",
        "6 [3] [Backups] How?",
    ];
    assert_eq!(told(reader), expected);
}

#[test]
fn capitals_among_small_letters_are_headings() {
    let input = "Question,Answer\nACCESS CONTROL,\nWho may enter?,\nList them,\nMFA,\nWhy?,\nHow?,\n";
    let reader = open(input, "q.csv").unwrap();
    assert_eq!(
        told(reader)[..2],
        ["2 section heading: ACCESS CONTROL", "3 [1] [ACCESS CONTROL] Who may enter?"]
    );
    let shouting = open("Question,Answer\nSTATE YOUR NAME,\nSTATE YOUR AIM,\n", "q.csv").unwrap();
    assert_eq!(texts(shouting).len(), 2);
}

#[test]
fn a_column_can_be_named_numbered_or_lettered() {
    let input = "Kennung,Text,Anmerkung zum Text\nA,Wer ist das?,x\nB,Wo ist das?,y\n";
    for column in ["question=text", "question=2", "question=B", "QUESTION=Text"] {
        let reader = open_with(input, &[column, "id=Kennung"]).unwrap();
        assert_eq!(told(reader), ["2 [A] [] Wer ist das?", "3 [B] [] Wo ist das?"], "{column}");
    }
    let by_number =
        open_with("A,Is it so in all of your offices?\nB,Who can enter the building?\n", &["question=2"]);
    assert_eq!(texts(by_number.unwrap()).len(), 2);
}

#[test]
fn a_column_that_is_not_there_is_explained() {
    let input = "Ref,Control text,Vendor says\n1,Who?,x\n";
    let message = |columns: &[&str]| open_with(input, columns).unwrap_err().to_string();
    assert_eq!(
        message(&["question=Controll text"]),
        "q.csv: no column `Controll text` to take the question from (did you mean `Control text`?); \
         the columns are 1 `Ref`, 2 `Control text`, 3 `Vendor says`"
    );
    assert!(message(&["question=9"]).contains("no column `9`"));
    assert!(message(&["question=2", "id=B"]).contains("column 2 was named for both the id and the question"));
}

#[test]
fn without_known_names_the_content_tells_or_the_user_must() {
    let clear =
        "1.1,Do you review all access rights every year?,yes\n1.2,Which people may enter the offices?,no\n";
    let reader = open(clear, "q.csv").unwrap();
    assert_eq!(
        reader.layout().to_string(),
        "CSV, UTF-8, commas; no header; id = column 1 (guessed from its content), \
         question = column 2 (guessed from its content)"
    );
    assert_eq!(told(reader)[1], "2 [1.2] [] Which people may enter the offices?");
    assert_eq!(
        open("a,b\nc,d\n", "q.csv").unwrap_err().to_string(),
        "q.csv:1: cannot tell which column holds the questions; name it with `--column question=…` \
         (the columns are 1 `a`, 2 `b`)"
    );
}

#[test]
fn labels_over_long_text_are_taken_for_the_header_and_reported() {
    let input = "Kennung,Pruefung\nA1,Werden alle Zugriffsrechte jedes Jahr geprueft?\n\
                 A2,Wer darf die Rechenzentren betreten und warum?\n";
    let reader = open(input, "q.csv").unwrap();
    assert!(reader.layout().to_string().contains("header on line 1 (guessed)"));
    assert_eq!(told(reader)[0], "1 taken for the header: Kennung | Pruefung");
}

#[test]
fn one_column_is_one_question_a_row() {
    let bare = open("Do you encrypt, hash or salt?\nWho, and how?\n", "q.csv").unwrap();
    assert_eq!(bare.layout().delimiter, None);
    assert_eq!(told(bare), ["1 [1] [] Do you encrypt, hash or salt?", "2 [2] [] Who, and how?"]);
    let named =
        open("Question\nDo you encrypt, hash or salt?\n\"Who, \"\"and\"\" how?\"\n", "q.csv").unwrap();
    assert_eq!(texts(named), ["Do you encrypt, hash or salt?", "Who, \"and\" how?"]);
}

#[test]
fn a_heading_below_questions_is_not_the_header() {
    let reader = open("Who may enter?\nRequirements\nWhy is that so?\n", "q.csv").unwrap();
    assert_eq!(reader.layout().sheets[0].header_line, None);
    assert_eq!(texts(reader).len(), 3);
}

#[test]
fn prose_split_at_its_commas_is_joined() {
    let reader =
        open("id,question\n1,Do you encrypt, hash or salt 10,000 keys?\n2,Why?,\n", "q.csv").unwrap();
    assert_eq!(told(reader), ["2 [1] [] Do you encrypt, hash or salt 10,000 keys?", "3 [2] [] Why?"]);
    let bare =
        open("1,Do you encrypt, hash or salt?\n2,Do you log accesses?\n3,Who may enter at night?\n", "q.csv");
    assert_eq!(texts(bare.unwrap())[0], "Do you encrypt, hash or salt?");
}

#[test]
fn empty_inputs_hold_no_questions() {
    for (input, said) in [
        ("", "empty"),
        ("\u{FEFF}", "empty"),
        (
            "id,question\n",
            "CSV, UTF-8, commas; header on line 1; no rows below the header; id = column 1 `id`, question = column 2 `question`",
        ),
        (
            "id,question\n\n",
            "CSV, UTF-8, commas; header on line 1; no rows below the header; id = column 1 `id`, question = column 2 `question`",
        ),
    ] {
        let reader = open(input, "q.csv").unwrap();
        assert_eq!(reader.layout().to_string(), said);
        assert_eq!(texts(reader), [""; 0]);
    }
    assert_eq!(texts(open("\n \n", "q.csv").unwrap()), [""; 0]);
    assert_eq!(open("", "-").unwrap().layout().sheets[0].extent, Extent::Empty);
    assert_eq!(texts(open_with("", &["question=Text"]).unwrap()), [""; 0]);
}

#[test]
fn the_name_and_the_beginning_tell_the_format() {
    let format = |input: &str, name| open(input, name).unwrap().layout().format;
    assert_eq!(format("id,question\n1,Who?\n", "-"), Format::Csv);
    assert_eq!(format("ID\tQuestion\n1\tWho?\n", "q.txt"), Format::Csv);
    assert_eq!(format("Who, what and where?\nWhy, then?\n", "-"), Format::Text);
    assert_eq!(format("Who, what and where?\nWhy, then?\n", "list.md"), Format::Markdown);
    assert_eq!(format("[{\"question\": \"Who?\"}]", "-"), Format::Json);
    assert_eq!(format("{\"question\": \"Who?\"}\n{\"question\": \"Why?\"}\n", "q.jsonl"), Format::Jsonl);
    assert_eq!(format("question\n\"Who?\"\n", "-"), Format::Csv);
    assert_eq!(format("Question\nWho?\n", "-"), Format::Text);
    let table = "| ID | Question |\n|----|----------|\n| 1 | Who? |\n";
    assert_eq!(told(open(table, "t.txt").unwrap()), ["2 ruled line: ---- | ----------", "3 [1] [] Who?"]);
}

#[test]
fn text_is_read_with_lines_ids_and_sections() {
    let reader = open("# Access\n1. Who?\n\n- Why?\n", "q.txt").unwrap();
    assert_eq!(reader.layout().to_string(), "text, UTF-8, one question a line");
    assert_eq!(
        told(reader),
        ["1 section heading: Access", "2 [1] [Access] Who?", "3 blank: ", "4 [2] [Access] Why?"]
    );
    let options = Options {
        columns: vec![(Role::Question, ColumnRef::new("1"))],
        format: Some(Format::Text),
        ..Options::default()
    };
    let error = Reader::open(&b"Who?\n"[..], "-", &options).unwrap_err();
    assert!(error.to_string().starts_with("stdin is read as text"), "{error}");
}

#[test]
fn other_files_are_refused_with_advice() {
    let message = |bytes: &[u8]| open(bytes, "q.csv").unwrap_err().to_string();
    assert_eq!(
        message(b"PK\x03\x04rest"),
        "q.csv is a zip archive (a workbook or a document?), which is not read as a questionnaire; open it and save \
         the sheet with the questions as CSV (UTF-8), or copy the questions into a text file, one a line"
    );
    assert!(message(b"%PDF-1.7").contains("is a PDF"));
    assert!(message(&[7; 100]).contains("binary"));
}

#[test]
fn legacy_bytes_are_read_and_told() {
    let guessed = open(&b"id,question\n1,Caf\xE9 \x96 who?\n"[..], "q.csv").unwrap();
    assert!(guessed.layout().to_string().starts_with("CSV, Windows-1252 (guessed), commas"));
    assert_eq!(texts(guessed), ["Café – who?"]);
    let mixed = open(
        "id,question\n1,Größe?\n2,Caf".as_bytes().iter().copied().chain(*b"\xE9?\n").collect::<Vec<_>>(),
        "q.csv",
    );
    let mixed = mixed.unwrap();
    assert_eq!(mixed.layout().notes, [Note::NotUtf8 { line: 3 }]);
    assert_eq!(texts(mixed), ["Größe?", "Café?"]);
}

#[test]
fn nul_bytes_disturb_nothing() {
    let reader = open("id,question\n1,Who\0 is it?\n\0,\0\n2,Why is that so?\n", "q.csv").unwrap();
    assert_eq!(told(reader), ["2 [1] [] Who\0 is it?", "3 blank: ", "4 [2] [] Why is that so?"]);
}

#[test]
fn an_open_quote_is_noted_and_loses_no_row() {
    let mut reader = open("id,question\n1,\"Who?\n2,Why?\n3,How?\n", "q.csv").unwrap();
    let lines: Vec<_> = told_by_ref(&mut reader);
    assert_eq!(lines, ["2 [1] Who?", "3 [2] Why?", "4 [3] How?"]);
    assert_eq!(reader.layout().notes, [Note::OpenQuote { line: 2 }]);
}

fn told_by_ref(reader: &mut Reader) -> Vec<String> {
    let tell = |entry: Result<Entry, ReadError>| match entry.unwrap() {
        Entry::Question(q) => format!("{} [{}] {}", q.place.line, q.id, q.text),
        Entry::Skipped(s) => format!("{} {}", s.place.line, s.reason),
    };
    reader.map(tell).collect()
}

#[test]
fn reading_stops_at_a_line_without_end() {
    use std::io::Read;
    let input = Cursor::new(b"id,question\n1,Who?\n".to_vec()).chain(std::io::repeat(b'x'));
    let mut reader = Reader::open(input, "q.csv", &Options::default()).unwrap();
    assert!(matches!(reader.next(), Some(Ok(Entry::Question(_)))));
    let error = reader.next().unwrap().unwrap_err();
    assert!(error.to_string().starts_with("q.csv:3: this line is longer than 8 MiB"), "{error}");
    assert!(reader.next().is_none());
}

#[test]
fn twenty_thousand_columns_are_read() {
    let mut input = format!("id,question{}\n", ",".repeat(20_000));
    input.push_str(&format!("1,Who?{}\n", ",x".repeat(20_000)));
    assert_eq!(texts(open(input, "q.csv").unwrap()), ["Who?"]);
}

/// A table as a stream that never exists as a whole.
struct Endless {
    row: u64,
    rows: u64,
    line: Cursor<Vec<u8>>,
}

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.line.position() == self.line.get_ref().len() as u64 && self.row < self.rows {
            self.row += 1;
            self.line = Cursor::new(format!("{0},\"Is it so\nin case {0}?\"\n", self.row).into_bytes());
        }
        self.line.read(buffer)
    }
}

#[test]
fn long_tables_are_read_as_they_stream_by() {
    let input = Endless { row: 0, rows: 100_000, line: Cursor::new(b"id,question\n".to_vec()) };
    let mut reader = Reader::open(input, "-", &Options::default()).unwrap();
    let last = reader.by_ref().last().unwrap().unwrap();
    let Entry::Question(question) = last else { panic!("{last:?}") };
    assert_eq!((question.id.as_str(), question.place.line), ("100000", 200_000));
    assert_eq!(question.place.to_string(), "stdin:200000");
}

#[test]
fn each_table_has_its_own_header() {
    let input = "id,question\n1,MFA?\n2,SSO?\n3,Backups?\n\nNetwork,,\nnr,topic,question\n4,Net,Is the firewall on?\n\
                 5,,Is DDoS on?\nref,question\nA,Why?\n";
    let mut reader = open(input, "q.csv").unwrap();
    assert_eq!(reader.layout().sheets[0].header_line, Some(1));
    let lines: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!(reader.layout().notes, [Note::FurtherHeader { line: 7 }]);
    assert_eq!(lines.len(), 10);
    assert_eq!(
        told(open(input, "q.csv").unwrap()),
        [
            "2 [1] [] MFA?",
            "3 [2] [] SSO?",
            "4 [3] [] Backups?",
            "5 blank: ",
            "6 section heading: Network",
            "7 taken for the header: nr | topic | question",
            "8 [4] [Net] Is the firewall on?",
            "9 [5] [Net] Is DDoS on?",
            "10 taken for the header: ref | question",
            "11 [A] [] Why?",
        ]
    );
}

#[test]
fn a_further_table_far_below_is_found() {
    let mut input = String::from("id,question\n");
    (0..500).for_each(|row| input.push_str(&format!("{row},Is it {row}?\n")));
    input.push_str("Network,\nquestion,answer,ref\nWhy?,,N1\n");
    let told = told(open(input, "q.csv").unwrap());
    assert_eq!(told.len(), 503);
    assert_eq!(told[502], "504 [N1] [Network] Why?");
}

#[test]
fn a_single_column_above_a_stronger_header_is_kept() {
    let reader = open("question\nMFA?\nSSO, too?\nnr,topic,question\n4,Net,Why?\n", "q.csv").unwrap();
    assert_eq!(texts(reader), ["MFA?", "SSO, too?", "Why?"]);
}

#[test]
fn text_beyond_the_columns_is_kept() {
    for d in [',', ';', '|', '\t'] {
        let one = open(format!("question\nIs R&amp{d}D safe?\nWho, Q&amp{d}A?\n"), "q.csv").unwrap();
        assert_eq!(texts(one), [format!("Is R&amp{d}D safe?"), format!("Who, Q&amp{d}A?")]);
        let mut last = open(format!("id{d}question\n1{d}Is R&amp{d}D safe\n2{d}Why?{d}\n"), "q.csv").unwrap();
        let lines = told_by_ref(&mut last);
        assert_eq!(lines, [format!("2 [1] Is R&amp{d}D safe"), "3 [2] Why?".to_owned()]);
        assert_eq!(last.layout().notes, [Note::JoinedCells { line: 2 }]);
        let middle =
            open(format!("question{d}answer{d}id\nIs R&amp{d}D safe?{d}yes{d}7\n"), "q.csv").unwrap();
        assert_eq!(told(middle), [format!("2 [7] [] Is R&amp{d}D safe?")]);
    }
    let mut other = open("id,question,answer\n1,Why?,Yes,no\n", "q.csv").unwrap();
    assert_eq!(told_by_ref(&mut other), ["2 [1] Why?"]);
    assert_eq!(other.layout().notes, [Note::ExtraCells { line: 2 }]);
}

#[test]
fn odd_rows_lose_nothing() {
    let rows = |input: &str| texts(open(input.to_owned(), "q.csv").unwrap());
    assert_eq!(rows("id,,question\n1,,Who?\n2,Why\n,,How?\n"), ["Who?", "How?"]);
    assert_eq!(rows("id,question,question\n1,Who?,\n2,,Why?\n"), ["Who?", "Why?"]);
    assert_eq!(rows("id,question,\n1,Who?,\n2,Why,\n"), ["Who?", "Why"]);
    assert_eq!(rows("id,question\n1,Is \"x\" on?\n\u{c}2,Why?\n"), ["Is \"x\" on?", "Why?"]);
    assert_eq!(rows("id,question\n1,Who?\n\u{FEFF}id,question\n2,Why?\n"), ["Who?", "Why?"]);
}

#[test]
fn line_ends_may_be_mixed() {
    let reader = open("id,question\r1,Is MFA on?\n2,Who patches?\r\n3,Backups?\r", "q.csv").unwrap();
    assert_eq!(told(reader), ["2 [1] [] Is MFA on?", "3 [2] [] Who patches?", "4 [3] [] Backups?"]);
}

#[test]
fn old_line_ends_are_read() {
    let reader = open("id,question\r1,\"Who\nis it?\"\r2,Why?\r", "q.csv").unwrap();
    assert_eq!(told(reader), ["2 [1] [] Who\nis it?", "4 [2] [] Why?"]);
}

fn question() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9 ,;|\t\"'.?!()-]{1,60}",
        "\\PC{1,40}",
        "[a-zéüß“”]{1,10}\n[a-z,\"]{1,10}\r\n[a-z?]{1,10}",
        any::<String>(),
    ]
    .prop_filter("blank", |text| !split::is_blank(text))
}

fn table(questions: &[String], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["id", "section", "question"]).unwrap();
    for (index, question) in questions.iter().enumerate() {
        writer.write_record([&format!("Q-{index}"), "Some section", question]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn trimmed(questions: &[String]) -> Vec<String> {
    questions.iter().map(|question| question.trim().to_owned()).collect()
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..2000), name in "[a-z]\\.(csv|txt|md|x)") {
        if let Ok(reader) = open(bytes, &name) {
            prop_assert!(reader.count() < 10_000);
        }
    }

    #[test]
    fn any_table_like_bytes_are_read_to_the_end(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "\"", "\"\"", ",", ";", "\t", "|", "\n", "\r\n", "\r", " ", "a", "é", "Who is it?", "question", "id",
            "section", "1", "\0", "#", ":",
        ]), 0..200),
        name in "[a-z]\\.(csv|txt|md|x)",
    ) {
        let input = pieces.concat();
        if let Ok(reader) = open(input.clone(), &name) {
            prop_assert!(reader.count() <= input.len());
        }
    }

    #[test]
    fn every_question_of_a_table_comes_out(
        questions in prop::collection::vec(question(), 0..30),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
    ) {
        let reader = open(table(&questions, delimiter), "q.csv").unwrap();
        prop_assert_eq!(reader.layout().delimiter, Some(char::from(delimiter)));
        prop_assert_eq!(texts(reader), trimmed(&questions));
    }

    #[test]
    fn no_table_cuts_a_question_at_another_delimiter(
        // Long words: "q,n,a" would be a header by right.
        questions in prop::collection::vec("[A-Za-z]{7,9}([,;|\t]{1,2}[ &]{0,2}[A-Za-z]{7,9}){1,3}[?.]?", 1..20),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
        header in prop::sample::select(vec![
            &["question"][..], &["id", "question"], &["question", "answer"], &["nr", "topic", "requirement", "notes"],
        ]),
    ) {
        let column = header.iter().position(|name| matches!(*name, "question" | "requirement")).unwrap();
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(header).unwrap();
        for (index, question) in questions.iter().enumerate() {
            let cell = |place| if place == column { question.clone() } else { format!("n{index}") };
            writer.write_record((0..header.len()).map(cell)).unwrap();
        }
        let reader = open(writer.into_inner().unwrap(), "q.csv").unwrap();
        prop_assert_eq!(texts(reader), trimmed(&questions));
    }

    #[test]
    fn lines_may_end_in_any_mix(ends in prop::collection::vec(prop::sample::select(vec!["\r", "\n", "\r\n"]), 1..30)) {
        let rows = ends.iter().enumerate().map(|(index, end)| format!("{index},Is it {index}?{end}"));
        let input: String = std::iter::once("id,question\r\n".to_owned()).chain(rows).collect();
        let expected: Vec<_> = (0..ends.len()).map(|index| format!("Is it {index}?")).collect();
        prop_assert_eq!(texts(open(input, "q.csv").unwrap()), expected);
    }

    #[test]
    fn every_question_comes_out_in_each_encoding(questions in prop::collection::vec("([a-zA-Z,\"\n ]|[éüß“”€][a-z ]){0,30}[a-z]", 1..20)) {
        let text = String::from_utf8(table(&questions, b',')).unwrap();
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| format!("\u{FEFF}{text}").encode_utf16().flat_map(to_bytes).collect::<Vec<_>>();
        let marked = format!("\u{FEFF}{text}").into_bytes();
        let legacy = WINDOWS_1252.encode(&text).0.into_owned();
        for (bytes, encoding) in [
            (text.clone().into_bytes(), Encoding::Utf8),
            (marked, Encoding::Utf8),
            (utf16(u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(u16::to_be_bytes), Encoding::Utf16Be),
            (legacy, if text.is_ascii() { Encoding::Utf8 } else { Encoding::Windows1252 }),
        ] {
            let reader = open(bytes, "-").unwrap();
            prop_assert_eq!(reader.layout().encoding, encoding);
            prop_assert_eq!(texts(reader), trimmed(&questions));
        }
    }

    #[test]
    fn every_line_of_a_table_is_counted(questions in prop::collection::vec("[a-z]{1,5}(\r?\n[a-z]{1,5}){0,3}", 1..20)) {
        let mut line = 2;
        let mut expected = Vec::new();
        for question in &questions {
            expected.push(line);
            line += question.matches('\n').count() as u64 + 1;
        }
        let places = entries(open(table(&questions, b','), "q.csv").unwrap()).into_iter().map(|entry| match entry {
            Entry::Question(question) => question.place.line,
            Entry::Skipped(skipped) => skipped.place.line,
        });
        prop_assert_eq!(places.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_line_of_a_text_is_an_entry(lines in prop::collection::vec("[a-zA-Z#*: .?0-9-]{0,30}", 0..30)) {
        let count = entries(open(format!("Who?\n{}\n", lines.join("\n")), "q.md").unwrap()).len();
        prop_assert_eq!(count, 1 + lines.len().max(1));
    }
}

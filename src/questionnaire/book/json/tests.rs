use proptest::prelude::*;

use super::*;

fn read(json: &str) -> Book {
    load(json.as_bytes(), false).unwrap()
}

/// The questions as `line id | section | text ^ parent`, what is skipped as `line - reason: text`.
fn items(book: &Book) -> Vec<String> {
    let mut all = Vec::new();
    for sheet in &book.sheets {
        let Content::Items(items) = &sheet.content else { continue };
        all.extend(items.iter().map(|(line, row)| match row {
            Row::Question { id, section, text, parent, .. } if parent.is_empty() => {
                format!("{line} {id} | {section} | {text}")
            }
            Row::Question { id, section, text, parent, .. } => {
                format!("{line} {id} | {section} | {text} ^ {parent}")
            }
            Row::Skipped(reason, text) => format!("{line} - {reason}: {text}"),
        }));
    }
    all
}

/// The rows of the tables, the sheet's name before them where it has one.
fn grids(book: &Book) -> Vec<String> {
    let mut all = Vec::new();
    for sheet in &book.sheets {
        let Content::Grid(grid) = &sheet.content else { continue };
        all.extend(sheet.name.iter().map(|name| format!("== {name}")));
        all.extend(grid.rows.iter().map(|row| {
            let cells = row.cells.iter().map(|(column, cell)| format!("{column}={cell}"));
            format!("{} {}", row.number, cells.collect::<Vec<_>>().join(" "))
        }));
    }
    all
}

#[test]
fn records_become_a_table() {
    let book = read(
        "// our list\n[\n  {\"id\": 1, \"question\": \"Who?\", \"meta\": {\"area\": \"Access\"}},\n  \
         {\"question\": \"<p>What &amp; why?</p>\", \"tags\": [\"a\", 2, null], \"open\": true, /* none */ \"id\": null,},\n]\n",
    );
    assert_eq!(
        grids(&book),
        [
            "0 0=id 1=question 2=meta.area 3=tags 4=open",
            "3 0=1 1=Who? 2=Access",
            "4 1=What & why? 3=a; 2 4=true",
        ]
    );
    assert_eq!(book.notes, []);
}

#[test]
fn the_list_that_asks_is_found_below_other_keys() {
    let book = read(
        r#"{"title": "T", "people": [{"name": "A"}, {"name": "B"}, {"name": "C"}],
"data": {"questions": [{"ref": "A1", "question": "Who?"}]}}"#,
    );
    assert_eq!(grids(&book), ["== data.questions", "0 0=ref 1=question", "2 0=A1 1=Who?"]);
    assert_eq!(items(&book), ["1 - no question in it: people: 3 entries"]);
}

#[test]
fn without_a_key_that_asks_the_longest_list_is_taken() {
    let book = read(r#"{"a": [{"x": "1"}], "b": [{"y": "Data is encrypted"}, {"y": "Logs are kept"}]}"#);
    assert_eq!(grids(&book), ["== b", "0 0=y", "1 0=Data is encrypted", "2 0=Logs are kept"]);
}

#[test]
fn rows_without_line_breaks_are_counted() {
    let book = read(r#"[{"question": "Who?"}, {"question": "What?"}]"#);
    assert_eq!(grids(&book), ["0 0=question", "1 0=Who?", "2 0=What?"]);
}

#[test]
fn lists_of_lists_are_a_table_with_their_own_header() {
    assert_eq!(
        grids(&read("[[\"id\", \"question\"],\n[1, \"Who?\"]]")),
        ["1 0=id 1=question", "2 0=1 1=Who?"]
    );
}

#[test]
fn one_record_a_line_is_read_and_a_broken_line_told() {
    let lines = "{\"id\": \"a\", \"question\": \"Who?\"}\n\n{\"id\": \"b\", \"question\n{\"id\": \"c\", \"question\": \"What?\"}\n";
    for named in [true, false] {
        let book = load(lines.as_bytes(), named).unwrap();
        assert_eq!(grids(&book), ["0 0=id 1=question", "1 0=a 1=Who?", "4 0=c 1=What?"]);
        assert_eq!(items(&book), ["3 - cannot be read: {\"id\": \"b\", \"question"]);
    }
}

#[test]
fn blocks_hold_items_and_conditions_name_a_parent() {
    let book = read(
        r#"/* licence */
{"questionnaire": [
{"type": "block", "text": "Servers", "items": [
{"type": "info", "text": "Why this <b>matters</b>."},
{"type": "radiogroup", "id": "hard", "text": "Are servers <i>hardened</i>?", "choices": [
  {"hard_yes": "Yes"}, {"hard_no": "No"}]},
{"type": "tip", "id": "t", "cond": "hard_no", "text": "They should be."},
{"type": "block", "cond": "!other && hard_yes", "text": "Hardening", "items": [
{"type": "box", "id": "how", "text": "Say how:<ul><li>ports</li><li>users</li></ul>"},
{"type": "checkgroup", "text": "Which apply?", "choices": [{"x": "A"}]}]},
{"type": "spacer"},
{"type": "checkgroup", "id": "opts", "choices": [{"opt_pii": "Personal data is kept"}]}
]}]}"#,
    );
    assert_eq!(
        items(&book),
        [
            "3 - section heading: Servers",
            "4 - a note, no question: Why this matters.",
            "5 hard | Servers | Are servers hardened?",
            "7 - a note, no question: They should be.",
            "8 - section heading: Hardening",
            "9 how | Servers / Hardening | Say how: ports users ^ Are servers hardened?",
            "10  | Servers / Hardening | Which apply? ^ Are servers hardened?",
            "11 - a note, no question: ",
            "12 opt_pii | Servers | Personal data is kept",
        ]
    );
}

#[test]
fn forms_tell_the_question_from_its_title_and_help() {
    let book = read(
        r#"{"task": {"name": "Supplier check", "questions": [
{"title": "Start", "questionHeading": "Start", "description": "<p>Read this.</p>", "answerFieldType": "action",
 "answerActionFields": [{"label": "Go on"}]},
{"title": "Privacy", "questionHeading": "Where is data kept?\n", "description": "<p>Name countries.</p>",
 "answerFieldType": "input", "answerInputFields": [{"label": "Country"}]},
{"title": "Privacy", "questionHeading": "Privacy policy", "answerFieldType": "input"}
]}}"#,
    );
    assert_eq!(
        items(&book),
        [
            "1 - section heading: Supplier check",
            "2 - a note, no question: Start",
            "4  | Supplier check / Privacy | Where is data kept?",
            "6  | Supplier check / Privacy | Privacy policy",
        ]
    );
}

#[test]
fn sections_hold_questions_and_questions_hold_others() {
    let book = read(
        r#"{"title": "Review", "sections": [
{"title": "Access", "questions": [
{"id": 7, "question": "Is access reviewed?", "followUps": [
{"id": "7a", "question": "How often?"}]},
"Who approves it?"
]},
{"title": "Empty", "questions": []},
{"name": {"en": "Keys", "de": "Schlüssel"}, "questions": {
"k1": {"text": "Keys are rotated"},
"k2": {"text": "Keys are kept apart"}}}
]}"#,
    );
    assert_eq!(
        items(&book),
        [
            "1 - section heading: Review",
            "2 - section heading: Access",
            "3 7 | Review / Access | Is access reviewed?",
            "4 7a | Review / Access | How often? ^ Is access reviewed?",
            "5  | Review / Access | Who approves it?",
            "7 - section heading: Empty",
            "8 - section heading: Keys",
            "9 k1 | Review / Keys | Keys are rotated",
            "10 k2 | Review / Keys | Keys are kept apart",
        ]
    );
}

#[test]
fn keys_may_be_the_headings() {
    let book = read(
        "{\"Access control\":\n[\"Who has access?\",\n\"Is it reviewed?\"],\n\"Backup\":\n[\"Are backups kept?\"]}",
    );
    assert_eq!(
        items(&book),
        [
            "2 - section heading: Access control",
            "2  | Access control | Who has access?",
            "3  | Access control | Is it reviewed?",
            "5 - section heading: Backup",
            "5  | Backup | Are backups kept?",
        ]
    );
}

#[test]
fn a_short_title_leaves_the_asking_to_the_description() {
    let book = read(
        "{\"controls\": [{\"id\": \"c1\", \"title\": \"Passwords\",\n\"description\": \"Passwords have at least 12 characters.\",\n\
         \"links\": [{\"href\": \"x\"}]},\n{\"id\": \"c2\", \"title\": \"Are logs kept?\", \"description\": \"All of them.\"}]}",
    );
    assert_eq!(
        items(&book),
        ["1 c1 | Passwords | Passwords have at least 12 characters.", "4 c2 |  | Are logs kept?"]
    );
}

#[test]
fn what_describes_a_question_asks_nothing() {
    let book = read(
        "{\"questions\": [{\"question\": \"Who?\", \"help\": {\"text\": \"What does this mean?\"},\n\
         \"answers\": [{\"text\": \"Is it us?\"}], \"hints\": [\"one\", \"two\"]}]}",
    );
    assert_eq!(items(&book), ["1  |  | Who?"]);
}

#[test]
fn of_a_key_given_twice_the_last_counts_and_is_told() {
    let book = read("[\n{\"question\": \"Who?\",\n\"question\": \"What?\"}]");
    assert_eq!(grids(&book), ["0 0=question", "2 0=What?"]);
    assert_eq!(book.notes, [Note::RepeatedKey { line: 3 }]);
}

#[test]
fn broken_json_is_told_with_its_place() {
    let error = load(b"[\n  {\"question\": \"Who?\" \"id\": 1}\n]", false).unwrap_err();
    assert_eq!(error.line, Some(2));
    assert!(error.message.starts_with("the JSON cannot be read from column 22 on: "), "{}", error.message);
    assert!(load(b"[{\"question\": \"Who?\"}", false).is_err());
    assert!(load(b"{'question': 'Who?'}", false).is_err());
}

#[test]
fn what_is_too_deep_or_too_large_is_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(load(deep.as_bytes(), false).unwrap_err().line, Some(1));
    assert!(load(&vec![b' '; MAX_BYTES + 1], false).is_err());
    let many = format!("[\"Who?\"{}]", ",\"Who?\"".repeat(200_000));
    assert!(load(many.as_bytes(), false).unwrap_err().message.contains("more than 200000 questions"));
}

#[test]
fn wide_records_are_cut_and_told() {
    let keys: Vec<String> = (0..1_500).map(|index| format!("\"k{index}\": {index}")).collect();
    let book = read(&format!("[{{{}}}]", keys.join(",")));
    let Content::Grid(grid) = &book.sheets[0].content else { panic!("{book:?}") };
    assert_eq!(grid.rows[1].cells.len(), 1_000);
    assert_eq!(book.notes, [Note::ExtraCells { line: 1 }]);
}

#[test]
fn repeated_titles_take_bounded_memory() {
    let nested = (0..60).fold("\"Who?\"".to_owned(), |inner, _| {
        format!("{{\"title\": \"{}\", \"questions\": [{inner}]}}", "t".repeat(5_000))
    });
    let book = read(&nested);
    let Content::Items(items) = &book.sheets[0].content else { panic!("{book:?}") };
    let Some((_, Row::Question { section, .. })) = items.last() else { panic!("{items:?}") };
    assert!(section.chars().count() <= 401);
}

#[test]
fn nothing_is_no_error() {
    for empty in ["", " \n", "// only a comment", "\u{feff}"] {
        assert!(read(empty).sheets.is_empty(), "{empty:?}");
    }
    assert!(items(&read("{}")).is_empty() && items(&read("3")).is_empty());
}

/// JSON of records, lists and texts as questionnaires have them, in any order.
fn any_json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "id", "type", "question", "text", "title", "items", "sections", "cond", "x", "choices", "",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
        "[a-z?<&\\n ]{0,12}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        prop::sample::select(vec!["\"block\"", "\"tip\"", "\"heading\"", "\"Who?\"", "\"checkgroup\""])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|all| format!("[{}]", all.join(",\n"))),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|all| {
                let fields = all.into_iter().map(|(key, value)| format!("\"{key}\": {value}"));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), lines: bool) {
        let _ = load(&bytes, lines);
    }

    #[test]
    fn json_like_bytes_are_read_or_refused(text in "[\\[\\]{}:,\"\\\\/*\nau0-9 ?]{0,120}", lines: bool) {
        let _ = load(text.as_bytes(), lines);
    }

    #[test]
    fn any_json_is_read(json in any_json()) {
        let book = load(json.as_bytes(), false).unwrap();
        for (_, row) in book.sheets.iter().filter_map(|sheet| match &sheet.content {
            Content::Items(items) => Some(items),
            _ => None,
        }).flatten() {
            if let Row::Question { text, .. } = row {
                prop_assert!(text.contains(char::is_alphabetic) && text.trim() == text);
            }
        }
    }

    #[test]
    fn every_question_of_a_list_is_there_once(texts in prop::collection::vec("[A-Za-z]{1,8}( [a-z]{1,8}){0,5}\\?", 1..20)) {
        let json = serde_json::json!({"sections": [{"title": "S", "questions": texts}]}).to_string();
        let book = load(json.as_bytes(), false).unwrap();
        let read: Vec<String> = items(&book).into_iter().filter(|item| !item.contains(" - ")).collect();
        prop_assert_eq!(read.len(), texts.len());
    }
}

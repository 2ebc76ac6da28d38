//! How questionnaires are understood, as `whose inspect` shows it, and what follows for `assign`.

use crate::books;
use crate::harness::Sandbox;

fn inspected(name: &str, bytes: &[u8]) -> String {
    let sandbox = Sandbox::new();
    sandbox.file(name, bytes);
    sandbox.run(["inspect", "--rows", name]).whole()
}

#[test]
fn known_layouts_are_recognised_outright() {
    insta::assert_snapshot!("consensus", inspected("consensus.xlsx", &books::consensus()));
    insta::assert_snapshot!("toolkit", inspected("toolkit.xlsx", &books::toolkit(true)));
    insta::assert_snapshot!("controls", inspected("controls.xlsx", &books::controls()));
}

#[test]
fn a_workbook_of_nobodys_kind_is_understood_too() {
    insta::assert_snapshot!("procurement", inspected("procurement.xlsx", &books::procurement()));
}

#[test]
fn controls_without_a_text_are_assigned_by_their_ids() {
    let sandbox = Sandbox::new();
    sandbox.file("controls.xlsx", books::controls());
    let csv = sandbox.run(["assign", "controls.xlsx", "-p", "render"]).done();
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    let areas: Vec<(&str, &str)> = rows.iter().map(|row| (&row[0], &row[3])).collect();
    let expected = [
        ("AC-2(a)", "access-control"),
        ("AU-6", "logging-monitoring"),
        ("CP-9(b)", "backup-recovery"),
        ("SC-28", "encryption-at-rest"),
    ];
    assert_eq!(areas, expected);
}

#[test]
fn what_the_user_says_about_sheets_holds() {
    let sandbox = Sandbox::new();
    sandbox.file("toolkit.xlsx", books::toolkit(true));
    let questions = |args: &[&str]| {
        let all = [&["inspect", "toolkit.xlsx", "--format", "json"], args].concat();
        let json: serde_json::Value = serde_json::from_str(&sandbox.run(all).done()).unwrap();
        json["questions"].as_u64().unwrap()
    };
    assert_eq!(questions(&[]), 8);
    assert_eq!(questions(&["--sheet", "organization"]), 5);
    assert_eq!(questions(&["--sheet", "4"]), 3);
    assert_eq!(questions(&["--sheet", "Questions"]), 8);
    let error = sandbox.run(["inspect", "toolkit.xlsx", "--sheet", "Organisation"]).failed();
    assert!(error.contains("no sheet `Organisation` (did you mean `organization`?)"), "{error}");
    let error = sandbox.run(["inspect", "toolkit.xlsx", "--sheet", "Product", "--header", "90"]).failed();
    assert!(error.contains("--header"), "{error}");
}

#[test]
fn what_no_sheet_shows_yet_is_read_where_it_is_hidden() {
    let told = inspected("toolkit.xlsx", &books::toolkit(false));
    assert!(told.contains("toolkit.xlsx: XLSX, 8 questions\n"), "{told}");
    assert!(
        told.contains("Questions!B2  COMP-01 Describe how your business is organised and owned."),
        "{told}"
    );
}

#[test]
fn a_profile_is_kept_beside_the_file_and_used() {
    let sandbox = Sandbox::new();
    sandbox.file("odd.csv", "What we want,Ref,Kind\nKeys are rotated,K1,x\nLogs are kept,K2,x\n");
    let saved = sandbox
        .run(["inspect", "odd.csv", "--column", "question=What we want", "--column", "id=B", "--save"])
        .done();
    assert!(saved.contains("K1 Keys are rotated"), "{saved}");
    assert_eq!(
        sandbox.read("odd.csv.whose.toml"),
        "# How `whose` reads the questionnaire beside this file.\n[columns]\nid = \"B\"\nquestion = \"What we want\"\n"
    );
    let assigned = sandbox.run(["assign", "odd.csv", "-p", "render"]);
    assert!(assigned.stderr.contains("odd.csv: read as `odd.csv.whose.toml` says"), "{}", assigned.stderr);
    assert!(assigned.stdout.contains("\nK1,,Keys are rotated,"), "{}", assigned.stdout);
    let without = sandbox.run(["assign", "odd.csv", "-p", "render", "--no-profile"]);
    assert!(!without.stderr.contains("read as"), "{}", without.stderr);
    sandbox.file("odd.csv.whose.toml", "[columns]\nqestion = \"A\"\n");
    let error = sandbox.run(["assign", "odd.csv", "-p", "render"]).failed();
    assert!(error.contains("did you mean `question`?") && error.contains("--no-profile"), "{error}");
}

#[test]
fn a_directory_stands_for_its_questionnaires() {
    let sandbox = Sandbox::new();
    sandbox.file("in/b.csv", "question\nAre logs kept for a year?\n");
    sandbox.file("in/a.xlsx", books::procurement());
    sandbox.file("in/~$a.xlsx", "open");
    sandbox.file("in/logo.png", "no questionnaire");
    let output = sandbox.run(["assign", "in", "-p", "render"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(output.stdout.lines().count(), 1 + 7 + 1, "{}", output.stdout);
    assert!(output.stderr.contains("1 file of other kinds passed over"), "{}", output.stderr);
    assert!(output.stderr.contains("1 question asked before"), "{}", output.stderr);
    std::fs::create_dir(sandbox.path("none")).unwrap();
    let error = sandbox.run(["assign", "none", "-p", "render"]).failed();
    assert!(error.contains("no questionnaire lies in `none`"), "{error}");
}

#[test]
fn what_is_no_workbook_is_told() {
    let sandbox = Sandbox::new();
    let book = books::procurement();
    sandbox.file("cut.xlsx", &book[..book.len() / 2]);
    sandbox.file("old.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and no more");
    sandbox.file("a.pdf", "%PDF-1.7");
    for (name, said) in
        [("cut.xlsx", "cut.xlsx"), ("old.doc", "Office file of before 2007"), ("a.pdf", "a PDF")]
    {
        let error = sandbox.run(["inspect", name]).failed();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn nothing_from_a_sheets_name_steers_the_terminal() {
    let mut book = rust_xlsxwriter::Workbook::new();
    books::sheet(&mut book, "evil\u{202e}", &[(1, &["Question", "Answer"]), (2, &["Who\u{1b}]0;x\u{7}?"])]);
    let told = inspected("e.xlsx", &book.save_to_buffer().unwrap());
    assert!(!told.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{told:?}");
}

#[test]
fn documents_that_are_no_tables_are_read_too() {
    let markdown = "---\ntitle: A check\n---\n# Vendor check\n\n## Access\n\n| Ref | Question | Answer |\n\
                    |-----|----------|--------|\n| A1 | Is there MFA \\| SSO? | |\n\n## Backups\n\n\
                    - Are backups tested?\n- If so, how often?\n\n```sh\necho no question?\n```\n";
    insta::assert_snapshot!("markdown", inspected("check.md", markdown.as_bytes()));
    let nested = "// kept by hand\n{\"questionnaire\": [{\"type\": \"block\", \"text\": \"Network\", \"items\": [\n\
                  {\"type\": \"info\", \"text\": \"Why this matters.\"},\n\
                  {\"type\": \"yesno\", \"id\": \"net_fw\", \"text\": \"Is there a <b>firewall</b>?\", \"yes\": \"Yes\", \"no\": \"No\"},\n\
                  ]}]}\n";
    insta::assert_snapshot!("nested_json", inspected("nested.json", nested.as_bytes()));
    let lines = "{\"ref\":\"1\",\"requirement\":\"Logs are kept for a year\"}\n{broken\n\
                 {\"ref\":\"2\",\"requirement\":\"Keys are rotated\"}\n";
    insta::assert_snapshot!("json_lines", inspected("lines.jsonl", lines.as_bytes()));
}

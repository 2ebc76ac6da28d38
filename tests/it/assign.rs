//! Whole questionnaires in, CSV and JSON lines out.

use whose::catalog::{Catalog, Layer, Provider};

use crate::harness::{Sandbox, root};

/// Every provider with every model.
fn deployments() -> Vec<(String, String)> {
    let (catalog, _) = Catalog::load(&[Layer::embedded()]);
    let models = |provider: &Provider| -> Vec<(String, String)> {
        provider.models.iter().map(|model| (provider.id.clone(), model.id.clone())).collect()
    };
    catalog.providers().iter().flat_map(models).collect()
}

fn small() -> (Sandbox, &'static str) {
    let sandbox = Sandbox::new();
    let text = std::fs::read(root().join("tests/fixtures/small.csv")).unwrap();
    sandbox.file("small.csv", text);
    (sandbox, "small.csv")
}

fn rows(csv: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect()
}

#[test]
fn golden_csv_under_every_deployment() {
    let (sandbox, file) = small();
    for (provider, model) in deployments() {
        let output = sandbox.run(["assign", file, "-p", &provider, "-m", &model]);
        insta::assert_snapshot!(format!("small__{provider}__{model}"), output.whole());
    }
}

#[test]
fn golden_json_lines() {
    let (sandbox, file) = small();
    let stdout =
        sandbox.run(["assign", file, "-p", "union", "-m", "self-managed", "--format", "jsonl"]).done();
    let lines: Vec<serde_json::Value> =
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&lines).unwrap());
}

#[test]
fn every_question_comes_out_in_order_and_every_attribution_is_cited() {
    let sandbox = Sandbox::new();
    let starter = root().join("questions/starter.csv");
    let text = std::fs::read_to_string(&starter).unwrap();
    let asked = rows(&text);
    for (provider, model) in deployments() {
        let starter = starter.to_str().unwrap();
        let out = rows(&sandbox.run(["assign", starter, "-p", &provider, "-m", &model]).done());
        assert_eq!(out.len(), asked.len());
        for (row, asked) in out.iter().zip(&asked) {
            assert_eq!((&row[0], &row[1], &row[2]), (&asked[0], &asked[1], &asked[2]));
            let attributed = ["provider", "customer", "shared"].contains(&&row[5]);
            assert_eq!(attributed, !row[9].is_empty() && row[10].starts_with("https://"), "{row:?}");
            assert_eq!(attributed, !row[6].is_empty(), "{row:?}");
            assert!(attributed || !row[16].is_empty(), "a row without a party says why: {row:?}");
            assert_eq!(row[3].is_empty(), &row[14] == "unmatched");
        }
    }
}

#[test]
fn the_same_bytes_come_out_again() {
    let (sandbox, file) = small();
    let run = |name| sandbox.run(["assign", file, "-p", "vercel", "-o", name]).done();
    run("a.csv");
    run("b.csv");
    assert_eq!(sandbox.read("a.csv"), sandbox.read("b.csv"));
    let stdout = sandbox.run(["assign", file, "-p", "vercel"]).done();
    assert_eq!(stdout, sandbox.read("a.csv"));
}

#[test]
fn nothing_is_replaced_unasked() {
    let (sandbox, file) = small();
    sandbox.file("out.csv", "mine");
    let stderr = sandbox.run(["assign", file, "-p", "render", "-o", "out.csv"]).failed();
    assert!(stderr.contains("already there") && stderr.contains("--force"), "{stderr}");
    assert_eq!(sandbox.read("out.csv"), "mine");
    sandbox.run(["assign", file, "-p", "render", "-o", "out.csv", "--force"]).done();
    assert!(sandbox.read("out.csv").starts_with("id,section,question,area,"));
    let before = sandbox.read("small.csv");
    let stderr = sandbox.run(["assign", file, "-p", "render", "-o", "./small.csv", "--force"]).failed();
    assert!(stderr.contains("both questionnaire and output"), "{stderr}");
    assert_eq!(sandbox.read("small.csv"), before);
}

#[test]
fn a_failed_run_leaves_no_file() {
    let sandbox = Sandbox::new();
    sandbox.file("book.xlsx", b"PK\x03\x04rest");
    let stderr = sandbox.run(["assign", "book.xlsx", "-p", "render", "-o", "out.csv"]).failed();
    assert!(stderr.contains("book.xlsx"), "{stderr}");
    assert!(!sandbox.path("out.csv").exists());
}

#[test]
fn formulas_and_controls_are_defused_in_csv_and_kept_in_json() {
    let sandbox = Sandbox::new();
    let hostile = "id,section,question\n\
        =1+1,+s,@Is data encrypted?\n\
        -7,\u{1b}[31mred,\"-2+3 Who \u{7}patches\u{9b}2J the OS?\"\n\
        3,\u{0}nul,\u{1}=cmd|' /C calc'!A0\n";
    sandbox.file("q.csv", hostile);
    let out = rows(&sandbox.run(["assign", "q.csv", "-p", "render"]).done());
    assert_eq!((&out[0][0], &out[0][1], &out[0][2]), ("'=1+1", "'+s", "'@Is data encrypted?"));
    assert_eq!((&out[1][0], &out[1][1], &out[1][2]), ("-7", "[31mred", "'-2+3 Who patches2J the OS?"));
    assert_eq!((&out[2][1], &out[2][2]), ("'nul", "'=cmd|' /C calc'!A0"));
    let stdout = sandbox.run(["assign", "q.csv", "-p", "render", "--format", "jsonl"]).done();
    assert!(!stdout.chars().any(|letter| letter.is_control() && letter != '\n'));
    let second: serde_json::Value = serde_json::from_str(stdout.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second["section"], "\u{1b}[31mred");
    assert_eq!(second["question"], "-2+3 Who \u{7}patches\u{9b}2J the OS?");
    let raw = rows(&sandbox.run(["assign", "q.csv", "-p", "render", "--csv-profile", "raw"]).done());
    assert_eq!(&raw[0][0], "=1+1");
}

#[test]
fn excel_gets_a_mark_and_crlf() {
    let (sandbox, file) = small();
    sandbox.run(["assign", file, "-p", "render", "--csv-profile", "excel", "-o", "x.csv"]).done();
    let text = sandbox.read("x.csv");
    assert!(text.starts_with("\u{feff}id,section,"));
    assert!(text.contains(",note\r\n"));
}

#[test]
fn stdin_text_and_several_files() {
    let (sandbox, file) = small();
    let out =
        sandbox.run_with(["assign", "-", "-p", "render"], b"Who patches the OS?\n\nAre staff trained?\n");
    let text = rows(&out.done());
    assert_eq!(text.len(), 2);
    assert_eq!((&text[0][0], &text[0][3], &text[0][5]), ("1", "patch-management", "provider"));
    sandbox.file("more.txt", "Is there a firewall?\n");
    let both = rows(&sandbox.run(["assign", file, "more.txt", "-p", "render"]).done());
    assert_eq!(both.len(), 10);
    assert_eq!(&both[9][2], "Is there a firewall?");
}

#[test]
fn columns_can_be_named() {
    let sandbox = Sandbox::new();
    sandbox.file("odd.csv", "a,b,c\nx,Who patches the OS?,zz\ny,Are staff trained?,zz\n");
    let by_name =
        sandbox.run(["assign", "odd.csv", "-p", "render", "--column", "question=b", "--column", "id=A"]);
    let out = rows(&by_name.done());
    assert_eq!((&out[0][0], &out[0][2]), ("x", "Who patches the OS?"));
    let stderr = sandbox.run(["assign", "odd.csv", "-p", "render", "--column", "question=Frage"]).failed();
    assert!(stderr.contains("Frage"), "{stderr}");
    let stderr = sandbox.run(["assign", "odd.csv", "-p", "render", "--column", "qustion=b"]).failed();
    assert!(stderr.contains("question"), "{stderr}");
}

#[test]
fn strict_tells_by_the_exit_code_whether_a_person_is_needed() {
    let sandbox = Sandbox::new();
    sandbox.file("unsure.txt", "Miscellaneous\n");
    assert_eq!(sandbox.run(["assign", "unsure.txt", "-p", "render", "--strict"]).code, 1);
    assert_eq!(sandbox.run(["assign", "unsure.txt", "-p", "render"]).code, 0);
    sandbox.file("empty.csv", "id,question\n");
    let empty = sandbox.run(["assign", "empty.csv", "-p", "render", "--strict"]);
    assert_eq!((empty.code, empty.stdout.lines().count()), (0, 1));
}

#[test]
fn the_words_depend_on_standard_and_respondent() {
    let sandbox = Sandbox::new();
    sandbox.file("q.txt", "Who patches the operating system?\n");
    let word = |vocabulary: &str, respondent: &str| {
        let args =
            ["assign", "q.txt", "-p", "render", "--vocabulary", vocabulary, "--respondent", respondent];
        rows(&sandbox.run(args).done())[0][6].to_string()
    };
    assert_eq!(word("caiq", "customer"), "3rd-party outsourced");
    assert_eq!(word("caiq", "provider"), "CSP-owned");
    assert_eq!(word("fedramp", "customer"), "Yes");
    assert_eq!(word("names", "customer"), "Render");
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let (sandbox, file) = small();
    let mut told = String::new();
    std::fs::create_dir(sandbox.path("empty")).unwrap();
    for args in [
        vec!["assign", file],
        vec!["assign", file, "-p", "unoin", "-m", "byoc"],
        vec!["assign", file, "-p", "union"],
        vec!["assign", file, "-p", "union", "-m", "self-manged"],
        vec!["assign", "nowhere.csv", "-p", "render"],
        vec!["assign", "empty", "-p", "render"],
        vec!["assign", file, "-p", "render", "-o", "no/such/out.csv"],
        vec!["assign", "-", "-", "-p", "render"],
        vec!["-p", "render", "assign", file],
        vec![],
    ] {
        told.push_str(&format!("$ whose {}\n{}\n", args.join(" "), sandbox.run(args).failed()));
    }
    insta::assert_snapshot!(told);
}

//! What people settled before, and phrasings of their own, at run time.

use serde_json::Value;

use crate::harness::{Sandbox, root};

const HEADER: &str = "question,area,also,status,reviewer\n";

/// A sandbox with decisions of Ana's.
fn decided(rows: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("past.csv", format!("{HEADER}{rows}"));
    sandbox
}

/// Assigns questions, one a line, as JSON.
fn assigned(sandbox: &Sandbox, questions: &str) -> Vec<Value> {
    let args = ["assign", "-", "-p", "vercel", "--decisions", "past.csv", "--format", "jsonl"];
    let lines = sandbox.run_with(args, questions.as_bytes()).done();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap()
}

#[test]
fn what_was_settled_before_is_settled_and_says_so() {
    let sandbox = decided(
        "Is customer data encrypted at rest?,key-management,data-privacy;encryption-at-rest,corrected,Ana\n\
         Who patches the operating system?,patch-management,,confirmed,Bo\n\
         Who patches the operating system?,physical-security,,corrected,Ana\n\
         Is the data centre guarded?,,,corrected,\n\
         \"If yes, how often?\",physical-security,,confirmed,Ana\n\
         Are backups of the customer database tested by restoring them?,portability,,confirmed,Ana\n\
         Is there a firewall?,anything,,auto,\n",
    );
    sandbox.file(
        "q.csv",
        "id,section,question\n1,Data,\"  3. is CUSTOMER data - encrypted at rest\"\n2,Data,Who patches the operating system?\n\
         3,Data,Is the data centre guarded?\n4,Backups,Are backups made?\n5,Backups,\"If yes, how often?\"\n\
         6,Backups,Are our backups of a customer database tested by restoring them?\n7,Network,Is there a firewall?\n",
    );
    let assign = ["assign", "q.csv", "-p", "vercel", "--decisions", "past.csv"];
    insta::assert_snapshot!("settled", sandbox.run(assign).whole());
    let lines = sandbox.run(assign.iter().chain(&["--format", "jsonl", "-q"])).done();
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (text(&rows[0], "area"), text(&rows[0], "also")),
        ("key-management", "data-privacy;encryption-at-rest")
    );
    assert_eq!((text(&rows[0], "status"), text(&rows[0], "reviewer")), ("corrected", "Ana"));
    assert_eq!((text(&rows[1], "status"), text(&rows[1], "reviewer")), ("review", ""));
    assert_eq!((text(&rows[2], "area"), text(&rows[2], "status")), ("", "corrected"));
    // A follow-up is read anew, and a nearly the same wording is only strong evidence.
    assert_eq!((text(&rows[4], "area"), text(&rows[4], "reviewer")), ("backup-recovery", ""));
    assert_eq!((text(&rows[5], "area"), text(&rows[5], "reviewer")), ("portability", ""));
    assert_eq!((text(&rows[6], "area"), text(&rows[6], "note")), ("network-security", ""));
    assert_eq!(sandbox.run(assign).done(), sandbox.run(assign).done());
}

#[test]
fn one_question_shows_what_it_was_settled_by() {
    let sandbox = decided(
        "Is customer data encrypted at rest?,key-management,data-privacy,corrected,Ana\n\
         Who guards the data centre?,,,confirmed,Bo\n\
         Who tests the backups?,backup-recovery,,confirmed,Ana\n\
         Who tests the backups?,,,confirmed,Bo\n",
    );
    let ask = |question| {
        let args = ["ask", question, "-p", "render", "--decisions", "past.csv"];
        sandbox.run(args).done()
    };
    let shown = [
        "is customer data encrypted at rest",
        "Is the data of customers encrypted when at rest?",
        "Who guards the data centre?",
        "Who tests the backups?",
    ]
    .map(ask);
    insta::assert_snapshot!("asked", shown.join("----\n"));
    let args =
        ["ask", "Who guards the data centre", "-p", "render", "--decisions", "past.csv", "--format", "json"];
    let answer: Value = serde_json::from_str(&sandbox.run(args).done()).unwrap();
    assert_eq!(text(&answer["precedent"], "wording"), "Who guards the data centre?");
    assert_eq!(text(&answer["precedent"], "origin"), "confirmed by Bo, past.csv:3");
    assert_eq!(
        text(&answer, "note"),
        "Settled before: confirmed by Bo, past.csv:3. No responsibility area matches."
    );
}

#[test]
fn an_export_that_was_reviewed_settles_the_next_questionnaire() {
    let sandbox = Sandbox::new();
    sandbox.file("q.txt", "Who patches the operating systems?\n=1+1 Is there a firewall?\nIs it?\n");
    let export = sandbox.run(["assign", "q.txt", "-p", "render", "--csv-profile", "excel"]).done();
    let reviewed: String = export
        .split_inclusive("\r\n")
        .map(|line| line.replace(",auto,,", ",confirmed,Ana,").replace(",review,,", ",corrected,=Bo,"))
        .collect();
    sandbox.file("past.csv", &reviewed);
    let again = ["assign", "q.txt", "-p", "vercel", "--decisions", "past.csv", "-o", "next.csv"];
    sandbox.run(again).done();
    let rows = |name: &str| -> Vec<csv::StringRecord> {
        let text = sandbox.read(name);
        csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes())
            .records()
            .map(Result::unwrap)
            .collect()
    };
    let next = rows("next.csv");
    for (past, next) in rows("past.csv").iter().zip(&next) {
        let settled = ["confirmed", "corrected"].contains(&&past[14]);
        assert_eq!((&past[2], &past[3], &past[4]), (&next[2], &next[3], &next[4]));
        assert_eq!(settled, next[16].starts_with("Settled before: "), "{next:?}");
        assert_eq!(settled, past[14] == next[14]);
    }
    // What comes out may go in again, and says the same.
    let third = ["assign", "q.txt", "-p", "vercel", "--decisions", "next.csv", "-o", "third.csv"];
    sandbox.run(third).done();
    let verdict = |row: &csv::StringRecord| (row[3].to_owned(), row[14].to_owned(), row[15].to_owned());
    assert_eq!(
        next.iter().map(verdict).collect::<Vec<_>>(),
        rows("third.csv").iter().map(verdict).collect::<Vec<_>>()
    );
}

#[cfg(not(any(windows, target_os = "macos")))]
#[test]
fn the_users_own_decisions_are_found_and_their_place_is_not_told() {
    let sandbox = Sandbox::new();
    let rows = format!("{HEADER}Is there a firewall?,physical-security,,confirmed,Ana\n");
    sandbox.file("home/.local/share/whose/decisions.csv", &rows);
    let args = ["assign", "-", "-p", "vercel", "--format", "jsonl"];
    let row: Value = serde_json::from_str(&sandbox.run_with(args, b"Is there a firewall?\n").done()).unwrap();
    assert!(text(&row, "note").starts_with("Settled before: confirmed by Ana, decisions.csv:2."), "{row}");
    // The same file twice says nothing else.
    let named = sandbox.path("home/.local/share/whose/decisions.csv");
    let with = args.iter().map(std::ffi::OsStr::new).chain(["--decisions".as_ref(), named.as_os_str()]);
    let again: Value =
        serde_json::from_str(&sandbox.run_with(with, b"Is there a firewall?\n").done()).unwrap();
    assert_eq!(row, again);
}

#[test]
fn nothing_in_decisions_steers_a_terminal_or_a_spreadsheet() {
    let sandbox = decided(
        "=1+1 Is there a \u{1b}[2Jfirewall?,network-security,,confirmed,\"=cmd|' /C calc'!A0\"\n\
         @Is data encrypted?,encryption-at-rest,,confirmed,\"\u{1b}[31mA\u{202e}na\nB\"\n",
    );
    let questions = b"=1+1 Is there a [2Jfirewall?\nIs data encrypted\n";
    let csv = sandbox.run_with(["assign", "-", "-p", "render", "--decisions", "past.csv"], questions).done();
    assert!(!csv.contains('\u{1b}'));
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!((&rows[0][14], &rows[0][15]), ("confirmed", "'=cmd|' /C calc'!A0"));
    assert!(rows[1][16].starts_with("Settled before: confirmed by [31mAna B, past.csv:3."), "{rows:?}");
    let asked = sandbox.run(["ask", "Is data encrypted?", "-p", "render", "--decisions", "past.csv"]).done();
    assert!(asked.contains("Settled before") && !asked.contains(['\u{1b}', '\u{202e}']), "{asked}");
}

#[test]
fn eval_says_what_assign_says() {
    let sandbox = decided("Who are you to us?,key-management,,corrected,Ana\n");
    sandbox.file("gold.csv", "question,area\nWho are you to us?,key-management\n");
    let strict = |more: &[&str]| {
        let args = ["eval", "gold.csv", "--format", "json"].iter().chain(more);
        let document: Value = serde_json::from_str(&sandbox.run(args).done()).unwrap();
        document["all"]["strict"].as_f64().unwrap() > 0.5
    };
    assert!(!strict(&[]) && strict(&["--decisions", "past.csv"]));
    assert_eq!(text(&assigned(&sandbox, "Who are you to us?\n")[0], "area"), "key-management");
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let sandbox = decided(
        "Is data encrypted?,encrypton-at-rest,backup,confirmed,Ana\nWho?,zzz,,corrected,\nWhy?,none,,confirmd,\n",
    );
    sandbox.file("plain.csv", "question,area,status,reviewers\nWho?,none,confirmed,Ana\n");
    sandbox.file("fresh.csv", format!("{HEADER}Is data encrypted?,,,auto,\n"));
    sandbox.file("q.txt", "Is data encrypted?\n");
    let mut told = String::new();
    for args in [
        "ask Who? -p render --decisions past.csv --decisions plain.csv",
        "assign q.txt -p render --decisions nowhere.csv",
        "assign q.txt -p render --decisions -",
        "assign q.txt -p render --decisions fresh.csv --force -o fresh.csv",
        "eval q.txt --decisions .",
    ] {
        told.push_str(&format!("$ whose {args}\n{}\n", sandbox.run(args.split(' ')).failed()));
    }
    let unsettled = sandbox.run(["assign", "q.txt", "-p", "render", "--decisions", "fresh.csv", "-q"]);
    told.push_str(&unsettled.stderr);
    insta::assert_snapshot!("mistakes", told);
}

#[test]
fn phrasings_of_ones_own_count_beside_the_mappings() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "mine/physical-security.txt",
        "Who feeds the llamas in the server room?\nHow is the widget cage locked?\n",
    );
    sandbox.file("mine/none.txt", "Is data encrypted at rest?\n");
    sandbox.file("mine/generic.txt", "Anything else?\n");
    sandbox.file("later/authentication.txt", "who feeds the llamas in the server room\n");
    let ask = |question: &str, layers: &[&str]| -> Value {
        let args = ["ask", question, "-p", "render", "--format", "json"];
        let layers = layers.iter().flat_map(|dir| ["--mappings", dir]);
        serde_json::from_str(&sandbox.run(args.into_iter().chain(layers)).done()).unwrap()
    };
    let llamas = ask("Who feeds llamas in our server room?", &["mine"]);
    assert_eq!((text(&llamas, "area"), text(&llamas, "status")), ("physical-security", "auto"));
    assert_eq!(text(&llamas["precedent"], "origin"), "mine/physical-security.txt:1");
    assert_eq!(text(&ask("Is data encrypted at rest?", &["mine"]), "status"), "unmatched");
    let origin = |answer: &Value| answer["precedent"]["origin"].as_str().unwrap().to_owned();
    assert_eq!(
        origin(&ask("Who feeds the llamas in the server room?", &["mine", "later"])),
        "later/authentication.txt:1"
    );
    assert_eq!(
        origin(&ask("Who feeds the llamas in the server room?", &["later", "mine"])),
        "mine/physical-security.txt:1"
    );
    let check = sandbox.run(["check", "--mappings", "mine"]);
    assert_eq!(check.code, 1);
    insta::assert_snapshot!("own_phrasings", check.stdout);
    assert!(check.stderr.contains("0 errors, 2 warnings"), "{}", check.stderr);
}

#[test]
fn errors_in_phrasings_of_ones_own_stop_a_command() {
    let sandbox = Sandbox::new();
    sandbox.file("mine/encryption.txt", "Is it secret?\n");
    sandbox.file("mine/backup-recovery.txt", "Are copies kept?  [+ portabilty]\nAre copies kept?\n");
    sandbox.file("mine/none.txt", b"Caf\xe9?\n");
    let acme = std::fs::read_to_string(root().join("tests/fixtures/bad/unknown-area.toml")).unwrap();
    sandbox.file("mine/unknown-area.toml", acme);
    let told = sandbox.run(["ask", "Who?", "-p", "render", "--mappings", "mine"]).failed();
    insta::assert_snapshot!("broken_phrasings", told);
    let check = sandbox.run(["check", "--mappings", "mine"]);
    assert!(check.code == 1 && check.stderr.contains("5 errors"), "{}", check.stderr);
}

#[test]
fn a_reviewed_workbook_settles_as_a_reviewed_csv_does() {
    let sandbox = Sandbox::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    let rows: [(u32, &[&str]); 2] = [
        (1, &["id", "question", "area", "also", "status", "reviewer"]),
        (2, &["1", "Who waters the plants?", "physical-security", "", "corrected", "Ana"]),
    ];
    crate::books::sheet(&mut book, "Assignments", &rows);
    sandbox.file("reviewed.xlsx", book.save_to_buffer().unwrap());
    sandbox.file("next.csv", "question,owner\nWho waters the plants?,\n");
    let told = sandbox.run(["assign", "next.csv", "-p", "render", "--decisions", "reviewed.xlsx"]).done();
    assert!(told.contains(",physical-security,") && told.contains(",corrected,Ana,"), "{told}");
    let out = ["assign", "next.csv", "-p", "render", "--decisions", "reviewed.xlsx", "-o", "out.xlsx"];
    sandbox.run(out).done();
    sandbox.run(["fill", "next.csv", "--from", "out.xlsx"]).done();
    assert_eq!(sandbox.read("next.filled.csv"), "question,owner\nWho waters the plants?,Render\n");
}

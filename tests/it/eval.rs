//! The matcher measured on labelled questions.

use serde_json::Value;

use crate::harness::{Output, Sandbox, root};

fn labelled() -> (Sandbox, &'static str) {
    let sandbox = Sandbox::new();
    let text = std::fs::read(root().join("tests/fixtures/labelled.csv")).unwrap();
    sandbox.file("labelled.csv", text);
    (sandbox, "labelled.csv")
}

fn json(output: Output) -> Value {
    serde_json::from_str(&output.done()).unwrap()
}

#[test]
fn what_people_see() {
    let (sandbox, file) = labelled();
    let all = ["--reliability", "--by-area", "--confusions", "9", "--misses", "9"];
    insta::assert_snapshot!("details", sandbox.run(["eval", file].iter().chain(&all)).done());
    let mut narrow = sandbox.command();
    narrow.args(["eval", file, "--misses", "1"]).env("COLUMNS", "60");
    insta::assert_snapshot!("narrow", String::from_utf8(narrow.output().unwrap().stdout).unwrap());
    let plain = sandbox.run(["eval", file]).done();
    let coloured = sandbox.run(["eval", file, "--color", "always"]).done();
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
}

#[test]
fn it_says_what_assign_says() {
    let (sandbox, file) = labelled();
    let assigned = sandbox.run(["assign", file, "-p", "render", "--format", "jsonl"]).done();
    let assigned: Vec<Value> = assigned.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let text = sandbox.read(file);
    let labels: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect();
    assert_eq!(assigned.len(), labels.len());
    let said = |row: &Value| Some(row["area"].as_str().unwrap().to_owned()).filter(|area| !area.is_empty());
    let said: Vec<String> = assigned.iter().map(|row| said(row).unwrap_or("none".into())).collect();
    let strict = said.iter().zip(&labels).filter(|(said, label)| **said == label[3]).count();
    let right = |said: &str, label: &csv::StringRecord| {
        said == &label[3] || label[4].split(';').any(|also| also == said)
    };
    let wrong: Vec<(u64, &str)> = said
        .iter()
        .zip(&labels)
        .filter(|(said, label)| !right(said, label))
        .map(|(said, label)| (label.position().unwrap().line(), said.as_str()))
        .collect();

    let document = json(sandbox.run(["eval", file, "--format", "json"]));
    let all = &document["all"];
    assert_eq!(all["rows"], labels.len());
    assert_eq!(all["strict"], strict as f64 / labels.len() as f64);
    assert_eq!(all["lenient"], (labels.len() - wrong.len()) as f64 / labels.len() as f64);
    let mut misses: Vec<(u64, &str)> = document["misses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|miss| (miss["line"].as_u64().unwrap(), miss["said"].as_str().unwrap()))
        .collect();
    misses.sort_unstable();
    assert_eq!(misses, wrong);
}

#[test]
fn json_has_everything_and_the_limits_that_were_given() {
    let (sandbox, file) = labelled();
    sandbox.file("more.csv", "question;area\nAre backups tested?;backup-recovery\n");
    let document = json(sandbox.run(["eval", file, "more.csv", "--format", "json"]));
    let keys = ["sets", "all", "reliability", "reach", "by_area", "confusions", "misses"];
    assert_eq!(document.as_object().unwrap().keys().collect::<Vec<_>>(), keys);
    let sets = document["sets"].as_array().unwrap();
    assert_eq!(sets[1]["file"], "more.csv");
    assert_eq!(sets[1]["rows"], 1);
    assert_eq!(sets[1]["none_recall"], Value::Null);
    assert_eq!(document["all"]["rows"], 12);
    let bins = document["reliability"].as_array().unwrap();
    assert_eq!(bins.len(), 10);
    let rows = |list: &Value| -> u64 {
        list.as_array().unwrap().iter().map(|entry| entry["rows"].as_u64().unwrap()).sum()
    };
    assert_eq!(rows(&document["by_area"]), 12);
    let misses = document["misses"].as_array().unwrap();
    assert_eq!(rows(&document["confusions"]), misses.len() as u64);
    for miss in misses {
        assert!(miss["want"] != miss["said"] && !miss["terms"].as_array().unwrap().is_empty(), "{miss}");
    }
    let few = json(sandbox.run(["eval", file, "--format", "json", "--misses", "1", "--confusions", "0"]));
    assert_eq!(few["misses"].as_array().unwrap().len(), 1);
    assert_eq!(few["confusions"], serde_json::json!([]));
}

#[test]
fn an_export_that_was_reviewed_is_labelled() {
    let sandbox = Sandbox::new();
    sandbox.file(
        "q.txt",
        "Who patches the operating systems?\nIs there a firewall?\nWhat is your name?\nAny?\n",
    );
    let export = sandbox.run(["assign", "q.txt", "-p", "render", "--csv-profile", "excel"]).done();
    let mut lines: Vec<String> = export.split_inclusive("\r\n").map(str::to_owned).collect();
    for (line, status) in [(1, "confirmed"), (2, "corrected"), (3, "corrected"), (4, "not-applicable")] {
        for word in [",auto,", ",review,", ",unmatched,"] {
            lines[line] = lines[line].replace(word, &format!(",{status},"));
        }
    }
    lines[2] = lines[2].replace("network-security", "");
    sandbox.file("reviewed.csv", lines.concat());
    sandbox.file("fresh.csv", export);
    let output = sandbox.run(["eval", "reviewed.csv", "fresh.csv", "--format", "json"]);
    assert!(
        output.stderr.contains("reviewed.csv: 3 labels; not counted: 1 not-applicable"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("fresh.csv: 0 labels; not counted: "), "{}", output.stderr);
    let document = json(output);
    assert_eq!(document["all"]["rows"], 3);
    let miss = &document["misses"][0];
    assert_eq!((&miss["want"], &miss["said"]), (&"none".into(), &"network-security".into()));
    let stderr = sandbox.run(["eval", "fresh.csv"]).failed();
    assert!(stderr.contains("no row has a label"), "{stderr}");
}

#[test]
fn headings_are_used_as_far_as_is_said() {
    let sandbox = Sandbox::new();
    let follow_up =
        "section,question,area\nTests / Network security / All,If yes: how often?,network-security\n";
    let said = |options: &[&str]| {
        let args = ["eval", "-", "--format", "json"].iter().chain(options);
        json(sandbox.run_with(args, follow_up.as_bytes()))["all"]["strict"].as_f64().unwrap() > 0.5
    };
    assert!(said(&[]) && said(&["--section-levels", "2"]));
    assert!(!said(&["--section-levels", "1"]) && !said(&["--no-section"]));
}

#[test]
fn nothing_in_a_file_steers_the_terminal() {
    let sandbox = Sandbox::new();
    let hostile = "section,question,area\n\u{1b}[2Ja,\"Who \u{9b}1m\u{202e}patches\nthe OS?\",none\n";
    sandbox.file("q\u{1b}[1m.csv", hostile);
    let shown = sandbox.run(["eval", "q\u{1b}[1m.csv", "--misses", "1"]).done();
    assert!(shown.contains("patches the OS?"), "{shown}");
    assert!(
        !shown.chars().any(|letter| (letter.is_control() && letter != '\n') || letter == '\u{202e}'),
        "{shown:?}"
    );
    sandbox.file("bad.csv", "question,area\nWho?,\u{1b}[2Jpatch\n");
    let stderr = sandbox.run(["eval", "bad.csv"]).failed();
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.file("typo.csv", "question,area,also\nWho patches?,patch-managment,\nWhy?,none,zzz\nHow?,,\n");
    sandbox.file("plain.csv", "id,question,answer\n1,Who patches?,\n");
    sandbox.file("status.csv", "question,area,status\nWho patches?,none,open\n");
    sandbox.file("wide.csv", "question,area\nWho patches, and when?,none\n");
    sandbox.file("empty.csv", "");
    sandbox.file("book.xlsx", b"PK\x03\x04rest");
    sandbox.file("many.csv", format!("question,area\n{}", "Who?,patch\n".repeat(23)));
    let mut told = String::new();
    for args in [
        "eval typo.csv plain.csv",
        "eval status.csv",
        "eval wide.csv",
        "eval empty.csv",
        "eval book.xlsx",
        "eval nowhere.csv",
        "eval .",
        "eval - -",
        "eval",
        "eval typo.csv --section-levels 0",
        "eval typo.csv --section-levels 1 --no-section",
    ] {
        told.push_str(&format!("$ whose {args}\n{}\n", sandbox.run(args.split(' ')).failed()));
    }
    insta::assert_snapshot!(told);
    let many = sandbox.run(["eval", "many.csv"]).failed();
    assert_eq!(many.matches("error: ").count(), 20, "{many}");
    assert!(many.contains("3 further errors"), "{many}");
}

//! Rows decided by scripts, on the journal that people use.

use crate::harness::{Output, Sandbox};

const NOW: &str = "2026-11-21T17:00:00Z";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file(
        "q.csv",
        "id,question\nA1,Who patches the operating system?\nA2,Are backups tested every quarter?\n\
         B,Is customer data encrypted at rest?\nb,Who guards the data centre?\n",
    );
    sandbox
}

fn decide(sandbox: &Sandbox, more: &[&str]) -> Output {
    let args = ["decide", "q.csv", "-p", "render", "-o", "out.csv", "--reviewer", "Ada", "--now", NOW];
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    sandbox.run(args)
}

/// Area, party, status, reviewer and note of each row of the export.
fn exported(sandbox: &Sandbox) -> Vec<String> {
    let csv = sandbox.read("out.csv");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.as_bytes()).into_records().map(Result::unwrap).collect();
    rows.iter().map(|row| [&row[3], &row[4], &row[5], &row[14], &row[15]].join(" | ")).collect()
}

#[test]
fn whatever_a_key_does_a_script_can_do() {
    let sandbox = sandbox();
    let told = decide(&sandbox, &["--row", "A1", "--area", "none", "--note", "asked Bo"]);
    insta::assert_snapshot!("decided", told.whole().replace(&sandbox.path("").display().to_string(), ""));
    decide(&sandbox, &["--row", "a2", "--area", "Backup and restore", "--area", "key-man"]).done();
    decide(&sandbox, &["--row", "q.csv:4", "--party", "customer", "--note", "our contract"]).done();
    decide(&sandbox, &["--row", "q.csv:5", "--not-applicable"]).done();
    assert!(!sandbox.path("out.csv").exists());
    decide(&sandbox, &["--row", "A1", "--accept", "--export"]).done();
    assert_eq!(
        exported(&sandbox),
        [
            // What was decided stands.
            " |  |  | corrected | Ada",
            "backup-recovery | key-management | unaddressed | corrected | Ada",
            "encryption-at-rest |  | customer | corrected | Ada",
            "physical-security |  |  | not-applicable | Ada"
        ]
    );
    assert!(sandbox.read("out.csv").contains("asked Bo."));
    decide(&sandbox, &["--undo"]).done();
    decide(&sandbox, &["--undo", "--export"]).done();
    assert!(exported(&sandbox)[2].ends_with("auto | ") && exported(&sandbox)[3].ends_with(" | "));
    // A person goes on where the script ended.
    let args = ["triage", "q.csv", "-p", "render", "-o", "out.csv", "--export", "--strict"];
    assert!(!sandbox.run(args).whole().contains("A2"));
    let bo = ["--row", "A2", "--approve", "--reviewer", "Bo", "--export"];
    let args = ["decide", "q.csv", "-p", "render", "-o", "out.csv"];
    sandbox.run(args.iter().chain(&bo)).done();
    assert!(exported(&sandbox)[1].ends_with("corrected | Ada; Bo"));
}

#[test]
fn what_cannot_be_decided_is_told_and_nothing_is() {
    let sandbox = sandbox();
    let told = |args: &[&str]| decide(&sandbox, args).failed();
    assert!(told(&["--row", "A1", "--row", "A9", "--accept"]).contains("there is no row `A9`"));
    let several = told(&["--row", "B", "--accept"]);
    assert!(several.contains("2 rows have the id `B`") && several.contains("q.csv:4, q.csv:5"), "{several}");
    assert!(told(&["--row", "A1", "--area", "backup-recovry"]).contains("did you mean `backup-recovery`?"));
    assert!(told(&["--row", "A1", "--party", "customer"]).contains("--note"));
    assert!(told(&["--row", "A1", "--party", "customer", "--note", " "]).contains("with a reason only"));
    assert!(told(&["--row", "A1"]).contains("--accept"));
    assert!(told(&["--accept"]).contains("--row"));
    assert!(told(&["--undo"]).contains("nothing to undo"));
    assert!(told(&["--row", "A1", "--approve"]).contains("row `A1`: nobody decided this row yet"));
    assert!(
        told(&["--row", "A2", "--area", "key-management", "--party", "customer", "--note", " "])
            .contains("row `A2`")
    );
    decide(&sandbox, &["--row", "A1", "--accept"]).done();
    assert!(told(&["--row", "A2", "--row", "A1", "--approve"]).contains("row `A2`: nobody decided"));
    let again = sandbox.run([
        "decide",
        "q.csv",
        "-p",
        "render",
        "-o",
        "out.csv",
        "--row",
        "A1",
        "--accept",
        "--reviewer",
        "Zed",
    ]);
    assert!(
        again.stderr.contains("A1 stands as Ada decided: confirmed: patch-management"),
        "{}",
        again.stderr
    );
    assert!(told(&["--row", "A1", "--approve"]).contains("you decided this row yourself"));
    let journal = sandbox.read("out.csv.journal");
    assert_eq!(journal.lines().filter(|line| line.contains("\"set\"")).count(), 1, "{journal}");
}

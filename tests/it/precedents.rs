//! What was decided in one questionnaire answers the next: kept, reused, overruled, approved, listed, revoked.

use serde_json::Value;

use crate::harness::{Output, Sandbox};

const NOW: &str = "2026-11-21T17:00:00Z";
const LATER: &str = "2026-11-22T09:30:00Z";

const QUESTIONS: &str = "id,question\nA1,Who patches the operating system?\nA2,Are backups tested every quarter?\n\
    A3,\"If yes, how often?\"\nA4,Is customer data encrypted at rest?\n";

/// Where the binary keeps a person's decisions in a sandbox.
const KEPT: &str = "home/.local/share/whose/decisions.csv";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("q.csv", QUESTIONS);
    sandbox
}

/// Triage of all rows, line by line.
fn triage(sandbox: &Sandbox, out: &str, more: &[&str], letters: &str) -> Output {
    let args = ["triage", "q.csv", "-p", "render", "-o", out, "--all", "--plain"];
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    sandbox.run_with(args, letters.as_bytes())
}

const ANA: [&str; 4] = ["--reviewer", "Ana", "--now", NOW];
const BO: [&str; 4] = ["--reviewer", "Bo", "--now", LATER];

/// The rows as JSON that `assign` gives for the same questions.
fn assigned(sandbox: &Sandbox, deployment: &[&str]) -> Vec<Value> {
    let args: Vec<&str> =
        ["assign", "q.csv", "--format", "jsonl", "-q"].iter().chain(deployment).copied().collect();
    let lines = sandbox.run(args).done();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A run without the place of the sandbox.
fn told(sandbox: &Sandbox, args: &[&str]) -> String {
    sandbox.run(args).whole().replace(&sandbox.path("").display().to_string(), "")
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap_or_default()
}

#[test]
fn what_was_decided_once_answers_the_next_questionnaire() {
    let sandbox = sandbox();
    let run = triage(
        &sandbox,
        "out.csv",
        &ANA,
        "c the contract of \"May\"\na\n/ backup-recovery\n/ key-management\n\n",
    );
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("3 decisions kept for other questionnaires in "), "{}", run.stderr);
    insta::assert_snapshot!("kept", sandbox.read(KEPT));
    let rows = assigned(&sandbox, &["-p", "render"]);
    let statuses: Vec<&str> = rows.iter().map(|row| text(row, "status")).collect();
    // A follow-up means nothing without the question before.
    assert_eq!(statuses[..2], ["corrected", "confirmed"]);
    assert_eq!((statuses[3], text(&rows[2], "reviewer")), ("corrected", ""));
    assert_eq!((text(&rows[0], "party"), text(&rows[3], "area")), ("customer", "key-management"));
    assert_eq!(
        text(&rows[0], "note"),
        "Settled before: corrected by Ana on 2026-11-21, decisions.csv:2. Party named by the reviewer, not by the \
         document, which says provider: \"the contract of 'May'\"."
    );
    let precedent = &rows[0]["precedent"];
    assert_eq!((text(precedent, "reviewer"), text(precedent, "decided")), ("Ana", NOW));
    // What was named for one deployment says nothing about another.
    let elsewhere = assigned(&sandbox, &["-p", "vercel"]);
    assert_eq!(
        (text(&elsewhere[0], "area"), text(&elsewhere[0], "status")),
        ("patch-management", "corrected")
    );
    assert!(!text(&elsewhere[0], "note").contains("contract"), "{}", elsewhere[0]);
    // An export of these rows carries the party on, too.
    sandbox.run(["assign", "q.csv", "-p", "render", "-o", "next.csv"]).done();
    std::fs::remove_file(sandbox.path(KEPT)).unwrap();
    let again = assigned(&sandbox, &["-p", "render", "--decisions", "next.csv"]);
    assert_eq!((text(&again[0], "party"), text(&again[0], "status")), ("customer", "corrected"));
    assert!(text(&again[0], "note").ends_with(": \"the contract of 'May'\"."), "{}", again[0]);
}

#[test]
fn what_is_taken_back_is_taken_out_and_the_own_decisions_are_not_proposed_again() {
    let sandbox = sandbox();
    triage(&sandbox, "out.csv", &ANA, "a\n/ key-management\nq\n").done();
    assert_eq!(sandbox.read(KEPT).lines().count(), 3);
    let run = triage(&sandbox, "out.csv", &ANA, "u\nr\nq\n");
    assert!(
        run.stderr.contains("taken back\n\n") && run.stderr.contains("1 decision taken back"),
        "{}",
        run.stderr
    );
    // The row is asked as if nobody had ever decided it.
    assert!(!run.stderr.contains("Settled before"), "{}", run.stderr);
    // The line stays, so that the others keep their numbers, and says that it counts no longer.
    let kept = sandbox.read(KEPT);
    assert_eq!(kept.matches(&format!("{NOW} by Ana: taken back in its journal\n")).count(), 1, "{kept}");
    let rows = assigned(&sandbox, &["-p", "render"]);
    let reviewers: Vec<&str> = rows.iter().map(|row| text(row, "reviewer")).collect();
    assert_eq!(reviewers, ["Ana", "", "", ""]);
    let once_more = triage(&sandbox, "out.csv", &ANA, "q\n");
    assert!(!once_more.stderr.contains("kept for"), "{}", once_more.stderr);
    assert_eq!(sandbox.read(KEPT), kept);
}

#[test]
fn whoever_sees_a_decision_may_overrule_it_and_contradictions_settle_nothing() {
    let sandbox = sandbox();
    triage(&sandbox, "ana.csv", &ANA, "/ key-management\nq\n").done();
    sandbox.file("r.csv", "question\nWho patches the operating system?\n");
    let run = triage(&sandbox, "bo.csv", &BO, "/ patch-management\nq\n");
    assert!(
        run.stderr.contains("Note: Settled before: corrected by Ana on 2026-11-21, decisions.csv:2."),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("1 decision kept") && run.stderr.contains("1 decision overruled"),
        "{}",
        run.stderr
    );
    let rows = assigned(&sandbox, &["-p", "render"]);
    assert_eq!((text(&rows[0], "area"), text(&rows[0], "reviewer")), ("patch-management", "Bo"));
    // The two who knew nothing of each other contradict each other until a person revokes one.
    sandbox.run(["decisions", "restore", "2"]).done();
    assert_eq!(text(&assigned(&sandbox, &["-p", "render"])[0], "status"), "review");
    insta::assert_snapshot!("conflicts", told(&sandbox, &["decisions", "list", "--conflicts"]));
    let revoked = ["decisions", "revoke", "2", "--because", "a slip", "--reviewer", "Bo", "--now", LATER];
    insta::assert_snapshot!("revoked", told(&sandbox, &revoked));
    assert_eq!(text(&assigned(&sandbox, &["-p", "render"])[0], "reviewer"), "Bo");
    insta::assert_snapshot!("all", told(&sandbox, &["decisions", "list", "--all"]));
    assert_eq!(sandbox.run(["decisions", "revoke", "99"]).failed().lines().count(), 2);
}

#[test]
fn a_team_keeps_its_decisions_in_a_file_of_its_own() {
    let sandbox = sandbox();
    let team = ["--reviewer", "Ana", "--now", NOW, "--decisions", "team.csv"];
    let run = triage(&sandbox, "out.csv", &team, "a\nq\n");
    assert!(run.stderr.contains("1 decision kept for other questionnaires in `team.csv`"), "{}", run.stderr);
    assert!(!sandbox.path(KEPT).exists());
    assert_eq!(text(&assigned(&sandbox, &["-p", "render", "--decisions", "team.csv"])[0], "reviewer"), "Ana");
    // An export is read, and never written to.
    let export = sandbox.read("out.csv");
    let from_export = ["--reviewer", "Bo", "--now", NOW, "--decisions", "out.csv"];
    triage(&sandbox, "bo.csv", &from_export, "f\na\nq\n").done();
    assert_eq!(sandbox.read("out.csv"), export);
    assert_eq!(sandbox.read(KEPT).lines().count(), 2);
    let none = ["--no-keep", "--reviewer", "Bo"];
    triage(&sandbox, "none.csv", &none, "f\nf\nf\na\nq\n").done();
    assert_eq!(sandbox.read(KEPT).lines().count(), 2);
}

#[test]
fn a_file_that_cannot_be_kept_in_is_told_and_the_export_is_there() {
    let sandbox = sandbox();
    // A line that cannot be used holds up nobody where decisions are kept, and stays as it is.
    let unusable = "Who?,no-such-area,,confirmed,Ana";
    sandbox.file("team.csv", format!("question,area,also,status,reviewer\n{unusable}\n"));
    let team = ["--decisions", "team.csv", "--reviewer", "Ana"];
    let run = triage(&sandbox, "team-out.csv", &team, "a\nq\n");
    assert!(run.stderr.contains("passed over: team.csv:2: no area `no-such-area`"), "{}", run.stderr);
    assert!(sandbox.read("team.csv").contains(unusable) && sandbox.read("team.csv").lines().count() == 3);
    assert!(
        sandbox
            .run(["assign", "q.csv", "-p", "render", "--decisions", "team.csv"])
            .failed()
            .contains("no-such-area")
    );
    sandbox.file("home/.local/share/whose", "a file where a directory should be");
    let run = triage(&sandbox, "out.csv", &ANA, "a\nq\n");
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("decisions are not kept for other questionnaires: "), "{}", run.stderr);
    assert!(sandbox.path("out.csv").exists());
}

#[test]
fn a_second_person_approves() {
    let sandbox = sandbox();
    triage(&sandbox, "out.csv", &ANA, "a\n/ backup-recovery\na\nn\n\n").done();
    let own = triage(&sandbox, "out.csv", &["--approve", "--reviewer", "ana"], "q\n");
    assert!(own.stderr.contains("Every row has been looked at"), "{}", own.stderr);
    let run = triage(
        &sandbox,
        "out.csv",
        &[&BO[..], &["--approve", "--strict"]].concat(),
        "a\nk\n/ key-management\na\nq\n",
    );
    assert_eq!(run.code, 1, "{}", run.stderr);
    insta::assert_snapshot!("approving", run.stderr);
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(sandbox.read("out.csv").as_bytes()).records().map(Result::unwrap).collect();
    let people: Vec<(&str, &str)> = rows.iter().map(|row| (&row[14], &row[15])).collect();
    let expected =
        [("confirmed", "Ana; Bo"), ("confirmed", "Ana"), ("corrected", "Bo"), ("not-applicable", "Ana; Bo")];
    assert_eq!(people, expected);
    assert!(rows[0][16].starts_with("Approved by Bo."), "{:?}", rows[0]);
    assert!(sandbox.read(KEPT).contains(&format!("Ana,{NOW},Bo,{LATER}")), "{}", sandbox.read(KEPT));
    // What was approved is said wherever it is used.
    let note = assigned(&sandbox, &["-p", "render"]).swap_remove(0);
    assert!(
        text(&note, "note")
            .starts_with("Settled before: confirmed by Ana on 2026-11-21, decisions.csv:2. Approved by Bo."),
        "{note}"
    );
    // The approval can be taken back, whoever comes next.
    triage(&sandbox, "out.csv", &ANA, "u\nq\n").done();
    assert!(sandbox.read("out.csv").lines().last().unwrap().contains("not-applicable,Ana,"));
    assert!(
        sandbox
            .run([
                "triage",
                "q.csv",
                "-p",
                "render",
                "-o",
                "out.csv",
                "--plain",
                "--approve",
                "--reviewer",
                ""
            ])
            .failed()
            .contains("needs a name")
    );
}

#[test]
fn a_row_that_left_the_questionnaire_leaves_its_decision() {
    let sandbox = sandbox();
    triage(&sandbox, "out.csv", &ANA, "a\na\nq\n").done();
    let kept = sandbox.read(KEPT);
    sandbox.file("q.csv", "id,question\nA1,Who patches the operating system?\n");
    let run = triage(&sandbox, "out.csv", &ANA, "q\n");
    assert!(run.stderr.contains("1 decided row not found again"), "{}", run.stderr);
    assert_eq!(sandbox.read(KEPT), kept);
}

#[test]
fn what_was_overruled_stays_so_however_often_minds_change() {
    let sandbox = sandbox();
    sandbox.file("e.csv", "id,question\nE1,Who patches the operating system?\n");
    let decide = |file: &str, by: &str, hour: usize, what: &[&str]| {
        let now = format!("2026-11-21T{hour:02}:00:00Z");
        let out = format!("{by}.csv");
        let args = ["decide", file, "-p", "render", "-o", &out, "--reviewer", by, "--now", &now, "--export"];
        sandbox.run(args.iter().chain(what)).done();
    };
    let live = || {
        let csv = sandbox.run(["decisions", "list", "--format", "csv"]).done();
        let rows = csv::Reader::from_reader(csv.as_bytes()).into_records().map(Result::unwrap);
        rows.map(|row| format!("{} {}", &row[4], &row[1])).collect::<Vec<_>>()
    };
    decide("e.csv", "Eve", 8, &["--row", "E1", "--area", "key-management"]);
    decide("q.csv", "Ana", 9, &["--row", "A1", "--area", "patch-management"]);
    assert_eq!(live(), ["Ana patch-management"]);
    decide("q.csv", "Ana", 10, &["--row", "A1", "--area", "endpoint-security"]);
    assert_eq!(live(), ["Ana endpoint-security"]);
    decide("q.csv", "Ana", 11, &["--undo"]);
    assert_eq!(live(), ["Ana patch-management"]);
    decide("q.csv", "Ana", 12, &["--undo"]);
    assert_eq!(live(), ["Eve key-management"]);
}

#[test]
fn what_nobody_approved_is_told_wherever_it_was_decided() {
    let sandbox = sandbox();
    triage(&sandbox, "out.csv", &ANA, "a\nq\n").done();
    // Another questionnaire is answered from there; that is Ana's word, and hers alone.
    let strict = ["--approve", "--strict", "--export"];
    let run = triage(&sandbox, "next.csv", &strict, "");
    assert!(run.stderr.contains("1 row not approved"), "{}", run.stderr);
    let own = triage(&sandbox, "next.csv", &[&ANA[..], &["--approve"]].concat(), "q\n");
    assert!(own.stderr.contains("Every row has been looked at"), "{}", own.stderr);
    triage(&sandbox, "next.csv", &[&BO[..], &["--approve"]].concat(), "a\nq\n").done();
    assert!(
        sandbox.read("next.csv").contains(",confirmed,Ana; Bo,Approved by Bo."),
        "{}",
        sandbox.read("next.csv")
    );
    // What holds for one deployment was not looked at for another.
    let elsewhere = assigned(&sandbox, &["-p", "vercel"]);
    assert_eq!(text(&elsewhere[0], "reviewer"), "Ana");
    // An approval that is taken back is gone everywhere.
    triage(&sandbox, "next.csv", &BO, "u\nq\n").done();
    assert!(!sandbox.read("next.csv").contains("Ana; Bo"));
}

#[test]
fn nearly_the_same_does_not_carry_a_named_party_on_unseen() {
    let sandbox = sandbox();
    triage(&sandbox, "out.csv", &ANA, "c our contract\nq\n").done();
    sandbox.file("near.csv", "question\nWho patches the operating systems, then?\n");
    let args = ["assign", "near.csv", "-p", "render", "--format", "jsonl", "-q"];
    let row: Value = serde_json::from_str(&sandbox.run(args).done()).unwrap();
    assert_eq!((text(&row, "status"), text(&row, "party")), ("review", "provider"), "{row}");
    assert!(text(&row, "note").contains("(there as customer on render default), corrected by Ana"), "{row}");
}

#[test]
fn several_who_end_at_once_lose_nothing_of_each_other() {
    let sandbox = sandbox();
    let questions: Vec<String> =
        (0..12).map(|number| format!("Who guards building {}?", "b".repeat(number + 1))).collect();
    let children = questions.iter().enumerate().map(|(number, question)| {
        let [file, out] = [format!("q{number}.csv"), format!("out{number}.csv")];
        sandbox.file(&file, format!("question\n{question}\n"));
        let args = [
            "decide",
            &file,
            "-p",
            "render",
            "-o",
            &out,
            "--row",
            "1",
            "--accept",
            "--export",
            "--reviewer",
            "Ana",
        ];
        sandbox.command().args(args).stderr(std::process::Stdio::null()).spawn().unwrap()
    });
    for mut child in children.collect::<Vec<_>>() {
        assert!(child.wait().unwrap().success());
    }
    let kept = sandbox.read(KEPT);
    assert!(questions.iter().all(|question| kept.contains(question)), "{kept}");
}

#[test]
fn decisions_are_searched_and_imported() {
    let sandbox = sandbox();
    assert!(sandbox.run(["decisions"]).whole().contains("nothing is kept in "));
    sandbox.run(["assign", "q.csv", "-p", "render", "-o", "reviewed.csv", "-q"]).done();
    let reviewed = sandbox
        .read("reviewed.csv")
        .replace(",auto,,", ",confirmed,=Ana,")
        .replace(",review,,", ",confirmed,Bo,");
    sandbox.file("reviewed.csv", reviewed);
    insta::assert_snapshot!("imported", told(&sandbox, &["decisions", "import", "reviewed.csv"]));
    insta::assert_snapshot!("imported_again", told(&sandbox, &["decisions", "import", "reviewed.csv"]));
    let listed = |args: &[&str]| sandbox.run(["decisions"].iter().chain(args)).done();
    assert_eq!(listed(&["search", "PATCHES", "operating"]).lines().count(), 2);
    assert_eq!(listed(&["list", "--area", "encryption-at-rest"]).lines().count(), 2);
    assert_eq!(listed(&["list", "--by", "nobody"]), "");
    let json: Value = serde_json::from_str(&listed(&["list", "backups", "--format", "json"])).unwrap();
    assert_eq!((json.as_array().unwrap().len(), text(&json[0], "area")), (1, "backup-recovery"));
    assert!(listed(&["list", "--format", "csv"]).starts_with("question,area,also,status,reviewer,decided,"));
    assert!(listed(&["path"]).trim_end().ends_with(".local/share/whose/decisions.csv"));
    assert!(sandbox.run(["decisions", "import", "q.csv"]).failed().contains("no column `area`"));
}

#[test]
fn nothing_in_the_file_steers_a_terminal() {
    let sandbox = Sandbox::new();
    let evil = "\u{1b}[2Jgone\u{202e}";
    let row = format!(
        "\"Is {evil} safe?\",backup-recovery,,confirmed,{evil},{evil},,,customer,{evil},{evil},m,{evil},{evil},"
    );
    sandbox.file(KEPT, format!("question,area,also,status,reviewer,decided,approver,approved,named_party,reason,provider,model,file,note,withdrawn\n{row}\n"));
    let shown = sandbox.run(["decisions", "list"]).whole()
        + &sandbox.run(["decisions", "revoke", "2", "--because", evil]).whole();
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
}

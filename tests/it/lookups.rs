//! The commands that look things up.

use crate::harness::{Sandbox, whose};

#[test]
fn what_people_see() {
    for (name, args) in [
        ("providers", "providers"),
        ("provider_union", "providers union"),
        ("areas", "areas"),
        ("area", "areas key-management"),
        ("matrix_render", "matrix -p render"),
        ("matrix_csv", "matrix -p union -m byoc --format csv"),
        ("compare_union", "compare union:self-managed union:byoc"),
        ("compare_vercel_render", "compare vercel render"),
    ] {
        insta::assert_snapshot!(name, whose(args).done());
    }
}

#[test]
fn json_has_the_promised_shape() {
    let json = |args: &str| serde_json::from_str::<serde_json::Value>(&whose(args).done()).unwrap();
    let providers = json("providers --format json");
    let union = providers.as_array().unwrap().iter().find(|row| row["id"] == "union").unwrap();
    assert_eq!(union["name"], "Union.ai");
    assert_eq!(union["models"], serde_json::json!(["self-managed", "byoc"]));
    let matrix = json("matrix -p union -m byoc --format json");
    assert_eq!(matrix.as_array().unwrap().len(), 39);
    for row in matrix.as_array().unwrap() {
        assert!(row["area"].is_string() && row["party"].is_string() && row["responsible"].is_string());
        assert!(row["responsibilities"].is_array());
    }
    let shifts = json("compare union:self-managed union:byoc --format json");
    let areas: Vec<&str> =
        shifts.as_array().unwrap().iter().map(|row| row["area"].as_str().unwrap()).collect();
    assert_eq!(areas, ["cloud-account", "secrets-management", "compute-platform", "network-security"]);
    assert_eq!(json("areas --format json").as_array().unwrap().len(), 39);
}

#[test]
fn ask_explains_for_people_and_machines() {
    let sandbox = Sandbox::new();
    let text = sandbox.run(["ask", "Who patches the operating system?", "-p", "render"]).done();
    for part in
        ["provider: Render", "patch-management", "Render responsibilities ›", "https://", "Why", "Nearest"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let json =
        sandbox.run(["ask", "Who patches the operating system?", "-p", "render", "--format", "json"]).done();
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["area"], "patch-management");
    assert_eq!(answer["party"], "provider");
    assert!(!answer["evidence"][0]["terms"].as_array().unwrap().is_empty());
    let silent = sandbox.run(["ask", "Are employees screened before hiring?", "-p", "render"]).done();
    assert!(silent.contains("unaddressed") && silent.contains("each organisation answers"), "{silent}");
}

#[test]
fn ask_shows_no_escape_from_the_question() {
    let sandbox = Sandbox::new();
    let shown = sandbox.run(["ask", "Who \u{1b}[2J\u{9b}1m patches\nthe OS?", "-p", "render"]).done();
    assert!(!shown.chars().any(|letter| letter.is_control() && letter != '\n'), "{shown:?}");
}

#[test]
fn colour_only_where_it_is_wanted() {
    assert!(!whose("matrix -p render").done().contains('\u{1b}'));
    assert!(whose("matrix -p render --color always").done().contains('\u{1b}'));
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let mut told = String::new();
    for args in [
        "areas encryption-at-rset",
        "providers vercl",
        "matrix",
        "matrix -p union",
        "compare union render",
        "compare union:byoc union:self",
        "ask Who? ",
    ] {
        told.push_str(&format!("$ whose {args}\n{}\n", whose(args).failed()));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn whoever_stops_reading_is_not_an_error() {
    use std::process::Stdio;
    let sandbox = Sandbox::new();
    let mut command = sandbox.command();
    command.args(["-q", "assign", "-", "-p", "render"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut whose = command.stderr(Stdio::piped()).spawn().unwrap();
    drop(whose.stdout.take());
    // The reader is gone before the first question is asked.
    let mut stdin = whose.stdin.take().unwrap();
    let _ = std::io::Write::write_all(&mut stdin, "Who patches the OS?\n".repeat(2_000).as_bytes());
    drop(stdin);
    let ended = whose.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}

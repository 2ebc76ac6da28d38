//! What a mapping author sees: every kind of mistake, drawn, and the ways in which mappings are named.

use std::collections::BTreeSet;
use std::path::PathBuf;

use whose::diagnostic::Code;

use crate::harness::{Output, Sandbox, root};

fn fixtures() -> PathBuf {
    root().join("tests/fixtures")
}

/// Runs in the fixtures' own directory, so that the paths in reports are the same everywhere.
fn run_in(directory: &str, args: &[&str]) -> Output {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command();
    let output = command.current_dir(fixtures().join(directory)).args(args).output().unwrap();
    Output {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("ended by a signal"),
    }
}

/// Every mapping file, and every directory, of `tests/fixtures/bad`.
fn bad() -> Vec<String> {
    let entries = std::fs::read_dir(fixtures().join("bad")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn text(name: &str) -> String {
    std::fs::read_to_string(fixtures().join(name)).unwrap()
}

/// An XDG directory is where Linux keeps configuration; the other systems have a place of their own.
const USER_MAPPING: &str = "config/whose/mappings";

#[test]
fn every_mistake_is_shown_with_its_place_and_the_next_step() {
    for name in bad() {
        let output = run_in("bad", &["check", &name, "--quiet"]);
        assert_eq!(output.code, 1, "{name}: {}{}", output.stdout, output.stderr);
        assert_eq!(output.stderr, "", "{name}");
        insta::assert_snapshot!(name.trim_end_matches(".toml"), output.stdout);
    }
}

#[test]
fn every_kind_of_mistake_has_a_fixture() {
    let args: Vec<String> =
        ["check", "--format", "json"].map(String::from).into_iter().chain(bad()).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let problems: serde_json::Value = serde_json::from_str(&run_in("bad", &args).stdout).unwrap();
    let shown: BTreeSet<&str> =
        problems.as_array().unwrap().iter().map(|problem| problem["code"].as_str().unwrap()).collect();
    let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(shown, known);
    assert_eq!(known.len(), Code::ALL.len());
}

#[test]
fn a_good_file_passes_and_a_missing_one_fails() {
    let good = run_in("good", &["check", "acme.toml"]);
    assert_eq!(good.stderr, "1 file checked, no problem found\n");
    assert_eq!(good.done(), "");
    let missing = run_in("good", &["check", "acme.toml", "acne.toml"]);
    assert_eq!(missing.stdout, "");
    assert!(missing.failed().starts_with("error: cannot read `acne.toml`: "));
}

#[test]
fn what_is_built_in_passes_and_so_do_its_sources() {
    assert_eq!(run_in(".", &["check", "--quiet"]).done(), "");
    let sources = ["check", "--quiet", "../../mappings", "../../questions/bank"];
    assert_eq!(run_in(".", &sources).done(), "");
}

#[test]
fn machines_read_problems_as_json() {
    let output = run_in("bad", &["check", "--format", "json", "unknown-area.toml", "no-statements.toml"]);
    assert_eq!(output.code, 1);
    assert_eq!(output.stderr, "2 files checked: 1 error, 1 warning\n");
    let problems: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    insta::assert_json_snapshot!("json", problems);
    assert_eq!(run_in("good", &["check", "--format", "json", "acme.toml"]).done().trim(), "[]");
}

#[test]
fn a_directory_stands_for_its_mappings_and_banks() {
    let all = run_in("bad", &["check", "bank"]);
    assert_eq!(all.code, 1);
    assert_eq!(all.stderr, "2 files checked: 10 errors, 0 warnings\n");
    let sandbox = Sandbox::new();
    sandbox.file("notes/readme.md", "Nothing to check.");
    let none = sandbox.run(["check", "notes"]).failed();
    assert_eq!(none, "error: no .toml or .txt file in `notes`\n");
}

#[test]
fn a_directory_of_mappings_adds_a_provider() {
    let sandbox = Sandbox::new();
    sandbox.file("mine/acme.toml", text("good/acme.toml"));
    let with = sandbox.run(["providers", "--mappings", "mine"]).done();
    assert!(with.contains("acme") && with.contains("vercel"), "{with}");
    assert!(!sandbox.run(["providers"]).done().contains("acme"));
    for (model, area, party) in [
        ("cloud", "physical-security", "third-party"),
        ("self-hosted", "physical-security", "customer"),
        ("self-hosted", "patch-management", "customer"),
        ("edge", "patch-management", "unaddressed"),
    ] {
        let args = ["matrix", "-p", "acme", "-m", model, "--format", "csv", "--mappings", "mine"];
        let matrix = sandbox.run(args).done();
        assert!(matrix.contains(&format!("\n{area},{party},")), "{model}: {matrix}");
    }
}

#[test]
fn a_directory_of_mappings_overrides_a_built_in_provider_as_a_whole() {
    let sandbox = Sandbox::new();
    let ours = text("good/acme.toml").replace("id = \"acme\"", "id = \"vercel\"");
    sandbox.file("mine/vercel.toml", ours);
    let models = sandbox.run(["matrix", "-p", "vercel", "--mappings", "mine"]).failed();
    assert!(models.contains("cloud, self-hosted, edge"), "{models}");
    let args = ["matrix", "-p", "vercel", "-m", "cloud", "--format", "csv", "--mappings", "mine"];
    assert!(sandbox.run(args).done().contains("Amazon Web Services"));
}

#[test]
fn a_directory_of_mappings_that_is_not_there_is_told() {
    let told = Sandbox::new().run(["providers", "--mappings", "nowhere"]).failed();
    assert!(told.starts_with("error: cannot read mappings from `nowhere`: "), "{told}");
    assert!(told.contains("hint: "), "{told}");
}

#[cfg(not(any(windows, target_os = "macos")))]
#[test]
fn the_users_own_mappings_are_found_by_themselves() {
    let sandbox = Sandbox::new();
    sandbox.file(&format!("{USER_MAPPING}/acme.toml"), text("good/acme.toml"));
    assert!(sandbox.run(["providers"]).done().contains("acme"));
    let again = sandbox.run(["check"]);
    assert!(again.stderr.ends_with(" files checked, no problem found\n"), "{}", again.stderr);
}

#[cfg(not(any(windows, target_os = "macos")))]
#[test]
fn a_broken_mapping_of_the_users_stops_a_command_and_shows_all_its_problems() {
    let sandbox = Sandbox::new();
    let broken = text("bad/several.toml");
    sandbox.file(&format!("{USER_MAPPING}/several.toml"), broken);
    let told = sandbox.run(["matrix", "-p", "vercel"]);
    assert_eq!(told.stdout, "");
    let told = told.failed();
    assert_eq!(told.matches("error[").count(), 6, "{told}");
    assert!(told.contains("whose/mappings/several.toml:9:8"), "{told}");
    let end =
        "error: 6 errors in the mapping files\nhint: `whose check` shows them again, with the warnings\n";
    assert!(told.ends_with(end), "{told}");
}

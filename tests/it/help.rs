//! The whole help, as people read it, and the completion scripts.

use crate::harness::whose;

const COMMANDS: [&str; 15] = [
    "",
    "ask",
    "assign",
    "triage",
    "decide",
    "decisions",
    "inspect",
    "fill",
    "providers",
    "areas",
    "matrix",
    "compare",
    "check",
    "eval",
    "completions",
];

#[test]
fn the_whole_help_tree() {
    let mut help = String::new();
    for command in COMMANDS {
        help.push_str(&format!("$ whose {command} --help\n{}\n", whose(&format!("{command} --help")).done()));
    }
    insta::assert_snapshot!(help);
}

#[test]
fn every_command_is_in_the_tree() {
    let short = whose("-h").done();
    let listed = short.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    for line in listed.take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().unwrap();
        assert!(name == "help" || COMMANDS.contains(&name), "{name}");
    }
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = whose(&format!("completions {shell}")).done();
        assert!(script.contains("assign") && script.contains("csv-profile"), "{shell}");
    }
}

#[test]
fn the_version_is_the_package_s() {
    assert_eq!(whose("--version").done(), format!("whose {}\n", env!("CARGO_PKG_VERSION")));
}

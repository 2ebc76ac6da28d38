//! End-to-end tests: one binary, a module a topic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

mod assign;
mod books;
mod canonical;
mod check;
mod corpus;
mod decide;
mod decisions;
mod docs;
mod eval;
mod exports;
mod facts;
mod fill;
mod help;
mod hostile;
mod inspect;
mod layers;
mod layouts;
mod lookups;
mod oscal;
mod precedents;
mod prompt;
mod prompt_journal;
mod properties;
mod report;
mod resolution;
mod signals;
mod surroundings;
mod triage;
mod wording;

#[test]
fn no_test_file_is_forgotten() {
    let list = std::fs::read_to_string(harness::root().join("tests/it/main.rs")).unwrap();
    for file in layers::rust_files(&harness::root().join("tests/it")) {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_string();
        assert!(stem == "main" || list.contains(&format!("mod {stem};")), "{stem} is not in main.rs");
    }
}

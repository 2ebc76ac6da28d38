//! Data flows one way: a room may use only the rooms named here.

use crate::harness::root;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every room or file of the library, and what it may use besides itself.
const ROOMS: [(&str, &[&str]); 21] = [
    ("domain", &[]),
    ("suggest", &[]),
    ("safe_text", &[]),
    ("atomic", &[]),
    ("diagnostic", &[]),
    ("formula", &["safe_text"]),
    ("workbook", &["safe_text"]),
    ("matching", &["domain"]),
    ("questionnaire", &["domain", "suggest", "safe_text", "workbook"]),
    ("catalog", &["diagnostic", "domain", "safe_text", "suggest"]),
    ("labelled", &["domain", "matching", "questionnaire", "safe_text", "suggest"]),
    ("decisions", &["domain", "formula", "labelled", "matching", "questionnaire", "safe_text"]),
    ("repeats", &["domain", "matching"]),
    ("assignment", &["catalog", "decisions", "domain", "matching"]),
    ("pipeline", &["assignment", "catalog", "decisions", "domain", "matching"]),
    ("export", &["assignment", "catalog", "decisions", "domain", "formula", "matching", "safe_text"]),
    ("filling", &["domain", "export", "formula", "questionnaire", "safe_text", "workbook"]),
    ("evaluation", &["decisions", "domain", "export", "labelled", "matching"]),
    (
        "triage",
        &[
            "assignment",
            "catalog",
            "decisions",
            "domain",
            "formula",
            "labelled",
            "matching",
            "repeats",
            "safe_text",
        ],
    ),
    (
        "cli",
        &[
            "assignment",
            "atomic",
            "catalog",
            "decisions",
            "diagnostic",
            "domain",
            "evaluation",
            "export",
            "filling",
            "formula",
            "labelled",
            "matching",
            "pipeline",
            "questionnaire",
            "repeats",
            "safe_text",
            "suggest",
            "triage",
            "workbook",
        ],
    ),
    ("main", &["cli"]),
];

#[test]
fn rooms_use_only_what_they_may() {
    let src = root().join("src");
    for file in rust_files(&src) {
        let relative = file.strip_prefix(&src).unwrap();
        let room =
            relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if room == "lib" {
            continue;
        }
        let (_, allowed) = ROOMS.iter().find(|(name, _)| *name == room).unwrap_or_else(|| {
            panic!("{} is in no room: add it to the table in {}", relative.display(), file!())
        });
        let text = std::fs::read_to_string(&file).unwrap();
        for hidden in ["use crate::{", "super::super::", "use crate as "] {
            assert!(!text.contains(hidden), "{}: `{hidden}` hides which room is used", relative.display());
        }
        for used in rooms_used(&text) {
            let fine = used == room || allowed.contains(&used.as_str());
            assert!(fine, "{}: `{room}` must not use `{used}`", relative.display());
        }
    }
}

#[test]
fn every_room_exists() {
    for (room, _) in ROOMS {
        let src = root().join("src");
        assert!(src.join(room).is_dir() || src.join(format!("{room}.rs")).is_file(), "{room}");
    }
}

fn rooms_used(text: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for start in ["crate::", "whose::"] {
        for (at, _) in text.match_indices(start) {
            let rest = &text[at + start.len()..];
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if !name.is_empty() {
                used.insert(name);
            }
        }
    }
    used
}

pub(crate) fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

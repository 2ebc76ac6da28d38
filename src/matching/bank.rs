//! The question bank: phrasings labelled with their areas, in plain text files.

use std::collections::BTreeMap;

/// The name of the file whose phrasings are about no responsibility.
pub const NONE: &str = "none";

/// The name of the file whose phrasings could be about any area: what surrounds them decides.
pub const GENERIC: &str = "generic";

/// The labelled phrasings that the matcher learns from.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    /// Area ids in order, then [`NONE`].
    pub labels: Vec<String>,
    /// The phrasings, by file and by their order in it.
    pub phrasings: Vec<Phrasing>,
    /// Phrasings that could be about any area.
    pub generic: Vec<Generic>,
}

/// A wording that could be about any area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generic {
    /// The wording, without the suffix.
    pub text: String,
    /// Index of the label that it leans to where nothing surrounds it.
    pub lean: Option<usize>,
}

/// One line of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrasing {
    /// The wording, without the suffix.
    pub text: String,
    /// Index of its label in [`Bank::labels`].
    pub label: usize,
    /// Indices of further right labels.
    pub also: Vec<usize>,
}

/// Something in a bank file that its maintainer should correct.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}.txt:{line}: {message}")]
pub struct BankProblem {
    /// The file's name without `.txt`.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
}

impl Bank {
    /// Reads bank files, `(name without .txt, text)`, in any order. A faulty line is reported, and
    /// kept as far as it makes sense.
    pub fn parse<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> (Bank, Vec<BankProblem>) {
        let files: BTreeMap<&str, &str> = files.collect();
        let mut labels: Vec<String> =
            files.keys().filter(|name| ![NONE, GENERIC].contains(name)).map(ToString::to_string).collect();
        labels.push(NONE.to_owned());
        let mut reader =
            Reader { bank: Bank { labels, ..Bank::default() }, seen: BTreeMap::new(), problems: Vec::new() };
        for (name, text) in files {
            reader.file(name, text);
        }
        (reader.bank, reader.problems)
    }
}

struct Reader<'a> {
    bank: Bank,
    seen: BTreeMap<String, (&'a str, usize)>,
    problems: Vec<BankProblem>,
}

impl<'a> Reader<'a> {
    fn file(&mut self, name: &'a str, text: &str) {
        let label = self.label(name);
        let mut last: Option<(String, &str)> = None;
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let key = (line.to_lowercase(), line);
            if last.as_ref().is_some_and(|last| *last > key) {
                self.problem(
                    name,
                    line_number,
                    "is out of order: lines are sorted without regard to case".to_owned(),
                );
            }
            last = Some(key);
            self.line(name, line_number, line, label);
        }
    }

    fn line(&mut self, name: &'a str, number: usize, line: &str, label: Option<usize>) {
        let (text, suffix) = split_suffix(line);
        if text.trim().is_empty() {
            self.problem(name, number, "is empty".to_owned());
            return;
        }
        if text.trim() != text {
            self.problem(name, number, "has white space at an end".to_owned());
        }
        let also = match suffix {
            None if line.contains("[+") => {
                self.problem(
                    name,
                    number,
                    "has a malformed suffix: write `  [+ area area]` at its end".to_owned(),
                );
                Vec::new()
            }
            None => Vec::new(),
            Some(suffix) => self.further(name, number, suffix, label),
        };
        let text = text.trim();
        let same = text.to_lowercase();
        if let Some(&(file, line)) = self.seen.get(&same) {
            let message = if file == name {
                format!("repeats line {line}")
            } else {
                format!("contradicts {file}.txt:{line}, which has the same wording")
            };
            self.problem(name, number, message);
            return;
        }
        self.seen.insert(same, (name, number));
        let text = text.to_owned();
        match label {
            Some(label) => self.bank.phrasings.push(Phrasing { text, label, also }),
            None if also.len() > 1 => self.problem(name, number, "leans to more than one area".to_owned()),
            None => self.bank.generic.push(Generic { text, lean: also.first().copied() }),
        }
    }

    fn further(&mut self, name: &str, number: usize, suffix: &str, label: Option<usize>) -> Vec<usize> {
        let mut also = Vec::new();
        for area in suffix.split_whitespace() {
            match self.label(area) {
                None => self.problem(name, number, format!("names an unknown area `{area}`")),
                Some(other) if Some(other) == label || also.contains(&other) => {
                    self.problem(name, number, format!("names `{area}` twice"));
                }
                Some(other) => also.push(other),
            }
        }
        if suffix.trim().is_empty() {
            self.problem(name, number, "has an empty suffix".to_owned());
        }
        also
    }

    fn label(&self, name: &str) -> Option<usize> {
        self.bank.labels.iter().position(|label| label == name)
    }

    fn problem(&mut self, file: &str, line: usize, message: String) {
        self.problems.push(BankProblem { file: file.to_owned(), line, message });
    }
}

/// The wording, and what stands between `  [+` and a final `]`.
fn split_suffix(line: &str) -> (&str, Option<&str>) {
    line.strip_suffix(']')
        .and_then(|head| head.rsplit_once("  [+ "))
        .map_or((line, None), |(text, suffix)| (text, Some(suffix)))
}

macro_rules! bank_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../questions/bank/", $name, ".txt")))),*]
    };
}

/// The bank that comes with the program, `(name without .txt, text)`.
pub fn embedded_bank() -> &'static [(&'static str, &'static str)] {
    EMBEDDED
}

static EMBEDDED: &[(&str, &str)] = bank_files![
    "access-control",
    "ai-governance",
    "application-security",
    "asset-management",
    "authentication",
    "availability",
    "backup-recovery",
    "business-continuity",
    "capacity-cost",
    "change-management",
    "cloud-account",
    "compliance-attestation",
    "compute-platform",
    "control-plane",
    "data-governance",
    "data-privacy",
    "data-residency",
    "data-retention",
    "ddos-protection",
    "encryption-at-rest",
    "encryption-in-transit",
    "endpoint-security",
    "generic",
    "incident-response",
    "key-management",
    "legal-regulatory",
    "logging-monitoring",
    "network-security",
    "none",
    "patch-management",
    "personnel-security",
    "physical-security",
    "portability",
    "secrets-management",
    "secure-configuration",
    "security-governance",
    "security-training",
    "storage-database",
    "supply-chain",
    "tenant-isolation",
    "vulnerability-management",
];

#[cfg(test)]
mod tests {
    use super::{Bank, embedded_bank};

    type Files<'a> = &'a [(&'a str, &'a str)];

    fn problems(files: Files<'_>) -> Vec<String> {
        Bank::parse(files.iter().copied()).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn faults_are_reported_with_their_place() {
        let cases: &[(Files<'_>, &[&str])] = &[
            (&[("a", "b\nC  [+ none]\n")], &[]),
            (&[("a", "c\nb\n")], &["a.txt:2: is out of order: lines are sorted without regard to case"]),
            (&[("a", "b\nb\n")], &["a.txt:2: repeats line 1"]),
            (&[("a", "b\n"), ("c", "B\n")], &["c.txt:1: contradicts a.txt:1, which has the same wording"]),
            (&[("a", "b  [+ x]\n")], &["a.txt:1: names an unknown area `x`"]),
            (&[("a", "b  [+ a]\n")], &["a.txt:1: names `a` twice"]),
            (
                &[("a", "b [+ none]\n")],
                &["a.txt:1: has a malformed suffix: write `  [+ area area]` at its end"],
            ),
            (&[("a", "\nb\n")], &["a.txt:1: is empty"]),
            (&[("a", "b\n"), ("c", "d\n"), ("generic", "e  [+ a]\n")], &[]),
            (
                &[("a", "b\n"), ("c", "d\n"), ("generic", "e  [+ a c]\n")],
                &["generic.txt:1: leans to more than one area"],
            ),
        ];
        for (files, expected) in cases {
            assert_eq!(problems(files), *expected, "{files:?}");
        }
    }

    #[test]
    fn the_embedded_bank_is_canonical() {
        let (bank, problems) = Bank::parse(embedded_bank().iter().copied());
        assert!(problems.is_empty(), "{}", problems.iter().map(|p| format!("{p}\n")).collect::<String>());
        assert!(bank.phrasings.len() > 10_000);
    }

    #[test]
    fn disk_and_list_agree() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/questions/bank");
        let mut disk: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap().replace(".txt", ""))
            .collect();
        disk.sort();
        let list: Vec<&str> = embedded_bank().iter().map(|(name, _)| *name).collect();
        assert_eq!(list, disk);
    }
}

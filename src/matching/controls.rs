//! Ids of published controls in a text: "CEK-03", "A.8.24" and the like name their subject outright.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// The table that comes with the program.
const TABLE: &str = include_str!("../../questions/controls.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    standard: Vec<RawStandard>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStandard {
    name: String,
    #[serde(default)]
    after: Vec<String>,
    areas: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    also: BTreeMap<String, Vec<String>>,
}

/// What is known of the controls of several standards.
#[derive(Debug, Default)]
struct Controls {
    standards: Vec<Standard>,
}

#[derive(Debug)]
struct Standard {
    name: String,
    /// Words of which one must stand before an id.
    after: Vec<String>,
    /// Areas by the path of an id, the main one first.
    areas: BTreeMap<Vec<String>, Vec<String>>,
}

/// A control that a text names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// The id as it is written in the text.
    pub(crate) id: &'a str,
    /// The standard's name.
    pub(crate) standard: &'static str,
    /// The areas that it is about, the main one first.
    pub(crate) areas: &'static [String],
}

/// How far before an id the word may stand that it needs: "PCI DSS v4.0 requirement 8.3".
const REACH: usize = 4;

/// Longer words are no ids.
const LONGEST: usize = 40;

/// What word processors put for the hyphen; a dash joins two ids to a range and is none.
const HYPHENS: [char; 2] = ['\u{2010}', '\u{2011}'];

/// The first control that a text names, of those that come with the program.
pub(crate) fn named(text: &str) -> Option<Named<'_>> {
    static CONTROLS: OnceLock<Controls> = OnceLock::new();
    let known = || CONTROLS.get_or_init(|| Controls::parse(TABLE).unwrap_or_default());
    // Most texts have no digit, and no id is without one.
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut before: Vec<String> = Vec::new();
    for word in
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '/' | '"' | '[' | ']'))
    {
        let id = trim(word);
        let path = path(id);
        if may_be_id(&path)
            && let Some((standard, areas)) = known().find(id, &path, &before)
        {
            return Some(Named { id, standard, areas });
        }
        before.extend(path);
        before.drain(..before.len().saturating_sub(REACH));
    }
    None
}

impl Controls {
    fn parse(text: &str) -> Result<Controls, toml::de::Error> {
        let raw: RawTable = toml::from_str(text)?;
        let standards = raw.standard.into_iter().map(|raw| {
            let mut areas: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
            for (area, entries) in raw.areas.iter().chain(&raw.also) {
                for path in entries.iter().flat_map(|entry| spread(entry)) {
                    areas.entry(path).or_default().push(area.clone());
                }
            }
            Standard { name: raw.name, after: raw.after, areas }
        });
        Ok(Controls { standards: standards.collect() })
    }

    /// The standard and the areas of an id with these words before it.
    fn find(&self, id: &str, path: &[String], before: &[String]) -> Option<(&str, &[String])> {
        self.standards.iter().find_map(|standard| {
            let areas = if standard.after.is_empty() {
                // A family's letters are capitals: "si-2" in a sentence is none.
                let family = id.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
                (!family.contains(|c: char| c.is_ascii_lowercase())).then(|| standard.deepest(path)).flatten()
            } else {
                standard.deepest_after(path, before)
            };
            areas.map(|areas| (standard.name.as_str(), areas))
        })
    }
}

impl Standard {
    /// The areas of the longest known path that begins this one.
    fn deepest(&self, path: &[String]) -> Option<&[String]> {
        (1..=path.len()).rev().find_map(|length| self.areas.get(&path[..length])).map(Vec::as_slice)
    }

    /// The same for the part of a path that comes after a word which this standard's ids need.
    fn deepest_after(&self, path: &[String], before: &[String]) -> Option<&[String]> {
        let needed = |word: &String| self.after.contains(word);
        let start = match path.iter().rposition(needed) {
            Some(at) => at + 1,
            None if before.iter().any(needed) => 0,
            None => return None,
        };
        self.deepest(&path[start..])
    }
}

fn trim(word: &str) -> &str {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | ')'));
    // "(SC-28)" is in brackets, "164.308(a)" has some.
    match (word.strip_prefix('('), word.strip_suffix(')')) {
        (Some(word), _) => word.trim_end_matches(')'),
        (None, Some(rest)) if !rest.contains('(') => rest,
        _ => word,
    }
}

/// The segments of an id, in lower case, numbers without leading zeros.
fn path(id: &str) -> Vec<String> {
    if id.len() > LONGEST || !id.chars().all(|c| c.is_ascii() || HYPHENS.contains(&c)) {
        return Vec::new();
    }
    let segments =
        id.split(['.', '-', HYPHENS[0], HYPHENS[1], '(', ')', '_']).filter(|segment| !segment.is_empty());
    segments
        .map(|segment| {
            let plain = segment.trim_start_matches('0');
            let number = segment.bytes().all(|byte| byte.is_ascii_digit()) && !plain.is_empty();
            if number { plain.to_owned() } else { segment.to_ascii_lowercase() }
        })
        .collect()
}

fn may_be_id(path: &[String]) -> bool {
    path.len() >= 2 && path.iter().any(|segment| segment.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The paths of an entry of the table: "AC-1..3" has three.
fn spread(entry: &str) -> Vec<Vec<String>> {
    let Some((head, last)) = entry.split_once("..") else { return vec![path(entry)] };
    let start = path(head);
    let ends = start.last().and_then(|first| Some((first.parse::<u32>().ok()?, last.parse::<u32>().ok()?)));
    let Some((first, last)) = ends else { return Vec::new() };
    let parent = &start[..start.len() - 1];
    (first..=last).map(|number| [parent, &[number.to_string()]].concat()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Controls, TABLE, named, spread};

    fn first_area(text: &str) -> Option<&'static str> {
        named(text).map(|named| named.areas[0].as_str())
    }

    #[test]
    fn ids_of_standards_name_their_area() {
        let cases = [
            ("CEK-03", Some("encryption-at-rest")),
            ("CEK-03.1 Is it in place?", Some("encryption-at-rest")),
            ("Describe how SC-28 is met.", Some("encryption-at-rest")),
            ("How is control AC-2(1) implemented?", Some("access-control")),
            ("A.8.24", Some("key-management")),
            ("Control A.9.2.3 of Annex A", Some("access-control")),
            ("(CC6.1)", Some("access-control")),
            ("164.308(a)(5)(ii)(B): what is done?", Some("endpoint-security")),
            ("§164.312(e)(1)", Some("encryption-in-transit")),
            ("PCI DSS requirement 8.3.1", Some("authentication")),
            ("PCI-DSS-12.10", Some("incident-response")),
            ("AC.L2-3.1.1", Some("access-control")),
            ("NIST SP 800-171 3.13.16", Some("encryption-at-rest")),
            ("PR.DS-01", Some("encryption-at-rest")),
            ("SC\u{2011}28", Some("encryption-at-rest")),
            ("A&A-02.1", Some("compliance-attestation")),
        ];
        for (text, area) in cases {
            assert_eq!(first_area(text), area, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_no_ids_name_nothing() {
        for text in [
            "8.3.1 Do you test?",
            "TLS 1.2",
            "TLS-1.2 or later",
            "3.1.2",
            "SC-2800",
            "si-2",
            "v4.0",
            "",
            "2-factor",
            "24-7 support",
            "ISO 27001-2022",
            "AES-256",
            "A.1.2.3.4",
            "FIPS 140-2",
            "RSA-2048",
            "SP 800-53",
            "A.5\u{2013}8",
        ] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_is_in_order() {
        let controls = Controls::parse(TABLE).unwrap();
        let known: BTreeSet<&str> = crate::matching::embedded_bank().iter().map(|(name, _)| *name).collect();
        let raw: super::RawTable = toml::from_str(TABLE).unwrap();
        for standard in &raw.standard {
            for area in standard.areas.keys().chain(standard.also.keys()) {
                let is_area = known.contains(area.as_str()) && area != crate::matching::GENERIC;
                assert!(is_area, "{}: no area {area}", standard.name);
            }
            let mut main = BTreeSet::new();
            for entries in standard.areas.values() {
                for path in entries.iter().flat_map(|entry| spread(entry)) {
                    assert!(!path.is_empty(), "{}: {entries:?}", standard.name);
                    assert!(main.insert(path.clone()), "{}: {path:?} has two main areas", standard.name);
                }
                assert!(
                    entries.iter().all(|entry| !spread(entry).is_empty()),
                    "{}: {entries:?}",
                    standard.name
                );
            }
            for entries in standard.also.values() {
                for path in entries.iter().flat_map(|entry| spread(entry)) {
                    assert!(main.contains(&path), "{}: {path:?} has no main area", standard.name);
                }
            }
        }
        assert!(controls.standards.len() > 5);
    }
}

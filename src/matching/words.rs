//! What is known about words before anything is learnt: words that say nothing, spellings, compounds.

use std::collections::{BTreeMap, HashMap, HashSet};

use frostem::{Algorithm, Stemmer};
use serde::Deserialize;

use super::features::{Key, hash};
use super::text::Tokens;

/// The table that comes with the program.
pub(crate) const TABLE: &str = include_str!("../../questions/words.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    stop: Vec<String>,
    spelling: BTreeMap<String, String>,
    compounds: BTreeMap<String, String>,
    follow: Vec<String>,
    concepts: BTreeMap<String, Vec<String>>,
}

/// The word tables, ready for look-ups.
pub(crate) struct Words {
    stop: HashSet<String>,
    spelling: HashMap<String, String>,
    compounds: HashMap<String, String>,
    follow: Vec<String>,
    concepts: HashMap<String, Vec<Key>>,
    stemmer: Stemmer,
}

/// First words of a text that tell whether it follows from the one before.
const OPENING: usize = 8;

impl Words {
    /// Reads the table.
    pub(crate) fn parse(text: &str) -> Result<Words, toml::de::Error> {
        let raw: RawWords = toml::from_str(text)?;
        let mut words = Words {
            stop: raw.stop.into_iter().collect(),
            spelling: raw.spelling.into_iter().collect(),
            compounds: raw.compounds.into_iter().collect(),
            follow: raw.follow,
            concepts: HashMap::new(),
            stemmer: Stemmer::new(Algorithm::English),
        };
        for (name, members) in &raw.concepts {
            words.add_concept(hash(b'c', name.as_bytes()), members);
        }
        Ok(words)
    }

    fn add_concept(&mut self, key: Key, members: &[String]) {
        for member in members {
            let stems: Vec<String> = member.split(' ').map(|word| self.stem(word)).collect();
            let keys = self.concepts.entry(stems.join(" ")).or_default();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }

    /// The kinds of things that a stem, or two stems with a space between, names.
    pub(crate) fn concepts(&self, stems: &str) -> &[Key] {
        self.concepts.get(stems).map_or(&[], Vec::as_slice)
    }

    /// Whether a folded word says nothing.
    pub(crate) fn is_stop(&self, word: &str) -> bool {
        self.stop.contains(word)
    }

    /// The one word that two folded words in a row are.
    pub(crate) fn compound(&self, first: &str, second: &str) -> Option<&str> {
        let mut both = String::with_capacity(first.len() + second.len() + 1);
        both.push_str(first);
        both.push(' ');
        both.push_str(second);
        self.compounds.get(&both).map(String::as_str)
    }

    /// Whether a text has no sense without the one before it.
    pub(crate) fn follows(&self, text: &str) -> bool {
        let tokens = Tokens::read(text);
        let opening: Vec<&str> = (0..tokens.len().min(OPENING)).map(|index| tokens.folded(index)).collect();
        let opening = format!("{} ", opening.join(" "));
        self.follow
            .iter()
            .any(|follow| opening.strip_prefix(follow.as_str()).is_some_and(|rest| rest.starts_with(' ')))
    }

    /// The stem of a folded word, in British spelling.
    pub(crate) fn stem(&self, word: &str) -> String {
        let spelt = self.spelling.get(word).map_or(word, String::as_str);
        self.stemmer.stem(&british(spelt)).into_owned()
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").finish_non_exhaustive()
    }
}

impl Default for Words {
    fn default() -> Words {
        Words {
            stop: HashSet::new(),
            spelling: HashMap::new(),
            compounds: HashMap::new(),
            follow: Vec::new(),
            concepts: HashMap::new(),
            stemmer: Stemmer::new(Algorithm::English),
        }
    }
}

/// Endings that American spelling writes with a z where British writes an s.
const Z_ENDINGS: &[&str] = &[
    "ize", "izes", "ized", "izer", "izers", "izing", "izable", "ization", "izations", "yze", "yzes", "yzed",
    "yzing",
];

/// Shortest word with an American ending: shorter ones are words of their own ("size", "hour").
const MIN_SPELT: usize = 6;

/// Stems that American spelling writes with -or where British writes -our.
const OR_STEMS: &[&str] = &["behavi", "col", "fav", "harb", "hon", "lab", "neighb", "endeav", "rum", "hum"];

fn british(word: &str) -> String {
    if word.len() >= MIN_SPELT && word.is_ascii() {
        for ending in Z_ENDINGS {
            if let Some(head) = word.strip_suffix(ending) {
                return format!("{head}{}", ending.replace('z', "s"));
            }
        }
    }
    for stem in OR_STEMS {
        if let Some(rest) = word.strip_prefix(stem).and_then(|rest| rest.strip_prefix("or")) {
            return format!("{stem}our{rest}");
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{TABLE, Words};

    #[test]
    fn spellings_meet() {
        let words = Words::parse(TABLE).unwrap();
        let cases = [
            ("organization", "organisation"),
            ("authorized", "authorised"),
            ("behavior", "behaviour"),
            ("center", "centre"),
            ("analyzing", "analysing"),
            ("policies", "policy"),
        ];
        for (one, other) in cases {
            assert_eq!(words.stem(one), words.stem(other), "{one} {other}");
        }
    }
}

//! What is known about words before anything is learnt: words that say nothing, spellings, compounds.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use frostem::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::features::{Key, hash, word_key};
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
    follow_alone: Vec<String>,
    concepts: BTreeMap<String, Vec<String>>,
}

/// The word tables, ready for look-ups.
pub(crate) struct Words {
    stop: FxHashSet<String>,
    spelling: FxHashMap<String, String>,
    /// Second and joined words by the first.
    compounds: FxHashMap<String, Vec<(String, String)>>,
    /// Openings by their first word, each without it and with the most words that a text may have.
    follow: FxHashMap<String, Vec<(Vec<String>, usize)>>,
    /// Kinds by the first stem, each with the second stem where there is one.
    concepts: FxHashMap<String, Vec<(Option<String>, Key)>>,
    stemmer: Stemmer,
    seen: Mutex<FxHashMap<Arc<str>, Form>>,
}

/// What the tables know of a folded word.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The word itself.
    pub(crate) folded: Arc<str>,
    /// Whether it says nothing.
    pub(crate) stop: bool,
    /// Whether it may be one word with the one after it.
    pub(crate) joins: bool,
    /// Its stem.
    pub(crate) stem: Arc<str>,
    /// The feature of its stem.
    pub(crate) key: Key,
    /// Whether it names a kind of thing, alone or with the word after it.
    pub(crate) conceives: bool,
}

/// Most words whose form is kept. Questionnaires share most of their words; those of a hostile one must not fill the memory.
const MOST_SEEN: usize = 16_384;

/// Longest word whose form is kept, in bytes.
const LONGEST_SEEN: usize = 32;

/// Most words of a text that hangs on the one before by a mere "Please describe".
const ALONE: usize = 4;

impl Words {
    /// Reads the table.
    pub(crate) fn parse(text: &str) -> Result<Words, toml::de::Error> {
        let raw: RawWords = toml::from_str(text)?;
        let mut words = Words {
            stop: raw.stop.into_iter().collect(),
            spelling: raw.spelling.into_iter().collect(),
            compounds: FxHashMap::default(),
            follow: FxHashMap::default(),
            concepts: FxHashMap::default(),
            stemmer: Stemmer::new(Algorithm::English),
            seen: Mutex::default(),
        };
        for (both, joined) in raw.compounds {
            let (first, second) = both.split_once(' ').unwrap_or((&both, ""));
            words.compounds.entry(first.to_owned()).or_default().push((second.to_owned(), joined));
        }
        let open = raw.follow.iter().map(|opening| (opening, usize::MAX));
        for (opening, most) in open.chain(raw.follow_alone.iter().map(|opening| (opening, ALONE))) {
            let mut opening = opening.split(' ').map(str::to_owned);
            let first = opening.next().unwrap_or_default();
            words.follow.entry(first).or_default().push((opening.collect(), most));
        }
        for (name, members) in &raw.concepts {
            words.add_concept(hash(b'c', name.as_bytes()), members);
        }
        Ok(words)
    }

    fn add_concept(&mut self, key: Key, members: &[String]) {
        for member in members {
            let (first, second) =
                member.split_once(' ').map_or((member.as_str(), None), |(a, b)| (a, Some(b)));
            let (first, second) = (self.stem(first), second.map(|second| self.stem(second)));
            self.concepts.entry(first).or_default().push((second, key));
        }
    }

    /// The forms of the words of a text. Those seen before are remembered, unless another thread is about to.
    pub(crate) fn forms(&self, tokens: &Tokens) -> Vec<Form> {
        let mut seen = self.seen.try_lock().ok();
        let known = |seen: &mut FxHashMap<Arc<str>, Form>, word: &str| {
            if let Some(form) = seen.get(word) {
                return form.clone();
            }
            let form = self.form(word);
            if seen.len() < MOST_SEEN && word.len() <= LONGEST_SEEN {
                seen.insert(Arc::clone(&form.folded), form.clone());
            }
            form
        };
        let form = |index| match &mut seen {
            Some(seen) => known(seen, tokens.folded(index)),
            None => self.form(tokens.folded(index)),
        };
        (0..tokens.len()).map(form).collect()
    }

    /// The form of a folded word.
    pub(crate) fn form(&self, word: &str) -> Form {
        let stem = self.stem(word);
        Form {
            folded: word.into(),
            stop: self.stop.contains(word),
            joins: self.compounds.contains_key(word),
            key: word_key(&stem),
            conceives: self.concepts.contains_key(&stem),
            stem: stem.into(),
        }
    }

    /// The kinds of things that a stem names, alone or with the stem after it.
    pub(crate) fn concepts(&self, first: &str, next: Option<&str>) -> Vec<Key> {
        let Some(known) = self.concepts.get(first) else { return Vec::new() };
        let fits = known.iter().filter(|(second, _)| second.is_none() || second.as_deref() == next);
        let mut keys: Vec<Key> = fits.map(|(_, key)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// The one word that two folded words in a row are.
    pub(crate) fn compound(&self, first: &str, second: &str) -> Option<&str> {
        let known = self.compounds.get(first)?;
        known.iter().find(|(known, _)| known == second).map(|(_, joined)| joined.as_str())
    }

    /// Whether a text has no sense without the one before it.
    pub(crate) fn follows(&self, tokens: &Tokens) -> bool {
        self.opens(tokens, |most| tokens.len() <= most)
    }

    /// The same by how it begins, whatever comes after.
    pub(crate) fn follows_always(&self, tokens: &Tokens) -> bool {
        self.opens(tokens, |most| most == usize::MAX)
    }

    /// Whether it begins as follow-ups do whose greatest length is fit.
    fn opens(&self, tokens: &Tokens, is_fit: impl Fn(usize) -> bool) -> bool {
        if tokens.len() == 0 {
            return false;
        }
        let fits = |(rest, most): &(Vec<String>, usize)| {
            is_fit(*most)
                && rest
                    .iter()
                    .enumerate()
                    .all(|(at, word)| at + 1 < tokens.len() && tokens.folded(at + 1) == word)
        };
        self.follow.get(tokens.folded(0)).is_some_and(|openings| openings.iter().any(fits))
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
            stop: FxHashSet::default(),
            spelling: FxHashMap::default(),
            compounds: FxHashMap::default(),
            follow: FxHashMap::default(),
            concepts: FxHashMap::default(),
            stemmer: Stemmer::new(Algorithm::English),
            seen: Mutex::default(),
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

fn british(word: &str) -> Cow<'_, str> {
    if word.len() >= MIN_SPELT && word.is_ascii() && word.contains('z') {
        for ending in Z_ENDINGS {
            if let Some(head) = word.strip_suffix(ending) {
                return Cow::Owned(format!("{head}{}", ending.replace('z', "s")));
            }
        }
    }
    for stem in OR_STEMS {
        if let Some(rest) = word.strip_prefix(stem).and_then(|rest| rest.strip_prefix("or")) {
            return Cow::Owned(format!("{stem}our{rest}"));
        }
    }
    Cow::Borrowed(word)
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

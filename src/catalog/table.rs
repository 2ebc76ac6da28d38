//! A TOML table read key by key: every problem is noted with its place, and the reading goes on.
//!
//! serde stops at the first key that does not fit; a mapping author wants all of them at once.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Problems};
use crate::safe_text::steers;
use crate::suggest;

/// A text with its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) span: Range<usize>,
}

/// A table being read. Keys that were asked for are known; [`Table::finish`] reports the rest.
pub(super) struct Table<'a> {
    what: &'static str,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    asked: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(super) fn new(what: &'static str, table: &'a DeTable<'a>, span: Range<usize>) -> Table<'a> {
        Table { what, table, span, asked: Vec::new() }
    }

    /// Where the table's header or first key stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Whether the key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.keys().any(|name| name.get_ref() == key)
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn missing(&self, key: &str, problems: &mut Problems) {
        problems
            .error(Code::MissingKey, self.span(), format!("{} without `{key}`", self.what), "in this table")
            .help = Some(format!("add `{key} = …`"));
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Text> {
        if self.get(key).is_none() {
            self.missing(key, problems);
            return None;
        }
        self.optional_text(key, problems)
    }

    /// A text that may be left out, but not be empty.
    pub(super) fn optional_text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Text> {
        let text = self.any_text(key, problems)?;
        not_empty(key, text, problems)
    }

    /// A text that may be left out or empty.
    pub(super) fn any_text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Text> {
        let value = self.get(key)?;
        text_of(key, value, problems)
    }

    /// A list of texts; a list that is not there is `None`.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(Vec<Text>, Range<usize>)> {
        let value = self.get(key)?;
        let Some(array) = value.get_ref().as_array() else {
            wrong_type(key, "a list of texts", value, problems);
            return None;
        };
        let texts = array.iter().filter_map(|item| text_of(key, item, problems));
        Some((texts.collect(), value.span()))
    }

    /// A list of texts that must be there.
    pub(super) fn required_texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(Vec<Text>, Range<usize>)> {
        if self.get(key).is_none() {
            self.missing(key, problems);
            return None;
        }
        self.texts(key, problems)
    }

    /// A table of texts: each key with its place, and its value.
    pub(super) fn pairs(&mut self, key: &'static str, problems: &mut Problems) -> Vec<(Text, Text)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(key, "a table", value, problems);
            return Vec::new();
        };
        let pair = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let text = not_empty(key, text_of(key, value, problems)?, problems)?;
            let name_text: &std::borrow::Cow<'_, str> = name.get_ref();
            Some((Text { value: name_text.to_string(), span: name.span() }, text))
        };
        let mut pairs: Vec<_> = table.iter().filter_map(pair).collect();
        pairs.sort_by_key(|(name, _)| name.span.start);
        pairs
    }

    /// A table that must be there.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        what: &'static str,
        problems: &mut Problems,
    ) -> Option<Table<'a>> {
        let Some(value) = self.get(key) else {
            self.missing(key, problems);
            return None;
        };
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(key, "a table", value, problems);
            return None;
        };
        Some(Table::new(what, table, value.span()))
    }

    /// The tables of a `[[key]]` list, in the order of the file.
    pub(super) fn tables(
        &mut self,
        key: &'static str,
        what: &'static str,
        problems: &mut Problems,
    ) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            problems
                .error(
                    Code::WrongType,
                    value.span(),
                    format!("`{key}` is not a list of tables"),
                    "not `[[…]]`",
                )
                .help = Some(format!("write `[[{key}]]` before each one"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Table::new(what, table, item.span())),
                None => wrong_type(key, "a table", item, problems),
            }
        }
        tables
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, problems: &mut Problems) {
        for (name, _) in self.table {
            let key: &str = name.get_ref();
            if self.asked.contains(&key) {
                continue;
            }
            let near = suggest::nearest(key, self.asked.iter().copied());
            let problem = problems.error(
                Code::UnknownKey,
                name.span(),
                format!("{} has no key `{}`", self.what, key.escape_debug()),
                "unknown key",
            );
            problem.help = Some(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known keys: {}", self.known()),
            });
        }
    }

    fn known(&self) -> String {
        let mut keys = self.asked.clone();
        keys.dedup();
        keys.join(", ")
    }
}

fn text_of(key: &str, value: &Spanned<DeValue<'_>>, problems: &mut Problems) -> Option<Text> {
    let Some(text) = value.get_ref().as_str() else {
        wrong_type(key, "a text", value, problems);
        return None;
    };
    if text.chars().any(steers) {
        let message = format!("control character in `{key}`");
        problems.error(Code::BadValue, value.span(), message, "one line of plain text expected");
        return None;
    }
    Some(Text { value: text.to_string(), span: value.span() })
}

fn not_empty(key: &str, text: Text, problems: &mut Problems) -> Option<Text> {
    if text.value.trim().is_empty() {
        problems.error(Code::BadValue, text.span, format!("`{key}` is empty"), "expected a text");
        return None;
    }
    Some(text)
}

fn wrong_type(key: &str, expected: &str, value: &Spanned<DeValue<'_>>, problems: &mut Problems) {
    let found = value.get_ref().type_str();
    problems.error(
        Code::WrongType,
        value.span(),
        format!("`{key}` is not {expected}"),
        format!("expected {expected}, found {found}"),
    );
}

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
    is_root: bool,
}

impl<'a> Table<'a> {
    pub(super) fn new(what: &'static str, table: &'a DeTable<'a>, span: Range<usize>) -> Table<'a> {
        Table { what, table, span, asked: Vec::new(), is_root: false }
    }

    /// The table that is the file itself.
    pub(super) fn root(what: &'static str, table: &'a DeTable<'a>, span: Range<usize>) -> Table<'a> {
        Table { is_root: true, ..Table::new(what, table, span) }
    }

    /// Where the table's header or first key stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    fn get(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// Whether a list of tables stands under this key, in whatever form.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(name, _)| name.get_ref() == key)
    }

    /// `how` is what to write, such as `name = "…"`.
    fn missing(&self, key: &str, how: &str, problems: &mut Problems) {
        let (place, addition) = match self.is_root {
            // Below a table's header it would belong to that table.
            true if !how.starts_with('[') => ("in this file", " above the first table"),
            true => ("in this file", ""),
            false => ("in this table", ""),
        };
        problems.error(Code::MissingKey, self.span(), format!("{} without `{key}`", self.what), place).help =
            Some(format!("add `{how}`{addition}"));
    }

    /// A text that must be there and not be empty.
    pub(super) fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Text> {
        if self.get(key).is_none() {
            self.missing(key, &format!("{key} = \"…\""), problems);
            return None;
        }
        self.optional_text(key, problems)
    }

    /// A text that may be left out, but not be empty.
    pub(super) fn optional_text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Text> {
        let text = self.any_text(key, problems)?;
        not_empty(&format!("`{key}`"), text, problems)
    }

    /// A text that may be left out or empty.
    pub(super) fn any_text(&mut self, key: &'static str, problems: &mut Problems) -> Option<Text> {
        let value = self.get(key)?;
        text_of(&format!("`{key}`"), value, problems)
    }

    /// A list of texts; a list that is not there is `None`.
    pub(super) fn texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(Vec<Text>, Range<usize>)> {
        let value = self.get(key)?;
        let Some(array) = value.get_ref().as_array() else {
            wrong_type(&format!("`{key}`"), "a list of texts", value, problems);
            return None;
        };
        let each = format!("an item of `{key}`");
        let texts = array.iter().filter_map(|item| text_of(&each, item, problems));
        Some((texts.collect(), value.span()))
    }

    /// A list of texts that must be there.
    pub(super) fn required_texts(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Option<(Vec<Text>, Range<usize>)> {
        if self.get(key).is_none() {
            self.missing(key, &format!("{key} = [\"…\"]"), problems);
            return None;
        }
        self.texts(key, problems)
    }

    /// A table of texts: each key with its place, and its value.
    pub(super) fn pairs(&mut self, key: &'static str, problems: &mut Problems) -> Vec<(Text, Text)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(&format!("`{key}`"), "a table", value, problems);
            return Vec::new();
        };
        let pair = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let name_text: &std::borrow::Cow<'_, str> = name.get_ref();
            let shown = format!("`{key}.{}`", name_text.escape_debug());
            let text = not_empty(&shown, text_of(&shown, value, problems)?, problems)?;
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
            self.missing(key, &format!("[{key}]"), problems);
            return None;
        };
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(&format!("`{key}`"), "a table", value, problems);
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
            let found = match value.get_ref() {
                DeValue::Table(_) => format!("`[{key}]`"),
                other => name_of_type(other).to_string(),
            };
            let message = format!("`{key}` is not a list of tables");
            let label = format!("expected `[[{key}]]`, found {found}");
            problems.error(Code::WrongType, value.span(), message, label).help =
                Some(format!("write `[[{key}]]` before each one"));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => tables.push(Table::new(what, table, item.span())),
                None => wrong_type(&format!("an item of `{key}`"), "a table", item, problems),
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

/// `what` names the value in messages.
fn text_of(what: &str, value: &Spanned<DeValue<'_>>, problems: &mut Problems) -> Option<Text> {
    let Some(text) = value.get_ref().as_str() else {
        wrong_type(what, "a text", value, problems);
        return None;
    };
    if let Some(control) = text.chars().find(|letter| steers(*letter)) {
        let (kind, help) = match control {
            '\n' | '\r' => ("line break", "write it on one line, between one pair of quotation marks"),
            _ if control.is_control() => ("control character", "remove it"),
            _ => ("character that reorders text", "remove it; it makes a line read as another"),
        };
        let message = format!("{kind} in {what}");
        problems.error(Code::BadValue, value.span(), message, "expected one line of plain text").help =
            Some(help.into());
        return None;
    }
    Some(Text { value: text.to_string(), span: value.span() })
}

fn not_empty(what: &str, text: Text, problems: &mut Problems) -> Option<Text> {
    if text.value.trim().is_empty() {
        problems.error(Code::BadValue, text.span, format!("{what} is empty"), "expected a text");
        return None;
    }
    Some(text)
}

fn wrong_type(what: &str, expected: &str, value: &Spanned<DeValue<'_>>, problems: &mut Problems) {
    let found = value.get_ref();
    let message = format!("{what} is not {expected}");
    let label = format!("expected {expected}, found {}", name_of_type(found));
    let problem = problems.error(Code::WrongType, value.span(), message, label);
    problem.help = match (expected, found) {
        ("a text", DeValue::Array(_) | DeValue::Table(_)) => None,
        ("a text", _) => Some("put it in quotation marks: \"…\"".into()),
        ("a list of texts", DeValue::String(_)) => Some("put it in square brackets: [\"…\"]".into()),
        _ => None,
    };
}

/// What a mapping author calls a value.
fn name_of_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotation marks",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

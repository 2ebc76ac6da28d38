//! Questionnaires whose form tells what asks: blocks with items, sections with questions, forms with fields.

use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::common::Ranged;
use rustc_hash::FxHashMap;

use super::Told;
use super::keys::{self, Key, Kind, List};
use crate::questionnaire::book::{LoadError, html};
use crate::questionnaire::entry::SkipReason;
use crate::questionnaire::layout::shortened;
use crate::questionnaire::table::{Cells, Row};
use crate::questionnaire::wording;

/// More than any questionnaire has.
const MAX_ROWS: usize = 200_000;
/// What is repeated in row after row is kept short.
const MAX_TITLE_CHARS: usize = 200;
const MAX_SECTION_CHARS: usize = 400;
const MAX_ID_CHARS: usize = 100;

/// The rows of a document in its order, with their lines.
///
/// # Errors
/// There are too many of them.
pub(super) fn read(root: &Value<'_>, told: &mut Told<'_>) -> Result<Vec<(u64, Row)>, LoadError> {
    let mut walk = Walk { told, rows: Vec::new(), by_id: FxHashMap::default() };
    let place = Place { list: List::Questions, section: String::new(), hangs_on: HangsOn::Nothing };
    match root {
        Value::Object(record) => {
            // A document of one part is that part; of several, they are alike.
            let list = if record.properties.len() > 1 { List::Questions } else { List::Unknown };
            if !walk.map(record, &Place { list, ..place.clone() })? {
                walk.record(record, None, &Place { list: List::Unknown, ..place })?;
            }
        }
        value => walk.value(value, "", &place)?,
    }
    Ok(walk.finish())
}

/// Where in the document a value stands.
#[derive(Clone)]
struct Place {
    /// The list that it is in.
    list: List,
    section: String,
    hangs_on: HangsOn,
}

/// The question without whose answer another is not asked.
#[derive(Clone)]
enum HangsOn {
    Nothing,
    /// The row that it stands below.
    Row(usize),
    /// One of these, whichever id is a question's or a choice's.
    Ids(Vec<String>),
}

struct Found {
    line: u64,
    row: Row,
    hangs_on: HangsOn,
}

struct Walk<'t, 'p> {
    told: &'t mut Told<'p>,
    rows: Vec<Found>,
    /// The row of each question, by its id and by those of its choices.
    by_id: FxHashMap<String, usize>,
}

/// A record, sorted by what its keys say.
struct Record<'a> {
    fields: Vec<(&'a str, &'a Value<'a>, Key)>,
}

impl Walk<'_, '_> {
    fn value<'a>(&mut self, value: &'a Value<'a>, key: &'a str, place: &Place) -> Result<(), LoadError> {
        match value {
            Value::Array(list) => self.list(list, key, place),
            Value::Object(record) => self.record(record, None, place),
            _ => Ok(()),
        }
    }

    fn list<'a>(&mut self, list: &'a Array<'a>, key: &'a str, place: &Place) -> Result<(), LoadError> {
        let mut place = place.clone();
        let asks = key.is_empty() || keys::lists_questions(key);
        let strings_ask = (asks && place.list == List::Questions) || mostly_asks(list);
        for value in &list.elements {
            match value {
                Value::StringLit(text) if strings_ask => {
                    let row = self.question(String::new(), &place.section, &html::plain(&text.value));
                    self.push(value.start(), row, place.hangs_on.clone())?;
                }
                // Headings that stand among questions hold for those that follow.
                Value::Object(record) => match self.heading_among(record) {
                    Some(title) => {
                        self.push(
                            value.start(),
                            Row::skipped(SkipReason::SectionHeading, &title),
                            HangsOn::Nothing,
                        )?;
                        place.section = title;
                    }
                    None => self.record(record, None, &place)?,
                },
                Value::Array(inner) => self.list(inner, key, &place)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn heading_among<'a>(&mut self, record: &'a Object<'a>) -> Option<String> {
        let record = self.sorted(record);
        (record.kind() == Some(Kind::Heading)).then(|| record.title()).flatten()
    }

    fn sorted<'a>(&mut self, record: &'a Object<'a>) -> Record<'a> {
        let fields = self.told.fields(record);
        Record { fields: fields.into_iter().map(|(key, value)| (key, value, keys::key(key))).collect() }
    }

    /// A record that is a question, a heading with others below it, or neither.
    fn record<'a>(
        &mut self,
        source: &'a Object<'a>,
        name: Option<&'a str>,
        place: &Place,
    ) -> Result<(), LoadError> {
        let record = self.sorted(source);
        let kind = record.kind();
        let below = record.below();
        let asked = record.asked(place.list);
        let hangs_on = record.condition().map_or_else(|| place.hangs_on.clone(), HangsOn::Ids);
        let mut inner = Place { list: place.list, section: place.section.clone(), hangs_on };

        let is_part = kind == Some(Kind::Part)
            || asked
                .as_ref()
                .is_none_or(|asked| !asked.surely && (!below.is_empty() || place.list == List::Parts));
        if kind == Some(Kind::Silent) {
            let text = asked.map(|asked| asked.text).or_else(|| record.title()).unwrap_or_default();
            self.push(source.range.start, Row::skipped(SkipReason::Notice, &text), HangsOn::Nothing)?;
        } else if is_part {
            let title = record.title().or_else(|| name.map(str::to_owned));
            if below.is_empty() && asked.is_none() {
                return if place.list == List::Aside { Ok(()) } else { self.choices(&record, &inner) };
            }
            if let Some(title) = title {
                self.push(
                    source.range.start,
                    Row::skipped(SkipReason::SectionHeading, &title),
                    HangsOn::Nothing,
                )?;
                inner.section = joined(&place.section, &title);
            }
        } else if let Some(asked) = asked {
            let section = record.section(&place.section, &asked);
            let is_silent = kind == Some(Kind::Action) && !asks(&asked.text);
            if is_silent {
                self.push(
                    source.range.start,
                    Row::skipped(SkipReason::Notice, &asked.text),
                    HangsOn::Nothing,
                )?;
            } else {
                let id = record.id().or_else(|| name.map(str::to_owned)).unwrap_or_default();
                self.name(&id);
                for choice in record.choice_ids() {
                    self.name(&choice);
                }
                let row = self.question(id, &section, &asked.text);
                self.push(source.range.start, row, inner.hangs_on.clone())?;
                inner.hangs_on = HangsOn::Row(self.rows.len() - 1);
            }
        }
        self.below(below, &inner)
    }

    fn below<'a>(&mut self, below: Vec<(&'a str, &'a Value<'a>)>, place: &Place) -> Result<(), LoadError> {
        for (key, value) in below {
            let list = keys::list(key);
            let mut place = Place { list, ..place.clone() };
            if let Value::Object(record) = value {
                if list == List::Unknown {
                    // A single record describes more often than it asks.
                    place.list = List::Aside;
                } else if self.map(record, &place)? {
                    continue;
                }
            }
            self.value(value, key, &place)?;
        }
        Ok(())
    }

    /// Reads a record whose keys are ids of questions or names of parts: `{"q1": {…}, "q2": "…"}`. False if they are
    /// not.
    fn map<'a>(&mut self, record: &'a Object<'a>, place: &Place) -> Result<bool, LoadError> {
        let fields = self.told.fields(record);
        let strings_ask =
            place.list == List::Questions && mostly(&mut record.properties.iter().map(|field| &field.value));
        let is_entry = |(key, value): &(&str, &Value<'_>)| match value {
            Value::Object(_) => keys::list(key) == List::Unknown,
            Value::StringLit(_) => strings_ask && !keys::key(key).plays_a_part(),
            Value::Array(list) => {
                keys::list(key) == List::Unknown && !keys::key(key).plays_a_part() && holds_asking(list)
            }
            _ => false,
        };
        if fields.is_empty() || !fields.iter().all(is_entry) {
            return Ok(false);
        }
        for (key, value) in fields {
            match value {
                Value::Object(inner) => self.record(inner, Some(key), place)?,
                Value::StringLit(text) => {
                    self.name(key);
                    let row = self.question(
                        shortened(key, MAX_ID_CHARS),
                        &place.section,
                        &html::plain(&text.value),
                    );
                    self.push(value.start(), row, place.hangs_on.clone())?;
                }
                Value::Array(list) => {
                    self.push(
                        value.start(),
                        Row::skipped(SkipReason::SectionHeading, key),
                        HangsOn::Nothing,
                    )?;
                    let section = joined(&place.section, &shortened(key, MAX_TITLE_CHARS));
                    let place = Place { list: List::Questions, section, ..place.clone() };
                    self.list(list, "questions", &place)?;
                }
                _ => {}
            }
        }
        Ok(true)
    }

    /// The choices of a group that has no text of its own: each asks whether it applies.
    fn choices(&mut self, record: &Record<'_>, place: &Place) -> Result<(), LoadError> {
        for (at, id, text) in record.choices() {
            self.name(&id);
            let row = self.question(id, &place.section, &text);
            self.push(at, row, place.hangs_on.clone())?;
        }
        Ok(())
    }

    /// Lets an id mean the row that comes next; the first of its name keeps it.
    fn name(&mut self, id: &str) {
        if !id.is_empty() && !self.by_id.contains_key(id) {
            self.by_id.insert(id.to_owned(), self.rows.len());
        }
    }

    fn question(&self, id: String, section: &str, text: &str) -> Row {
        let text = text.trim().to_owned();
        if !text.contains(char::is_alphabetic) {
            return Row::skipped(SkipReason::NoQuestion, &text);
        }
        Row::Question { id, section: section.to_owned(), text, parent: String::new(), cells: Cells::AsNamed }
    }

    fn push(&mut self, at: usize, row: Row, hangs_on: HangsOn) -> Result<(), LoadError> {
        let line = self.told.positions.line(at);
        if self.rows.len() == MAX_ROWS {
            let message =
                format!("the JSON holds more than {MAX_ROWS} questions; split it into several files");
            return Err(LoadError { line: Some(line), message });
        }
        self.rows.push(Found { line, row, hangs_on });
        Ok(())
    }

    /// Gives every question its parent, now that all ids are known, and every row a number of its own.
    fn finish(mut self) -> Vec<(u64, Row)> {
        let parents = (0..).zip(&self.rows).map(|(index, found)| match &found.hangs_on {
            HangsOn::Nothing => None,
            HangsOn::Row(row) => Some(*row),
            HangsOn::Ids(ids) => {
                ids.iter().find_map(|id| self.by_id.get(id)).copied().filter(|row| *row != index)
            }
        });
        let texts =
            parents.map(|parent| match parent.and_then(|row| self.rows.get(row)).map(|found| &found.row) {
                Some(Row::Question { text, .. }) => shortened(text, MAX_SECTION_CHARS),
                _ => String::new(),
            });
        let texts: Vec<String> = texts.collect();
        for (found, hangs_on) in self.rows.iter_mut().zip(texts) {
            if let Row::Question { parent, .. } = &mut found.row {
                *parent = hangs_on;
            }
        }
        // Without line breaks, lines tell nothing: rows are counted instead.
        let mut lines: Vec<u64> = self.rows.iter().map(|found| found.line).collect();
        lines.dedup();
        let counted = lines.len() * 2 < self.rows.len();
        (1..)
            .zip(self.rows)
            .map(|(number, found)| (if counted { number } else { found.line }, found.row))
            .collect()
    }
}

/// What a record asks.
struct Asked<'a> {
    text: String,
    key: &'a str,
    /// Whether its key or its words leave no doubt.
    surely: bool,
}

impl<'a> Record<'a> {
    fn kind(&self) -> Option<Kind> {
        let typed = self.fields.iter().filter(|(_, _, key)| key.kind.is_some());
        let word =
            typed.filter_map(
                |(_, value, _)| if let Value::StringLit(word) = value { Some(&word.value) } else { None },
            );
        word.filter_map(|word| keys::kind(word)).next()
    }

    /// The text of the best key of a kind.
    fn best(&self, rank: impl Fn(&Key) -> Option<usize>) -> Option<(&'a str, String)> {
        let ranked = self.fields.iter().filter_map(|(key, value, known)| Some((rank(known)?, *key, *value)));
        let texts = ranked.filter_map(|(rank, key, value)| Some((rank, key, text_of(value)?)));
        texts.min_by_key(|(rank, ..)| *rank).map(|(_, key, text)| (key, text))
    }

    /// What the record asks, by its surest key; among questions a title or a description is enough.
    fn asked(&self, list: List) -> Option<Asked<'a>> {
        if let Some((key, text)) = self.best(|key| key.asking) {
            return Some(Asked { text, key, surely: true });
        }
        if list == List::Aside {
            return None;
        }
        let (key, text) = self.best(|key| key.telling).or_else(|| self.title_or_description())?;
        let surely = asks(&text);
        (surely || matches!(list, List::Questions | List::Parts)).then_some(Asked { text, key, surely })
    }

    /// A title that is a mere heading leaves the asking to the description.
    fn title_or_description(&self) -> Option<(&'a str, String)> {
        let title = self.best(|key| key.title.filter(|rank| *rank <= 1));
        let description = self.best(|key| key.is_description.then_some(0));
        match (title, description) {
            (Some(title), Some(description))
                if wording::is_heading_like(&title.1) && !wording::is_heading_like(&description.1) =>
            {
                Some(description)
            }
            (title, description) => title.or(description),
        }
    }

    fn title(&self) -> Option<String> {
        self.best(|key| key.title).map(|(_, title)| shortened(&title, MAX_TITLE_CHARS))
    }

    /// The section of a question: that of the list it stands in, and what its own fields add.
    fn section(&self, above: &str, asked: &Asked<'_>) -> String {
        let mut section = above.to_owned();
        let title = |(_, _, key): &&(&str, &Value<'_>, Key)| {
            key.section.is_some() || key.title.is_some_and(|rank| rank <= 1)
        };
        for (key, value, known) in self.fields.iter().filter(title) {
            let Some(text) = text_of(value).filter(|_| *key != asked.key) else { continue };
            if known.section.is_some() || wording::is_heading_like(&text) {
                section = joined(&section, &shortened(&text, MAX_TITLE_CHARS));
            }
        }
        section
    }

    fn id(&self) -> Option<String> {
        let plain = |value: &Value<'_>| match value {
            Value::StringLit(text) => Some(text.value.trim().to_owned()),
            Value::NumberLit(number) => Some(number.value.to_owned()),
            _ => None,
        };
        let ranked = self.fields.iter().filter_map(|(_, value, key)| Some((key.id?, plain(value)?)));
        let fits = |id: &str| !id.is_empty() && id.chars().count() <= MAX_ID_CHARS;
        ranked.filter(|(_, id)| fits(id)).min_by_key(|(rank, _)| *rank).map(|(_, id)| id)
    }

    /// The ids that a condition speaks of.
    fn condition(&self) -> Option<Vec<String>> {
        const MAX_IDS: usize = 20;
        let mut ids = Vec::new();
        for (_, value, key) in &self.fields {
            if key.is_condition {
                collect_ids(value, &mut ids, MAX_IDS);
            }
        }
        (!ids.is_empty()).then_some(ids)
    }

    /// What may hold further questions.
    fn below(&self) -> Vec<(&'a str, &'a Value<'a>)> {
        let fields = self.fields.iter().filter(|(key, value, known)| {
            let steers = known.is_condition || known.id.is_some() || known.kind.is_some();
            let list = keys::list(key);
            !steers
                && list != List::Aside
                && !is_translated(value)
                && match value {
                    Value::Array(values) => list == List::Parts || holds_records(values, key),
                    Value::Object(_) => true,
                    _ => false,
                }
        });
        fields.map(|(key, value, _)| (*key, *value)).collect()
    }

    /// The choices of the record with their places, ids and texts.
    fn choices(&self) -> Vec<(usize, String, String)> {
        let mut choices = Vec::new();
        for (key, value, _) in &self.fields {
            let (Value::Array(list), List::Aside) = (value, keys::list(key)) else { continue };
            if !["choices", "options"].contains(&keys::words(key).as_str()) {
                continue;
            }
            for value in &list.elements {
                let Value::Object(choice) = value else { continue };
                if let [field] = &choice.properties[..]
                    && let Some(text) = text_of(&field.value)
                {
                    choices.push((value.start(), shortened(field.name.as_str(), MAX_ID_CHARS), text));
                }
            }
        }
        choices
    }

    fn choice_ids(&self) -> Vec<String> {
        self.choices().into_iter().map(|(_, id, _)| id).collect()
    }
}

/// A text, or its English or first wording where it is given in several languages.
fn text_of(value: &Value<'_>) -> Option<String> {
    let text = match value {
        Value::StringLit(text) => &text.value,
        Value::Object(wordings) if is_translated(value) => {
            let of = |name: &str| wordings.properties.iter().find(|field| field.name.as_str() == name);
            let field = of("default").or_else(|| of("en")).or(wordings.properties.first())?;
            let Value::StringLit(text) = &field.value else { return None };
            &text.value
        }
        _ => return None,
    };
    let text = html::plain(text);
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// Whether a record gives one text in several languages.
fn is_translated(value: &Value<'_>) -> bool {
    let Value::Object(record) = value else { return false };
    let is_language = |name: &str| {
        name == "default"
            || name.split(['-', '_']).next().is_some_and(|code| {
                code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()) && name.len() <= 7
            })
    };
    !record.properties.is_empty()
        && record
            .properties
            .iter()
            .all(|field| matches!(field.value, Value::StringLit(_)) && is_language(field.name.as_str()))
}

fn collect_ids(value: &Value<'_>, ids: &mut Vec<String>, limit: usize) {
    match value {
        Value::StringLit(text) => {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '#');
            let words = text.value.split(|c: char| !is_part(c)).filter(|word| !word.is_empty());
            let room = limit.saturating_sub(ids.len());
            ids.extend(words.take(room).map(|word| shortened(word, MAX_ID_CHARS)));
        }
        Value::NumberLit(number) if ids.len() < limit => ids.push(number.value.to_owned()),
        Value::Array(list) => {
            list.elements.iter().take(limit).for_each(|value| collect_ids(value, ids, limit));
        }
        Value::Object(record) => {
            record.properties.iter().take(limit).for_each(|field| collect_ids(&field.value, ids, limit));
        }
        _ => {}
    }
}

/// Whether a list can hold questions: records, or strings under a key that says so.
fn holds_records(list: &Array<'_>, key: &str) -> bool {
    let is_record = |value: &Value<'_>| match value {
        Value::Object(_) => true,
        Value::Array(inner) => inner.elements.iter().any(|value| matches!(value, Value::Object(_))),
        _ => false,
    };
    list.elements.iter().any(is_record)
        || holds_strings(list) && (keys::lists_questions(key) || mostly_asks(list))
}

fn holds_strings(list: &Array<'_>) -> bool {
    list.elements.iter().any(|value| matches!(value, Value::StringLit(_)))
}

fn holds_asking(list: &Array<'_>) -> bool {
    list.elements.iter().any(|value| matches!(value, Value::Object(_))) || mostly_asks(list)
}

/// Whether at least half of the strings of a list ask.
fn mostly_asks(list: &Array<'_>) -> bool {
    mostly(&mut list.elements.iter())
}

fn mostly<'a>(values: &mut dyn Iterator<Item = &'a Value<'a>>) -> bool {
    let (mut all, mut asking) = (0, 0);
    for value in values {
        if let Value::StringLit(text) = value {
            (all, asking) = (all + 1, asking + usize::from(asks(&text.value)));
        }
    }
    asking > 0 && asking * 2 >= all
}

/// Whether the words ask: by their mark, or by how they begin.
fn asks(text: &str) -> bool {
    const MIN_WORDS: usize = 3;
    let text = text.trim_end();
    text.ends_with('?')
        || wording::begins_like_a_question(text) && text.split_whitespace().count() >= MIN_WORDS
}

/// A heading below others.
fn joined(above: &str, title: &str) -> String {
    let last = above.rsplit(" / ").next().unwrap_or("");
    match above {
        "" => title.to_owned(),
        _ if last == title => above.to_owned(),
        _ => shortened(&format!("{above} / {title}"), MAX_SECTION_CHARS),
    }
}

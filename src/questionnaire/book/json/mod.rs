//! JSON questionnaires: lists of records become tables, nested ones are read by their form.
//!
//! Comments and trailing commas are taken as they come: questionnaires are kept by hand.

mod flat;
mod keys;
mod nested;
mod scan;
#[cfg(test)]
mod tests;

use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use rustc_hash::FxHashMap;

use self::flat::Table;
use self::keys::List;
use self::scan::Positions;
use super::{Book, Content, LoadError, Sheet};
use crate::questionnaire::decode;
use crate::questionnaire::entry::SkipReason;
use crate::questionnaire::layout::Note;
use crate::questionnaire::table::Row;

/// The largest JSON that is read, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// More records than one file of them has.
const MAX_LINES: usize = 1_000_000;

/// Reads JSON, or one JSON record a line where that is what it holds.
///
/// `lines` says that the name tells so (`.jsonl`, `.ndjson`). The bytes are UTF-8, as far as they were decoded.
///
/// # Errors
/// It is no JSON, with line and column; or it is too large or too deep.
pub(in crate::questionnaire) fn load(bytes: &[u8], lines: bool) -> Result<Book, LoadError> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the JSON is larger than {} MiB; split it into several files", MAX_BYTES >> 20);
        return Err(LoadError { line: None, message });
    }
    let text = decode::text(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    if lines {
        return load_lines(&text);
    }
    match load_whole(&text) {
        Err(_) if is_lines(&text) => load_lines(&text),
        result => result,
    }
}

fn load_whole(text: &str) -> Result<Book, LoadError> {
    let Some(root) = parse(text, 1)? else { return Ok(Book::default()) };
    let positions = Positions::new(text);
    let mut told = Told::new(&positions);
    let mut lists = Vec::new();
    find_lists(&root, &mut Vec::new(), &mut lists, &mut told);
    let is_table = |list: &Found<'_>| list.form == Form::Records || list.form == Form::Rows;
    let mut sheets = Vec::new();
    if lists.is_empty() || !lists.iter().all(is_table) {
        let items = nested::read(&root, &mut told)?;
        let asks = items.iter().any(|(_, row)| matches!(row, Row::Question { .. }));
        if asks || !lists.iter().any(is_table) {
            sheets.push(sheet(None, String::new(), Content::Items(items)));
        }
    }
    if sheets.is_empty() {
        sheets = tables(lists, &mut told);
    }
    Ok(Book { sheets, notes: told.notes })
}

/// The JSON in a text; `None` where nothing stands in it.
fn parse(text: &str, first_line: u64) -> Result<Option<Value<'_>>, LoadError> {
    scan::measure(text, first_line)?;
    let strict = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: true, // Python writes NaN for an empty cell
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &CollectOptions::default(), &strict) {
        Ok(result) => Ok(result.value),
        Err(error) => {
            let problem = error.kind().to_string();
            let mut letters = problem.chars();
            let problem: String =
                letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect();
            let message =
                format!("the JSON cannot be read from column {} on: {problem}", error.column_display());
            Err(LoadError { line: Some(first_line - 1 + error.line_display() as u64), message })
        }
    }
}

/// Whether a text that is no JSON as a whole is one record a line.
fn is_lines(text: &str) -> bool {
    const LOOKED_AT: usize = 20;
    let lines =
        super::lines(text).map(|(_, line)| line.trim()).filter(|line| !line.is_empty()).take(LOOKED_AT);
    let record = |line: &str| line.ends_with('}') && matches!(parse(line, 1), Ok(Some(Value::Object(_))));
    let (all, records) =
        lines.fold((0, 0), |(all, records), line| (all + 1, records + usize::from(record(line))));
    records > 0 && records * 2 >= all
}

/// Reads one record a line. A line that is none comes out as it stands; the others are read.
///
/// # Errors
/// There are too many of them.
fn load_lines(text: &str) -> Result<Book, LoadError> {
    let none = Positions::new("");
    let mut told = Told::new(&none);
    let (mut table, mut broken) = (Table::default(), Vec::new());
    let written = super::lines(text).filter(|(_, line)| !line.trim().is_empty());
    for (count, (number, line)) in written.enumerate() {
        if count == MAX_LINES {
            let message = format!("there are more than {MAX_LINES} records; split them into several files");
            return Err(LoadError { line: Some(number), message });
        }
        told.line = Some(number);
        match parse(line, number) {
            Ok(Some(Value::Object(record))) => table.add(&record, number, &mut told),
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => broken.push((number, Row::skipped(SkipReason::Unreadable, line.trim()))),
        }
    }
    let mut sheets = Vec::new();
    let grid = table.into_grid();
    if grid.rows.len() > 1 {
        sheets.push(sheet(None, String::new(), Content::Grid(grid)));
    }
    if !broken.is_empty() {
        sheets.push(sheet(None, String::new(), Content::Items(broken)));
    }
    Ok(Book { sheets, notes: told.notes })
}

fn sheet(name: Option<&str>, section: String, content: Content) -> Sheet {
    Sheet { name: name.map(Into::into), hidden: false, section, content }
}

/// A list that stands in records only, not in another list.
struct Found<'a> {
    /// The keys that lead to it.
    path: Vec<&'a str>,
    list: &'a Array<'a>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Records of plain values.
    Records,
    /// Lists of plain values.
    Rows,
    /// Anything else that may hold questions.
    Other,
}

fn find_lists<'a>(
    value: &'a Value<'a>,
    path: &mut Vec<&'a str>,
    found: &mut Vec<Found<'a>>,
    told: &mut Told<'_>,
) {
    match value {
        Value::Array(list) => {
            if let Some(form) = form(list, told) {
                found.push(Found { path: path.clone(), list, form });
            }
        }
        Value::Object(record) => {
            for (key, value) in told.fields(record) {
                if keys::list(key) == List::Aside {
                    continue;
                }
                // It names all that stands below it.
                path.push(&key[..key.floor_char_boundary(200)]);
                find_lists(value, path, found, told);
                path.pop();
            }
        }
        _ => {}
    }
}

/// What form a list has; `None` where nothing in it can be a question.
fn form(list: &Array<'_>, told: &mut Told<'_>) -> Option<Form> {
    let elements = || list.elements.iter().filter(|value| !matches!(value, Value::NullKeyword(_)));
    let is_plain = |value: &Value<'_>| !matches!(value, Value::Object(_) | Value::Array(_));
    if elements().next().is_none() || elements().all(|value| matches!(value, Value::NumberLit(_))) {
        return None;
    }
    if elements().all(|value| matches!(value, Value::Array(row) if row.elements.iter().all(is_plain))) {
        return Some(Form::Rows);
    }
    for value in elements() {
        let Value::Object(record) = value else { return Some(Form::Other) };
        for (key, value) in told.fields(record) {
            let nests = match value {
                Value::Array(list) => {
                    list.elements.iter().any(|value| !is_plain(value)) || keys::lists_questions(key)
                }
                Value::Object(_) => keys::list(key) == List::Questions,
                Value::StringLit(word) => keys::key(key).kind.is_some() && keys::kind(&word.value).is_some(),
                _ => false,
            };
            if nests {
                return Some(Form::Other);
            }
        }
    }
    Some(Form::Records)
}

/// The tables among the lists: those whose keys name a question, or else the longest.
fn tables(lists: Vec<Found<'_>>, told: &mut Told<'_>) -> Vec<Sheet> {
    let asks = |found: &Found<'_>| match found.list.elements.first() {
        Some(Value::Object(record)) => {
            record.properties.iter().any(|field| keys::key(field.name.as_str()).asking.is_some())
        }
        _ => false,
    };
    let is_table = |found: &Found<'_>| found.form != Form::Other;
    let any_asks = lists.iter().any(|found| is_table(found) && asks(found));
    let longest = lists.iter().filter(|found| is_table(found)).map(|found| found.list.elements.len()).max();
    let mut taken_longest = false;
    let mut sheets = Vec::new();
    let several = lists.len() > 1;
    for found in lists {
        let takes = match any_asks {
            true => asks(&found),
            false => !taken_longest && is_table(&found) && Some(found.list.elements.len()) == longest,
        };
        taken_longest |= takes;
        let name = (several && !found.path.is_empty()).then(|| found.path.join("."));
        let line = told.positions.line(found.list.range.start);
        let content = match found.form {
            _ if !takes => {
                let text = format!("{}: {} entries", found.path.join("."), found.list.elements.len());
                Content::Items(vec![(line, Row::skipped(SkipReason::NoQuestion, &text))])
            }
            Form::Rows => Content::Grid(flat::of_lists(found.list, told.positions)),
            Form::Records | Form::Other => {
                let mut table = Table::default();
                for value in &found.list.elements {
                    if let Value::Object(record) = value {
                        table.add(record, told.positions.line(record.range.start), told);
                    }
                }
                Content::Grid(table.into_grid())
            }
        };
        sheets.push(sheet(name.as_deref(), String::new(), content));
    }
    sheets
}

/// What should be known about how a text was read.
struct Told<'p> {
    positions: &'p Positions,
    /// The line, where a line was read for itself.
    line: Option<u64>,
    notes: Vec<Note>,
}

impl<'p> Told<'p> {
    fn new(positions: &'p Positions) -> Told<'p> {
        Told { positions, line: None, notes: Vec::new() }
    }

    /// The fields of a record. Of fields with the same key the last one counts, as everywhere.
    fn fields<'a>(&mut self, record: &'a Object<'a>) -> Vec<(&'a str, &'a Value<'a>)> {
        let mut fields: Vec<(&str, &Value<'_>)> = Vec::with_capacity(record.properties.len());
        let mut index: FxHashMap<&str, usize> = FxHashMap::default();
        for field in &record.properties {
            let key = field.name.as_str();
            match index.insert(key, fields.len()) {
                None => fields.push((key, &field.value)),
                Some(earlier) => {
                    index.insert(key, earlier);
                    fields[earlier].1 = &field.value;
                    let line = self.line.unwrap_or_else(|| self.positions.line(field.range.start));
                    self.note(Note::RepeatedKey { line });
                }
            }
        }
        fields
    }

    /// Tells that a value of a record belongs to no column.
    fn left_out(&mut self, line: u64) {
        self.note(Note::ExtraCells { line });
    }

    /// Notes of a kind come once.
    fn note(&mut self, note: Note) {
        let same = |other: &Note| std::mem::discriminant(other) == std::mem::discriminant(&note);
        if !self.notes.iter().any(same) {
            self.notes.push(note);
        }
    }
}

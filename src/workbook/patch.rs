use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesStart, Event};

use super::address::Cell;
use super::cells::Cursor;
use super::error::PackageError;
use super::splice::{Splices, opened, retagged};
use super::xml::{Token, Xml, attribute, is_set, local, number};

/// The XML of a sheet with texts in some cells: only their elements change, and a row's that had none or whose `spans`
/// would leave a cell out.
///
/// `part` names the sheet in messages; `deepest` is the most elements within each other.
///
/// # Errors
/// The XML is damaged, or names a row or a cell of a touched row twice.
pub fn patch_cells(
    text: &str,
    part: &str,
    deepest: usize,
    edits: &BTreeMap<Cell, String>,
) -> Result<String, PackageError> {
    let mut xml = Xml::new(text, part, deepest);
    let mut patcher = Patcher { text, edits, columns: Vec::new(), splices: Splices::default() };
    let mut data = false;
    while let Some(token) = xml.next()? {
        let Some((element, open)) = token.opens() else { continue };
        match local(element) {
            "col" if token.depth == 2 => patcher.column(element),
            "sheetData" if token.depth == 1 => {
                if data {
                    return Err(xml.error("it has its cells twice"));
                }
                data = true;
                patcher.sheet_data(&mut xml, &token, element, open)?;
            }
            _ => {}
        }
    }
    if !data && !edits.is_empty() {
        return Err(xml.error("it has no place for cells"));
    }
    Ok(patcher.splices.apply(text))
}

struct Patcher<'a> {
    text: &'a str,
    edits: &'a BTreeMap<Cell, String>,
    /// First and last column and their format.
    columns: Vec<(u32, u32, u32)>,
    splices: Splices,
}

/// A row's edits, by column.
type RowEdits<'a> = BTreeMap<u32, &'a str>;

impl<'a> Patcher<'a> {
    fn column(&mut self, element: &BytesStart<'_>) {
        const MOST: usize = 20_000;
        if let (Some(first), Some(last), Some(style)) =
            (number(element, "min"), number(element, "max"), number(element, "style"))
            && self.columns.len() < MOST
        {
            self.columns.push((first, last, style));
        }
    }

    fn column_style(&self, column: u32) -> Option<u32> {
        let covers = |&&(first, last, _): &&(u32, u32, u32)| (first..=last).contains(&column);
        self.columns.iter().find(covers).map(|&(_, _, style)| style)
    }

    fn sheet_data(
        &mut self,
        xml: &mut Xml<'a>,
        token: &Token<'_>,
        element: &BytesStart<'_>,
        open: bool,
    ) -> Result<(), PackageError> {
        let mut waiting: BTreeMap<u32, RowEdits<'a>> = BTreeMap::new();
        for (cell, text) in self.edits {
            waiting.entry(cell.row).or_default().insert(cell.column, text);
        }
        let prefix = prefix(element);
        if !open {
            if !waiting.is_empty() {
                let rows: String =
                    waiting.iter().map(|(row, edits)| self.new_row(*row, edits, prefix)).collect();
                let tag = opened(&self.text[token.at.clone()]);
                self.splices
                    .replace(token.at.clone(), format!("{tag}{rows}</{}>", element.name().into_inner()));
            }
            return Ok(());
        }
        // Rows that are there are found first: they may be in any order, and one that is not there goes before the
        // first that is below it.
        let (mut place, mut starts, mut touched) = (Cursor::default(), Vec::new(), BTreeMap::new());
        let end = loop {
            let Some(token) = xml.next()? else { return Err(xml.error("it ends too early")) };
            match &token.event {
                Event::End(_) if token.depth == 1 => break token.at.start,
                Event::Start(row) | Event::Empty(row) if token.depth == 2 && local(row) == "row" => {
                    place.row(row);
                    starts.push((place.row, token.at.start));
                    let Some(edits) = waiting.get(&place.row) else { continue };
                    if touched.insert(place.row, ()).is_some() {
                        return Err(xml.error(&format!("it has row {} twice", place.row)));
                    }
                    let open = matches!(token.event, Event::Start(_));
                    self.row(xml, &token.at, row, open, place.row, edits)?;
                }
                _ => {}
            }
        };
        waiting.retain(|row, _| !touched.contains_key(row));
        // The highest row so far never falls, so that the first row below is found by halves.
        let mut highest = 0;
        for (row, _) in &mut starts {
            highest = highest.max(*row);
            *row = highest;
        }
        for (row, edits) in &waiting {
            let below = starts.get(starts.partition_point(|(other, _)| other <= row));
            let at = below.map_or(end, |(_, at)| *at);
            self.splices.insert(at, self.new_row(*row, edits, prefix));
        }
        Ok(())
    }

    fn row(
        &mut self,
        xml: &mut Xml<'a>,
        tag: &Range<usize>,
        row: &BytesStart<'_>,
        open: bool,
        number: u32,
        edits: &RowEdits<'a>,
    ) -> Result<(), PackageError> {
        let prefix = prefix(row);
        let spans = widened(row, edits);
        let style = row_style(row);
        let retagged = spans.as_deref().map(|spans| retagged(row, &[("spans", Some(spans))]));
        if !open {
            let cells: String = edits
                .iter()
                .map(|(column, text)| self.new_cell(number, *column, text, style, prefix))
                .collect();
            let tag_text = retagged.map_or_else(|| opened(&self.text[tag.clone()]), |tag| format!("{tag}>"));
            let name = row.name().into_inner();
            self.splices.replace(tag.clone(), format!("{tag_text}{cells}</{name}>"));
            return Ok(());
        }
        if let Some(retagged) = retagged {
            self.splices.replace(tag.clone(), format!("{retagged}>"));
        }
        let mut place = Cursor { row: number, column: 0 };
        let (mut starts, mut touched) = (Vec::new(), BTreeMap::new());
        let end = loop {
            let Some(token) = xml.next()? else { return Err(xml.error("it ends too early")) };
            match &token.event {
                Event::End(_) if token.depth == 2 => break token.at.start,
                Event::Start(cell) | Event::Empty(cell) if token.depth == 3 && local(cell) == "c" => {
                    let column = place.cell(cell).column;
                    starts.push((column, token.at.start));
                    let Some(text) = edits.get(&column) else { continue };
                    if touched.insert(column, ()).is_some() {
                        let twice = format!("it has cell {} twice", Cell::new(number, column));
                        return Err(xml.error(&twice));
                    }
                    let mut end = token.at.end;
                    if matches!(token.event, Event::Start(_)) {
                        end = end_of(xml, token.depth)?;
                    }
                    self.splices.replace(token.at.start..end, written(cell, text));
                }
                _ => {}
            }
        };
        let mut highest = 0;
        for (column, _) in &mut starts {
            highest = highest.max(*column);
            *column = highest;
        }
        for (column, text) in edits.iter().filter(|(column, _)| !touched.contains_key(*column)) {
            let right = starts.get(starts.partition_point(|(other, _)| other <= column));
            let at = right.map_or(end, |(_, at)| *at);
            self.splices.insert(at, self.new_cell(number, *column, text, style, prefix));
        }
        Ok(())
    }

    fn new_row(&self, row: u32, edits: &RowEdits<'_>, prefix: &str) -> String {
        let cells = edits.iter().map(|(column, text)| self.new_cell(row, *column, text, None, prefix));
        format!("<{prefix}row r=\"{row}\">{}</{prefix}row>", cells.collect::<String>())
    }

    fn new_cell(&self, row: u32, column: u32, text: &str, row_style: Option<u32>, prefix: &str) -> String {
        let style = row_style.or_else(|| self.column_style(column));
        let style = style.map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
        let cell = Cell::new(row, column);
        format!("<{prefix}c r=\"{cell}\"{style} t=\"inlineStr\">{}</{prefix}c>", inline(text, prefix))
    }
}

/// A cell that is there, with a text instead of what it had. Metadata of the old value goes with it.
fn written(cell: &BytesStart<'_>, text: &str) -> String {
    let tag = retagged(cell, &[("t", Some("inlineStr")), ("vm", None), ("cm", None)]);
    format!("{tag}>{}</{}>", inline(text, prefix(cell)), cell.name().into_inner())
}

fn inline(text: &str, prefix: &str) -> String {
    let text = storable(text);
    format!(
        "<{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}is>",
        partial_escape(&*text)
    )
}

/// A text as a cell stores it: without characters that XML forbids, and with what Excel would take for an escape
/// (`_x0041_`) escaped itself.
pub(super) fn storable(text: &str) -> String {
    let mut stored = String::with_capacity(text.len());
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\r' => {
                letters.next_if(|(_, next)| *next == '\n');
                stored.push('\n');
            }
            '\t' | '\n' => stored.push(letter),
            // Allowed from U+0080 on, and still obeyed by terminals.
            letter if letter.is_control() => {}
            '\u{fffe}' | '\u{ffff}' => {}
            '_' if is_escape(&text[at..]) => stored.push_str("_x005F_"),
            letter => stored.push(letter),
        }
    }
    stored
}

/// Whether a text begins as `_x0041_` does.
fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7
        && bytes[0] == b'_'
        && bytes[1] == b'x'
        && bytes[6] == b'_'
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

/// `x:` of `x:row`, or nothing.
fn prefix<'e>(element: &'e BytesStart<'_>) -> &'e str {
    let name = element.name().into_inner();
    &name[..name.find(':').map_or(0, |colon| colon + 1)]
}

/// The format that a row gives to its new cells.
fn row_style(row: &BytesStart<'_>) -> Option<u32> {
    if is_set(row, "customFormat") { number(row, "s") } else { None }
}

/// A row's `spans` where it has one that leaves a new cell out.
fn widened(row: &BytesStart<'_>, edits: &RowEdits<'_>) -> Option<String> {
    let spans = attribute(row, "spans")?;
    let (first, last) = spans.trim().split_once(':')?;
    let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
    let left = *edits.first_key_value()?.0;
    let right = *edits.last_key_value()?.0;
    (left < first || right > last).then(|| format!("{}:{}", left.min(first), right.max(last)))
}

/// Where the element ends that has begun within so many others.
fn end_of(xml: &mut Xml<'_>, depth: usize) -> Result<usize, PackageError> {
    while let Some(token) = xml.next()? {
        if token.depth == depth && matches!(token.event, Event::End(_)) {
            return Ok(token.at.end);
        }
    }
    Err(xml.error("it ends too early"))
}

/// A workbook's main part, told to work out every formula when it is opened.
///
/// # Errors
/// The XML is damaged.
pub(super) fn recalculated(text: &str, part: &str, deepest: usize) -> Result<String, PackageError> {
    /// What stands after `calcPr` by the schema.
    const AFTER: [&str; 9] = [
        "oleSize",
        "customWorkbookViews",
        "pivotCaches",
        "smartTagPr",
        "smartTagTypes",
        "webPublishing",
        "fileRecoveryPr",
        "webPublishObjects",
        "extLst",
    ];
    let mut xml = Xml::new(text, part, deepest);
    let (mut splices, mut before) = (Splices::default(), None);
    let mut name = String::new();
    while let Some(token) = xml.next()? {
        match &token.event {
            Event::Start(element) | Event::Empty(element) if token.depth <= 1 => {
                if token.depth == 0 {
                    name = prefix(element).to_owned();
                } else if local(element) == "calcPr" {
                    let tag = retagged(element, &[("fullCalcOnLoad", Some("1"))]);
                    let end = if matches!(token.event, Event::Empty(_)) { "/>" } else { ">" };
                    splices.replace(token.at, tag + end);
                    return Ok(splices.apply(text));
                } else if AFTER.contains(&local(element)) {
                    before = before.or(Some(token.at.start));
                }
            }
            Event::End(_) if token.depth == 0 => before = before.or(Some(token.at.start)),
            _ => {}
        }
    }
    if let Some(at) = before {
        splices.insert(at, format!("<{name}calcPr fullCalcOnLoad=\"1\"/>"));
    }
    Ok(splices.apply(text))
}

//! Which sheets of a document hold questions, and their rows one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::book::{Book, Content, Grid, Sheet};
use super::columns::{Role, nearest};
use super::detect::{self, Plan, Wanted};
use super::entry::SkipReason;
use super::error::ReadError;
use super::grid;
use super::headers;
use super::layout::{Extent, Found, SheetLayout, Verdict};
use super::split::{Record, is_blank};
use super::table::{Row, Table};
use super::text::Text;
use super::wording;

/// How many rows a sheet's layout is told from.
const SAMPLE_ROWS: usize = 200;

/// The rows of the sheets that are read.
pub(super) struct BookRows {
    parts: VecDeque<Part>,
    /// Nothing where a question comes out on every sheet that shows it.
    asked: Option<Asked>,
}

/// A row with the sheet that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The sheet's place in the layout.
    pub(super) sheet: usize,
    pub(super) line: u64,
    /// The column that a question stands in, counted from 0.
    pub(super) column: Option<usize>,
    pub(super) row: Row,
}

struct Part {
    sheet: usize,
    waiting: VecDeque<(u64, Option<usize>, Row)>,
    body: Body,
}

enum Body {
    Grid { grid: Grid, next: usize, table: Box<Table> },
    Prose { lines: std::vec::IntoIter<(u64, String)>, text: Text },
    Items(std::vec::IntoIter<(u64, Row)>),
}

/// What is read of a document, with what was understood of each sheet.
///
/// # Errors
/// A sheet or column that the user named is not there, or no sheet clearly holds questions.
pub(super) fn open(
    book: Book,
    named: &[String],
    wanted: &Wanted,
    file: &Arc<str>,
) -> Result<(BookRows, Vec<SheetLayout>), ReadError> {
    let chosen = choose(&book, named, file)?;
    let filled = book.sheets.iter().filter(|sheet| !sheet.is_empty() && !sheet.hidden).count();
    let mut opening = Opening { wanted, file, parts: VecDeque::new(), layouts: Vec::new(), failure: None };
    let mut hidden = Vec::new();
    for (index, sheet) in book.sheets.into_iter().enumerate() {
        let name = sheet.name.clone();
        let verdict = match &chosen {
            Some(chosen) if !chosen.contains(&index) => Verdict::NotNamed,
            None if sheet.hidden => Verdict::Hidden,
            _ if sheet.is_empty() => Verdict::Empty,
            _ => Verdict::Read,
        };
        opening.layouts.push(SheetLayout { name, verdict, ..SheetLayout::default() });
        match verdict {
            // Where there is no other, a sheet is read like a table in a file of its own: doubt is an error.
            Verdict::Read => opening.read(index, sheet, chosen.is_some() || filled == 1)?,
            Verdict::Hidden if !sheet.is_empty() => hidden.push((index, sheet)),
            _ => {}
        }
    }
    if opening.parts.is_empty() && filled > 0 {
        // Sheets that only show what a hidden one holds are blank until a spreadsheet has computed them.
        for (index, sheet) in hidden {
            opening.read(index, sheet, false)?;
            if opening.layouts[index].verdict != Verdict::Read {
                opening.layouts[index].verdict = Verdict::Hidden;
            }
        }
    }
    let Opening { parts, layouts, failure, .. } = opening;
    let has_something = layouts.iter().any(|layout| !matches!(layout.verdict, Verdict::Empty));
    if parts.is_empty() && has_something {
        return Err(match failure {
            Some(error @ (ReadError::UnknownColumn { .. } | ReadError::NoSuchHeader { .. })) => error,
            _ => no_questions(&layouts, file),
        });
    }
    Ok((BookRows { parts, asked: Some(Asked::default()) }, layouts))
}

/// Sheets while they are looked at one after the other.
struct Opening<'a> {
    wanted: &'a Wanted,
    file: &'a Arc<str>,
    parts: VecDeque<Part>,
    layouts: Vec<SheetLayout>,
    /// Why the first sheet that might hold questions could not be read.
    failure: Option<ReadError>,
}

impl Opening<'_> {
    /// Reads a sheet if it holds questions; `is_sure` where the user says so.
    fn read(&mut self, index: usize, sheet: Sheet, is_sure: bool) -> Result<(), ReadError> {
        let layout = &mut self.layouts[index];
        layout.verdict = Verdict::Read;
        match body(sheet, self.wanted, self.file, is_sure, layout) {
            Ok(body) => {
                self.parts.extend(body.map(|body| Part { sheet: index, waiting: VecDeque::new(), body }));
            }
            Err(error) if is_sure => return Err(error),
            Err(error) => {
                layout.verdict = Verdict::NoQuestions;
                self.failure.get_or_insert(error);
            }
        }
        Ok(())
    }
}

/// The places of the sheets that the user named, by name or by number from 1.
fn choose(book: &Book, named: &[String], file: &Arc<str>) -> Result<Option<Vec<usize>>, ReadError> {
    if named.is_empty() {
        return Ok(None);
    }
    let name = |sheet: &Sheet| sheet.name.as_deref().unwrap_or_default().trim().to_lowercase();
    let names: Vec<String> = book.sheets.iter().map(name).collect();
    let find = |wanted: &String| {
        let lower = wanted.trim().to_lowercase();
        let by_number =
            || wanted.trim().parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < names.len());
        names.iter().position(|name| *name == lower).or_else(by_number).ok_or_else(|| {
            ReadError::UnknownSheet {
                file: Arc::clone(file),
                wanted: wanted.clone(),
                nearest: nearest(&lower, names.iter().map(String::as_str)),
                sheets: listed(book.sheets.iter().map(|sheet| sheet.name.as_deref().unwrap_or_default())),
            }
        })
    };
    named.iter().map(find).collect::<Result<_, _>>().map(Some)
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{}`", crate::safe_text::one_line(name))).collect::<Vec<_>>().join(", ")
}

fn no_questions(layouts: &[SheetLayout], file: &Arc<str>) -> ReadError {
    const SHOWN: usize = 12;
    let mut sheets: Vec<String> = layouts
        .iter()
        .take(SHOWN)
        .map(|layout| format!("{}: {}", layout.shown_name(), layout.verdict.as_str()))
        .collect();
    if layouts.len() > SHOWN {
        sheets.push(format!("and {} more", layouts.len() - SHOWN));
    }
    ReadError::NoQuestions { file: Arc::clone(file), sheets: sheets.join(", ") }
}

/// What is read of a sheet; nothing where it is judged to hold no questions.
fn body(
    sheet: Sheet,
    wanted: &Wanted,
    file: &Arc<str>,
    is_sure: bool,
    layout: &mut SheetLayout,
) -> Result<Option<Body>, ReadError> {
    layout.extent = Extent::Rows;
    let mut grid = match sheet.content {
        Content::Items(items) => return Ok(Some(Body::Items(items.into_iter()))),
        Content::Prose(lines) => {
            return Ok(Some(Body::Prose { lines: lines.into_iter(), text: Text::under(sheet.section) }));
        }
        Content::Grid(grid) => grid,
    };
    grid::join_two_row_header(&mut grid);
    let sample: Vec<Record> =
        grid::records(&grid).filter(|row| !row.1).map(|row| row.0).take(SAMPLE_ROWS).collect();
    let plan = detect::plan(&sample, wanted, file)?;
    if !is_sure {
        let name = sheet.name.as_deref().unwrap_or_default();
        layout.verdict = judge(name, &plan, &sample);
        if layout.verdict != Verdict::Read {
            return Ok(None);
        }
    }
    let below = plan.header.map_or(0, |index| index + 1);
    let has_rows = sample[below..].iter().any(|record| record.filled().next().is_some());
    let extent = if has_rows { Extent::Rows } else { Extent::HeaderOnly };
    *layout = SheetLayout { name: layout.name.take(), ..plan.layout(&sample, extent) };
    let headings: Vec<usize> = plan.section.into_iter().chain(plan.subsection).collect();
    grid::fill_merges(&mut grid, &headings);
    let table = Table::new(plan, &sample, None, &wanted.columns)
        .below(sheet.section)
        .titled(sheet.name.as_deref().unwrap_or_default());
    Ok(Some(Body::Grid { grid, next: 0, table: Box::new(table) }))
}

/// Names of sheets that show or explain.
const EXAMPLES: &[&str] = &["example", "examples", "sample", "samples"];
const EXPLAINING: &[&str] = &[
    "instruction",
    "instructions",
    "guide",
    "guidance",
    "readme",
    "glossary",
    "definition",
    "definitions",
    "legend",
    "key",
    "lookup",
    "lookups",
    "list",
    "lists",
    "dropdown",
    "dropdowns",
    "change",
    "changes",
    "changelog",
    "revision",
    "revisions",
    "history",
    "cover",
    "contents",
    "toc",
    "scoring",
    "score",
    "scores",
    "summary",
    "dashboard",
    "results",
    "report",
    "crosswalk",
    "mapping",
    "mappings",
    "reference",
    "references",
    "acknowledgments",
    "acknowledgements",
    "meta",
    "metadata",
    "analyst",
    "values",
    "start",
    "about",
    "introduction",
    "intro",
    "welcome",
    "abbreviations",
    "acronyms",
    "terms",
    "license",
    "licence",
    "approval",
    "approvals",
    "signature",
    "signatures",
    "version",
    "versions",
    "anleitung",
    "hinweise",
    "ausfüllhinweise",
    "glossar",
    "begriffe",
    "legende",
    "auswertung",
    "ergebnisse",
    "reifegrade",
    "lizenz",
    "willkommen",
    "deckblatt",
    "änderungshistorie",
    "glossaire",
    "légende",
    "historique",
    "instrucciones",
    "glosario",
    "leyenda",
    "resumen",
    "istruzioni",
    "glossario",
    "legenda",
    "instruções",
    "instructies",
    "toelichting",
    "begrippen",
    "instruktioner",
    "ordlista",
    "vejledning",
    "veiledning",
    "ohjeet",
    "instrukcja",
    "słownik",
    "用語集",
    "改訂履歴",
    "变更记录",
    "术语",
    "填写说明",
];

/// Words in the names of sheets that are forms: what stands in their rows is what is asked for.
const FORMS: &[&str] = &[
    "profile",
    "information",
    "details",
    "company",
    "supplier",
    "vendor",
    "respondent",
    "organisation",
    "organization",
    "business",
    "general",
    "unternehmen",
    "stammdaten",
    "allgemeines",
    "entreprise",
    "empresa",
    "azienda",
];

/// Whether a sheet of several holds questions: its header says so, its rows ask, or it has room for answers.
fn judge(name: &str, plan: &Plan, sample: &[Record]) -> Verdict {
    let words = headers::normalise(name);
    let named = |list: &[&str]| words.split(' ').any(|word| list.contains(&word));
    if named(EXAMPLES) {
        return Verdict::Example;
    }
    let below = &sample[plan.header.map_or(0, |index| index + 1)..];
    let cells: Vec<_> =
        below.iter().map(|record| record.cell(plan.question)).filter(|cell| !is_blank(cell)).collect();
    if cells.is_empty() {
        return Verdict::NoQuestions;
    }
    let asks = |cell: &str| wording::ends_asking(cell) || wording::begins_like_a_question(cell);
    let asking = cells.iter().filter(|cell| asks(cell)).count();
    let worded = cells.iter().map(|cell| cell.split_whitespace().count()).sum::<usize>() / cells.len();
    let question = plan.columns.iter().find(|column| column.role == Role::Question);
    let by_header = question.is_some_and(|column| column.found == Found::Header);
    let strong = by_header && question.is_some_and(|column| headers::says_question(&column.name));
    let answered = plan.columns.iter().any(|column| {
        matches!(
            column.role,
            Role::Answer | Role::Comment | Role::Owner | Role::CustomerDuty | Role::ProviderDuty
        )
    });
    let room = plan.columns.iter().any(|column| column.role == Role::Answer);
    let numbered = plan.id.is_some_and(|id| {
        let asked = below.iter().filter(|record| !is_blank(&record.cell(plan.question)));
        let is_control = |id: &str| detect::is_short_id(id) && id.contains(['.', '-']);
        asked.filter(|record| is_control(&record.cell(id))).count() * 2 > cells.len()
    });
    // Labels with nothing beside them are a form to fill in, where the sheet is named like one or is part of a text.
    let in_text = name.is_empty();
    let is_form = plan.header.is_none()
        && (named(FORMS) || in_text)
        && below.iter().all(|record| record.filled().all(|index| index == plan.question));
    let half = asking * 2 >= cells.len();
    let reads = if plan.known.is_some() || question.is_some_and(|column| column.found == Found::Named) {
        true
    } else if named(EXPLAINING) {
        half && (strong || (plan.is_banner && answered))
    } else if strong {
        true
    } else if by_header || plan.is_banner {
        asking * 3 >= cells.len() || room || ((answered || numbered) && worded >= 4)
    } else if is_form {
        cells.len() >= 3 || in_text
    } else {
        half && cells.len() >= 3
    };
    if reads { Verdict::Read } else { Verdict::NoQuestions }
}

impl Sheet {
    fn is_empty(&self) -> bool {
        match &self.content {
            Content::Grid(grid) => grid.rows.iter().all(|row| row.cells.is_empty()),
            Content::Prose(lines) => lines.iter().all(|line| is_blank(&line.1)),
            Content::Items(items) => items.is_empty(),
        }
    }
}

impl BookRows {
    pub(super) fn on_every_sheet(self) -> BookRows {
        BookRows { asked: None, ..self }
    }

    /// The next row of the sheets that are read.
    pub(super) fn next(&mut self) -> Option<Placed> {
        loop {
            let part = self.parts.front_mut()?;
            let Some((line, column, row)) = part.next() else {
                self.parts.pop_front();
                continue;
            };
            let sheet = part.sheet;
            let row = match &mut self.asked {
                Some(asked) => asked.once(sheet, row),
                None => row,
            };
            return Some(Placed { sheet, line, column, row });
        }
    }
}

impl Part {
    fn next(&mut self) -> Option<(u64, Option<usize>, Row)> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Some(row);
            }
            match &mut self.body {
                Body::Items(items) => return items.next().map(|(line, row)| (line, None, row)),
                Body::Prose { lines, text } => {
                    let (number, line) = lines.next()?;
                    self.waiting.extend(text.read(&line).map(|row| (number, None, row)));
                }
                Body::Grid { grid, next, table } => {
                    let (record, hidden) = grid::record_at(grid, *next)?;
                    *next += 1;
                    if hidden {
                        let text = record.filled().next().map(|index| record.cell(index).into_owned());
                        let row = Row::skipped(SkipReason::Hidden, &text.unwrap_or_default());
                        return Some((record.line, None, row));
                    }
                    let seen = grid::record_at(grid, *next).filter(|next| !next.1);
                    table.foresee(seen.as_ref().map(|next| &next.0));
                    let rows = table.rows(&record);
                    let column = table.asked_in();
                    self.waiting.extend(rows.into_iter().map(|row| (record.line, Some(column), row)));
                    let beside = table.beside(&record).into_iter();
                    self.waiting.extend(beside.map(|(column, row)| (record.line, Some(column), row)));
                }
            }
        }
    }
}

/// The questions of earlier sheets. A workbook that shows one question on several sheets asks it once.
#[derive(Default)]
struct Asked {
    first_on: BTreeMap<(String, String), usize>,
}

impl Asked {
    fn once(&mut self, sheet: usize, row: Row) -> Row {
        let Row::Question { id, text, .. } = &row else { return row };
        if id.is_empty() {
            // Without an id, equal words under different headings may well be two questions.
            return row;
        }
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let first = *self.first_on.entry((id.to_lowercase(), folded)).or_insert(sheet);
        if first == sheet { row } else { Row::skipped(SkipReason::OnEarlierSheet, text) }
    }
}

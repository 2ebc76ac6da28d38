use std::sync::Arc;

use super::columns::{ColumnRef, Role, nearest};
use super::error::{ColumnList, ReadError};
use super::headers::{self, Header};
use super::known::Known;
use super::layout::{Column, Extent, Found, SheetLayout, Verdict, shown_name};
use super::numbering::{self, Numbered, Shape};
use super::sniff::HEADER_ROWS;
use super::split::{Record, is_blank};
use super::wording;
use crate::domain::Place;

/// What the first rows of a table say about all of its rows.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Which of the first rows is the header.
    pub(super) header: Option<usize>,
    /// Whether the header was told by its looks only.
    pub(super) header_guessed: bool,
    pub(super) question: usize,
    pub(super) id: Option<usize>,
    pub(super) section: Option<usize>,
    pub(super) subsection: Option<usize>,
    pub(super) depth: Option<usize>,
    /// The published layout that the table has.
    pub(super) known: Option<Known>,
    /// Whether the header's first cell is the heading of the rows below it.
    pub(super) is_banner: bool,
    /// The columns that play a role, for the layout.
    pub(super) columns: Vec<Column>,
    /// How many columns the table has.
    pub(super) width: usize,
    /// How many cells the header has, with those that are blank.
    pub(super) header_len: Option<usize>,
    /// Whether a blank section cell takes the section above it.
    pub(super) fill_down: bool,
    /// Whether nearly every question has an id of its own.
    pub(super) ids_usual: bool,
    /// Whether questions are not simply all written in capitals.
    pub(super) mixed_case: bool,
    /// How rows are numbered that are headings.
    pub(super) heading_shapes: Vec<Shape>,
    /// The unnamed column behind the ids that goes on with them: `1 | a`.
    pub(super) id_tail: Option<usize>,
    /// The questions and ids of further tables beside the first, with the same names.
    pub(super) beside: Vec<(usize, Option<usize>)>,
    /// Whether nearly every question has its number before its text.
    pub(super) numbered_texts: bool,
}

impl Plan {
    /// The plan as people are told of it; `sample` is what it was made from.
    pub(super) fn layout(&self, sample: &[Record], extent: Extent) -> SheetLayout {
        SheetLayout {
            name: None,
            verdict: Verdict::Read,
            known: self.known,
            header_line: self.header.map(|index| sample[index].line),
            header_guessed: self.header_guessed,
            columns: self.columns.clone(),
            section_filled_down: self.fill_down,
            extent,
        }
    }
}

/// Finds the header and the columns.
///
/// # Errors
/// A named column is not there or named twice, or no column is clearly the one with the questions.
pub(super) fn plan(sample: &[Record], wanted: &Wanted, file: &Arc<str>) -> Result<Plan, ReadError> {
    let named_header = wanted.header(sample, file)?;
    let wanted = &*wanted.columns;
    let header = match named_header {
        Some(index) => Some((index, headers::names(&sample[index]))),
        None => find_known(sample).or_else(|| find_header(sample, wanted)),
    };
    let banner = if header.is_none() { find_banner(sample) } else { None };
    let is_banner = banner.is_some();
    let header = header.or(banner);
    let below = header.as_ref().map_or(0, |found| found.0 + 1);
    // What stands in a further table says nothing about the first.
    let further = (below..sample.len()).find(|index| {
        (header.is_some() || *index >= HEADER_ROWS) && further_header(&sample[*index], wanted).is_some()
    });
    let sample = &sample[..further.unwrap_or(sample.len())];
    let mut columns = Columns::new(sample, header.as_ref().map(|found| found.0), file);
    for role in Role::ALL {
        // Said twice, the later word holds, as with any option.
        if let Some((_, wanted)) = wanted.iter().rev().find(|(named, _)| *named == role) {
            columns.resolve(role, wanted)?;
        }
    }
    if let Some((_, found)) = &header {
        found.roles.iter().for_each(|(role, index)| columns.offer(*role, *index, Found::Header));
        columns.drop_depth_of_words();
        columns.prefer_filled();
        columns.step_over_numbers();
    }
    match columns.get(Role::Question) {
        None => columns.guess_question()?,
        Some(question) if header.is_some() && columns.get(Role::Id).is_none() => columns.guess_id(question),
        Some(_) => {}
    }
    Ok(columns.into_plan(header.is_none(), is_banner))
}

/// What the user says about a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Which columns play which roles.
    pub(super) columns: Vec<(Role, ColumnRef)>,
    /// The line or row of the header, counted from 1.
    pub(super) header_line: Option<u64>,
}

impl Wanted {
    fn header(&self, sample: &[Record], file: &Arc<str>) -> Result<Option<usize>, ReadError> {
        let Some(line) = self.header_line else { return Ok(None) };
        let found = sample.iter().position(|record| record.line == line && record.filled().next().is_some());
        found.map(Some).ok_or_else(|| ReadError::NoSuchHeader { place: Place::line(file, line) })
    }
}

/// The header of a published layout that names no column of questions as others do.
fn find_known(sample: &[Record]) -> Option<(usize, Header)> {
    sample.iter().take(HEADER_ROWS).enumerate().find_map(|(index, record)| {
        let known = Known::by_header(record)?;
        let mut header = headers::names(record);
        known.settle(&mut header, record);
        header.get(Role::Question).map(|_| (index, header))
    })
}

/// The first of the first rows that is a heading over the rows below and names their columns at once.
fn find_banner(sample: &[Record]) -> Option<(usize, Header)> {
    let rows = sample.iter().take(BANNER_ROWS).enumerate();
    rows.filter_map(|(index, record)| Some((index, headers::banner(record)?.1))).next()
}

/// Introductions stand above such rows, so they are looked for further down than a header is.
const BANNER_ROWS: usize = 60;

/// The row among the first that is most surely the header, with the names that the user gave counting most.
fn find_header(sample: &[Record], wanted: &[(Role, ColumnRef)]) -> Option<(usize, Header)> {
    const NAMED: u32 = 10_000;
    let scored = sample.iter().take(HEADER_ROWS).enumerate().filter_map(|(index, record)| {
        let named = wanted.iter().filter(|(_, column)| position(record, column).is_some()).count() as u32;
        let recognised = headers::recognise(record);
        if named == 0 && recognised.is_none() {
            return None;
        }
        let mut header = recognised.unwrap_or_default();
        // A lone "Requirements" below questions is a heading among them.
        if named == 0 && header.names == 1 && sample[..index].iter().any(asks) {
            return None;
        }
        header.score += named * NAMED;
        Some((index, header))
    });
    // The first table's header is the header, however strong the next table's is.
    let is_settled = |best: &Header, from: usize, to: usize| {
        best.score < NAMED && (best.convincing || sample[from + 1..to].iter().any(asks))
    };
    scored.reduce(|best, next| {
        let named = next.1.score >= NAMED;
        let keep = !named && is_settled(&best.1, best.0, next.0);
        if !keep && next.1.score > best.1.score { next } else { best }
    })
}

/// Reads a row as the header of a further table. Columns that the user named must be there by their names.
pub(super) fn further_header(record: &Record, wanted: &[(Role, ColumnRef)]) -> Option<Header> {
    let mut header = headers::recognise_further(record)?;
    for (role, column) in wanted {
        let index = position(record, column)?;
        header.roles.retain(|given| given.0 != *role && given.1 != index);
        header.roles.push((*role, index));
    }
    header.get(Role::Question).map(|_| header)
}

fn asks(record: &Record) -> bool {
    record.filled().any(|index| wording::ends_asking(&record.cell(index)))
}

/// Where in a header row the column stands that the user named.
fn position(header: &Record, wanted: &ColumnRef) -> Option<usize> {
    let exact = header.cells().position(|cell| cell.to_lowercase() == wanted.as_str().to_lowercase());
    let name = headers::normalise(wanted.as_str());
    exact.or_else(|| header.cells().position(|cell| !name.is_empty() && headers::normalise(&cell) == name))
}

/// The columns of a table while roles are given to them.
struct Columns<'a> {
    sample: &'a [Record],
    header: Option<usize>,
    file: &'a Arc<str>,
    width: usize,
    given: Vec<(Role, usize, Found)>,
}

impl<'a> Columns<'a> {
    fn new(sample: &'a [Record], header: Option<usize>, file: &'a Arc<str>) -> Columns<'a> {
        let width = sample.iter().map(Record::len).max().unwrap_or(0);
        Columns { sample, header, file, width, given: Vec::new() }
    }

    fn get(&self, role: Role) -> Option<usize> {
        self.given.iter().find(|given| given.0 == role).map(|given| given.1)
    }

    /// The rows in which questions stand.
    fn rows(&self) -> impl Iterator<Item = &'a Record> + Clone {
        let first = self.header.map_or(0, |header| header + 1);
        self.sample[first..].iter().filter(|record| record.filled().next().is_some())
    }

    /// The names that messages show: the header, or else the first row with something in it.
    fn names(&self) -> Vec<String> {
        let row = self.header.map(|header| &self.sample[header]).or_else(|| self.rows().next());
        row.map(|row| row.cells().map(|cell| shown_name(&cell)).collect()).unwrap_or_default()
    }

    fn resolve(&mut self, role: Role, wanted: &ColumnRef) -> Result<(), ReadError> {
        let by_name = self.header.and_then(|header| position(&self.sample[header], wanted));
        let by_place = || wanted.position().filter(|index| *index < self.width || self.sample.is_empty());
        let Some(index) = by_name.or_else(by_place) else {
            if self.sample.is_empty() {
                return Ok(());
            }
            let names = self.names();
            return Err(ReadError::UnknownColumn {
                file: Arc::clone(self.file),
                role,
                wanted: wanted.as_str().to_owned(),
                nearest: nearest(&wanted.as_str().to_lowercase(), names.iter().map(String::as_str)),
                columns: ColumnList(names),
            });
        };
        if let Some((first, ..)) = self.given.iter().find(|given| given.1 == index) {
            let (file, column) = (Arc::clone(self.file), index + 1);
            return Err(ReadError::SharedColumn { file, column, first: *first, second: role });
        }
        self.given.push((role, index, Found::Named));
        Ok(())
    }

    /// Gives a role to a column if both are free.
    fn offer(&mut self, role: Role, index: usize, found: Found) {
        if !self.given.iter().any(|given| given.0 == role || given.1 == index) {
            self.given.push((role, index, found));
        }
    }

    /// A column named `Level` that holds words or large numbers is no depth.
    fn drop_depth_of_words(&mut self) {
        let Some(index) = self.get(Role::Depth) else { return };
        let cells = self.rows().map(|row| row.cell(index));
        let fits = cells.filter(|cell| !is_blank(cell)).all(|cell| depth(&cell).is_some());
        if !fits {
            self.given.retain(|given| *given != (Role::Depth, index, Found::Header));
        }
    }

    /// A column that is named for what is asked and is blank, or filled far less than another one of such a name, is
    /// not the one: a main question stands beside its first sub-question only.
    fn prefer_filled(&mut self) {
        let by_header = |given: &(Role, usize, Found)| given.0 == Role::Question && given.2 == Found::Header;
        let Some(&(_, first, found)) = self.given.iter().find(|given| by_header(given)) else { return };
        let Some(header) = self.header.map(|header| &self.sample[header]) else { return };
        let filled = |index: usize| self.rows().filter(|row| !is_blank(&row.cell(index))).count();
        let (count, name) = (filled(first), headers::normalise(&header.cell(first)));
        let is_free = |index: usize| {
            self.given.iter().all(|given| given.1 != index || given.2 == Found::Header)
                && headers::normalise(&header.cell(index)) != name
        };
        let better = (0..header.len())
            .filter(|index| *index != first && is_free(*index))
            .map(|index| (headers::question_name(&header.cell(index)), filled(index), index))
            .filter(|((score, outright), others, index)| {
                let fuller = *outright && *index > first && count * 10 < *others * 8;
                *others > 0 && *score > 0 && (count == 0 || fuller)
            })
            .max_by_key(|((score, _), _, index)| (*score, std::cmp::Reverse(*index)));
        let follows_numbers =
            || !is_blank(&header.cell(first)) && is_blank(&header.cell(first + 1)) && filled(first + 1) > 0;
        if let Some((_, _, index)) = better.filter(|_| !follows_numbers()) {
            self.given.retain(|given| !by_header(given) && given.1 != index);
            self.given.push((Role::Question, index, found));
        }
    }

    /// One name may stand over the numbers and, in the column behind them, over the questions.
    fn step_over_numbers(&mut self) {
        let named = |given: &(Role, usize, Found)| given.0 == Role::Question && given.2 == Found::Header;
        let Some(&(_, index, found)) = self.given.iter().find(|given| named(given)) else { return };
        let is_free = |header: usize| is_blank(&self.sample[header].cell(index + 1));
        if !self.header.is_some_and(is_free) || self.given.iter().any(|given| given.1 == index + 1) {
            return;
        }
        let (mut filled, mut numbers) = (0, 0);
        for row in self.rows() {
            let is_numbered =
                is_short_id(&row.cell(index)) && row.cell(index + 1).contains(char::is_alphabetic);
            filled += usize::from(!is_blank(&row.cell(index)));
            numbers += usize::from(is_numbered);
        }
        if numbers * 2 > filled {
            self.given.retain(|given| !named(given));
            self.given.push((Role::Question, index + 1, found));
            self.offer(Role::Id, index, found);
        }
    }

    /// The unnamed column right of the ids in which only letters and the like stand, which go on with them.
    fn id_tail(&self, id: Option<usize>, question: usize) -> Option<usize> {
        const LONGEST: usize = 3;
        let index = id? + 1;
        let is_free = index < question && is_blank(&self.sample[self.header?].cell(index));
        let short = |cell: &str| cell.chars().count() <= LONGEST && cell.chars().all(char::is_alphanumeric);
        let mut cells = self.rows().map(|row| row.cell(index)).filter(|cell| !is_blank(cell)).peekable();
        (is_free && cells.peek().is_some() && cells.all(|cell| short(cell.trim_end_matches(['.', ')']))))
            .then_some(index)
    }

    /// Where the header names the questions once more, with another column's name, further to the right.
    fn beside(&self, question: usize) -> Vec<(usize, Option<usize>)> {
        let Some(header) = self.header else { return Vec::new() };
        let names: Vec<String> = self.sample[header].cells().map(|cell| headers::normalise(&cell)).collect();
        let again = |index: usize| !names[index].is_empty() && names[..index].contains(&names[index]);
        let Some(name) = names.get(question).filter(|name| !name.is_empty()) else { return Vec::new() };
        let id = self.get(Role::Id).and_then(|id| names.get(id));
        let further = (question + 2..names.len()).filter(|index| names[*index] == *name);
        let others = (0..names.len()).filter(|index| names[*index] != *name && again(*index)).count();
        let found = further.filter(|_| others > 0);
        found
            .map(|at| {
                let own_id = (question + 1..at).rev().find(|index| id == Some(&names[*index]));
                (at, own_id)
            })
            .collect()
    }

    /// How rows are numbered that are headings of the rows below.
    fn heading_shapes(&self, question: usize, id: Option<usize>) -> Vec<Shape> {
        let section = self.get(Role::Section);
        let rows = self.rows().filter(|row| !is_blank(&row.cell(question)));
        let numbered = rows.map(|row| {
            let cell = row.cell(question);
            let (number, text) = match id {
                Some(id) => (row.cell(id).into_owned(), &*cell),
                None => numbering::split(&cell)
                    .map_or((String::new(), &*cell), |(id, text)| (id.to_owned(), text)),
            };
            let alone =
                row.filled().all(|index| index == question || Some(index) == id || Some(index) == section);
            Numbered { number, may_head: alone && numbering::reads_like_a_heading(text) }
        });
        numbering::headings(&numbered.collect::<Vec<_>>())
    }

    /// Finds the questions by what stands in the columns.
    fn guess_question(&mut self) -> Result<(), ReadError> {
        const CLEARLY: usize = 3;
        let mut scored: Vec<(usize, usize)> = (0..self.width)
            .filter(|index| {
                !self.given.iter().any(|given| given.1 == *index) && !self.is_named_otherwise(*index)
            })
            .map(|index| (question_score(self.rows(), index), index))
            .filter(|(score, _)| *score > 0)
            .collect();
        scored.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
        match *scored.as_slice() {
            [] if self.rows().next().is_none() => self.offer(Role::Question, 0, Found::Only),
            [(_, index)] if self.only_column() => self.offer(Role::Question, index, Found::Only),
            [(best, index), ref rest @ ..]
                if best >= ENOUGH && rest.first().is_none_or(|next| best * 2 >= next.0 * CLEARLY) =>
            {
                self.offer(Role::Question, index, Found::Content);
                self.guess_id(index);
            }
            _ => return Err(self.no_question()),
        }
        Ok(())
    }

    /// Whether the header says that a column holds something else than questions.
    fn is_named_otherwise(&self, index: usize) -> bool {
        self.header.is_some_and(|header| headers::is_other(&self.sample[header].cell(index)))
    }

    /// How many columns most rows have.
    fn usual_width(&self) -> usize {
        let mut widths: Vec<usize> = self.rows().map(Record::len).collect();
        widths.sort_unstable();
        widths.chunk_by(|a, b| a == b).max_by_key(|same| same.len()).map_or(0, |same| same[0])
    }

    fn only_column(&self) -> bool {
        let mut filled = self.rows().flat_map(Record::filled);
        let first = filled.next();
        filled.all(|index| Some(index) == first)
    }

    fn no_question(&self) -> ReadError {
        let line = self.header.map(|header| &self.sample[header]).or_else(|| self.rows().next());
        let place = Place::line(self.file, line.map_or(1, |row| row.line));
        ReadError::NoQuestionColumn { place, columns: ColumnList(self.names()) }
    }

    /// The column left of the questions whose cells are short, with a digit, and all different.
    fn guess_id(&mut self, question: usize) {
        let index = (0..question).find(|&index| {
            if self.given.iter().any(|given| given.1 == index) || self.is_named_otherwise(index) {
                return false;
            }
            let mut cells: Vec<_> =
                self.rows().filter(|row| !is_blank(&row.cell(question))).map(|row| row.cell(index)).collect();
            let all = cells.len();
            cells.retain(|cell| !is_blank(cell));
            let filled = cells.len();
            let fit = cells.iter().all(|cell| is_short_id(cell));
            cells.sort();
            cells.dedup();
            // Under a header, headings may stand without an id among the questions.
            let enough =
                if self.header.is_some() { filled >= 2 && filled * 10 >= all * 6 } else { filled == all };
            fit && cells.len() == filled && enough
        });
        index.into_iter().for_each(|index| self.offer(Role::Id, index, Found::Content));
    }

    /// The published layout that the header or the ids beside the questions tell.
    fn known(&self, question: usize) -> Option<Known> {
        let by_header = self.header.and_then(|header| Known::by_header(&self.sample[header]));
        by_header.or_else(|| {
            let asked = self.rows().filter(|row| !is_blank(&row.cell(question)));
            let ids: Vec<_> = asked.map(|row| row.cell(self.get(Role::Id).unwrap_or(0))).collect();
            Known::by_ids(ids.iter().map(|id| &**id).filter(|id| !id.contains(' ')))
        })
    }

    /// With columns but no known header name, the first row may still be a header: labels over much longer text.
    fn looks_like_header(&self, question: usize) -> Option<usize> {
        const LONGER: usize = 3;
        const TEXT: usize = 20;
        let first = self.sample.iter().position(|record| record.filled().next().is_some())?;
        let header = &self.sample[first];
        let lengths = self.sample[first + 1..].iter().map(|row| row.cell(question).chars().count());
        let mut lengths: Vec<usize> = lengths.filter(|length| *length > 0).collect();
        lengths.sort_unstable();
        let usual = *lengths.get(lengths.len() / 2)?;
        let label = header.cell(question).chars().count();
        let by_length = headers::all_labels(header) && usual >= TEXT && usual >= label * LONGER;
        (label > 0 && (by_length || headers::has_usual_names(header))).then_some(first)
    }

    fn into_plan(mut self, may_guess_header: bool, is_banner: bool) -> Plan {
        let question = self.get(Role::Question).unwrap_or(0);
        let guessed = may_guess_header.then(|| self.looks_like_header(question)).flatten();
        self.header = self.header.or(guessed);
        let (mut id, section) = (self.get(Role::Id), self.get(Role::Section));
        let known = self.known(question);
        if matches!(known, Some(Known::FedrampCis | Known::FedrampCrm)) {
            id = id.or(Some(question));
        }
        let names = self.header.map(|_| self.names()).unwrap_or_default();
        let heading_shapes =
            if id == Some(question) { Vec::new() } else { self.heading_shapes(question, id) };
        let (id_tail, beside) = (self.id_tail(id, question), self.beside(question));
        self.given.sort_unstable_by_key(|given| given.0);
        let columns = self.given.iter().map(|&(role, index, found)| {
            let mut name = names.get(index).cloned().unwrap_or_default();
            if role == Role::Question && found == Found::Header && name.is_empty() && index > 0 {
                // The name before it stands over the numbers and over the questions.
                name = names[index - 1].clone();
            }
            Column { role, number: index + 1, name, found }
        });
        let asked = || self.rows().filter(|row| !is_blank(&row.cell(question)));
        let count = asked().count();
        let with_id = id.map_or(0, |id| asked().filter(|row| !is_blank(&row.cell(id))).count());
        let numbered = asked().filter(|row| numbering::split(&row.cell(question)).is_some()).count();
        let shouted = asked().filter(|row| wording::is_shouted(&row.cell(question))).count();
        let width =
            self.header.map_or_else(|| self.usual_width(), |header| named_width(&self.sample[header]));
        Plan {
            header: self.header,
            header_guessed: guessed.is_some(),
            question,
            id,
            section,
            subsection: self.get(Role::Subsection),
            depth: self.get(Role::Depth),
            known,
            is_banner,
            columns: columns.collect(),
            width,
            header_len: self.header.filter(|_| guessed.is_none()).map(|header| self.sample[header].len()),
            fill_down: section.is_some_and(|section| is_sparse(self.rows(), section, question)),
            ids_usual: with_id * 10 >= count * 6,
            mixed_case: shouted * 3 < count,
            heading_shapes,
            id_tail,
            beside,
            numbered_texts: count >= 4 && numbered * 10 >= count * 7,
        }
    }
}

/// Whether a cell is short, without a space and with a digit, as ids are.
pub(super) fn is_short_id(cell: &str) -> bool {
    const MAX_ID_BYTES: usize = 24;
    cell.len() <= MAX_ID_BYTES && !cell.contains(' ') && cell.contains(|c: char| c.is_ascii_digit())
}

/// A depth as a cell states it.
pub(super) fn depth(cell: &str) -> Option<usize> {
    const DEEPEST: usize = 20;
    cell.parse().ok().filter(|depth| *depth <= DEEPEST)
}

pub(super) fn named_width(header: &Record) -> usize {
    header.filled().last().map_or(header.len(), |last| last + 1)
}

/// Below this a column of words is too short to be told for questions.
const ENOUGH: usize = 12_000;

/// How much a column looks like questions: filled, long, varied, and asking. 1000 is one character on average.
fn question_score<'a>(rows: impl Iterator<Item = &'a Record>, index: usize) -> usize {
    const LONG: usize = 300;
    let (mut all, mut filled, mut chars, mut asking) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut texts = Vec::new();
    for row in rows {
        let cell = row.cell(index);
        all += 1;
        if !is_blank(&cell) {
            filled += 1;
            chars += cell.chars().take(LONG).count();
            asking += usize::from(wording::ends_asking(&cell));
            texts.push(cell);
        }
    }
    texts.sort();
    texts.dedup();
    if filled == 0 {
        return 0;
    }
    let varied = (chars * 1000 / filled) * texts.len() / filled * filled / all;
    let factor = if asking * 3 >= filled { 3 } else { 1 };
    (varied * factor).max(1)
}

/// Whether a section is written once and left blank below, as an export of merged cells does it: there are blanks
/// below a section, and no section is written twice running.
fn is_sparse<'a>(rows: impl Iterator<Item = &'a Record>, section: usize, question: usize) -> bool {
    let (mut last, mut blanks) = (None, 0);
    for row in rows {
        let cell = row.cell(section);
        if !is_blank(&cell) {
            if last.as_ref() == Some(&cell) {
                return false;
            }
            last = Some(cell);
        } else if last.is_some() && !is_blank(&row.cell(question)) {
            blanks += 1;
        }
    }
    blanks > 0
}

use super::columns::{ColumnRef, Role};
use super::detect::{self, Plan};
use super::entry::SkipReason;
use super::headers::{self, Header};
use super::layout::shortened;
use super::split::{Record, is_blank};
use super::wording;

/// What stands in a row: the questionnaire's own id (empty where it has none), section and text, or why it asks
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Question { id: String, section: String, text: String, parent: String, cells: Cells },
    Skipped(SkipReason, String),
}

/// What became of the cells beyond the columns of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// There are none.
    AsNamed,
    /// They are part of the question.
    Joined,
    /// They are not the question's, as far as can be told.
    LeftOver,
}

impl Row {
    pub(super) fn skipped(reason: SkipReason, text: &str) -> Row {
        const MAX_CHARS: usize = 300;
        Row::Skipped(reason, shortened(text, MAX_CHARS))
    }
}

/// Reads the rows of a table one after the other.
pub(super) struct Table {
    plan: Plan,
    delimiter: Option<u8>,
    /// The header, normalised.
    header: Vec<String>,
    above_header: usize,
    section: String,
    /// The columns that the user named.
    wanted: Vec<(Role, ColumnRef)>,
    /// Whether the columns are those of a further table.
    is_further: bool,
    /// Whether the section is a heading's and not a cell's.
    under_heading: bool,
}

impl Table {
    pub(super) fn new(
        plan: Plan,
        sample: &[Record],
        delimiter: Option<u8>,
        wanted: &[(Role, ColumnRef)],
    ) -> Table {
        let header = plan.header.map(|index| normalised(&sample[index])).unwrap_or_default();
        let (above_header, wanted) = (plan.header.unwrap_or(0), wanted.to_vec());
        let (section, is_further, under_heading) = (String::new(), false, false);
        Table { plan, delimiter, header, above_header, section, wanted, is_further, under_heading }
    }

    /// Reads the next row; `None` for the header.
    pub(super) fn read(&mut self, record: &Record) -> Option<Row> {
        let mut filled = record.filled();
        let (first, second) = (filled.next(), filled.next());
        if self.above_header > 0 {
            self.above_header -= 1;
            let reason = if first.is_some() { SkipReason::AboveHeader } else { SkipReason::Blank };
            return Some(Row::skipped(reason, &joined(record)));
        }
        if self.plan.header.take().is_some() {
            return self.plan.header_guessed.then(|| Row::skipped(SkipReason::Header, &joined(record)));
        }
        let Some(first) = first else { return Some(Row::skipped(SkipReason::Blank, "")) };
        if let Some(reason) = self.furniture(record) {
            return Some(Row::skipped(reason, &joined(record)));
        }
        if let Some(header) = second.and_then(|_| detect::further_header(record, &self.wanted)) {
            self.begin(record, &header);
            return Some(Row::skipped(SkipReason::Header, &joined(record)));
        }
        if second.is_none() && self.is_heading(record, first) {
            self.section = record.cell(first).into_owned();
            self.under_heading = true;
            return Some(Row::skipped(SkipReason::SectionHeading, &self.section));
        }
        Some(self.question(record))
    }

    /// Begins a further table below its header. A heading above goes on, a cell of the last section column does not.
    fn begin(&mut self, record: &Record, header: &Header) {
        if self.plan.section.is_some() && !self.under_heading {
            self.section.clear();
        }
        self.header = normalised(record);
        self.plan = Plan {
            header: None,
            header_guessed: false,
            question: header.question.unwrap_or(0),
            id: header.id,
            section: header.section,
            columns: Vec::new(),
            width: detect::named_width(record),
            header_len: Some(record.len()),
            fill_down: true,
            ids_usual: true,
            mixed_case: self.plan.mixed_case,
        };
        self.is_further = true;
    }

    /// Whether a row belongs to the form of the table and not to what it says.
    fn furniture(&self, record: &Record) -> Option<SkipReason> {
        let drawn =
            |index: usize| record.cell_bytes(index).trim_ascii().iter().all(|byte| b"-:=".contains(byte));
        if self.delimiter == Some(b'|') && record.filled().all(drawn) {
            return Some(SkipReason::Rule);
        }
        let again = |index: usize| {
            self.header.get(index).is_some_and(|name| *name == headers::normalise(&record.cell(index)))
        };
        let repeats = !is_blank(&record.cell(self.plan.question)) && record.filled().all(again);
        (repeats && !self.header.is_empty()).then_some(SkipReason::RepeatedHeader)
    }

    /// Whether the only filled cell of a row is the heading of the rows below.
    fn is_heading(&self, record: &Record, index: usize) -> bool {
        const MAX_CHARS: usize = 160;
        let cell = record.cell(index);
        let plan = &self.plan;
        if index != plan.question {
            let is_id =
                plan.id == Some(index) && !cell.contains(' ') && cell.contains(|c: char| c.is_ascii_digit());
            return (index < plan.question || plan.section == Some(index))
                && !is_id
                && cell.contains(char::is_alphabetic)
                && cell.chars().count() <= MAX_CHARS;
        }
        // In the question column only where rows of questions look different: those have an id, or small letters.
        let stands_out = match plan.id {
            Some(_) => plan.ids_usual,
            None => plan.mixed_case && wording::is_shouted(&cell),
        };
        plan.section.is_none() && plan.width > 1 && stands_out && wording::is_heading_like(&cell)
    }

    fn question(&mut self, record: &Record) -> Row {
        let question = self.question_column(record);
        let end = self.question_end(record, question);
        let shift = if question + 1 < self.plan.width { end - question - 1 } else { 0 };
        let place = |index: usize| if index > question { index + shift } else { index };
        let section = self.section_of(record, self.plan.section.map(place));
        if is_blank(&record.cell(question)) && end == question + 1 {
            return Row::skipped(SkipReason::NoQuestion, &joined(record));
        }
        let id = self.plan.id.map(|index| record.cell(place(index))).filter(|id| !is_blank(id));
        let id = id.map(|id| id.into_owned()).unwrap_or_default();
        let beyond =
            self.plan.header_len.is_some_and(|len| record.filled().any(|index| index >= len + shift));
        let cells = match end > question + 1 {
            true => Cells::Joined,
            false if beyond => Cells::LeftOver,
            false => Cells::AsNamed,
        };
        Row::Question { id, section, text: self.text(record, question, end), parent: String::new(), cells }
    }

    /// The question's column, or the next one of its name where that is blank.
    fn question_column(&self, record: &Record) -> usize {
        let first = self.plan.question;
        let name = self.header.get(first).filter(|name| !name.is_empty());
        let same = |index: &usize| self.header.get(*index) == name && !is_blank(&record.cell(*index));
        if name.is_none() || !is_blank(&record.cell(first)) {
            return first;
        }
        (first + 1..self.header.len()).find(same).unwrap_or(first)
    }

    /// The section of a row. A blank cell takes the section above it where the table is written so (see
    /// [`Layout::section_filled_down`](super::Layout::section_filled_down)), and any row of a table without a
    /// section column takes the heading above it.
    fn section_of(&mut self, record: &Record, column: Option<usize>) -> String {
        let Some(index) = column else { return self.section.clone() };
        let cell = record.cell(index);
        if !is_blank(&cell) {
            // A section that is written in row after row is not left out where it is the same.
            self.plan.fill_down &= !(self.is_further && !self.under_heading && self.section == cell);
            self.section = cell.into_owned();
            self.under_heading = false;
        } else if !self.plan.fill_down {
            return String::new();
        }
        self.section.clone()
    }

    /// Where the question's cells end. There are several where a row was split at the delimiters of its prose.
    fn question_end(&self, record: &Record, question: usize) -> usize {
        let (plan, alone) = (&self.plan, question + 1);
        let is_filled = |index: usize| !is_blank(&record.cell(index));
        let Some(last) = (alone..record.len()).rev().find(|index| is_filled(*index)) else { return alone };
        let goes_on = |index: usize| self.goes_on(record, index);
        let cell = record.cell(question);
        let is_open = !cell.ends_with(['?', '!', '.', ':']);
        let asks = |index: usize| is_open && record.cell(index).ends_with('?');
        if alone == plan.width {
            let overflows = plan.header_len.is_some_and(|len| last >= len);
            let continues = overflows || (alone..=last).any(|index| goes_on(index) || asks(index));
            return if continues { last + 1 } else { alone };
        }
        // Further columns follow: as many cells may be the question's as the row has too many.
        let extra = plan.header_len.map_or(0, |len| record.len().saturating_sub(len));
        let within = alone..alone + extra;
        if extra > 0 && (within.clone().all(goes_on) || within.clone().any(asks)) {
            return within.end;
        }
        alone
    }

    /// Whether a cell goes on from the one before like prose behind a comma.
    fn goes_on(&self, record: &Record, index: usize) -> bool {
        let (before, cell) = (record.cell_bytes(index - 1), record.cell_bytes(index));
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        matches!(self.delimiter, Some(b',' | b';'))
            && ((cell.first() == Some(&b' ') && !cell.trim_ascii().is_empty())
                || (is_digit(before.last()) && is_digit(cell.first())))
    }

    fn text(&self, record: &Record, question: usize, end: usize) -> String {
        let mut text = super::decode::text(record.cell_bytes(question)).into_owned();
        for index in question + 1..end {
            text.extend(self.delimiter.map(char::from));
            text.push_str(&super::decode::text(record.cell_bytes(index)));
        }
        text.trim().to_owned()
    }
}

fn normalised(header: &Record) -> Vec<String> {
    header.cells().map(|cell| headers::normalise(&cell)).collect()
}

/// The filled cells of a row in one line.
fn joined(record: &Record) -> String {
    let cells: Vec<_> = record.filled().take(50).map(|index| record.cell(index)).collect();
    cells.join(" | ")
}

use super::detect::Plan;
use super::entry::SkipReason;
use super::headers;
use super::layout::shortened;
use super::split::{Record, is_blank};
use super::wording;

/// What stands in a row: the questionnaire's own id (empty where it has none), section and text, or why it asks
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Question { id: String, section: String, text: String, joined: bool },
    Skipped(SkipReason, String),
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
}

impl Table {
    pub(super) fn new(plan: Plan, sample: &[Record], delimiter: Option<u8>) -> Table {
        let header =
            plan.header.map(|index| sample[index].cells().map(|cell| headers::normalise(&cell)).collect());
        let above_header = plan.header.unwrap_or(0);
        Table { plan, delimiter, header: header.unwrap_or_default(), above_header, section: String::new() }
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
        if second.is_none() && self.is_heading(record, first) {
            self.section = record.cell(first).into_owned();
            return Some(Row::skipped(SkipReason::SectionHeading, &self.section));
        }
        Some(self.question(record))
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
        let section = self.section_of(record);
        if is_blank(&record.cell(self.plan.question)) {
            return Row::skipped(SkipReason::NoQuestion, &joined(record));
        }
        let id = self.plan.id.map(|index| record.cell(index)).filter(|id| !is_blank(id));
        let id = id.map(|id| id.into_owned()).unwrap_or_default();
        let whole = self.rejoined(record);
        let joined = whole.is_some();
        let text = whole.unwrap_or_else(|| record.cell(self.plan.question).into_owned());
        Row::Question { id, section, text, joined }
    }

    /// The section of a row. A blank cell takes the section above it where the table is written so (see
    /// [`Layout::section_filled_down`](super::Layout::section_filled_down)), and any row of a table without a
    /// section column takes the heading above it.
    fn section_of(&mut self, record: &Record) -> String {
        let Some(index) = self.plan.section else { return self.section.clone() };
        let cell = record.cell(index);
        if !is_blank(&cell) {
            self.section = cell.into_owned();
        } else if !self.plan.fill_down {
            return String::new();
        }
        self.section.clone()
    }

    /// The question of a row that was split at the commas of its prose: the question column is the last one, and
    /// what stands beyond it goes on like prose.
    fn rejoined(&self, record: &Record) -> Option<String> {
        let delimiter = self.delimiter.filter(|delimiter| matches!(delimiter, b',' | b';'))?;
        let question = self.plan.question;
        let goes_on = |index: usize| {
            let (before, cell) = (record.cell_bytes(index - 1), record.cell_bytes(index));
            let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
            (cell.first() == Some(&b' ') && !cell.trim_ascii().is_empty())
                || (is_digit(before.last()) && is_digit(cell.first()))
        };
        if question + 1 != self.plan.width || !(question + 1..record.len()).any(goes_on) {
            return None;
        }
        let mut text = super::decode::text(record.cell_bytes(question)).into_owned();
        for index in question + 1..record.len() {
            text.push(char::from(delimiter));
            text.push_str(&super::decode::text(record.cell_bytes(index)));
        }
        Some(text.trim().trim_end_matches(char::from(delimiter)).to_owned())
    }
}

/// The filled cells of a row in one line.
fn joined(record: &Record) -> String {
    let cells: Vec<_> = record.filled().take(50).map(|index| record.cell(index)).collect();
    cells.join(" | ")
}

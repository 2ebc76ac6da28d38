use super::columns::{ColumnRef, Role};
use super::detect::{self, Plan};
use super::entry::SkipReason;
use super::headers::{self, Header};
use super::known::Known;
use super::layout::{LONGEST_CONTEXT, shortened};
use super::numbering;
use super::outline::{self, LEVELS, Outline};
use super::several;
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
    outline: Outline,
    /// Columns beside the id's that name a row where that is blank.
    further_ids: Vec<usize>,
    /// The column of the last question.
    asked_in: usize,
    /// What the sheet is called.
    title: String,
    /// Whether the table has a header, or heads itself.
    is_headed: bool,
    /// Whether a question was read.
    has_begun: bool,
    /// Whether the next row is known to be the header of a further table.
    before_header: bool,
    /// The first half of an id over two columns.
    id_head: String,
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
        let (outline, asked_in) = (Outline::default(), plan.question);
        let further_ids = further_ids(&plan, &header);
        let is_headed = plan.header.is_some();
        Table {
            plan,
            delimiter,
            header,
            above_header,
            section,
            wanted,
            is_further,
            under_heading,
            outline,
            further_ids,
            asked_in,
            title: String::new(),
            is_headed,
            has_begun: false,
            before_header: false,
            id_head: String::new(),
        }
    }

    /// The column in which the last question stood, counted from 0.
    pub(super) fn asked_in(&self) -> usize {
        self.asked_in
    }

    /// Puts the table below a heading that stands outside it.
    pub(super) fn below(mut self, section: String) -> Table {
        self.under_heading = !section.is_empty();
        self.section = section;
        self
    }

    /// Says what the sheet is called: a first row of the same words is its title.
    pub(super) fn titled(mut self, name: &str) -> Table {
        self.title = headers::normalise(name);
        self
    }

    /// Tells the row after the next, which may be a header that the next one is the heading of.
    pub(super) fn foresee(&mut self, record: Option<&Record>) {
        let is_header = |record: &Record| {
            record.filled().nth(1).is_some() && detect::further_header(record, &self.wanted).is_some()
        };
        self.before_header = record.is_some_and(is_header);
    }

    /// The questions that further tables beside the first have in a row, with their columns.
    pub(super) fn beside(&self, record: &Record) -> Vec<(usize, Row)> {
        if !self.has_begun || self.plan.beside.is_empty() || self.above_header > 0 {
            return Vec::new();
        }
        let names = |index: usize| {
            self.header.get(index).is_some_and(|name| *name == headers::normalise(&record.cell(index)))
        };
        let asked = |&&(index, _): &&(usize, Option<usize>)| {
            index != self.asked_in && !is_blank(&record.cell(index)) && !names(index)
        };
        let row = |&(index, id): &(usize, Option<usize>)| {
            let text = record.cell(index).trim().to_owned();
            let id = id.map(|id| record.cell(id).into_owned()).unwrap_or_default();
            let section = self.section.clone();
            (index, Row::Question { id, section, text, parent: String::new(), cells: Cells::AsNamed })
        };
        self.plan.beside.iter().filter(asked).map(row).collect()
    }

    /// Reads the next row: one, or several where a cell holds several questions; none for the header.
    pub(super) fn rows(&mut self, record: &Record) -> Vec<Row> {
        let Some(row) = self.read(record) else { return Vec::new() };
        let Row::Question { id, section, text, parent, cells } = row else { return vec![row] };
        let answers = self.plan.columns.iter().find(|column| column.role == Role::Answer);
        let answers = answers.map_or(0, |column| record.cell(column.number - 1).lines().count());
        let texts = several::questions(&text, answers);
        if let [one] = &*texts {
            let text = (*one).to_owned();
            return vec![Row::Question { id, section, text, parent, cells }];
        }
        // Cells of a few questions are the rule; each takes over what stands around it.
        const FEW: usize = 200;
        let limit = if texts.len() <= FEW { LONGEST_CONTEXT } else { 80 };
        let [id, section, parent, first] =
            [&*id, &*section, &*parent, texts[0]].map(|text| shortened(text, limit));
        let one = |(index, text): (usize, &&str)| Row::Question {
            id: if id.is_empty() { String::new() } else { format!("{id}.q{}", index + 1) },
            section: section.clone(),
            text: (*text).to_owned(),
            parent: if index == 0 { parent.clone() } else { first.clone() },
            cells,
        };
        texts.iter().enumerate().map(one).collect()
    }

    /// Reads the next row; `None` for the header.
    fn read(&mut self, record: &Record) -> Option<Row> {
        let mut filled = record.filled();
        let (first, second) = (filled.next(), filled.next());
        if self.above_header > 0 {
            self.above_header -= 1;
            if let Some(row) = self.above_banner(record) {
                return Some(row);
            }
            if let Some(first) = first.filter(|_| second.is_none() && self.above_header == 0) {
                let cell = record.cell(first);
                if self.plan.section.is_none() && wording::is_part(&cell) {
                    return Some(self.under(&cell));
                }
            }
            let reason = if first.is_some() { SkipReason::AboveHeader } else { SkipReason::Blank };
            return Some(Row::skipped(reason, &joined(record)));
        }
        if self.plan.header.take().is_some() {
            if let Some(first) = first.filter(|_| self.plan.is_banner) {
                return Some(self.under(&record.cell(first)));
            }
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
        if self.is_banner(record, first) {
            return Some(self.under(&record.cell(first)));
        }
        if let Some(row) = self.heading_at_depth(record) {
            return Some(row);
        }
        if !self.has_begun && second.is_none() && self.is_title(&record.cell(first)) {
            return Some(Row::skipped(SkipReason::AboveHeader, &record.cell(first)));
        }
        if let Some(row) = self.numbered_heading(record) {
            return Some(row);
        }
        if self.is_aside(record, second.is_none()) {
            return Some(Row::skipped(SkipReason::Notice, &joined(record)));
        }
        if second.is_none() && self.before_header && wording::is_heading_like(&record.cell(first)) {
            return Some(self.under(&record.cell(first)));
        }
        if second.is_none() && self.is_notice(record, first) {
            return Some(Row::skipped(SkipReason::Notice, &record.cell(first)));
        }
        if second.is_none() && self.is_heading(record, first) {
            let cell = record.cell(first);
            return Some(match wording::is_prose(&cell) {
                // It explains the rows below and does not name them.
                true => Row::skipped(SkipReason::Notice, &cell),
                false => self.under(&cell),
            });
        }
        Some(self.question(record))
    }

    /// The heading of the rows below.
    fn under(&mut self, heading: &str) -> Row {
        self.section = shortened(heading, LONGEST_CONTEXT);
        self.under_heading = true;
        Row::skipped(SkipReason::SectionHeading, heading)
    }

    /// Whether a heading stands before the names of the columns once more.
    fn is_banner(&self, record: &Record, first: usize) -> bool {
        let heading = record.cell(first);
        let named = |index: usize| {
            let cell = record.cell(index);
            cell == heading || self.header.get(index).is_some_and(|name| *name == headers::normalise(&cell))
        };
        let others = record.filled().skip(1).filter(|index| record.cell(*index) != heading).count();
        others > usize::from(!self.plan.is_banner)
            && record.filled().skip(1).all(named)
            && wording::is_heading_like(&heading)
    }

    /// A row with a depth and no question: a heading of that depth, if it reads like one.
    fn heading_at_depth(&mut self, record: &Record) -> Option<Row> {
        let depth = detect::depth(&record.cell(self.plan.depth?))?;
        if !is_blank(&record.cell(self.plan.question)) {
            return None;
        }
        let told = |index: &usize| Some(*index) != self.plan.id && Some(*index) != self.plan.depth;
        let cells: Vec<_> = record.filled().filter(told).map(|index| record.cell(index)).collect();
        let texts = cells.iter().map(|cell| &**cell).filter(|cell| cell.contains(char::is_lowercase));
        let heading = outline::heading_in(texts)?;
        self.outline.heading(depth, heading);
        Some(Row::skipped(SkipReason::SectionHeading, heading))
    }

    /// A question above the first heading that names the columns: it is numbered as those below it are.
    fn above_banner(&mut self, record: &Record) -> Option<Row> {
        let question = self.plan.question;
        let is_unnamed = self.plan.is_banner || self.header.get(question).is_none_or(String::is_empty);
        let id = self.plan.id.filter(|id| is_unnamed && *id != question)?;
        let is_numbered = Known::by_one_id(&record.cell(id));
        (is_numbered && !is_blank(&record.cell(question))).then(|| self.question(record))
    }

    /// Whether the first row of a table says what the whole is called.
    fn is_title(&self, cell: &str) -> bool {
        let is_named = !self.title.is_empty() && headers::normalise(cell) == self.title;
        let is_unnumbered =
            || self.plan.numbered_texts && numbering::split(cell).is_none() && wording::is_heading_like(cell);
        is_named || (!self.is_headed && (wording::is_title(cell) || is_unnumbered()))
    }

    /// A heading that is numbered as only headings are.
    fn numbered_heading(&mut self, record: &Record) -> Option<Row> {
        let plan = &self.plan;
        let cell = record.cell(plan.question);
        if plan.heading_shapes.is_empty() || is_blank(&cell) {
            return None;
        }
        let (number, text) = match plan.id {
            Some(id) => (record.cell(id), &*cell),
            None => numbering::split(&cell).map(|(id, text)| (id.into(), text))?,
        };
        let expected =
            |index: usize| index == plan.question || Some(index) == plan.id || Some(index) == plan.section;
        let heads = numbering::shape(&number).is_some_and(|shape| plan.heading_shapes.contains(&shape))
            && record.filled().all(expected)
            && numbering::reads_like_a_heading(text);
        heads.then(|| self.under(&cell))
    }

    /// Whether a row of a table whose questions are numbered, and that is not, only sums up, explains or closes it.
    fn is_aside(&self, record: &Record, alone: bool) -> bool {
        let plan = &self.plan;
        let cell = record.cell(plan.question);
        let cell = cell.trim();
        if plan.id == Some(plan.question) {
            return plan.known.is_some() && !cell.contains(|c: char| c.is_ascii_digit());
        }
        if cell.starts_with("[Withdrawn") || cell.starts_with("[withdrawn") {
            return true;
        }
        let Some(id) = plan.id.filter(|_| plan.ids_usual) else { return false };
        let number = record.cell(id);
        if is_blank(&number) {
            return wording::is_total(cell) || (alone && wording::is_closing_label(cell));
        }
        !number.contains(|c: char| c.is_ascii_digit())
            && (wording::is_notice(&number) || wording::is_total(&number))
    }

    /// Whether a row says something to the reader instead of asking.
    fn is_notice(&self, record: &Record, index: usize) -> bool {
        let outside = self.plan.id.is_none() || self.plan.ids_usual;
        let cell = record.cell(index);
        let is_id = self.plan.id == Some(index) && !cell.contains(' ');
        outside && !is_id && self.plan.width > 1 && wording::is_notice(&cell)
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
            question: header.get(Role::Question).unwrap_or(0),
            id: header.get(Role::Id),
            section: header.get(Role::Section),
            subsection: header.get(Role::Subsection),
            depth: None,
            known: None,
            is_banner: false,
            columns: Vec::new(),
            width: detect::named_width(record),
            header_len: Some(record.len()),
            fill_down: true,
            ids_usual: true,
            mixed_case: self.plan.mixed_case,
            heading_shapes: self.plan.heading_shapes.clone(),
            id_tail: None,
            beside: Vec::new(),
            numbered_texts: false,
        };
        self.further_ids.clear();
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
        if plan.id == Some(plan.question) {
            return false;
        }
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
        let mut section = self.section_of(record, self.plan.section.map(place));
        if is_blank(&record.cell(question)) && end == question + 1 {
            return Row::skipped(SkipReason::NoQuestion, &joined(record));
        }
        let ids = self.plan.id.into_iter().chain(self.further_ids.iter().copied());
        let id = ids.map(|index| record.cell(place(index))).find(|id| !is_blank(id));
        let mut id = id.map(|id| id.into_owned()).unwrap_or_default();
        if let Some(tail) = self.plan.id_tail.map(|index| record.cell(place(index))) {
            match (is_blank(&id), is_blank(&tail)) {
                (false, _) => self.id_head.clone_from(&id),
                (true, false) => id.clone_from(&self.id_head),
                _ => {}
            }
            id.push_str(tail.trim());
        }
        self.has_begun = true;
        let beyond =
            self.plan.header_len.is_some_and(|len| record.filled().any(|index| index >= len + shift));
        let cells = match end > question + 1 {
            true => Cells::Joined,
            false if beyond => Cells::LeftOver,
            false => Cells::AsNamed,
        };
        self.asked_in = question;
        let text = self.text(record, question, end);
        let depth = self.plan.depth.and_then(|index| detect::depth(&record.cell(place(index))));
        let parent = match depth {
            Some(depth) => {
                section = joined_levels(&self.outline.path(depth), &section);
                self.outline.by_depth(depth, &text)
            }
            None => self.outline.by_id(&id, &text),
        };
        if let Some(title) = self.plan.subsection.map(|index| record.cell(place(index))) {
            section = joined_levels(&section, &title);
        }
        Row::Question { id, section, text, parent, cells }
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
            self.section = shortened(&cell, LONGEST_CONTEXT);
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
        if self.delimiter.is_none() {
            // A workbook's cells are what their sender made them.
            return alone;
        }
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

fn further_ids(plan: &Plan, header: &[String]) -> Vec<usize> {
    let taken = |index: usize| plan.columns.iter().any(|column| column.number == index + 1);
    let named = (0..header.len()).filter(|index| headers::score(Role::Id, &header[*index]) > 0);
    named.filter(|index| plan.id.is_some() && !taken(*index)).collect()
}

/// Two levels of a heading in one line; the same one twice, or a blank one, adds nothing.
fn joined_levels(upper: &str, lower: &str) -> String {
    match (is_blank(upper), is_blank(lower) || upper.ends_with(lower)) {
        (true, _) => lower.trim().to_owned(),
        (false, true) => upper.to_owned(),
        (false, false) => format!("{upper}{LEVELS}{}", lower.trim()),
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

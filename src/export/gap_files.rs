//! The gap register as a file of its own.

use std::io::{self, Write};

use csv::Writer;
use serde::Serialize;

use crate::formula::guard;

use super::csv::as_io;
use super::gaps::{Gap, GapGroup, GapRegister};
use super::jsonl::to_json;
use super::markdown_text::{cell, escaped, link};

/// The columns of a gap register, in their order.
pub const GAP_COLUMNS: [&str; 10] =
    ["area", "title", "nature", "gap", "id", "place", "section", "question", "party", "next"];

/// What a gap register is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapFormat {
    /// One line a question, formulas defused.
    Csv,
    /// For people: a table an area, with what to do next.
    Markdown,
    /// One JSON object a question, with the keys of [`GAP_COLUMNS`].
    Jsonl,
}

impl GapRegister<'_> {
    /// Writes the register.
    ///
    /// # Errors
    /// When the writer or a temporary file fails.
    pub fn write(&mut self, mut to: impl Write, format: GapFormat) -> io::Result<()> {
        match format {
            GapFormat::Csv => self.write_csv(&mut to)?,
            GapFormat::Markdown => self.write_markdown(&mut to)?,
            GapFormat::Jsonl => self.write_jsonl(&mut to)?,
        }
        to.flush()
    }

    fn write_csv(&mut self, to: &mut impl Write) -> io::Result<()> {
        let mut writer = Writer::from_writer(to);
        writer.write_record(GAP_COLUMNS).map_err(as_io)?;
        for mut group in self.groups() {
            let told = ToldGroup::new(&group);
            group.each(|gap| {
                let cells = told.row(&gap).cells();
                writer.write_record(cells.map(|cell| guard(cell).into_owned())).map_err(as_io)
            })?;
        }
        writer.flush()
    }

    fn write_jsonl(&mut self, to: &mut impl Write) -> io::Result<()> {
        for mut group in self.groups() {
            let told = ToldGroup::new(&group);
            group.each(|gap| writeln!(to, "{}", to_json(&told.row(&gap))?))?;
        }
        Ok(())
    }

    fn write_markdown(&mut self, to: &mut impl Write) -> io::Result<()> {
        let about = self.about();
        let document = &about.provider.document;
        writeln!(to, "# Gap register: {}\n", escaped(&about.deployment()))?;
        let title = link(&about.provider.document_name(), &document.url);
        writeln!(to, "{title}, read {}.\n", escaped(&document.read))?;
        let counts = self.counts();
        if counts.questions == 0 {
            return writeln!(to, "No gap: every row is settled and somebody is named for it.");
        }
        let rows = if counts.questions == 1 { "row is" } else { "rows are" };
        writeln!(
            to,
            "{} {rows} open: {}. A row may be both unaddressed and unsettled.",
            counts.questions,
            counts.shown()
        )?;
        for mut group in self.groups() {
            let id =
                if group.id().is_empty() { String::new() } else { format!(" ({})", escaped(group.id())) };
            writeln!(to, "\n## {}{id}\n", escaped(group.title()))?;
            let nature = match group.nature().as_str() {
                "" => String::new(),
                nature => format!("Nature: {nature}. "),
            };
            writeln!(to, "{nature}Open: {}. {}\n", group.counts.shown(), escaped(&group.next()))?;
            writeln!(to, "| Id | Place | Section | Question | Gap |\n| --- | --- | --- | --- | --- |")?;
            group.each(|gap| {
                let cells =
                    [&gap.id, &gap.place, &gap.section, &gap.question, &gap.gap].map(|text| cell(text));
                writeln!(to, "| {} |", cells.join(" | "))
            })?;
        }
        Ok(())
    }
}

/// What every row of a group says.
pub(super) struct ToldGroup {
    area: String,
    title: String,
    nature: String,
    next: String,
}

impl ToldGroup {
    pub(super) fn new(group: &GapGroup<'_>) -> ToldGroup {
        let title = group.area.map(|area| area.title.clone()).unwrap_or_default();
        ToldGroup { area: group.id().to_owned(), title, nature: group.nature(), next: group.next() }
    }

    pub(super) fn row<'r>(&'r self, gap: &'r Gap) -> Row<'r> {
        Row {
            area: &self.area,
            title: &self.title,
            nature: &self.nature,
            gap: &gap.gap,
            id: &gap.id,
            place: &gap.place,
            section: &gap.section,
            question: &gap.question,
            party: &gap.party,
            next: &self.next,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Row<'r> {
    area: &'r str,
    title: &'r str,
    nature: &'r str,
    gap: &'r str,
    id: &'r str,
    place: &'r str,
    section: &'r str,
    question: &'r str,
    party: &'r str,
    next: &'r str,
}

impl<'r> Row<'r> {
    pub(super) fn cells(&self) -> [&'r str; 10] {
        [
            self.area,
            self.title,
            self.nature,
            self.gap,
            self.id,
            self.place,
            self.section,
            self.question,
            self.party,
            self.next,
        ]
    }
}

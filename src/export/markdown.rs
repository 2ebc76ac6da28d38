use std::io::{self, Seek as _, Write};

use tempfile::SpooledTempFile;

use crate::assignment::Assignment;
use crate::catalog::{Nature, locators};
use crate::domain::Party;

use super::Exporter;
use super::about::About;
use super::markdown_text::{cell, escaped, link, shortened};
use super::record::Record;
use super::summary::Summary;
use super::vocabulary::{Vocabulary, Wording};

/// Duties in a table are for reading across; the CSV has them whole.
const DUTIES: usize = 300;

/// What is kept in memory of the tables until the counts above them are known.
const IN_MEMORY: usize = 1024 * 1024;

/// Writes a report for people: counts, then a table a section.
pub struct MarkdownExporter<'a, W: Write> {
    to: W,
    about: About<'a>,
    wording: Wording,
    summary: Summary,
    tables: SpooledTempFile,
    section: Option<String>,
}

impl<'a, W: Write> MarkdownExporter<'a, W> {
    /// Writes nothing yet: the counts stand above the tables.
    pub fn new(to: W, about: About<'a>, wording: Wording) -> MarkdownExporter<'a, W> {
        let tables = SpooledTempFile::new(IN_MEMORY);
        MarkdownExporter { to, about, wording, summary: Summary::default(), tables, section: None }
    }

    /// The caption of the column that names who answers: a standard's own where its words stand there.
    fn responsible(&self) -> &'static str {
        match self.wording.vocabulary {
            Vocabulary::Names => "Responsible",
            Vocabulary::Caiq => "SSRM Control Ownership",
            Vocabulary::Fedramp => "Can Be Inherited from CSP",
        }
    }

    fn open_table(&mut self, section: &str) -> io::Result<()> {
        let title = escaped(section);
        let title = if title.is_empty() { "Questions" } else { &title };
        let responsible = self.responsible();
        writeln!(self.tables, "\n## {title}\n")?;
        writeln!(self.tables, "| Id | Question | Party | {responsible} | Who does what | Source | Status |")?;
        writeln!(self.tables, "| --- | --- | --- | --- | --- | --- | --- |")
    }

    fn head(&mut self) -> io::Result<()> {
        let (about, to) = (self.about, &mut self.to);
        let document = &about.provider.document;
        writeln!(to, "# Whose job is it: {}\n", escaped(&about.deployment()))?;
        writeln!(to, "- Deployment: {}", escaped(&about.model.is))?;
        let title = link(&about.provider.document_name(), &document.url);
        writeln!(to, "- Document: {title}, read {}", escaped(&document.read))?;
        if let Some(reason) = &about.model.outside {
            writeln!(to, "- {}", escaped(reason))?;
        }
        let questions = self.summary.questions;
        writeln!(to, "- Questions: {questions}{}", after_colon(&self.summary.statuses()))?;
        writeln!(to, "- Parties{}", after_colon(&self.summary.parties()))?;
        writeln!(
            to,
            "\n`unaddressed`: the document is silent. `review`, `unmatched` and `skipped` rows need a person."
        )
    }
}

fn after_colon(list: &str) -> String {
    if list.is_empty() { String::new() } else { format!(": {list}") }
}

impl<W: Write> Exporter for MarkdownExporter<'_, W> {
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        self.summary.add(assignment);
        let record = Record::new(assignment, self.wording);
        if self.section.as_ref() != Some(&record.section) {
            self.open_table(&record.section)?;
            self.section = Some(record.section.clone());
        }
        let cells = [
            cell(&record.id),
            cell(&record.question),
            cell(&record.party),
            cell(&record.responsible),
            cell(&shortened(&duties(assignment, &record), DUTIES)),
            source(assignment, &record),
            cell(record.status),
        ];
        writeln!(self.tables, "| {} |", cells.join(" | "))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.head()?;
        self.tables.rewind()?;
        io::copy(&mut self.tables, &mut self.to)?;
        self.to.flush()
    }
}

/// What each side does; where the document is silent, that and no more, since it is so in many rows.
fn duties(assignment: &Assignment<'_>, record: &Record) -> String {
    if assignment.party() == Some(Party::Unaddressed) && assignment.model.outside.is_none() {
        let own = assignment.resolutions.iter().all(|found| found.area.nature == Nature::Own);
        let silent = if own { "Silent: each organisation answers for this itself." } else { "Silent." };
        return joined([("", assignment.history().as_str()), ("", silent)]);
    }
    let provider = assignment.provider.name.as_str();
    joined([(provider, &record.provider_duty), ("Customer", &record.customer_duty), ("", &record.note)])
}

fn joined<const N: usize>(told: [(&str, &str); N]) -> String {
    let told = told.iter().filter(|(_, what)| !what.is_empty());
    let told =
        told.map(|(who, what)| if who.is_empty() { what.to_string() } else { format!("{who}: {what}") });
    told.collect::<Vec<_>>().join(" · ")
}

/// The places in the document, linked to it.
fn source(assignment: &Assignment<'_>, record: &Record) -> String {
    let places = locators(&assignment.statements()).join("; ");
    if places.is_empty() { cell("") } else { link(&places, &record.source_url) }
}

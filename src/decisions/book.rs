//! The file that decisions are kept in: a plain CSV that people read, edit, search and share.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::sync::Arc;

use thiserror::Error;

use crate::domain::{AreaId, Status};
use crate::formula::guard;
use crate::labelled::{Label, LabelledRow, Provenance};
use crate::matching::{NONE, folded};
use crate::questionnaire::{PlainRow, ReadError, Rows};
use crate::safe_text::one_line;

use super::Decision;

/// A column of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The question as it was asked.
    Question,
    /// The main area's id; empty where it is about none.
    Area,
    /// Further areas, `;` between.
    Also,
    /// Confirmed or corrected.
    Status,
    /// Who decided it.
    Reviewer,
    /// When, in UTC.
    Decided,
    /// Who approved it.
    Approver,
    /// When, in UTC.
    Approved,
    /// The party that was named in the document's place.
    NamedParty,
    /// Why.
    Reason,
    /// The provider's id.
    Provider,
    /// The deployment model's id.
    Model,
    /// The questionnaire's name.
    File,
    /// A remark.
    Note,
    /// When, by whom and why it was withdrawn; empty where it counts.
    Withdrawn,
}

impl Column {
    /// Every column, in the order in which a new file has them.
    pub const ALL: [Column; 15] = [
        Column::Question,
        Column::Area,
        Column::Also,
        Column::Status,
        Column::Reviewer,
        Column::Decided,
        Column::Approver,
        Column::Approved,
        Column::NamedParty,
        Column::Reason,
        Column::Provider,
        Column::Model,
        Column::File,
        Column::Note,
        Column::Withdrawn,
    ];

    /// Its name in the header.
    pub fn name(self) -> &'static str {
        match self {
            Column::Question => "question",
            Column::Area => "area",
            Column::Also => "also",
            Column::Status => "status",
            Column::Reviewer => "reviewer",
            Column::Decided => "decided",
            Column::Approver => "approver",
            Column::Approved => "approved",
            Column::NamedParty => "named_party",
            Column::Reason => "reason",
            Column::Provider => "provider",
            Column::Model => "model",
            Column::File => "file",
            Column::Note => "note",
            Column::Withdrawn => "withdrawn",
        }
    }
}

/// Columns that no file of decisions can do without; the others are added where they are missing.
const NEEDED: [Column; 5] = [Column::Question, Column::Area, Column::Also, Column::Status, Column::Reviewer];

/// A column that exports have and files of decisions have not.
const OF_EXPORTS: &str = "confidence";

/// Why a file is none that decisions can be kept in.
#[derive(Debug, Error)]
pub enum BookError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It lacks a column.
    #[error("{file} is no file of decisions: it has no column `{column}`")]
    NoColumn {
        /// The file.
        file: Arc<str>,
        /// The column.
        column: &'static str,
    },
    /// It is an export.
    #[error("{file} is an export; decisions are kept in a file of their own")]
    Export {
        /// The file.
        file: Arc<str>,
    },
}

/// A decision to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The question as it was asked.
    pub wording: String,
    /// What it is about, the main area first; empty where it is about no area.
    pub areas: Vec<AreaId>,
    /// Confirmed or corrected.
    pub status: Status,
    /// Who decided it, when, where and for which deployment, and the party that was named.
    pub provenance: Provenance,
    /// A remark.
    pub note: String,
    /// Decisions on this wording that whoever decided it saw: those that it contradicts are withdrawn.
    pub saw: Vec<Identity>,
    /// Whether it is kept only where its questionnaire has a decision on this wording already.
    pub only_renews: bool,
}

/// A decision that no longer stands by the word of whoever made it, or by what was decided in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The decision.
    pub kept: Kept,
    /// What was decided in its place.
    pub instead: Option<Kept>,
    /// When it was taken back, in UTC.
    pub at: String,
    /// By whom.
    pub by: String,
}

impl Kept {
    /// A settled row of a table; nothing where it is none.
    pub fn of(row: LabelledRow) -> Option<Kept> {
        let (Label { area, also }, status) = (row.label?, row.status?);
        let mut provenance = row.provenance;
        if provenance.file.is_empty() {
            let file = &row.question.place.file;
            provenance.file = file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        }
        Some(Kept {
            wording: row.question.text,
            areas: std::iter::once(area).chain(also).flatten().collect(),
            status,
            provenance,
            note: row.remark,
            saw: Vec::new(),
            only_renews: false,
        })
    }

    /// What makes it this decision: the same said of the same wording, by the same person at the same moment.
    pub fn identity(&self) -> Identity {
        Identity::new(&self.wording, &self.areas, &self.provenance)
    }

    /// What it is about, in a form that can be compared.
    fn filed(&self) -> (String, BTreeSet<String>) {
        filed(main(&self.areas), &also(&self.areas))
    }

    fn party(&self) -> &str {
        self.provenance.named.as_ref().map_or("", |named| named.party.as_str())
    }

    fn deployment(&self) -> (&str, &str) {
        let deployment = self.provenance.deployment.as_ref();
        deployment.map_or(("", ""), |(provider, model)| (provider, model))
    }

    fn cell(&self, column: Column) -> String {
        let provenance = &self.provenance;
        match column {
            Column::Question => self.wording.clone(),
            Column::Area => main(&self.areas).to_owned(),
            Column::Also => also(&self.areas),
            Column::Status => self.status.to_string(),
            Column::Reviewer => provenance.reviewer.clone(),
            Column::Decided => provenance.decided.clone(),
            Column::Approver => provenance.approver.clone(),
            Column::Approved => provenance.approved.clone(),
            Column::NamedParty => self.party().to_owned(),
            Column::Reason => provenance.named.as_ref().map_or(String::new(), |named| named.reason.clone()),
            Column::Provider => self.deployment().0.to_owned(),
            Column::Model => self.deployment().1.to_owned(),
            Column::File => provenance.file.clone(),
            Column::Note => self.note.clone(),
            Column::Withdrawn => String::new(),
        }
    }

    /// What is written beside those that it overrules.
    fn overruling(&self) -> String {
        shown(&told_of(&self.provenance.decided, &self.provenance.reviewer, "decided anew"))
    }
}

/// How a withdrawal ends that was no revocation.
const TAKEN_BACK: &str = "taken back in its journal";

/// `2026-11-21T17:00:00Z by Ana: no longer true`.
fn told_of(at: &str, by: &str, why: &str) -> String {
    let by = if by.is_empty() { String::new() } else { format!("by {by}") };
    let head: Vec<&str> = [at, &by].into_iter().filter(|part| !part.is_empty()).collect();
    match (head.join(" "), why.trim()) {
        (head, "") if head.is_empty() => "yes".into(),
        (head, "") => head,
        (head, why) if head.is_empty() => why.into(),
        (head, why) => format!("{head}: {why}"),
    }
}

/// What makes a decision this one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    wording: String,
    filed: (String, BTreeSet<String>),
    party: String,
    deployment: [String; 2],
    decided: String,
    reviewer: String,
    file: String,
}

impl Identity {
    fn new(wording: &str, areas: &[AreaId], provenance: &Provenance) -> Identity {
        let deployment = provenance.deployment.clone().unwrap_or_default();
        Identity {
            wording: folded(wording),
            filed: filed(main(areas), &also(areas)),
            party: provenance.named.as_ref().map_or(String::new(), |named| named.party.to_string()),
            deployment: [deployment.0, deployment.1],
            decided: shown(&provenance.decided),
            reviewer: shown(&provenance.reviewer),
            file: shown(&provenance.file),
        }
    }

    /// That of a decision that was read.
    pub fn of(decision: &Decision) -> Identity {
        Identity::new(&decision.wording, &decision.areas, &decision.provenance)
    }
}

/// What came of keeping a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It was added; so many that it overrules were withdrawn.
    Added(usize),
    /// It was there, and is approved now or no longer, or noted upon.
    Renewed,
    /// It was there, or one that says the same.
    Known,
}

/// The file, taken apart. Columns that it has besides stay as they are.
#[derive(Clone, Debug)]
pub struct Book {
    header: Vec<String>,
    rows: Vec<BookRow>,
    /// The indices of the rows with a wording, by its words in the form in which they are compared.
    by_wording: BTreeMap<String, Vec<usize>>,
}

/// A decision as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// Its line as the file was read, counted from 1; nothing where it was added since.
    pub line: Option<u64>,
    /// The cells of the known columns, in their order.
    known: [String; Column::ALL.len()],
    /// All cells, those of unknown columns among them.
    cells: Vec<String>,
}

impl BookRow {
    /// What stands in a column.
    pub fn cell(&self, column: Column) -> &str {
        &self.known[column as usize]
    }

    /// Whether it counts.
    pub fn counts(&self) -> bool {
        self.cell(Column::Withdrawn).is_empty()
    }

    fn deployment(&self) -> (&str, &str) {
        (self.cell(Column::Provider), self.cell(Column::Model))
    }

    /// What it is about, in a form that can be compared.
    fn filed(&self) -> (String, BTreeSet<String>) {
        filed(self.cell(Column::Area), self.cell(Column::Also))
    }

    /// Whether it and another decision on the same wording cannot both be followed.
    fn contradicts(&self, kept: &Kept) -> bool {
        let is_same_deployment = self.deployment() == kept.deployment() && kept.deployment() != ("", "");
        self.filed() != kept.filed() || (is_same_deployment && self.cell(Column::NamedParty) != kept.party())
    }

    fn identity(&self) -> Identity {
        let (provider, model) = self.deployment();
        Identity {
            wording: folded(self.cell(Column::Question)),
            filed: self.filed(),
            party: self.cell(Column::NamedParty).to_owned(),
            deployment: [provider, model].map(str::to_owned),
            decided: self.cell(Column::Decided).to_owned(),
            reviewer: self.cell(Column::Reviewer).to_owned(),
            file: self.cell(Column::File).to_owned(),
        }
    }

    /// Whether it says of the same wording what another one says, under the same deployment.
    fn says(&self, kept: &Kept) -> bool {
        self.filed() == kept.filed()
            && self.deployment() == kept.deployment()
            && self.cell(Column::NamedParty) == kept.party()
    }

    /// Whether it was taken back by whoever made it, rather than revoked or overruled.
    fn is_taken_back(&self) -> bool {
        self.cell(Column::Withdrawn).rsplit(": ").next() == Some(TAKEN_BACK)
    }

    /// Whether it was withdrawn after a moment, as far as that is told.
    fn is_withdrawn_since(&self, moment: &str) -> bool {
        let withdrawn = self.cell(Column::Withdrawn);
        let at = withdrawn.split(' ').next().unwrap_or_default();
        !withdrawn.is_empty()
            && !self.is_taken_back()
            && (!at.starts_with(|c: char| c.is_ascii_digit()) || at >= moment)
    }
}

impl Default for Book {
    fn default() -> Book {
        let header = Column::ALL.iter().map(|column| column.name().to_owned()).collect();
        Book { header, rows: Vec::new(), by_wording: BTreeMap::new() }
    }
}

impl Book {
    /// Reads the file; an empty one has no decisions. `name` stands in every message.
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub fn read(input: impl Read + 'static, name: &str) -> Result<Book, BookError> {
        let mut rows = Rows::open(input, name)?;
        let file = Arc::clone(rows.file());
        let Some(header) = rows.next().transpose()? else { return Ok(Book::default()) };
        let mut header = header.cells;
        let place =
            |header: &[String], name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        if place(&header, OF_EXPORTS).is_some() {
            return Err(BookError::Export { file });
        }
        if let Some(missing) = NEEDED.iter().find(|column| place(&header, column.name()).is_none()) {
            return Err(BookError::NoColumn { file, column: missing.name() });
        }
        let rows: Vec<PlainRow> = rows.collect::<Result<_, ReadError>>()?;
        // What stands beyond the header is nobody's column, and must not become one.
        let widest = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        header.resize(header.len().max(widest), String::new());
        for column in Column::ALL {
            if place(&header, column.name()).is_none() {
                header.push(column.name().to_owned());
            }
        }
        let mut book = Book { header, ..Book::default() };
        rows.into_iter().for_each(|row| book.push(Some(row.line), row.cells));
        Ok(book)
    }

    fn place(&self, column: Column) -> usize {
        let named = |cell: &String| cell.eq_ignore_ascii_case(column.name());
        self.header.iter().position(named).unwrap_or(self.header.len())
    }

    fn push(&mut self, line: Option<u64>, cells: Vec<String>) {
        let cell = |column: &Column| cells.get(self.place(*column)).cloned().unwrap_or_default();
        let known = std::array::from_fn(|index| cell(&Column::ALL[index]));
        let words = folded(&known[Column::Question as usize]);
        self.by_wording.entry(words).or_default().push(self.rows.len());
        self.rows.push(BookRow { line, known, cells });
    }

    fn set(&mut self, row: usize, column: Column, text: &str) {
        let place = self.place(column);
        let row = &mut self.rows[row];
        row.known[column as usize] = text.to_owned();
        if row.cells.len() <= place {
            row.cells.resize(place + 1, String::new());
        }
        row.cells[place] = text.to_owned();
    }

    /// The decisions, in the file's order, those that were withdrawn among them.
    pub fn rows(&self) -> &[BookRow] {
        &self.rows
    }

    /// The rows that count and contradict another one that counts, by their indices.
    pub fn conflicts(&self) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        for same in self.by_wording.values() {
            let live = || same.iter().copied().filter(|index| self.rows[*index].counts());
            let kinds: HashSet<_> = live().map(|index| self.rows[index].filed()).collect();
            if kinds.len() > 1 {
                found.extend(live());
                continue;
            }
            let mut parties: HashMap<(&str, &str), HashSet<&str>> = HashMap::new();
            for index in live() {
                let row = &self.rows[index];
                parties.entry(row.deployment()).or_default().insert(row.cell(Column::NamedParty));
            }
            found.extend(live().filter(|index| parties[&self.rows[*index].deployment()].len() > 1));
        }
        found
    }

    fn same(&self, wording: &str) -> Vec<usize> {
        self.by_wording.get(&folded(wording)).cloned().unwrap_or_default()
    }

    /// Keeps a decision, unless it is there or was revoked since. `is_own` where it comes from its own journal, which
    /// knows whether it is approved.
    pub fn keep(&mut self, kept: &Kept, is_own: bool) -> Came {
        let (same, identity) = (self.same(&kept.wording), kept.identity());
        if folded(&kept.wording).is_empty() {
            return Came::Known;
        }
        if let Some(known) = same.iter().find(|index| self.rows[**index].identity() == identity) {
            return self.renew(&same, *known, kept, is_own);
        }
        let is_of_file = |index: &usize| self.rows[*index].cell(Column::File) == identity.file;
        if kept.only_renews && !same.iter().any(is_of_file) {
            return Came::Known;
        }
        let reviewer = shown(&kept.provenance.reviewer);
        let is_known = |row: &BookRow| {
            // Rows of one questionnaire that ask the same need one decision.
            let is_of_it = row.cell(Column::File) == identity.file && row.cell(Column::Reviewer) == reviewer;
            row.says(kept) && (row.is_withdrawn_since(&kept.provenance.decided) || (row.counts() && is_of_it))
        };
        if same.iter().any(|index| is_known(&self.rows[*index])) {
            return Came::Known;
        }
        let overruled = self.overrule(&same, kept);
        let mut cells = vec![String::new(); self.header.len()];
        for column in Column::ALL {
            let text = kept.cell(column);
            // The question may have several lines; everything else is one.
            let is_question = column == Column::Question;
            cells[self.place(column)] =
                if is_question { guard(text.trim()).into_owned() } else { shown(&text) };
        }
        self.push(None, cells);
        Came::Added(overruled)
    }

    /// Brings a decision that is there up to date.
    fn renew(&mut self, same: &[usize], row: usize, kept: &Kept, is_own: bool) -> Came {
        if self.rows[row].is_taken_back() {
            // Made once more at the same moment.
            self.set(row, Column::Withdrawn, "");
            return Came::Added(self.overrule(same, kept));
        }
        let note = shown(&kept.note);
        let is_noted = !is_own || self.rows[row].cell(Column::Note) == note;
        if !is_noted {
            self.set(row, Column::Note, &note);
        }
        let [approver, approved] =
            [&kept.provenance.approver, &kept.provenance.approved].map(|text| shown(text));
        if self.rows[row].cell(Column::Approver) == approver || (approver.is_empty() && !is_own) {
            return if is_noted { Came::Known } else { Came::Renewed };
        }
        self.set(row, Column::Approver, &approver);
        self.set(row, Column::Approved, &approved);
        Came::Renewed
    }

    /// Withdraws what a decision contradicts and whoever made it saw; tells how many these are.
    fn overrule(&mut self, same: &[usize], kept: &Kept) -> usize {
        let is_overruled = |index: &&usize| {
            let row = &self.rows[**index];
            row.counts() && kept.saw.contains(&row.identity()) && row.contradicts(kept)
        };
        let overruled: Vec<usize> = same.iter().filter(is_overruled).copied().collect();
        for index in &overruled {
            self.set(*index, Column::Withdrawn, &kept.overruling());
        }
        overruled.len()
    }

    /// Withdraws a decision that was taken back. Those that it overruled count again, unless what was decided in its
    /// place overrules them, too. Tells whether it counted.
    pub fn take_back(&mut self, gone: &TakenBack) -> bool {
        let TakenBack { kept, instead, at, by } = gone;
        let (same, identity) = (self.same(&kept.wording), kept.identity());
        let is_it = |index: &&usize| self.rows[**index].counts() && self.rows[**index].identity() == identity;
        let Some(found) = same.iter().find(is_it).copied() else { return false };
        self.set(found, Column::Withdrawn, &shown(&told_of(at, by, TAKEN_BACK)));
        for index in same {
            if self.rows[index].cell(Column::Withdrawn) != kept.overruling() {
                continue;
            }
            let row = &self.rows[index];
            let is_still = instead.as_ref().filter(|new| row.contradicts(new));
            let withdrawn = is_still.map_or(String::new(), Kept::overruling);
            self.set(index, Column::Withdrawn, &withdrawn);
        }
        true
    }

    /// The index of the row that stood in this line.
    pub fn at(&self, line: u64) -> Option<usize> {
        self.rows.iter().position(|row| row.line == Some(line))
    }

    /// Lets a decision no longer count; it stays to be read, with who said so, when and why.
    pub fn withdraw(&mut self, row: usize, at: &str, by: &str, why: &str) {
        self.set(row, Column::Withdrawn, &shown(&told_of(at, &one_line(by), &one_line(why))));
    }

    /// Lets a decision count again.
    pub fn restore(&mut self, row: usize) {
        self.set(row, Column::Withdrawn, "");
    }

    /// The same file with only some of its rows.
    #[must_use]
    pub fn only<'r>(&self, rows: impl Iterator<Item = &'r BookRow>) -> Book {
        let mut some = Book { header: self.header.clone(), ..Book::default() };
        rows.for_each(|row| some.push(row.line, row.cells.clone()));
        some
    }

    /// The file, whole: UTF-8, comma between, no cell a formula.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let rows = self.rows.iter().map(|row| &row.cells);
        for cells in std::iter::once(&self.header).chain(rows) {
            let width = cells.len().max(self.header.len());
            let padded = (0..width).map(|at| cells.get(at).map_or("", String::as_str));
            // Writing to memory cannot fail.
            let _ = writer.write_record(padded.map(|cell| guard(cell).into_owned()));
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// A cell as it is kept: one line, and no formula.
fn shown(text: &str) -> String {
    guard(&one_line(text)).into_owned()
}

/// The main area as a cell has it.
fn main(areas: &[AreaId]) -> &str {
    areas.first().map_or("", AreaId::as_str)
}

/// The further ones as a cell has them.
fn also(areas: &[AreaId]) -> String {
    areas.iter().skip(1).map(AreaId::as_str).collect::<Vec<_>>().join(";")
}

/// Areas in a form that can be compared: the order of further ones says nothing.
fn filed(main: &str, also: &str) -> (String, BTreeSet<String>) {
    let id = |area: &str| area.trim().to_lowercase();
    let further = also.split(';').map(id).filter(|area| !area.is_empty()).collect();
    (Some(id(main)).filter(|main| main != NONE).unwrap_or_default(), further)
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;

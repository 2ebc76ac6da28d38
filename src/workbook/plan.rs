use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::io::{Seek, Write};

use super::address::{Cell, CellRange};
use super::cells::{CellState, Content};
use super::error::PackageError;
use super::facts::SheetFacts;
use super::package::{Package, SheetRef};
use super::patch::{patch_cells, recalculated, storable};
use super::validation::ListSource;

/// The longest text a cell takes, in UTF-16 units.
pub const LONGEST_TEXT: usize = 32_767;
/// How often words of lists are looked up on one sheet, each time reading another.
const MOST_LOOKUPS: usize = 200;
/// How many words of a list a refusal names.
const WORDS_SHOWN: usize = 8;

/// Cells to be written: each is checked against what the workbook has and allows when it is added.
#[derive(Debug)]
pub struct Plan<'p> {
    package: &'p Package,
    sheets: BTreeMap<String, BTreeMap<Cell, String>>,
}

/// A text that is wanted in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The cell.
    pub cell: Cell,
    /// Ways to say the same, the best first: a cell with a list takes the first that is among the list's words, any
    /// other cell the first. No two should be about different facts.
    pub texts: Vec<String>,
    /// Whether what is in the cell may be replaced.
    pub overwrite: bool,
    /// Whether the text is for a cell with a list only, because without one it would be our word and not the sender's.
    pub list_only: bool,
}

/// What became of a wanted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It will be written, in these words.
    Written(String),
    /// The cell has it already.
    Already,
    /// It will not be written.
    Refused(Refusal),
}

/// Why a cell is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The cell is beyond the last row or column of a sheet.
    OffSheet,
    /// The cell works something out.
    Formula,
    /// The cell belongs to a formula over several cells.
    Array(CellRange),
    /// The cell is merged into another.
    Merged {
        /// The cell that stands for all.
        first: Cell,
    },
    /// The cell is a header of a table, which has to match the table's own list.
    TableHeader,
    /// Something is there already.
    Occupied,
    /// Something else is to be written into it.
    Twice,
    /// The cell has a list, and the text is not in it.
    NotInList {
        /// The list's first words.
        words: Vec<String>,
        /// How many there are.
        count: usize,
    },
    /// The cell has a list whose words only a spreadsheet can work out.
    UnknownList,
    /// The cell has no list, and the text is meant for one.
    NoList,
    /// The text is longer than a cell takes.
    TooLong {
        /// In UTF-16 units, as Excel counts.
        length: usize,
    },
    /// There is nothing to write.
    Nothing,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::OffSheet => f.write_str("no sheet has this cell"),
            Refusal::Formula => f.write_str("it has a formula"),
            Refusal::Array(range) => write!(f, "it belongs to the formula of {range}"),
            Refusal::Merged { first } => write!(f, "it is merged into {first}"),
            Refusal::TableHeader => f.write_str("it is the header of a table"),
            Refusal::Occupied => f.write_str("something is there already (--overwrite replaces it)"),
            Refusal::Twice => f.write_str("several questions share it, and they differ"),
            Refusal::NotInList { words, count } => {
                let shown: Vec<String> = words.iter().map(|word| crate::safe_text::one_line(word)).collect();
                write!(f, "its list allows only {}", shown.join(", "))?;
                if *count > words.len() { write!(f, " and {} more", count - words.len()) } else { Ok(()) }
            }
            Refusal::UnknownList => {
                f.write_str("its list is worked out by a formula, so that its words are not known")
            }
            Refusal::NoList => f.write_str("it has no list to take a word from"),
            Refusal::TooLong { length } => {
                write!(f, "the text has {length} characters; a cell takes {LONGEST_TEXT}")
            }
            Refusal::Nothing => f.write_str("there is nothing to write"),
        }
    }
}

impl Package {
    /// A plan without cells.
    pub fn plan(&self) -> Plan<'_> {
        Plan { package: self, sheets: BTreeMap::new() }
    }

    /// Whether somebody has signed the workbook; the signature does not hold for a changed one.
    pub fn is_signed(&self) -> bool {
        self.archive.has("_xmlsignatures/origin.sigs")
    }
}

impl Plan<'_> {
    /// Checks texts for cells of one sheet and keeps those that can be written. One outcome each, in order; where a
    /// cell is wanted twice for different texts, the later one is refused.
    ///
    /// # Errors
    /// A part of the workbook is missing or damaged.
    pub fn add(&mut self, sheet: &SheetRef, wanted: &[Wanted]) -> Result<Vec<Outcome>, PackageError> {
        let facts = self.package.facts(sheet)?;
        let asked: BTreeSet<Cell> = wanted.iter().map(|wanted| wanted.cell).collect();
        let states = self.package.cells(sheet, &asked)?;
        let mut lists = Lists { package: self.package, sheet, facts: &facts, known: HashMap::new() };
        let edits = self.sheets.entry(sheet.part.clone()).or_default();
        let mut outcomes = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let state = states.get(&wanted.cell);
            let outcome = match free(&facts, state, wanted) {
                Some(refusal) => Outcome::Refused(refusal),
                None => match lists.choose(wanted)? {
                    Ok(text) if edits.get(&wanted.cell) == Some(&text) => Outcome::Already,
                    Ok(_) if edits.contains_key(&wanted.cell) => Outcome::Refused(Refusal::Twice),
                    // Whatever it is told, it is told of a cell that could be written.
                    Err(_) if taken(state) && !wanted.overwrite => Outcome::Refused(Refusal::Occupied),
                    Err(refusal) => Outcome::Refused(refusal),
                    Ok(text) => settle(state, wanted, text),
                },
            };
            if let Outcome::Written(text) = &outcome {
                edits.insert(wanted.cell, text.clone());
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.sheets.values().all(BTreeMap::is_empty)
    }

    /// Writes the workbook with these cells; every other part is copied as it is packed. Where the workbook has
    /// formulas, it is told to work them out when it is opened.
    ///
    /// # Errors
    /// A part is missing, damaged or not in UTF-8, or the writer fails.
    pub fn write<W: Write + Seek>(&self, to: W) -> Result<W, PackageError> {
        let archive = &self.package.archive;
        let deepest = archive.limits().depth;
        let mut changed = HashMap::new();
        for (part, edits) in self.sheets.iter().filter(|(_, edits)| !edits.is_empty()) {
            let at = archive.position(part).ok_or_else(|| PackageError::Missing(part.clone()))?;
            let text = patch_cells(&archive.read_utf8(part)?, part, deepest, edits)?;
            changed.insert(at, text.into_bytes());
        }
        let workbook = &self.package.workbook;
        if !changed.is_empty()
            && self.package.has_formulas()?
            && let Some(at) = archive.position(workbook)
        {
            let text = recalculated(&archive.read_utf8(workbook)?, workbook, deepest)?;
            changed.insert(at, text.into_bytes());
        }
        archive.rewrite(&changed, to)
    }
}

/// Why a cell cannot be written whatever the text.
fn free(facts: &SheetFacts, state: Option<&CellState>, wanted: &Wanted) -> Option<Refusal> {
    let cell = wanted.cell;
    if !cell.is_on_a_sheet() {
        return Some(Refusal::OffSheet);
    }
    if state.is_some_and(|state| state.content == Content::Formula) {
        return Some(Refusal::Formula);
    }
    if let Some(range) = facts.arrays.iter().find(|range| range.contains(cell)) {
        return Some(Refusal::Array(*range));
    }
    if let Some(merge) = facts.merge(cell).filter(|merge| merge.first != cell) {
        return Some(Refusal::Merged { first: merge.first });
    }
    facts.table_headers.iter().any(|range| range.contains(cell)).then_some(Refusal::TableHeader)
}

fn taken(state: Option<&CellState>) -> bool {
    state.is_some_and(|state| !state.text.trim().is_empty())
}

/// What becomes of a text that the cell allows.
fn settle(state: Option<&CellState>, wanted: &Wanted, text: String) -> Outcome {
    let there = state.map(|state| state.text.trim()).unwrap_or_default();
    let length = text.encode_utf16().count();
    if text.trim().is_empty() {
        Outcome::Refused(Refusal::Nothing)
    } else if there == text.trim() {
        Outcome::Already
    } else if taken(state) && !wanted.overwrite {
        Outcome::Refused(Refusal::Occupied)
    } else if length > LONGEST_TEXT || storable(&text).encode_utf16().count() > LONGEST_TEXT {
        Outcome::Refused(Refusal::TooLong { length })
    } else {
        Outcome::Written(text)
    }
}

/// The words of a sheet's lists, looked up once.
struct Lists<'a> {
    package: &'a Package,
    sheet: &'a SheetRef,
    facts: &'a SheetFacts,
    known: HashMap<(String, String), Option<Vec<String>>>,
}

impl Lists<'_> {
    /// The first of the texts that the cell's lists allow, in their own words.
    fn choose(&mut self, wanted: &Wanted) -> Result<Result<String, Refusal>, PackageError> {
        let first = || wanted.texts.first().cloned().unwrap_or_default();
        let Some(list) = self.facts.lists(wanted.cell).next() else {
            return Ok(if wanted.list_only { Err(Refusal::NoList) } else { Ok(first()) });
        };
        if let ListSource::Words(words) = &list.source {
            return Ok(chosen(&wanted.texts, words));
        }
        let key = self.package.list_key(self.sheet, list, wanted.cell);
        if !self.known.contains_key(&key) {
            if self.known.len() >= MOST_LOOKUPS {
                return Ok(Err(Refusal::UnknownList));
            }
            let words = self.package.list_words(self.sheet, list, wanted.cell)?;
            self.known.insert(key.clone(), words);
        }
        let words = self.known.get(&key).and_then(Option::as_ref);
        Ok(words.map_or(Err(Refusal::UnknownList), |words| chosen(&wanted.texts, words)))
    }
}

/// The list's own word for the first text that has one.
fn chosen(texts: &[String], words: &[String]) -> Result<String, Refusal> {
    let fitting = texts.iter().find_map(|text| fitting(text, words));
    fitting.cloned().ok_or_else(|| Refusal::NotInList {
        words: words.iter().take(WORDS_SHOWN).cloned().collect(),
        count: words.len(),
    })
}

/// The list's word for a text: the same, or the only one that is spelt alike.
fn fitting<'w>(text: &str, words: &'w [String]) -> Option<&'w String> {
    if let Some(same) = words.iter().find(|word| word.as_str() == text) {
        return Some(same);
    }
    let spelt = spelling(text);
    if spelt.is_empty() {
        return None;
    }
    let mut alike = words.iter().filter(|word| spelling(word) == spelt);
    let first = alike.next()?;
    alike.all(|other| other == first).then_some(first)
}

/// Letters and digits in lower case: what is left of a word whose spelling is a matter of taste.
fn spelling(word: &str) -> String {
    word.replace('&', " and ").chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn a_lists_own_spelling_is_taken() {
        let words: Vec<String> =
            ["CSP-Owned", "3rd-party outsourced", "Shared CSP & CSC", "N/A", "n-a"].map(str::to_owned).into();
        let found = |text| fitting(text, &words).map(String::as_str);
        assert_eq!(found("CSP-owned"), Some("CSP-Owned"));
        assert_eq!(found("3rd party outsourced"), Some("3rd-party outsourced"));
        assert_eq!(found("Shared CSP and CSC"), Some("Shared CSP & CSC"));
        assert_eq!(found("N/A"), Some("N/A"));
        assert_eq!(found("NA"), None);
        assert_eq!(found("CSP"), None);
        assert_eq!(found("—"), None);
    }
}

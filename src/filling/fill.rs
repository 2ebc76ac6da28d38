use std::collections::BTreeMap;
use std::sync::Arc;

use crate::workbook::{Cell, Outcome, Package, PackageError, Plan, Wanted, column_letters};

use super::delimited::Delimited;
use super::fields::Field;
use super::intents::{Intent, Intents};

/// What was written, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Cells that are written, by sheet and column.
    pub written: BTreeMap<(Option<Arc<str>>, Field), u64>,
    /// Cells that said it already.
    pub already: u64,
    /// Cells left alone.
    pub refused: Vec<Refused>,
    /// Sheets that are protected in a spreadsheet; that does not keep a file from being changed.
    pub protected: Vec<Arc<str>>,
}

/// A cell that was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The row or line, from 1.
    pub row: u64,
    /// The column, from 1.
    pub column: u32,
    /// What should have stood there.
    pub field: Field,
    /// Why not.
    pub reason: String,
}

impl Refused {
    /// `Sheet!D7`, or `line 7, column 4` of a text.
    pub fn place(&self) -> String {
        match &self.sheet {
            Some(sheet) => {
                let sheet = crate::safe_text::one_line(sheet);
                format!("{sheet}!{}{}", column_letters(self.column), self.row)
            }
            None => format!("line {}, column {}", self.row, self.column),
        }
    }
}

impl Filled {
    /// Cells that are written.
    pub fn cells(&self) -> u64 {
        self.written.values().sum()
    }

    fn wrote(&mut self, intent: &Intent) {
        *self.written.entry((intent.sheet.clone(), intent.field)).or_default() += 1;
    }

    fn refuse(&mut self, intent: &Intent, reason: String) {
        self.refused.push(Refused {
            sheet: intent.sheet.clone(),
            row: intent.row,
            column: intent.column,
            field: intent.field,
            reason,
        });
    }
}

/// Adds what can be written to a workbook's plan. Texts for lists that a cell does not have are passed over.
///
/// # Errors
/// A part of the workbook is missing or damaged.
pub fn fill_workbook(
    plan: &mut Plan<'_>,
    package: &Package,
    intents: &Intents,
    overwrite: bool,
) -> Result<Filled, PackageError> {
    let mut filled = Filled::default();
    let mut sheets: BTreeMap<&str, Vec<&Intent>> = BTreeMap::new();
    for intent in &intents.cells {
        let name = intent.sheet.as_deref().unwrap_or_default();
        sheets.entry(name).or_default().push(intent);
    }
    for (name, intents) in sheets {
        let Some(sheet) = package.sheet(name) else {
            intents.iter().for_each(|intent| filled.refuse(intent, "the workbook has no such sheet".into()));
            continue;
        };
        let wanted: Vec<Wanted> = intents.iter().map(|intent| wanted(intent, overwrite)).collect();
        for (intent, outcome) in intents.iter().zip(plan.add(sheet, &wanted)?) {
            match outcome {
                Outcome::Written(_) => filled.wrote(intent),
                Outcome::Already => filled.already += 1,
                Outcome::Refused(_) if intent.list_only => {}
                Outcome::Refused(refusal) => filled.refuse(intent, refusal.to_string()),
            }
        }
        if package.facts(sheet)?.protected {
            filled.protected.push(name.into());
        }
    }
    Ok(filled)
}

fn wanted(intent: &Intent, overwrite: bool) -> Wanted {
    let row = u32::try_from(intent.row).unwrap_or(u32::MAX);
    Wanted {
        cell: Cell::new(row, intent.column),
        texts: intent.texts.clone(),
        overwrite,
        list_only: intent.list_only,
    }
}

/// Puts what can be written into a delimited text.
pub fn fill_delimited(table: &mut Delimited, intents: &Intents, overwrite: bool) -> Filled {
    let mut filled = Filled::default();
    for intent in intents.cells.iter().filter(|intent| !intent.list_only) {
        let Some(text) = intent.texts.first() else { continue };
        let known = intent.question_column.map(|column| (column, intent.question.as_str()));
        match table.set(intent.row, intent.column, text, overwrite, known) {
            Ok(true) => filled.wrote(intent),
            Ok(false) => filled.already += 1,
            Err(error) => filled.refuse(intent, error.to_string()),
        }
    }
    filled
}

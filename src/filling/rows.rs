use std::io::Cursor;

use serde::Deserialize;
use thiserror::Error;

use crate::domain::{Party, Status};
use crate::formula::guard;
use crate::questionnaire::{PlainRow, ReadError, Rows};
use crate::safe_text::one_line;

/// A row of our own export, the formula guard undone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AssignedRow {
    /// Where it stands in the export, from 1.
    #[serde(skip)]
    pub line: u64,
    /// The questionnaire's id of the question.
    pub id: String,
    /// The question.
    pub question: String,
    /// The party's word, or empty.
    pub party: String,
    /// Who answers, in names or in a standard's words.
    pub responsible: String,
    /// What the provider does.
    pub provider_duty: String,
    /// What the customer does.
    pub customer_duty: String,
    /// Title, section and item.
    pub source: String,
    /// Where the document is published.
    pub source_url: String,
    /// The provider's id.
    pub provider: String,
    /// How far the row is settled.
    pub status: String,
    /// Silence, contradictions, remarks.
    pub note: String,
}

/// Why an export is not read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RowsError {
    /// It is no table that can be read.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// It lacks a column.
    #[error("{file} has no column `{column}`; it should be an export of `whose assign`")]
    NoColumn {
        /// The file as messages show it.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// A line is no JSON object of ours.
    #[error("{file}:{line} is no row of an export: {what}")]
    Json {
        /// The file as messages show it.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A word of the contract is none.
    #[error("{file}:{line}: `{word}` is no {column}")]
    Word {
        /// The file as messages show it.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        word: String,
    },
}

impl AssignedRow {
    /// Who answers; none where no area matched or the row does not apply.
    pub fn party(&self) -> Option<Party> {
        Party::ALL.into_iter().find(|party| party.as_str() == self.party)
    }

    /// How far it is settled; a table without the column is taken for settled.
    pub fn status(&self) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == self.status)
    }

    fn cells(&mut self) -> [(&'static str, &mut String); 11] {
        [
            ("id", &mut self.id),
            ("question", &mut self.question),
            ("party", &mut self.party),
            ("responsible", &mut self.responsible),
            ("provider_duty", &mut self.provider_duty),
            ("customer_duty", &mut self.customer_duty),
            ("source", &mut self.source),
            ("source_url", &mut self.source_url),
            ("provider", &mut self.provider),
            ("status", &mut self.status),
            ("note", &mut self.note),
        ]
    }

    fn checked(self, file: &str) -> Result<AssignedRow, RowsError> {
        let wrong = |column, word: &str| RowsError::Word {
            file: file.to_owned(),
            line: self.line,
            column,
            word: one_line(word),
        };
        if !self.party.is_empty() && self.party().is_none() {
            return Err(wrong("party", &self.party));
        }
        if !self.status.is_empty() && self.status().is_none() {
            return Err(wrong("status", &self.status));
        }
        Ok(self)
    }
}

/// Reads an export: CSV, or JSON lines where it begins with `{`. `name` stands in messages.
///
/// # Errors
/// It is no export of ours: a column is missing, a line is no object, a party or status is not of the contract.
pub fn read_rows(bytes: Vec<u8>, name: &str) -> Result<Vec<AssignedRow>, RowsError> {
    let file = one_line(name);
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii_start();
    if start.starts_with(b"{") { json_lines(&bytes, &file) } else { table(bytes, name, &file) }
}

fn json_lines(bytes: &[u8], file: &str) -> Result<Vec<AssignedRow>, RowsError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
    let lines = lines.filter(|(line, _)| !line.trim_ascii().is_empty());
    let read = |(text, line): (&[u8], u64)| {
        let row: AssignedRow = serde_json::from_slice(text).map_err(|error| RowsError::Json {
            file: file.to_owned(),
            line,
            what: one_line(&error.to_string()),
        })?;
        AssignedRow { line, ..row }.checked(file)
    };
    lines.map(read).collect()
}

fn table(bytes: Vec<u8>, name: &str, file: &str) -> Result<Vec<AssignedRow>, RowsError> {
    let mut rows = Rows::open(Cursor::new(bytes), name)?;
    let header = rows.next().transpose()?.map(|row| row.cells).unwrap_or_default();
    let position = |name: &str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    for column in ["question", "party", "responsible"] {
        if position(column).is_none() {
            return Err(RowsError::NoColumn { file: file.to_owned(), column });
        }
    }
    let mut all = Vec::new();
    for row in rows {
        let PlainRow { line, cells } = row?;
        let mut assigned = AssignedRow { line, ..AssignedRow::default() };
        for (column, value) in assigned.cells() {
            if let Some(cell) = position(column).and_then(|at| cells.get(at)) {
                *value = unguarded(cell).to_owned();
            }
        }
        all.push(assigned.checked(file)?);
    }
    Ok(all)
}

/// A cell as it was before the formula guard put its `'` in front.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if guard(rest) == cell => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::{read_rows, unguarded};
    use crate::formula::guard;
    use proptest::prelude::*;

    #[test]
    fn csv_and_json_lines_give_the_same_rows() {
        let csv = "id,question,party,responsible,note,status\n1,'=Who?,shared,Us and them,'-x,auto\n";
        let json = "\u{feff}{\"id\":\"1\",\"question\":\"=Who?\",\"party\":\"shared\",\"responsible\":\"Us and them\",\
            \"note\":\"-x\",\"status\":\"auto\",\"confidence\":0.5}\n\n";
        let mut rows = read_rows(csv.into(), "a.csv").unwrap();
        assert_eq!(rows[0].line, 2);
        rows[0].line = 1;
        assert_eq!(rows, read_rows(json.into(), "a.jsonl").unwrap());
    }

    #[test]
    fn what_is_no_export_is_told() {
        let told = |text: &str| read_rows(text.into(), "a.csv").unwrap_err().to_string();
        assert!(told("id,question\n").contains("no column `party`"));
        assert!(told("question,party,responsible\na,nobody,b\n").contains("a.csv:2: `nobody` is no party"));
        assert!(told("{\"id\":}").contains("a.csv:1"));
    }

    proptest! {
        #[test]
        fn the_guard_is_undone_exactly(text in "[-=+@a\\t1.']{0,6}") {
            let guarded = guard(&text).into_owned();
            if guarded != text {
                prop_assert_eq!(unguarded(&guarded), text);
            }
        }
    }
}

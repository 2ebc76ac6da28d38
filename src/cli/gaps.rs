//! The gap register beside an export.

use std::path::{Path, PathBuf};

use crate::assignment::Assignment;
use crate::export::{About, GapFormat, GapRegister};

use super::error::CliError;
use super::output::{self, Output};
use super::ui::{Ui, count};

/// A gap register that will be a file.
pub(crate) struct GapsFile<'a> {
    register: GapRegister<'a>,
    output: Output,
    format: GapFormat,
    path: PathBuf,
}

impl<'a> GapsFile<'a> {
    /// Opens the file before the long work starts. An existing file needs `force`.
    pub(crate) fn open(path: &Path, force: bool, about: About<'a>) -> Result<GapsFile<'a>, CliError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let format = match ending.as_deref() {
            Some("csv") => GapFormat::Csv,
            Some("md" | "markdown") => GapFormat::Markdown,
            Some("jsonl" | "ndjson") => GapFormat::Jsonl,
            _ => {
                return Err(CliError::new(format!("no gap register is written to {}", output::name(path)))
                    .hint("name a file that ends in .csv, .md or .jsonl; a workbook (-o out.xlsx) has the register in it"));
            }
        };
        let output = Output::open(Some(path), force).map_err(|error| match error {
            // The hint speaks of the main output.
            CliError::Failed(mut failure) => {
                failure.hints.iter_mut().for_each(|hint| *hint = hint.replace("with -o", "with --gaps"));
                CliError::Failed(failure)
            }
            other => other,
        })?;
        Ok(GapsFile { register: GapRegister::new(about), output, format, path: path.to_path_buf() })
    }

    /// What it is written to.
    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    /// Takes in a row, if it is open.
    pub(crate) fn add(&mut self, assignment: &Assignment<'_>) -> Result<(), CliError> {
        Ok(self.register.add(assignment)?)
    }

    /// Writes the register.
    pub(crate) fn commit(mut self, ui: &mut Ui) -> Result<(), CliError> {
        self.register.write(&mut self.output, self.format)?;
        self.output.commit()?;
        let counts = self.register.counts();
        let why = if counts.questions == 0 { String::new() } else { format!(": {}", counts.shown()) };
        ui.status(&format!("wrote {}: {}{why}", output::name(&self.path), count(counts.questions, "gap")));
        Ok(())
    }
}

//! The questionnaires that were named, and what in them is no question.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::domain::Question;
use crate::questionnaire::{Entry, Options, ReadError, Reader, SkipReason};
use crate::safe_text::one_line;

use super::error::CliError;
use super::output::name;
use super::ui::{Ui, count};

/// A questionnaire whose beginning has been understood.
pub(crate) struct Input {
    name: String,
    reader: Reader,
    skipped: BTreeMap<SkipReason, Lines>,
    failed: Option<ReadError>,
}

/// Opens every questionnaire before the long work, so that a wrong name or an unreadable layout fails at once.
pub(crate) fn open_all(files: &[PathBuf], options: &Options) -> Result<Vec<Input>, CliError> {
    stdin_once(files)?;
    files.iter().map(|path| Input::open(path, options)).collect()
}

/// Stdin can be read only once.
pub(crate) fn stdin_once(files: &[PathBuf]) -> Result<(), CliError> {
    match files.iter().filter(|path| path.as_os_str() == "-").count() {
        0 | 1 => Ok(()),
        _ => Err(CliError::new("stdin is named twice").hint("`-` can be read only once")),
    }
}

/// A file, or stdin for `-`, with its name as messages show it; `hint` says what the file should be.
pub(crate) fn source(path: &Path, hint: &str) -> Result<(String, Box<dyn Read>), CliError> {
    if path.as_os_str() == "-" {
        return Ok(("stdin".into(), Box::new(io::stdin())));
    }
    let file = open_file(path)
        .map_err(|error| CliError::io(format!("cannot read {}", name(path)), &error).hint(hint))?;
    Ok((one_line(&path.display().to_string()), Box::new(file)))
}

fn open_file(path: &Path) -> io::Result<File> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    File::open(path)
}

impl Input {
    fn open(path: &Path, options: &Options) -> Result<Input, CliError> {
        let (name, source) = source(path, "FILE is a questionnaire: CSV, or text with one question a line")?;
        let reader =
            Reader::open(source, &name, options).map_err(|error| CliError::new(error.to_string()))?;
        Ok(Input { name, reader, skipped: BTreeMap::new(), failed: None })
    }

    /// Tells how the file was understood.
    pub(crate) fn announce(&self, ui: &mut Ui) {
        ui.status(&format!("{}: {}", self.name, self.reader.layout()));
    }

    /// Tells what was passed over; a file that could not be read to its end is an error.
    pub(crate) fn report(self, ui: &mut Ui) -> Result<(), CliError> {
        for note in &self.reader.layout().notes {
            ui.warning(&format!("{}: {note}", self.name));
        }
        for (reason, lines) in &self.skipped {
            ui.status(&format!("  {} skipped, {reason}: line {}", count(lines.rows, "row"), lines.shown()));
        }
        match self.failed {
            Some(error) => Err(CliError::new(error.to_string())),
            None => Ok(()),
        }
    }
}

/// The questions; what is none is kept to be told.
impl Iterator for &mut Input {
    type Item = Question;

    fn next(&mut self) -> Option<Question> {
        loop {
            match self.reader.next()? {
                Ok(Entry::Question(question)) => return Some(question),
                Ok(Entry::Skipped(skipped)) => {
                    self.skipped.entry(skipped.reason).or_default().add(skipped.place.line);
                }
                Err(error) => {
                    self.failed = Some(error);
                    return None;
                }
            }
        }
    }
}

/// Runs of lines that are shown; a file with more of them gets the number of rows left out.
const RUNS: usize = 40;

/// Line numbers, in runs, in bounded memory.
#[derive(Default)]
struct Lines {
    runs: Vec<(u64, u64)>,
    rows: u64,
    /// Rows in runs beyond those that are kept.
    beyond: u64,
}

impl Lines {
    fn add(&mut self, line: u64) {
        self.rows += 1;
        let full = self.runs.len() == RUNS;
        match self.runs.last_mut() {
            Some((_, end)) if *end + 1 == line && self.beyond == 0 => *end = line,
            _ if full => self.beyond += 1,
            _ => self.runs.push((line, line)),
        }
    }

    /// `3, 5–8, 12 and 7 rows more`.
    fn shown(&self) -> String {
        let run = |&(start, end): &(u64, u64)| {
            if start == end { start.to_string() } else { format!("{start}–{end}") }
        };
        let runs = self.runs.iter().map(run).collect::<Vec<_>>().join(", ");
        match self.beyond {
            0 => runs,
            more => format!("{runs} and {} more", count(more, "row")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, RUNS};

    fn lines(numbers: impl IntoIterator<Item = u64>) -> Lines {
        let mut lines = Lines::default();
        numbers.into_iter().for_each(|line| lines.add(line));
        lines
    }

    #[test]
    fn lines_that_follow_each_other_are_told_as_a_run() {
        assert_eq!(lines([3]).shown(), "3");
        assert_eq!(lines([3, 5, 6, 7, 12]).shown(), "3, 5–7, 12");
    }

    #[test]
    fn many_runs_are_counted_and_not_kept() {
        let many = lines((0..1_000).map(|line| line * 2));
        assert_eq!((many.runs.len(), many.rows), (RUNS, 1_000));
        assert!(many.shown().ends_with("and 960 rows more"), "{}", many.shown());
    }
}

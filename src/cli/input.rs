//! The questionnaires that were named, and what in them is no question.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::Question;
use crate::questionnaire::{Entry, Layout, Options, ReadError, Reader, SkipReason, Skipped};
use crate::safe_text::one_line;

use super::args::LayoutArgs;
use super::error::CliError;
use super::output::name;
use super::profile;
use super::quiet_panic;
use super::ui::{Ui, count};

/// A questionnaire whose beginning has been understood.
pub(crate) struct Input {
    name: String,
    reader: Reader,
    profile: Option<PathBuf>,
    skipped: Passed,
    failed: Option<ReadError>,
}

/// Opens every questionnaire before the long work, so that a wrong name or an unreadable layout fails at once. A
/// directory stands for the questionnaires in it.
pub(crate) fn open_all(files: &[PathBuf], layout: &LayoutArgs, ui: &mut Ui) -> Result<Vec<Input>, CliError> {
    stdin_once(files)?;
    let mut inputs = Vec::new();
    for path in files {
        if path.is_dir() {
            for file in questionnaires_in(path, ui)? {
                inputs.push(Input::open(&file, layout)?);
            }
        } else {
            inputs.push(Input::open(path, layout)?);
        }
    }
    Ok(inputs)
}

/// Endings of files that are read.
const ENDINGS: &[&str] = &[
    "csv", "tsv", "tab", "txt", "md", "markdown", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods",
    "docx", "json", "jsonl", "ndjson",
];

/// The questionnaires that lie in a directory, by name. What else lies there is told.
fn questionnaires_in(directory: &Path, ui: &mut Ui) -> Result<Vec<PathBuf>, CliError> {
    let failed = |error: io::Error| CliError::io(format!("cannot read {}", name(directory)), &error);
    let mut files: Vec<PathBuf> = Vec::new();
    let mut others = 0;
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        // `~$book.xlsx` is what Excel keeps while a book is open.
        let is_own = file.starts_with(['.', '~']) || file.ends_with(".whose.toml");
        match ending {
            _ if is_own || path.is_dir() => {}
            // Opening a pipe that nobody writes to would wait for ever.
            _ if !path.is_file() => others += 1,
            Some(ending) if ENDINGS.contains(&ending.as_str()) => files.push(path),
            _ => others += 1,
        }
    }
    files.sort();
    if others > 0 {
        ui.status(&format!("{}: {} of other kinds passed over", name(directory), count(others, "file")));
    }
    if files.is_empty() {
        return Err(CliError::new(format!("no questionnaire lies in {}", name(directory)))
            .hint(format!("files with these endings are read: {}", ENDINGS.join(", "))));
    }
    Ok(files)
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
    pub(crate) fn open(path: &Path, layout: &LayoutArgs) -> Result<Input, CliError> {
        let (options, profile) = profile::options(path, layout)?;
        Input::with(path, &options, profile)
    }

    /// The same, with a question on every sheet that shows it.
    pub(crate) fn open_to_fill(path: &Path, layout: &LayoutArgs) -> Result<Input, CliError> {
        let (options, profile) = profile::options(path, layout)?;
        Input::with(path, &Options { on_every_sheet: true, ..options }, profile)
    }

    fn with(path: &Path, options: &Options, profile: Option<PathBuf>) -> Result<Input, CliError> {
        let (name, source) =
            source(path, "FILE is a questionnaire: a workbook, CSV, or text with one question a line")?;
        let reader = quiet_panic::while_loading(|| Reader::open(source, &name, options))
            .map_err(|error| CliError::new(error.to_string()))?;
        Ok(Input { name, reader, profile, skipped: Passed::default(), failed: None })
    }

    /// The name as messages show it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What was understood; complete when all rows were read.
    pub(crate) fn layout(&self) -> &Layout {
        self.reader.layout()
    }

    /// The next row; after an error there is none.
    pub(crate) fn next_entry(&mut self) -> Option<Result<Entry, ReadError>> {
        self.reader.next()
    }

    /// Tells how the file was understood.
    pub(crate) fn announce(&self, ui: &mut Ui) {
        if let Some(profile) = &self.profile {
            ui.status(&format!("{}: read as {} says", self.name, name(profile)));
        }
        ui.status(&format!("{}: {}", self.name, self.reader.layout()));
    }

    /// Tells what was passed over; a file that could not be read to its end is an error.
    pub(crate) fn report(self, ui: &mut Ui) -> Result<(), CliError> {
        for note in &self.reader.layout().notes {
            ui.warning(&format!("{}: {note}", self.name));
        }
        for line in self.skipped.told() {
            ui.status(&format!("  {line}"));
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
                Ok(Entry::Skipped(skipped)) => self.skipped.add(&skipped),
                Err(error) => {
                    self.failed = Some(error);
                    return None;
                }
            }
        }
    }
}

/// Rows that are no questions, by sheet and reason.
#[derive(Default)]
pub(crate) struct Passed(Vec<(Option<Arc<str>>, SkipReason, Lines)>);

impl Passed {
    pub(crate) fn add(&mut self, skipped: &Skipped) {
        let sheet = &skipped.place.sheet;
        let same =
            |kept: &&mut (Option<Arc<str>>, SkipReason, Lines)| kept.0 == *sheet && kept.1 == skipped.reason;
        match self.0.iter_mut().find(same) {
            Some(kept) => kept.2.add(skipped.place.line),
            None => {
                let mut lines = Lines::default();
                lines.add(skipped.place.line);
                self.0.push((sheet.clone(), skipped.reason, lines));
            }
        }
    }

    /// One line a reason: how many rows of which sheet, and which.
    pub(crate) fn told(&self) -> Vec<String> {
        let mut kept: Vec<_> = self.0.iter().collect();
        // Sheets stay in their order, as the rows came.
        kept.sort_by_key(|kept| (self.0.iter().position(|other| other.0 == kept.0), kept.1));
        let line = |(sheet, reason, lines): &&(Option<Arc<str>>, SkipReason, Lines)| {
            let word = if sheet.is_some() { "row" } else { "line" };
            let sheet = sheet.as_ref().map(|sheet| format!("`{}`: ", one_line(sheet))).unwrap_or_default();
            format!("{sheet}{} skipped, {reason}: {word} {}", count(lines.rows, "row"), lines.shown())
        };
        kept.iter().map(line).collect()
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

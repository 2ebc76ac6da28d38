use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use crate::assignment::Assignment;
use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, Words};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::ui::{Ui, count, grouped};
use crate::domain::{Question, Status};
use crate::export::{CsvExporter, CsvProfile, Exporter, JsonlExporter};
use crate::pipeline::{self, Assigner};
use crate::questionnaire::{self, ColumnRef, Entry, Options, ReadError, Reader, Role, SkipReason};
use crate::safe_text::one_line;

/// Rows between two updates of the progress line.
const PROGRESS_EVERY: u64 = 2_000;

/// Assign whole questionnaires, no questions asked
///
/// Reads CSV (the header is found by itself) or plain text with one question a line, and writes one row a question
/// in the questionnaire's order. Without -o the export goes to stdout.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  whose assign vendor.csv -p union -m byoc -o out.csv\n  \
    whose assign a.csv b.csv -p vercel --format jsonl > out.jsonl\n  \
    cat questions.txt | whose assign - -p render\n  \
    whose assign odd.csv -p render --column question=Requirement --column id=A\n  \
    whose assign caiq.csv -p render --vocabulary caiq --respondent customer")]
pub(crate) struct AssignArgs {
    /// Questionnaires, in order; `-` is stdin
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    deployment: Deployment,
    /// Where the export goes; `-` or nothing is stdout
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Replace the output file if it is there
    #[arg(long)]
    force: bool,
    /// The export's format; by the output file's ending where not given, else CSV
    #[arg(long, value_name = "FORMAT")]
    format: Option<ExportFormat>,
    /// For whom the CSV is: rfc4180, excel (byte-order mark, CRLF), or raw (cells left alone, unsafe in spreadsheets)
    #[arg(long, value_name = "PROFILE", default_value = "rfc4180")]
    csv_profile: ProfileArg,
    #[command(flatten)]
    words: Words,
    /// Which column plays a role, by name, number or letter: question=Requirement, id=1, section=B
    #[arg(long, value_name = "ROLE=COLUMN", value_parser = column)]
    column: Vec<(Role, ColumnRef)>,
    /// Exit with 1 while rows are not settled
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
    Jsonl,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileArg {
    Rfc4180,
    Excel,
    Raw,
}

fn column(option: &str) -> Result<(Role, ColumnRef), String> {
    questionnaire::parse_column(option).map_err(|error| error.to_string())
}

pub(crate) fn run(args: &AssignArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let catalog = load::catalog(common, ui)?;
    let deployment = load::deployment(&catalog, &args.deployment)?;
    refuse_to_replace_input(args)?;
    let mut inputs =
        Inputs::open(&args.files, Options { columns: args.column.clone(), ..Options::default() })?;
    let mut output = Output::open(args.output.as_deref(), args.force)?;
    let matcher = pipeline::matcher(&catalog);
    let assigner = Assigner::new(&catalog, deployment, &matcher);
    let mut tally = Tally::default();
    {
        let mut exporter = exporter(args, &mut output)?;
        // One file at a time: rows of different files are no neighbours.
        while let Some((name, reader)) = inputs.next(ui)? {
            let mut questions = Questions::new(name, reader);
            for assignment in assigner.assign_all(&mut questions) {
                exporter.write(&assignment)?;
                tally.add(&assignment);
                progress(&tally, ui)?;
            }
            questions.report(ui)?;
        }
        exporter.finish()?;
    }
    output.commit()?;
    clear_progress(&tally, ui)?;
    tally.report(args.output.as_deref(), ui);
    let unsettled = tally.unsettled();
    Ok(if args.strict && unsettled > 0 { Ended::NeedsPerson } else { Ended::Done })
}

fn refuse_to_replace_input(args: &AssignArgs) -> Result<(), CliError> {
    let Some(output) = args.output.as_ref().and_then(|path| path.canonicalize().ok()) else { return Ok(()) };
    let regular = std::fs::metadata(&output).is_ok_and(|metadata| metadata.is_file());
    if regular && args.files.iter().any(|file| file.canonicalize().is_ok_and(|file| file == output)) {
        return Err(CliError::new(format!("{} is both questionnaire and output", output::name(&output)))
            .hint("name another file with -o"));
    }
    Ok(())
}

fn exporter<'w>(args: &AssignArgs, output: &'w mut Output) -> Result<Box<dyn Exporter + 'w>, CliError> {
    let wording = args.words.wording();
    let by_name =
        |path: &Path| path.extension().is_some_and(|extension| extension == "jsonl" || extension == "ndjson");
    let jsonl = args.output.as_deref().is_some_and(by_name);
    let format = args.format.unwrap_or(if jsonl { ExportFormat::Jsonl } else { ExportFormat::Csv });
    let profile = match args.csv_profile {
        ProfileArg::Rfc4180 => CsvProfile::Rfc4180,
        ProfileArg::Excel => CsvProfile::Excel,
        ProfileArg::Raw => CsvProfile::Raw,
    };
    Ok(match format {
        ExportFormat::Csv => Box::new(CsvExporter::new(output, profile, wording)?),
        ExportFormat::Jsonl => Box::new(JsonlExporter::new(output, wording)),
    })
}

/// The questionnaires, opened before the long work so that a wrong name fails at once.
struct Inputs {
    waiting: std::vec::IntoIter<(String, Box<dyn Read>)>,
    options: Options,
}

impl Inputs {
    fn open(files: &[PathBuf], options: Options) -> Result<Inputs, CliError> {
        let mut waiting: Vec<(String, Box<dyn Read>)> = Vec::new();
        let mut stdin_taken = false;
        for path in files {
            if path.as_os_str() == "-" {
                if std::mem::replace(&mut stdin_taken, true) {
                    return Err(CliError::new("stdin is named twice"));
                }
                waiting.push(("stdin".into(), Box::new(io::stdin())));
                continue;
            }
            let shown = one_line(&path.display().to_string());
            let unreadable = |error| {
                CliError::io(format!("cannot read {}", output::name(path)), &error)
                    .hint("FILE is a questionnaire: CSV, or text with one question a line")
            };
            if path.is_dir() {
                return Err(unreadable(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")));
            }
            waiting.push((shown, Box::new(File::open(path).map_err(unreadable)?)));
        }
        Ok(Inputs { waiting: waiting.into_iter(), options })
    }

    fn next(&mut self, ui: &mut Ui) -> Result<Option<(String, Reader)>, CliError> {
        let Some((name, input)) = self.waiting.next() else { return Ok(None) };
        let reader = Reader::open(input, &name, &self.options).map_err(|error| read_error(&error))?;
        ui.status(&format!("{name}: {}", reader.layout()));
        Ok(Some((name, reader)))
    }
}

fn read_error(error: &ReadError) -> CliError {
    CliError::new(error.to_string())
}

/// The questions of a file, while what is none is kept to be told.
struct Questions {
    name: String,
    reader: Reader,
    skipped: BTreeMap<SkipReason, Vec<u64>>,
    failed: Option<ReadError>,
}

impl Questions {
    fn new(name: String, reader: Reader) -> Questions {
        Questions { name, reader, skipped: BTreeMap::new(), failed: None }
    }

    /// Tells what was passed over; a file that could not be read to its end is an error.
    fn report(self, ui: &mut Ui) -> Result<(), CliError> {
        let layout = self.reader.layout();
        for note in &layout.notes {
            ui.warning(&format!("{}: {note}", self.name));
        }
        for (reason, lines) in &self.skipped {
            let rows = count(lines.len() as u64, "row");
            ui.status(&format!("  {rows} skipped, {reason}: line {}", ranges(lines)));
        }
        match &self.failed {
            Some(error) => Err(read_error(error)),
            None => Ok(()),
        }
    }
}

impl Iterator for &mut Questions {
    type Item = Question;

    fn next(&mut self) -> Option<Question> {
        loop {
            match self.reader.next()? {
                Ok(Entry::Question(question)) => return Some(question),
                Ok(Entry::Skipped(skipped)) => {
                    self.skipped.entry(skipped.reason).or_default().push(skipped.place.line);
                }
                Err(error) => {
                    self.failed = Some(error);
                    return None;
                }
            }
        }
    }
}

/// `3, 5–8, 12`.
fn ranges(lines: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for &line in lines {
        match parts.last_mut() {
            Some((_, end)) if *end + 1 == line => *end = line,
            _ => parts.push((line, line)),
        }
    }
    let shown = parts.iter().map(|&(start, end)| match end - start {
        0 => start.to_string(),
        _ => format!("{start}–{end}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// What came out, counted.
#[derive(Default)]
struct Tally {
    questions: u64,
    by_status: BTreeMap<Status, u64>,
    by_party: BTreeMap<&'static str, u64>,
}

impl Tally {
    fn add(&mut self, assignment: &Assignment<'_>) {
        self.questions += 1;
        *self.by_status.entry(assignment.status).or_default() += 1;
        if let Some(party) = assignment.party() {
            *self.by_party.entry(party.as_str()).or_default() += 1;
        }
    }

    fn unsettled(&self) -> u64 {
        self.by_status.iter().filter(|(status, _)| !status.is_settled()).map(|(_, count)| count).sum()
    }

    fn report(&self, output: Option<&Path>, ui: &mut Ui) {
        let status = self.by_status.iter().map(|(status, count)| format!("{} {status}", grouped(*count)));
        let party = self.by_party.iter().map(|(party, count)| format!("{} {party}", grouped(*count)));
        let list = |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>().join(", ");
        ui.status(&format!("{}: {}", count(self.questions, "question"), list(&mut { status })));
        if !self.by_party.is_empty() {
            ui.status(&format!("parties: {}", list(&mut { party })));
        }
        if let Some(path) = output.filter(|path| path.as_os_str() != "-") {
            ui.status(&format!("wrote {}", output::name(path)));
        }
    }
}

fn progress(tally: &Tally, ui: &mut Ui) -> io::Result<()> {
    use std::io::Write as _;
    if tally.questions.is_multiple_of(PROGRESS_EVERY) && ui.draws_progress() {
        write!(ui.err(), "\r{}", count(tally.questions, "question"))?;
        ui.err().flush()?;
    }
    Ok(())
}

fn clear_progress(tally: &Tally, ui: &mut Ui) -> io::Result<()> {
    use std::io::Write as _;
    if tally.questions >= PROGRESS_EVERY && ui.draws_progress() {
        write!(ui.err(), "\r\x1b[K")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn lines_that_follow_each_other_are_told_as_a_range() {
        assert_eq!(ranges(&[3]), "3");
        assert_eq!(ranges(&[3, 5, 6, 7, 12]), "3, 5–7, 12");
    }
}

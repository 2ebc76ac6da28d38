use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, LayoutArgs, Words};
use crate::cli::error::CliError;
use crate::cli::input;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::tally::Tally;
use crate::cli::ui::{Ui, count};
use crate::export::{CsvExporter, CsvProfile, Exporter, JsonlExporter};
use crate::pipeline::Assigner;
use crate::repeats::Repeats;

/// Rows between two updates of the progress line.
const PROGRESS_EVERY: u64 = 2_000;

/// Assign whole questionnaires, no questions asked
///
/// Reads workbooks (XLSX, XLSM, XLSB, XLS, ODS), CSV and TSV, Word documents, JSON, Markdown, and plain text with one
/// question a line; header, columns, sections and sheets are found by themselves (`whose inspect FILE` shows how).
/// Writes one row a question in the questionnaire's order. Without -o the export goes to stdout.
///
/// A directory stands for the questionnaires in it, by name.
///
/// Review an export by writing `confirmed` into the column `status`, or `corrected` with another area in `area` (none
/// where no area fits), and your name into `reviewer`. With --decisions such rows settle the same wording again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  whose assign vendor.xlsx -p union -m byoc -o out.csv\n  \
    whose assign received/ -p vercel -o all.csv\n  \
    whose assign book.xlsx -p render --sheet \"Vendor questions\" --header 3\n  \
    whose assign a.csv b.csv -p vercel --format jsonl > out.jsonl\n  \
    cat questions.txt | whose assign - -p render\n  \
    whose assign next.csv -p vercel --decisions reviewed.csv -o next-out.csv\n  \
    whose assign odd.csv -p render --column question=Requirement --column id=A\n  \
    whose assign caiq.csv -p render --vocabulary caiq --respondent customer")]
pub(crate) struct AssignArgs {
    /// Questionnaires, in order, or directories of them; `-` is stdin
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
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
    #[command(flatten)]
    layout: LayoutArgs,
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

pub(crate) fn run(args: &AssignArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let (catalog, earlier) = load::all(common, ui)?;
    let deployment = load::deployment(&catalog, &args.deployment)?;
    refuse_to_replace_input(args, common)?;
    let inputs = input::open_all(&args.files, &args.layout, ui)?;
    let format = format(args)?;
    let mut output = Output::open(args.output.as_deref(), args.force)?;
    output.remove_on_signal();
    let matcher = earlier.matcher(&catalog);
    let assigner = Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions);
    let (mut tally, mut repeats) = (Tally::default(), Repeats::default());
    {
        let mut exporter = exporter(args, format, &mut output)?;
        // One file at a time: rows of different files are no neighbours.
        for mut input in inputs {
            input.announce(ui);
            for assignment in assigner.assign_all(&mut input) {
                exporter.write(&assignment)?;
                tally.add(&assignment);
                tally.repeated(repeats.see(&assignment.question).as_ref());
                if tally.questions.is_multiple_of(PROGRESS_EVERY) {
                    ui.progress(&count(tally.questions, "question"));
                }
            }
            input.report(ui)?;
        }
        exporter.finish()?;
    }
    output.commit()?;
    tally.report(args.output.as_deref(), ui);
    let unsettled = tally.unsettled();
    Ok(if args.strict && unsettled > 0 { Ended::NeedsPerson } else { Ended::Done })
}

fn refuse_to_replace_input(args: &AssignArgs, common: &Common) -> Result<(), CliError> {
    let Some(named) = &args.output else { return Ok(()) };
    let Ok(output) = named.canonicalize() else { return Ok(()) };
    let regular = std::fs::metadata(&output).is_ok_and(|metadata| metadata.is_file());
    let among =
        |files: &[PathBuf]| files.iter().any(|file| file.canonicalize().is_ok_and(|file| file == output));
    for (files, what) in [(&args.files, "questionnaire"), (&common.decisions, "a file of decisions")] {
        if regular && among(files) {
            return Err(CliError::new(format!("{} is both {what} and output", output::name(named)))
                .hint("name another file with -o"));
        }
    }
    Ok(())
}

/// The format that was named, or the one that the output's ending stands for.
fn format(args: &AssignArgs) -> Result<ExportFormat, CliError> {
    if let Some(format) = args.format {
        return Ok(format);
    }
    let Some(path) = args.output.as_ref().filter(|path| !path.exists() || path.is_file()) else {
        return Ok(ExportFormat::Csv);
    };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        None | Some("csv" | "txt" | "tmp" | "out") => Ok(ExportFormat::Csv),
        Some("jsonl" | "ndjson") => Ok(ExportFormat::Jsonl),
        Some(_) => Err(CliError::new(format!("no export is written to a file named {}", output::name(path)))
            .hint("name the format: --format csv, or --format jsonl")),
    }
}

fn exporter<'w>(
    args: &AssignArgs,
    format: ExportFormat,
    output: &'w mut Output,
) -> Result<Box<dyn Exporter + 'w>, CliError> {
    let wording = args.words.wording();
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

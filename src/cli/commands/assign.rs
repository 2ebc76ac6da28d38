use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, LayoutArgs, Words};
use crate::cli::error::CliError;
use crate::cli::gaps::GapsFile;
use crate::cli::input;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::tally::Tally;
use crate::cli::ui::{Ui, count};
use crate::export::{
    About, CsvExporter, CsvProfile, Exporter, HtmlExporter, JsonlExporter, Layout, MarkdownExporter,
    OscalExporter, Vocabulary, Wording, XlsxExporter,
};
use crate::pipeline::Assigner;
use crate::repeats::Repeats;

/// Rows between two updates of the progress line.
const PROGRESS_EVERY: u64 = 2_000;

/// Assign whole questionnaires, no questions asked
///
/// Reads workbooks (XLSX, XLSM, XLSB, XLS, ODS), CSV and TSV, Word documents, JSON, Markdown, and plain text with one
/// question a line; header, columns, sections and sheets are found by themselves (`whose inspect FILE` shows how).
/// Writes one row a question in the questionnaire's order: CSV, JSON lines, a workbook or Markdown. Without -o the
/// export goes to stdout.
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
    whose assign vendor.csv -p vercel -o report.html       a page with filters and search\n  \
    whose assign vendor.csv -p vercel -o out.oscal.json    an OSCAL component definition\n  \
    cat questions.txt | whose assign - -p render\n  \
    whose assign next.csv -p vercel --decisions reviewed.csv -o next-out.csv\n  \
    whose assign vendor.csv -p vercel -o out.xlsx --gaps gaps.md\n  \
    whose assign odd.csv -p render --column question=Requirement --column id=A\n  \
    whose assign caiq.csv -p render --vocabulary caiq --respondent customer\n  \
    whose assign caiq.csv -p render --standard caiq -o caiq-out.xlsx\n  \
    whose assign controls.csv -p render --standard fedramp -o crm.csv")]
pub(crate) struct AssignArgs {
    /// Questionnaires, in order, or directories of them; `-` is stdin
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    deployment: Deployment,
    /// Where the export goes; `-` or nothing is stdout
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Replace output files that are there
    #[arg(long)]
    force: bool,
    /// The export's format; by the output file's ending where not given (`.csv`, `.jsonl`, `.xlsx`, `.md`, `.html`,
    /// `.oscal.json`), else CSV
    #[arg(long, value_name = "FORMAT")]
    format: Option<ExportFormat>,
    /// For whom the CSV is: rfc4180, excel (byte-order mark, CRLF), or raw (cells left alone, unsafe in spreadsheets; in
    /// a workbook too)
    #[arg(long, value_name = "PROFILE", default_value = "rfc4180")]
    csv_profile: ProfileArg,
    #[command(flatten)]
    words: Words,
    /// Write a standard's own columns, in its order and words, in place of ours: CAIQ v4, or FedRAMP's customer
    /// responsibility matrix; as CSV or XLSX. These have no column that says how sure a row is: rows that are not
    /// settled claim nothing
    #[arg(long, value_name = "STANDARD")]
    standard: Option<StandardArg>,
    /// Also write the gap register: what is unaddressed, unmatched or not settled, by area, with what to do next; as
    /// .csv, .md or .jsonl by its ending
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    gaps: Option<PathBuf>,
    #[command(flatten)]
    layout: LayoutArgs,
    /// Exit with 1 while rows are not settled
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One row a question, for spreadsheets
    Csv,
    /// The lossless twin, one object a line
    Jsonl,
    /// A workbook with summary, gaps and sources
    Xlsx,
    /// A report to read as text
    #[value(alias = "markdown")]
    Md,
    /// A page for people, in one file
    Html,
    /// A component definition for tools that keep controls
    Oscal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StandardArg {
    Caiq,
    Fedramp,
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
    let export = export(args)?;
    let mut output = export.open(args.output.as_deref(), args.force)?;
    let about = About { provider: deployment.0, model: deployment.1, areas: catalog.areas() };
    let mut gaps = args.gaps.as_deref().map(|path| GapsFile::open(path, args.force, about)).transpose()?;
    Output::remove_on_signal([Some(&output), gaps.as_ref().map(GapsFile::output)].into_iter().flatten());
    let matcher = earlier.matcher(&catalog);
    let assigner = Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions);
    let (mut tally, mut repeats) = (Tally::default(), Repeats::default());
    {
        let mut exporter = export.exporter(about, &mut output)?;
        // One file at a time: rows of different files are no neighbours.
        for mut input in inputs {
            input.announce(ui);
            for assignment in assigner.assign_all(&mut input) {
                exporter.write(&assignment)?;
                if let Some(gaps) = &mut gaps {
                    gaps.add(&assignment)?;
                }
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
    tally.compared_with_all(!repeats.is_full());
    tally.report(args.output.as_deref(), ui);
    if let Some(gaps) = gaps {
        gaps.commit(ui)?;
    }
    let unsettled = tally.unsettled();
    if export.layout != Layout::Own && unsettled > 0 {
        let rows = count(unsettled, "row");
        ui.status(&format!(
            "{rows} not settled, left open: the standard's columns cannot say how sure a row is"
        ));
    }
    Ok(if args.strict && unsettled > 0 { Ended::NeedsPerson } else { Ended::Done })
}

fn refuse_to_replace_input(args: &AssignArgs, common: &Common) -> Result<(), CliError> {
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    if let (Some(output), Some(gaps)) = (&args.output, &args.gaps)
        && real(output) == real(gaps)
    {
        return Err(CliError::new(format!("{} is both output and gap register", output::name(gaps)))
            .hint("name another file with --gaps"));
    }
    let outputs = [(&args.output, "output", "-o"), (&args.gaps, "gap register", "--gaps")];
    for (named, what, option) in outputs {
        let Some(named) = named else { continue };
        let Ok(output) = named.canonicalize() else { continue };
        let regular = std::fs::metadata(&output).is_ok_and(|metadata| metadata.is_file());
        let among =
            |files: &[PathBuf]| files.iter().any(|file| file.canonicalize().is_ok_and(|file| file == output));
        for (files, read) in [(&args.files, "questionnaire"), (&common.decisions, "a file of decisions")] {
            if regular && among(files) {
                return Err(CliError::new(format!("{} is both {read} and {what}", output::name(named)))
                    .hint(format!("name another file with {option}")));
            }
        }
    }
    Ok(())
}

/// How the rows are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export {
    pub(crate) format: ExportFormat,
    pub(crate) profile: CsvProfile,
    pub(crate) wording: Wording,
    pub(crate) layout: Layout,
}

fn export(args: &AssignArgs) -> Result<Export, CliError> {
    let profile = match args.csv_profile {
        ProfileArg::Rfc4180 => CsvProfile::Rfc4180,
        ProfileArg::Excel => CsvProfile::Excel,
        ProfileArg::Raw => CsvProfile::Raw,
    };
    let format = match args.format {
        Some(format) => format,
        None => format_of(args.output.as_deref())?,
    };
    let (layout, standard) = match args.standard {
        None => (Layout::Own, Vocabulary::Names),
        Some(StandardArg::Caiq) => (Layout::Caiq, Vocabulary::Caiq),
        Some(StandardArg::Fedramp) => (Layout::Fedramp, Vocabulary::Fedramp),
    };
    if layout != Layout::Own {
        if !matches!(format, ExportFormat::Csv | ExportFormat::Xlsx) {
            return Err(CliError::new("--standard writes a table, and this format is none")
                .hint("write it as CSV or as XLSX: -o out.csv, -o out.xlsx"));
        }
        if args.words.vocabulary_is_other_than(standard) {
            return Err(CliError::new("--standard and --vocabulary name different standards")
                .hint("leave out --vocabulary: a standard's columns come with its words"));
        }
    }
    let wording = layout.wording(args.words.wording());
    Ok(Export { format, profile, wording, layout })
}

/// The format that a file's ending stands for; CSV where nothing says otherwise.
pub(crate) fn format_of(path: Option<&Path>) -> Result<ExportFormat, CliError> {
    let Some(path) = path.filter(|path| !path.exists() || path.is_file()) else {
        return Ok(ExportFormat::Csv);
    };
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    // `.json` alone could be anything.
    if name.ends_with(".oscal.json") {
        return Ok(ExportFormat::Oscal);
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        None | Some("csv" | "txt" | "tmp" | "out") => Ok(ExportFormat::Csv),
        Some("jsonl" | "ndjson") => Ok(ExportFormat::Jsonl),
        Some("xlsx") => Ok(ExportFormat::Xlsx),
        Some("md" | "markdown") => Ok(ExportFormat::Md),
        Some("html" | "htm") => Ok(ExportFormat::Html),
        Some(_) => Err(CliError::new(format!("no export is written to a file named {}", output::name(path)))
            .hint("name the format: --format csv, jsonl, xlsx, md, html or oscal")),
    }
}

impl Export {
    /// Opens what the rows are written to. A workbook on a screen would be noise.
    pub(crate) fn open(&self, path: Option<&Path>, force: bool) -> Result<Output, CliError> {
        let output = Output::open(path, force)?;
        if self.format == ExportFormat::Xlsx && output.is_terminal() {
            return Err(
                CliError::new("a workbook cannot be shown on a terminal").hint("name a file: -o out.xlsx")
            );
        }
        Ok(output)
    }

    /// What writes them.
    pub(crate) fn exporter<'w>(
        &self,
        about: About<'w>,
        output: &'w mut Output,
    ) -> Result<Box<dyn Exporter + 'w>, CliError> {
        let Export { profile, wording, layout, .. } = *self;
        Ok(match self.format {
            ExportFormat::Csv => Box::new(CsvExporter::laid_out(output, profile, wording, layout)?),
            ExportFormat::Jsonl => Box::new(JsonlExporter::new(output, wording)),
            ExportFormat::Xlsx => {
                let guarded = profile != CsvProfile::Raw;
                Box::new(XlsxExporter::new(output, about, wording, layout, guarded)?)
            }
            ExportFormat::Md => Box::new(MarkdownExporter::new(output, about, wording)),
            ExportFormat::Html => {
                let deployment = (about.provider, about.model);
                Box::new(HtmlExporter::new(output, deployment, about.areas, wording))
            }
            ExportFormat::Oscal => {
                Box::new(OscalExporter::new(output, (about.provider, about.model), about.areas))
            }
        })
    }
}

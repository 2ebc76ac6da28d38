use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use serde::Serialize;

use crate::catalog::{Catalog, Layer};
use crate::cli::Ended;
use crate::cli::args::{Common, TextOrJson};
use crate::cli::banks;
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::output::name;
use crate::cli::render;
use crate::cli::ui::{Ui, count};
use crate::diagnostic::{Diagnostic, Severity, SourceFile};
use crate::export::to_json;
use crate::matching::embedded_bank;

/// Lint mapping files and question banks
///
/// Shows every problem of every file at once, with its line, what was expected and the nearest valid name. Without
/// a file it checks the built-in data, your own with the phrasings beside it, and what --mappings names. Exits with 1 where there is a problem.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  whose check\n  whose check mappings/acme.toml\n  whose check questions/bank/\n  \
    whose check acme.toml --format json"
)]
pub(crate) struct CheckArgs {
    /// Mapping files (.toml), question-bank files (.txt), or directories of them
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    files: Vec<PathBuf>,
    /// Output for people or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    label: &'a str,
    help: Option<&'a str>,
}

pub(crate) fn run(args: &CheckArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let mut layers = load::layers(common)?;
    let mut bank_files: Vec<Arc<SourceFile>> = Vec::new();
    let checked = if args.files.is_empty() {
        bank_files = built_in_bank();
        let files = |layer: &Layer| layer.files.len() + layer.phrasings.len();
        layers.iter().map(files).sum::<usize>() + bank_files.len()
    } else {
        let mut mappings = Layer::default();
        for path in &args.files {
            gather(path, &mut mappings.files, &mut bank_files)?;
        }
        let count = mappings.files.len() + bank_files.len();
        layers.push(mappings);
        count
    };
    let (catalog, mut problems) = Catalog::load(&layers);
    let known = catalog.areas().iter().map(|area| area.id.clone()).collect::<Vec<_>>();
    if !args.files.is_empty() {
        // Only what was named is reported; the rest is there so that references can be looked up.
        let named = &layers[layers.len() - 1].files;
        problems.retain(|problem| named.iter().any(|file| Arc::ptr_eq(file, &problem.file)));
    } else {
        problems.extend(banks::own(&layers, &known).1);
    }
    problems.extend(banks::check(&bank_files, &known));
    report(&problems, checked, args.format, ui)
}

fn gather(
    path: &Path,
    mappings: &mut Vec<Arc<SourceFile>>,
    banks: &mut Vec<Arc<SourceFile>>,
) -> Result<(), CliError> {
    let unreadable = |error| CliError::io(format!("cannot read {}", name(path)), &error);
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
            .map_err(unreadable)?
            .map(|entry| entry.map(|entry| entry.path()).map_err(unreadable))
            .collect::<Result<_, _>>()?;
        entries.retain(|entry| is(entry, "toml") || is(entry, "txt"));
        entries.sort();
        if entries.is_empty() {
            return Err(CliError::new(format!("no .toml or .txt file in {}", name(path))));
        }
        return entries.iter().try_for_each(|entry| gather(entry, mappings, banks));
    }
    let file = Layer::read_file(path).map_err(unreadable)?;
    if is(path, "txt") {
        banks.push(file);
    } else {
        mappings.push(file);
    }
    Ok(())
}

fn is(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

fn report(
    problems: &[Diagnostic],
    checked: usize,
    format: TextOrJson,
    ui: &mut Ui,
) -> Result<Ended, CliError> {
    if format == TextOrJson::Json {
        let list: Vec<JsonProblem<'_>> = problems.iter().map(json).collect();
        writeln!(ui.out(), "{}", to_json(&list)?)?;
    } else {
        for problem in problems {
            let drawn = render::draw(problem);
            writeln!(ui.out(), "{drawn}\n")?;
        }
    }
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let files = count(checked as u64, "file");
    if problems.is_empty() {
        ui.status(&format!("{files} checked, no problem found"));
        return Ok(Ended::Done);
    }
    ui.status(&format!("{files} checked: {}, {}", count(errors, "error"), count(warnings, "warning")));
    Ok(Ended::NeedsPerson)
}

fn json(problem: &Diagnostic) -> JsonProblem<'_> {
    let (line, column) = problem.line_column();
    JsonProblem {
        severity: match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: problem.code.as_str(),
        message: &problem.message,
        file: &problem.file.path,
        line,
        column,
        label: &problem.label.text,
        help: problem.help.as_deref(),
    }
}

/// The bank in the binary.
fn built_in_bank() -> Vec<Arc<SourceFile>> {
    let file =
        |(name, text): &(&str, &str)| Arc::new(SourceFile::new(format!("questions/bank/{name}.txt"), *text));
    embedded_bank().iter().map(file).collect()
}

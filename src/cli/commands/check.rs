use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use serde::Serialize;

use crate::catalog::{Catalog, Layer};
use crate::cli::Ended;
use crate::cli::args::{Common, TextOrJson};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::output::name;
use crate::cli::render;
use crate::cli::ui::{Ui, count};
use crate::diagnostic::{Code, Diagnostic, Problems, Severity, SourceFile};
use crate::domain::AreaId;
use crate::export::to_json;
use crate::matching::{Bank, BankProblem, GENERIC, NONE, embedded_bank};
use crate::suggest;

/// Lint mapping files and question banks
///
/// Shows every problem of every file at once, with its line, what was expected and the nearest valid name. Without
/// a file it checks the built-in data, your own, and what --mappings names. Exits with 1 where there is a problem.
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
    let mut banks: Vec<Arc<SourceFile>> = Vec::new();
    let checked = if args.files.is_empty() {
        banks = bank_files();
        layers.iter().map(|layer| layer.files.len()).sum::<usize>() + banks.len()
    } else {
        let mut mappings = Layer::default();
        for path in &args.files {
            gather(path, &mut mappings.files, &mut banks)?;
        }
        let count = mappings.files.len() + banks.len();
        layers.push(mappings);
        count
    };
    let (catalog, mut problems) = Catalog::load(&layers);
    if !args.files.is_empty() {
        // Only what was named is reported; the rest is there so that references can be looked up.
        let named = &layers[layers.len() - 1].files;
        problems.retain(|problem| named.iter().any(|file| Arc::ptr_eq(file, &problem.file)));
    }
    let known = catalog.areas().iter().map(|area| area.id.clone()).collect::<Vec<_>>();
    problems.extend(check_bank(&banks, &known));
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
fn bank_files() -> Vec<Arc<SourceFile>> {
    let file =
        |(name, text): &(&str, &str)| Arc::new(SourceFile::new(format!("questions/bank/{name}.txt"), *text));
    embedded_bank().iter().map(file).collect()
}

/// Problems of question-bank files, which are named after their areas.
fn check_bank(files: &[Arc<SourceFile>], areas: &[AreaId]) -> Vec<Diagnostic> {
    let stem = |file: &SourceFile| {
        Path::new(&file.path).file_stem().unwrap_or_default().to_string_lossy().into_owned()
    };
    let stems: Vec<String> = files.iter().map(|file| stem(file)).collect();
    // A file by itself may refer to any area; the others' lines come from the binary's bank.
    let missing = embedded_bank().iter().filter(|(name, _)| !stems.iter().any(|stem| stem == name)).copied();
    let named = stems.iter().zip(files).map(|(stem, file)| (stem.as_str(), file.text.as_str()));
    let (_, found) = Bank::parse(named.chain(missing));
    let mut problems = Vec::new();
    for (file, stem) in files.iter().zip(&stems) {
        let mut own = Problems::new(Arc::clone(file));
        if stem != NONE && stem != GENERIC && !areas.iter().any(|area| area.as_str() == stem) {
            let message = format!("a question-bank file for `{stem}`, which is no area");
            let first = line_span(&file.text, 1);
            own.error(Code::UnknownArea, first, message, "this file is named after no area").help =
                Some(match suggest::nearest(stem, areas.iter().map(AreaId::as_str)) {
                    Some(near) => format!("did you mean `{near}.txt`?"),
                    None => "`whose areas` lists them; `none.txt` has what is about none".into(),
                });
        }
        for problem in found.iter().filter(|problem| problem.file == *stem) {
            report_phrasing(problem, &mut own, areas);
        }
        problems.extend(own.into_sorted());
    }
    problems
}

/// The line, or the word in it that the message quotes.
fn report_phrasing(problem: &BankProblem, own: &mut Problems, areas: &[AreaId]) {
    let file = own.file();
    let line = line_span(&file.text, problem.line);
    let word = problem.message.split('`').nth(1).unwrap_or_default();
    let span = match file.text[line.clone()].rfind(word) {
        Some(at) if !word.is_empty() => line.start + at..line.start + at + word.len(),
        _ => line,
    };
    let is_area = areas.iter().any(|area| area.as_str() == word) || word.is_empty();
    let near = suggest::nearest(word, areas.iter().map(AreaId::as_str)).filter(|_| !is_area);
    own.error(Code::Bank, span, format!("the phrasing {}", problem.message), "").help =
        near.map(|near| format!("did you mean `{near}`?"));
}

fn line_span(text: &str, line: usize) -> std::ops::Range<usize> {
    let mut start = 0;
    for (index, content) in text.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            return start..start + content.trim_end_matches(['\n', '\r']).len();
        }
        start += content.len();
    }
    text.len()..text.len()
}

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueHint};
use serde::Serialize;

use crate::cli::Ended;
use crate::cli::args::{LayoutArgs, TextOrJson};
use crate::cli::error::CliError;
use crate::cli::input::{Input, Passed};
use crate::cli::output;
use crate::cli::profile;
use crate::cli::ui::{BOLD, Ui, count};
use crate::domain::{Place, Question};
use crate::export::{grouped, to_json};
use crate::questionnaire::{Entry, Found, Layout, SheetLayout, Verdict};
use crate::repeats::Repeats;
use crate::safe_text::one_line;

/// Show how a questionnaire is understood
///
/// Sheets, headers and columns, how many questions there are, which rows were passed over and why, and which questions
/// repeat earlier ones. Where something is understood wrongly, say it with --sheet, --header and --column; with --save
/// that is kept beside the questionnaire and used from then on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  whose inspect vendor.xlsx\n  whose inspect vendor.xlsx --rows | less\n  \
    whose inspect odd.xlsx --sheet Sheet2 --header 4 --column question=C --save\n  \
    whose inspect vendor.csv --format json"
)]
pub(crate) struct InspectArgs {
    /// The questionnaire; `-` is stdin
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Show every row, as a question or with the reason why it is none
    #[arg(long)]
    rows: bool,
    #[command(flatten)]
    layout: LayoutArgs,
    /// Keep --sheet, --header and --column beside the questionnaire, as FILE.whose.toml
    #[arg(long, conflicts_with = "no_profile")]
    save: bool,
    /// Output for people or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,
}

/// How many questions are shown where not every row is.
const SHOWN: usize = 5;
/// How much of a question or row is shown in a line.
const SHOWN_CHARS: usize = 100;

pub(crate) fn run(args: &InspectArgs, ui: &mut Ui) -> Result<Ended, CliError> {
    if args.save && args.file.as_os_str() == "-" {
        return Err(CliError::new("nothing lies beside stdin").hint("name the file to keep a profile for it"));
    }
    let mut input = Input::open(&args.file, &args.layout)?;
    let (mut report, mut repeats) = (Report::default(), Repeats::default());
    while let Some(entry) = input.next_entry() {
        let entry = entry.map_err(|error| CliError::new(error.to_string()))?;
        report.add(&entry, &mut repeats, args.rows || args.format == TextOrJson::Json);
    }
    match args.format {
        TextOrJson::Json => {
            let json = JsonReport::new(&input, &report);
            writeln!(ui.out(), "{}", to_json(&json)?)?;
        }
        TextOrJson::Text => show(&input, &report, args.rows, ui)?,
    }
    if args.save {
        let (options, _) = profile::options(&args.file, &args.layout)?;
        let path = profile::save(&args.file, &options)?;
        ui.status(&format!("kept in {}", output::name(&path)));
    }
    Ok(Ended::Done)
}

/// What came out of reading a questionnaire.
#[derive(Default)]
struct Report {
    questions: u64,
    by_sheet: BTreeMap<Option<Arc<str>>, u64>,
    first: Vec<Question>,
    passed: Passed,
    /// Repeats: place, place of the first, whether in the same words.
    repeats: Vec<JsonRepeat>,
    rows: Vec<JsonRow>,
}

#[derive(Serialize)]
struct JsonRepeat {
    place: String,
    first: String,
    same_words: bool,
}

/// A row as it was understood.
#[derive(Serialize)]
struct JsonRow {
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    section: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    parent: String,
    text: String,
}

impl Report {
    fn add(&mut self, entry: &Entry, repeats: &mut Repeats, keep_rows: bool) {
        match entry {
            Entry::Question(question) => {
                self.questions += 1;
                *self.by_sheet.entry(question.place.sheet.clone()).or_default() += 1;
                if self.first.len() < SHOWN {
                    self.first.push(question.clone());
                }
                if let Some(repeat) = repeats.see(question) {
                    self.repeats.push(JsonRepeat {
                        place: within(&question.place),
                        first: within(&repeat.first),
                        same_words: repeat.is_same,
                    });
                }
            }
            Entry::Skipped(skipped) => self.passed.add(skipped),
        }
        if keep_rows {
            self.rows.push(JsonRow::new(entry));
        }
    }
}

/// A place without the file, which is the same for all.
fn within(place: &Place) -> String {
    let whole = place.to_string();
    whole.strip_prefix(&format!("{}:", place.file)).unwrap_or(&whole).to_owned()
}

impl JsonRow {
    fn new(entry: &Entry) -> JsonRow {
        match entry {
            Entry::Question(question) => JsonRow {
                place: within(&question.place),
                skipped: None,
                id: question.id.clone(),
                section: question.section.clone(),
                parent: question.parent.clone(),
                text: question.text.clone(),
            },
            Entry::Skipped(skipped) => JsonRow {
                place: within(&skipped.place),
                skipped: Some(skipped.reason.as_str()),
                id: String::new(),
                section: String::new(),
                parent: String::new(),
                text: skipped.text.clone(),
            },
        }
    }
}

fn show(input: &Input, report: &Report, rows: bool, ui: &mut Ui) -> Result<(), CliError> {
    let out = ui.out();
    let layout = input.layout();
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}: {}, {}",
        input.name(),
        layout.format,
        count(report.questions, "question")
    )?;
    if !layout.format.is_workbook() {
        let guess = if layout.encoding_guessed { " (guessed)" } else { "" };
        writeln!(out, "  {}{guess}", layout.encoding)?;
    }
    for sheet in &layout.sheets {
        show_sheet(out, layout, sheet, report)?;
    }
    for note in &layout.notes {
        writeln!(out, "  note: {}", one_line(&note.to_string()))?;
    }
    let passed = report.passed.told();
    if !passed.is_empty() {
        writeln!(out, "\n{BOLD}Passed over{BOLD:#}")?;
        passed.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    show_repeats(out, report)?;
    let (title, shown): (&str, Vec<JsonRow>) = match rows {
        true => ("Rows", Vec::new()),
        false => (
            "First questions",
            report.first.iter().map(|q| JsonRow::new(&Entry::Question(q.clone()))).collect(),
        ),
    };
    writeln!(out, "\n{BOLD}{title}{BOLD:#}")?;
    for row in if rows { &report.rows } else { &shown } {
        show_row(out, row)?;
    }
    Ok(())
}

fn show_sheet(
    out: &mut impl std::io::Write,
    layout: &Layout,
    sheet: &SheetLayout,
    report: &Report,
) -> std::io::Result<()> {
    let lettered = sheet.name.is_some();
    if lettered {
        let questions = report.by_sheet.get(&sheet.name).copied().unwrap_or_default();
        let verdict = match sheet.verdict {
            Verdict::Read => count(questions, "question"),
            other => format!("not read: {}", other.as_str()),
        };
        writeln!(out, "  sheet {}: {verdict}", sheet.shown_name())?;
    }
    if sheet.verdict != Verdict::Read {
        // A table in a text has no name to be told by.
        if !lettered && layout.sheets.len() > 1 && sheet.verdict != Verdict::Empty {
            let part =
                layout.sheets.iter().position(|other| std::ptr::eq(other, sheet)).unwrap_or_default() + 1;
            writeln!(out, "  part {part}: not read: {}", sheet.verdict.as_str())?;
        }
        return Ok(());
    }
    if let Some(known) = sheet.known {
        writeln!(out, "    layout         {known}")?;
    }
    let place = if lettered { "row" } else { "line" };
    match sheet.header_line {
        Some(0) => writeln!(out, "    header         the records' keys")?,
        Some(line) => {
            let guess = if sheet.header_guessed { " (guessed)" } else { "" };
            writeln!(out, "    header         {place} {line}{guess}")?;
        }
        None if !sheet.columns.is_empty() => writeln!(out, "    header         none")?,
        None => {}
    }
    for column in &sheet.columns {
        let how = match column.found {
            Found::Named => " (as named)",
            Found::Content => " (guessed from its content)",
            Found::Only | Found::Header => "",
        };
        let name = if column.name.is_empty() { String::new() } else { format!(" `{}`", column.name) };
        writeln!(out, "    {:<14} column {}{name}{how}", column.role, column.place(lettered))?;
    }
    if sheet.section_filled_down {
        writeln!(out, "    blank sections take the one above")?;
    }
    if let Some(delimiter) = layout.delimiter {
        writeln!(out, "    delimiter      {}", delimiter.escape_default())?;
    }
    Ok(())
}

fn show_repeats(out: &mut impl std::io::Write, report: &Report) -> std::io::Result<()> {
    if report.repeats.is_empty() {
        return Ok(());
    }
    let near = report.repeats.iter().filter(|repeat| !repeat.same_words).count() as u64;
    let all = count(report.repeats.len() as u64, "question");
    writeln!(out, "\n{BOLD}Repeats{BOLD:#}\n  {all}, {} of them in other words", grouped(near))?;
    for repeat in &report.repeats {
        let how = if repeat.same_words { "repeats" } else { "asks the same as" };
        writeln!(out, "  {} {how} {}", one_line(&repeat.place), one_line(&repeat.first))?;
    }
    Ok(())
}

fn show_row(out: &mut impl std::io::Write, row: &JsonRow) -> std::io::Result<()> {
    let text: String = one_line(&row.text).chars().take(SHOWN_CHARS).collect();
    let place = one_line(&row.place);
    match row.skipped {
        Some(reason) => writeln!(out, "  {place}  - {reason}: {text}"),
        None => {
            let section = one_line(&row.section);
            let section = if section.is_empty() { String::new() } else { format!(" [{section}]") };
            writeln!(out, "  {place}  {}{section} {text}", one_line(&row.id))
        }
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    file: &'a str,
    format: String,
    encoding: Option<String>,
    delimiter: Option<char>,
    sheets: Vec<JsonSheet<'a>>,
    notes: Vec<String>,
    questions: u64,
    repeats: &'a [JsonRepeat],
    rows: &'a [JsonRow],
}

#[derive(Serialize)]
struct JsonSheet<'a> {
    name: Option<&'a str>,
    read: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<&'static str>,
    layout: Option<String>,
    header: Option<u64>,
    columns: BTreeMap<&'static str, JsonColumn<'a>>,
    questions: u64,
}

#[derive(Serialize)]
struct JsonColumn<'a> {
    column: String,
    name: &'a str,
}

impl<'a> JsonReport<'a> {
    fn new(input: &'a Input, report: &'a Report) -> JsonReport<'a> {
        let layout = input.layout();
        let sheet = |sheet: &'a SheetLayout| JsonSheet {
            name: sheet.name.as_deref(),
            read: sheet.verdict == Verdict::Read,
            why_not: (sheet.verdict != Verdict::Read).then(|| sheet.verdict.as_str()),
            layout: sheet.known.map(|known| known.to_string()),
            header: sheet.header_line,
            columns: sheet
                .columns
                .iter()
                .map(|column| {
                    let place = column.place(sheet.name.is_some());
                    (column.role.as_str(), JsonColumn { column: place, name: &column.name })
                })
                .collect(),
            questions: report.by_sheet.get(&sheet.name).copied().unwrap_or_default(),
        };
        JsonReport {
            file: input.name(),
            format: layout.format.to_string(),
            encoding: (!layout.format.is_workbook()).then(|| layout.encoding.to_string()),
            delimiter: layout.delimiter,
            sheets: layout.sheets.iter().map(sheet).collect(),
            notes: layout.notes.iter().map(ToString::to_string).collect(),
            questions: report.questions,
            repeats: &report.repeats,
            rows: &report.rows,
        }
    }
}

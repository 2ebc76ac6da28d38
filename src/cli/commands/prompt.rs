use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueHint};
use console::Key;

use crate::assignment::Assignment;
use crate::catalog::{Area, Catalog, Model, Provider};
use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, Words};
use crate::cli::card;
use crate::cli::commands::assign::{Export, ExportFormat, format_of};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::prompter::{Prompter, Terminal};
use crate::cli::show::{field, paragraph};
use crate::cli::ui::{BOLD, DIM, Ui, count};
use crate::domain::{Place, Question, Status};
use crate::export::{About, CsvProfile, Layout, Wording};
use crate::pipeline::Assigner;

/// Where the answers go unless another file is named.
const DEFAULT_OUTPUT: &str = "whose.csv";

/// No-break spaces keep a key and what it does on one line.
const KEYS: &str = "Enter\u{a0}accept · 1–5\u{a0}take\u{a0}that\u{a0}one · /\u{a0}find\u{a0}an\u{a0}area · \
                    n\u{a0}not\u{a0}applicable · k\u{a0}skip · q\u{a0}finish · ?\u{a0}help";

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the prompt")]
pub(crate) struct PromptArgs {
    #[command(flatten)]
    deployment: Deployment,
    /// Where the answers go, by its ending as CSV, JSON lines, XLSX or Markdown; asked for where not given
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    /// Name to put into the column `reviewer`; WHOSE_REVIEWER gives another default than none
    #[arg(long, value_name = "NAME")]
    reviewer: Option<String>,
    #[command(flatten)]
    words: Words,
}

impl PromptArgs {
    /// Whether any of these options was typed.
    pub(crate) fn is_given(&self) -> bool {
        self.deployment.provider.is_some()
            || self.deployment.model.is_some()
            || self.output.is_some()
            || self.words.is_given()
            || self.reviewer.is_some()
    }

    fn reviewer(&self) -> String {
        let told = || std::env::var("WHOSE_REVIEWER").ok();
        self.reviewer.clone().or_else(told).unwrap_or_default()
    }
}

pub(crate) fn run(args: &PromptArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    if !Ui::can_prompt() {
        return Err(CliError::new("a terminal is needed to ask questions, and there is none here")
            .hint("one question:        whose ask \"Who patches the OS?\" -p render")
            .hint("a questionnaire:     whose assign FILE -p render -o out.csv")
            .hint("questions on stdin:  whose assign - -p render"));
    }
    let (catalog, earlier) = load::all(common, ui)?;
    if let Some(path) = args.output.as_ref().filter(|path| !is_stdout(path)) {
        format_of(Some(path))?;
        // A name that cannot be written to is told before the first question, not after the last.
        drop(Output::create(path)?);
    }
    let mut terminal = Terminal::new(ui.color());
    let Some(deployment) = choose_deployment(&catalog, &args.deployment, &mut terminal)? else {
        return Ok(Ended::Done);
    };
    let matcher = earlier.matcher(&catalog);
    let assigner = Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions);
    let mut interview = Interview {
        catalog: &catalog,
        assigner,
        reviewer: args.reviewer(),
        wording: args.words.wording(),
        answered: Vec::new(),
        waiting: VecDeque::new(),
    };
    greet(deployment, ui)?;
    let asked = interview.ask_all(&mut terminal, ui);
    // Whatever went wrong at the prompt, what was answered is written.
    let about = About { provider: deployment.0, model: deployment.1, areas: catalog.areas() };
    save(&interview.answered, about, args, &mut terminal, ui)?;
    asked.map(|()| Ended::Done)
}

fn greet((provider, model): (&Provider, &Model), ui: &mut Ui) -> Result<(), CliError> {
    let out = ui.err();
    let model_name = if model.name == provider.name { String::new() } else { format!(" · {}", model.name) };
    writeln!(out, "{BOLD}{}{BOLD:#}{model_name}", provider.name)?;
    paragraph(out, &format!("{DIM}{}{DIM:#}", model.is), 0, Ui::width())?;
    if let Some(reason) = &model.outside {
        paragraph(out, reason, 0, Ui::width())?;
    }
    let how = "Type or paste a question; an empty line ends and writes the CSV.";
    paragraph(out, &format!("\n{DIM}{how}{DIM:#}"), 0, Ui::width())?;
    writeln!(out)?;
    Ok(())
}

fn choose_deployment<'a>(
    catalog: &'a Catalog,
    named: &Deployment,
    prompter: &mut dyn Prompter,
) -> Result<Option<(&'a Provider, &'a Model)>, CliError> {
    let provider = match &named.provider {
        Some(id) => load::provider(catalog, id)?,
        None => {
            let names: Vec<String> =
                catalog.providers().iter().map(|provider| provider.name.clone()).collect();
            let Some(index) = prompter.choose("Provider", &names)? else { return Ok(None) };
            &catalog.providers()[index]
        }
    };
    if named.model.is_some() || provider.models.len() == 1 {
        return Ok(Some((provider, load::model(provider, named.model.as_deref())?)));
    }
    let models: Vec<String> =
        provider.models.iter().map(|model| format!("{}: {}", model.name, model.is)).collect();
    let Some(index) = prompter.choose("Deployment model", &models)? else { return Ok(None) };
    Ok(Some((provider, &provider.models[index])))
}

/// Questions one by one, each settled before the next.
struct Interview<'a> {
    catalog: &'a Catalog,
    assigner: Assigner<'a>,
    reviewer: String,
    wording: Wording,
    answered: Vec<Assignment<'a>>,
    waiting: VecDeque<String>,
}

impl<'a> Interview<'a> {
    fn ask_all(&mut self, prompter: &mut dyn Prompter, ui: &mut Ui) -> Result<(), CliError> {
        while let Some(text) = self.next_text(prompter, ui)? {
            let mut assignment = self.assigner.explain(self.question(text), &self.before());
            card::draw(ui.err(), self.catalog, &assignment, self.wording, Ui::width())?;
            let go_on = self.settle(&mut assignment, prompter, ui)?;
            self.answered.push(assignment);
            if !go_on {
                break;
            }
        }
        self.keep_rest(ui);
        Ok(())
    }

    /// Pasted lines whose turn did not come are written as proposed: no question gets lost.
    fn keep_rest(&mut self, ui: &mut Ui) {
        let rest = self.waiting.len() as u64;
        while let Some(text) = self.waiting.pop_front() {
            let assignment = self.assigner.explain(self.question(text), &self.before());
            self.answered.push(assignment);
        }
        if rest > 0 {
            ui.status(&format!("{} not looked at, kept as proposed", count(rest, "pasted line")));
        }
    }

    /// The next question, or nothing when the person has had enough.
    fn next_text(&mut self, prompter: &mut dyn Prompter, ui: &mut Ui) -> Result<Option<String>, CliError> {
        self.waiting.extend(prompter.pasted());
        if let Some(text) = self.waiting.pop_front() {
            return Ok(Some(text));
        }
        let title = format!("Question {}", self.answered.len() + 1);
        let Some(text) = prompter.line(&title, None)? else { return Ok(None) };
        let text = text.trim().to_string();
        if text.is_empty() {
            return Ok(None);
        }
        self.waiting.extend(prompter.pasted());
        if !self.waiting.is_empty() {
            let more = count(self.waiting.len() as u64, "more line");
            writeln!(ui.err(), "{DIM}{more} pasted: one question each, in turn.{DIM:#}\n")?;
        }
        Ok(Some(text))
    }

    fn question(&self, text: String) -> Question {
        let number = self.answered.len() + 1;
        Question {
            id: number.to_string(),
            section: String::new(),
            text,
            parent: String::new(),
            place: Place::line(&Arc::from("prompt"), number as u64),
        }
    }

    fn before(&self) -> Vec<&str> {
        self.answered.iter().map(|assignment| assignment.question.text.as_str()).collect()
    }

    /// Takes keys until the row is settled. `false` when the person wants to finish.
    fn settle(
        &self,
        assignment: &mut Assignment<'a>,
        prompter: &mut dyn Prompter,
        ui: &mut Ui,
    ) -> Result<bool, CliError> {
        writeln!(ui.err())?;
        paragraph(ui.err(), &format!("{DIM}{KEYS}{DIM:#}"), 0, Ui::width())?;
        loop {
            let Some(key) = prompter.key()? else {
                // Broken off: the row keeps what was proposed and stays open.
                return Ok(false);
            };
            let areas = match key {
                Key::Enter | Key::Char('a') => {
                    assignment.resolutions.iter().map(|found| found.area).collect()
                }
                Key::Char(digit @ '1'..='5') => match self.candidate(assignment, digit) {
                    Some(areas) => areas,
                    None => continue,
                },
                Key::Char('/') => match self.find(prompter)? {
                    Some(areas) => areas,
                    None => continue,
                },
                Key::Char('n') => return self.set_aside(assignment, Status::NotApplicable, ui),
                Key::Char('k') => return self.set_aside(assignment, Status::Skipped, ui),
                Key::Char('q') => return Ok(false),
                Key::Char('?') => {
                    help(ui)?;
                    continue;
                }
                _ => continue,
            };
            assignment.settle(&areas);
            return self.done(assignment, ui).map(|()| true);
        }
    }

    fn set_aside(
        &self,
        assignment: &mut Assignment<'a>,
        status: Status,
        ui: &mut Ui,
    ) -> Result<bool, CliError> {
        assignment.set_aside(status);
        self.done(assignment, ui).map(|()| true)
    }

    fn done(&self, assignment: &mut Assignment<'a>, ui: &mut Ui) -> Result<(), CliError> {
        assignment.reviewer.clone_from(&self.reviewer);
        let area = assignment.area().map_or("no area".to_string(), ToString::to_string);
        let party = assignment.party().map_or(String::new(), |party| format!(" · {party}"));
        writeln!(ui.err(), "{BOLD}{}{BOLD:#}: {area}{party}\n", assignment.status)?;
        Ok(())
    }

    /// What a digit stands for: 1 is the proposal with all its areas, the others are the runners-up.
    fn candidate(&self, assignment: &Assignment<'a>, digit: char) -> Option<Vec<&'a Area>> {
        let index = digit.to_digit(10)? as usize - 1;
        let candidate = assignment.candidates.get(index)?;
        if candidate.area.as_ref() == assignment.area() {
            return Some(assignment.resolutions.iter().map(|found| found.area).collect());
        }
        if !card::is_shown(candidate) {
            return None;
        }
        Some(candidate.area.iter().filter_map(|id| self.catalog.area(id.as_str())).collect())
    }

    fn find(&self, prompter: &mut dyn Prompter) -> Result<Option<Vec<&'a Area>>, CliError> {
        let areas = self.catalog.areas();
        let mut names: Vec<String> =
            areas.iter().map(|area| format!("{} ({})", area.title, area.id)).collect();
        names.push("No responsibility area (none)".into());
        let found = prompter.find("Area", &names)?;
        Ok(found.map(|index| areas.get(index).into_iter().collect()))
    }
}

fn help(ui: &mut Ui) -> Result<(), CliError> {
    let out = ui.err();
    for (key, what) in [
        ("Enter, a", "accept what is proposed"),
        ("1 – 5", "take the candidate with that number"),
        ("/", "find another area by typing parts of its name"),
        ("n", "the question does not apply"),
        ("k", "skip it; the row stays open"),
        ("q", "leave this row as proposed, and finish"),
        ("Ctrl-C", "the same"),
    ] {
        field(out, key, what, Ui::width())?;
    }
    Ok(())
}

/// Writes the export; whatever happens at the prompt, the answers end up in a file.
fn save(
    answered: &[Assignment<'_>],
    about: About<'_>,
    args: &PromptArgs,
    prompter: &mut dyn Prompter,
    ui: &mut Ui,
) -> Result<(), CliError> {
    if answered.is_empty() {
        ui.status("No question was answered; nothing to write.");
        return Ok(());
    }
    let (output, format, name) = choose_output(args.output.as_deref(), prompter, ui)?;
    let wording = args.words.wording();
    let export = Export { format, profile: CsvProfile::Rfc4180, wording, layout: Layout::Own };
    let number = count(answered.len() as u64, "question");
    match write(answered, about, export, output) {
        // Other formats need more than the file itself, such as room for temporary files.
        Err(CliError::Failed(failure)) if format != ExportFormat::Csv => {
            ui.failure(&failure);
            let free = PathBuf::from(free_name());
            let csv = Export { format: ExportFormat::Csv, ..export };
            write(answered, about, csv, Output::create(&free)?)?;
            ui.status(&format!("{number} written to {} instead", output::name(&free)));
        }
        written => {
            written?;
            ui.status(&format!("{number} written to {name}"));
        }
    }
    Ok(())
}

fn write(
    answered: &[Assignment<'_>],
    about: About<'_>,
    export: Export,
    mut output: Output,
) -> Result<(), CliError> {
    let mut exporter = export.exporter(about, &mut output)?;
    for assignment in answered {
        exporter.write(assignment)?;
    }
    exporter.finish()?;
    drop(exporter);
    output.commit()
}

/// A file that may be written, opened: free, or given up by its owner. Asks again until there is one.
fn choose_output(
    named: Option<&Path>,
    prompter: &mut dyn Prompter,
    ui: &mut Ui,
) -> Result<(Output, ExportFormat, String), CliError> {
    let mut wanted = named.map(Path::to_path_buf);
    loop {
        let free = PathBuf::from(free_name());
        let typed = match wanted.take() {
            Some(path) => Some(path),
            None => prompter.line("Write the CSV to", free.to_str())?.map(|text| PathBuf::from(text.trim())),
        };
        // Even a Ctrl-C here must not lose the answers: they go where nothing is yet.
        let free = || Ok((Output::create(&free)?, ExportFormat::Csv, output::name(&free)));
        let Some(path) = typed else { return free() };
        if is_stdout(&path) {
            return Ok((Output::Stdout(Ui::data()), ExportFormat::Csv, "stdout".into()));
        }
        let format = match format_of(Some(&path)) {
            Ok(format) => format,
            Err(CliError::Failed(failure)) => {
                ui.failure(&failure);
                continue;
            }
            Err(error) => return Err(error),
        };
        if output::holds_something(&path) {
            let question = format!("{} is already there. Replace it?", output::name(&path));
            match prompter.confirm(&question)? {
                Some(true) => {}
                Some(false) => continue,
                None => return free(),
            }
        }
        match Output::create(&path) {
            Ok(output) => return Ok((output, format, output::name(&path))),
            Err(CliError::Failed(failure)) => ui.failure(&failure),
            Err(error) => return Err(error),
        }
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// `whose.csv`, or `whose-2.csv` and so on where that is taken.
fn free_name() -> String {
    let numbered = (2u32..).map(|number| format!("whose-{number}.csv"));
    let mut names = std::iter::once(DEFAULT_OUTPUT.to_string()).chain(numbered);
    names.find(|name| !Path::new(name).exists()).unwrap_or_else(|| DEFAULT_OUTPUT.into())
}

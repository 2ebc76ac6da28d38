use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::catalog::{Catalog, Model, Provider};
use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, Who, Words};
use crate::cli::book::{self, Keep};
use crate::cli::clock::Clock;
use crate::cli::error::CliError;
use crate::cli::interview::{Face, Interview};
use crate::cli::load;
use crate::cli::output::Output;
use crate::cli::plain::Plain;
use crate::cli::prompter::{Asker, Terminal};
use crate::cli::review::{self, Desk, Left, kept};
use crate::cli::reviewer::reviewer;
use crate::cli::seat::{self, Seat, is_stdout};
use crate::cli::show::paragraph;
use crate::cli::ui::{BOLD, DIM, Ui, count};
use crate::decisions::Decision;
use crate::export::About;
use crate::pipeline::Assigner;
use crate::safe_text::one_line;
use crate::triage::{self, Opening, Origin, Past, Session};

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the prompt")]
pub(crate) struct PromptArgs {
    #[command(flatten)]
    deployment: Deployment,
    /// Where the answers go, by its ending as CSV, JSON lines, XLSX or Markdown; asked for where not given. The journal
    /// lies beside it, and the same command goes on where it was left
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    #[command(flatten)]
    who: Who,
    /// Line by line, for screen readers, and for scripts that write questions and letters to stdin
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    words: Words,
}

/// What files of decisions call questions that were typed.
const TYPED: &str = "typed";

impl PromptArgs {
    /// Whether any of these options was typed.
    pub(crate) fn is_given(&self) -> bool {
        self.deployment.provider.is_some()
            || self.deployment.model.is_some()
            || self.output.is_some()
            || self.words.is_given()
            || self.who.reviewer.is_some()
            || self.plain
            || self.keep.is_given()
            || self.who.now.is_some()
    }
}

pub(crate) fn run(args: &PromptArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    if !args.plain && !Ui::can_prompt() {
        return Err(CliError::new("a terminal is needed to ask questions, and there is none here")
            .hint("one question:        whose ask \"Who patches the OS?\" -p render")
            .hint("a questionnaire:     whose assign FILE -p render -o out.csv")
            .hint("questions on stdin:  whose assign - -p render"));
    }
    let clock = Clock::new(args.who.now.as_deref())?;
    let reviewer = reviewer(args.who.reviewer.as_deref())?;
    let (catalog, phrasings) = load::facts(common, ui)?;
    let mut face = match review::is_plain(args.plain) {
        true => Face::Lines(Plain::new()),
        false => Face::Keys(Terminal::new(ui.color())),
    };
    let named = args.output.as_deref().filter(|path| !is_stdout(path));
    let Some(Seat { output, past }) = seat::find(named, &args.deployment, face.asker())? else {
        return Ok(Ended::Done);
    };
    // A name that cannot be written to is told before the first question, not after the last.
    drop(Output::create(&output)?);
    let opened = past.as_ref().and_then(|past| past.opened.as_ref());
    let Some(deployment) = choose_deployment(&catalog, &args.deployment, opened, face.asker())? else {
        return Ok(Ended::Done);
    };
    let book = args.keep.path(common);
    let is_own = triage::made_here(past.as_ref().map_or(&[], |past| &past.entries));
    let others = (book.as_deref(), |decision: &Decision| !is_own(decision));
    let earlier = load::earlier(common, &catalog, phrasings, others, ui)?;
    let matcher = earlier.matcher(&catalog);
    let opening = Opening { origin: Origin::Typed, ..kept::opening(&clock, &reviewer, deployment, common)? };
    let journal_path = triage::path_beside(&output);
    let (journal, past) = kept::open_journal(&journal_path, &opening)?;
    let mut desk = Desk {
        catalog: &catalog,
        assigner: Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions),
        session: Session::typed(&catalog),
        journal,
        journal_path,
        before: past.entries.len(),
        entries: past.entries.clone(),
        reviewer,
        clock,
        wording: args.words.wording(),
        explained: BTreeSet::new(),
    };
    past.asked().for_each(|question| desk.push(question));
    let followed = desk.session.resume(&past.entries);
    let notices = kept::notices(&past, &followed, &opening, &desk.journal_path);
    greet(deployment, &face, ui)?;
    going_on(&desk, &past, ui);
    for notice in &notices {
        ui.warning(notice);
    }
    if matches!(face, Face::Lines(_)) {
        desk.watch_lines();
    }
    let about = About { provider: deployment.0, model: deployment.1, areas: catalog.areas() };
    let mut interview = Interview { desk, face, notices };
    let left = interview.ask_all(ui)?;
    let Interview { mut desk, mut face, .. } = interview;
    if desk.session.rows() == 0 {
        ui.status("No question was asked; nothing to write.");
        if past.keeps_nothing() {
            let Desk { journal, journal_path, .. } = desk;
            // Should it stay, it is taken for what it is.
            let _ = journal.discard(&journal_path);
        }
        return Ok(Ended::Done);
    }
    let place = seat::Place { output, named: args.output.as_deref(), wrote: past.wrote.as_deref() };
    let left = match left {
        Left::BrokenOff => left,
        Left::Finished | Left::Through => seat::write(&mut desk, &place, about, face.asker(), ui)?,
    };
    if left == Left::BrokenOff {
        let asked = count(desk.session.rows() as u64, "question");
        ui.status(&format!("{asked} {}", desk.kept_in()));
        return Ok(Ended::NeedsPerson);
    }
    book::keep(&desk, deployment, Path::new(TYPED), &earlier.decisions, book.as_deref(), ui);
    Ok(Ended::Done)
}

fn greet((provider, model): (&Provider, &Model), face: &Face, ui: &mut Ui) -> Result<(), CliError> {
    let out = ui.err();
    let model_name = if model.name == provider.name { String::new() } else { format!(" · {}", model.name) };
    writeln!(out, "{BOLD}{}{BOLD:#}{model_name}", provider.name)?;
    paragraph(out, &format!("{DIM}{}{DIM:#}", model.is), 0, Ui::width())?;
    if let Some(reason) = &model.outside {
        paragraph(out, reason, 0, Ui::width())?;
    }
    let how = match face {
        Face::Keys(_) => {
            "Type or paste a question; an empty line ends and writes the CSV. b goes back, ? helps."
        }
        Face::Lines(_) => {
            "Type a question and Enter; an empty line ends and writes the CSV. b goes back. At an answer type a letter \
             and Enter; ? lists them."
        }
    };
    paragraph(out, &format!("\n{DIM}{how}{DIM:#}"), 0, Ui::width())?;
    writeln!(out)?;
    Ok(())
}

fn going_on(desk: &Desk<'_>, past: &Past, ui: &mut Ui) {
    let rows = desk.session.rows();
    if rows == 0 {
        return;
    }
    let asked = count(rows as u64, "question");
    let since = past.opened.as_ref().and_then(|opened| opened.at.get(..10)).unwrap_or_default();
    let since = if since.is_empty() { String::new() } else { format!(" from {}", one_line(since)) };
    let open = desk.session.summary().left;
    let next = match desk.session.card() {
        Some(card) if open > 0 => format!("question {}, {open} not decided", card.position),
        _ => format!("question {}", rows + 1),
    };
    ui.status(&format!("{asked}{since}: going on at {next}"));
}

/// What was named, else what the journal is about, else what the person chooses.
fn choose_deployment<'a>(
    catalog: &'a Catalog,
    named: &Deployment,
    opened: Option<&Opening>,
    asker: &mut dyn Asker,
) -> Result<Option<(&'a Provider, &'a Model)>, CliError> {
    let known = named.provider.as_deref().or(opened.map(|opened| opened.provider.as_str()));
    let provider = match known {
        Some(id) => load::provider(catalog, id)?,
        None => {
            let names: Vec<String> =
                catalog.providers().iter().map(|provider| provider.name.clone()).collect();
            let Some(index) = asker.choose("Provider", &names)? else { return Ok(None) };
            &catalog.providers()[index]
        }
    };
    let opened = opened.filter(|opened| opened.provider == provider.id);
    let known = named.model.as_deref().or(opened.map(|opened| opened.model.as_str()));
    if known.is_some() || provider.models.len() == 1 {
        return Ok(Some((provider, load::model(provider, known)?)));
    }
    let models: Vec<String> =
        provider.models.iter().map(|model| format!("{}: {}", model.name, model.is)).collect();
    let Some(index) = asker.choose("Deployment model", &models)? else { return Ok(None) };
    Ok(Some((provider, &provider.models[index])))
}

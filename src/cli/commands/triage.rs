use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::assignment::Assignment;
use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, LayoutArgs, Words};
use crate::cli::book::{self, Keep};
use crate::cli::clock::Clock;
use crate::cli::commands::assign::{Export, format_of};
use crate::cli::digest;
use crate::cli::error::CliError;
use crate::cli::input::Input;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::prompter::Terminal;
use crate::cli::review::kept::{self, NAMED, Standing};
use crate::cli::review::{self, Desk, Left};
use crate::cli::reviewer::reviewer;
use crate::cli::ui::{Ui, count};
use crate::decisions::Decision;
use crate::domain::Question;
use crate::export::{About, CsvProfile, Layout};
use crate::pipeline::Assigner;
use crate::safe_text::one_line;
use crate::triage::{self, Line, Opening, Session};

/// Settle the rows that need a person, one key a row
///
/// Walks the rows that the matcher leaves in `review` or `unmatched`, each on a card: what is proposed and why, what each
/// side does, where the provider says so, and what else it could be. Keys act at once; `?` lists them. At the end the
/// export is written, by the output's ending as CSV, JSON lines, XLSX, Markdown, HTML or OSCAL.
///
/// Nothing is lost: every decision is appended to OUT.journal and is on the disk before the next card. The same command
/// goes on at the next open row, whatever broke it off. Where the questionnaire has changed since, decisions follow
/// their questions, and only what is new or changed is asked.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  whose triage vendor.csv -p render -o out.csv\n  \
    whose triage vendor.xlsx -p union -m byoc -o out.xlsx --all --reviewer Ada\n  \
    whose triage vendor.csv -p render -o out.csv --min-confidence 0.8\n  \
    whose triage vendor.csv -p render -o out.csv --approve --reviewer Bo\n  \
    whose triage vendor.csv -p render -o out.csv --plain            for screen readers, and for scripts\n  \
    whose triage vendor.csv -p render -o out.csv --export --strict  no questions asked: what is decided so far")]
pub(crate) struct TriageArgs {
    /// The questionnaire
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    #[command(flatten)]
    deployment: Deployment,
    /// Where the export goes; the journal lies beside it
    #[arg(long, short, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: PathBuf,
    /// Walk every row, those that were settled before too
    #[arg(long, conflicts_with_all = ["timid", "min_confidence"])]
    all: bool,
    /// Walk all rows but those that a person settled before
    #[arg(long, conflicts_with = "min_confidence")]
    timid: bool,
    /// Walk the rows that are less sure than this (0 to 1), whatever the matcher made of them, and those without an area
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_confidence: Option<f64>,
    /// Walk what others decided, to approve it or to decide it anew; the export names both. With --strict: exit with 1
    /// while decisions are not approved
    #[arg(long, conflicts_with_all = ["timid", "min_confidence"])]
    approve: bool,
    /// Your name for the column `reviewer`; else WHOSE_REVIEWER, `reviewer` in the configuration's config.toml, or git's
    /// user.name
    #[arg(long, value_name = "NAME")]
    reviewer: Option<String>,
    /// Line by line, a letter and Enter: for screen readers, and for scripts that write the letters to stdin
    #[arg(long)]
    plain: bool,
    /// Ask nothing; write the export with what is decided so far
    #[arg(long)]
    export: bool,
    /// Exit with 1 while rows are not settled, and name them
    #[arg(long)]
    strict: bool,
    /// Replace an output that is there and is not as the last session wrote it
    #[arg(long)]
    force: bool,
    /// The moment that decisions are stamped with, in UTC: 2026-11-21T17:00:00Z; else SOURCE_DATE_EPOCH, or now
    #[arg(long, value_name = "MOMENT")]
    now: Option<String>,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    layout: LayoutArgs,
}

fn share(typed: &str) -> Result<f64, String> {
    let share: Option<f64> = typed.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share is between 0 and 1, such as 0.8".into())
}

impl TriageArgs {
    fn line(&self) -> Line {
        match self.min_confidence {
            Some(share) => Line::Below(share),
            None if self.all => Line::All,
            None if self.timid => Line::Timid,
            None => Line::Open,
        }
    }
}

pub(crate) fn run(args: &TriageArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let is_plain = review::is_plain(args.plain);
    if !args.export && !args.plain && !Ui::can_prompt() {
        return Err(no_terminal());
    }
    let clock = Clock::new(args.now.as_deref())?;
    let reviewer = reviewer(args.reviewer.as_deref())?;
    if args.approve && reviewer.is_empty() && !args.export {
        return Err(CliError::new("whoever approves needs a name").hint("--reviewer NAME"));
    }
    let (catalog, phrasings) = load::facts(common, ui)?;
    let deployment = load::deployment(&catalog, &args.deployment)?;
    refuse_files(args)?;
    let export = Export {
        format: format_of(Some(&args.output))?,
        profile: CsvProfile::Rfc4180,
        wording: args.words.wording(),
        layout: Layout::Own,
    };
    let mut input = Input::open(&args.file, &args.layout)?;
    input.announce(ui);
    let questions: Vec<Question> = (&mut input).collect();
    input.report(ui)?;
    let opening = Opening {
        file: one_line(&args.file.display().to_string()),
        questionnaire: digest::of_file(&args.file)
            .map_err(|error| CliError::io(format!("cannot read {}", output::name(&args.file)), &error))?,
        ..kept::opening(&clock, &reviewer, deployment, common)?
    };
    let journal_path = triage::path_beside(&args.output);
    if !journal_path.exists() {
        refuse_to_replace(args, None)?;
    }
    // A name that cannot be written to is told before the first card, not after the last.
    drop(Output::create(&args.output)?);
    let (journal, past) = kept::open_journal(&journal_path, &opening)?;
    refuse_to_replace(args, past.wrote.as_deref())?;
    let book = args.keep.path(common);
    let is_own = triage::made_here(&past.entries);
    let others = (book.as_deref(), |decision: &Decision| !is_own(decision));
    let earlier = load::earlier(common, &catalog, phrasings, others, ui)?;
    let matcher = earlier.matcher(&catalog);
    let assigner = Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions);
    let assignments: Vec<Assignment<'_>> = assigner.assign_all(questions.into_iter()).collect();
    let mut session = Session::new(&catalog, assignments, args.line());
    session.link(0, |text| matcher.hangs(text));
    let followed = session.resume(&past.entries);
    if args.approve {
        session.approve(&reviewer, args.all);
    }
    let notices = kept::notices(&past, &followed, &opening, &journal_path);
    for notice in &notices {
        ui.warning(notice);
    }
    let wording = args.words.wording();
    let mut desk = Desk {
        catalog: &catalog,
        assigner,
        session,
        journal,
        journal_path,
        entries: past.entries,
        reviewer,
        clock,
        wording,
        explained: BTreeSet::new(),
    };
    let left = match (args.export, is_plain) {
        (true, _) => Left::Finished,
        (false, true) => {
            desk.watch_lines();
            review::by_lines(&mut desk, io::stdin().lock(), ui.err())?
        }
        (false, false) => {
            let is_coloured = ui.is_coloured();
            let mut terminal = Terminal::new(ui.color());
            review::by_keys(&mut desk, &mut terminal, is_coloured, &notices)?
        }
    };
    if left == Left::BrokenOff {
        let settled = count(desk.session.summary().settled() as u64, "row");
        ui.status(&format!("{settled} settled so far, {}", desk.kept_in()));
        return Ok(Ended::NeedsPerson);
    }
    let about = About { provider: deployment.0, model: deployment.1, areas: catalog.areas() };
    write(&mut desk, export, about, &args.output)?;
    finish(&desk, args, common, ui)?;
    book::keep(&desk, deployment, &args.file, &matcher, book.as_deref(), ui);
    Ok(strictly(&desk, args, ui))
}

fn no_terminal() -> CliError {
    CliError::new("a terminal is needed for triage, and there is none here")
        .hint("letters from stdin:       whose triage FILE -p ID -o OUT --plain < letters.txt")
        .hint("what is decided so far:   whose triage FILE -p ID -o OUT --export --strict")
        .hint("no decisions at all:      whose assign FILE -p ID -o OUT")
        .hint("decided in a spreadsheet: whose assign FILE -p ID -o OUT --decisions reviewed.csv")
}

fn refuse_files(args: &TriageArgs) -> Result<(), CliError> {
    if args.file.as_os_str() == "-" {
        return Err(CliError::new("a questionnaire on stdin cannot be triaged")
            .hint("keep it in a file, so that the same command can go on where it was broken off"));
    }
    if args.output.as_os_str() == "-" {
        return Err(CliError::new("triage writes to a file, with a journal beside it").hint("-o out.csv"));
    }
    let real = |path: &Path| path.canonicalize().ok();
    let input = real(&args.file);
    for path in [args.output.clone(), triage::path_beside(&args.output)] {
        if input.is_some() && real(&path) == input {
            return Err(CliError::new(format!("{} is both questionnaire and output", output::name(&path)))
                .hint("name another file with -o"));
        }
    }
    Ok(())
}

/// An output that somebody else wrote, or changed since, is not replaced unasked.
fn refuse_to_replace(args: &TriageArgs, wrote: Option<&str>) -> Result<(), CliError> {
    if args.force {
        return Ok(());
    }
    let name = output::name(&args.output);
    match kept::standing(&args.output, wrote)? {
        Standing::Free | Standing::Ours => return Ok(()),
        Standing::Foreign => {
            return Err(CliError::new(format!("{name} is already there"))
                .hint("add --force to replace it, or name another file with -o"));
        }
        Standing::Changed => {}
    }
    Err(CliError::new(format!("{name} was changed since triage wrote it"))
        .hint("add --force to replace it, or keep it under another name")
        .hint("what was changed in it counts where it is read again: --decisions FILE"))
}

fn write(desk: &mut Desk<'_>, export: Export, about: About<'_>, path: &Path) -> Result<(), CliError> {
    let kept =
        |error: CliError| error.hint("every decision is kept: the same command with --export writes them");
    let to = Output::create(path).map_err(kept)?;
    kept::export(&desk.session, export, about, to).map_err(kept)?;
    let digest = digest::of_file(path)
        .map_err(|error| CliError::io(format!("cannot read {}", output::name(path)), &error))?;
    desk.wrote(&digest)
}

fn finish(desk: &Desk<'_>, args: &TriageArgs, common: &Common, ui: &mut Ui) -> Result<(), CliError> {
    let summary = desk.session.summary();
    for line in review::summary(&summary) {
        ui.status(&line);
    }
    for line in review::bar(&summary, Ui::width().saturating_sub(1)) {
        if !common.quiet {
            writeln!(ui.err(), "{line}")?;
        }
    }
    ui.status(&format!("wrote {}", output::name(&args.output)));
    Ok(())
}

/// Names what is not settled.
fn strictly(desk: &Desk<'_>, args: &TriageArgs, ui: &mut Ui) -> Ended {
    if !args.strict {
        return Ended::Done;
    }
    let mut open: Vec<Assignment<'_>> =
        desk.session.assignments().filter(|row| !row.status.is_settled()).collect();
    let unsettled = open.len();
    if args.approve {
        open.extend(desk.session.unapproved());
    }
    if open.is_empty() {
        return Ended::Done;
    }
    let told = [(unsettled, "not settled"), (open.len() - unsettled, "not approved")];
    let told = told.iter().filter(|(number, _)| *number > 0);
    let told: Vec<String> =
        told.map(|(number, what)| format!("{} {what}", count(*number as u64, "row"))).collect();
    ui.warning(&told.join(", "));
    for row in open.iter().take(NAMED) {
        let [id, text] = [&row.question.id, &row.question.text].map(|text| one_line(text));
        let line = format!("  {} {id} ({}): {text}", row.question.place, row.status);
        let line = console::truncate_str(&line, Ui::width(), "…");
        ui.status(&line);
    }
    if let Some(more) = open.len().checked_sub(NAMED).filter(|more| *more > 0) {
        ui.status(&format!("  and {more} more"));
    }
    Ended::NeedsPerson
}

//! A questionnaire's rows, the journal beside its export, and who decides: what every way of settling rows begins and
//! ends with.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::assignment::Assignment;
use crate::catalog::{Model, Provider};
use crate::cli::args::{Common, Deployment, LayoutArgs, Who, Words};
use crate::cli::book::{self, Keep};
use crate::cli::clock::Clock;
use crate::cli::commands::assign::{Export, format_of};
use crate::cli::digest;
use crate::cli::error::CliError;
use crate::cli::input::Input;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::reviewer::reviewer;
use crate::cli::ui::Ui;
use crate::decisions::{Decision, Decisions};
use crate::domain::Question;
use crate::export::{About, CsvProfile, Layout};
use crate::pipeline::Assigner;
use crate::safe_text::one_line;
use crate::triage::{self, Line, Opening, Session};

use super::desk::Desk;
use super::kept::{self, Standing};
use super::tell;

/// What is settled, and by whom.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// The questionnaire
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    deployment: Deployment,
    /// Where the export goes; the journal lies beside it
    #[arg(long, short, value_name = "OUT", value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    who: Who,
    /// Replace an output that is there and is not as the last session wrote it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    keep: Keep,
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    layout: LayoutArgs,
}

/// A desk with what belongs to it.
pub(crate) struct Sitting<'a> {
    pub(crate) desk: Desk<'a>,
    /// What a person must know before going on, a sentence each.
    pub(crate) notices: Vec<String>,
    deployment: (&'a Provider, &'a Model),
    earlier: &'a Decisions,
    work: &'a Work,
    export: Export,
    book: Option<PathBuf>,
}

impl Work {
    /// Reads the questionnaire, takes up the journal, and has `then` do the rest. With `approving`, what others decided
    /// is walked.
    pub(crate) fn sit<R>(
        &self,
        (line, approving): (Line, bool),
        common: &Common,
        ui: &mut Ui,
        then: impl FnOnce(Sitting<'_>, &mut Ui) -> Result<R, CliError>,
    ) -> Result<R, CliError> {
        let clock = Clock::new(self.who.now.as_deref())?;
        let reviewer = reviewer(self.who.reviewer.as_deref())?;
        if approving && reviewer.is_empty() {
            return Err(CliError::new("whoever approves needs a name").hint("--reviewer NAME"));
        }
        let (catalog, phrasings) = load::facts(common, ui)?;
        let deployment = load::deployment(&catalog, &self.deployment)?;
        self.refuse_files()?;
        let export = Export {
            format: format_of(Some(&self.output))?,
            profile: CsvProfile::Rfc4180,
            wording: self.words.wording(),
            layout: Layout::Own,
        };
        let mut input = Input::open(&self.file, &self.layout)?;
        input.announce(ui);
        let questions: Vec<Question> = (&mut input).collect();
        input.report(ui)?;
        let opening = Opening {
            file: one_line(&self.file.display().to_string()),
            questionnaire: digest::of_file(&self.file)?,
            ..kept::opening(&clock, &reviewer, deployment, common)?
        };
        let journal_path = triage::path_beside(&self.output);
        if !journal_path.exists() {
            self.refuse_to_replace(None)?;
        }
        // A name that cannot be written to is told before the first card, not after the last.
        drop(Output::create(&self.output)?);
        let (journal, past) = kept::open_journal(&journal_path, &opening)?;
        self.refuse_to_replace(past.wrote.as_deref())?;
        let book = self.keep.path(common);
        let is_own = triage::made_here(&past.entries);
        let others = (book.as_deref(), |decision: &Decision| !is_own(decision));
        let earlier = load::earlier(common, &catalog, phrasings, others, ui)?;
        let matcher = earlier.matcher(&catalog);
        let assigner = Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions);
        let assignments: Vec<Assignment<'_>> = assigner.assign_all(questions.into_iter()).collect();
        let mut session = Session::new(&catalog, assignments, line);
        session.link(0, |text| matcher.hangs(text));
        let followed = session.resume(&past.entries);
        if approving {
            session.approve(&reviewer, line == Line::All);
        }
        let notices = kept::notices(&past, &followed, &opening, &journal_path);
        for notice in &notices {
            ui.warning(notice);
        }
        let desk = Desk {
            catalog: &catalog,
            assigner,
            session,
            journal,
            journal_path,
            before: past.entries.len(),
            entries: past.entries,
            reviewer,
            clock,
            wording: self.words.wording(),
            explained: BTreeSet::new(),
        };
        let earlier = &earlier.decisions;
        then(Sitting { desk, notices, deployment, earlier, work: self, export, book }, ui)
    }

    fn refuse_files(&self) -> Result<(), CliError> {
        if self.file.as_os_str() == "-" {
            return Err(CliError::new("a questionnaire on stdin cannot be triaged")
                .hint("keep it in a file, so that the same command can go on where it was broken off"));
        }
        if self.output.as_os_str() == "-" {
            return Err(CliError::new("triage writes to a file, with a journal beside it").hint("-o out.csv"));
        }
        let real = |path: &Path| path.canonicalize().ok();
        let input = real(&self.file);
        for path in [self.output.clone(), triage::path_beside(&self.output)] {
            if input.is_some() && real(&path) == input {
                return Err(CliError::new(format!(
                    "{} is both questionnaire and output",
                    output::name(&path)
                ))
                .hint("name another file with -o"));
            }
        }
        Ok(())
    }

    /// An output that somebody else wrote, or changed since, is not replaced unasked.
    fn refuse_to_replace(&self, wrote: Option<&str>) -> Result<(), CliError> {
        if self.force {
            return Ok(());
        }
        let name = output::name(&self.output);
        match kept::standing(&self.output, wrote)? {
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
}

impl Sitting<'_> {
    /// Writes the export, tells how far it has come, and keeps what was decided for other questionnaires.
    pub(crate) fn finish(&mut self, ui: &mut Ui) -> Result<(), CliError> {
        self.write()?;
        let summary = self.desk.session.summary();
        for line in tell::summary(&summary) {
            ui.status(&line);
        }
        for line in tell::bar(&summary, Ui::width().saturating_sub(1)) {
            if !ui.is_quiet() {
                writeln!(ui.err(), "{line}")?;
            }
        }
        ui.status(&format!("wrote {}", output::name(&self.work.output)));
        self.keep(ui);
        Ok(())
    }

    /// Keeps what was decided for other questionnaires.
    pub(crate) fn keep(&self, ui: &mut Ui) {
        book::keep(&self.desk, self.deployment, &self.work.file, self.earlier, self.book.as_deref(), ui);
    }

    fn write(&mut self) -> Result<(), CliError> {
        let kept =
            |error: CliError| error.hint("every decision is kept: `whose triage` with --export writes them");
        let path = &self.work.output;
        let (provider, model) = self.deployment;
        let about = About { provider, model, areas: self.desk.catalog.areas() };
        let to = Output::create(path).map_err(kept)?;
        kept::export(&self.desk.session, self.export, about, to).map_err(kept)?;
        self.desk.wrote(&digest::of_file(path)?)
    }
}

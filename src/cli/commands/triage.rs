use std::io;

use clap::Args;

use crate::assignment::Assignment;
use crate::cli::Ended;
use crate::cli::args::Common;
use crate::cli::error::CliError;
use crate::cli::prompter::Terminal;
use crate::cli::review::kept::NAMED;
use crate::cli::review::{self, Desk, Left, Work};
use crate::cli::ui::{Ui, count};
use crate::safe_text::one_line;
use crate::triage::Line;

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
    #[command(flatten)]
    work: Work,
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
    /// Line by line, a letter and Enter: for screen readers, and for scripts that write the letters to stdin
    #[arg(long)]
    plain: bool,
    /// Ask nothing; write the export with what is decided so far
    #[arg(long)]
    export: bool,
    /// Exit with 1 while rows are not settled, and name them
    #[arg(long)]
    strict: bool,
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
    if !args.export && !args.plain && !Ui::can_prompt() {
        return Err(no_terminal());
    }
    let approving = args.approve && !args.export;
    args.work.sit((args.line(), approving), common, ui, |mut sitting, ui| {
        let desk = &mut sitting.desk;
        let left = match (args.export, review::is_plain(args.plain)) {
            (true, _) => Left::Finished,
            (false, true) => {
                desk.watch_lines();
                review::by_lines(desk, io::stdin().lock(), ui.err())?
            }
            (false, false) => {
                let is_coloured = ui.is_coloured();
                let mut terminal = Terminal::new(ui.color());
                review::by_keys(desk, &mut terminal, is_coloured, &sitting.notices)?
            }
        };
        if left == Left::BrokenOff {
            let settled = count(desk.session.summary().settled() as u64, "row");
            ui.status(&format!("{settled} settled so far, {}", desk.kept_in()));
            return Ok(Ended::NeedsPerson);
        }
        sitting.finish(ui)?;
        Ok(strictly(&sitting.desk, args, ui))
    })
}

fn no_terminal() -> CliError {
    CliError::new("a terminal is needed for triage, and there is none here")
        .hint("letters from stdin:       whose triage FILE -p ID -o OUT --plain < letters.txt")
        .hint("one row after the other:  whose decide FILE -p ID -o OUT --row 1.1 --area backup-recovery")
        .hint("what is decided so far:   whose triage FILE -p ID -o OUT --export --strict")
        .hint("no decisions at all:      whose assign FILE -p ID -o OUT")
        .hint("decided in a spreadsheet: whose assign FILE -p ID -o OUT --decisions reviewed.csv")
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

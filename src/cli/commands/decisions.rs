use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::cli::Ended;
use crate::cli::args::{Common, Who};
use crate::cli::book::{self, Held};
use crate::cli::clock::Clock;
use crate::cli::error::CliError;
use crate::cli::input;
use crate::cli::labels;
use crate::cli::load;
use crate::cli::output;
use crate::cli::reviewer::reviewer;
use crate::cli::show::paragraph;
use crate::cli::ui::{BOLD, DIM, Ui, count, quoted};
use crate::decisions::{Book, BookRow, Came, Column, Kept};
use crate::export::to_json;
use crate::labelled::Labelled;
use crate::matching::{NONE, folded};
use crate::pipeline;
use crate::safe_text::one_line;

/// What is kept of earlier questionnaires: list, search, revoke, import
///
/// Rows that people confirm or correct in `whose triage` are kept in a plain CSV: `decisions.csv` in your data directory,
/// or the first --decisions FILE that is no export, such as one in your team's git. The next questionnaire that asks the
/// same is answered from there. Without a subcommand all of them are listed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    whose decisions                                      all that count\n  \
    whose decisions list backup restore                  those with these words\n  \
    whose decisions list --conflicts                     those that contradict each other\n  \
    whose decisions revoke 17 --because \"contract of May\"  number 17 no longer counts\n  \
    whose decisions import reviewed.csv                  what was settled in an export\n  \
    whose decisions --decisions team/decisions.csv list  another file")]
pub(crate) struct DecisionsArgs {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List decisions, those with certain words or of certain kinds
    #[command(visible_alias = "search")]
    List(ListArgs),
    /// Let decisions no longer count; they stay in the file, with who said so and when
    Revoke(RevokeArgs),
    /// Let revoked decisions count again
    Restore(RestoreArgs),
    /// Take over what was settled in exports of `whose`, or in other files of decisions
    Import(ImportArgs),
    /// Say where the file is
    Path,
}

#[derive(Debug, Default, Args)]
struct ListArgs {
    /// Words that all stand in the question, the area, the reviewer, the note or the file's name
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Only those filed under this area, or `none`
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// Only those of this reviewer or approver
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Only those that contradict another one
    #[arg(long)]
    conflicts: bool,
    /// Those that were revoked, too
    #[arg(long)]
    all: bool,
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// The columns of the file
    Csv,
    /// One array of objects
    Json,
}

#[derive(Debug, Args)]
struct RevokeArgs {
    /// Numbers, as `whose decisions` and notes tell them (`decisions.csv:17`)
    #[arg(value_name = "NUMBER", required = true)]
    numbers: Vec<u64>,
    /// Why
    #[arg(long, value_name = "REASON", default_value = "")]
    because: String,
    #[command(flatten)]
    who: Who,
}

#[derive(Debug, Args)]
struct RestoreArgs {
    /// Numbers, as `whose decisions list --all` tells them
    #[arg(value_name = "NUMBER", required = true)]
    numbers: Vec<u64>,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// Exports with confirmed or corrected rows (CSV, XLSX), or files of decisions
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
}

pub(crate) fn run(args: &DecisionsArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let path = book::path_meant(common)?;
    match &args.act {
        None => list(&ListArgs::default(), &path, ui),
        Some(Act::List(args)) => list(args, &path, ui),
        Some(Act::Revoke(args)) => revoke(args, &path, ui),
        Some(Act::Restore(args)) => restore(args, &path, ui),
        Some(Act::Import(args)) => import(args, common, &path, ui),
        Some(Act::Path) => {
            writeln!(Ui::data(), "{}", path.display())?;
            Ok(Ended::Done)
        }
    }
}

fn list(args: &ListArgs, path: &Path, ui: &mut Ui) -> Result<Ended, CliError> {
    let book = book::read(path)?;
    let conflicts = book.conflicts();
    let rows = book.rows().iter().enumerate();
    let found: Vec<(&BookRow, bool)> = rows
        .map(|(index, row)| (row, conflicts.contains(&index)))
        .filter(|(row, differs)| args.wants(row, *differs))
        .collect();
    match args.format {
        Format::Text => tell(&found, ui)?,
        Format::Csv => Ui::data().write_all(&book.only(found.iter().map(|(row, _)| *row)).to_csv())?,
        Format::Json => {
            let object = |row: &BookRow| {
                let cells =
                    Column::ALL.iter().map(|column| (column.name().to_owned(), row.cell(*column).into()));
                let number = ("number".to_owned(), row.line.into());
                serde_json::Value::Object(std::iter::once(number).chain(cells).collect())
            };
            let objects: Vec<serde_json::Value> = found.iter().map(|(row, _)| object(row)).collect();
            writeln!(Ui::data(), "{}", to_json(&objects)?)?;
        }
    }
    let (all, shown) = (book.rows().len(), found.len());
    let name = output::name(path);
    ui.status(&match (all, shown) {
        (0, _) => {
            format!("nothing is kept in {name} yet; `whose triage` and `whose decisions import` fill it")
        }
        (all, shown) if all == shown => format!("{} in {name}", count(all as u64, "decision")),
        (all, shown) => format!("{shown} of {} in {name}", count(all as u64, "decision")),
    });
    if !args.conflicts && args.format == Format::Text && found.iter().any(|(_, differs)| *differs) {
        ui.status("some contradict each other: `whose decisions list --conflicts`, and revoke what is wrong");
    }
    Ok(Ended::Done)
}

impl ListArgs {
    fn wants(&self, row: &BookRow, differs: bool) -> bool {
        let is_area = |wanted: &String| {
            let also = row.cell(Column::Also).split(';').map(str::trim);
            let main = Some(row.cell(Column::Area)).filter(|area| !area.is_empty()).unwrap_or(NONE);
            also.chain([main]).any(|area| area.eq_ignore_ascii_case(wanted))
        };
        let is_by = |wanted: &String| {
            let names = [Column::Reviewer, Column::Approver].map(|column| folded(row.cell(column)));
            names.iter().any(|name| name.contains(&folded(wanted)) && !name.is_empty())
        };
        let searched =
            [Column::Question, Column::Area, Column::Also, Column::Reviewer, Column::Note, Column::File];
        let text = searched.map(|column| row.cell(column).to_lowercase()).join("\n");
        (self.all || row.counts())
            && (!self.conflicts || differs)
            && self.area.as_ref().is_none_or(is_area)
            && self.by.as_ref().is_none_or(is_by)
            && self.words.iter().all(|word| text.contains(&word.to_lowercase()))
    }
}

fn tell(rows: &[(&BookRow, bool)], ui: &mut Ui) -> Result<(), CliError> {
    let widest = rows.iter().filter_map(|(row, _)| row.line).max().unwrap_or(0).to_string().len();
    let (indent, width) = (widest + 2, Ui::width());
    let out = ui.out();
    for (row, differs) in rows {
        let cell = |column| one_line(row.cell(column));
        let number = row.line.map_or(String::new(), |line| line.to_string());
        let mut question = Vec::new();
        paragraph(&mut question, &cell(Column::Question), indent, width)?;
        for (index, line) in String::from_utf8_lossy(&question).lines().enumerate() {
            let number = if index == 0 { number.as_str() } else { "" };
            writeln!(out, "{DIM}{number:>widest$}{DIM:#}  {BOLD}{}{BOLD:#}", line.trim_start())?;
        }
        let also: Vec<String> =
            row.cell(Column::Also).split(';').map(one_line).filter(|also| !also.is_empty()).collect();
        let main =
            Some(cell(Column::Area)).filter(|area| !area.is_empty()).unwrap_or_else(|| NONE.to_owned());
        let mut told = vec![std::iter::once(main).chain(also).collect::<Vec<_>>().join(" + ")];
        let deployment = [Column::Provider, Column::Model].map(cell);
        let deployment = deployment.into_iter().filter(|id| !id.is_empty()).collect::<Vec<_>>().join(" ");
        if !row.cell(Column::NamedParty).is_empty() {
            told.push(format!("{} on {deployment}: {}", cell(Column::NamedParty), cell(Column::Reason)));
        }
        told.push(by(row));
        for (column, before) in
            [(Column::File, ""), (Column::Note, "note: "), (Column::Withdrawn, "revoked ")]
        {
            if !row.cell(column).is_empty() {
                told.push(format!("{before}{}", cell(column)));
            }
        }
        if *differs {
            told.push("contradicts another one".to_owned());
        }
        paragraph(out, &told.join(" · "), indent, width)?;
    }
    out.flush()?;
    Ok(())
}

/// `confirmed by Ana on 2026-11-21, approved by Bo`.
fn by(row: &BookRow) -> String {
    let cell = |column| one_line(row.cell(column));
    let mut told = cell(Column::Status);
    let day = cell(Column::Decided).chars().take(10).collect();
    for (before, text) in
        [(" by ", cell(Column::Reviewer)), (" on ", day), (", approved by ", cell(Column::Approver))]
    {
        if !text.is_empty() {
            told.push_str(&format!("{before}{text}"));
        }
    }
    told
}

fn revoke(args: &RevokeArgs, path: &Path, ui: &mut Ui) -> Result<Ended, CliError> {
    let (clock, who) = (Clock::new(args.who.now.as_deref())?, reviewer(args.who.reviewer.as_deref())?);
    rows(&book::read(path)?, &args.numbers, path)?;
    let mut held = Held::open(path)?;
    for row in rows(&held.book, &args.numbers, path)? {
        if held.book.rows()[row].counts() {
            held.book.withdraw(row, &clock.now(), &who, &args.because);
            ui.status(&format!("revoked: {}", in_short(&held.book.rows()[row])));
        } else {
            ui.status(&format!("was revoked before: {}", in_short(&held.book.rows()[row])));
        }
    }
    held.save().map(|()| Ended::Done)
}

fn restore(args: &RestoreArgs, path: &Path, ui: &mut Ui) -> Result<Ended, CliError> {
    rows(&book::read(path)?, &args.numbers, path)?;
    let mut held = Held::open(path)?;
    for row in rows(&held.book, &args.numbers, path)? {
        held.book.restore(row);
        ui.status(&format!("counts again: {}", in_short(&held.book.rows()[row])));
    }
    held.save().map(|()| Ended::Done)
}

/// The rows with these numbers; none is touched where one is missing.
fn rows(book: &Book, numbers: &[u64], path: &Path) -> Result<Vec<usize>, CliError> {
    let row = |number: &u64| {
        book.at(*number).ok_or_else(|| {
            CliError::new(format!("{} has no decision {number}", output::name(path)))
                .hint("`whose decisions list --all` tells the numbers")
        })
    };
    numbers.iter().map(row).collect()
}

fn in_short(row: &BookRow) -> String {
    const LONGEST: usize = 80;
    let question = one_line(row.cell(Column::Question));
    let question = console::truncate_str(&question, LONGEST, "…");
    let area = Some(one_line(row.cell(Column::Area))).filter(|area| !area.is_empty());
    format!("{} ({}, {})", quoted(&question), area.unwrap_or_else(|| NONE.to_owned()), by(row))
}

fn import(args: &ImportArgs, common: &Common, path: &Path, ui: &mut Ui) -> Result<Ended, CliError> {
    let catalog = load::catalog(common, ui)?;
    let known: Vec<_> = catalog.areas().iter().map(|area| area.id.clone()).collect();
    let matcher = pipeline::matcher(&catalog);
    let mut read: Vec<Kept> = Vec::new();
    let (mut hanging, mut errors) = (0, Vec::new());
    for file in &args.files {
        let (name, source) = input::source(file, "FILE is an export of `whose`, or a file of decisions")?;
        match Labelled::read_decisions(source, &name, &known) {
            Ok(table) => {
                for kept in table.rows.into_iter().filter_map(Kept::of) {
                    match matcher.hangs(&kept.wording) {
                        true => hanging += 1,
                        false => read.push(kept),
                    }
                }
            }
            Err(found) => errors.extend(found),
        }
    }
    labels::told(&errors, load::DECISION_COLUMNS, ui)?;
    let mut held = Held::open(path)?;
    let (mut added, mut renewed) = (0, 0);
    for kept in &read {
        match held.book.keep(kept, false) {
            Came::Added(_) => added += 1,
            Came::Renewed => renewed += 1,
            Came::Known => {}
        }
    }
    let conflicts = held.book.conflicts().len() as u64;
    if added + renewed > 0 {
        held.save()?;
    }
    let there = read.len() as u64 - added - renewed;
    let mut told = format!("{} imported into {}", count(added, "decision"), output::name(path));
    for (number, what) in [
        (there, "there already"),
        (renewed, "there already and approved now"),
        (hanging, "left out, without sense but for the question before"),
    ] {
        if number > 0 {
            told.push_str(&format!("; {number} {what}"));
        }
    }
    ui.status(&told);
    if conflicts > 0 {
        ui.warning(&format!(
            "{} contradict each other and settle nothing: `whose decisions list --conflicts`",
            count(conflicts, "decision")
        ));
    }
    Ok(Ended::Done)
}

use clap::{ArgGroup, Args, ValueEnum};

use crate::cli::Ended;
use crate::cli::args::Common;
use crate::cli::error::CliError;
use crate::cli::output;
use crate::cli::review::{self, Desk, Work};
use crate::cli::ui::{Ui, quoted};
use crate::domain::{AreaId, NamedParty, Party};
use crate::matching::NONE;
use crate::safe_text::one_line;
use crate::triage::{Action, Line, Mark, Refusal};

/// Decide rows from a script, with nothing asked
///
/// Does what a key does in `whose triage`, on the same journal: a person goes on where a script ended, and the other way
/// round. The export is written by `whose triage … --export`, or at once with --export here.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true).multiple(true)
        .args(["accept", "area", "party", "note", "not_applicable", "skip", "approve", "undo"]),
    after_help = "Examples:\n  \
        whose decide vendor.csv -p render -o out.csv --row 4.2 --area backup-recovery --note \"as in May\"\n  \
        whose decide vendor.csv -p render -o out.csv --row 4.3 --party customer --note \"our contract, 7.1\"\n  \
        whose decide vendor.csv -p render -o out.csv --row 4.4 --row 4.5 --accept --reviewer Ada\n  \
        whose decide vendor.csv -p render -o out.csv --undo --export"
)]
pub(crate) struct DecideArgs {
    #[command(flatten)]
    work: Work,
    /// The row, by its id, or by its place as messages tell it (`vendor.csv:12`); may be given several times
    #[arg(long, value_name = "ID", required_unless_present = "undo")]
    row: Vec<String>,
    /// Agree with what is proposed
    #[arg(long, conflicts_with_all = ["area", "party", "not_applicable", "skip", "approve", "undo"])]
    accept: bool,
    /// File it under this area, by id or title, or `none`; the first is the main one where it is given several times
    #[arg(long, value_name = "AREA", conflicts_with_all = ["not_applicable", "skip", "approve", "undo"])]
    area: Vec<String>,
    /// Name the party in the document's place; --note says why
    #[arg(long, value_name = "PARTY", requires = "note", conflicts_with_all = ["not_applicable", "skip", "approve", "undo"])]
    party: Option<PartyWord>,
    /// A note on the row; an empty one takes it away. With --party, why
    #[arg(long, value_name = "TEXT", conflicts_with = "undo")]
    note: Option<String>,
    /// The question does not apply
    #[arg(long, conflicts_with_all = ["skip", "approve", "undo"])]
    not_applicable: bool,
    /// Pass over it; it stays open
    #[arg(long, conflicts_with_all = ["approve", "undo"])]
    skip: bool,
    /// Approve what somebody else decided
    #[arg(long, conflicts_with = "undo")]
    approve: bool,
    /// Take back the last decision that was not taken back yet
    #[arg(long, conflicts_with = "row")]
    undo: bool,
    /// Write the export, too
    #[arg(long)]
    export: bool,
}

/// Parties that a person can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PartyWord {
    Provider,
    Customer,
    Shared,
}

impl PartyWord {
    fn party(self) -> Party {
        match self {
            PartyWord::Provider => Party::Provider,
            PartyWord::Customer => Party::Customer,
            PartyWord::Shared => Party::Shared,
        }
    }
}

pub(crate) fn run(args: &DecideArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    args.work.sit((Line::All, args.approve), common, ui, |mut sitting, ui| {
        let desk = &mut sitting.desk;
        let plan = args.plan(desk)?;
        // Nothing is decided where something cannot be: it is tried where it leaves no trace.
        let mut trial = desk.session.clone();
        for (row, actions) in &plan {
            for action in actions {
                match trial.apply(action.clone(), &desk.stamp()) {
                    Ok(_) | Err(Refusal::Same) => {}
                    Err(refusal) => return Err(refused(desk, *row, refusal)),
                }
            }
        }
        for (row, actions) in plan {
            let before = row.and_then(|row| desk.session.said(row).cloned());
            for action in actions {
                if let Err(refusal) = desk.act(action)?
                    && refusal != Refusal::Same
                {
                    return Err(refused(desk, row, refusal));
                }
            }
            ui.status(&done(desk, row, before.as_ref()));
        }
        match args.export {
            true => sitting.finish(ui)?,
            false => {
                sitting.keep(ui);
                let journal = output::name(&sitting.desk.journal_path);
                ui.status(&format!("kept in {journal}; --export writes the export"));
            }
        }
        Ok(Ended::Done)
    })
}

/// What was done to a row, in a line.
fn done(desk: &Desk<'_>, row: Option<usize>, before: Option<&Mark>) -> String {
    let id = |row: usize| desk.session.proposed(row).map_or(String::new(), |row| one_line(&row.question.id));
    let Some(row) = row else {
        let back = desk.session.card().map_or(String::new(), |card| format!(": {}", id(card.row)));
        return format!("taken back{back}");
    };
    match desk.session.said(row) {
        None => format!("{} as it was", id(row)),
        Some(mark) if Some(mark) == before && !mark.stamp.by.is_empty() => {
            format!(
                "{} stands as {} decided: {}",
                id(row),
                one_line(&mark.stamp.by),
                review::mark_in_short(mark)
            )
        }
        Some(mark) => format!("{} {}", id(row), review::mark_in_short(mark)),
    }
}

fn refused(desk: &Desk<'_>, row: Option<usize>, refusal: Refusal) -> CliError {
    let row = row.and_then(|row| desk.session.proposed(row));
    match row {
        None => CliError::new(refusal.to_string()),
        Some(row) => CliError::new(format!("row {}: {refusal}", quoted(&row.question.id))),
    }
}

/// A row and what is done to it; no row where the last decision is taken back.
type Step = (Option<usize>, Vec<Action>);

impl DecideArgs {
    /// What is done, row by row; undoing is about no row.
    fn plan(&self, desk: &Desk<'_>) -> Result<Vec<Step>, CliError> {
        if self.undo {
            return Ok(vec![(None, vec![Action::Undo])]);
        }
        let actions = self.actions(desk)?;
        let of = |meant: &String| {
            let row = found(desk, meant)?;
            // The session moves on after each.
            let all = actions.iter().flat_map(|action| [Action::GoTo(row), action.clone()]);
            Ok((Some(row), all.collect()))
        };
        self.row.iter().map(of).collect()
    }

    /// What is done to every row.
    fn actions(&self, desk: &Desk<'_>) -> Result<Vec<Action>, CliError> {
        let mut actions = Vec::new();
        if self.accept || self.approve {
            actions.push(Action::Accept);
        }
        if !self.area.is_empty() {
            let named = self.area.iter().filter(|typed| !typed.eq_ignore_ascii_case(NONE));
            let areas: Vec<AreaId> = named.map(|typed| area(desk, typed)).collect::<Result<_, CliError>>()?;
            actions.push(Action::Choose(areas));
        }
        if self.not_applicable {
            actions.push(Action::NotApplicable);
        }
        if self.skip {
            actions.push(Action::Skip);
        }
        match (self.party, &self.note) {
            (Some(party), note) => {
                let reason = one_line(note.as_deref().unwrap_or_default());
                actions.push(Action::Name(NamedParty { party: party.party(), reason }));
            }
            (None, Some(note)) => actions.push(Action::Note(one_line(note))),
            (None, None) => {}
        }
        Ok(actions)
    }
}

fn area(desk: &Desk<'_>, typed: &str) -> Result<AreaId, CliError> {
    desk.area(typed).map_err(|near| {
        let error = CliError::new(format!("there is no area {}", quoted(typed)));
        match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`whose areas` lists the areas"),
        }
    })
}

/// The row that is meant.
fn found(desk: &Desk<'_>, meant: &str) -> Result<usize, CliError> {
    let session = &desk.session;
    let questions = || (0..session.rows()).filter_map(|row| Some((row, &session.proposed(row)?.question)));
    let by_id: Vec<usize> = questions()
        .filter(|(_, question)| question.id.eq_ignore_ascii_case(meant.trim()))
        .map(|(row, _)| row)
        .collect();
    let by_place = || {
        let is_there =
            |question: &crate::domain::Question| one_line(&question.place.to_string()) == meant.trim();
        questions().find(|(_, question)| is_there(question)).map(|(row, _)| row)
    };
    match by_id.as_slice() {
        [only] => Ok(*only),
        [] => by_place().ok_or_else(|| {
            CliError::new(format!("there is no row {}", quoted(meant)))
                .hint("a row is named by its id, or by its place: vendor.csv:12")
        }),
        several => {
            let place =
                |row: &usize| session.proposed(*row).map(|row| one_line(&row.question.place.to_string()));
            let places: Vec<String> = several.iter().filter_map(place).collect();
            by_place().ok_or_else(|| {
                CliError::new(format!("{} rows have the id {}", several.len(), quoted(meant)))
                    .hint(format!("name one by its place: {}", places.join(", ")))
            })
        }
    }
}

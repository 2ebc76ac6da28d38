//! One file a command: its arguments with their help, and what it does.

pub(crate) mod areas;
pub(crate) mod ask;
pub(crate) mod assign;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod decide;
pub(crate) mod decisions;
pub(crate) mod eval;
pub(crate) mod fill;
pub(crate) mod inspect;
pub(crate) mod matrix;
pub(crate) mod prompt;
pub(crate) mod providers;
pub(crate) mod triage;

use super::Ended;
use super::args::{Cli, Command};
use super::error::CliError;
use super::ui::Ui;

/// Runs what was typed.
pub(crate) fn run(cli: Cli, ui: &mut Ui) -> Result<Ended, CliError> {
    let common = &cli.common;
    if cli.command.is_some() && cli.prompt.is_given() {
        return Err(CliError::new("options of the prompt stand before a command")
            .hint("put them after it: whose ask \"Who patches the OS?\" -p render"));
    }
    match cli.command {
        None => prompt::run(&cli.prompt, common, ui),
        Some(Command::Ask(args)) => ask::run(&args, common, ui),
        Some(Command::Assign(args)) => assign::run(&args, common, ui),
        Some(Command::Triage(args)) => triage::run(&args, common, ui),
        Some(Command::Decide(args)) => decide::run(&args, common, ui),
        Some(Command::Decisions(args)) => decisions::run(&args, common, ui),
        Some(Command::Inspect(args)) => inspect::run(&args, ui),
        Some(Command::Providers(args)) => providers::run(&args, common, ui),
        Some(Command::Areas(args)) => areas::run(&args, common, ui),
        Some(Command::Matrix(args)) => matrix::run(&args, common, ui),
        Some(Command::Compare(args)) => compare::run(&args, common, ui),
        Some(Command::Check(args)) => check::run(&args, common, ui),
        Some(Command::Eval(args)) => eval::run(&args, common, ui),
        Some(Command::Fill(args)) => fill::run(&args, ui),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}

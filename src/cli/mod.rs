//! The command line: the only room with a terminal, an environment and exit codes.

pub(crate) mod args;
mod banks;
mod book;
mod card;
mod clock;
mod commands;
mod digest;
mod error;
mod gaps;
mod input;
mod interview;
mod labels;
mod line_input;
mod load;
mod output;
mod plain;
mod profile;
mod prompter;
mod quiet_panic;
mod quiet_tty;
mod render;
mod review;
mod reviewer;
mod scores;
mod seat;
mod show;
mod signals;
mod tally;
mod ui;

use std::process::ExitCode;

use clap::Parser as _;

use args::Cli;
use error::CliError;
use ui::Ui;

/// How a command ended, where it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Exit code 0.
    Done,
    /// Exit code 1: done, but something needs a person.
    NeedsPerson,
}

/// Exit code 2: failed, or used wrongly. clap uses the same.
const FAILED: u8 = 2;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    quiet_panic::install();
    let cli = Cli::parse();
    let mut ui = Ui::new(cli.common.color, cli.common.quiet);
    match commands::run(cli, &mut ui) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::NeedsPerson) => ExitCode::from(1),
        // Whoever reads our output has seen enough: `whose areas | head`.
        Err(CliError::BrokenPipe) => ExitCode::SUCCESS,
        Err(CliError::Failed(failure)) => {
            ui.failure(&failure);
            ExitCode::from(FAILED)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        super::Cli::command().debug_assert();
    }
}

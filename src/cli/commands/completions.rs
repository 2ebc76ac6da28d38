use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Ended;
use crate::cli::args::Cli;
use crate::cli::error::CliError;
use crate::cli::ui::Ui;

/// Print the completion script for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  whose completions bash > ~/.local/share/bash-completion/completions/whose\n  \
    whose completions fish > ~/.config/fish/completions/whose.fish"
)]
pub(crate) struct CompletionsArgs {
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<Ended, CliError> {
    use std::io::Write as _;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "whose", &mut script);
    let mut out = Ui::data();
    out.write_all(&script)?;
    out.flush()?;
    Ok(Ended::Done)
}

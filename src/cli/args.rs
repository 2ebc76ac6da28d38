//! What was typed, as it was typed. Nothing here does anything.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::domain::Respondent;
use crate::export::{Vocabulary, Wording};
use crate::questionnaire::{self, ColumnRef, Options, Role};

use super::commands;

/// Says, row by row of a security questionnaire, whose job it is.
///
/// Reads the questions, files each under responsibility areas, looks up who answers for them in the provider's
/// published shared-responsibility document, and writes a CSV with the party, what each side does, and the source.
/// Offline and deterministic: nothing leaves this machine.
///
/// Without a command it asks for provider and model and takes questions one by one.
#[derive(Debug, Parser)]
#[command(
    name = "whose",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  \
        whose                                                questions one by one, then a CSV\n  \
        whose ask \"Who patches the OS?\" -p render            one question, explained\n  \
        whose assign vendor.csv -p union -m byoc -o out.csv  a whole questionnaire\n  \
        whose triage vendor.csv -p render -o out.csv         the rows that need a person, one key a row\n  \
        whose inspect vendor.xlsx                            how a questionnaire is understood\n  \
        whose matrix -p vercel                               every area with its party\n\n\
        Exit codes: 0 done; 1 done, but something needs a person; 2 failed or used wrongly."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) prompt: commands::prompt::PromptArgs,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Options that every command has.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// Directory of mapping files that add to the built-in ones and override them, and of phrasings of your own
    /// (`<area>.txt`); may be given several times.
    /// WHOSE_MAPPINGS may name more, as PATH does
    #[arg(long, value_name = "DIR", global = true, value_hint = ValueHint::DirPath)]
    pub(crate) mappings: Vec<PathBuf>,
    /// Export whose confirmed and corrected rows settle the same wording again; may be given several times. The file
    /// `decisions.csv` in the user's data directory counts too
    #[arg(long, value_name = "FILE", global = true, value_hint = ValueHint::FilePath)]
    pub(crate) decisions: Vec<PathBuf>,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub(crate) color: Color,
    /// Say nothing on stderr but warnings and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// Who decides, and when.
#[derive(Debug, Default, Args)]
pub(crate) struct Who {
    /// Your name for the column `reviewer`; else WHOSE_REVIEWER, `reviewer` in the configuration's config.toml, or git's
    /// user.name
    #[arg(long, value_name = "NAME")]
    pub(crate) reviewer: Option<String>,
    /// The moment that decisions are stamped with, in UTC: 2026-11-21T17:00:00Z; else SOURCE_DATE_EPOCH, or now
    #[arg(long, value_name = "MOMENT")]
    pub(crate) now: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Ask(commands::ask::AskArgs),
    Assign(commands::assign::AssignArgs),
    Triage(commands::triage::TriageArgs),
    Decide(commands::decide::DecideArgs),
    Decisions(commands::decisions::DecisionsArgs),
    Inspect(commands::inspect::InspectArgs),
    Providers(commands::providers::ProvidersArgs),
    Areas(commands::areas::AreasArgs),
    Matrix(commands::matrix::MatrixArgs),
    Compare(commands::compare::CompareArgs),
    Check(commands::check::CheckArgs),
    Fill(commands::fill::FillArgs),
    Eval(commands::eval::EvalArgs),
    Completions(commands::completions::CompletionsArgs),
}

/// Which provider, under which deployment model.
#[derive(Clone, Debug, Args)]
pub(crate) struct Deployment {
    /// The provider's id; `whose providers` lists them
    #[arg(long, short, value_name = "ID")]
    pub(crate) provider: Option<String>,
    /// The deployment model's id; needed where the provider has several
    #[arg(long, short, value_name = "ID")]
    pub(crate) model: Option<String>,
}

/// What the user says about a questionnaire's layout instead of leaving it to be found.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Layout (whose inspect FILE shows what is understood)")]
pub(crate) struct LayoutArgs {
    /// Which column plays a role, by name, number or letter: question=Requirement, id=1, section=B
    #[arg(long, value_name = "ROLE=COLUMN", value_parser = column)]
    pub(crate) column: Vec<(Role, ColumnRef)>,
    /// Sheet of a workbook to read, by name or number; may be given several times. Those with questions where none is
    /// named
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Vec<String>,
    /// Line or row of the header, counted from 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) header: Option<u64>,
    /// Pass over the profile beside the questionnaire (`FILE.whose.toml`, written by `whose inspect --save`)
    #[arg(long)]
    pub(crate) no_profile: bool,
}

impl LayoutArgs {
    /// The same as the reader takes it.
    pub(crate) fn options(&self) -> Options {
        Options {
            columns: self.column.clone(),
            format: None,
            sheets: self.sheet.clone(),
            header_line: self.header,
            on_every_sheet: false,
        }
    }
}

fn column(option: &str) -> Result<(Role, ColumnRef), String> {
    questionnaire::parse_column(option).map_err(|error| error.to_string())
}

/// Whose words name the responsible party.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Words {
    /// Words for the responsible party: names (the default), CAIQ v4's "SSRM Control Ownership", or FedRAMP's "Can Be
    /// Inherited from CSP". The columns stay ours; `whose assign --standard` writes the standard's own
    #[arg(long, value_name = "WORDS")]
    vocabulary: Option<VocabularyArg>,
    /// Who answers the questionnaire: the provider's customer (we run on it; the default), or the provider itself
    #[arg(long, value_name = "WHO")]
    respondent: Option<RespondentArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum VocabularyArg {
    Names,
    Caiq,
    Fedramp,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RespondentArg {
    Customer,
    Provider,
}

/// Output for people or as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    Text,
    Json,
}

/// Output for people, as a table or as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    Text,
    Csv,
    Json,
}

impl Words {
    /// Whether any of these was typed.
    pub(crate) fn is_given(self) -> bool {
        self.vocabulary.is_some() || self.respondent.is_some()
    }

    /// Whether words were typed that are not these.
    pub(crate) fn vocabulary_is_other_than(self, vocabulary: Vocabulary) -> bool {
        self.vocabulary.is_some() && self.wording().vocabulary != vocabulary
    }

    /// The same as the export room says it.
    pub(crate) fn wording(self) -> Wording {
        Wording {
            vocabulary: match self.vocabulary {
                None | Some(VocabularyArg::Names) => Vocabulary::Names,
                Some(VocabularyArg::Caiq) => Vocabulary::Caiq,
                Some(VocabularyArg::Fedramp) => Vocabulary::Fedramp,
            },
            respondent: match self.respondent {
                None | Some(RespondentArg::Customer) => Respondent::Customer,
                Some(RespondentArg::Provider) => Respondent::Provider,
            },
        }
    }
}

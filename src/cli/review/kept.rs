//! What is kept between sessions: the journal beside an output, and the output itself.

use std::path::Path;

use crate::catalog::{Model, Provider};
use crate::cli::args::Common;
use crate::cli::clock::Clock;
use crate::cli::commands::assign::Export;
use crate::cli::digest;
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::output::{self, Output};
use crate::cli::ui::count;
use crate::export::About;
use crate::safe_text::one_line;
use crate::triage::{Followed, Journal, JournalError, Opening, Origin, Past, Session};

/// Rows and questions that a message names.
pub(crate) const NAMED: usize = 20;

/// What a session that begins now says of itself, less where its rows come from.
pub(crate) fn opening(
    clock: &Clock,
    reviewer: &str,
    (provider, model): (&Provider, &Model),
    common: &Common,
) -> Result<Opening, CliError> {
    Ok(Opening {
        tool: env!("CARGO_PKG_VERSION").into(),
        at: clock.now(),
        by: reviewer.to_owned(),
        pid: std::process::id(),
        mappings: digest::of_layers(&load::layers(common)?),
        provider: provider.id.clone(),
        model: model.id.clone(),
        ..Opening::default()
    })
}

/// Opens a journal and holds it.
pub(crate) fn open_journal(path: &Path, opening: &Opening) -> Result<(Journal, Past), CliError> {
    Journal::open(path, opening).map_err(|error| refused(path, error))
}

/// Why a journal cannot be used, for people.
pub(crate) fn refused(path: &Path, error: JournalError) -> CliError {
    let name = output::name(path);
    match error {
        JournalError::Io(error) => CliError::io(format!("cannot use {name}"), &error),
        error @ JournalError::Held(_) => CliError::new(format!("{name}: {}", one_line(&error.to_string())))
            .hint("end that session first, or name another output with -o"),
        error => CliError::new(format!("{name}: {}", one_line(&error.to_string())))
            .hint("name another output with -o; the journal lies beside it"),
    }
}

/// What lies where an output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing that could be lost.
    Free,
    /// What the last session wrote.
    Ours,
    /// What the last session wrote, changed since.
    Changed,
    /// What no session wrote.
    Foreign,
}

/// Tells what lies at `output`; `wrote` is the digest of what the last session wrote there.
pub(crate) fn standing(output: &Path, wrote: Option<&str>) -> Result<Standing, CliError> {
    if !output::holds_something(output) {
        return Ok(Standing::Free);
    }
    let Some(wrote) = wrote else { return Ok(Standing::Foreign) };
    let found = digest::of_file(output)?;
    Ok(if found == wrote { Standing::Ours } else { Standing::Changed })
}

/// Writes every row as it stands.
pub(crate) fn export(
    session: &Session<'_>,
    export: Export,
    about: About<'_>,
    mut to: Output,
) -> Result<(), CliError> {
    let mut exporter = export.exporter(about, &mut to)?;
    for assignment in session.assignments() {
        exporter.write(&assignment)?;
    }
    exporter.finish()?;
    drop(exporter);
    to.commit()
}

/// What a person must know of the journal before going on, a sentence each.
pub(crate) fn notices(past: &Past, followed: &Followed, now: &Opening, path: &Path) -> Vec<String> {
    let mut told = Vec::new();
    let name = output::name(path);
    if past.torn {
        let again = match now.origin {
            Origin::Questionnaire => {
                "the last decision was cut off as it was written; that row is asked again"
            }
            Origin::Typed => {
                "what was kept last was cut off as it was written; see whether a question is missing"
            }
        };
        told.push(format!("{name}: {again}"));
    }
    for damage in past.damage.iter().take(NAMED) {
        told.push(format!("{name}:{}: passed over, {}", damage.line, one_line(&damage.why)));
    }
    if let Some(more) = past.damage.len().checked_sub(NAMED).filter(|more| *more > 0) {
        told.push(format!("{name}: {} more passed over", count(more as u64, "line")));
    }
    let Some(before) = &past.opened else { return told };
    let is_other = before.questionnaire != now.questionnaire;
    if is_other && !past.entries.is_empty() {
        told.push(format!(
            "the questionnaire has changed since {}; decisions follow their questions",
            before.at
        ));
        if followed.moved > 0 {
            told.push(format!("{} moved with their rows", count(followed.moved as u64, "decision")));
        }
    }
    for changed in followed.changed.iter().take(NAMED) {
        let before = one_line(&changed.before);
        told.push(format!("{} is asked again; it read: \"{before}\"", one_line(&changed.id)));
    }
    if let Some(more) = followed.changed.len().checked_sub(NAMED).filter(|more| *more > 0) {
        told.push(format!("{} more asked again, their questions have changed", count(more as u64, "row")));
    }
    if !followed.gone.is_empty() {
        let ids: Vec<String> = followed.gone.iter().take(NAMED).map(|key| one_line(&key.id)).collect();
        let more = if followed.gone.len() > NAMED { ", …" } else { "" };
        let rows = count(followed.gone.len() as u64, "decided row");
        told.push(format!("{rows} not found again: {}{more}", ids.join(", ")));
    }
    for (_, area) in followed.unknown_areas.iter().take(NAMED) {
        told.push(format!("a row is asked again: there is no area {} any more", one_line(area.as_str())));
    }
    if before.mappings != now.mappings {
        told.push(format!("the mappings have changed since {}; parties are told as they are now", before.at));
    }
    told
}

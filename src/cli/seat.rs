//! Where a session at the prompt keeps its journal and writes to: what was named, what was left unfinished, or a name that
//! is free.

use std::path::{Path, PathBuf};

use crate::export::{About, CsvProfile, Layout};
use crate::safe_text::one_line;
use crate::triage::{Journal, Origin, Past, path_beside};

use super::args::Deployment;
use super::commands::assign::{Export, ExportFormat, format_of};
use super::digest;
use super::error::CliError;
use super::output::{self, Output};
use super::prompter::{Asker, Typed};
use super::review::kept::{self, Standing};
use super::review::{Desk, Left};
use super::signals;
use super::ui::{Ui, count};

/// Where the answers go unless another file is named: this, or `whose-2.csv` and so on.
const DEFAULT: &str = "whose";

/// What a journal notes as written where no file was.
const ON_STDOUT: &str = "stdout";

/// Where a session begins.
pub(crate) struct Seat {
    pub(crate) output: PathBuf,
    /// What its journal said when it was found; nothing where there was none.
    pub(crate) past: Option<Past>,
}

/// Whether a name means stdout.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What lies under a default name.
enum Found {
    Free,
    /// A journal of the prompt, with more in it than was written.
    Unfinished(Box<Past>),
    Taken,
}

/// The output that was named, or an unfinished one that the person goes on with, or a free one. Nothing where the person
/// has had enough.
pub(crate) fn find(
    named: Option<&Path>,
    deployment: &Deployment,
    asker: &mut dyn Asker,
) -> Result<Option<Seat>, CliError> {
    if let Some(output) = named {
        format_of(Some(output))?;
        let journal = path_beside(output);
        let past = match is_there(&journal) {
            true => Some(Journal::look(&journal).map_err(|error| kept::refused(&journal, error))?),
            false => None,
        };
        // What it is about counts only where it keeps anything.
        let past = past.filter(|past| past.origin() == Some(Origin::Typed) && !past.keeps_nothing());
        return Ok(Some(Seat { output: output.to_path_buf(), past }));
    }
    let mut unfinished = Vec::new();
    let mut free = None;
    for name in names() {
        match look(&name, deployment) {
            Found::Free => {
                free = Some(name);
                break;
            }
            Found::Unfinished(past) => unfinished.push(Seat { output: name, past: Some(*past) }),
            Found::Taken => {}
        }
    }
    let free = free.unwrap_or_else(|| PathBuf::from(DEFAULT));
    if !unfinished.is_empty() {
        let mut items: Vec<String> = unfinished.iter().map(told).collect();
        items.push(format!("Begin anew in {}", output::name(&free)));
        let Some(index) = asker.choose("Questions were left unfinished", &items)? else { return Ok(None) };
        if index < unfinished.len() {
            return Ok(Some(unfinished.swap_remove(index)));
        }
    }
    Ok(Some(Seat { output: free, past: None }))
}

fn names() -> impl Iterator<Item = PathBuf> {
    let numbered = (2u32..).map(|number| format!("{DEFAULT}-{number}.csv"));
    std::iter::once(format!("{DEFAULT}.csv")).chain(numbered).map(PathBuf::from)
}

/// A link that leads nowhere is there, too.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn look(output: &Path, deployment: &Deployment) -> Found {
    let journal = path_beside(output);
    if !is_there(&journal) {
        return if is_there(output) { Found::Taken } else { Found::Free };
    }
    // Whatever cannot be read is somebody else's, or in use.
    let Ok(past) = Journal::look(&journal) else { return Found::Taken };
    if past.origin() != Some(Origin::Typed) {
        return Found::Taken;
    }
    if past.keeps_nothing() && !is_there(output) {
        return Found::Free;
    }
    let is_about =
        |named: &Option<String>, id: &str| named.as_ref().is_none_or(|named| named.eq_ignore_ascii_case(id));
    let fits = past.opened.as_ref().is_some_and(|opened| {
        is_about(&deployment.provider, &opened.provider) && is_about(&deployment.model, &opened.model)
    });
    if fits && past.is_unwritten { Found::Unfinished(Box::new(past)) } else { Found::Taken }
}

/// `Go on in whose.csv: 12 questions from 2026-11-21 (union byoc)`.
fn told(seat: &Seat) -> String {
    let Some(past) = &seat.past else { return output::name(&seat.output) };
    let asked = count(past.asked().count() as u64, "question");
    let (mut from, mut about) = (String::new(), String::new());
    if let Some(opened) = &past.opened {
        let [day, provider, model] =
            [opened.at.get(..10).unwrap_or_default(), &opened.provider, &opened.model].map(one_line);
        if !day.is_empty() {
            from = format!(" from {day}");
        }
        // A provider with one model has no name for it.
        about = if model == "default" { format!(" ({provider})") } else { format!(" ({provider} {model})") };
    }
    format!("Go on in {}: {asked}{from}{about}", output::name(&seat.output))
}

/// Where the answers are to go.
pub(crate) struct Place<'p> {
    /// Beside this the journal lies.
    pub(crate) output: PathBuf,
    /// What was named on the command line.
    pub(crate) named: Option<&'p Path>,
    /// The digest of what the last session wrote there.
    pub(crate) wrote: Option<&'p str>,
}

/// What came of a name.
enum Outcome {
    Written,
    /// Another name is needed; why was told.
    Refused,
    BrokenOff,
}

/// Writes the answers where the person wants them, and has the journal lie beside. Asks until it is done.
pub(crate) fn write(
    desk: &mut Desk<'_>,
    place: &Place<'_>,
    about: About<'_>,
    asker: &mut dyn Asker,
    ui: &mut Ui,
) -> Result<Left, CliError> {
    let mut default = place.output.clone();
    let mut wanted = place.named.map(Path::to_path_buf);
    loop {
        let (path, was_enough) = match wanted.take() {
            Some(path) => (path, false),
            None => match asker.question("Write the CSV to", default.to_str())? {
                Typed::Line(line) => (PathBuf::from(line.trim()), false),
                Typed::Enough => (default.clone(), true),
                Typed::BrokenOff => return Ok(Left::BrokenOff),
            },
        };
        match write_to(desk, &path, place, about, asker, ui)? {
            Outcome::Written => return Ok(Left::Finished),
            Outcome::BrokenOff => return Ok(Left::BrokenOff),
            // Nobody is there to name another.
            Outcome::Refused if was_enough => return Ok(Left::BrokenOff),
            Outcome::Refused => default = free(),
        }
    }
}

fn free() -> PathBuf {
    let nothing = Deployment { provider: None, model: None };
    let is_free = |name: &PathBuf| matches!(look(name, &nothing), Found::Free);
    names().find(is_free).unwrap_or_else(|| PathBuf::from(DEFAULT))
}

fn write_to(
    desk: &mut Desk<'_>,
    path: &Path,
    place: &Place<'_>,
    about: About<'_>,
    asker: &mut dyn Asker,
    ui: &mut Ui,
) -> Result<Outcome, CliError> {
    let rows = count(desk.session.rows() as u64, "question");
    let open = desk.session.summary().left;
    let mut export = Export {
        format: ExportFormat::Csv,
        profile: CsvProfile::Rfc4180,
        wording: desk.wording,
        layout: Layout::Own,
    };
    let name = if is_stdout(path) {
        kept::export(&desk.session, export, about, Output::Stdout(Ui::data()))?;
        desk.wrote(ON_STDOUT)?;
        ON_STDOUT.to_owned()
    } else {
        let journal = path_beside(path);
        let is_same = is_same(&journal, &desk.journal_path);
        let written = match may_write(path, &journal, is_same, place.wrote, asker) {
            Ok(Some(format)) => {
                export.format = format;
                let _undisturbed = signals::undisturbed();
                Output::create(path).and_then(|to| kept::export(&desk.session, export, about, to))
            }
            Ok(None) => return Ok(Outcome::Refused),
            Err(Refused::BrokenOff) => return Ok(Outcome::BrokenOff),
            Err(Refused::Because(error)) => Err(error),
        };
        match written {
            Ok(()) => {}
            Err(CliError::Failed(failure)) => {
                ui.failure(&failure);
                return Ok(Outcome::Refused);
            }
            Err(error) => return Err(error),
        }
        if !is_same {
            desk.move_journal(&journal)?;
        }
        desk.wrote(&digest::of_file(path)?)?;
        output::name(path)
    };
    if open > 0 {
        ui.status(&format!("{} not decided, kept as proposed", count(open as u64, "question")));
    }
    ui.status(&format!("{rows} written to {name}"));
    Ok(Outcome::Written)
}

enum Refused {
    BrokenOff,
    Because(CliError),
}

impl From<CliError> for Refused {
    fn from(error: CliError) -> Refused {
        Refused::Because(error)
    }
}

/// The format to write; nothing where the person wants to keep what is there.
fn may_write(
    path: &Path,
    journal: &Path,
    is_same: bool,
    wrote: Option<&str>,
    asker: &mut dyn Asker,
) -> Result<Option<ExportFormat>, Refused> {
    let format = format_of(Some(path))?;
    let name = output::name(path);
    if !is_same && is_there(journal) {
        let journal = output::name(journal);
        return Err(CliError::new(format!("{journal} is already there"))
            .hint(format!("it belongs to {name}; choose another name"))
            .into());
    }
    let question = match kept::standing(path, wrote.filter(|_| is_same))? {
        Standing::Free | Standing::Ours => return Ok(Some(format)),
        Standing::Changed => format!("{name} was changed since it was written. Replace it?"),
        Standing::Foreign => format!("{name} is already there. Replace it?"),
    };
    match asker.confirm(&question)? {
        Some(true) => Ok(Some(format)),
        Some(false) => Ok(None),
        None => Err(Refused::BrokenOff),
    }
}

/// Whether two paths are the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

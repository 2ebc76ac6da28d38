//! The file that decisions are kept in: which one it is, and how it is read and replaced.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::atomic::NewFile;
use crate::catalog::{Model, Provider};
use crate::decisions::{Book, BookError, Came, Decisions};
use crate::triage::Precedents;

use super::args::Common;
use super::error::CliError;
use super::input;
use super::load;
use super::output::name;
use super::review::Desk;
use super::ui::{Ui, count};

/// What a file of decisions that belongs to a team is: named with `--decisions`, and not an export.
const NO_BOOK: &str = "name another file with --decisions, or leave it out to keep decisions for yourself";

/// Whether decisions are kept for other questionnaires.
#[derive(Debug, Args)]
pub(crate) struct Keep {
    /// Do not keep what is decided here for other questionnaires. Otherwise confirmed and corrected rows go into
    /// `decisions.csv` in your data directory, or into the first --decisions FILE that is no export
    #[arg(long)]
    no_keep: bool,
}

impl Keep {
    /// Whether it was typed.
    pub(crate) fn is_given(&self) -> bool {
        self.no_keep
    }

    pub(crate) fn path(&self, common: &Common) -> Option<PathBuf> {
        if self.no_keep { None } else { path(common) }
    }
}

/// Keeps what was decided at a desk for other questionnaires, and withdraws what was taken back. What goes wrong is
/// a warning: the journal has all of it.
pub(crate) fn keep(
    desk: &Desk<'_>,
    deployment: (&Provider, &Model),
    file: &Path,
    earlier: &Decisions,
    book: Option<&Path>,
    ui: &mut Ui,
) {
    let Some(path) = book else { return };
    let is_new = !path.exists();
    let file = file.file_name().unwrap_or_default().to_string_lossy();
    let ids = (deployment.0.id.as_str(), deployment.1.id.as_str());
    let precedents = desk.session.precedents(&desk.entries, (ids, &file), (earlier, desk.before));
    match put(&precedents, path) {
        Ok(Put { added: 0, overruled: 0, gone: 0 }) => {}
        Ok(Put { added, overruled, gone }) => {
            let new = if is_new { ", a new file" } else { "" };
            let mut told =
                format!("{} kept for other questionnaires in {}{new}", decisions(added), name(path));
            for (number, what) in [(overruled, "overruled"), (gone, "taken back")] {
                if number > 0 {
                    told.push_str(&format!("; {} {what}", decisions(number)));
                }
            }
            ui.status(&told);
        }
        Err(error) => {
            if let CliError::Failed(failure) = error {
                let why = [vec![failure.message], failure.hints].concat().join("; ");
                ui.warning(&format!("decisions are not kept for other questionnaires: {why}"));
            }
        }
    }
}

fn decisions(number: usize) -> String {
    count(number as u64, "decision")
}

struct Put {
    added: usize,
    overruled: usize,
    gone: usize,
}

fn put(precedents: &Precedents, path: &Path) -> Result<Put, CliError> {
    let mut put = Put { added: 0, overruled: 0, gone: 0 };
    if precedents.kept.is_empty() && (precedents.taken_back.is_empty() || !path.exists()) {
        return Ok(put);
    }
    let mut held = Held::open(path)?;
    put.gone = precedents.taken_back.iter().filter(|gone| held.book.take_back(gone)).count();
    let mut changed = put.gone > 0;
    for kept in &precedents.kept {
        match held.book.keep(kept, true) {
            Came::Added(overruled) => {
                put.added += 1;
                put.overruled += overruled;
                changed = true;
            }
            Came::Renewed => changed = true,
            Came::Known => {}
        }
    }
    if changed {
        held.save()?;
    }
    Ok(put)
}

/// Where decisions are kept: the first file named with `--decisions` that is none of our exports or is not there yet,
/// else the user's own. Nothing where there is no place for a user's data.
pub(crate) fn path(common: &Common) -> Option<PathBuf> {
    let is_book = |path: &&PathBuf| !path.exists() || looks_like_one(path);
    common.decisions.iter().find(is_book).cloned().or_else(load::user_decisions)
}

/// The same for whoever names a file to work on: one that is something else is not silently another one.
///
/// # Errors
/// The file that was named is no file of decisions, or there is no place for a user's data.
pub(crate) fn path_meant(common: &Common) -> Result<PathBuf, CliError> {
    if let Some(named) = common.decisions.first() {
        return match !named.exists() || looks_like_one(named) {
            true => Ok(named.clone()),
            false => Err(CliError::new(format!("{} is no file of decisions", name(named)))
                .hint("`whose decisions import FILE` takes over what was settled in an export")
                .hint(NO_BOOK)),
        };
    }
    load::user_decisions().ok_or_else(|| {
        CliError::new("there is no data directory for your decisions").hint("name a file: --decisions FILE")
    })
}

/// Whether the first line names no column that only exports have.
fn looks_like_one(path: &Path) -> bool {
    const LONGEST: u64 = 64 << 10;
    let Ok(file) = File::open(path) else { return false };
    let mut line = Vec::new();
    let read = BufReader::new(std::io::Read::take(file, LONGEST)).read_until(b'\n', &mut line);
    // Half of UTF-16 is NUL.
    let line = String::from_utf8_lossy(&line).replace('\0', "").to_lowercase();
    let is_one = !line.starts_with("pk") && line.contains("status") && !line.contains("confidence");
    read.is_ok() && (line.trim().is_empty() || is_one)
}

/// The file, held against others who would change it until this is dropped.
pub(crate) struct Held {
    pub(crate) book: Book,
    path: PathBuf,
    /// Where there is no place for it, nobody is kept out.
    _lock: Option<File>,
}

impl Drop for Held {
    fn drop(&mut self) {
        // What was made for the lock's sake and holds nothing is in nobody's way.
        if self._lock.is_some() && fs::metadata(&self.path).is_ok_and(|found| found.len() == 0) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Held {
    /// Reads the file, which need not be there.
    ///
    /// # Errors
    /// It cannot be read, or is something else.
    pub(crate) fn open(path: &Path) -> Result<Held, CliError> {
        let lock = lock(path);
        Ok(Held { book: read(path)?, path: path.to_path_buf(), _lock: lock })
    }

    /// Replaces the file; makes its directory where that is missing.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn save(self) -> Result<(), CliError> {
        let failed =
            |error: &std::io::Error| CliError::io(format!("cannot write {}", name(&self.path)), error);
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent.filter(|parent| !parent.exists()) {
            fs::create_dir_all(parent).map_err(|error| failed(&error))?;
        }
        let mut file = NewFile::create(&self.path).map_err(|error| failed(&error))?;
        file.write_all(&self.book.to_csv()).and_then(|()| file.commit()).map_err(|error| failed(&error))
    }
}

/// The decisions as they stand; none where there is no file.
///
/// # Errors
/// It cannot be read, or is something else.
pub(crate) fn read(path: &Path) -> Result<Book, CliError> {
    if !path.exists() {
        return Ok(Book::default());
    }
    let (called, source) = input::source(path, NO_BOOK)?;
    Book::read(source, &called).map_err(|error| {
        let told = CliError::new(error.to_string());
        match error {
            BookError::Export { .. } => {
                told.hint("`whose decisions import FILE` takes over what was settled in an export")
            }
            _ => told.hint(NO_BOOK),
        }
    })
}

/// Waits for others who are changing the file. A file that is replaced is another one afterwards: whoever waited for the
/// old one waits for the new one, too. One that is not there yet is made, so that two who begin it wait for each other.
/// Nothing where it cannot be opened, or the system knows no locks.
#[cfg(unix)]
fn lock(path: &Path) -> Option<File> {
    use std::os::unix::fs::MetadataExt as _;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).ok()?;
    }
    loop {
        let file = File::options().read(true).append(true).create(true).open(path).ok()?;
        file.lock().ok()?;
        let held = file.metadata().ok()?;
        // Whoever began it may have taken it away again.
        let is_still_there = |found: fs::Metadata| (held.dev(), held.ino()) == (found.dev(), found.ino());
        if fs::metadata(path).is_ok_and(is_still_there) {
            return Some(file);
        }
    }
}

/// Waits for others who are changing such a file: one lock for all of them, because an open file cannot be replaced.
#[cfg(not(unix))]
fn lock(_: &Path) -> Option<File> {
    let path = load::user_decisions()?.with_extension("lock");
    fs::create_dir_all(path.parent()?).ok()?;
    let file = File::options().create(true).truncate(false).write(true).open(path).ok()?;
    file.lock().ok()?;
    Some(file)
}

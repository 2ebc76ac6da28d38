//! The file that decisions are appended to, each synced before it counts.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::entry::{Act, Entry, Stamp};
use super::wire::{BEGINNING, Line, Opening, Origin, VERSION, WroteLine};

/// The largest journal that is read, in bytes: far more than anyone decides.
pub const MAX_BYTES: u64 = 256 << 20;

/// The highest number of an entry: more than anyone decides, and far from where counting ends.
const HIGHEST: u64 = 1 << 52;

/// The journal beside an output: `out.csv.journal`.
pub fn path_beside(output: &Path) -> PathBuf {
    let mut path = output.as_os_str().to_owned();
    path.push(".journal");
    path.into()
}

/// A journal that this process holds.
#[derive(Debug)]
pub struct Journal {
    file: File,
    /// Where the last whole line ends.
    length: u64,
    /// Whether a line was left half written that could not be taken away.
    is_broken: bool,
}

/// What a journal says.
#[derive(Debug, Default)]
pub struct Past {
    /// The session that began last.
    pub opened: Option<Opening>,
    /// Decisions, in the order in which they were made.
    pub entries: Vec<Entry>,
    /// The digest of the export that was written last.
    pub wrote: Option<String>,
    /// Whether something was asked or decided after that.
    pub is_unwritten: bool,
    /// Lines that could not be read.
    pub damage: Vec<Damage>,
    /// Whether the last line was cut off as it was written; it has been taken away.
    pub torn: bool,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Its number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Why a journal cannot be used.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another session holds it.
    #[error("another session holds it{}", holder(.0.as_deref()))]
    Held(Option<Box<Opening>>),
    /// The file is something else.
    #[error("it is there and is no journal of `whose`")]
    Foreign,
    /// It is too large to be read.
    #[error("it is larger than {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// A later version of the program wrote it.
    #[error("a later version of `whose` wrote it (format {0}; this one knows {VERSION})")]
    Later(u32),
    /// Its rows come from elsewhere than those of the session at hand.
    #[error("{}", elsewhere(.0))]
    OtherOrigin(Box<Opening>),
    /// It is about another provider or deployment model.
    #[error("it is about {provider} {model}")]
    OtherDeployment {
        /// The provider's id.
        provider: String,
        /// The model's id.
        model: String,
    },
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn elsewhere(opened: &Opening) -> String {
    match (opened.origin, opened.file.as_str()) {
        (Origin::Typed, _) => {
            "it keeps questions typed at the prompt of `whose`, and no questionnaire".into()
        }
        (Origin::Questionnaire, "") => "it keeps what `whose triage` settled of a questionnaire".into(),
        (Origin::Questionnaire, file) => format!("it keeps what `whose triage {file}` settled"),
    }
}

fn holder(opened: Option<&Opening>) -> String {
    let Some(opened) = opened else { return String::new() };
    let by = if opened.by.is_empty() { String::new() } else { format!(" of {}", opened.by) };
    let since = if opened.at.is_empty() { String::new() } else { format!(", since {}", opened.at) };
    format!(": process {}{by}{since}", opened.pid)
}

impl Journal {
    /// Opens a journal or begins one, holds it against other sessions, and reads what it says. A last line that was cut
    /// off is taken away; nothing else is.
    ///
    /// # Errors
    /// Another session holds it, it is no journal, one of another deployment or one whose rows come from elsewhere, or it
    /// cannot be read or written.
    pub fn open(path: &Path, opening: &Opening) -> Result<(Journal, Past), JournalError> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(JournalError::Foreign);
        }
        hold(&mut file)?;
        if !is_at(&file, path) {
            // Whoever held it has moved it or taken it away in between.
            return Err(JournalError::Held(None));
        }
        if is_new {
            sync_directory(path)?;
        }
        let bytes = read(&mut file)?;
        let (past, whole) = parse(&bytes)?;
        if let Some(opened) = past.opened.as_ref().filter(|opened| opened.origin != opening.origin) {
            return Err(JournalError::OtherOrigin(Box::new(opened.clone())));
        }
        if let Some(opened) = &past.opened
            && !past.keeps_nothing()
            && (&opened.provider, &opened.model) != (&opening.provider, &opening.model)
        {
            let (provider, model) = (opened.provider.clone(), opened.model.clone());
            return Err(JournalError::OtherDeployment { provider, model });
        }
        if whole as u64 != bytes.len() as u64 {
            file.set_len(whole as u64)?;
        }
        let mut journal = Journal { file, length: whole as u64, is_broken: false };
        if whole > 0 && bytes[whole - 1] != b'\n' {
            // The line is whole; only its end is missing.
            journal.write(b"\n")?;
        }
        journal.append_line(&Line::Opening(Box::new(Opening { version: VERSION, ..opening.clone() })))?;
        Ok((journal, past))
    }

    /// Keeps a decision. When this returns it is on the disk.
    ///
    /// # Errors
    /// When it could not be written or synced; the decisions before it are kept.
    pub fn append(&mut self, entry: &Entry) -> io::Result<()> {
        self.append_line(&Line::from(entry))
    }

    /// Keeps several at once, which costs no more than one.
    ///
    /// # Errors
    /// As [`Journal::append`]; then none of them is kept.
    pub fn append_all(&mut self, entries: &[Entry]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut bytes, &Line::from(entry))?;
            bytes.push(b'\n');
        }
        self.write(&bytes)
    }

    /// Reads a journal that nobody holds, and changes nothing.
    ///
    /// # Errors
    /// Another session holds it, it is no journal, or it cannot be read.
    pub fn look(path: &Path) -> Result<Past, JournalError> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(JournalError::Foreign);
        }
        let mut file = File::open(path)?;
        hold(&mut file)?;
        Ok(parse(&read(&mut file)?)?.0)
    }

    /// Moves it from its path to another, where nothing may lie yet.
    ///
    /// # Errors
    /// When something lies there, or one of the two cannot be written; it then stays where it is.
    pub fn move_to(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = read(&mut self.file).map_err(|error| match error {
            JournalError::Io(error) => error,
            other => io::Error::other(other),
        })?;
        // Copied and not renamed: a rename replaces what lies there, and does not leave a file system.
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(to)?;
        let copied = || -> io::Result<()> {
            let _ = file.try_lock();
            file.write_all(&bytes)?;
            file.sync_all()?;
            sync_directory(to)
        };
        if let Err(error) = { copied }() {
            let _ = std::fs::remove_file(to);
            return Err(error);
        }
        self.file = file;
        self.length = bytes.len() as u64;
        // Should it stay, there are two of the same.
        std::fs::remove_file(from)
    }

    /// Takes it away, for one that keeps nothing.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    /// Notes that an export with this digest was written.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn wrote(&mut self, digest: &str, stamp: &Stamp) -> io::Result<()> {
        let Stamp { at, by } = stamp.clone();
        self.append_line(&Line::Wrote(WroteLine { at, by, wrote: digest.to_owned() }))
    }

    fn append_line(&mut self, line: &Line) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_broken {
            self.file.set_len(self.length)?;
            self.is_broken = false;
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        if let Err(error) = self.file.write_all(bytes).and_then(|()| self.file.sync_data()) {
            // Half a line would swallow the next one.
            self.is_broken = self.file.set_len(self.length).is_err();
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Keeps other sessions out, as long as the file is open.
fn hold(file: &mut File) -> Result<(), JournalError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            // Whoever holds it wrote its beginning first. Some systems let nobody else read it.
            let past = read(file).ok().and_then(|bytes| parse(&bytes).ok());
            Err(JournalError::Held(past.and_then(|(past, _)| past.opened).map(Box::new)))
        }
        // Some network drives know no locks; there nobody can be kept out.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn read(file: &mut File) -> Result<Vec<u8>, JournalError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES { Err(JournalError::TooLarge) } else { Ok(bytes) }
}

/// Reads the lines of a journal; also tells where the last whole one ends.
fn parse(bytes: &[u8]) -> Result<(Past, usize), JournalError> {
    let mut past = Past::default();
    let mut whole = 0;
    let mut known = 0;
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let is_ended = line.ends_with(b"\n");
        let end = whole + line.len();
        match serde_json::from_slice::<Line>(line) {
            Ok(line) if line.number().is_some_and(|number| number > HIGHEST) => {
                past.damage.push(Damage { line: index + 1, why: "a number that no session gives".into() });
            }
            Ok(line) => {
                known += 1;
                past.take(line)?;
            }
            // A line was being written as the power went; had it been whole, it would have been read.
            Err(_) if !is_ended => {
                past.torn = true;
                break;
            }
            Err(_) if line.iter().all(u8::is_ascii_whitespace) => {}
            Err(error) => past.damage.push(Damage { line: index + 1, why: why(line, &error) }),
        }
        whole = end;
    }
    let begins = bytes.len().min(BEGINNING.len());
    if known == 0 && bytes[..begins] != BEGINNING.as_bytes()[..begins] {
        return Err(JournalError::Foreign);
    }
    Ok((past, whole))
}

/// serde tells of untagged lines only that none fits.
fn why(line: &[u8], error: &serde_json::Error) -> String {
    if std::str::from_utf8(line).is_err() {
        return "not UTF-8".into();
    }
    match serde_json::from_slice::<serde_json::Value>(line) {
        Ok(_) => "no line of a journal".into(),
        Err(_) => format!("no JSON ({error})"),
    }
}

impl Past {
    fn take(&mut self, line: Line) -> Result<(), JournalError> {
        match line {
            Line::Opening(opening) if opening.version > VERSION => {
                return Err(JournalError::Later(opening.version));
            }
            Line::Opening(opening) => self.opened = Some(*opening),
            Line::Set(line) => self.keep(line.entry()),
            Line::Undo(line) => self.keep(line.entry()),
            Line::Ask(line) => self.keep(line.entry()),
            Line::Wrote(line) => {
                self.wrote = Some(line.wrote);
                self.is_unwritten = false;
            }
        }
        Ok(())
    }

    fn keep(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.is_unwritten = true;
    }

    /// Where its rows come from; nothing where it is new.
    pub fn origin(&self) -> Option<Origin> {
        self.opened.as_ref().map(|opened| opened.origin)
    }

    /// Whether nothing was asked, decided or written, so that it can be taken away.
    pub fn keeps_nothing(&self) -> bool {
        self.entries.is_empty() && self.wrote.is_none() && self.damage.is_empty()
    }

    /// The questions that were asked, in their order; none where the rows come from a questionnaire.
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match &entry.act {
            Act::Ask(question) => Some(question.as_str()),
            Act::Set(_) | Act::Undo(_) => None,
        })
    }
}

/// Whether this file is the one that is found under a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let which = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(held), Ok(found)) => which(held) == which(found),
        _ => false,
    }
}

/// There nobody can move a file that is open.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// A new file is on the disk only when its directory is.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::Act;

    #[test]
    fn what_cannot_be_written_leaves_the_lines_before_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out.csv.journal");
        let opening = Opening { provider: "render".into(), model: "render".into(), ..Opening::default() };
        let (mut journal, _) = Journal::open(&path, &opening).unwrap();
        let entry = |number| Entry { number, stamp: Stamp::default(), act: Act::Undo(number) };
        journal.append(&entry(1)).unwrap();
        let kept = std::fs::read(&path).unwrap();
        let writable = std::mem::replace(&mut journal.file, File::open(&path).unwrap());
        assert!(journal.append(&entry(2)).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), kept);
        // Half a line was left and could not be taken away; the next one stands alone all the same.
        journal.file = writable;
        journal.file.write_all(b"{\"n\":2,").unwrap();
        journal.is_broken = true;
        journal.append(&entry(3)).unwrap();
        drop(journal);
        let (_, past) = Journal::open(&path, &opening).unwrap();
        let numbers: Vec<u64> = past.entries.iter().map(|entry| entry.number).collect();
        assert_eq!((numbers, past.damage.len(), past.torn), (vec![1, 3], 0, false));
    }
}

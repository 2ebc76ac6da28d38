//! Opening what the results are written to.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::atomic::NewFile;

use super::error::CliError;
use super::ui::{Ui, quoted};

/// What shells report for a program that was ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Where results go: stdout, or a file that appears when it is complete.
pub(crate) enum Output {
    Stdout(io::BufWriter<io::Stdout>),
    File(NewFile, PathBuf),
}

impl Output {
    /// Opens the output before the long work starts. An existing file needs `force`.
    pub(crate) fn open(path: Option<&Path>, force: bool) -> Result<Output, CliError> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Output::Stdout(Ui::data()));
        };
        if !force && holds_something(path) {
            return Err(CliError::new(format!("{} is already there", name(path)))
                .hint("add --force to replace it, or name another file with -o"));
        }
        Output::create(path)
    }

    /// Opens a file that may be replaced.
    pub(crate) fn create(path: &Path) -> Result<Output, CliError> {
        let file = NewFile::create(path)
            .map_err(|error| CliError::io(format!("cannot write {}", name(path)), &error))?;
        Ok(Output::File(file, path.to_path_buf()))
    }

    /// Whether a person would see what is written.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Output::Stdout(out) if out.get_ref().is_terminal())
    }

    /// Sees to it that a Ctrl-C leaves nothing half written behind.
    pub(crate) fn remove_on_signal<'o>(outputs: impl Iterator<Item = &'o Output>) {
        let temporary = |output: &Output| match output {
            Output::Stdout(_) => None,
            Output::File(file, _) => file.temporary().map(Path::to_path_buf),
        };
        let files: Vec<PathBuf> = outputs.filter_map(temporary).collect();
        if files.is_empty() {
            return;
        }
        // Without the handler the files stay behind, and nothing else is wrong.
        let _ = ctrlc::set_handler(move || {
            for file in &files {
                let _ = std::fs::remove_file(file);
            }
            std::process::exit(INTERRUPTED);
        });
    }

    /// Puts the results where they belong.
    pub(crate) fn commit(self) -> Result<(), CliError> {
        match self {
            Output::Stdout(mut out) => Ok(out.flush()?),
            Output::File(file, path) => {
                file.commit().map_err(|error| CliError::io(format!("cannot write {}", name(&path)), &error))
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Stdout(out) => out.write(bytes),
            Output::File(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Stdout(out) => out.flush(),
            Output::File(file, _) => file.flush(),
        }
    }
}

/// Whether replacing the path would lose something: an empty file or a device holds nothing.
pub(crate) fn holds_something(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0)
}

/// A path as a message shows it.
pub(crate) fn name(path: &Path) -> String {
    quoted(&path.display().to_string())
}

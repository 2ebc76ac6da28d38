use std::io;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum CliError {
    /// Nobody reads our output any more.
    BrokenPipe,
    /// Anything that the user should read about.
    Failed(Failure),
}

/// What is wrong, and what to do next.
#[derive(Debug)]
pub(crate) struct Failure {
    /// One sentence without a full stop.
    pub(crate) message: String,
    /// What to do next, a line each.
    pub(crate) hints: Vec<String>,
}

impl CliError {
    pub(crate) fn new(message: impl Into<String>) -> CliError {
        CliError::Failed(Failure { message: message.into(), hints: Vec::new() })
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> CliError {
        if let CliError::Failed(failure) = &mut self {
            failure.hints.push(hint.into());
        }
        self
    }

    /// An I/O error, with what was being done.
    pub(crate) fn io(doing: impl AsRef<str>, error: &io::Error) -> CliError {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return CliError::BrokenPipe;
        }
        CliError::new(format!("{}: {error}", doing.as_ref()))
    }
}

/// Errors on our own output; whatever reads or writes a file says so by [`CliError::io`].
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> CliError {
        CliError::io("cannot write the output", &error)
    }
}

impl From<serde_json::Error> for CliError {
    fn from(error: serde_json::Error) -> CliError {
        CliError::new(format!("cannot write JSON: {error}"))
    }
}

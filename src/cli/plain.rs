//! Questions and answers line by line: nothing moves the cursor, for screen readers and for scripts.

use std::io::{self, BufRead, IsTerminal as _, Read as _, StdinLock, Write as _};

use crate::safe_text::harmless;

use super::error::CliError;
use super::prompter::{Asker, Typed, input_waits};

/// The longest line that is taken, in bytes.
const LONGEST: u64 = 64 << 10;

/// A person who reads from top to bottom, or a script.
pub(crate) struct Plain {
    from: StdinLock<'static>,
    /// Whether lines come from a terminal, where those that come at once were pasted.
    is_terminal: bool,
}

impl Plain {
    pub(crate) fn new() -> Plain {
        Plain { from: io::stdin().lock(), is_terminal: io::stdin().is_terminal() }
    }

    /// Where the lines come from.
    pub(crate) fn input(&mut self) -> &mut impl BufRead {
        &mut self.from
    }

    /// A line without its end; nothing where the input ends.
    fn read(&mut self) -> Result<Option<String>, CliError> {
        let mut line = String::new();
        let read = (&mut self.from).take(LONGEST).read_line(&mut line);
        match read.map_err(|error| CliError::io("cannot read what is typed", &error))? {
            0 => Ok(None),
            _ if line.len() as u64 == LONGEST => {
                Err(CliError::new(format!("a line is longer than {} KiB", LONGEST >> 10))
                    .hint("a question is a line; what came before it is kept"))
            }
            _ => Ok(Some(line.trim().to_owned())),
        }
    }

    fn ask(&mut self, text: &str) -> Result<Option<String>, CliError> {
        let mut err = io::stderr();
        write!(err, "{} ", harmless(text))?;
        err.flush()?;
        let answer = self.read()?;
        if answer.is_none() {
            writeln!(err)?;
        }
        Ok(answer)
    }
}

impl Asker for Plain {
    fn choose(&mut self, title: &str, items: &[String]) -> Result<Option<usize>, CliError> {
        for (index, item) in items.iter().enumerate() {
            writeln!(io::stderr(), "{}: {}", index + 1, harmless(item))?;
        }
        loop {
            let Some(answer) = self.ask(&format!("{title}, a number from 1 to {}:", items.len()))? else {
                return Ok(None);
            };
            let index = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            if index.is_some_and(|index| index < items.len()) {
                return Ok(index);
            }
        }
    }

    fn question(&mut self, title: &str, default: Option<&str>) -> Result<Typed, CliError> {
        let title = default.map_or(format!("{title}:"), |default| format!("{title} (Enter: {default}):"));
        match self.ask(&title)? {
            None => Ok(Typed::Enough),
            Some(line) if line.is_empty() => Ok(Typed::Line(default.unwrap_or_default().to_owned())),
            Some(line) => Ok(Typed::Line(line)),
        }
    }

    fn confirm(&mut self, question: &str) -> Result<Option<bool>, CliError> {
        let answer = self.ask(&format!("{question} (y or n):"))?;
        Ok(answer.map(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes")))
    }

    fn pasted(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        // A line that cannot be read is told when the next one is asked for.
        while self.is_terminal && input_waits() {
            match self.read() {
                Ok(Some(line)) if line.is_empty() => {}
                Ok(Some(line)) => lines.push(line),
                Ok(None) | Err(_) => break,
            }
        }
        lines
    }
}

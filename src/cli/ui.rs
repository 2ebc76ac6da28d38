//! Where words go: results to stdout, everything else to stderr, colour only where it is wanted.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use crate::domain::Party;
use crate::export::grouped;
use crate::safe_text::{harmless, one_line};

use super::args::Color;
use super::error::Failure;

/// Narrower than this nothing can be laid out; wider than the other, lines are hard to read.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=100;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// The terminal, or whatever stands in for it.
pub(crate) struct Ui {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    color: Color,
    quiet: bool,
    /// Whether a progress line stands where the next words go.
    in_progress: bool,
}

impl Ui {
    pub(crate) fn new(color: Color, quiet: bool) -> Ui {
        Ui {
            out: AutoStream::new(io::stdout(), choice(color)),
            err: AutoStream::new(io::stderr(), choice(color)),
            color,
            quiet,
            in_progress: false,
        }
    }

    /// Results for people.
    pub(crate) fn out(&mut self) -> &mut impl Write {
        &mut self.out
    }

    /// Remarks for people that are not a result.
    pub(crate) fn err(&mut self) -> &mut impl Write {
        &mut self.err
    }

    /// Results for machines: nothing is added or stripped.
    pub(crate) fn data() -> BufWriter<io::Stdout> {
        BufWriter::new(io::stdout())
    }

    /// Whether both ends of the conversation are a terminal.
    pub(crate) fn can_prompt() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// How far long work has come, drawn over the last such line; only at a terminal.
    pub(crate) fn progress(&mut self, text: &str) {
        if !self.quiet && io::stderr().is_terminal() {
            self.in_progress = false;
            self.say(&format!("\r{text}"));
            self.in_progress = true;
        }
    }

    /// Whether remarks are coloured.
    pub(crate) fn is_coloured(&self) -> bool {
        self.err.current_choice() != ColorChoice::Never
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn color(&self) -> Color {
        self.color
    }

    /// Columns to lay text out in: the terminal's, or `COLUMNS`, or a hundred.
    pub(crate) fn width() -> usize {
        let terminal = console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        let told = || std::env::var("COLUMNS").ok()?.parse().ok();
        terminal.or_else(told).unwrap_or(*WIDTHS.end()).clamp(*WIDTHS.start(), *WIDTHS.end())
    }

    /// A remark, unless `--quiet`.
    pub(crate) fn status(&mut self, text: &str) {
        if !self.quiet {
            self.say(&format!("{}\n", harmless(text)));
        }
    }

    /// Something the user should know, `--quiet` or not.
    pub(crate) fn warning(&mut self, text: &str) {
        self.say(&format!("{WARNING}warning{WARNING:#}: {}\n", harmless(text)));
    }

    /// Why the command failed.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let mut text = format!("{ERROR}error{ERROR:#}: {}\n", harmless(&failure.message));
        for hint in &failure.hints {
            text.push_str(&format!("{HINT}hint{HINT:#}: {}\n", harmless(hint)));
        }
        self.say(&text);
    }

    fn say(&mut self, text: &str) {
        if std::mem::take(&mut self.in_progress) {
            let _ = self.err.write_all(b"\r\x1b[K");
        }
        // Nobody can be told that stderr is gone.
        let _ = self.err.write_all(text.as_bytes()).and_then(|()| self.err.flush());
    }
}

fn choice(color: Color) -> ColorChoice {
    match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
}

/// The colour that a party has everywhere.
pub(crate) fn party_style(party: Party) -> Style {
    let color = match party {
        Party::Provider => AnsiColor::Green,
        Party::Customer => AnsiColor::Yellow,
        Party::Shared => AnsiColor::Cyan,
        Party::ThirdParty => AnsiColor::Magenta,
        Party::Unaddressed => return DIM,
    };
    color.on_default()
}

/// Text from a file or the command line, quoted for a message.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", one_line(text))
}

/// `1 row`, `2 rows`, `1,234 rows`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(1234, "row"), "1,234 rows");
    }
}

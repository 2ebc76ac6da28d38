//! Triage line by line: plain text from top to bottom, a letter and Enter, for screen readers and for scripts.

use std::io::{BufRead, Read as _, Write};

use crate::cli::error::CliError;
use crate::domain::{AreaId, NamedParty, Party};
use crate::safe_text::{harmless, one_line};
use crate::triage::{Action, Event};

use super::Left;
use super::desk::Desk;
use super::keys::{in_short, share};
use super::tell;

const HELP: &str = "\
a, or an empty line: accept what is proposed.
1 to 5: take what is offered under that number; 1 is what is proposed.
/ AREA: file the row under this area, by id, title or a part of them; / alone lists the areas; / none for no area.
x AREA, AREA: several areas, the main one first.
p REASON, c REASON, s REASON: the provider's, the customer's, or shared, whatever the document says.
n: the question does not apply. k: skip it; it stays open.
e NOTE: a note on the row; e alone takes it away.
u: undo. b: back. f: forward. g ROW: go to a row, by its place or its id.
=: decide all rows that ask nearly the same alike. = yes: without being asked.
A PERCENT: tells how many open rows are at least so sure. A PERCENT yes: accepts them.
w: more or less of why. r: read the card again. q: save and quit. ?: this help.";

/// The longest line that is taken, in bytes.
const LONGEST: u64 = 64 << 10;

struct Lines<'d, 'a, W> {
    desk: &'d mut Desk<'a>,
    to: W,
    more: bool,
}

/// Walks the cards until the input ends or the person leaves, where questions are typed also until no card is left. An
/// input that ends is no wish to write anything.
pub(crate) fn by_lines(
    desk: &mut Desk<'_>,
    mut from: impl BufRead,
    to: impl Write,
) -> Result<Left, CliError> {
    let mut lines = Lines { desk, to, more: false };
    let mut told = None;
    let is_typed = lines.desk.session.is_typed();
    if !is_typed {
        lines.say("Type a letter and Enter; ? lists them.")?;
    }
    loop {
        if is_typed && lines.desk.session.card().is_none() {
            return Ok(Left::Through);
        }
        let at = lines.desk.session.card().map(|card| card.row);
        if told != Some(at) {
            lines.read_out()?;
            told = Some(at);
        }
        write!(lines.to, "> ")?;
        lines.to.flush()?;
        let mut line = String::new();
        let read = (&mut from).take(LONGEST).read_line(&mut line);
        match read.map_err(|error| CliError::io("cannot read what is typed", &error))? {
            0 => {
                writeln!(lines.to)?;
                return Ok(Left::BrokenOff);
            }
            // What comes behind it would be taken for letters.
            _ if line.len() as u64 == LONGEST => {
                return Err(CliError::new(format!("a line is longer than {} KiB", LONGEST >> 10))
                    .hint("every line is a letter with what belongs to it; what came before it is kept"));
            }
            _ => {}
        }
        match line.trim() {
            "q" => return Ok(Left::Finished),
            "" if at.is_none() => return Ok(Left::Finished),
            "r" => told = None,
            "w" => {
                lines.more = !lines.more;
                told = None;
            }
            "?" => lines.say(HELP)?,
            typed => {
                if lines.take(typed)? {
                    told = None;
                }
            }
        }
    }
}

impl<W: Write> Lines<'_, '_, W> {
    /// Does what was typed; tells whether the card is to be read out again.
    fn take(&mut self, typed: &str) -> Result<bool, CliError> {
        let (letter, rest) = match typed.chars().next() {
            Some(letter) => (letter, typed[letter.len_utf8()..].trim()),
            None => ('a', ""),
        };
        let glued = typed.chars().nth(1).is_some_and(char::is_alphabetic);
        if letter.is_alphabetic() && glued {
            // A word, such as the beginning of a question, is no letter with a reason.
            return self.say("That means nothing here; ? lists what does.").map(|()| false);
        }
        let party = match letter {
            'p' => Some(Party::Provider),
            'c' => Some(Party::Customer),
            's' => Some(Party::Shared),
            _ => None,
        };
        if let Some(party) = party {
            return self.act(Action::Name(NamedParty { party, reason: one_line(rest) }));
        }
        match (letter, rest) {
            ('a', "") => self.act(Action::Accept),
            ('1'..='5', "") => {
                let number = letter.to_digit(10).unwrap_or_default() as usize;
                let is_there = self.desk.session.card().is_some_and(|card| number <= card.offers.len());
                self.act(Action::Take(if is_there { number } else { 0 }))
            }
            ('/', "") => {
                let names = self.desk.area_names();
                self.say(&names.join("\n"))?;
                Ok(false)
            }
            ('/', "none") => self.act(Action::Choose(Vec::new())),
            ('/', area) => self.choose(&[area]),
            ('x', "") => self.say("Name the areas: x encryption-at-rest, key-management").map(|()| false),
            ('x', areas) => self.choose(&areas.split(',').collect::<Vec<_>>()),
            ('n', "") => self.act(Action::NotApplicable),
            ('k', "") => self.act(Action::Skip),
            ('e', note) => self.act(Action::Note(one_line(note))),
            ('u', "") => self.act(Action::Undo),
            ('b', "") => self.act(Action::Back),
            ('f', "") => self.act(Action::Forward),
            ('g', row) => {
                let row = self.desk.session.find(row).unwrap_or(usize::MAX);
                self.act(Action::GoTo(row))
            }
            ('=', "") => self.ask(&Action::SameForAlike, "= yes"),
            ('=', "yes") => self.act(Action::SameForAlike),
            ('A', rest) => {
                let (number, yes) = rest.strip_suffix("yes").map_or((rest, false), |number| (number, true));
                match share(number) {
                    None => self.say("Say how sure, in percent: A 90").map(|()| false),
                    Some(sure) if yes => self.act(Action::AcceptAbove(sure)),
                    Some(sure) => self.ask(&Action::AcceptAbove(sure), &format!("A {} yes", number.trim())),
                }
            }
            _ => self.say("That means nothing here; ? lists what does.").map(|()| false),
        }
    }

    fn ask(&mut self, action: &Action, how: &str) -> Result<bool, CliError> {
        match self.desk.session.would_change(action.clone()) {
            0 => self.act(action.clone()),
            number => {
                let rows = if number == 1 { "1 row".to_owned() } else { format!("{number} rows") };
                self.say(&format!("{rows} would be decided; type {how}")).map(|()| false)
            }
        }
    }

    fn choose(&mut self, typed: &[&str]) -> Result<bool, CliError> {
        let mut areas: Vec<AreaId> = Vec::new();
        for typed in typed {
            match self.desk.area(typed) {
                Ok(area) => areas.push(area),
                Err(near) => {
                    let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                    self.say(&format!("There is no area {}{near}", one_line(typed)))?;
                    return Ok(false);
                }
            }
        }
        self.act(Action::Choose(areas))
    }

    fn act(&mut self, action: Action) -> Result<bool, CliError> {
        let told = match self.desk.act(action)? {
            Ok(Event::Moved) => return Ok(true),
            Ok(Event::Recorded(entry)) => {
                in_short(&self.desk.session, &entry).trim_start_matches("✓ ").to_owned()
            }
            Err(refusal) => {
                self.say(&refusal.to_string())?;
                return Ok(false);
            }
        };
        self.say(&told)?;
        Ok(false)
    }

    fn read_out(&mut self) -> Result<(), CliError> {
        self.desk.explain();
        let Some(card) = self.desk.session.card() else {
            let summary = tell::summary(&self.desk.session.summary());
            return self.say(&format!(
                "Every row has been looked at. {}\nEnter writes the export.",
                summary.join(" ")
            ));
        };
        let question = &card.proposed.question;
        let mut text = match self.desk.session.is_typed() {
            true => format!("\nQuestion {} of {}", card.position, card.total),
            false => format!("\nRow {} of {}: {}", card.position, card.total, one_line(&question.id)),
        };
        if !question.section.is_empty() {
            text.push_str(&format!(", {}", one_line(&question.section)));
        }
        text.push('\n');
        if !card.hangs_on.is_empty() {
            text.push_str(&format!("Belongs to: {}\n", one_line(card.hangs_on)));
        }
        text.push_str(&format!("Question: {}\n", one_line(&question.text)));
        let mut label = String::new();
        for (named, told) in tell::fields(self.desk.catalog, &card, self.desk.wording, self.more) {
            if !named.is_empty() {
                label = named;
            }
            text.push_str(&format!("{label}: {told}\n"));
        }
        let text = text.trim_end().to_owned();
        self.say(&text)
    }

    /// Without colour, and without anything that steers a terminal.
    fn say(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.to, "{}", harmless(&tell::styled(text, false)))?;
        Ok(())
    }
}

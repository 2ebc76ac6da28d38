//! Triage by single keys on a screen.

use std::io::Write as _;

use anstyle::Style;
use console::{Key, measure_text_width};

use crate::catalog::Area;
use crate::cli::error::CliError;
use crate::cli::prompter::Prompter;
use crate::cli::show::{field, paragraph};
use crate::cli::ui::{BOLD, DIM, count};
use crate::domain::{AreaId, NamedParty, Party};
use crate::safe_text::one_line;
use crate::triage::{Act, Action, Card, Entry, Event, Session};

use super::Left;
use super::desk::{Desk, named};
use super::screen::{Page, Screen};
use super::tell::{self, in_style};

/// The keys at the foot; no-break spaces keep a key and what it does on one line.
const KEYS: &str = "Enter\u{a0}accept · 1–5\u{a0}take · /\u{a0}find · p\u{a0}c\u{a0}s\u{a0}party · e\u{a0}note · \
                    n\u{a0}not\u{a0}applicable · x\u{a0}split · k\u{a0}skip · u\u{a0}undo · q\u{a0}save\u{a0}and\u{a0}quit · \
                    ?\u{a0}help";

const END_KEYS: &str = "Enter\u{a0}write\u{a0}the\u{a0}export · u\u{a0}undo · b\u{a0}back · g\u{a0}go\u{a0}to · \
                        ?\u{a0}help";

const HELP: [(&str, &str); 17] = [
    ("Enter, a", "accept what is proposed"),
    ("1 – 5", "take what the card offers under that number; 1 is what it proposes"),
    ("/", "find another area by typing parts of its name"),
    ("x", "split: several areas, one after the other"),
    ("p  c  s", "the provider's, the customer's, or shared, whatever the document says; asks why"),
    ("n", "the question does not apply"),
    ("k", "skip it; the row stays open and is asked another day"),
    ("e", "a note on the row"),
    ("u", "undo the last decision, and the one before it, from other days too"),
    ("b, f", "back and forward; the arrow keys too"),
    ("g", "go to a row, by its id or its place"),
    ("=", "decide all rows that ask nearly the same alike"),
    ("A", "accept every open row that is at least so sure; tells first how many these are"),
    ("w", "more or less of why"),
    ("space, ↑ ↓", "scroll a long card"),
    ("q", "save and quit: writes the export, open rows as proposed"),
    ("Ctrl-C", "leave at once; decisions are kept and nothing is written"),
];

/// How sure rows are that `A` accepts unless another number is typed, in percent.
const SURE: &str = "90";

/// What the key loop does next.
enum Next {
    /// Draws anew.
    Draw,
    /// Waits for another key: this one means nothing here.
    Wait,
    Leave(Left),
}

/// What stays to be seen above a prompt.
#[derive(Clone, Copy)]
enum Room<'r> {
    /// The question, above a list.
    List,
    /// The question.
    Question,
    /// The question, and what the card says of it.
    Answer,
    /// Rows, by their indices.
    Rows(&'r [usize]),
}

impl Room<'_> {
    /// The rows that the prompt needs.
    fn below(self) -> usize {
        if let Room::List = self { 14 } else { 3 }
    }
}

struct Keys<'d, 'a> {
    desk: &'d mut Desk<'a>,
    screen: Screen,
    /// What a person must know before the first card; gone once it was read.
    notices: Vec<String>,
    /// What came of the last key.
    told: String,
    /// Whether more of why is shown, and the keys; both stay from card to card.
    more: bool,
    helps: bool,
    /// The first line of the body that is shown, and the last that can be.
    top: usize,
    last: usize,
}

/// Walks the cards until every row is settled or the person leaves; where questions are typed, until none is left.
pub(crate) fn by_keys(
    desk: &mut Desk<'_>,
    prompter: &mut dyn Prompter,
    is_coloured: bool,
    notices: &[String],
) -> Result<Left, CliError> {
    let screen = Screen::enter(is_coloured)?;
    let notices = notices.to_vec();
    let mut keys =
        Keys { desk, screen, notices, told: String::new(), more: false, helps: false, top: 0, last: 0 };
    loop {
        if keys.desk.session.is_typed() && keys.desk.session.card().is_none() {
            return Ok(Left::Through);
        }
        keys.draw()?;
        let left = loop {
            if !prompter.awaits_key(keys.screen.size()) {
                break None;
            }
            let Some(key) = prompter.key()? else { break Some(Left::BrokenOff) };
            let has_more = keys.takes_pasted(&prompter.pasted())?;
            match keys.take(&key, prompter)? {
                Next::Draw => break None,
                Next::Wait if has_more => break None,
                Next::Wait => {}
                Next::Leave(left) => break Some(left),
            }
        };
        if let Some(left) = left {
            return Ok(left);
        }
    }
}

impl Keys<'_, '_> {
    fn take(&mut self, key: &Key, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        if !self.notices.is_empty() && matches!(key, Key::Enter) {
            self.notices.clear();
            self.top = 0;
            return Ok(Next::Draw);
        }
        let is_at_card = self.desk.session.card().is_some();
        match key {
            Key::Char(' ') | Key::PageDown => {
                return Ok(self.scroll(|top, page, last| match top {
                    top if top >= last => 0,
                    top => top + page,
                }));
            }
            Key::PageUp => return Ok(self.scroll(|top, page, _| top.saturating_sub(page))),
            Key::ArrowDown => return Ok(self.scroll(|top, _, _| top + 1)),
            Key::ArrowUp => return Ok(self.scroll(|top, _, _| top.saturating_sub(1))),
            // Whoever has not read them cannot decide on them.
            _ if !self.notices.is_empty() => return Ok(Next::Wait),
            // Whoever reads the keys does not see the card, and decides nothing on it.
            _ if self.helps => {
                (self.helps, self.top) = (false, 0);
                return Ok(Next::Draw);
            }
            Key::Char('?') => {
                (self.helps, self.top) = (true, 0);
                return Ok(Next::Draw);
            }
            Key::Char('q') => return Ok(Next::Leave(Left::Finished)),
            Key::Enter if !is_at_card => return Ok(Next::Leave(Left::Finished)),
            Key::Char('u') => return self.act(Action::Undo),
            Key::Char('b') | Key::ArrowLeft => return self.act(Action::Back),
            Key::Char('f') | Key::ArrowRight => return self.act(Action::Forward),
            Key::Char('g') => return self.go_to(prompter),
            Key::Char('A') => return self.accept_above(prompter),
            _ if !is_at_card => return Ok(Next::Wait),
            _ => {}
        }
        match key {
            Key::Enter | Key::Char('a') => self.act(Action::Accept),
            Key::Char(digit @ '1'..='5') => {
                let number = digit.to_digit(10).unwrap_or_default() as usize;
                let is_there = self.desk.session.card().is_some_and(|card| number <= card.offers.len());
                if is_there { self.act(Action::Take(number)) } else { Ok(Next::Wait) }
            }
            Key::Char('/') => self.find(prompter),
            Key::Char('x') => self.split(prompter),
            Key::Char('p') => self.name(Party::Provider, prompter),
            Key::Char('c') => self.name(Party::Customer, prompter),
            Key::Char('s') => self.name(Party::Shared, prompter),
            Key::Char('e') => self.note(prompter),
            Key::Char('n') => self.act(Action::NotApplicable),
            Key::Char('k') => self.act(Action::Skip),
            Key::Char('=') => self.decide_alike(prompter),
            Key::Char('w') => {
                self.more = !self.more;
                Ok(Next::Draw)
            }
            _ => Ok(Next::Wait),
        }
    }

    /// What was pasted is no decision. Where questions are typed, its lines are questions.
    fn takes_pasted(&mut self, lines: &[String]) -> Result<bool, CliError> {
        // A key that is held down is no question.
        let is_held = |line: &&String| line.chars().all(|letter| line.starts_with(letter));
        let lines: Vec<String> = lines.iter().filter(|line| !is_held(line)).cloned().collect();
        if lines.is_empty() || !self.desk.session.is_typed() {
            return Ok(false);
        }
        self.desk.ask(&lines)?;
        self.told = format!("{DIM}{} pasted{DIM:#}", count(lines.len() as u64, "more question"));
        Ok(true)
    }

    fn act(&mut self, action: Action) -> Result<Next, CliError> {
        self.top = 0;
        self.helps = false;
        self.told = match self.desk.act(action)? {
            Ok(Event::Moved) => String::new(),
            Ok(Event::Recorded(entry)) => in_short(&self.desk.session, &entry),
            Err(refusal) => format!("{DIM}{refusal}{DIM:#}"),
        };
        Ok(Next::Draw)
    }

    fn scroll(&mut self, to: impl Fn(usize, usize, usize) -> usize) -> Next {
        let page = usize::from(self.screen.size().0) / 2;
        let top = to(self.top, page, self.last).min(self.last);
        let moved = top != self.top;
        self.top = top;
        if moved { Next::Draw } else { Next::Wait }
    }

    fn find(&mut self, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        let mut names = self.desk.area_names();
        names.push("No responsibility area (none)".into());
        self.make_room(Room::List)?;
        let Some(found) = prompter.find("Area", &names, false)? else { return Ok(Next::Draw) };
        let area = self.desk.catalog.areas().get(found).map(|area| area.id.clone());
        self.act(Action::Choose(area.into_iter().collect()))
    }

    /// One area after the other, until that is all. What the card offers stands first.
    fn split(&mut self, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        let Some(card) = self.desk.session.card() else { return Ok(Next::Wait) };
        let mut chosen: Vec<AreaId> =
            card.stands.resolutions.iter().map(|resolution| resolution.area.id.clone()).collect();
        let offered: Vec<AreaId> = card.offers.into_iter().flat_map(|offer| offer.areas).collect();
        let mut areas: Vec<&Area> = self.desk.catalog.areas().iter().collect();
        areas.sort_by_key(|area| offered.iter().position(|id| *id == area.id).unwrap_or(offered.len()));
        loop {
            let all: Vec<&str> = chosen.iter().map(AreaId::as_str).collect();
            let done = if all.is_empty() { "no area".to_owned() } else { all.join(" + ") };
            let sign = |area: &Area| if chosen.contains(&area.id) { "−" } else { "+" };
            let mut names = vec![format!("Done: {done}")];
            names.extend(areas.iter().map(|area| format!("{} {}", sign(area), named(area))));
            self.make_room(Room::List)?;
            let title = "Areas: type to find, Enter adds or takes away; Enter on Done ends";
            let Some(found) = prompter.find(title, &names, true)? else { return Ok(Next::Draw) };
            let Some(area) = found.checked_sub(1).and_then(|index| areas.get(index)) else {
                return self.act(Action::Choose(chosen));
            };
            match chosen.iter().position(|known| *known == area.id) {
                Some(index) => drop(chosen.remove(index)),
                None => chosen.push(area.id.clone()),
            }
        }
    }

    fn name(&mut self, party: Party, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        self.make_room(Room::Answer)?;
        let Some(reason) = prompter.line(&format!("Why {party}, whatever the document says"), None)? else {
            return Ok(Next::Draw);
        };
        self.act(Action::Name(NamedParty { party, reason: one_line(&reason) }))
    }

    fn note(&mut self, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        let note = self.desk.session.card().and_then(|card| card.said.map(|mark| mark.note.clone()));
        let note = note.filter(|note| !note.is_empty());
        self.make_room(Room::Question)?;
        let title = if note.is_some() { "Note (- takes it away)" } else { "Note" };
        let Some(typed) = prompter.line(title, note.as_deref())? else { return Ok(Next::Draw) };
        let typed = one_line(&typed);
        self.act(Action::Note(if typed == "-" { String::new() } else { typed }))
    }

    fn go_to(&mut self, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        self.make_room(Room::Question)?;
        let Some(typed) = prompter.line("Go to (id or place)", None)? else { return Ok(Next::Draw) };
        // Where nothing is found, the session says so.
        let row = self.desk.session.find(&typed).unwrap_or(usize::MAX);
        if typed.trim().is_empty() { Ok(Next::Draw) } else { self.act(Action::GoTo(row)) }
    }

    fn accept_above(&mut self, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        self.make_room(Room::Question)?;
        let Some(typed) =
            prompter.line("Accept every open row at least this sure, in percent", Some(SURE))?
        else {
            return Ok(Next::Draw);
        };
        let Some(sure) = share(&typed) else {
            self.told = format!("{DIM}no share: {}{DIM:#}", one_line(&typed));
            return Ok(Next::Draw);
        };
        let action = Action::AcceptAbove(sure);
        let number = self.desk.session.would_change(action.clone());
        if number == 0 {
            return self.act(action);
        }
        let left = self.desk.session.summary().left;
        self.make_room(Room::Rows(&self.desk.session.changed_by(action.clone())))?;
        match prompter.confirm(&format!("Accept {number} of the {left} rows left?"))? {
            Some(true) => self.act(action),
            _ => Ok(Next::Draw),
        }
    }

    fn decide_alike(&mut self, prompter: &mut dyn Prompter) -> Result<Next, CliError> {
        let number = self.desk.session.would_change(Action::SameForAlike);
        if number == 0 {
            return self.act(Action::SameForAlike);
        }
        self.make_room(Room::Question)?;
        let Some(card) = self.desk.session.card() else { return Ok(Next::Wait) };
        let decided = card.alike.iter().filter_map(|other| other.said).chain(card.said);
        let latest = decided.filter(|mark| mark.is_settled()).count();
        let as_what = if latest > 0 { "as one of them is decided" } else { "as is proposed here" };
        let rows = if number == 1 { "1 row".to_owned() } else { format!("{number} rows") };
        match prompter.confirm(&format!("Decide {rows} {as_what}?"))? {
            Some(true) => self.act(Action::SameForAlike),
            _ => Ok(Next::Draw),
        }
    }

    /// What is needed to answer a prompt, at the top, with room for the prompt below it.
    fn make_room(&self, room: Room<'_>) -> Result<(), CliError> {
        let width = self.screen.width();
        let Some(card) = self.desk.session.card() else { return self.screen.make_room(&[], 0) };
        let mut lines = vec![cut(&self.head(&card), width)];
        match room {
            Room::Rows(rows) => {
                let rows = rows.iter().filter_map(|row| self.desk.session.stands(*row));
                lines.extend(rows.map(|row| cut(&tell::row_in_short(&row), width)));
            }
            room => {
                lines.extend(question(&card, width)?);
                if let Room::Answer = room {
                    let fields = tell::fields(self.desk.catalog, &card, self.desk.wording, false);
                    lines.extend(laid_out(&fields, width)?);
                }
            }
        }
        self.screen.make_room(&lines, room.below())
    }

    fn head(&self, card: &Card<'_, '_>) -> String {
        tell::head(card, self.desk.session.is_typed())
    }

    fn draw(&mut self) -> Result<(), CliError> {
        self.desk.explain();
        let width = self.screen.width();
        let mut page = Page::default();
        match self.desk.session.card() {
            Some(card) => {
                page.head.push(cut(&self.head(&card), width));
                page.body = question(&card, width)?;
                page.body.push(String::new());
                let fields = tell::fields(self.desk.catalog, &card, self.desk.wording, self.more);
                page.body.extend(laid_out(&fields, width)?);
                let keys = if self.desk.session.is_approving() {
                    KEYS.replacen("accept", "approve", 1)
                } else {
                    KEYS.to_owned()
                };
                page.foot = wrapped(DIM, &keys, width)?;
            }
            None => {
                let summary = self.desk.session.summary();
                page.head.push(format!("{BOLD}Every row has been looked at.{BOLD:#}"));
                for line in tell::summary(&summary).iter().chain(&tell::bar(&summary, width)) {
                    page.body.extend(wrapped(Style::new(), line, width)?);
                }
                page.foot = wrapped(DIM, END_KEYS, width)?;
            }
        }
        if !self.notices.is_empty() {
            page = Page { head: vec![in_style(BOLD, "Before you go on")], ..Page::default() };
            for notice in &self.notices {
                page.body.extend(wrapped(Style::new(), notice, width)?);
            }
            page.foot = wrapped(DIM, "Enter\u{a0}go\u{a0}on · Ctrl-C\u{a0}leave", width)?;
        } else if self.helps {
            let help = HELP.map(|(key, what)| (key.to_owned(), what.to_owned()));
            page.body = laid_out(&help, width)?;
            page.foot = wrapped(DIM, "any\u{a0}key\u{a0}back\u{a0}to\u{a0}the\u{a0}card", width)?;
        }
        page.foot.insert(0, cut(&self.told, width));
        self.last = self.screen.draw(&page, self.top)?;
        self.top = self.top.min(self.last);
        Ok(())
    }
}

/// `90`, `90 %` or `0.9` as a share.
pub(super) fn share(typed: &str) -> Option<f64> {
    let number = typed.trim().trim_end_matches('%').trim();
    let number: f64 = number.parse().ok().filter(|number: &f64| (0.0..=100.0).contains(number))?;
    // Nobody means one percent.
    Some(if number > 1.0 || typed.contains('%') { number / 100.0 } else { number })
}

/// What was just recorded.
pub(super) fn in_short(session: &Session<'_>, entry: &Entry) -> String {
    match &entry.act {
        Act::Undo(_) => "taken back".into(),
        Act::Ask(_) => "asked".into(),
        Act::Set(sets) => match sets.as_slice() {
            [only] => {
                let note = if only.mark.status.is_none() { "" } else { "✓ " };
                let below = below(session, only.key.row);
                format!("{note}{} {}{below}", one_line(&only.key.id), tell::in_short(&only.mark))
            }
            many => format!("✓ {} rows decided", many.len()),
        },
    }
}

/// Follow-ups that were decided before and stay as they are: a person may want to look at them again.
fn below(session: &Session<'_>, row: usize) -> String {
    let rows = session.decided_otherwise_below(row);
    let ids = rows.iter().filter_map(|row| session.proposed(*row)).map(|row| one_line(&row.question.id));
    match ids.collect::<Vec<_>>().join(", ") {
        ids if ids.is_empty() => ids,
        ids => format!("; decided otherwise below it: {ids}"),
    }
}

/// The question, and the one that it hangs on.
fn question(card: &Card<'_, '_>, width: usize) -> Result<Vec<String>, CliError> {
    let question = &card.proposed.question;
    let mut lines = Vec::new();
    if !card.hangs_on.is_empty() {
        lines.extend(wrapped(DIM, &one_line(card.hangs_on), width)?);
    }
    lines.extend(wrapped(BOLD, &one_line(&question.text), width)?);
    Ok(lines)
}

/// Narrower than this, labels stand before their text and not beside it.
const NARROW: usize = 60;

fn laid_out(fields: &[tell::Field], width: usize) -> Result<Vec<String>, CliError> {
    let mut bytes = Vec::new();
    for (label, text) in fields {
        if width >= NARROW {
            field(&mut bytes, label, text, width)?;
            continue;
        }
        let (text, first) = match label.as_str() {
            "" => (text.clone(), "  "),
            label => (format!("{DIM}{label}:{DIM:#} {text}"), ""),
        };
        let options = textwrap::Options::new(width).initial_indent(first).subsequent_indent("  ");
        let options = options.break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(&text, options) {
            writeln!(bytes, "{line}")?;
        }
    }
    Ok(lines_of(&bytes, width))
}

/// Wrapped text, every line in a style.
fn wrapped(style: Style, text: &str, width: usize) -> Result<Vec<String>, CliError> {
    let mut bytes = Vec::new();
    paragraph(&mut bytes, text, 0, width)?;
    Ok(lines_of(&bytes, width).iter().map(|line| in_style(style, line)).collect())
}

/// Lines for a page: none wider than the terminal, which would wrap it.
fn lines_of(bytes: &[u8], width: usize) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = Vec::new();
    for line in text.lines() {
        // A link that is longer goes on in the next row.
        let mut rest = line.to_owned();
        while measure_text_width(&rest) > width {
            let first = console::truncate_str(&rest, width, "").into_owned();
            let taken = console::strip_ansi_codes(&first).chars().count();
            let beyond = console::strip_ansi_codes(&rest).chars().skip(taken).collect();
            lines.push(first);
            rest = beyond;
        }
        lines.push(rest);
    }
    lines
}

fn cut(line: &str, width: usize) -> String {
    console::truncate_str(line, width, "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::{HELP, lines_of, share};

    #[test]
    fn shares_are_typed_as_people_write_them() {
        for (typed, expected) in [
            ("90", Some(0.9)),
            ("90 %", Some(0.9)),
            ("0.9", Some(0.9)),
            ("1", Some(1.0)),
            ("1%", Some(0.01)),
            ("100", Some(1.0)),
        ] {
            assert_eq!(share(typed), expected, "{typed}");
        }
        for typed in ["", "x", "-1", "101", "NaN", "inf"] {
            assert_eq!(share(typed), None, "{typed}");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_letter_is_lost() {
        let link = "https://example.com/a-long-way/to-the-document/that-nobody-can-wrap";
        let lines = lines_of(format!("  {link}\nshort").as_bytes(), 20);
        assert!(lines.iter().all(|line| line.chars().count() <= 20), "{lines:?}");
        assert_eq!(lines.concat(), format!("  {link}short"));
        assert!(HELP.iter().all(|(key, what)| !key.is_empty() && !what.is_empty()));
    }
}

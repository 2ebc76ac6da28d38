//! A card in words: what is asked, what is proposed and why, what was said.

use anstyle::Style;

use crate::assignment::Assignment;
use crate::catalog::{Catalog, actors, duties, locators};
use crate::cli::card::{self, area_name, percent, terms};
use crate::cli::ui::{BOLD, DIM, count, party_style};
use crate::domain::{AreaId, Party, Status};
use crate::export::Wording;
use crate::matching::{Candidate, WORTH_SHOWING};
use crate::safe_text::one_line;
use crate::triage::{Card, Mark, Summary};

/// Words that spoke for an area; when more is asked for, and when not.
const TERMS: (usize, usize) = (6, 4);
const RUNNER_UP_TERMS: usize = 3;

/// Rows that ask the same and are named.
const NAMED: usize = 4;

/// The share of what stands around a question that is told unasked: its own words then say little.
const MOSTLY: f64 = 0.3;

/// A label, and what it says; without a label it goes on.
pub(super) type Field = (String, String);

/// `[4/37] 12.3 · Access control`; a question that was typed has no id but its number.
pub(super) fn head(card: &Card<'_, '_>, is_typed: bool) -> String {
    let question = &card.proposed.question;
    let [id, section] = [&question.id, &question.section].map(|text| one_line(text));
    let section = if section.is_empty() { section } else { format!(" · {section}") };
    let left = match card.left {
        left if left + 1 >= card.total => String::new(),
        left => format!(" · {left} left"),
    };
    let id = if is_typed { String::new() } else { format!(" {id}") };
    format!("{BOLD}[{}/{}]{BOLD:#}{id}{DIM}{section}{left}{DIM:#}", card.position, card.total)
}

/// Everything below the question.
pub(super) fn fields(catalog: &Catalog, card: &Card<'_, '_>, wording: Wording, more: bool) -> Vec<Field> {
    let mut told = Vec::new();
    let mut tell = |label: &str, text: String| told.push((label.to_owned(), text));
    if let Some(before) = card.asked_before {
        tell("Changed", format!("decided when it read: \"{}\"", one_line(before)));
    }
    if let Some(mark) = card.said {
        tell("Said", said(mark, card.proposed));
    }
    let stands = &card.stands;
    tell("Whose job", verdict(card, wording));
    for (index, resolution) in stands.resolutions.iter().enumerate() {
        let sure = if index == 0 { how_sure(card) } else { String::new() };
        tell("Area", format!("{} ({}){sure}", resolution.area.title, resolution.area.id));
    }
    if let Some(on) = card.follows {
        let said = on.said.map(in_short).unwrap_or_default();
        tell("Follows", format!("{}, which it hangs on ({said})", one_line(on.id)));
    }
    parts(stands, &mut tell);
    let notes = [stands.history(), stands.remark()];
    let notes: Vec<String> = notes.into_iter().filter(|note| !note.is_empty()).collect();
    if !notes.is_empty() {
        tell("Note", one_line(&notes.join(" ")));
    }
    why(card, more, &mut tell);
    let mut label = "Or";
    for (index, offer) in card.offers.iter().enumerate() {
        let stands = stands.resolutions.iter().map(|resolution| &resolution.area.id);
        if stands.eq(&offer.areas) {
            continue;
        }
        let number = index + 1;
        let is_meant = |candidate: &&Candidate| candidate.area.as_ref() == offer.areas.first();
        let candidate = card.proposed.candidates.iter().find(is_meant);
        let terms =
            candidate.map_or(String::new(), |candidate| terms(&candidate.evidence.terms, RUNNER_UP_TERMS));
        let terms = if terms.is_empty() || !more { String::new() } else { format!(" {DIM}{terms}{DIM:#}") };
        let sure = offer.confidence.map_or(String::new(), |sure| format!(" {DIM}{}{DIM:#}", percent(sure)));
        tell(label, format!("{BOLD}{number}{BOLD:#} {}{sure}{terms}", offered(catalog, &offer.areas)));
        label = "";
    }
    if !card.alike.is_empty() {
        tell("Alike", alike(card));
    }
    told
}

fn verdict(card: &Card<'_, '_>, wording: Wording) -> String {
    let stands = &card.stands;
    let Some(party) = stands.party() else { return format!("nobody's in particular{}", how_sure(card)) };
    let style = party_style(party);
    let names = wording.responsible(stands);
    let names = if names.is_empty() { names } else { format!(": {names}") };
    format!("{style}{BOLD}{party}{BOLD:#}{style}{names}{style:#}")
}

/// How sure the area is; a person's word has no probability, and neither has what another row was decided as.
fn how_sure(card: &Card<'_, '_>) -> String {
    match card.said.and_then(|mark| mark.status) {
        Some(status) => format!("  {DIM}{status}{DIM:#}"),
        None if card.follows.is_some() => format!("  {DIM}{}{DIM:#}", card.stands.status),
        None => format!("  {}", card::how_sure(&card.stands)),
    }
}

/// Areas that can be taken with a number.
fn offered(catalog: &Catalog, areas: &[AreaId]) -> String {
    match areas {
        [] => area_name(catalog, None),
        areas => areas.iter().map(|area| area_name(catalog, Some(area))).collect::<Vec<_>>().join(" + "),
    }
}

/// What each side does, and where the provider says so.
fn parts(stands: &Assignment<'_>, tell: &mut impl FnMut(&str, String)) {
    let accountable = stands.accountable();
    let statements = stands.statements();
    for actor in actors(&statements) {
        let aside = if accountable.contains(actor) { "" } else { " (supporting)" };
        for (index, duty) in duties(&statements, actor).iter().enumerate() {
            let label = if index == 0 { stands.provider.name_of(actor) } else { "" };
            tell(label, format!("{duty}{aside}"));
        }
    }
    let locators = locators(&statements);
    if !locators.is_empty() {
        tell("Source", format!("{}: {}", stands.provider.citation(), locators.join("; ")));
        tell("", stands.provider.document.url.clone());
    }
}

fn why(card: &Card<'_, '_>, more: bool, tell: &mut impl FnMut(&str, String)) {
    let proposed = card.proposed;
    // Where it still stands, the note has said so.
    let precedent = proposed.grounds.precedent.as_ref().filter(|_| card.stands.earlier.is_none());
    if let Some(precedent) = precedent {
        let from = if precedent.origin.is_empty() { "" } else { ", " };
        tell(
            "Settled before",
            format!("\"{}\"{from}{}", one_line(&precedent.wording), one_line(&precedent.origin)),
        );
    }
    if let Some(control) = &proposed.grounds.control {
        let areas: Vec<&str> = control.areas.iter().map(AreaId::as_str).collect();
        tell(
            "Control",
            format!("{} of {} is about {}", one_line(&control.id), control.standard, areas.join(", ")),
        );
    }
    let chosen = proposed.candidates.iter().find(|candidate| candidate.area.as_ref() == proposed.area());
    let Some(Candidate { evidence, .. }) = chosen else { return };
    if !evidence.terms.is_empty() {
        tell("Why", terms(&evidence.terms, if more { TERMS.0 } else { TERMS.1 }));
    }
    if evidence.from_context >= if more { WORTH_SHOWING } else { MOSTLY } {
        tell(
            "Context",
            format!("{} from the heading and the questions around it", percent(evidence.from_context)),
        );
    }
    if let Some(nearest) = evidence.nearest.as_ref().filter(|_| more) {
        tell(
            "Nearest",
            format!("\"{}\" ({} alike)", one_line(&nearest.phrasing), percent(nearest.similarity)),
        );
    }
}

/// `corrected by Ada on 2026-11-21, in place of encryption-at-rest`.
fn said(mark: &Mark, proposed: &Assignment<'_>) -> String {
    let mut text = mark.status.map_or("a note".to_owned(), |status| status.to_string());
    if !mark.stamp.by.is_empty() {
        text.push_str(&format!(" by {}", one_line(&mark.stamp.by)));
    }
    if let Some(day) = mark.stamp.at.get(..10) {
        text.push_str(&format!(" on {}", one_line(day)));
    }
    if let Some(approved) = &mark.approved {
        text.push_str(&format!(", approved by {}", one_line(&approved.by)));
    }
    let proposed_areas = proposed.resolutions.iter().map(|resolution| &resolution.area.id);
    if mark.status == Some(Status::Corrected) && !proposed_areas.eq(&mark.areas) {
        let areas: Vec<String> =
            proposed.resolutions.iter().map(|resolution| resolution.area.id.to_string()).collect();
        let areas = if areas.is_empty() { "no area".to_owned() } else { areas.join(" + ") };
        text.push_str(&format!("; {areas} was proposed"));
    }
    text
}

/// In short, what was said: `backup-recovery`, `customer`, `not-applicable`.
pub(crate) fn in_short(mark: &Mark) -> String {
    let areas: Vec<&str> = mark.areas.iter().map(AreaId::as_str).collect();
    let status =
        if mark.approved.is_some() { "approved" } else { mark.status.map_or("noted", Status::as_str) };
    match (mark.status, &mark.named) {
        (Some(Status::Confirmed | Status::Corrected), named) => {
            let areas = if areas.is_empty() { "no area".to_owned() } else { areas.join(" + ") };
            let named = named.as_ref().map(|named| format!(" · {}", named.party)).unwrap_or_default();
            format!("{status}: {areas}{named}")
        }
        _ => status.to_owned(),
    }
}

/// A row of a list: `A2 95 % backup-recovery: Are backups tested?`.
pub(super) fn row_in_short(proposed: &Assignment<'_>) -> String {
    let areas: Vec<&str> =
        proposed.resolutions.iter().map(|resolution| resolution.area.id.as_str()).collect();
    let [id, text] = [&proposed.question.id, &proposed.question.text].map(|text| one_line(text));
    format!("{DIM}{id} {}{DIM:#} {}: {text}", percent(proposed.confidence), areas.join(" + "))
}

fn alike(card: &Card<'_, '_>) -> String {
    let rows: Vec<String> = card
        .alike
        .iter()
        .take(NAMED)
        .map(|other| {
            let said = other.said.map(|mark| format!(" ({})", in_short(mark))).unwrap_or_default();
            format!("{}{said}", one_line(other.id))
        })
        .collect();
    let more = match card.alike.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let rows_that = if card.alike.len() == 1 { "another row asks" } else { "other rows ask" };
    format!("{rows_that} nearly the same: {}{more}; = decides them alike", rows.join(", "))
}

/// How far it has come, a line each.
pub(crate) fn summary(summary: &Summary) -> Vec<String> {
    let Summary { confirmed, corrected, not_applicable, skipped, left, .. } = *summary;
    let settled = summary.settled();
    let kinds = [(confirmed, "as proposed"), (corrected, "changed"), (not_applicable, "not applicable")];
    let kinds = kinds.iter().filter(|(number, _)| *number > 0);
    let kinds = kinds.map(|(number, kind)| format!("{number} {kind}")).collect::<Vec<_>>().join(", ");
    let kinds = if kinds.is_empty() { kinds } else { format!(" ({kinds})") };
    let rows = count(settled as u64, "row");
    let approved = match summary.approved {
        0 => String::new(),
        approved => format!(" · {approved} approved, {} not", summary.unapproved),
    };
    vec![format!("{rows} settled{kinds}{approved} · {skipped} skipped · {left} left to look at")]
}

/// The parties in one bar, and what its parts stand for.
pub(crate) fn bar(summary: &Summary, width: usize) -> [String; 2] {
    let order = Party::ALL.map(Some).into_iter().chain([None]);
    let parties: Vec<(Option<Party>, usize)> = order
        .filter_map(|party| Some((party, *summary.parties.get(&party)?)))
        .filter(|(_, number)| *number > 0)
        .collect();
    let all: usize = parties.iter().map(|(_, number)| number).sum();
    let (mut drawn, mut names) = (String::new(), Vec::new());
    let (mut passed, mut column) = (0, 0);
    for (party, number) in parties {
        passed += number;
        // Parts end where their share of all ends, so that they add up; even a small one is seen.
        let end = (passed * width / all.max(1)).max(column + 1);
        let (style, letter, word) = match party {
            Some(party) => (party_style(party), letter(party), party.as_str()),
            None => (DIM, '·', "none"),
        };
        let part: String = std::iter::repeat_n(letter, end - column).collect();
        drawn.push_str(&format!("{style}{part}{style:#}"));
        names.push(format!("{style}{letter}{style:#} {word} {number}"));
        column = end;
    }
    [drawn, names.join("  ")]
}

/// Told apart without colour, too.
fn letter(party: Party) -> char {
    match party {
        Party::Provider => '█',
        Party::Customer => '▓',
        Party::Shared => '▒',
        Party::ThirdParty => '░',
        Party::Unaddressed => '-',
    }
}

/// Text without the escapes that colour it, where these are not wanted.
pub(super) fn styled(text: &str, is_coloured: bool) -> String {
    if is_coloured { text.to_owned() } else { anstream::adapter::strip_str(text).to_string() }
}

/// A style around a text.
pub(super) fn in_style(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

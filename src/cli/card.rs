//! One question explained: whose job, what each side does, where it says so, why this area, what came second.

use std::io::{self, Write};

use crate::assignment::Assignment;
use crate::catalog::{self, Catalog, actors, locators};
use crate::decisions::Earlier;
use crate::domain::AreaId;
use crate::export::Wording;
use crate::matching::{Candidate, Term, WORTH_SHOWING};
use crate::safe_text::one_line;

use super::show::{field, paragraph};
use super::ui::{BOLD, DIM, party_style};

/// Terms shown for the winner, and for each runner-up.
const TERMS: usize = 6;
const RUNNER_UP_TERMS: usize = 3;

/// Draws the card.
pub(crate) fn draw(
    out: &mut impl Write,
    catalog: &Catalog,
    assignment: &Assignment<'_>,
    wording: Wording,
    width: usize,
) -> io::Result<()> {
    paragraph(out, &format!("{BOLD}{}{BOLD:#}", one_line(&assignment.question.text)), 0, width)?;
    writeln!(out)?;
    verdict(out, assignment, wording, width)?;
    for (index, resolution) in assignment.resolutions.iter().enumerate() {
        let sure = if index == 0 { format!("  {}", how_sure(assignment)) } else { String::new() };
        let area = format!("{} ({}){sure}", resolution.area.title, resolution.area.id);
        field(out, "Area", &area, width)?;
    }
    duties(out, assignment, width)?;
    sources(out, assignment, width)?;
    let note = note(assignment);
    if !note.is_empty() {
        field(out, "Note", &note, width)?;
    }
    writeln!(out)?;
    why(out, assignment, width)?;
    runners_up(out, catalog, assignment, width)
}

fn verdict(
    out: &mut impl Write,
    assignment: &Assignment<'_>,
    wording: Wording,
    width: usize,
) -> io::Result<()> {
    let Some(party) = assignment.party() else {
        let sure = how_sure(assignment);
        return field(out, "Whose job", &format!("nobody's in particular  {sure}"), width);
    };
    let style = party_style(party);
    let names = wording.responsible(assignment);
    let names = if names.is_empty() { String::new() } else { format!(": {names}") };
    field(out, "Whose job", &format!("{style}{BOLD}{party}{BOLD:#}{style}{names}{style:#}"), width)
}

/// How sure the area is, and what that makes of the row; it says nothing about the party.
pub(crate) fn how_sure(assignment: &Assignment<'_>) -> String {
    format!("{DIM}{} · {}{DIM:#}", percent(assignment.confidence), assignment.status)
}

fn duties(out: &mut impl Write, assignment: &Assignment<'_>, width: usize) -> io::Result<()> {
    let accountable = assignment.accountable();
    let statements = assignment.statements();
    for actor in actors(&statements) {
        let aside = if accountable.contains(actor) { "" } else { " (supporting)" };
        for (index, duty) in catalog::duties(&statements, actor).iter().enumerate() {
            let label = if index == 0 { assignment.provider.name_of(actor) } else { "" };
            field(out, label, &format!("{duty}{aside}"), width)?;
        }
    }
    Ok(())
}

fn sources(out: &mut impl Write, assignment: &Assignment<'_>, width: usize) -> io::Result<()> {
    let locators = locators(&assignment.statements());
    if locators.is_empty() {
        return Ok(());
    }
    field(out, "Source", &assignment.provider.citation(), width)?;
    for locator in &locators {
        field(out, "", locator, width)?;
    }
    field(out, "", &assignment.provider.document.url, width)
}

/// What the document's silence means, and decisions that differ; the one that was taken is told below, with its wording.
fn note(assignment: &Assignment<'_>) -> String {
    let differ = matches!(assignment.earlier, Some(Earlier::Disputed(_)));
    let history = if differ { assignment.history() } else { String::new() };
    let notes = [history, assignment.remark()];
    notes.into_iter().filter(|note| !note.is_empty()).collect::<Vec<_>>().join(" ")
}

fn why(out: &mut impl Write, assignment: &Assignment<'_>, width: usize) -> io::Result<()> {
    if let Some(precedent) = &assignment.grounds.precedent {
        let from = if precedent.origin.is_empty() { "" } else { ", " };
        let text = format!("\"{}\"{from}{}", one_line(&precedent.wording), one_line(&precedent.origin));
        field(out, "Settled before", &text, width)?;
    }
    if let Some(control) = &assignment.grounds.control {
        let areas: Vec<&str> = control.areas.iter().map(AreaId::as_str).collect();
        let text = format!("{} of {} is about {}", one_line(&control.id), control.standard, areas.join(", "));
        field(out, "Control", &text, width)?;
    }
    let chosen = assignment.candidates.iter().find(|candidate| candidate.area.as_ref() == assignment.area());
    let Some(Candidate { evidence, .. }) = chosen else { return Ok(()) };
    if !evidence.terms.is_empty() {
        field(out, "Why", &terms(&evidence.terms, TERMS), width)?;
    }
    if evidence.from_context >= WORTH_SHOWING {
        let share = percent(evidence.from_context);
        field(out, "Context", &format!("{share} from the heading and the questions around it"), width)?;
    }
    if let Some(nearest) = &evidence.nearest {
        let text = format!("\"{}\" ({} alike)", one_line(&nearest.phrasing), percent(nearest.similarity));
        field(out, "Nearest", &text, width)?;
    }
    Ok(())
}

fn runners_up(
    out: &mut impl Write,
    catalog: &Catalog,
    assignment: &Assignment<'_>,
    width: usize,
) -> io::Result<()> {
    let mut label = "Then";
    for (index, candidate) in assignment.candidates.iter().enumerate() {
        if candidate.area.as_ref() == assignment.area() || !candidate.is_worth_showing() {
            continue;
        }
        let terms = terms(&candidate.evidence.terms, RUNNER_UP_TERMS);
        let terms = if terms.is_empty() { String::new() } else { format!(" {DIM}{terms}{DIM:#}") };
        let name = candidate_name(catalog, candidate);
        field(out, label, &format!("{}. {name} {}{terms}", index + 1, percent(candidate.confidence)), width)?;
        label = "";
    }
    Ok(())
}

/// A candidate's title, or what "no area" means.
pub(crate) fn candidate_name(catalog: &Catalog, candidate: &Candidate) -> String {
    area_name(catalog, candidate.area.as_ref())
}

/// An area's title, or what "no area" means.
pub(crate) fn area_name(catalog: &Catalog, area: Option<&AreaId>) -> String {
    match area {
        None => "no responsibility area".into(),
        Some(id) => catalog.area(id.as_str()).map_or_else(|| id.to_string(), |area| area.title.clone()),
    }
}

/// The strongest terms in a line.
pub(crate) fn terms(terms: &[Term], most: usize) -> String {
    let shown = terms.iter().take(most).map(|term| match &term.read_as {
        Some(known) => format!("{} (read as {known})", one_line(&term.text)),
        None => one_line(&term.text),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// `97 %`, cut and not rounded up.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0 + 1e-9).floor())
}

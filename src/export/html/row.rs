//! A question as a row of the table.

use std::io::{self, Write};

use crate::assignment::Assignment;
use crate::catalog::{Actor, duties, locators};
use crate::domain::{Place, Status};

use super::counts::{key, word};
use super::escape::{Escaped, Link, is_web};
use crate::export::record::Record;
use crate::export::vocabulary::Wording;

/// Columns of the table of questions.
pub(super) const COLUMNS: usize = 8;

/// The file without its directories: a report goes to others.
pub(super) fn file_name(file: &str) -> &str {
    file.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(file)
}

/// The heading above the rows of a section, with where they stand.
pub(super) fn heading(to: &mut impl Write, section: &str, place: &Place) -> io::Result<()> {
    let (section, file) = (Escaped(section), Escaped(file_name(&place.file)));
    write!(to, "<tr class=\"sec\"><th colspan=\"{COLUMNS}\" scope=\"rowgroup\"><span>{file}")?;
    if let Some(sheet) = &place.sheet {
        write!(to, " › {}", Escaped(sheet))?;
    }
    writeln!(to, "</span><b>{section}</b></th></tr>")
}

/// Where a question stands in its file or sheet, as people look for it.
fn spot(place: &Place) -> String {
    match place.column {
        Some(column) => format!("{}{}", Place::letters(column), place.line),
        None if place.sheet.is_some() => format!("row {}", place.line),
        None => format!("line {}", place.line),
    }
}

/// One row.
pub(super) fn row(
    to: &mut impl Write,
    number: u64,
    assignment: &Assignment<'_>,
    wording: Wording,
) -> io::Result<()> {
    let record = Record::new(assignment, wording);
    let statements = assignment.statements();
    let (party, status) = (assignment.party(), assignment.status);
    write!(to, "<tr id=\"q{number}\" data-p=\"{}\" data-s=\"{status}\" data-a=\"", key(party))?;
    if assignment.resolutions.is_empty() {
        write!(to, "none")?;
    }
    for (at, resolution) in assignment.resolutions.iter().enumerate() {
        write!(to, "{}{}", if at > 0 { " " } else { "" }, Escaped(resolution.area.id.as_str()))?;
    }
    let spot = spot(&assignment.question.place);
    writeln!(to, "\"><th scope=\"row\">{}<small>{spot}</small></th>", Escaped(&record.id))?;
    writeln!(to, "<td class=\"q\" dir=\"auto\">{}</td>", Escaped(&record.question))?;
    write!(to, "<td>")?;
    for resolution in &assignment.resolutions {
        let area = resolution.area;
        write!(
            to,
            "<div>{}<small><code>{}</code></small></div>",
            Escaped(&area.title),
            Escaped(area.id.as_str())
        )?;
    }
    write!(to, "</td>\n<td><span class=\"party {}\">{}</span>", key(party), word(party))?;
    if !record.responsible.eq_ignore_ascii_case(word(party)) && !record.responsible.is_empty() {
        write!(to, "<small>{}</small>", Escaped(&record.responsible))?;
    }
    writeln!(to, "</td>")?;
    for actor in [Actor::Provider, Actor::Customer] {
        write!(to, "<td>")?;
        several(to, &duties(&statements, &actor))?;
        writeln!(to, "</td>")?;
    }
    write!(to, "<td class=\"src\">")?;
    sources(to, &record.source_url, &locators(&statements))?;
    if !record.note.is_empty() {
        write!(to, "<p>")?;
        linked(to, &record.note, &assignment.provider.document.url)?;
        write!(to, "</p>")?;
    }
    let open = if status.is_settled() { "" } else { " class=\"open\"" };
    write!(to, "</td>\n<td><span{open}>{status}</span>")?;
    // A person's word has no probability.
    if matches!(status, Status::Auto | Status::Review | Status::Unmatched | Status::Skipped) {
        write!(to, "<small>{:.0} %</small>", record.confidence * 100.0)?;
    }
    if !record.reviewer.is_empty() {
        write!(to, "<small>{}</small>", Escaped(&record.reviewer))?;
    }
    writeln!(to, "</td></tr>")
}

/// One text as it is, several as a list.
fn several(to: &mut impl Write, texts: &[&str]) -> io::Result<()> {
    match texts {
        [] => Ok(()),
        [only] => write!(to, "<div>{}</div>", Escaped(only)),
        _ => {
            write!(to, "<ul class=\"many\">")?;
            for text in texts {
                write!(to, "<li>{}</li>", Escaped(text))?;
            }
            write!(to, "</ul>")
        }
    }
}

/// The places in the document, in one link: it has one address.
fn sources(to: &mut impl Write, url: &str, locators: &[String]) -> io::Result<()> {
    if locators.is_empty() {
        return Ok(());
    }
    let linked = is_web(url);
    if linked {
        write!(to, "<a href=\"{}\">", Escaped(url))?;
    }
    for locator in locators {
        write!(to, "<span>{}</span>", Escaped(locator))?;
    }
    if linked { write!(to, "</a>") } else { Ok(()) }
}

/// A note in which the document's address is a link.
fn linked(to: &mut impl Write, note: &str, url: &str) -> io::Result<()> {
    let mut parts = if is_web(url) { note.split(url) } else { note.split("\0") };
    write!(to, "{}", Escaped(parts.next().unwrap_or_default()))?;
    for part in parts {
        // The words around it say what it is; the whole address would fill the cell.
        write!(to, "{}{}", Link { url, text: "document" }, Escaped(part))?;
    }
    Ok(())
}

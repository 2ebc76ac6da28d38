use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::assignment::Assignment;
use crate::catalog::{Document, Resolution, Statement};
use crate::decisions::Earlier;
use crate::matching::Candidate;

use super::Exporter;
use super::record::{Record, two_decimals};
use super::vocabulary::Wording;

/// Candidates beyond these say nothing to anyone.
const CANDIDATES: usize = 5;

/// Writes one JSON object a line: the CSV's keys, the candidates and the responsibilities.
pub struct JsonlExporter<W: Write> {
    to: W,
    wording: Wording,
}

impl<W: Write> JsonlExporter<W> {
    /// Writes nothing yet.
    pub fn new(to: W, wording: Wording) -> JsonlExporter<W> {
        JsonlExporter { to, wording }
    }
}

impl<W: Write> Exporter for JsonlExporter<W> {
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        let line = JsonLine::new(assignment, self.wording);
        let mut json = Serializer::with_formatter(&mut self.to, NoControls);
        line.serialize(&mut json)?;
        self.to.write_all(b"\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Any value as one line of JSON in which every control character is escaped.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn to_json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, NoControls))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// An assignment as machines read it: the CSV's keys, the candidates and the responsibilities.
#[derive(Serialize)]
pub struct JsonLine<'a> {
    #[serde(flatten)]
    record: Record,
    candidates: Vec<JsonCandidate<'a>>,
    responsibilities: Vec<JsonResponsibility<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    precedent: Option<JsonPrecedent<'a>>,
}

impl<'a> JsonLine<'a> {
    /// Puts an assignment into words.
    pub fn new(assignment: &'a Assignment<'_>, wording: Wording) -> JsonLine<'a> {
        let document = &assignment.provider.document;
        let statements = assignment.statements();
        JsonLine {
            record: Record::new(assignment, wording),
            candidates: assignment.candidates.iter().take(CANDIDATES).map(JsonCandidate::new).collect(),
            responsibilities: statements.iter().map(|said| JsonResponsibility::new(said, document)).collect(),
            precedent: JsonPrecedent::of(assignment),
        }
    }
}

/// The wording that was settled before and made the match, and by whom and when where that is known.
#[derive(Serialize)]
struct JsonPrecedent<'a> {
    wording: &'a str,
    origin: &'a str,
    similarity: f64,
    #[serde(skip_serializing_if = "str::is_empty")]
    reviewer: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    approver: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    decided: &'a str,
}

impl<'a> JsonPrecedent<'a> {
    fn of(assignment: &'a Assignment<'_>) -> Option<JsonPrecedent<'a>> {
        let precedent = assignment.grounds.precedent.as_ref()?;
        let provenance = match &assignment.earlier {
            Some(Earlier::Settled(decision) | Earlier::Near(decision)) => Some(&decision.provenance),
            _ => None,
        };
        Some(JsonPrecedent {
            wording: &precedent.wording,
            origin: &precedent.origin,
            similarity: precedent.similarity,
            reviewer: provenance.map_or("", |told| &told.reviewer),
            approver: provenance.map_or("", |told| &told.approver),
            decided: provenance.map_or("", |told| &told.decided),
        })
    }
}

#[derive(Serialize)]
struct JsonCandidate<'a> {
    area: Option<&'a str>,
    confidence: f64,
}

impl<'a> JsonCandidate<'a> {
    fn new(candidate: &'a Candidate) -> JsonCandidate<'a> {
        let area = candidate.area.as_ref().map(|area| area.as_str());
        JsonCandidate { area, confidence: two_decimals(candidate.confidence) }
    }
}

/// A responsibility as machines read it.
#[derive(Serialize)]
pub struct JsonResponsibility<'a> {
    id: &'a str,
    label: &'a str,
    accountable: Vec<&'a str>,
    duties: serde_json::Map<String, serde_json::Value>,
    source: JsonSource<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overruled_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonSource<'a> {
    title: &'a str,
    section: &'a str,
    item: &'a str,
    url: &'a str,
    read: &'a str,
}

impl<'a> JsonResponsibility<'a> {
    /// One statement of a document.
    pub fn new(statement: &Statement<'a>, document: &'a Document) -> JsonResponsibility<'a> {
        let said = statement.responsibility;
        let duties = said.duties.iter().map(|(actor, duty)| (actor.to_string(), duty.as_str().into()));
        JsonResponsibility {
            id: &said.id,
            label: &said.label,
            accountable: said.accountable.iter().map(crate::catalog::Actor::as_str).collect(),
            duties: duties.collect(),
            source: JsonSource {
                title: &document.title,
                section: &said.section,
                item: &said.label,
                url: &document.url,
                read: &document.read,
            },
            overruled_by: statement.overruled_by.map(|other| other.id.as_str()),
            note: said.note.as_deref(),
        }
    }

    /// What the document says of one area.
    pub fn all(resolution: &Resolution<'a>) -> Vec<JsonResponsibility<'a>> {
        let document = &resolution.provider.document;
        resolution.statements.iter().map(|statement| JsonResponsibility::new(statement, document)).collect()
    }
}

/// Escapes DEL and the C1 range too, which JSON allows and terminals obey.
struct NoControls;

impl Formatter for NoControls {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(char::is_control) {
            let (before, from) = rest.split_at(at);
            CompactFormatter.write_string_fragment(writer, before)?;
            let control = from.chars().next().unwrap_or_default();
            write!(writer, "\\u{:04x}", u32::from(control))?;
            rest = &from[control.len_utf8()..];
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn every_control_character_is_escaped_and_comes_back() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}é\n\"";
        let json = to_json(&text).unwrap();
        assert!(!json.chars().any(char::is_control), "{json:?}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

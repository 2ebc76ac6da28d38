//! XML from strangers, read as a stream: no definitions of entities, bounded depth, names without their prefix.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

use super::problem;
use crate::questionnaire::book::LoadError;

/// How deep elements may be nested.
pub(super) const MAX_DEPTH: usize = 256;

/// Takes a stream of XML; names come without their prefix.
pub(super) trait Visitor {
    /// An element begins below those of `path`, the outermost first.
    fn start(&mut self, name: &str, element: &BytesStart<'_>, path: &[String]) -> Result<(), LoadError>;
    /// An element below those of `path` ends.
    fn end(&mut self, name: &str, path: &[String]);
    /// Text below the elements of `path`.
    fn text(&mut self, text: &str, path: &[String]);
    /// Whether all that an element holds is passed over.
    fn skips(&self, name: &str) -> bool;
}

/// Reads a whole text of XML.
///
/// # Errors
/// It is broken, nested too deeply, or defines entities of its own.
pub(super) fn read(xml: &str, visitor: &mut impl Visitor) -> Result<(), LoadError> {
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    // How deep the reader is in an element that is passed over.
    let mut skipped = 0_usize;
    loop {
        let at = reader.buffer_position();
        let broken = |detail: &str| {
            problem(&format!("the Word document is broken at byte {at} of its text: {detail}"))
        };
        match reader.read_event().map_err(|error| broken(&error.to_string()))? {
            Event::Start(element) => {
                if path.len() + skipped == MAX_DEPTH {
                    return Err(problem(&format!(
                        "the Word document is nested deeper than {MAX_DEPTH} levels"
                    )));
                }
                let name = element.local_name().into_inner().to_owned();
                if skipped > 0 {
                    skipped += 1;
                    continue;
                }
                visitor.start(&name, &element, &path)?;
                if visitor.skips(&name) {
                    visitor.end(&name, &path);
                    skipped = 1;
                } else {
                    path.push(name);
                }
            }
            Event::Empty(element) => {
                let name = element.local_name().into_inner().to_owned();
                if skipped == 0 {
                    visitor.start(&name, &element, &path)?;
                    visitor.end(&name, &path);
                }
            }
            Event::End(_) if skipped > 0 => skipped -= 1,
            Event::End(_) => {
                if let Some(name) = path.pop() {
                    visitor.end(&name, &path);
                }
            }
            Event::DocType(_) => {
                return Err(problem("the Word document defines entities, which no such document needs"));
            }
            Event::Text(text) if skipped == 0 => visitor.text(&text.xml10_content(), &path),
            Event::CData(text) if skipped == 0 => visitor.text(&text.xml10_content(), &path),
            Event::GeneralRef(reference) if skipped == 0 => {
                let letter = reference.resolve_char_ref().ok().flatten();
                if let Some(letter) = letter {
                    visitor.text(letter.encode_utf8(&mut [0; 4]), &path);
                } else if let Some(text) = resolve_xml_entity(&reference.xml10_content()) {
                    visitor.text(text, &path);
                }
            }
            Event::Eof if path.is_empty() && skipped == 0 => return Ok(()),
            Event::Eof => return Err(problem("the Word document is cut off; ask for it once more")),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {}
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// An attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let is_it = |attribute: &Attribute<'_>| attribute.key.local_name().into_inner() == name;
    let found = element.attributes().with_checks(false).flatten().find(is_it)?;
    Some(
        found
            .normalized_value(XmlVersion::Implicit1_0)
            .map_or_else(|_| found.value.to_string(), |value| value.into_owned()),
    )
}

/// What `w:val` says of a property that is on unless it says otherwise.
pub(super) fn is_on(element: &BytesStart<'_>) -> bool {
    !matches!(attribute(element, "val").as_deref(), Some("0" | "false" | "off" | "none"))
}

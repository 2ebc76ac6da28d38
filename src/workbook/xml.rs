use std::borrow::Cow;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::safe_text::one_line;

use super::error::PackageError;

/// A part's XML, event by event, each with its bytes' place. Nothing is expanded and nothing is fetched.
pub(super) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    text: &'x str,
    part: &'x str,
    depth: usize,
    deepest: usize,
    /// The byte order mark, which the tokeniser drops and does not count.
    mark: usize,
}

/// One event and where it stands in the part.
pub(super) struct Token<'x> {
    pub(super) event: Event<'x>,
    pub(super) at: Range<usize>,
    /// Elements around it: 0 for the root's own tags.
    pub(super) depth: usize,
}

impl<'x> Token<'x> {
    /// The element that begins here, and whether it stays open; none for any other event.
    pub(super) fn opens(&self) -> Option<(&BytesStart<'x>, bool)> {
        match &self.event {
            Event::Start(element) => Some((element, true)),
            Event::Empty(element) => Some((element, false)),
            _ => None,
        }
    }
}

impl<'x> Xml<'x> {
    pub(super) fn new(text: &'x str, part: &'x str, deepest: usize) -> Xml<'x> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::from_str(body);
        reader.config_mut().check_end_names = true;
        Xml { reader, text, part, depth: 0, deepest, mark: text.len() - body.len() }
    }

    /// The next event, or nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'x>>, PackageError> {
        let start = self.position();
        let event = self.reader.read_event().map_err(|error| self.error(&error.to_string()))?;
        let depth = match &event {
            Event::DocType(_) => return Err(PackageError::DocumentType(one_line(self.part))),
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > self.deepest {
                    return Err(self.error("elements are nested deeper than any workbook has them"));
                }
                self.depth - 1
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.depth
            }
            Event::Eof if self.depth > 0 => return Err(self.error("it ends too early")),
            Event::Eof => return Ok(None),
            _ => self.depth,
        };
        Ok(Some(Token { event, at: start..self.position(), depth }))
    }

    /// The text of the element that has just begun, its children's among it, up to its end; at most so many bytes.
    pub(super) fn text(&mut self, most: usize) -> Result<String, PackageError> {
        let inside = self.depth;
        let mut text = String::new();
        while self.depth >= inside && inside > 0 {
            let Some(token) = self.next()? else { break };
            self.add_text(&token.event, &mut text, most)?;
        }
        Ok(text)
    }

    /// Adds what an event says as text.
    pub(super) fn add_text(
        &self,
        event: &Event<'_>,
        to: &mut String,
        most: usize,
    ) -> Result<(), PackageError> {
        if to.len() >= most {
            return Ok(());
        }
        match event {
            Event::Text(text) => to.push_str(&text.xml10_content()),
            Event::CData(text) => to.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(letter)) => to.push(letter),
                Ok(None) => match quick_xml::escape::resolve_xml_entity(entity) {
                    Some(letter) => to.push_str(letter),
                    None => return Err(self.error("it uses an entity that is not defined")),
                },
                Err(error) => return Err(self.error(&error.to_string())),
            },
            _ => {}
        }
        Ok(())
    }

    fn position(&self) -> usize {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        at.saturating_add(self.mark).min(self.text.len())
    }

    pub(super) fn error(&self, what: &str) -> PackageError {
        PackageError::Xml { part: one_line(self.part), at: self.position() as u64, what: one_line(what) }
    }
}

/// An element's name without its prefix.
pub(super) fn local<'a>(element: &'a BytesStart<'_>) -> &'a str {
    element.local_name().into_inner()
}

/// An attribute without prefix; nothing where it is absent or damaged.
pub(super) fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    find(element, |key| key == name)
}

/// An attribute of this local name that has a prefix, such as `r:id`.
pub(super) fn prefixed_attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    find(element, |key| key.split_once(':').is_some_and(|(_, local)| local == name))
}

fn find<'a>(element: &'a BytesStart<'_>, wanted: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
    let mut attributes = element.attributes();
    // The check compares every pair, which a tag with a million attributes makes slow.
    let attribute = attributes.with_checks(false).flatten().find(|found| wanted(found.key.into_inner()))?;
    attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()
}

/// Whether a flag is set; XML has two words for it, and Excel's schema two more.
pub(super) fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(&*value, "1" | "true" | "on" | "t"))
}

/// An attribute that is a number from 1.
pub(super) fn number(element: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(element, name)?.trim().parse().ok().filter(|number| *number > 0)
}

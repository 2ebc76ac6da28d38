//! The styles of a document: which of them are headings, lists, or hidden.

use quick_xml::events::BytesStart;
use rustc_hash::FxHashMap;

use super::xml::{self, Visitor, attribute, is_on};
use crate::questionnaire::book::LoadError;

/// What a style says of the text it is given to; `None` where it leaves it to the style it is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    /// Its name, lower case. That of a built-in style is English in every language of Word.
    name: String,
    based_on: Option<String>,
    pub(super) outline: Option<u8>,
    pub(super) listed: Option<bool>,
    pub(super) hidden: Option<bool>,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: FxHashMap<String, Style>,
}

/// What a style means, with all that it is based on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) is_heading: bool,
    pub(super) is_contents: bool,
    pub(super) is_placeholder: bool,
    pub(super) listed: bool,
    pub(super) hidden: bool,
}

impl Styles {
    pub(super) fn meaning(&self, id: &str) -> Meaning {
        /// Styles based on each other in a circle end somewhere.
        const MAX_CHAIN: usize = 20;
        let mut chain = Vec::new();
        let mut next = Some(id);
        while let Some(style) = next.and_then(|id| self.by_id.get(id)).filter(|_| chain.len() < MAX_CHAIN) {
            chain.push(style);
            next = style.based_on.as_deref();
        }
        // Without a list of styles, the ids of the built-in ones still tell.
        let id = id.to_ascii_lowercase();
        let named = |test: &dyn Fn(&str) -> bool| test(&id) || chain.iter().any(|style| test(&style.name));
        let outline = chain.iter().find_map(|style| style.outline);
        Meaning {
            is_heading: outline.map_or_else(
                || named(&|name| is_numbered(name, "heading") || matches!(name, "title" | "subtitle")),
                is_outlined,
            ),
            is_contents: named(&|name| is_numbered(name, "toc") || name == "table of figures"),
            is_placeholder: named(&|name| matches!(name, "placeholder text" | "placeholdertext")),
            listed: chain.iter().find_map(|style| style.listed).unwrap_or(false),
            hidden: chain.iter().find_map(|style| style.hidden).unwrap_or(false),
        }
    }
}

/// Whether an outline level is a heading's; the tenth is body text.
pub(super) fn is_outlined(level: u8) -> bool {
    level < 9
}

/// Whether a name is that of a built-in style with a level: `heading 2`, or its id `heading2`.
fn is_numbered(name: &str, kind: &str) -> bool {
    name.strip_prefix(kind).is_some_and(|level| {
        let level = level.trim_start();
        level.len() == 1 && level.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Reads the part of a document that defines its styles.
///
/// # Errors
/// It is broken.
pub(super) fn read(xml: &str) -> Result<Styles, LoadError> {
    let mut reader = Reader::default();
    xml::read(xml, &mut reader)?;
    Ok(reader.styles)
}

#[derive(Default)]
struct Reader {
    styles: Styles,
    id: String,
    style: Style,
}

impl Visitor for Reader {
    fn start(&mut self, name: &str, element: &BytesStart<'_>, path: &[String]) -> Result<(), LoadError> {
        let above = path.last().map_or("", String::as_str);
        let value = || attribute(element, "val");
        match (above, name) {
            (_, "style") => {
                self.id = attribute(element, "styleId").unwrap_or_default();
                self.style = Style::default();
            }
            ("style", "name") => self.style.name = value().unwrap_or_default().to_lowercase(),
            ("style", "basedOn") => self.style.based_on = value(),
            ("pPr", "outlineLvl") => self.style.outline = value().and_then(|level| level.parse().ok()),
            ("numPr", "numId") => self.style.listed = Some(value().is_some_and(|number| number != "0")),
            ("rPr", "vanish") => self.style.hidden = Some(is_on(element)),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, _: &[String]) {
        if name == "style" {
            self.styles.by_id.insert(std::mem::take(&mut self.id), std::mem::take(&mut self.style));
        }
    }

    fn text(&mut self, _: &str, _: &[String]) {}

    // The properties of a table style's parts are no text's.
    fn skips(&self, name: &str) -> bool {
        matches!(name, "tblStylePr" | "docDefaults" | "latentStyles")
    }
}

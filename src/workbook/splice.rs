use std::ops::Range;

use quick_xml::events::BytesStart;

/// Changes to a text: what stands in a range gives way to something else, and all other bytes stay.
#[derive(Debug, Default)]
pub(super) struct Splices {
    /// In the order they were asked for; an insertion is an empty range.
    changes: Vec<(Range<usize>, String)>,
}

impl Splices {
    pub(super) fn replace(&mut self, range: Range<usize>, with: String) {
        self.changes.push((range, with));
    }

    pub(super) fn insert(&mut self, at: usize, text: String) {
        self.changes.push((at..at, text));
    }

    /// The text with the changes made; insertions at one place keep their order.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.changes.sort_by_key(|(range, _)| (range.start, range.end));
        let added: usize = self.changes.iter().map(|(_, with)| with.len()).sum();
        let mut result = String::with_capacity(text.len() + added);
        let mut done = 0;
        for (range, with) in &self.changes {
            result.push_str(&text[done..range.start]);
            result.push_str(with);
            done = range.end;
        }
        result.push_str(&text[done..]);
        result
    }
}

/// A tag with some attributes set or, where the value is nothing, gone; the others stay as they are written.
///
/// `<` stands in front, and no end.
pub(super) fn retagged(element: &BytesStart<'_>, set: &[(&str, Option<&str>)]) -> String {
    let mut tag = format!("<{}", element.name().into_inner());
    let mut put = |key: &str, value: &str| {
        let quote = if value.contains('"') { '\'' } else { '"' };
        tag.extend([" ", key, "="]);
        tag.push(quote);
        tag.push_str(value);
        tag.push(quote);
    };
    let mut left: Vec<_> = set.to_vec();
    for attribute in element.attributes().with_checks(false).flatten() {
        let key = attribute.key.into_inner();
        match left.iter().position(|(name, _)| *name == key) {
            Some(at) => {
                if let (_, Some(value)) = left.remove(at) {
                    put(key, value);
                }
            }
            // A second one of the same name is no XML.
            None if set.iter().any(|(name, _)| *name == key) => {}
            None => put(key, &attribute.value),
        }
    }
    left.iter().filter_map(|(key, value)| Some((key, (*value)?))).for_each(|(key, value)| put(key, value));
    tag
}

/// The start tag of an element that closed itself, left open.
pub(super) fn opened(tag: &str) -> String {
    let inside = tag.strip_suffix("/>").or_else(|| tag.strip_suffix('>')).unwrap_or(tag);
    format!("{inside}>")
}

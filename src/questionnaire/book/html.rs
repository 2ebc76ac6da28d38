//! Text with HTML in it, as form builders export it, made plain.

use std::borrow::Cow;

use quick_xml::escape::resolve_html5_entity;

/// Elements that stand within a line; all others end it.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "code", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "s", "small",
    "span", "strike", "strong", "sub", "sup", "tt", "u",
];

/// Further elements that occur in questionnaires. What else stands between angle brackets is text: `a <b and c> d`.
const BLOCK: &[&str] = &[
    "blockquote",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "iframe",
    "img",
    "input",
    "li",
    "nobr",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "style",
    "script",
    "table",
    "tbody",
    "td",
    "textarea",
    "th",
    "thead",
    "tr",
    "ul",
    "wbr",
];

/// The text without its tags, entities decoded. Where there are tags, white space is what HTML makes of it: one space.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '&']) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest, mut tagged) = (String::with_capacity(text.len()), text, false);
    // Once there is no end any more, it is not looked for again: time stays linear.
    let mut may_close = Closing { tag: true, comment: true };
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((letters, length)) = entity(rest) {
            out.push_str(letters);
            rest = &rest[length..];
        } else if let Some((letter, length)) = numeric_entity(rest) {
            out.push(letter);
            rest = &rest[length..];
        } else if let Some(tag) = tag(rest, &mut may_close) {
            tagged = true;
            if tag.breaks {
                out.push(' ');
            }
            rest = &rest[tag.length..];
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    match tagged {
        true => Cow::Owned(out.split_whitespace().collect::<Vec<_>>().join(" ")),
        false => Cow::Owned(out),
    }
}

struct Tag {
    length: usize,
    breaks: bool,
}

/// What may still end somewhere in the text.
struct Closing {
    tag: bool,
    comment: bool,
}

/// A tag or comment at the start of a text.
fn tag(text: &str, may_close: &mut Closing) -> Option<Tag> {
    let inner = text.strip_prefix('<')?;
    if inner.starts_with("!--") {
        let end = if may_close.comment { inner.find("-->") } else { None };
        may_close.comment = end.is_some();
        return end.map(|end| Tag { length: end + 4, breaks: false });
    }
    if !may_close.tag {
        return None;
    }
    let named = inner.strip_prefix('/').unwrap_or(inner);
    let name_end = named.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
    let name = named[..name_end].to_ascii_lowercase();
    let known = |names: &[&str]| names.contains(&name.as_str());
    let breaks = !known(INLINE);
    // Behind its name come attributes or the end; `a<b` is no tag, `<b>` is.
    let goes_on = named[name_end..].starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    if (breaks && !known(BLOCK)) || !goes_on {
        return None;
    }
    let Some(end) = inner.find('>') else {
        may_close.tag = false;
        return None;
    };
    let attributes = named[name_end..].get(..end.saturating_sub(inner.len() - named.len() + name_end));
    let is_tag =
        attributes.is_some_and(|text| text.trim_matches([' ', '/']).is_empty() || text.contains('='));
    is_tag.then_some(Tag { length: end + 2, breaks })
}

/// A named entity at the start of a text, and how many bytes it takes.
fn entity(text: &str) -> Option<(&'static str, usize)> {
    let name = entity_name(text)?;
    let letters = resolve_html5_entity(name)?;
    Some((if letters == "\u{a0}" { " " } else { letters }, name.len() + 2))
}

fn numeric_entity(text: &str) -> Option<(char, usize)> {
    let name = entity_name(text)?;
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    let letter = char::from_u32(code)?;
    let letter = if letter.is_control() || letter == '\u{a0}' { ' ' } else { letter };
    Some((letter, name.len() + 2))
}

fn entity_name(text: &str) -> Option<&str> {
    const MAX_NAME_BYTES: usize = 33;
    let inner = text.strip_prefix('&')?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
    let end = inner.bytes().take(MAX_NAME_BYTES).take_while(is_name).count();
    inner[end..].starts_with(';').then(|| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_go_and_entities_become_letters() {
        for (html, text) in [
            ("<p>Who has <b>access</b>?</p><p>&nbsp;</p>", "Who has access?"),
            ("Covered:<ul><li>keys</li><li>logs</li></ul>", "Covered: keys logs"),
            ("one<br/>two<br>three", "one two three"),
            ("see <a href=\"https://a.example/?x=1&amp;y=2\">here</a>", "see here"),
            ("R&amp;D, it&#39;s &#x201C;safe&#8221;", "R&D, it's “safe”"),
            ("a<!-- note -->b", "ab"),
            ("&lt;b&gt; stays", "<b> stays"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn what_only_looks_like_html_stays() {
        for text in [
            "fewer than 5 < 10 and > 3",
            "a <b and c> d",
            "Vec<String> & more",
            "<who>",
            "x &unknown; y",
            "<p",
            "AT&T; fine",
            "line\nbreak & more",
        ] {
            assert_eq!(plain(text), text, "{text}");
        }
    }

    #[test]
    fn text_made_of_tag_beginnings_takes_linear_time() {
        for beginning in ["<p <!--", "<!--", "<!-- <p "] {
            let hostile = beginning.repeat(400_000);
            assert_eq!(plain(&hostile).len(), hostile.len());
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[<>&/!a-p;#= é-]{0,60}") {
            let plain = plain(&text);
            prop_assert!(plain.len() <= text.len() + 8);
        }
    }
}

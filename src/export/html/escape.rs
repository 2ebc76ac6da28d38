//! Text from strangers between tags and in quoted attributes.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::safe_text::steers;

/// Text that stays text, in an element as in a quoted attribute.
///
/// What HTML gives a meaning becomes a character reference. Controls and letters that reorder what stands around them
/// go, so that no cell reads otherwise than it is; line ends stay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' => f.write_char(' ')?,
                '\n' => f.write_char('\n')?,
                letter if steers(letter) => {}
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// Whether an address may become a link: nothing but the web, so that no link runs anything.
pub(super) fn is_web(url: &str) -> bool {
    let starts =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let plain = !url.chars().any(|letter| letter.is_whitespace() || steers(letter));
    plain && (starts("https://") || starts("http://"))
}

/// A link where the address is one of the web, and the text alone where it is not.
pub(super) struct Link<'a> {
    pub(super) url: &'a str,
    pub(super) text: &'a str,
}

impl Display for Link<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = Escaped(self.text);
        if is_web(self.url) { write!(f, "<a href=\"{}\">{text}</a>", Escaped(self.url)) } else { text.fmt(f) }
    }
}

/// A part of an address after `#`: everything but letters, digits and hyphens as percent codes.
pub(super) struct InFragment<'a>(pub(super) &'a str);

impl Display for InFragment<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                f.write_char(char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Escaped, InFragment, Link, is_web};

    #[test]
    fn text_stays_text() {
        let hostile = "<b a='1' c=\"2\">&amp;\t\0\u{1b}\u{9b}\r\n\u{202e}x</b>";
        let safe = "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp; \nx&lt;/b&gt;";
        assert_eq!(Escaped(hostile).to_string(), safe);
        assert_eq!(InFragment("a b&c=é-1").to_string(), "a%20b%26c%3D%C3%A9-1");
    }

    #[test]
    fn only_the_web_is_linked() {
        for url in ["https://a.example/x?y=1&z", "HTTP://a.example"] {
            assert!(is_web(url), "{url}");
        }
        let no_links = [
            "javascript:alert(1)",
            "data:text/html,x",
            "https:x",
            "",
            "é",
            " https://a",
            "https://a\n",
            "//a",
        ];
        for url in no_links {
            assert!(!is_web(url), "{url}");
        }
        let link = Link { url: "https://a/?\"><script>", text: "<b>" }.to_string();
        assert_eq!(link, "<a href=\"https://a/?&quot;&gt;&lt;script&gt;\">&lt;b&gt;</a>");
        assert_eq!(Link { url: "javascript:x", text: "t" }.to_string(), "t");
    }
}

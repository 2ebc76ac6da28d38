//! Text from strangers in Markdown: it shows as it is and does nothing.

use crate::safe_text::one_line;

/// Keeps what looks like an address or a mention from becoming one: it has no width and breaks no line.
const WORD_JOINER: char = '\u{2060}';

/// One line in which nothing is markup: no HTML, link, image, code, emphasis, table border or mention.
pub(super) fn escaped(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len() + line.len() / 8);
    let mut before = ' ';
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            // A backslash before a bar is read differently by different programs; an entity is not.
            '|' => out.push_str("&#124;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '#' | '~' | '$' | '!' | '^' => {
                out.push('\\');
                out.push(letter);
            }
            // `https://` and `www.` become links by themselves.
            ':' if !next.is_whitespace() => out.push_str("\\:"),
            '.' if matches!(before, 'w' | 'W') && !next.is_whitespace() => out.push_str("\\."),
            '@' if !next.is_whitespace() => out.extend(['@', WORD_JOINER]),
            _ => out.push(letter),
        }
        before = letter;
    }
    out
}

/// The same for a table's cell, which must not be empty: some programs drop the border of one that is.
pub(super) fn cell(text: &str) -> String {
    let text = escaped(text);
    if text.is_empty() { "–".into() } else { text }
}

/// A link where the address is one of the web; the text alone where it is not.
pub(super) fn link(text: &str, url: &str) -> String {
    let text = escaped(text);
    match web_address(url) {
        Some(url) if !text.is_empty() => format!("[{text}]({})", percent_encoded(url)),
        _ => text,
    }
}

/// An address that a browser opens, and nothing that merely looks like one.
pub(super) fn web_address(url: &str) -> Option<&str> {
    let scheme = url.split_once("://")?.0;
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let plain = url.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
    (web && plain && url.len() > scheme.len() + "://".len()).then_some(url)
}

/// What would end the address within parentheses, or mean something in Markdown.
fn percent_encoded(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for letter in url.chars() {
        match letter {
            '(' | ')' | '<' | '>' | '|' | '\\' | '"' | '\'' | '`' | '[' | ']' | '*' | '{' | '}' | '^' => {
                out.push_str(&format!("%{:02X}", u32::from(letter)));
            }
            '&' => out.push_str("&amp;"),
            _ => out.push(letter),
        }
    }
    out
}

/// A text cut short for a table, with a mark where it was cut.
pub(super) fn shortened(text: &str, max_chars: usize) -> String {
    let line = one_line(text);
    match line.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{cell, escaped, link, shortened};

    #[test]
    fn nothing_is_markup() {
        let cases = [
            ("a | b", "a &#124; b"),
            ("a \\| b", "a \\\\&#124; b"),
            ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
            ("[here](javascript:alert(1))", "\\[here\\](javascript\\:alert(1))"),
            ("![x](y)", "\\!\\[x\\](y)"),
            ("`code`\n# head", "\\`code\\` \\# head"),
            ("see https://a.example and www.b.example", "see https\\://a.example and www\\.b.example"),
            ("mail a@b.example", "mail a@\u{2060}b.example"),
            ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
            ("**a** _b_ ~~c~~ $d$", "\\*\\*a\\*\\* \\_b\\_ \\~\\~c\\~\\~ \\$d\\$"),
            ("a^b^ [^1]", "a\\^b\\^ \\[\\^1\\]"),
            ("Note: e.g. now.", "Note: e.g. now."),
            ("\u{1b}[31mred\u{202e}", "\\[31mred"),
        ];
        for (text, expected) in cases {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
        assert_eq!(cell(" \n"), "–");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(
            link("A [1]", "https://a.example/(b)?c=1&d"),
            "[A \\[1\\]](https://a.example/%28b%29?c=1&amp;d)"
        );
        for url in ["javascript:alert(1)", "https://a b", "file:///etc/passwd", "https://", "", "x"] {
            assert_eq!(link("A", url), "A", "{url}");
        }
    }

    #[test]
    fn what_is_cut_shows_it() {
        assert_eq!(shortened("one\ntwo three", 20), "one two three");
        assert_eq!(shortened("one two three", 8), "one two…");
    }
}

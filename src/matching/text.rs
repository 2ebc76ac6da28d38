//! Text to tokens: where each word stands, and the form in which it is compared.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Longest part of a text that is read; the subject of a question stands well before it, and a
/// pasted document must not cost seconds.
const MAX_BYTES: usize = 16 * 1024;

/// Bare numbers shorter than this are amounts or numbering ("90 days", "3.1"); longer ones name
/// things (27001, 256, 443).
const MIN_NUMBER: usize = 3;

/// One word of a text.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Where it stands in the text.
    pub(crate) span: Range<usize>,
    /// Lower case, look-alike letters in one form, without accents, apostrophes and possessive s.
    folded: Range<u32>,
}

/// The words of a text in order.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    buffer: String,
    items: Vec<Token>,
}

impl Tokens {
    /// Splits a text into words, leaving out its leading number and bare small numbers.
    pub(crate) fn read(text: &str) -> Tokens {
        let text = beginning(text);
        let mut tokens = Tokens::default();
        let offset = numbering(text);
        let mut chars = text[offset..].char_indices().peekable();
        while let Some((at, first)) = chars.next() {
            if !first.is_alphanumeric() {
                continue;
            }
            let mut end = at + first.len_utf8();
            while let Some(&(next, c)) = chars.peek() {
                if !(c.is_alphanumeric() || is_combining_mark(c) || is_apostrophe(c)) {
                    break;
                }
                if !is_apostrophe(c) {
                    end = next + c.len_utf8();
                }
                chars.next();
            }
            tokens.push(text, offset + at..offset + end);
        }
        tokens
    }

    fn push(&mut self, text: &str, span: Range<usize>) {
        let start = self.buffer.len();
        fold(&text[span.clone()], &mut self.buffer);
        let folded = &self.buffer[start..];
        if folded.len() < MIN_NUMBER && folded.bytes().all(|b| b.is_ascii_digit()) {
            self.buffer.truncate(start);
            return;
        }
        self.items.push(Token { span, folded: start as u32..self.buffer.len() as u32 });
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// The folded form of a word.
    pub(crate) fn folded(&self, index: usize) -> &str {
        let range = &self.items[index].folded;
        &self.buffer[range.start as usize..range.end as usize]
    }

    /// Where a word stands in the text.
    pub(crate) fn span(&self, index: usize) -> Range<usize> {
        self.items[index].span.clone()
    }
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02bc}' | '`')
}

/// Appends the form of a word in which it is compared.
fn fold(word: &str, into: &mut String) {
    let start = into.len();
    if word.is_ascii() {
        into.extend(
            word.bytes().filter(|&b| b != b'\'' && b != b'`').map(|b| b.to_ascii_lowercase() as char),
        );
    } else {
        let letters = word.nfkd().filter(|&c| !is_combining_mark(c) && c.is_alphanumeric());
        into.extend(letters.flat_map(char::to_lowercase));
    }
    let possessive = word.len() > 2 && word.ends_with(['s', 'S']) && {
        let before = word[..word.len() - 1].chars().next_back();
        before.is_some_and(is_apostrophe)
    };
    if possessive && into.len() > start + 1 {
        into.pop();
    }
}

/// Length of a leading number or bullet: "1.2.3", "a)", "(iv)", "Q12:", "-".
fn numbering(text: &str) -> usize {
    let trimmed = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let lead = text.len() - trimmed.len();
    let opened = text[..lead].ends_with(['(', '[']);
    let word: usize =
        trimmed.find(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).unwrap_or(trimmed.len());
    let (label, rest) = trimmed.split_at(word);
    let closed = label.ends_with('.') || rest.starts_with([')', ']', ':', '.', '\t']);
    let bare = label.trim_end_matches('.');
    let numeric = bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.split(['.', '-']).all(|part| part.len() < 3 && part.bytes().all(|b| b.is_ascii_digit()));
    let lettered = (closed || opened) && (bare.len() == 1 || is_roman(bare) || is_question_number(bare));
    if rest.trim().is_empty() || !(numeric && rest.starts_with([' ', ')', ']', ':', '\t']) || lettered) {
        return 0;
    }
    lead + word
}

fn is_roman(label: &str) -> bool {
    !label.is_empty()
        && label.len() < 6
        && label.bytes().all(|b| matches!(b.to_ascii_lowercase(), b'i' | b'v' | b'x'))
}

fn is_question_number(label: &str) -> bool {
    label
        .strip_prefix(['q', 'Q'])
        .is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()) && number.len() < 6)
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    fn words(text: &str) -> Vec<String> {
        let tokens = Tokens::read(text);
        (0..tokens.len()).map(|index| tokens.folded(index).to_owned()).collect()
    }

    #[test]
    fn words_are_compared_in_one_form() {
        let cases: &[(&str, &[&str])] = &[
            ("Is MFA required?", &["is", "mfa", "required"]),
            ("the vendor\u{2019}s Café", &["the", "vendor", "cafe"]),
            ("don't", &["dont"]),
            ("ﬁle ｅncryption", &["file", "encryption"]),
            ("1.2.3 Backups", &["backups"]),
            ("(iv) Backups", &["backups"]),
            ("a) Backups", &["backups"]),
            ("Q12: Backups", &["backups"]),
            ("A backup of 256 bits", &["a", "backup", "of", "256", "bits"]),
            ("", &[]),
            ("…!?\u{0}", &[]),
            ("12", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn spans_point_at_the_original() {
        let text = "7. Is Data-at-Rest ENCRYPTED?";
        let tokens = Tokens::read(text);
        let originals: Vec<&str> = (0..tokens.len()).map(|index| &text[tokens.span(index)]).collect();
        assert_eq!(originals, ["Is", "Data", "at", "Rest", "ENCRYPTED"]);
    }
}

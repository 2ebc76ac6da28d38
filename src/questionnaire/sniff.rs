use std::cmp::Reverse;
use std::io::Cursor;

use super::error::Foreign;
use super::headers;
use super::lines::Lines;
use super::records::Records;
use super::split::Record;

/// How many rows at the top may stand above the header, and are looked at to find it.
pub(super) const HEADER_ROWS: usize = 20;
/// How many rows tell the delimiter.
const SNIFFED_ROWS: usize = 60;
/// In order of preference where two split a file equally well: the rarer in prose first.
const DELIMITERS: [u8; 4] = [b'\t', b'|', b';', b','];

/// What a file's first bytes and name say it is, if it is no text.
pub(super) fn foreign(head: &[u8], name: &str) -> Option<Foreign> {
    let magic = match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Some(Foreign::Zip),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(Foreign::OldOffice),
        [b'%', b'P', b'D', b'F', ..] => Some(Foreign::Pdf),
        [b'{', b'\\', b'r', b't', b'f', ..] => Some(Foreign::RichText),
        [0x1F, 0x8B, ..]
        | [0x28, 0xB5, 0x2F, 0xFD, ..]
        | [0xFD, b'7', b'z', ..]
        | [b'7', b'z', 0xBC, 0xAF, ..] => Some(Foreign::Compressed),
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some(Foreign::Utf32),
        _ => None,
    };
    magic.or_else(|| markup(head)).or_else(|| {
        let is_json = extension(name).is_some_and(|ext| ext == "json" || ext == "jsonl");
        is_json.then_some(Foreign::Json)
    })
}

/// Whether an input must be read whole: an archive of parts, or an Office file of before 2007.
pub(super) fn is_whole(head: &[u8]) -> bool {
    matches!(foreign(head, ""), Some(Foreign::Zip | Foreign::OldOffice))
}

fn markup(head: &[u8]) -> Option<Foreign> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let starts_with = |start: &[u8]| head.get(..start.len()).is_some_and(|h| h.eq_ignore_ascii_case(start));
    if [&b"<!doctype"[..], b"<html", b"<?xml"].into_iter().any(starts_with) {
        return Some(Foreign::Markup);
    }
    let inner = head.strip_prefix(b"[").unwrap_or(head).trim_ascii_start();
    let is_object = inner.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""));
    is_object.then_some(Foreign::Json)
}

/// Whether decoded bytes are no text: too many of them are characters that no text has.
pub(super) fn is_binary(head: &[u8]) -> bool {
    const PER_CENT: usize = 10;
    let odd = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    odd * 100 > head.len() * PER_CENT
}

/// The extension of a name, in lower case.
pub(super) fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map(|(_, extension)| extension.to_lowercase())
}

/// How a table is delimited, as its first bytes show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: Option<u8>,
    /// Whether a header with several known names stands near the top.
    pub(super) has_header: bool,
}

/// Tells the delimiter: the one that makes the first header, or else the one that splits the rows evenly. `whole` says
/// that `head` is the whole input.
pub(super) fn dialect(head: &[u8], whole: bool) -> Dialect {
    let mut best = ((None, 0), 0, None);
    // Below a title that names one column, whatever stands in the rows is text.
    let one_column = rows(head, whole, None).first().is_some_and(|row| headers::recognise(row).is_some());
    for delimiter in DELIMITERS {
        let rows = rows(head, whole, Some(delimiter));
        let (header, regularity) = (header_rank(&rows), regularity(&rows));
        let likely = header.1 > 0 || (!one_column && regularity >= 500 && !is_prose(head, delimiter));
        if likely && (header, regularity) > (best.0, best.1) {
            best = (header, regularity, Some(delimiter));
        }
    }
    Dialect { delimiter: best.2, has_header: best.0.1 > 0 }
}

/// The delimiter of a table whose header stands on top and says its columns' names plainly: the one that splits the
/// header most.
pub(super) fn header_delimiter(head: &[u8], whole: bool) -> Option<u8> {
    let columns = |delimiter: u8| rows(head, whole, Some(delimiter)).first().map_or(0, Record::len);
    DELIMITERS.into_iter().max_by_key(|delimiter| columns(*delimiter))
}

fn rows(head: &[u8], whole: bool, delimiter: Option<u8>) -> Vec<Record> {
    let mut records = Records::new(Lines::new(Box::new(Cursor::new(head.to_vec()))), delimiter);
    let mut rows = Vec::new();
    let mut ended = false;
    while rows.len() < SNIFFED_ROWS && !ended {
        match records.read() {
            Ok(Some(record)) => rows.push(record),
            Ok(None) | Err(_) => ended = true,
        }
    }
    if ended && !whole && rows.len() > 1 {
        rows.pop(); // cut off in the middle
    }
    rows.retain(|row| row.filled().next().is_some());
    rows
}

/// How surely there is a header of several names: how far up a convincing one stands, and how strong the strongest is.
fn header_rank(rows: &[Record]) -> (Option<Reverse<u64>>, u32) {
    let headers = rows.iter().take(HEADER_ROWS).filter_map(|row| Some((row.line, headers::recognise(row)?)));
    let headers: Vec<_> = headers.filter(|(_, header)| header.names > 1).collect();
    let first = headers.iter().find(|(_, header)| header.convincing).map(|(line, _)| Reverse(*line));
    (first, headers.iter().map(|(_, header)| header.score).max().unwrap_or(0))
}

/// How many in a thousand of the rows have as many columns as most rows of several columns have.
fn regularity(rows: &[Record]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(Record::len).filter(|width| *width > 1).collect();
    widths.sort_unstable();
    let usual = widths.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or(0);
    usual * 1000 / rows.len().max(1)
}

/// Whether a delimiter is rather punctuation: nearly always followed by a space.
fn is_prose(head: &[u8], delimiter: u8) -> bool {
    if !matches!(delimiter, b',' | b';') {
        return false;
    }
    let pairs = || head.windows(2).filter(|pair| pair[0] == delimiter);
    let spaced = pairs().filter(|pair| pair[1] == b' ').count();
    spaced > 0 && spaced * 10 >= pairs().count() * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delimiter(head: &str) -> Option<char> {
        dialect(head.as_bytes(), true).delimiter.map(char::from)
    }

    #[test]
    fn each_delimiter_is_told_by_the_header() {
        for d in [',', ';', '\t', '|'] {
            let head = format!("id{d}section{d}question\n1{d}a{d}\"Is it; so, or\tnot|?\"\n");
            assert_eq!(delimiter(&head), Some(d));
        }
    }

    #[test]
    fn each_delimiter_is_told_by_regular_rows() {
        for d in [',', ';', '\t', '|'] {
            let head = format!("1{d}Is it so\n2{d}Is it, or not\n3{d}What; then\n");
            assert_eq!(delimiter(&head), Some(d), "{d:?}");
        }
    }

    #[test]
    fn commas_of_prose_delimit_nothing() {
        assert_eq!(delimiter("Question\nDo you encrypt, hash or salt?\nWhere, and how?\nWhy?\n"), None);
        assert_eq!(delimiter("Who?\nWhat?\n"), None);
        assert_eq!(delimiter(""), None);
    }

    #[test]
    fn below_the_title_of_one_column_nothing_delimits() {
        for d in [',', ';', '\t', '|'] {
            assert_eq!(delimiter(&format!("question\nIs it a{d}b?\nWhy c{d}d?\n")), None, "{d:?}");
        }
        assert_eq!(delimiter("Questions\nid;question\n1;Who, and why?\n"), Some(';'));
    }

    #[test]
    fn the_first_header_tells_the_delimiter() {
        let head = "id,question\n1,What is id|section|question|answer|comment|notes?\n\
                    2,The columns|id|section|question|answer|comment|notes\n";
        assert_eq!(delimiter(head), Some(','));
    }

    #[test]
    fn other_kinds_of_file_are_named() {
        assert_eq!(foreign(b"PK\x03\x04...", "a.csv"), Some(Foreign::Zip));
        assert_eq!(foreign(b"%PDF-1.7", "-"), Some(Foreign::Pdf));
        assert_eq!(foreign(b"\xD0\xCF\x11\xE0\xA1", "-"), Some(Foreign::OldOffice));
        assert_eq!(foreign(b"[\n {\"question\": 1}]", "-"), Some(Foreign::Json));
        assert_eq!(foreign(b"x", "dir.d/a.JSON"), Some(Foreign::Json));
        assert_eq!(foreign(b"\n<!DOCTYPE html>", "-"), Some(Foreign::Markup));
        assert_eq!(foreign(b"[1] Who?\n", "a.txt"), None);
        assert_eq!(foreign(b"", "a.csv"), None);
    }

    #[test]
    fn binary_is_told_from_text_with_a_stray_control_character() {
        assert!(is_binary(&[0, 1, 2, 3, b'a', b'b']));
        assert!(!is_binary(b"id,question\n1,Is\0 it?\x1b[31m\n"));
        assert!(!is_binary(b""));
    }
}

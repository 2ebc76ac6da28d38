use std::borrow::Cow;
use std::fmt;
use std::io::{self, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// How the bytes of an input are read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// The code page of western Windows.
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le => "UTF-16 LE",
            Encoding::Utf16Be => "UTF-16 BE",
            Encoding::Windows1252 => "Windows-1252",
        })
    }
}

/// An input whose bytes are UTF-8, except for cells in Windows-1252.
pub(super) struct Decoded {
    pub(super) input: Box<dyn Read>,
    pub(super) encoding: Encoding,
    /// Whether the encoding was inferred without a byte order mark.
    pub(super) guessed: bool,
}

/// Turns UTF-16 into UTF-8 and takes the byte order mark away. `head` is what was read of the input so far.
pub(super) fn decoded(head: Vec<u8>, rest: Box<dyn Read>) -> Decoded {
    let (encoding, mark, guessed) = sniff(&head);
    let mut input = Cursor::new(head);
    input.set_position(mark);
    let input = input.chain(rest);
    let utf16 = match encoding {
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Utf8 | Encoding::Windows1252 => {
            return Decoded { input: Box::new(input), encoding, guessed };
        }
    };
    let input = DecodeReaderBytesBuilder::new().bom_sniffing(false).encoding(Some(utf16)).build(input);
    Decoded { input: Box::new(input), encoding, guessed }
}

/// The encoding, the length of the byte order mark, and whether it is a guess.
fn sniff(head: &[u8]) -> (Encoding, u64, bool) {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3, false),
        [0xFF, 0xFE, ..] => (Encoding::Utf16Le, 2, false),
        [0xFE, 0xFF, ..] => (Encoding::Utf16Be, 2, false),
        _ => match nul_shares(head) {
            (even, odd) if odd >= 40 && even <= 5 => (Encoding::Utf16Le, 0, true),
            (even, odd) if even >= 40 && odd <= 5 => (Encoding::Utf16Be, 0, true),
            _ => (Encoding::Utf8, 0, false),
        },
    }
}

/// How many in a hundred of the bytes at even and at odd places are NUL: mostly-Latin UTF-16 has them on one side.
fn nul_shares(head: &[u8]) -> (usize, usize) {
    let share = |start: usize| {
        let bytes = head.iter().skip(start).step_by(2);
        bytes.clone().filter(|byte| **byte == 0).count() * 100 / bytes.count().max(1)
    };
    (share(0), share(1))
}

/// Reads bytes as UTF-8, and what is not UTF-8 among them as Windows-1252.
///
/// Byte by byte rather than all or nothing: a cell cut off inside a character keeps its other ones.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    Cow::Owned(text)
}

/// Reads until `limit` bytes are there or the input ends.
pub(super) fn head_of(input: &mut dyn Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    input.take(limit as u64).read_to_end(&mut head)?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (String, Encoding, bool) {
        let mut decoded = decoded(bytes.to_vec(), Box::new(io::empty()));
        let mut out = Vec::new();
        decoded.input.read_to_end(&mut out).unwrap();
        (text(&out).into_owned(), decoded.encoding, decoded.guessed)
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn byte_order_marks_decide_and_vanish() {
        assert_eq!(read(b"\xEF\xBB\xBFid"), ("id".into(), Encoding::Utf8, false));
        let little = utf16("\u{FEFF}Größe “x”", u16::to_le_bytes);
        assert_eq!(read(&little), ("Größe “x”".into(), Encoding::Utf16Le, false));
        let big = utf16("\u{FEFF}Größe 😀", u16::to_be_bytes);
        assert_eq!(read(&big), ("Größe 😀".into(), Encoding::Utf16Be, false));
    }

    #[test]
    fn utf16_without_a_mark_is_guessed() {
        let little = utf16("id,question\n1,Größe?\n", u16::to_le_bytes);
        assert_eq!(read(&little), ("id,question\n1,Größe?\n".into(), Encoding::Utf16Le, true));
        let big = utf16("id,question\n", u16::to_be_bytes);
        assert_eq!(read(&big), ("id,question\n".into(), Encoding::Utf16Be, true));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_windows_1252() {
        assert_eq!(text(b"caf\xE9 \x93quoted\x94"), "café “quoted”");
        assert_eq!(text("Größe cut \u{E9}".as_bytes().split_last().unwrap().1), "Größe cut Ã");
        assert_eq!(text(b"a\0b"), "a\0b");
    }
}

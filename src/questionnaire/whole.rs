//! Documents that must be read whole before anything can be told of them.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::book::{self, Book, LoadError};
use super::decode::{self, Encoding};
use super::error::{Foreign, ReadError};
use super::layout::Format;
use super::reader::Options;
use super::sniff;
use crate::domain::Place;

/// The largest document that is read whole, in bytes as it lies on disk.
const MAX_BYTES: u64 = 128 << 20;

/// Endings of documents that are never empty.
const PACKAGES: [&str; 8] = ["xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods", "docx"];

/// A document that was taken apart.
pub(super) struct Whole {
    pub(super) file: Arc<str>,
    pub(super) format: Format,
    pub(super) book: Book,
    pub(super) encoding: Encoding,
    pub(super) encoding_guessed: bool,
}

/// An input after a look at its first bytes.
pub(super) enum Taken {
    /// It was read whole.
    Book(Whole),
    /// It is read as it streams by, from its first byte on.
    Stream(Box<dyn Read>),
}

/// What must be read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An archive of parts, or an Office file of before 2007.
    Package,
    Json,
    JsonLines,
    Markdown,
}

impl Kind {
    /// By what the user says, then by the first bytes, then by the extension. `None` for what is read as it streams by.
    fn of(head: &[u8], name: &str, format: Option<Format>) -> Option<Kind> {
        let by_extension = || match sniff::extension(name)?.as_str() {
            "json" => Some(Kind::Json),
            "jsonl" | "ndjson" => Some(Kind::JsonLines),
            "md" | "markdown" => Some(Kind::Markdown),
            _ => None,
        };
        match format {
            Some(Format::Csv | Format::Text) => None,
            Some(Format::Json) => Some(Kind::Json),
            Some(Format::Jsonl) => Some(Kind::JsonLines),
            Some(Format::Markdown) => Some(Kind::Markdown),
            Some(_) => Some(Kind::Package),
            None => match sniff::foreign(head, "") {
                Some(Foreign::Zip | Foreign::OldOffice) => Some(Kind::Package),
                Some(Foreign::Json) => by_extension().or(Some(Kind::Json)),
                Some(_) => None,
                None => by_extension(),
            },
        }
    }
}

impl Whole {
    /// Reads a document whole, if it is of a kind that asks for it.
    pub(super) fn of(
        mut input: impl Read + 'static,
        name: &str,
        options: &Options,
    ) -> Result<Taken, ReadError> {
        const HEAD_BYTES: usize = 4 << 10;
        let file: Arc<str> = if name == "-" { "stdin".into() } else { name.into() };
        let failed = |source| ReadError::Io { place: Place::line(&file, 1), source };
        let foreign = |found| ReadError::Foreign { file: Arc::clone(&file), found };
        let broken =
            |LoadError { line, message }| ReadError::Broken { file: Arc::clone(&file), line, message };
        let head = decode::head_of(&mut input, HEAD_BYTES).map_err(failed)?;
        let is_package = |ending: String| PACKAGES.contains(&ending.as_str());
        if head.is_empty() && sniff::extension(name).is_some_and(is_package) {
            let message = "nothing is in the file; ask for it once more".to_owned();
            return Err(broken(LoadError { line: None, message }));
        }
        let Some(kind) = Kind::of(&head, name, options.format) else {
            return Ok(Taken::Stream(Box::new(Cursor::new(head).chain(input))));
        };
        let mut bytes = Vec::new();
        let (mut encoding, mut encoding_guessed) = (Encoding::Utf8, false);
        let mut input: Box<dyn Read> = match kind {
            Kind::Package => Box::new(Cursor::new(head).chain(input)),
            _ => {
                let decoded = decode::decoded(head, Box::new(input));
                (encoding, encoding_guessed) = (decoded.encoding, decoded.guessed);
                decoded.input
            }
        };
        input.by_ref().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_BYTES {
            let message = format!("it is larger than {} MiB, which no questionnaire is", MAX_BYTES >> 20);
            return Err(broken(LoadError { line: None, message }));
        }
        if kind != Kind::Package && std::str::from_utf8(&bytes).is_err() {
            (encoding, encoding_guessed) = (Encoding::Windows1252, true);
        }
        if kind != Kind::Package && sniff::is_binary(&bytes[..bytes.len().min(HEAD_BYTES)]) {
            return Err(foreign(Foreign::Binary));
        }
        let (format, book) = match kind {
            Kind::Json => (Format::Json, book::json::load(&bytes, false)),
            Kind::JsonLines => (Format::Jsonl, book::json::load(&bytes, true)),
            Kind::Markdown => (Format::Markdown, book::markdown::load(&bytes)),
            Kind::Package => match package_format(&bytes).map_err(foreign)? {
                Format::Docx => (Format::Docx, book::docx::load(&bytes)),
                format => (format, book::workbook::load(&bytes.into(), format)),
            },
        };
        let mut book = book.map_err(broken)?;
        book::check(&mut book).map_err(broken)?;
        Ok(Taken::Book(Whole { file, format, book, encoding, encoding_guessed }))
    }
}

/// The kind of document that an archive or an old Office file is, by the names of its parts.
fn package_format(bytes: &[u8]) -> Result<Format, Foreign> {
    let has = |name: &str| bytes.windows(name.len()).any(|window| window == name.as_bytes());
    if !bytes.starts_with(b"PK") {
        // In an old Office file, names are UTF-16.
        let wide = |name: &str| {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.windows(name.len()).any(|window| window == name)
        };
        return match () {
            () if wide("EncryptedPackage") => Err(Foreign::Protected),
            () if wide("Workbook") || wide("Book") => Ok(Format::Xls),
            () => Err(Foreign::OldOffice),
        };
    }
    match () {
        () if has("xl/workbook.xml") => Ok(Format::Xlsx),
        () if has("xl/workbook.bin") => Ok(Format::Xlsb),
        () if has("word/document.xml") => Ok(Format::Docx),
        () if has("application/vnd.oasis.opendocument.spreadsheet") => Ok(Format::Ods),
        // Packed again, its kind is packed too; a text document keeps its word for itself.
        () if has("mimetype") && has("content.xml") && !has("opendocument.text") => Ok(Format::Ods),
        () => Err(Foreign::Zip),
    }
}

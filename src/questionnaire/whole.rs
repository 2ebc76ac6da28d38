//! Documents that must be read whole before anything can be told of them.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::book::{Book, LoadError, workbook};
use super::decode::{self, Encoding};
use super::error::{Foreign, ReadError};
use super::layout::Format;
use super::reader::Options;
use super::sniff;
use crate::domain::Place;

/// The largest document that is read whole, in bytes as it lies on disk.
const MAX_BYTES: u64 = 128 << 20;

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

impl Whole {
    /// Reads a document whole, if it is of a kind that asks for it.
    pub(super) fn of(
        mut input: impl Read + 'static,
        name: &str,
        options: &Options,
    ) -> Result<Taken, ReadError> {
        const MAGIC_BYTES: usize = 4 << 10;
        let file: Arc<str> = if name == "-" { "stdin".into() } else { name.into() };
        let failed = |source| ReadError::Io { place: Place::line(&file, 1), source };
        let head = decode::head_of(&mut input, MAGIC_BYTES).map_err(failed)?;
        if options.format.is_some_and(|format| matches!(format, Format::Csv | Format::Text))
            || !sniff::is_whole(&head)
        {
            return Ok(Taken::Stream(Box::new(Cursor::new(head).chain(input))));
        }
        let mut bytes = head;
        input.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        let broken =
            |LoadError { line, message }| ReadError::Broken { file: Arc::clone(&file), line, message };
        if bytes.len() as u64 > MAX_BYTES {
            let message = format!("it is larger than {} MiB, which no questionnaire is", MAX_BYTES >> 20);
            return Err(broken(LoadError { line: None, message }));
        }
        let foreign = |found| ReadError::Foreign { file: Arc::clone(&file), found };
        let format = package_format(&bytes).map_err(foreign)?;
        let book = workbook::load(&bytes.into(), format).map_err(broken)?;
        Ok(Taken::Book(Whole { file, format, book, encoding: Encoding::Utf8, encoding_guessed: false }))
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
        () if has("application/vnd.oasis.opendocument.spreadsheet") => Ok(Format::Ods),
        () => Err(Foreign::Zip),
    }
}

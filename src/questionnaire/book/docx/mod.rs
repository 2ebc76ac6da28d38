//! Word documents: paragraphs become lines, tables become sheets of cells.

mod document;
mod paragraph;
mod styles;
mod table;
#[cfg(test)]
mod tests;
mod xml;

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Book, LoadError};
use crate::questionnaire::decode;

/// How many entries an archive may have, and how many bytes its parts that are read may take together.
const MAX_ENTRIES: usize = 10_000;
const MAX_INFLATED_BYTES: u64 = 64 << 20;

/// Takes a Word document apart: what stands in its body, in order.
///
/// # Errors
/// It is no Word document, broken, protected by a password, or larger than any questionnaire.
pub(in crate::questionnaire) fn load(bytes: &[u8]) -> Result<Book, LoadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))
        .map_err(|_| problem("the Word document is broken: it is no whole zip file; ask for it once more"))?;
    if archive.len() > MAX_ENTRIES {
        return Err(problem(&format!("the Word document has more than {MAX_ENTRIES} parts")));
    }
    let mut budget = MAX_INFLATED_BYTES;
    let styles = part(&mut archive, "word/styles.xml", &mut budget)?;
    let document = part(&mut archive, "word/document.xml", &mut budget)?;
    let Some(document) = document else {
        return Err(problem(
            "there is no text in the file: `word/document.xml` is missing; is it a Word document?",
        ));
    };
    // A document without its styles, or with broken ones, still has its words.
    let styles = styles.and_then(|xml| styles::read(&xml).ok()).unwrap_or_default();
    document::read(&document, &styles)
}

/// A part of the archive as text, if it is there. What it really takes counts, not what the archive declares.
fn part(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    budget: &mut u64,
) -> Result<Option<String>, LoadError> {
    let mut entry = match archive.by_name(name) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
            return Err(problem("the Word document is protected by a password; save it without one"));
        }
        Err(error) => return Err(problem(&format!("the Word document is broken at `{name}`: {error}"))),
    };
    let mut bytes = Vec::new();
    (&mut entry)
        .take(*budget + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| problem(&format!("the Word document is broken at `{name}`: {error}")))?;
    let taken = bytes.len() as u64;
    if taken > *budget {
        let limit = MAX_INFLATED_BYTES >> 20;
        return Err(problem(&format!("the Word document unpacks to more than {limit} MiB; split it")));
    }
    *budget -= taken;
    let mut decoded = decode::decoded(bytes, Box::new(std::io::empty()));
    let mut text = Vec::new();
    decoded
        .input
        .read_to_end(&mut text)
        .map_err(|error| problem(&format!("`{name}` is no text: {error}")))?;
    Ok(Some(decode::text(&text).into_owned()))
}

fn problem(message: &str) -> LoadError {
    LoadError { line: None, message: message.to_owned() }
}

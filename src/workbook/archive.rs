use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io::{self, Cursor, Read, Seek, Write};
use std::sync::Arc;

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::safe_text::one_line;

use super::error::{Foreign, PackageError};
use super::limits::Limits;

/// An archive from a stranger: once open, all of it unpacks within the limits.
///
/// Entries are found by name and never become files, so that no name can lead out of a directory.
#[derive(Clone)]
pub struct Archive {
    zip: ZipArchive<Cursor<Arc<[u8]>>>,
    /// Names as parts have them: no `/` in front, `\` read as `/`, in lower case, since parts ignore case.
    names: HashMap<String, usize>,
    limits: Limits,
    /// What all entries unpack to.
    unpacked: u64,
}

impl Archive {
    /// Opens an archive and unpacks everything once, keeping nothing, to know that it can be.
    ///
    /// # Errors
    /// It is no zip archive, is damaged, needs a password, or is beyond a limit.
    pub fn open(bytes: impl Into<Arc<[u8]>>, limits: Limits) -> Result<Archive, PackageError> {
        let bytes = bytes.into();
        if !bytes.starts_with(b"PK") {
            return Err(PackageError::NotAWorkbook(foreign(&bytes)));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        if zip.len() > limits.entries {
            return Err(PackageError::TooManyEntries { found: zip.len(), limit: limits.entries });
        }
        let mut archive = Archive { zip, names: HashMap::new(), limits, unpacked: 0 };
        archive.find_names()?;
        archive.unpack_everything()?;
        Ok(archive)
    }

    fn find_names(&mut self) -> Result<(), PackageError> {
        if self.zip.has_duplicate_names() {
            return Err(PackageError::Duplicate("an entry".into()));
        }
        for at in 0..self.zip.len() {
            let name = match self.zip.name_for_index(at) {
                Some(Ok(name)) => name.into_owned(),
                Some(Err(error)) => return Err(broken(error)),
                None => continue,
            };
            if self.names.insert(folded(&name), at).is_some() {
                return Err(PackageError::Duplicate(one_line(&name)));
            }
        }
        Ok(())
    }

    /// Headers lie: what counts is what comes out.
    fn unpack_everything(&mut self) -> Result<(), PackageError> {
        let limit = self.limits.unpacked;
        let (mut declared, mut real) = (0_u64, 0_u64);
        for at in 0..self.zip.len() {
            declared = declared.saturating_add(self.zip.by_index_raw(at).map_err(broken)?.size());
            if declared > limit {
                return Err(PackageError::TooLarge { limit });
            }
        }
        for at in 0..self.zip.len() {
            let entry = self.zip.by_index(at).map_err(broken)?;
            let left = (limit - real).saturating_add(1);
            let came = io::copy(&mut entry.take(left), &mut io::sink());
            real = real.saturating_add(came.map_err(|error| PackageError::Broken(error.to_string()))?);
            if real > limit {
                return Err(PackageError::TooLarge { limit });
            }
        }
        self.unpacked = real;
        Ok(())
    }

    /// How much may be read.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many bytes all parts unpack to together.
    pub fn unpacked(&self) -> u64 {
        self.unpacked
    }

    /// The parts whose names, in lower case, end so; in order.
    pub(super) fn parts_ending(&self, end: &str) -> BTreeSet<&str> {
        self.names.keys().map(String::as_str).filter(|name| name.ends_with(end)).collect()
    }

    /// Whether there is a part of this name.
    pub fn has(&self, part: &str) -> bool {
        self.names.contains_key(&folded(part))
    }

    /// Where a part stands among the entries.
    pub(super) fn position(&self, part: &str) -> Option<usize> {
        self.names.get(&folded(part)).copied()
    }

    /// A part's bytes.
    ///
    /// # Errors
    /// There is none of this name, or it is damaged.
    pub fn read(&self, part: &str) -> Result<Vec<u8>, PackageError> {
        let at = self.position(part).ok_or_else(|| PackageError::Missing(one_line(part)))?;
        // Cloned for its place in the bytes; bytes and directory are shared.
        let mut zip = self.zip.clone();
        let mut bytes = Vec::new();
        let entry = zip.by_index(at).map_err(broken)?;
        let read = entry.take(self.limits.unpacked).read_to_end(&mut bytes);
        read.map_err(|error| PackageError::Broken(error.to_string()))?;
        Ok(bytes)
    }

    /// A part's text: UTF-8, or UTF-16 where a byte order mark says so. The mark stays.
    ///
    /// # Errors
    /// As [`Archive::read`], or it is no text.
    pub fn read_text(&self, part: &str) -> Result<String, PackageError> {
        let bytes = self.read(part)?;
        if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(&bytes)
            && encoding != encoding_rs::UTF_8
        {
            return Ok(encoding.decode(&bytes).0.into_owned());
        }
        utf8(bytes, part)
    }

    /// A part's text where it is in UTF-8, so that it can be written back byte for byte.
    pub(super) fn read_utf8(&self, part: &str) -> Result<String, PackageError> {
        utf8(self.read(part)?, part)
    }

    /// The same archive with some entries' content replaced, to a writer; every other entry is copied as it is packed.
    pub(super) fn rewrite<W: Write + Seek>(
        &self,
        changed: &HashMap<usize, Vec<u8>>,
        to: W,
    ) -> Result<W, PackageError> {
        let mut zip = self.zip.clone();
        let mut writer = ZipWriter::new(to);
        writer.set_raw_comment(zip.comment().into()).map_err(unwritten)?;
        for at in 0..zip.len() {
            let entry = zip.by_index_raw(at).map_err(broken)?;
            match changed.get(&at) {
                None => writer.raw_copy_file(entry).map_err(unwritten)?,
                Some(content) => {
                    let (name, options) = described(&entry)?;
                    drop(entry);
                    writer.start_file(name, options).map_err(unwritten)?;
                    writer.write_all(content).map_err(PackageError::Write)?;
                }
            }
        }
        writer.finish().map_err(unwritten)
    }
}

fn utf8(bytes: Vec<u8>, part: &str) -> Result<String, PackageError> {
    String::from_utf8(bytes).map_err(|error| PackageError::Xml {
        part: one_line(part),
        at: error.utf8_error().valid_up_to() as u64,
        what: "it is not in UTF-8".into(),
    })
}

/// The name and what is kept of an entry whose content is new.
fn described(entry: &ZipFile<'_, Cursor<Arc<[u8]>>>) -> Result<(String, SimpleFileOptions), PackageError> {
    let name = entry.name().map_err(broken)?.into_owned();
    Ok((name, entry.options()))
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("entries", &self.zip.len()).finish_non_exhaustive()
    }
}

fn folded(name: &str) -> String {
    let name = name.replace('\\', "/").to_ascii_lowercase();
    name.strip_prefix('/').map(ToOwned::to_owned).unwrap_or(name)
}

/// Told by its first bytes; Excel hides an encrypted workbook in the container of the old formats.
fn foreign(bytes: &[u8]) -> Foreign {
    const OLD_CONTAINER: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    if !bytes.starts_with(OLD_CONTAINER) {
        return Foreign::Unknown;
    }
    let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encrypted = bytes.windows(stream.len()).any(|window| window == stream);
    if encrypted { Foreign::Encrypted } else { Foreign::Xls }
}

fn broken(error: ZipError) -> PackageError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            PackageError::NotAWorkbook(Foreign::Encrypted)
        }
        error => PackageError::Broken(one_line(&error.to_string())),
    }
}

fn unwritten(error: ZipError) -> PackageError {
    PackageError::Write(error.into())
}

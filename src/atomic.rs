//! Files are replaced whole or left alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file being written. Nothing is seen under its name until [`NewFile::commit`].
///
/// Dropping it without a commit leaves whatever was there.
#[derive(Debug)]
pub struct NewFile {
    to: Destination,
}

#[derive(Debug)]
enum Destination {
    /// A regular file: written beside its final name, then renamed.
    Rename { writer: BufWriter<NamedTempFile>, path: PathBuf, replaces: bool },
    /// A device, pipe or the like, which cannot be replaced by a rename.
    Direct(BufWriter<File>),
}

impl NewFile {
    /// Prepares a file; fails early where the directory cannot be written to.
    ///
    /// # Errors
    /// When the directory does not exist or refuses the file.
    pub fn create(path: &Path) -> io::Result<NewFile> {
        if fs::symlink_metadata(path).is_ok_and(|link| link.is_symlink()) && !path.exists() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "it is a link that leads nowhere"));
        }
        // A link is followed, so that what it points to is replaced and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let existing = fs::metadata(&path).ok();
        if let Some(metadata) = &existing {
            if metadata.is_dir() {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
            }
            if !metadata.is_file() {
                let file = OpenOptions::new().write(true).open(&path)?;
                return Ok(NewFile { to: Destination::Direct(BufWriter::new(file)) });
            }
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !parent.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "there is no such directory"));
        }
        // The error would name the temporary file, which means nothing to anyone.
        let temporary =
            beside(parent).map_err(|error| io::Error::new(error.kind(), error.kind().to_string()))?;
        let replaces = existing.is_some();
        if let Some(metadata) = existing {
            temporary.as_file().set_permissions(metadata.permissions())?;
        }
        Ok(NewFile { to: Destination::Rename { writer: BufWriter::new(temporary), path, replaces } })
    }

    /// Where the file is until it is committed; nothing for a device.
    pub fn temporary(&self) -> Option<&Path> {
        match &self.to {
            Destination::Rename { writer, .. } => Some(writer.get_ref().path()),
            Destination::Direct(_) => None,
        }
    }

    /// Puts the file under its name, synced to disk first.
    ///
    /// # Errors
    /// When writing, syncing or renaming fails, or where there was no file at first and somebody has put one there
    /// since; the old file is then still there.
    pub fn commit(self) -> io::Result<()> {
        match self.to {
            Destination::Rename { writer, path, replaces } => {
                let temporary = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
                temporary.as_file().sync_data()?;
                if replaces {
                    temporary.persist(path).map_err(|failed| failed.error)?;
                } else {
                    temporary.persist_noclobber(path).map_err(|failed| failed.error)?;
                }
                Ok(())
            }
            Destination::Direct(mut writer) => writer.flush(),
        }
    }
}

#[cfg(unix)]
fn beside(parent: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    // The umask narrows this, as for any new file; the default of 0600 would surprise whoever shares the export.
    let permissions = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".whose-").permissions(permissions).tempfile_in(parent)
}

#[cfg(not(unix))]
fn beside(parent: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".whose-").tempfile_in(parent)
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            Destination::Rename { writer, .. } => writer.write(bytes),
            Destination::Direct(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            Destination::Rename { writer, .. } => writer.flush(),
            Destination::Direct(writer) => writer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NewFile;
    use std::fs;
    use std::io::Write as _;

    #[test]
    fn the_old_file_stays_until_commit_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let mut first = NewFile::create(&path).unwrap();
        first.write_all(b"one").unwrap();
        first.commit().unwrap();
        let mut second = NewFile::create(&path).unwrap();
        second.write_all(b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        drop(second);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_appeared_meanwhile_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let file = NewFile::create(&path).unwrap();
        fs::File::create(&path).unwrap().write_all(b"somebody else's").unwrap();
        assert!(file.commit().is_err());
        assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
    }

    #[test]
    fn a_missing_directory_is_told_at_once() {
        let dir = tempfile::tempdir().unwrap();
        assert!(NewFile::create(&dir.path().join("no/out.csv")).is_err());
        assert!(NewFile::create(dir.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_keeps_pointing_and_permissions_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let (target, link) = (dir.path().join("target"), dir.path().join("link"));
        fs::File::create(&target).unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let mut file = NewFile::create(&link).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().file_type().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    }
}

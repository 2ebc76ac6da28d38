//! Where data files come from: the binary itself, then directories that add to it and override it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use crate::diagnostic::SourceFile;

/// The data files of one place. A later layer overrides an earlier one: a provider as a whole, an area by its id.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// The mapping files, ordered by name.
    pub files: Vec<Arc<SourceFile>>,
    /// Phrasings of the user's own beside them, one file an area, ordered by name; the catalog does not read them.
    pub phrasings: Vec<Arc<SourceFile>>,
}

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!("mappings/", $name), include_str!(concat!("../../mappings/", $name)))),+]
    };
}

/// The mapping files in the binary.
const EMBEDDED: &[(&str, &str)] =
    embedded!("areas.toml", "outsystems.toml", "render.toml", "salesforce.toml", "union.toml", "vercel.toml");

impl Layer {
    /// The mapping files in the binary.
    pub fn embedded() -> Layer {
        let file = |(path, text): &(&str, &str)| Arc::new(SourceFile::new(*path, *text));
        Layer { files: EMBEDDED.iter().map(file).collect(), phrasings: Vec::new() }
    }

    /// The `.toml` and `.txt` files of a directory.
    ///
    /// # Errors
    /// When the directory or one of the files cannot be read; the path comes with it.
    pub fn from_dir(dir: &Path) -> Result<Layer, (PathBuf, io::Error)> {
        let at = |path: &Path| {
            let path = path.to_path_buf();
            move |error| (path, error)
        };
        let mut paths = Vec::new();
        for entry in fs::read_dir(dir).map_err(at(dir))? {
            let path = entry.map_err(at(dir))?.path();
            paths.push(path);
        }
        paths.sort();
        let ending = |ending: &str| -> Result<Vec<_>, _> {
            let named = paths.iter().filter(|path| path.extension().is_some_and(|found| found == ending));
            named.map(|path| Layer::read_file(path).map_err(at(path))).collect()
        };
        Ok(Layer { files: ending("toml")?, phrasings: ending("txt")? })
    }

    /// One data file.
    ///
    /// # Errors
    /// When it cannot be read. One that is not UTF-8 is reported when it is parsed.
    pub fn read_file(path: &Path) -> io::Result<Arc<SourceFile>> {
        Ok(Arc::new(SourceFile::from_bytes(path.display().to_string(), fs::read(path)?)))
    }
}

/// The file's name without directories and `.toml`.
pub(super) fn stem(file: &SourceFile) -> &str {
    let name = file.path.rsplit(['/', '\\']).next().unwrap_or(&file.path);
    name.strip_suffix(".toml").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{EMBEDDED, Layer};

    #[test]
    fn every_mapping_on_disk_is_in_the_binary() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
        let on_disk = Layer::from_dir(&dir).unwrap();
        let names =
            |layer: &Layer| layer.files.iter().map(|file| super::stem(file).to_string()).collect::<Vec<_>>();
        assert_eq!(names(&on_disk), names(&Layer::embedded()));
        assert!(EMBEDDED.is_sorted());
    }
}

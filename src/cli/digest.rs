//! Digests that tell whether something has changed, as `sha256sum` would.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::catalog::Layer;

use super::error::CliError;
use super::output;

/// The digest of a file.
///
/// # Errors
/// It cannot be read.
pub(crate) fn of_file(path: &Path) -> Result<String, CliError> {
    read(path).map_err(|error| CliError::io(format!("cannot read {}", output::name(path)), &error))
}

fn read(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(shown(digest)),
            length => digest.update(&buffer[..length]),
        }
    }
}

/// The digest of all mapping files, in their order.
pub(crate) fn of_layers(layers: &[Layer]) -> String {
    let mut digest = Sha256::new();
    for file in layers.iter().flat_map(|layer| &layer.files) {
        // The length keeps files apart.
        digest.update((file.text.len() as u64).to_be_bytes());
        digest.update(file.text.as_bytes());
    }
    shown(digest)
}

fn shown(digest: Sha256) -> String {
    let mut text = String::from("sha256:");
    for byte in digest.finalize() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write as _;

    #[test]
    fn digests_are_those_of_sha256sum() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("abc");
        File::create(&path).unwrap().write_all(b"abc").unwrap();
        let known = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::of_file(&path).unwrap(), known);
    }
}

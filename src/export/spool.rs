use std::io::{self, BufRead as _, BufReader, Seek as _, Write as _};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::SpooledTempFile;

/// What is kept in memory before a temporary file takes it.
const IN_MEMORY: usize = 64 * 1024;

/// Things put aside until the end, in bounded memory; they come back in their order.
#[derive(Debug)]
pub(super) struct Spool<T> {
    file: SpooledTempFile,
    kind: PhantomData<T>,
}

impl<T: Serialize + DeserializeOwned> Spool<T> {
    pub(super) fn new() -> Spool<T> {
        Spool { file: SpooledTempFile::new(IN_MEMORY), kind: PhantomData }
    }

    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push(&mut self, thing: &T) -> io::Result<()> {
        let mut line = serde_json::to_vec(thing)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }

    /// Gives everything to `each`, first to last.
    ///
    /// # Errors
    /// When the temporary file cannot be read, or `each` fails.
    pub(super) fn drain(&mut self, mut each: impl FnMut(T) -> io::Result<()>) -> io::Result<()> {
        self.file.rewind()?;
        for line in BufReader::new(&mut self.file).lines() {
            each(serde_json::from_str(&line?)?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_MEMORY, Spool};

    #[test]
    fn things_come_back_in_order_from_memory_and_from_disk() {
        for count in [0, 3, IN_MEMORY / 4] {
            let things: Vec<String> = (0..count).map(|number| format!("{number}\n\u{1b}é")).collect();
            let mut spool = Spool::new();
            things.iter().for_each(|thing| spool.push(thing).unwrap());
            let mut back: Vec<String> = Vec::new();
            spool
                .drain(|thing| {
                    back.push(thing);
                    Ok(())
                })
                .unwrap();
            assert_eq!(back, things);
        }
    }
}

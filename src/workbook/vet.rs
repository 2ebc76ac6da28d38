use quick_xml::events::Event;

use super::error::PackageError;
use super::package::Package;
use super::xml::{Xml, attribute, local};

/// Texts that cells share: as many as cells are read.
const MAX_TEXTS: u64 = 8_000_000;
/// Elements of the styles; Excel has no more than 64,000 formats of cells.
const MAX_STYLES: u64 = 1_000_000;

impl Package {
    /// Looks at the parts that readers of workbooks hold whole: a few bytes can make them reserve any amount of memory,
    /// and a process that gets none is ended without a word.
    ///
    /// # Errors
    /// A part is damaged, declares a document type, or claims or holds more than any workbook has.
    pub fn vet(&self) -> Result<(), PackageError> {
        for part in self.archive.parts_ending("sharedstrings.xml") {
            self.count(part, "si", MAX_TEXTS)?;
        }
        for part in self.archive.parts_ending("styles.xml") {
            self.count(part, "", MAX_STYLES)?;
        }
        Ok(())
    }

    /// Counts the elements of a name, all where none is given; a count that the part itself gives is no other.
    fn count(&self, part: &str, name: &str, most: u64) -> Result<(), PackageError> {
        let text = self.archive.read_text(part)?;
        let mut xml = Xml::new(&text, part, self.archive.limits().depth);
        let mut found = 0;
        while let Some(token) = xml.next()? {
            let (Event::Start(element) | Event::Empty(element)) = &token.event else { continue };
            let element_name = local(element);
            found += u64::from(name.is_empty() || element_name == name);
            // What is no number counts as the largest: readers differ in what they take for one.
            let claimed = (element_name == "sst").then(|| attribute(element, "uniqueCount")).flatten();
            let claimed = claimed.map_or(0, |count| count.trim().parse().unwrap_or(u64::MAX));
            if found.max(claimed) > most {
                return Err(xml.error(&format!("it holds, or claims to hold, more than {most} entries")));
            }
        }
        Ok(())
    }
}

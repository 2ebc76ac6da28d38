//! Labelled questions: `id,section,question,area,also`.

use std::collections::BTreeSet;

/// A question with the areas that are right for it.
pub(crate) struct Labelled {
    /// The first level of its heading.
    pub(crate) section: String,
    /// The question.
    pub(crate) question: String,
    /// The label.
    pub(crate) area: String,
    /// The label and what is right too.
    pub(crate) right: BTreeSet<String>,
}

/// Reads a file of labelled questions.
pub(crate) fn read(file: &str) -> Result<Vec<Labelled>, csv::Error> {
    let mut rows = Vec::new();
    for record in csv::Reader::from_path(file)?.deserialize() {
        let (_, section, question, area, also): (String, String, String, String, String) = record?;
        let section = section.split(" / ").next().unwrap_or_default().to_owned();
        let right = also
            .split(';')
            .filter(|area| !area.is_empty())
            .chain([area.as_str()])
            .map(str::to_owned)
            .collect();
        rows.push(Labelled { section, question, area, right });
    }
    Ok(rows)
}

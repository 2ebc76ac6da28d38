//! Bytes become a table; what must hold for any of them. Used by the fuzz target and by a property test.

use std::io::Cursor;

use whose::questionnaire::{Entry, Options, Reader};

/// The bytes are a CSV file: encoding, delimiter and header are told from them.
pub(crate) fn drive(data: &[u8]) {
    let (first, second) = (rows(data), rows(data));
    assert_eq!(first, second, "the same bytes are read as the same rows");
    let Some(rows) = first else { return };
    let lines: Vec<u64> = rows.iter().map(|(line, ..)| *line).collect();
    assert!(lines.is_sorted(), "rows come in their order: {lines:?}");
    let ends = data.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    assert!(lines.last().is_none_or(|last| *last <= ends + 1), "no row stands below the last line");
    assert!(
        rows.iter().all(|(_, question, text)| !question || !text.trim().is_empty()),
        "a question says something"
    );
}

/// Line, whether it is a question, and text of each row; nothing where the bytes are refused.
fn rows(data: &[u8]) -> Option<Vec<(u64, bool, String)>> {
    let reader = Reader::open(Cursor::new(data.to_vec()), "q.csv", &Options::default()).ok()?;
    let row = |entry: Entry| match entry {
        Entry::Question(question) => (question.place.line, true, question.text),
        Entry::Skipped(skipped) => (skipped.place.line, false, skipped.text),
    };
    Some(reader.filter_map(Result::ok).map(row).collect())
}

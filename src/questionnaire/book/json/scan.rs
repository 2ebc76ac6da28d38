//! A first look over JSON: how deep and how large it is, and where its lines begin.

use crate::questionnaire::book::LoadError;

/// How deep values may be nested, and how many there may be: far above any questionnaire.
pub(super) const MAX_DEPTH: usize = 128;
const MAX_VALUES: usize = 2_000_000;

/// Refuses what would take the parser too deep or too much memory.
///
/// # Errors
/// Deeper than [`MAX_DEPTH`] or more values than any questionnaire has.
pub(super) fn measure(text: &str, first_line: u64) -> Result<(), LoadError> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut values) = (0, 0_usize, 0_usize);
    let error = |at: usize, message: String| {
        let line = first_line - 1 + Positions::new(&text[..at]).line(at);
        Err(LoadError { line: Some(line), message })
    };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at += bytes[at..]
                    .iter()
                    .position(|byte| matches!(byte, b'\n' | b'\r'))
                    .unwrap_or(bytes.len() - at);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at + 2..].find("*/").map_or(bytes.len(), |end| at + 2 + end + 1);
            }
            b'[' | b'{' => {
                (depth, values) = (depth + 1, values + 1);
                if depth > MAX_DEPTH {
                    return error(at, format!("the JSON is nested deeper than {MAX_DEPTH} levels"));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if values > MAX_VALUES {
            return error(
                at,
                format!("the JSON holds more than {MAX_VALUES} values; split it into several files"),
            );
        }
        at += 1;
    }
    Ok(())
}

/// Where the string that opens at `start` has its closing quote.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Which line a byte stands in.
pub(super) struct Positions {
    /// Where each line but the first begins.
    starts: Vec<usize>,
}

impl Positions {
    pub(super) fn new(text: &str) -> Positions {
        let bytes = text.as_bytes();
        let ends = |at: &usize| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        Positions { starts: (0..bytes.len()).filter(ends).map(|at| at + 1).collect() }
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, at: usize) -> u64 {
        self.starts.partition_point(|start| *start <= at) as u64 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_everywhere() {
        let positions = Positions::new("a\nb\r\nc\rd");
        assert_eq!([0, 1, 2, 4, 5, 7].map(|at| positions.line(at)), [1, 1, 2, 2, 3, 4]);
    }

    #[test]
    fn depth_is_counted_outside_strings_and_comments() {
        assert_eq!(measure(&format!("{}1{}", "[".repeat(128), "]".repeat(128)), 1), Ok(()));
        assert_eq!(measure(&format!("[\"{}\\\"[\" // {}\n]", "[".repeat(200), "[".repeat(200)), 1), Ok(()));
        assert_eq!(measure(&format!("/* {} */ []", "[".repeat(200)), 1), Ok(()));
        let error = measure(&format!("\n{}", "[".repeat(129)), 1).unwrap_err();
        assert_eq!(
            (error.line, error.message.as_str()),
            (Some(2), "the JSON is nested deeper than 128 levels")
        );
    }

    #[test]
    fn too_many_values_are_refused() {
        assert!(measure(&format!("[{}1]", "1,".repeat(2_000_000)), 1).is_err());
    }
}

//! Several questions in one cell, one a line.

use super::wording;

/// Below how many words a line is rather part of something.
const FEWEST_WORDS: usize = 3;

/// The questions of a cell: its lines, where each asks something by itself, or else the cell as a whole.
///
/// `answers` is how many lines the row's answer cell has: as many answers as lines say it outright.
pub(super) fn questions(cell: &str, answers: usize) -> Vec<&str> {
    let lines: Vec<&str> = cell.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() < 2 {
        return vec![cell];
    }
    let by_answers = answers == lines.len() && lines.iter().all(|line| says_something(line));
    // "Is it so? (e.g. here)" asks as well.
    let asks = |line: &&&str| wording::ends_asking(line) || line.contains("? (");
    let asking = lines.iter().filter(asks).count();
    let stands = lines.iter().all(|line| stands_alone(line));
    if by_answers || (stands && asking > 0) {
        return lines.into_iter().map(|line| wording::unmarked(line).text).collect();
    }
    vec![cell]
}

/// Whether a line may be a statement of its own; what goes on from the line above begins small.
fn says_something(line: &str) -> bool {
    let text = wording::unmarked(line).text;
    text.starts_with(|c: char| c.is_uppercase()) && text.split_whitespace().count() >= FEWEST_WORDS
}

/// Whether a line asks something without the lines around it. A list of what is asked about does not.
fn stands_alone(line: &str) -> bool {
    let text = wording::unmarked(line).text;
    // `[If so, describe how.]` asks too.
    let text = text.strip_prefix(['[', '(']).unwrap_or(text);
    let words = text.split_whitespace().count();
    if !text.starts_with(|c: char| c.is_uppercase()) {
        return false;
    }
    let ends = text.trim_end_matches([']', ')']);
    (words >= FEWEST_WORDS && ends.ends_with('?'))
        || (wording::begins_like_a_question(text)
            && (words >= FEWEST_WORDS || ends.ends_with('.'))
            && !ends.ends_with([':', ',', ';']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_ask_are_questions_of_their_own() {
        assert_eq!(
            questions("Is there MFA?\nWho reviews rights?", 0),
            ["Is there MFA?", "Who reviews rights?"]
        );
        assert_eq!(
            questions("1. Are backups tested?\n\n2. If so, describe how.", 0),
            ["Are backups tested?", "If so, describe how."]
        );
        assert_eq!(questions("Do you hold a certificate? (e.g. SOC 2)\n[If yes, attach it.]", 1).len(), 2);
        assert_eq!(questions("Is there MFA?\n[If yes, since when]\nDescribe.", 1).len(), 3);
        let statements = ["Backups are tested", "Backups are kept apart"];
        assert_eq!(questions(&statements.join("\n"), 2), statements);
        assert_eq!(questions("Are backups of the data\ntested every year?", 2).len(), 1);
    }

    #[test]
    fn one_question_over_several_lines_stays_one() {
        for cell in [
            "Is there MFA?",
            "Is there MFA\nfor every administrator?",
            "Do you have:\n- a policy?\n- a plan?",
            "Describe the following:\nPatching\nBackups",
            "Are keys rotated?\n(at least once a year)",
            "State your name.\nState your aim.",
            "",
        ] {
            assert_eq!(questions(cell, 1), [cell], "{cell}");
        }
    }
}

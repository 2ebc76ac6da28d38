use std::collections::BTreeMap;
use std::sync::Arc;

use crate::formula::guard;

use super::rows::AssignedRow;

/// A question of the file that is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The row of the sheet or the line of the text, from 1.
    pub row: u64,
    /// The column that the question stands in, from 1, where it is known.
    pub column: Option<u32>,
    /// The questionnaire's id, or the question's number.
    pub id: String,
    /// The question.
    pub question: String,
}

/// Which row belongs to which question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joined {
    /// Positions of targets and of their rows, in the order of the targets.
    pub pairs: Vec<(usize, usize)>,
    /// Targets without a row.
    pub without_row: Vec<usize>,
    /// Rows without a target.
    pub without_question: Vec<usize>,
    /// Targets with several rows that differ, so that nobody can tell which one is theirs.
    pub ambiguous: Vec<usize>,
}

/// Finds the row of each question: by id and question, and then by the question alone, in order where they repeat.
///
/// White space, and what the formula guard does, make no difference.
pub fn join(targets: &[Target], assigned: &[AssignedRow]) -> Joined {
    let target_keys: Vec<(String, String)> =
        targets.iter().map(|target| (key(&target.id), key(&target.question))).collect();
    let row_keys: Vec<(String, String)> =
        assigned.iter().map(|row| (key(&row.id), key(&row.question))).collect();

    let mut by_both: BTreeMap<&(String, String), Vec<usize>> = BTreeMap::new();
    for (at, key) in row_keys.iter().enumerate() {
        by_both.entry(key).or_default().push(at);
    }
    // Sheets that show one question have one row for it together, so each begins with the first again.
    let mut seen: BTreeMap<(&(String, String), Option<&str>), usize> = BTreeMap::new();
    let mut found: Vec<Option<usize>> = Vec::with_capacity(targets.len());
    for (target, key) in targets.iter().zip(&target_keys) {
        let Some(rows) = by_both.get(key) else {
            found.push(None);
            continue;
        };
        let count = seen.entry((key, target.sheet.as_deref())).or_default();
        let same = || rows.iter().all(|&row| says_the_same(&assigned[rows[0]], &assigned[row]));
        found.push(rows.get(*count).copied().or_else(|| same().then_some(rows[0])));
        *count += 1;
    }

    let mut used = vec![false; assigned.len()];
    found.iter().flatten().for_each(|&row| used[row] = true);
    // Question → what is left of targets and rows. An empty question names nothing.
    let mut left: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, (_, question)) in target_keys.iter().enumerate() {
        if found[at].is_none() && !question.is_empty() {
            left.entry(question).or_default().0.push(at);
        }
    }
    for (at, (_, question)) in row_keys.iter().enumerate() {
        if let Some((_, rows)) = left.get_mut(question.as_str()).filter(|_| !used[at]) {
            rows.push(at);
        }
    }
    let mut joined = Joined::default();
    for (targets, candidates) in left.values() {
        let Some(&first) = candidates.first() else { continue };
        let same = candidates.iter().all(|&other| says_the_same(&assigned[first], &assigned[other]));
        if !same && candidates.len() != targets.len() {
            joined.ambiguous.extend(targets);
            continue;
        }
        for (at, target) in targets.iter().enumerate() {
            // One decision may serve a question that is asked more often than it was assigned.
            let row = candidates.get(at).copied().or(same.then_some(first));
            found[*target] = row;
            row.into_iter().for_each(|row| used[row] = true);
        }
        if same {
            candidates.iter().for_each(|&row| used[row] = true);
        }
    }
    joined.ambiguous.sort_unstable();
    for (target, row) in found.iter().enumerate() {
        match row {
            Some(row) => joined.pairs.push((target, *row)),
            None if joined.ambiguous.binary_search(&target).is_ok() => {}
            None => joined.without_row.push(target),
        }
    }
    joined.without_question = (0..assigned.len()).filter(|&row| !used[row]).collect();
    joined
}

/// Text as both sides have it: control characters dropped as the export drops them, white space folded, no `'` in front.
fn key(text: &str) -> String {
    let guarded = guard(text);
    let text = guarded.trim();
    let text = text.strip_prefix('\'').unwrap_or(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says_the_same(one: &AssignedRow, other: &AssignedRow) -> bool {
    let said = |row: &AssignedRow| AssignedRow { line: 0, id: String::new(), ..row.clone() };
    said(one) == said(other)
}

#[cfg(test)]
mod tests {
    use super::{Joined, Target, join};
    use crate::filling::AssignedRow;

    fn target(id: &str, question: &str) -> Target {
        Target { sheet: None, row: 1, column: None, id: id.into(), question: question.into() }
    }

    fn row(id: &str, question: &str, party: &str) -> AssignedRow {
        AssignedRow {
            id: id.into(),
            question: question.into(),
            party: party.into(),
            ..AssignedRow::default()
        }
    }

    #[test]
    fn rows_find_their_questions_by_id_and_wording_and_then_by_wording() {
        let targets = [
            target("1", "=Who \n patches?"),
            target("2", "Who pays?"),
            target("2", "Who pays?"),
            target("9", "Who logs?"),
            target("5", "Who waits?"),
        ];
        let rows = [
            row("4", "Who logs?", "a"),
            row("2", "Who pays?", "b"),
            row("1", "'=Who patches?", "c"),
            row("2", "Who pays?", "d"),
            row("7", "Who left?", "e"),
        ];
        assert_eq!(
            join(&targets, &rows),
            Joined {
                pairs: vec![(0, 2), (1, 1), (2, 3), (3, 0)],
                without_row: vec![4],
                without_question: vec![4],
                ambiguous: vec![],
            }
        );
    }

    #[test]
    fn sheets_that_show_one_question_share_its_row() {
        let on = |sheet: &str| Target { sheet: Some(sheet.into()), ..target("1", "Who?") };
        let rows = [row("1", "Who?", "a"), row("1", "Who?", "b")];
        let joined = join(&[on("A"), on("A"), on("B"), on("B"), on("B")], &rows);
        assert_eq!(joined.pairs, [(0, 0), (1, 1), (2, 0), (3, 1)]);
        assert_eq!(joined.without_row, [4]);
    }

    #[test]
    fn a_wording_with_rows_that_differ_is_not_guessed() {
        let targets = [target("1", "Describe."), target("2", "Again.")];
        let rows = [
            row("x", "Describe.", "a"),
            row("y", "Describe.", "b"),
            row("z", "Again.", "c"),
            row("w", "Again.", "c"),
        ];
        let joined = join(&targets, &rows);
        assert_eq!((joined.ambiguous, joined.without_row), (vec![0], vec![]));
        assert_eq!(joined.pairs, [(1, 2)]);
        assert_eq!(joined.without_question, [0, 1]);
    }

    #[test]
    fn a_decision_serves_a_question_that_is_asked_twice() {
        let targets = [target("1", "Again."), target("2", "Again.")];
        assert_eq!(join(&targets, &[row("1", "Again.", "c")]).pairs, [(0, 0)]);
        assert_eq!(join(&targets, &[row("x", "Again.", "c")]).pairs, [(0, 0), (1, 0)]);
        assert_eq!(join(&[target("1", ""), target("2", " ")], &[row("x", "", "c")]).pairs, []);
    }
}

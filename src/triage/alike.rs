use std::sync::Arc;

use crate::domain::{Place, Question};
use crate::repeats::Repeats;

/// Which rows ask nearly the same, while more rows may come.
#[derive(Clone, Debug, Default)]
pub(super) struct AlikeRows {
    repeats: Repeats,
    /// For each row the first that asks the same; itself where none does.
    roots: Vec<usize>,
    /// For each row that is the first of its kind all of them; empty for the others.
    groups: Vec<Vec<usize>>,
}

impl AlikeRows {
    /// Takes the next row.
    pub(super) fn push(&mut self, question: &Question) {
        let row = self.roots.len();
        // Rows are told apart by their number: several may stand in one cell.
        let place = Place::line(&Arc::from(""), row as u64);
        let seen = self.repeats.see(&Question { place, ..question.clone() });
        let root = seen.map_or(row, |repeat| self.roots[repeat.first.line as usize]);
        self.roots.push(root);
        self.groups.push(Vec::new());
        self.groups[root].push(row);
    }

    /// The rows that ask nearly the same as this one, itself among them.
    pub(super) fn of(&self, row: usize) -> &[usize] {
        &self.groups[self.roots[row]]
    }
}

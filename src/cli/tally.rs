//! What came out of a run, counted.

use std::collections::BTreeMap;
use std::path::Path;

use crate::assignment::Assignment;
use crate::decisions::Earlier;
use crate::domain::Status;
use crate::export::grouped;
use crate::repeats::Repeat;

use super::output;
use super::ui::{Ui, count};

/// What came out, counted.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) questions: u64,
    by_status: BTreeMap<Status, u64>,
    by_party: BTreeMap<&'static str, u64>,
    settled_before: u64,
    disputed: u64,
    same: u64,
    near: u64,
    /// Whether there were more questions than repeats are looked for among.
    some_not_compared: bool,
}

impl Tally {
    pub(crate) fn add(&mut self, assignment: &Assignment<'_>) {
        self.questions += 1;
        *self.by_status.entry(assignment.status).or_default() += 1;
        match assignment.earlier {
            Some(Earlier::Settled(_)) => self.settled_before += 1,
            Some(Earlier::Disputed(_)) => self.disputed += 1,
            Some(Earlier::Near(_)) | None => {}
        }
        if let Some(party) = assignment.party() {
            *self.by_party.entry(party.as_str()).or_default() += 1;
        }
    }

    /// Counts a question that repeats an earlier one.
    pub(crate) fn repeated(&mut self, repeat: Option<&Repeat>) {
        match repeat {
            Some(repeat) if repeat.is_same => self.same += 1,
            Some(_) => self.near += 1,
            None => {}
        }
    }

    /// Says whether every question was compared with all before it.
    pub(crate) fn compared_with_all(&mut self, all: bool) {
        self.some_not_compared = !all;
    }

    pub(crate) fn unsettled(&self) -> u64 {
        self.by_status.iter().filter(|(status, _)| !status.is_settled()).map(|(_, count)| count).sum()
    }

    pub(crate) fn report(&self, output: Option<&Path>, ui: &mut Ui) {
        let status = self.by_status.iter().map(|(status, count)| format!("{} {status}", grouped(*count)));
        let party = self.by_party.iter().map(|(party, count)| format!("{} {party}", grouped(*count)));
        let list = |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>().join(", ");
        match self.questions {
            0 => ui.status("no questions"),
            number => ui.status(&format!("{}: {}", count(number, "question"), list(&mut { status }))),
        }
        if self.same + self.near > 0 {
            ui.status(&format!(
                "{} asked before, {} of them in other words; `whose inspect` names them",
                count(self.same + self.near, "question"),
                grouped(self.near)
            ));
        }
        if self.some_not_compared {
            ui.status("so many questions: only the first were looked through for repeats");
        }
        if self.settled_before > 0 {
            ui.status(&format!("{} settled by earlier decisions", count(self.settled_before, "row")));
        }
        if self.disputed > 0 {
            let rows = count(self.disputed, "row");
            ui.status(&format!(
                "{rows} to review, settled differently by earlier decisions; the note names them"
            ));
        }
        if !self.by_party.is_empty() {
            ui.status(&format!("parties: {}", list(&mut { party })));
        }
        if let Some(path) = output.filter(|path| path.as_os_str() != "-") {
            ui.status(&format!("wrote {}", output::name(path)));
        }
    }
}

//! What an export rests on and what came out, counted as the rows go by.

use std::collections::BTreeMap;

use crate::assignment::Assignment;
use crate::catalog::Provider;
use crate::domain::{AreaId, Party, Status};

/// Rows counted by party, by status, and by main area and party. `None` is a row without party or area.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All rows.
    pub questions: u64,
    by_status: BTreeMap<Status, u64>,
    by_area: BTreeMap<Option<AreaId>, BTreeMap<Option<Party>, u64>>,
}

impl Summary {
    /// Counts a row.
    pub fn add(&mut self, assignment: &Assignment<'_>) {
        self.questions += 1;
        *self.by_status.entry(assignment.status).or_default() += 1;
        let area = self.by_area.entry(assignment.area().cloned()).or_default();
        *area.entry(assignment.party()).or_default() += 1;
    }

    /// Rows with this status.
    pub fn status(&self, status: Status) -> u64 {
        self.by_status.get(&status).copied().unwrap_or_default()
    }

    /// Rows with this party.
    pub fn party(&self, party: Option<Party>) -> u64 {
        self.by_area.values().filter_map(|parties| parties.get(&party)).sum()
    }

    /// Rows of this main area with this party.
    pub fn area(&self, area: Option<&AreaId>, party: Option<Party>) -> u64 {
        let parties = self.by_area.get(&area.cloned());
        parties.and_then(|parties| parties.get(&party)).copied().unwrap_or_default()
    }

    /// `18 customer, 11 provider`; parties and rows that do not occur are left out.
    pub fn parties(&self) -> String {
        let named = Party::ALL.map(|party| (self.party(Some(party)), party.as_str()));
        listed(named.into_iter().chain([(self.party(None), "without a party")]))
    }

    /// `57 auto, 6 review`; what does not occur is left out.
    pub fn statuses(&self) -> String {
        listed(Status::ALL.map(|status| (self.status(status), status.as_str())))
    }
}

fn listed(counts: impl IntoIterator<Item = (u64, &'static str)>) -> String {
    let found = counts.into_iter().filter(|(count, _)| *count > 0);
    found.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// The places of the document that rows rest on, each with how many rows do.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// By statement id; statements of the same place are put together when they are asked for.
    rows: BTreeMap<(String, String), u64>,
}

impl Sources {
    /// Counts the places that a row cites, each once.
    pub fn add(&mut self, assignment: &Assignment<'_>) {
        let mut cited: Vec<(&str, &str)> = Vec::new();
        for statement in assignment.statements() {
            let said = statement.responsibility;
            let place = (said.section.as_str(), said.label.as_str());
            if cited.contains(&place) {
                continue;
            }
            cited.push(place);
            *self.rows.entry((place.0.to_owned(), place.1.to_owned())).or_default() += 1;
        }
    }

    /// Section, item and rows, in the document's order.
    pub fn cited<'p>(&self, provider: &'p Provider) -> Vec<(&'p str, &'p str, u64)> {
        let mut cited: Vec<(&str, &str, u64)> = Vec::new();
        for said in &provider.responsibilities {
            let known =
                cited.iter().any(|(section, item, _)| (*section, *item) == (&said.section, &said.label));
            let rows = self.rows.get(&(said.section.clone(), said.label.clone()));
            if let Some(rows) = rows.filter(|_| !known) {
                cited.push((&said.section, &said.label, *rows));
            }
        }
        cited
    }
}

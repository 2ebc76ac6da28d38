//! What the head of the report says of its rows, counted as they go by.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assignment::Assignment;
use crate::domain::{AreaId, Party, Status};

/// The parties in the order of the columns.
pub(super) const PARTIES: [Option<Party>; 6] = [
    Some(Party::Provider),
    Some(Party::Customer),
    Some(Party::Shared),
    Some(Party::ThirdParty),
    Some(Party::Unaddressed),
    None,
];

/// The word for a party, also where there is none.
pub(super) fn word(party: Option<Party>) -> &'static str {
    party.map_or("no party", Party::as_str)
}

/// The same as the filter knows it.
pub(super) fn key(party: Option<Party>) -> &'static str {
    party.map_or("none", Party::as_str)
}

/// Counted rows.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) questions: u64,
    pub(super) parties: BTreeMap<Option<Party>, u64>,
    pub(super) statuses: BTreeMap<Status, u64>,
    /// A question about several areas counts under each.
    pub(super) areas: BTreeMap<AreaId, BTreeMap<Option<Party>, u64>>,
    /// The same for rows without an area.
    pub(super) no_area: BTreeMap<Option<Party>, u64>,
    pub(super) files: Vec<Arc<str>>,
}

impl Counts {
    pub(super) fn add(&mut self, assignment: &Assignment<'_>) {
        let party = assignment.party();
        self.questions += 1;
        *self.parties.entry(party).or_default() += 1;
        *self.statuses.entry(assignment.status).or_default() += 1;
        for resolution in &assignment.resolutions {
            *self.areas.entry(resolution.area.id.clone()).or_default().entry(party).or_default() += 1;
        }
        if assignment.resolutions.is_empty() {
            *self.no_area.entry(party).or_default() += 1;
        }
        let file = &assignment.question.place.file;
        if !self.files.contains(file) {
            self.files.push(Arc::clone(file));
        }
    }
}

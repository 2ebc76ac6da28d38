use std::collections::BTreeSet;

use crate::domain::{AreaId, NamedParty, Party, Place, Status};
use crate::labelled::Provenance;
use crate::matching::NONE;
use crate::safe_text::one_line;

use super::Deployment;

/// A row that a person settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The question as it was asked.
    pub wording: String,
    /// What it is about, the main area first; empty where a person said that it is about no area.
    pub areas: Vec<AreaId>,
    /// Confirmed or corrected.
    pub status: Status,
    /// Who settled it, when and for which deployment, and the party that was named.
    pub provenance: Provenance,
    /// How, by whom, when and where, in words: `confirmed by Ana on 2026-11-21, vendor-a.csv:17`.
    pub origin: String,
}

impl Decision {
    pub(super) fn new(
        wording: String,
        areas: Vec<AreaId>,
        status: Status,
        provenance: Provenance,
        place: &Place,
    ) -> Decision {
        let [by, on] = [("by", one_line(&provenance.reviewer)), ("on", day(&provenance.decided))]
            .map(|(word, told)| if told.is_empty() { told } else { format!(" {word} {told}") });
        let origin = format!("{status}{by}{on}, {place}");
        Decision { wording, areas, status, provenance, origin }
    }

    /// Whether it was made for this deployment.
    pub fn is_of(&self, deployment: Option<Deployment<'_>>) -> bool {
        let own = self.provenance.deployment.as_ref();
        own.is_some() && own.map(|(provider, model)| (provider.as_str(), model.as_str())) == deployment
    }

    /// The party that it names for this deployment.
    pub(super) fn party(&self, deployment: Option<Deployment<'_>>) -> Option<Party> {
        self.named(deployment).map(|named| named.party)
    }

    /// The party that it names for this deployment, and why.
    pub fn named(&self, deployment: Option<Deployment<'_>>) -> Option<&NamedParty> {
        self.provenance.named.as_ref().filter(|_| self.is_of(deployment))
    }

    /// Whether it names the same areas: the order of further areas says nothing.
    pub(super) fn files_as(&self, other: &Decision) -> bool {
        let further = |decision: &Decision| decision.areas.iter().skip(1).cloned().collect::<BTreeSet<_>>();
        self.areas.first() == other.areas.first() && further(self) == further(other)
    }

    /// The party that was named, as a note tells it behind a wording: ` (there as customer on render default)`.
    pub(super) fn told_party(&self) -> String {
        let Provenance { named, deployment, .. } = &self.provenance;
        match (named, deployment) {
            (Some(named), Some((provider, model))) => {
                format!(" (there as {} on {} {})", named.party, one_line(provider), one_line(model))
            }
            _ => String::new(),
        }
    }

    /// The areas as a note names them, and the party that was named.
    pub(super) fn told(&self) -> String {
        let areas: Vec<&str> = self.areas.iter().map(AreaId::as_str).collect();
        let areas = if areas.is_empty() { NONE.to_owned() } else { areas.join(";") };
        match &self.provenance.named {
            None => areas,
            Some(named) => format!("{areas} as {}", named.party),
        }
    }
}

/// The day of a moment; anything else as it is.
fn day(moment: &str) -> String {
    let is_day = |text: &str| {
        text.chars().enumerate().all(|(at, letter)| match at {
            4 | 7 => letter == '-',
            _ => letter.is_ascii_digit(),
        })
    };
    match moment.get(..10).filter(|day| is_day(day)) {
        Some(day) => day.to_owned(),
        None => one_line(moment),
    }
}

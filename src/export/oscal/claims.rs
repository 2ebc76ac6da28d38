//! Which controls the rows of a questionnaire let us say something about, and which rows say nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::assignment::Assignment;
use crate::catalog::{Actor, Area, Provider, Resolution, Responsibility};
use crate::domain::{Party, Status};

use super::names::{control_id, token};

/// The name under which the areas count as a catalog of controls.
pub(super) const OWN: &str = "Responsibility areas";

/// What the document says of one control.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    /// The standard, or [`OWN`].
    pub(super) standard: &'static str,
    pub(super) control: String,
    /// The control as people write it.
    pub(super) label: String,
    pub(super) areas: Vec<&'a Area>,
    /// Id and text of every question that asks for it.
    pub(super) questions: Vec<(String, String)>,
    /// What the document states and follows, each statement once.
    pub(super) statements: Vec<&'a Responsibility>,
    pub(super) accountable: BTreeSet<Actor>,
}

/// Claims in the order in which the questionnaire first asks for them.
#[derive(Debug)]
pub(super) struct Claims<'a> {
    provider: &'a Provider,
    known: &'a [Area],
    pub(super) all: Vec<Claim<'a>>,
    places: BTreeMap<(&'static str, String), usize>,
    pub(super) questions: u64,
    pub(super) claimed: u64,
    /// The ids of questions that claim nothing, by the reason.
    pub(super) unclaimed: BTreeMap<Reason, Vec<String>>,
}

/// Why a question claims nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    Unaddressed,
    /// A person names the party, and no document.
    Named,
    Unsettled(Status),
}

impl<'a> Claims<'a> {
    pub(super) fn new(provider: &'a Provider, known: &'a [Area]) -> Claims<'a> {
        let (all, places, unclaimed) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Claims { provider, known, all, places, questions: 0, claimed: 0, unclaimed }
    }

    pub(super) fn add(&mut self, assignment: &Assignment<'_>) {
        self.questions += 1;
        if let Some(reason) = reason(assignment) {
            self.unclaimed.entry(reason).or_default().push(assignment.question.id.clone());
            return;
        }
        self.claimed += 1;
        let question = &assignment.question;
        if let Some(control) = &assignment.grounds.control {
            let key = (control.standard, control_id(control.standard, &control.id));
            let (provider, known) = (self.provider, self.known);
            let claim = self.claim(key, &control.id);
            for resolution in &assignment.resolutions {
                claim.say(provider, known, resolution);
            }
            claim.ask(&question.id, &question.text);
            return;
        }
        for resolution in assignment.resolutions.iter().filter(|said| !said.accountable.is_empty()) {
            let area = resolution.area.id.as_str();
            let (provider, known) = (self.provider, self.known);
            let claim = self.claim((OWN, token(area, "area")), area);
            claim.say(provider, known, resolution);
            claim.ask(&question.id, &question.text);
        }
    }

    fn claim(&mut self, key: (&'static str, String), label: &str) -> &mut Claim<'a> {
        let at = *self.places.entry(key.clone()).or_insert(self.all.len());
        if at == self.all.len() {
            self.all.push(Claim {
                standard: key.0,
                control: key.1,
                label: label.into(),
                areas: Vec::new(),
                questions: Vec::new(),
                statements: Vec::new(),
                accountable: BTreeSet::new(),
            });
        }
        &mut self.all[at]
    }
}

impl<'a> Claim<'a> {
    fn say(&mut self, provider: &'a Provider, known: &'a [Area], resolution: &Resolution<'_>) {
        let area = known.iter().find(|area| area.id == resolution.area.id);
        self.areas.extend(area.filter(|area| !self.areas.iter().any(|known| known.id == area.id)));
        self.accountable.extend(resolution.accountable.iter().cloned());
        // What the document contradicts elsewhere is not claimed.
        for statement in resolution.statements.iter().filter(|statement| statement.overruled_by.is_none()) {
            let id = &statement.responsibility.id;
            let said = provider.responsibilities.iter().find(|said| said.id == *id);
            self.statements.extend(said.filter(|_| !self.statements.iter().any(|known| known.id == *id)));
        }
    }

    fn ask(&mut self, id: &str, text: &str) {
        self.questions.push((id.into(), text.into()));
    }

    /// Whether the customer provides the control by itself: it alone answers, and nobody else has a part in it.
    pub(super) fn is_customer_provided(&self) -> bool {
        let alone = self.accountable.len() == 1 && self.accountable.contains(&Actor::Customer);
        let only_its =
            |said: &&Responsibility| said.duties.iter().all(|(actor, _)| *actor == Actor::Customer);
        alone && self.statements.iter().all(only_its)
    }
}

/// Why a row claims nothing; `None` where it does.
fn reason(assignment: &Assignment<'_>) -> Option<Reason> {
    let status = assignment.status;
    if !status.is_settled() || status == Status::NotApplicable {
        return Some(Reason::Unsettled(status));
    }
    if assignment.named.is_some() {
        return Some(Reason::Named);
    }
    match assignment.party() {
        // Settled with no area: somebody or the program said that none fits.
        None => Some(Reason::Unsettled(Status::Unmatched)),
        Some(Party::Unaddressed) => Some(Reason::Unaddressed),
        Some(_) => None,
    }
}

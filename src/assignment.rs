//! A question, its match and what the document says of it, joined: whose job it is.

use std::collections::BTreeSet;

use crate::catalog::{Actor, Area, Model, Provider, Resolution, Statement, party, responsible};
use crate::decisions::Earlier;
use crate::domain::{AreaId, NamedParty, Party, Question, Status};
use crate::matching::{Band, Candidate, Grounds, Ranking};

/// What a row of the export says, before it is put into words.
#[derive(Clone, Debug)]
pub struct Assignment<'a> {
    /// The question.
    pub question: Question,
    /// The provider asked about.
    pub provider: &'a Provider,
    /// The deployment model asked about.
    pub model: &'a Model,
    /// What the document says of each area the question is about, the main area first; empty when unmatched.
    pub resolutions: Vec<Resolution<'a>>,
    /// What the matcher thought, best first.
    pub candidates: Vec<Candidate>,
    /// What that stands on besides the question's words.
    pub grounds: Grounds,
    /// How sure it is that the main area is right, 0 to 1.
    pub confidence: f64,
    /// How far the row is settled.
    pub status: Status,
    /// Who settled it, where a person did.
    pub reviewer: String,
    /// Who approved that, where a second person did.
    pub approver: String,
    /// What was decided before on the same wording, or on nearly the same where that made the match.
    pub earlier: Option<Earlier<'a>>,
    /// The party that a person named in the document's place.
    pub named: Option<NamedParty>,
    /// What a person remarked on the row; empty where nothing.
    pub remarked: String,
}

impl<'a> Assignment<'a> {
    /// Joins a question's ranking with what the document says of every area (`matrix`, one provider and model).
    /// Areas that the matrix does not have are left out.
    pub fn new(
        (provider, model): (&'a Provider, &'a Model),
        matrix: &[Resolution<'a>],
        question: Question,
        ranking: Ranking,
    ) -> Assignment<'a> {
        let confidence = ranking.best().confidence;
        let areas: Vec<&AreaId> = match ranking.band {
            Band::Unmatched => Vec::new(),
            _ => ranking.best().area.iter().chain(&ranking.also).collect(),
        };
        let said = |area: &&AreaId| matrix.iter().find(|resolution| resolution.area.id == **area).cloned();
        let status = match ranking.band {
            Band::Auto => Status::Auto,
            Band::Review => Status::Review,
            Band::Unmatched => Status::Unmatched,
        };
        Assignment {
            question,
            provider,
            model,
            resolutions: areas.iter().filter_map(said).collect(),
            candidates: ranking.candidates,
            grounds: ranking.grounds,
            confidence,
            status,
            reviewer: String::new(),
            approver: String::new(),
            earlier: None,
            named: None,
            remarked: String::new(),
        }
    }

    /// Says what was decided before, which has ruled the ranking; the row is settled where that agrees.
    pub(crate) fn reuse(&mut self, earlier: Earlier<'a>) {
        let deployment = Some((self.provider.id.as_str(), self.model.id.as_str()));
        match &earlier {
            Earlier::Settled(decision) => {
                self.status = decision.status;
                self.reviewer.clone_from(&decision.provenance.reviewer);
                self.named = decision.named(deployment).cloned();
                // Who approved it for one deployment has not looked at another.
                if decision.is_of(deployment) {
                    self.approver.clone_from(&decision.provenance.approver);
                }
            }
            // A person named another party there: whether that holds here is for a person to say.
            Earlier::Near(decision)
                if decision.named(deployment).is_some() && self.status == Status::Auto =>
            {
                self.status = Status::Review;
            }
            Earlier::Near(_) | Earlier::Disputed(_) => {}
        }
        self.earlier = Some(earlier);
    }

    /// The same question under the areas that a person chose.
    ///
    /// The status becomes confirmed where they are what was proposed, and corrected otherwise.
    pub fn settle(&mut self, areas: &[&'a Area]) {
        let proposed = self.resolutions.iter().map(|resolution| &resolution.area.id);
        let agreed = proposed.eq(areas.iter().map(|area| &area.id));
        self.resolutions =
            areas.iter().map(|area| Resolution::new(self.provider, self.model, area)).collect();
        // From now on this is what was decided.
        self.earlier = None;
        self.grounds.precedent = None;
        self.named = None;
        self.approver.clear();
        self.status = if agreed { Status::Confirmed } else { Status::Corrected };
        let chosen = self.area().cloned();
        let candidate = self.candidates.iter().find(|candidate| candidate.area == chosen);
        self.confidence = candidate.map_or(0.0, |candidate| candidate.confidence);
    }

    /// Puts a person's word in the place of the document's on who answers; the row is corrected by it.
    pub fn name_party(&mut self, named: NamedParty) {
        self.earlier = None;
        self.named = Some(named);
        self.status = Status::Corrected;
    }

    /// Marks the row as passed over, or as not applicable; what was proposed stays to be seen.
    pub fn set_aside(&mut self, status: Status) {
        self.status = status;
    }

    /// The main area.
    pub fn area(&self) -> Option<&AreaId> {
        self.resolutions.first().map(|resolution| &resolution.area.id)
    }

    /// Who answers: the union over the question's areas, or whom a person named.
    pub fn accountable(&self) -> BTreeSet<Actor> {
        match self.named.as_ref().map(|named| named.party) {
            None => self.documented(),
            Some(Party::Provider) => BTreeSet::from([Actor::Provider]),
            Some(Party::Customer) => BTreeSet::from([Actor::Customer]),
            Some(Party::Shared) => BTreeSet::from([Actor::Provider, Actor::Customer]),
            // Which third party, only the document knows.
            Some(Party::ThirdParty) => {
                let is_third = |actor: &Actor| matches!(actor, Actor::ThirdParty(_));
                self.documented().into_iter().filter(is_third).collect()
            }
            Some(Party::Unaddressed) => BTreeSet::new(),
        }
    }

    /// Who answers by the document's word, whatever a person named.
    fn documented(&self) -> BTreeSet<Actor> {
        self.resolutions.iter().flat_map(|resolution| resolution.accountable.iter().cloned()).collect()
    }

    /// The party; none where no area matched or the row does not apply.
    pub fn party(&self) -> Option<Party> {
        if self.status == Status::NotApplicable {
            return None;
        }
        let named = self.named.as_ref().map(|named| named.party);
        named.or_else(|| (!self.resolutions.is_empty()).then(|| party(&self.documented())))
    }

    /// The names of those who answer; empty where nobody is named.
    pub fn responsible(&self) -> String {
        match self.party() {
            None => String::new(),
            Some(_) => responsible(self.provider, &self.accountable()),
        }
    }

    /// Every statement that speaks of the question's areas, each once, in the document's order per area. None where a
    /// person named the party: no document bears that out.
    pub fn statements(&self) -> Vec<Statement<'a>> {
        let mut statements: Vec<Statement<'a>> = Vec::new();
        if self.party().is_none() || self.named.is_some() {
            return statements;
        }
        for statement in self.resolutions.iter().flat_map(|resolution| &resolution.statements) {
            if !statements.iter().any(|known| known.responsibility.id == statement.responsibility.id) {
                statements.push(*statement);
            }
        }
        statements
    }

    /// What people said of it, in words: decisions on such a wording before, a party named by hand, who approved it, a remark. Empty where
    /// nothing was said.
    pub fn history(&self) -> String {
        let applies = self.status != Status::NotApplicable;
        let earlier = self.earlier.as_ref().filter(|_| applies).map(Earlier::note);
        let named = self.named.as_ref().filter(|_| applies).map(|named| {
            let says = match self.resolutions.is_empty() {
                true => String::new(),
                false => format!(", which says {}", party(&self.documented())),
            };
            // By the quotation marks the reason is found again in an export.
            format!("{}{says}: \"{}\".", NamedParty::IN_NOTES, named.reason.replace('"', "'"))
        });
        let approved =
            Some(&self.approver).filter(|by| !by.is_empty()).map(|by| format!("Approved by {by}."));
        let remarked = Some(sentence(&self.remarked)).filter(|said| !said.is_empty());
        [earlier, named, approved, remarked].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// What the reader must know besides: silence, contradictions, a model left outside.
    pub fn remark(&self) -> String {
        if self.status == Status::NotApplicable {
            return "Does not apply.".into();
        }
        if self.resolutions.is_empty() {
            // Of decisions that differ, one may well have named an area.
            let open = matches!(self.earlier, Some(Earlier::Disputed(_)));
            return if open { String::new() } else { "No responsibility area matches.".into() };
        }
        let several = self.resolutions.len() > 1;
        let mut remarks: Vec<String> = Vec::new();
        for resolution in &self.resolutions {
            let remark = resolution.remark();
            if remark.is_empty() || remarks.contains(&remark) {
                continue;
            }
            let aside = several && resolution.model.outside.is_none();
            remarks.push(if aside { format!("{}: {remark}", resolution.area.id) } else { remark });
        }
        remarks.join(" ")
    }
}

/// Ends a person's words as a sentence, so that what follows stands apart.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let ended = text.is_empty() || text.ends_with(['.', '!', '?', '…']);
    if ended { text.to_owned() } else { format!("{text}.") }
}

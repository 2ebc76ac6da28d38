//! (provider, model, area) → who answers, what each side does, and where the document says so.

use std::collections::BTreeSet;

use crate::domain::Party;

use super::area::{Area, Nature};
use super::provider::{Actor, Model, Provider, Responsibility};

/// A statement in force, and what overrules it on the question of who answers.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The statement.
    pub responsibility: &'a Responsibility,
    /// Another statement of the document that disagrees on who answers, and is followed.
    pub overruled_by: Option<&'a Responsibility>,
}

/// What the document says of one area under one model.
#[derive(Clone, Debug)]
pub struct Resolution<'a> {
    /// The provider asked about.
    pub provider: &'a Provider,
    /// The model asked about.
    pub model: &'a Model,
    /// The area asked about.
    pub area: &'a Area,
    /// The statements that speak of the area, in the document's order; empty where it is silent.
    pub statements: Vec<Statement<'a>>,
    /// Who answers: the union over the statements that are not overruled.
    pub accountable: BTreeSet<Actor>,
}

impl<'a> Resolution<'a> {
    /// Looks up an area.
    pub fn new(provider: &'a Provider, model: &'a Model, area: &'a Area) -> Resolution<'a> {
        Resolution::among(&in_force(provider, model), provider, model, area)
    }

    /// Looks up many areas.
    pub fn all(provider: &'a Provider, model: &'a Model, areas: &'a [Area]) -> Vec<Resolution<'a>> {
        let in_force = in_force(provider, model);
        areas.iter().map(|area| Resolution::among(&in_force, provider, model, area)).collect()
    }

    fn among(
        in_force: &[&'a Responsibility],
        provider: &'a Provider,
        model: &'a Model,
        area: &'a Area,
    ) -> Resolution<'a> {
        let speaking: Vec<&'a Responsibility> =
            in_force.iter().copied().filter(|said| said.areas.contains(&area.id)).collect();
        // A contradiction is about an area: a statement on another area overrules nothing here.
        let overruler =
            |id: &str| speaking.iter().copied().find(|said| said.prevails_over.iter().any(|over| over == id));
        let statements: Vec<Statement<'_>> = speaking
            .iter()
            .map(|&responsibility| Statement { responsibility, overruled_by: overruler(&responsibility.id) })
            .collect();
        let followed = statements.iter().filter(|statement| statement.overruled_by.is_none());
        let accountable =
            followed.flat_map(|statement| statement.responsibility.accountable.iter().cloned()).collect();
        Resolution { provider, model, area, statements, accountable }
    }

    /// The party, from who answers.
    pub fn party(&self) -> Party {
        party(&self.accountable)
    }

    /// Why nobody is named, or which contradiction was settled; empty where nothing needs saying.
    pub fn remark(&self) -> String {
        if let Some(reason) = &self.model.outside {
            return reason.clone();
        }
        if self.statements.is_empty() {
            return self.silence();
        }
        let mut reasons: Vec<&str> = Vec::new();
        for reason in
            self.statements.iter().filter_map(|statement| statement.overruled_by?.because.as_deref())
        {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons.join(" ")
    }

    fn silence(&self) -> String {
        let own = match self.area.nature {
            Nature::Own => "; each organisation answers for it itself",
            Nature::Divided => "",
        };
        let (name, document) = (self.provider.document_name(), &self.provider.document);
        format!("{name} does not speak of this{own} ({}, read {}).", document.url, document.read)
    }
}

/// The statements of a model and those that it inherits and does not replace, in the document's order.
fn in_force<'a>(provider: &'a Provider, model: &'a Model) -> Vec<&'a Responsibility> {
    if model.outside.is_some() {
        return Vec::new();
    }
    let lineage: Vec<&str> = provider.lineage(model).map(|model| model.id.as_str()).collect();
    let depth = |responsibility: &Responsibility| {
        lineage.iter().position(|id| responsibility.models.iter().any(|model| model == id))
    };
    let stated: Vec<(usize, &Responsibility)> = provider
        .responsibilities
        .iter()
        .filter_map(|responsibility| depth(responsibility).map(|depth| (depth, responsibility)))
        .collect();
    let replaced = |depth: usize, id: &str| {
        stated.iter().any(|(other, by)| *other < depth && by.replaces.iter().any(|replaced| replaced == id))
    };
    stated
        .iter()
        .filter(|(depth, responsibility)| !replaced(*depth, &responsibility.id))
        .map(|(_, responsibility)| *responsibility)
        .collect()
}

/// The word for a set of those who answer.
pub fn party(accountable: &BTreeSet<Actor>) -> Party {
    let customer = accountable.contains(&Actor::Customer);
    let provider = accountable.contains(&Actor::Provider);
    match (customer, provider, accountable.len()) {
        (_, _, 0) => Party::Unaddressed,
        (true, _, 1) => Party::Customer,
        (true, _, _) => Party::Shared,
        (false, true, _) => Party::Provider,
        (false, false, _) => Party::ThirdParty,
    }
}

/// The names of those who answer, as a person would list them: `Union.ai and Customer`; empty for nobody.
pub fn responsible(provider: &Provider, accountable: &BTreeSet<Actor>) -> String {
    let names: Vec<&str> = accountable.iter().map(|actor| provider.name_of(actor)).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_string(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// What one party does under statements, each duty once.
pub fn duties<'a>(statements: &[Statement<'a>], actor: &Actor) -> Vec<&'a str> {
    let mut duties: Vec<&str> = Vec::new();
    for duty in statements.iter().filter_map(|statement| statement.responsibility.duty(actor)) {
        if !duties.contains(&duty) {
            duties.push(duty);
        }
    }
    duties
}

/// Who has a duty under statements, in the order provider, customer, third parties.
pub fn actors<'a>(statements: &[Statement<'a>]) -> BTreeSet<&'a Actor> {
    let duties = statements.iter().flat_map(|statement| &statement.responsibility.duties);
    duties.map(|(actor, _)| actor).collect()
}

/// Where statements stand in the document, section and item, each once.
pub fn locators(statements: &[Statement<'_>]) -> Vec<String> {
    let mut locators: Vec<String> = Vec::new();
    for statement in statements {
        let locator = statement.responsibility.locator();
        if !locators.contains(&locator) {
            locators.push(locator);
        }
    }
    locators
}

#[cfg(test)]
mod tests {
    use super::{Actor, BTreeSet, Party, party};

    #[test]
    fn party_follows_from_who_answers() {
        let aws = || Actor::ThirdParty("aws".into());
        let cases: [(Vec<Actor>, Party); 8] = [
            (vec![], Party::Unaddressed),
            (vec![Actor::Provider], Party::Provider),
            (vec![Actor::Customer], Party::Customer),
            (vec![aws()], Party::ThirdParty),
            (vec![Actor::Provider, Actor::Customer], Party::Shared),
            (vec![Actor::Customer, aws()], Party::Shared),
            (vec![Actor::Provider, aws()], Party::Provider),
            (vec![Actor::Provider, Actor::Customer, aws()], Party::Shared),
        ];
        for (actors, expected) in cases {
            let set: BTreeSet<Actor> = actors.into_iter().collect();
            assert_eq!(party(&set), expected, "{set:?}");
        }
    }
}

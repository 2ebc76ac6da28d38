//! The standards' own words for who answers.
//!
//! CAIQ v4 is written from the view of the cloud service provider (CSP) that answers it: a platform under it is a
//! third party. So the same fact has another word when the provider's customer answers than when the provider does.

use std::collections::BTreeSet;

use crate::assignment::Assignment;
use crate::catalog::Actor;
use crate::domain::{Party, Respondent};

/// Whose words the column `responsible` uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Vocabulary {
    /// Names: `Union.ai`, `Customer`, `Union.ai and Customer`.
    #[default]
    Names,
    /// CSA CAIQ v4, "SSRM Control Ownership".
    Caiq,
    /// FedRAMP customer responsibility matrix, "Can Be Inherited from CSP".
    Fedramp,
}

/// How parties are put into words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wording {
    /// Whose words.
    pub vocabulary: Vocabulary,
    /// Who answers the questionnaire.
    pub respondent: Respondent,
}

impl Wording {
    /// The word for who answers; empty where nobody is named.
    pub fn responsible(self, assignment: &Assignment<'_>) -> String {
        let Some(party) = assignment.party() else { return String::new() };
        if party == Party::Unaddressed {
            return String::new();
        }
        match self.vocabulary {
            Vocabulary::Names => assignment.responsible(),
            Vocabulary::Caiq => caiq(&assignment.accountable(), self.respondent).into(),
            Vocabulary::Fedramp => fedramp(party).into(),
        }
    }
}

impl Wording {
    /// The word for a party as a row of an export has it, in a standard's vocabulary; empty where nobody is named, and
    /// where words are names, which a row says itself. `third_party` says that the provider
    /// brings others in.
    pub fn word(self, party: Party, third_party: bool) -> &'static str {
        let mut accountable: BTreeSet<Actor> = match party {
            Party::Unaddressed => return "",
            Party::Provider => [Actor::Provider].into(),
            Party::Customer => [Actor::Customer].into(),
            Party::Shared => [Actor::Provider, Actor::Customer].into(),
            Party::ThirdParty => BTreeSet::new(),
        };
        if (third_party && party == Party::Provider) || party == Party::ThirdParty {
            accountable.insert(Actor::ThirdParty("".into()));
        }
        match self.vocabulary {
            Vocabulary::Names => "",
            Vocabulary::Caiq => caiq(&accountable, self.respondent),
            Vocabulary::Fedramp => fedramp(party),
        }
    }
}

fn caiq(accountable: &BTreeSet<Actor>, respondent: Respondent) -> &'static str {
    let customer = accountable.contains(&Actor::Customer);
    let provider = accountable.contains(&Actor::Provider);
    let third_party = accountable.iter().any(|actor| matches!(actor, Actor::ThirdParty(_)));
    // (the CSP that answers, its customer, whoever works for the CSP)
    let (csp, csc, third) = match respondent {
        Respondent::Customer => (customer, false, provider || third_party),
        Respondent::Provider => (provider, customer, third_party),
    };
    match (csp, csc, third) {
        (true, false, false) => "CSP-owned",
        (false, true, false) => "CSC-owned",
        (false, false, _) => "3rd-party outsourced",
        (true, false, true) => "Shared CSP and 3rd-party",
        // CAIQ has no word for customer and third party; towards its customer the CSP answers for those it brings in.
        (_, true, _) => "Shared CSP and CSC",
    }
}

/// The matrix is the provider's own, read by whoever runs on it: the words do not depend on the respondent.
fn fedramp(party: Party) -> &'static str {
    match party {
        Party::Provider | Party::ThirdParty => "Yes",
        Party::Shared => "Partial",
        Party::Customer => "No",
        Party::Unaddressed => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{Actor, BTreeSet, Respondent, caiq};

    #[test]
    fn caiq_words_depend_on_who_answers() {
        let aws = || Actor::ThirdParty("aws".into());
        let cases = [
            (vec![Actor::Provider], "3rd-party outsourced", "CSP-owned"),
            (vec![Actor::Customer], "CSP-owned", "CSC-owned"),
            (vec![Actor::Provider, Actor::Customer], "Shared CSP and 3rd-party", "Shared CSP and CSC"),
            (vec![aws()], "3rd-party outsourced", "3rd-party outsourced"),
            (vec![Actor::Provider, aws()], "3rd-party outsourced", "Shared CSP and 3rd-party"),
            (vec![Actor::Customer, aws()], "Shared CSP and 3rd-party", "Shared CSP and CSC"),
            (vec![Actor::Provider, Actor::Customer, aws()], "Shared CSP and 3rd-party", "Shared CSP and CSC"),
        ];
        for (actors, for_customer, for_provider) in cases {
            let set: BTreeSet<Actor> = actors.into_iter().collect();
            assert_eq!(caiq(&set, Respondent::Customer), for_customer, "{set:?}");
            assert_eq!(caiq(&set, Respondent::Provider), for_provider, "{set:?}");
        }
    }
}

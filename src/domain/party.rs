use std::fmt;

/// Who answers for an area, as a row of the export says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The provider alone, or with a third party that it brings in.
    Provider,
    /// The provider's customer alone.
    Customer,
    /// The customer and anyone else.
    Shared,
    /// Only a third party that the document names.
    ThirdParty,
    /// The document is silent.
    Unaddressed,
}

impl Party {
    /// Every party there is, in the order in which they are shown.
    pub const ALL: [Party; 5] =
        [Party::Provider, Party::Customer, Party::Shared, Party::ThirdParty, Party::Unaddressed];

    /// The word that exports and commands use.
    pub fn as_str(self) -> &'static str {
        match self {
            Party::Provider => "provider",
            Party::Customer => "customer",
            Party::Shared => "shared",
            Party::ThirdParty => "third-party",
            Party::Unaddressed => "unaddressed",
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A party that a person named, and no document: no statement and no source goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedParty {
    /// Who answers.
    pub party: Party,
    /// Why, in the person's words.
    pub reason: String,
}

impl NamedParty {
    /// How a note begins that tells of one; by it exports are read again.
    pub(crate) const IN_NOTES: &str = "Party named by the reviewer, not by the document";
}

/// Whom the questionnaire is addressed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Respondent {
    /// The provider's customer: we run on the provider, and the questionnaire came to us.
    #[default]
    Customer,
    /// The provider itself.
    Provider,
}

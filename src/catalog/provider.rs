use std::fmt;
use std::sync::Arc;

use crate::domain::AreaId;

/// Someone who answers for a responsibility or has a duty under it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Actor {
    /// The provider who publishes the document.
    Provider,
    /// The provider's customer.
    Customer,
    /// A third party that the document names, by its id in the mapping.
    ThirdParty(Arc<str>),
}

impl Actor {
    /// The word that mapping files and machine-readable output use.
    pub fn as_str(&self) -> &str {
        match self {
            Actor::Provider => "provider",
            Actor::Customer => "customer",
            Actor::ThirdParty(id) => id,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The published document that a mapping transcribes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Where it is published.
    pub url: String,
    /// The day it was read, `YYYY-MM-DD`.
    pub read: String,
}

/// A deployment model that the document tells apart.
#[derive(Clone, Debug)]
pub struct Model {
    /// The id; `default` where the provider has only one.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What the model is, in a sentence.
    pub is: String,
    /// The model whose statements hold here too, unless replaced.
    pub extends: Option<String>,
    /// Why the document does not speak for this model, where it names it and leaves it outside.
    pub outside: Option<String>,
}

/// One statement of the document.
#[derive(Clone, Debug)]
pub struct Responsibility {
    /// Unique within the provider.
    pub id: String,
    /// The models it is stated for; those that extend one of them inherit it.
    pub models: Vec<String>,
    /// The heading it stands under, `›` between levels.
    pub section: String,
    /// The document's own name for the row or bullet.
    pub label: String,
    /// What it speaks of.
    pub areas: Vec<AreaId>,
    /// Who answers for it; never empty, in the order provider, customer, third parties.
    pub accountable: Vec<Actor>,
    /// What each does, in our own words, in the order provider, customer, third parties.
    pub duties: Vec<(Actor, String)>,
    /// A remark for the reader.
    pub note: Option<String>,
    /// Inherited statements that no longer hold where this one is stated.
    pub replaces: Vec<String>,
    /// Statements that hold too and disagree with this one on who answers; this one is followed.
    pub prevails_over: Vec<String>,
    /// Why it is followed.
    pub because: Option<String>,
}

impl Responsibility {
    /// What one party does under it.
    pub fn duty(&self, actor: &Actor) -> Option<&str> {
        self.duties.iter().find(|(who, _)| who == actor).map(|(_, duty)| duty.as_str())
    }

    /// Where the document says so: section and item.
    pub fn locator(&self) -> String {
        format!("{} › {}", self.section, self.label)
    }
}

/// Who publishes a shared-responsibility document, and all that it states.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The id, which is also the name of the mapping file.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The document.
    pub document: Document,
    /// Names of the third parties that the document gives duties, by id.
    pub third_parties: Vec<(Arc<str>, String)>,
    /// The deployment models, in the file's order; never empty.
    pub models: Vec<Model>,
    /// Every statement, in the document's order.
    pub responsibilities: Vec<Responsibility>,
    /// The mapping file.
    pub file: String,
}

impl Provider {
    /// The model with this id.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The document's title, with whose it is where the title does not say so.
    pub fn document_name(&self) -> String {
        let title = &self.document.title;
        if title.contains(&self.name) { title.clone() } else { format!("{}, {title}", self.name) }
    }

    /// The document as a source names it: whose it is, its title, and the day it was read.
    pub fn citation(&self) -> String {
        format!("{} (read {})", self.document_name(), self.document.read)
    }

    /// The model and those it extends, nearest first.
    pub fn lineage<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a Model> {
        let parent = |model: &&'a Model| self.model(model.extends.as_deref()?);
        std::iter::successors(Some(model), parent)
    }

    /// What to call someone: the provider's name, `Customer`, or the third party's name.
    pub fn name_of<'a>(&'a self, actor: &'a Actor) -> &'a str {
        match actor {
            Actor::Provider => &self.name,
            Actor::Customer => "Customer",
            Actor::ThirdParty(id) => {
                let named = self.third_parties.iter().find(|(known, _)| known == id);
                named.map_or(id, |(_, name)| name)
            }
        }
    }
}

//! Claims in OSCAL's own form.

use std::collections::BTreeSet;

use crate::catalog::{Actor, Model, Provider, Responsibility, party};

use super::claims::{Claim, Claims, OWN, Reason};
use super::model::{
    BackMatter, Component, ControlImplementation, Definition, Link, Metadata, Party, Property, Requirement,
    Resource, ResponsibleRole, Rlink, Role, Root, Statement,
};
use super::names::{line, markdown, namespace, token, uuid};

/// The newest version that compliance-trestle validates.
const OSCAL: &str = "1.2.1";

/// NIST publishes this catalog in OSCAL itself.
const SP800_53: (&str, &str) = (
    "NIST SP 800-53",
    "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/\
     NIST_SP-800-53_rev5_catalog.json",
);

/// What a definition is written from.
pub(super) struct Writing<'w, 'a> {
    pub(super) provider: &'a Provider,
    pub(super) model: &'a Model,
    pub(super) claims: &'w Claims<'a>,
}

impl<'a> Writing<'_, 'a> {
    pub(super) fn root(&self) -> Root {
        let actors = self.actors();
        let components: Vec<Component> = actors.iter().filter_map(|actor| self.component(actor)).collect();
        let metadata = self.metadata(&actors);
        let back_matter = self.back_matter();
        // The same content has the same id, and other content another one.
        let content = serde_json::to_string(&(&components, &metadata, &back_matter)).unwrap_or_default();
        Root {
            definition: Definition {
                uuid: self.id(&["definition", &content]),
                metadata,
                components,
                back_matter,
            },
        }
    }

    /// An id within this provider's document, deployment and the day it was read.
    fn id(&self, parts: &[&str]) -> String {
        let document = &self.provider.document;
        let about = [self.provider.id.as_str(), &self.model.id, &document.url, &document.read];
        uuid(&[&about, parts].concat())
    }

    /// Both sides always, and the third parties that a claim names.
    fn actors(&self) -> Vec<Actor> {
        let said = self.claims.all.iter().flat_map(|claim| &claim.statements);
        let with_duties = said.flat_map(|said| said.duties.iter().map(|(actor, _)| actor));
        let mut actors: BTreeSet<Actor> =
            with_duties.chain(self.claims.all.iter().flat_map(|claim| &claim.accountable)).cloned().collect();
        actors.extend([Actor::Provider, Actor::Customer]);
        actors.into_iter().collect()
    }

    fn deployment(&self) -> String {
        let (provider, model) = (&self.provider.name, &self.model.name);
        if provider == model { line(provider) } else { line(&format!("{provider} · {model}")) }
    }

    fn metadata(&self, actors: &[Actor]) -> Metadata {
        let read = line(&self.provider.document.read);
        let mut roles =
            vec![Role { id: "provider", title: "Provider" }, Role { id: "customer", title: "Customer" }];
        if actors.len() > roles.len() {
            roles.push(Role { id: "third-party", title: "Third party that the document names" });
        }
        let party = |actor: &Actor| Party {
            uuid: self.party(actor),
            kind: "organization",
            name: line(self.provider.name_of(actor)),
        };
        Metadata {
            title: format!("Who answers for what: {}", self.deployment()),
            last_modified: format!("{read}T00:00:00Z"),
            version: read,
            oscal_version: OSCAL,
            props: vec![
                own("provider", &self.provider.id),
                own("deployment-model", &self.model.id),
                own("written-by", concat!("whose ", env!("CARGO_PKG_VERSION"))),
            ],
            roles,
            parties: actors.iter().map(party).collect(),
            remarks: self.remarks(),
        }
    }

    fn party(&self, actor: &Actor) -> String {
        self.id(&["party", actor.as_str()])
    }

    /// What is claimed, and every question that is not.
    fn remarks(&self) -> String {
        let claims = self.claims;
        let mut paragraphs = vec![
            format!(
                "Follows from {}. No authorization is claimed, and not that anything is implemented: what stands here is who answers, and for what.",
                markdown(&self.provider.citation())
            ),
            format!("{} of {} questions are claimed.", claims.claimed, claims.questions),
        ];
        for (reason, ids) in &claims.unclaimed {
            let why = match reason {
                Reason::Unaddressed => "the document is silent (unaddressed)".to_owned(),
                Reason::Named => "the party is named by a person, not by the document".to_owned(),
                Reason::Unsettled(status) => status.to_string(),
            };
            let ids: Vec<String> = ids.iter().map(|id| markdown(id)).collect();
            paragraphs.push(format!("Not claimed, {why}: {}: {}", ids.len(), ids.join(", ")));
        }
        paragraphs.join("\n\n")
    }

    /// One side with all that it has a part in.
    fn component(&self, actor: &Actor) -> Option<Component> {
        let id = self.id(&["component", actor.as_str()]);
        let mut sources: Vec<&'static str> = Vec::new();
        for claim in self.claims.all.iter().filter(|claim| has_part(claim, actor)) {
            if !sources.contains(&claim.standard) {
                sources.push(claim.standard);
            }
        }
        if sources.is_empty() {
            return None;
        }
        let name = markdown(self.provider.name_of(actor));
        let (kind, title, description) = match actor {
            Actor::Provider => ("service", self.deployment(), markdown(&self.model.is)),
            Actor::Customer => (
                "process-procedure",
                format!("Customer of {}", self.deployment()),
                format!("What the customer of {} does.", markdown(&self.deployment())),
            ),
            Actor::ThirdParty(_) => (
                "service",
                line(self.provider.name_of(actor)),
                format!("What {name} does under {}.", markdown(&self.deployment())),
            ),
        };
        let implementations = sources.iter().map(|source| {
            let claims =
                self.claims.all.iter().filter(|claim| claim.standard == *source && has_part(claim, actor));
            ControlImplementation {
                uuid: uuid(&[&id, source]),
                source: format!("#{}", self.catalog(source)),
                description: format!(
                    "What the document says on the questions that ask for these controls: {}.",
                    kind_of(actor)
                ),
                implemented_requirements: claims.map(|claim| self.requirement(claim, actor, &id)).collect(),
            }
        });
        Some(Component {
            kind,
            title,
            description,
            props: vec![own("side", actor.as_str())],
            links: vec![self.link(&self.provider.document_name())],
            responsible_roles: self.roles(std::iter::once(actor)),
            control_implementations: implementations.collect(),
            uuid: id,
        })
    }

    fn requirement(&self, claim: &Claim<'a>, actor: &Actor, component: &str) -> Requirement {
        let id = uuid(&[component, claim.standard, &claim.control]);
        let accountable = if claim.accountable.contains(actor) { "yes" } else { "no" };
        let mut props = Vec::new();
        // `inherited` is never written: it needs an authorization to inherit from, and that a provider answers for what
        // its document names is not that it answers for the whole control.
        if claim.is_customer_provided() {
            let value = "customer-provided".into();
            props.push(Property { name: "control-origination", ns: None, value, remarks: String::new() });
        }
        props.push(own("party", party(&claim.accountable).as_str()));
        props.push(own("kind", kind_of(actor)));
        props.push(own("accountable", accountable));
        props.push(own("control-label", &claim.label));
        props.extend(claim.areas.iter().map(|area| own("area", area.id.as_str())));
        props.extend(
            claim
                .questions
                .iter()
                .map(|(id, text)| Property { remarks: markdown(text), ..own("question-id", id) }),
        );
        let said: Vec<&Responsibility> =
            claim.statements.iter().copied().filter(|said| concerns(said, actor)).collect();
        let own_catalog = claim.standard == OWN;
        let titles: Vec<String> = claim
            .areas
            .iter()
            .map(|area| format!("{}: {}", markdown(&area.title), markdown(&area.is)))
            .collect();
        Requirement {
            control_id: claim.control.clone(),
            description: description(&said, actor),
            props,
            links: said.iter().map(|said| self.link(&said.locator())).collect(),
            responsible_roles: self.roles(&claim.accountable),
            // Of other catalogs' statements we know no ids.
            statements: said
                .iter()
                .filter(|_| own_catalog)
                .map(|said| self.statement(claim, said, actor, &id))
                .collect(),
            remarks: if own_catalog {
                format!("The control is a responsibility area. {}", titles.join("\n\n"))
            } else {
                String::new()
            },
            uuid: id,
        }
    }

    fn statement(
        &self,
        claim: &Claim<'a>,
        said: &Responsibility,
        actor: &Actor,
        requirement: &str,
    ) -> Statement {
        Statement {
            statement_id: format!("{}_smt.{}", claim.control, token(&said.id, "s")),
            uuid: uuid(&[requirement, &said.id]),
            description: description(&[said], actor),
            props: vec![own("kind", kind_of(actor))],
            links: vec![self.link(&said.locator())],
            responsible_roles: self.roles(&said.accountable),
        }
    }

    /// Each role once, with all that have it.
    fn roles<'r>(&self, actors: impl IntoIterator<Item = &'r Actor>) -> Vec<ResponsibleRole> {
        let mut roles: Vec<ResponsibleRole> = Vec::new();
        for actor in actors {
            let role_id = match actor {
                Actor::Provider => "provider",
                Actor::Customer => "customer",
                Actor::ThirdParty(_) => "third-party",
            };
            match roles.iter_mut().find(|role| role.role_id == role_id) {
                Some(role) => role.party_uuids.push(self.party(actor)),
                None => roles.push(ResponsibleRole { role_id, party_uuids: vec![self.party(actor)] }),
            }
        }
        roles
    }

    fn document(&self) -> String {
        self.id(&["document"])
    }

    fn catalog(&self, standard: &str) -> String {
        self.id(&["catalog", standard])
    }

    /// A place in the document.
    fn link(&self, place: &str) -> Link {
        Link { href: format!("#{}", self.document()), rel: "reference", text: line(place) }
    }

    fn back_matter(&self) -> BackMatter {
        let document = &self.provider.document;
        let mut resources = vec![Resource {
            uuid: self.document(),
            title: line(&self.provider.document_name()),
            description: format!("The provider's published document, read {}.", markdown(&document.read)),
            rlinks: vec![Rlink { href: line(&document.url) }],
        }];
        let mut standards: Vec<&str> = Vec::new();
        for claim in &self.claims.all {
            if !standards.contains(&claim.standard) {
                standards.push(claim.standard);
            }
        }
        resources.extend(standards.iter().map(|&standard| Resource {
            uuid: self.catalog(standard),
            title: standard.into(),
            description: match standard {
                OWN => "What questions are about. Each area counts as a control under its id; `whose areas` lists them.".into(),
                _ => "The standard whose control ids the questions name.".into(),
            },
            rlinks: if standard == SP800_53.0 { vec![Rlink { href: SP800_53.1.into() }] } else { Vec::new() },
        }));
        BackMatter { resources }
    }
}

/// A property under our own namespace.
fn own(name: &'static str, value: &str) -> Property {
    Property { name, ns: Some(namespace()), value: line(value), remarks: String::new() }
}

/// What stands in a side's component, in the words that OSCAL's system security plans have for it.
fn kind_of(actor: &Actor) -> &'static str {
    match actor {
        Actor::Customer => "responsibility",
        Actor::Provider | Actor::ThirdParty(_) => "provided",
    }
}

fn concerns(said: &Responsibility, actor: &Actor) -> bool {
    said.duty(actor).is_some() || said.accountable.contains(actor)
}

fn has_part(claim: &Claim<'_>, actor: &Actor) -> bool {
    claim.statements.iter().any(|said| concerns(said, actor))
}

/// The duties, each once, as a Markdown list where there are several.
fn description(said: &[&Responsibility], actor: &Actor) -> String {
    let mut duties: Vec<String> = Vec::new();
    for said in said {
        // One who answers and of whose duty the document says no more answers for the item itself.
        let duty = said.duty(actor).map_or_else(|| format!("Answers for: {}", said.label), str::to_owned);
        let duty = markdown(&duty);
        if !duties.contains(&duty) {
            duties.push(duty);
        }
    }
    match duties.as_slice() {
        [only] => only.clone(),
        _ => duties.iter().map(|duty| format!("- {duty}")).collect::<Vec<_>>().join("\n"),
    }
}

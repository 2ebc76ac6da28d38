//! The facts: areas, providers, deployment models and responsibilities, and who answers for what.
//!
//! Loads mapping files, reports everything that is wrong with them, and resolves (provider, model, area) to a
//! party. A [`Catalog`] is always valid and never changes. Knows no matcher and no terminal.

mod area;
mod check_provider;
mod compare;
mod layers;
mod parse;
mod provider;
mod read_provider;
mod resolve;
mod table;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, SourceFile};
use crate::domain::AreaId;

pub use area::{Area, Nature};
pub use compare::{Shift, compare};
pub use layers::Layer;
pub use provider::{Actor, Document, Model, Provider, Responsibility};
pub use resolve::{Resolution, Statement, actors, duties, locators, party, responsible};

/// Every area and every provider, checked.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    areas: Vec<Area>,
    providers: Vec<Provider>,
}

impl Catalog {
    /// Loads layers of data files, later ones over earlier ones.
    ///
    /// A file with an error gives nothing to the catalog; every problem of every file is in the list, in the order
    /// of layers, files and lines.
    pub fn load(layers: &[Layer]) -> (Catalog, Vec<Diagnostic>) {
        let mut catalog = Catalog::default();
        let mut problems = Vec::new();
        for layer in layers {
            catalog.read_areas(layer, &mut problems);
        }
        let ids: Vec<AreaId> = catalog.areas.iter().map(|area| area.id.clone()).collect();
        for file in layers.iter().flat_map(|layer| &layer.files) {
            if !is_areas(file) {
                catalog.read_provider(file, &ids, &mut problems);
            }
        }
        catalog.providers.sort_by(|a, b| a.id.cmp(&b.id));
        (catalog, problems)
    }

    fn read_areas(&mut self, layer: &Layer, problems: &mut Vec<Diagnostic>) {
        for file in layer.files.iter().filter(|file| is_areas(file)) {
            let (areas, found) = area::read(file);
            problems.extend(found);
            for area in areas {
                match self.areas.iter_mut().find(|known| known.id == area.id) {
                    Some(known) => *known = area,
                    None => self.areas.push(area),
                }
            }
        }
    }

    fn read_provider(&mut self, file: &Arc<SourceFile>, areas: &[AreaId], problems: &mut Vec<Diagnostic>) {
        let (provider, found) = read_provider::read(file, layers::stem(file), areas);
        problems.extend(found);
        if let Some(provider) = provider {
            self.providers.retain(|known| known.id != provider.id);
            self.providers.push(provider);
        }
    }

    /// The areas, in the order of `areas.toml`.
    pub fn areas(&self) -> &[Area] {
        &self.areas
    }

    /// The area with this id.
    pub fn area(&self, id: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.id.as_str() == id)
    }

    /// The providers, ordered by id.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    /// The provider with this id; case is ignored.
    pub fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id.eq_ignore_ascii_case(id))
    }

    /// What the document says of every area, in the order of `areas.toml`.
    pub fn matrix<'a>(&'a self, provider: &'a Provider, model: &'a Model) -> Vec<Resolution<'a>> {
        Resolution::all(provider, model, &self.areas)
    }
}

fn is_areas(file: &SourceFile) -> bool {
    layers::stem(file) == "areas"
}

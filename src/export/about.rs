use crate::catalog::{Area, Model, Provider};

/// What a whole export is about, besides its rows.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The provider asked about.
    pub provider: &'a Provider,
    /// The deployment model asked about.
    pub model: &'a Model,
    /// The areas, in the catalog's order.
    pub areas: &'a [Area],
}

impl About<'_> {
    /// Provider and model by name; the model's is left out where it says nothing more.
    pub fn deployment(&self) -> String {
        let (provider, model) = (&self.provider.name, &self.model.name);
        if model == provider { provider.clone() } else { format!("{provider} · {model}") }
    }
}

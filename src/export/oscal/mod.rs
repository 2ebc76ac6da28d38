//! OSCAL component definition, for tools that keep controls.
//!
//! OSCAL has `provided` and `responsibilities` in system security plans only, below a component's `export`. A document
//! that a provider publishes is no plan of any system; so what each side does stands in a component definition, one
//! component a side, and a property says whether it is something provided or a responsibility. `docs/oscal.md` says how
//! rows become controls.

mod claims;
mod model;
mod names;

mod writing;

use std::io::{self, Write};

use crate::assignment::Assignment;
use crate::catalog::{Area, Model, Provider};

use self::claims::Claims;
use self::writing::Writing;
use super::Exporter;

/// Writes an OSCAL component definition. Nothing reaches the writer before [`Exporter::finish`]; what is held back is
/// what will be written.
pub struct OscalExporter<'a, W: Write> {
    to: W,
    provider: &'a Provider,
    model: &'a Model,
    claims: Claims<'a>,
}

impl<'a, W: Write> OscalExporter<'a, W> {
    /// A definition for one deployment; `areas` are all that there are.
    pub fn new(
        to: W,
        (provider, model): (&'a Provider, &'a Model),
        areas: &'a [Area],
    ) -> OscalExporter<'a, W> {
        OscalExporter { to, provider, model, claims: Claims::new(provider, areas) }
    }
}

impl<W: Write> Exporter for OscalExporter<'_, W> {
    fn write(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        self.claims.add(assignment);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let writing = Writing { provider: self.provider, model: self.model, claims: &self.claims };
        serde_json::to_writer_pretty(&mut self.to, &writing.root())?;
        self.to.write_all(b"\n")?;
        self.to.flush()
    }
}

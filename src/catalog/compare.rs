//! What changes from one deployment to another, area by area.

use super::provider::{Actor, Model, Provider};
use super::resolve::Resolution;
use super::{Area, Catalog};

/// One area under two deployments.
#[derive(Clone, Debug)]
pub struct Shift<'a> {
    /// The area.
    pub area: &'a Area,
    /// Under the first deployment.
    pub from: Resolution<'a>,
    /// Under the second.
    pub to: Resolution<'a>,
}

impl Shift<'_> {
    /// Whether someone else answers.
    pub fn changes_party(&self) -> bool {
        self.from.party() != self.to.party()
    }

    /// Whether anything stated differs: who answers, or what anyone does.
    pub fn changes_statements(&self) -> bool {
        fn said<'a>(
            resolution: &'a Resolution<'_>,
        ) -> impl Iterator<Item = (&'a [Actor], &'a [(Actor, String)])> {
            let statements = resolution.statements.iter().map(|statement| statement.responsibility);
            statements.map(|said| (said.accountable.as_slice(), said.duties.as_slice()))
        }
        self.from.accountable != self.to.accountable || !said(&self.from).eq(said(&self.to))
    }
}

/// Every area under two deployments, in the order of `areas.toml`.
pub fn compare<'a>(
    catalog: &'a Catalog,
    from: (&'a Provider, &'a Model),
    to: (&'a Provider, &'a Model),
) -> Vec<Shift<'a>> {
    let pair = |area: &'a Area| Shift {
        area,
        from: Resolution::new(from.0, from.1, area),
        to: Resolution::new(to.0, to.1, area),
    };
    catalog.areas().iter().map(pair).collect()
}

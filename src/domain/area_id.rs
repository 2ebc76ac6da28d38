use std::fmt;
use std::sync::Arc;

/// The stable id of a responsibility area, such as `encryption-at-rest`.
///
/// Ids order by their text. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(Arc<str>);

impl AreaId {
    /// Wraps an id as it is; whether the area exists is the catalog's business.
    pub fn new(id: &str) -> AreaId {
        AreaId(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for AreaId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

//! The words that every room shares: areas, questions, parties, statuses.
//!
//! Plain values without I/O; each boundary (TOML, CSV, JSON) has its own wire types.

mod area_id;
mod party;
mod question;
mod status;

pub use area_id::AreaId;
pub use party::{NamedParty, Party, Respondent};
pub use question::{Place, Question};
pub use status::Status;

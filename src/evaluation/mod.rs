//! How well the matcher does on questions whose areas are known.
//!
//! [`Labelled::read`] takes such questions from a table. [`Evaluation::of`] ranks them as they would be assigned and
//! keeps what was said of each; whatever is told of it is counted from that: [`Scores`] of a set and of all, misses,
//! confusions, [`AreaScore`]s, and how the stated confidence held.

mod areas;
mod error;
mod judged;
mod labelled;
mod reliability;
mod scores;

pub use areas::{AreaScore, Confusion};
pub use error::LabelError;
pub use judged::{Evaluation, Judged, Measured, Surroundings};
pub use labelled::{Label, Labelled, LabelledRow, name_of};
pub use reliability::{Bin, Reach};
pub use scores::{Measures, Scores};

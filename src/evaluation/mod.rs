//! How well the matcher does on questions whose areas are known.
//!
//! [`Labelled::read`] takes such questions from a table. [`Evaluation::of`] ranks them as they would be assigned and
//! keeps what was said of each; whatever is told of it is counted from that: [`Scores`] of a set and of all, misses,
//! confusions, [`AreaScore`]s, and how the stated confidence held.

mod areas;
mod judged;
mod reliability;
mod scores;

pub use crate::labelled::{Label, LabelError, Labelled, LabelledRow, name_of};
pub use areas::{AreaScore, Confusion};
pub use judged::{Evaluation, Judged, Measured, Surroundings};
pub use reliability::{Bin, Reach};
pub use scores::{Measures, Scores};

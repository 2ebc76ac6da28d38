//! Assigned rows, written back into the questionnaire they came from: the customer's own workbook or CSV, with
//! everything else as it was.
//!
//! [`read_rows`] takes our own export, [`join()`] finds the question of each row, [`intents()`] puts the rows into words for
//! the columns that the questionnaire has, and a workbook ([`fill_workbook`]) or a delimited text ([`Delimited`]) takes
//! them. Takes bytes and gives bytes; knows no path and no terminal.

mod delimited;
mod fields;
mod fill;
mod intents;
mod join;
mod rows;

pub use delimited::{Delimited, DelimitedError};
pub use fields::{Field, FillColumn, SheetColumns};
pub use fill::{Filled, Refused, fill_delimited, fill_workbook};
pub use intents::{Blank, Intent, Intents, Manner, intents};
pub use join::{Joined, Target, join};
pub use rows::{AssignedRow, RowsError, read_rows};

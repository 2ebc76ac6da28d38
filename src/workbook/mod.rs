//! A workbook's package (XLSX, XLSM) as it stands: what its sheets hide, merge and allow, and cells changed in their
//! place with everything else byte for byte as it was.
//!
//! Takes bytes and gives bytes; knows no path, no questionnaire and no terminal. The bytes may be hostile: sizes, depth
//! and counts have [`Limits`], and ranges stay ranges, so that a validation over a million cells costs as much as one
//! over one.

mod address;
mod archive;
mod cells;
mod error;
mod facts;
mod limits;
mod package;
mod patch;
mod plan;
mod splice;
mod validation;
mod vet;
mod xml;

pub use address::{Cell, CellRange, LAST_COLUMN, LAST_ROW, column_letters};
pub use archive::Archive;
pub use cells::{CellState, Content};
pub use error::{Foreign, PackageError};
pub use facts::{Run, SheetFacts};
pub use limits::Limits;
pub use package::{Package, SheetRef, Visibility};
pub use patch::patch_cells;
pub use plan::{LONGEST_TEXT, Outcome, Plan, Refusal, Wanted};
pub use validation::{ListSource, ListValidation};

#[cfg(test)]
mod patch_tests;
#[cfg(test)]
mod tests;

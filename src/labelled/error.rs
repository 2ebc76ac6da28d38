use std::sync::Arc;

use thiserror::Error;

use crate::domain::Place;
use crate::questionnaire::{ColumnList, ReadError};

/// Why labelled questions could not be used: what is wrong, and where.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LabelError {
    /// The file could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is nothing in it.
    #[error("{file} is empty")]
    Empty {
        /// The file as the user named it.
        file: Arc<str>,
    },
    /// A column that must be there is not.
    #[error("{place}: no column `{column}`{}; the columns are {columns}", suggestion(.nearest))]
    NoColumn {
        /// The row that was taken for the header.
        place: Place,
        /// The column.
        column: &'static str,
        /// The most similar name that is there.
        nearest: Option<String>,
        /// The columns that are there.
        columns: ColumnList,
    },
    /// A row has more cells than the header has names.
    #[error(
        "{place}: {cells} cells below a header of {columns}; is a text that has the delimiter in it unquoted?"
    )]
    TooManyCells {
        /// The row.
        place: Place,
        /// Its cells.
        cells: usize,
        /// The header's.
        columns: usize,
    },
    /// A row asks nothing.
    #[error("{place}: no question in this row")]
    NoQuestion {
        /// The row.
        place: Place,
    },
    /// A row has no label and no status that would explain it.
    #[error("{place}: no area in this row; write `none` where the question is about no responsibility")]
    NoArea {
        /// The row.
        place: Place,
    },
    /// A label that is no area.
    #[error("{place}: no area `{value}`{}", suggestion(.nearest))]
    UnknownArea {
        /// The row.
        place: Place,
        /// The label.
        value: String,
        /// The most similar area.
        nearest: Option<String>,
    },
    /// A party that nobody can name.
    #[error("{place}: no party `{value}` can be named{}", suggestion(.nearest))]
    UnknownParty {
        /// The row.
        place: Place,
        /// The party.
        value: String,
        /// The most similar party.
        nearest: Option<String>,
    },
    /// A party is named, and for which deployment is not.
    #[error(
        "{place}: a party is named without `provider` and `model`; what holds for one may not for another"
    )]
    NoDeployment {
        /// The row.
        place: Place,
    },
    /// A party is named without a reason.
    #[error("{place}: a party is named without a `reason`")]
    NoReason {
        /// The row.
        place: Place,
    },
    /// A status that no export has.
    #[error("{place}: no status `{value}`{}", suggestion(.nearest))]
    UnknownStatus {
        /// The row.
        place: Place,
        /// The status.
        value: String,
        /// The most similar status.
        nearest: Option<String>,
    },
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

//! Tables of labels or decisions that cannot be used, told.

use crate::domain::Status;
use crate::labelled::LabelError;

use super::error::CliError;
use super::ui::{Ui, count};

/// Labels that cannot be used are told up to so many.
const ERRORS: usize = 20;

/// Tells every error, the last as the command's own; `columns` says what such a table has.
pub(crate) fn told(errors: &[LabelError], columns: [&str; 2], ui: &mut Ui) -> Result<(), CliError> {
    // What such a table has is said once, with the last that needs to hear it.
    let no_table =
        |error: &LabelError| matches!(error, LabelError::NoColumn { .. } | LabelError::Empty { .. });
    let shown = &errors[..errors.len().min(ERRORS)];
    let last_no_table = shown.iter().rposition(no_table);
    let failure = |index: usize, error: &LabelError| {
        let failure = CliError::new(error.to_string());
        match error {
            LabelError::UnknownArea { nearest: None, .. } => failure.hint("`whose areas` lists the areas"),
            LabelError::UnknownStatus { nearest: None, .. } => {
                failure.hint(format!("known: {}", Status::ALL.map(Status::as_str).join(", ")))
            }
            _ if last_no_table == Some(index) => failure.hint(columns[0]).hint(columns[1]),
            _ => failure,
        }
    };
    let [before @ .., last] = shown else { return Ok(()) };
    for (index, error) in before.iter().enumerate() {
        if let CliError::Failed(failure) = failure(index, error) {
            ui.failure(&failure);
        }
    }
    let last = failure(before.len(), last);
    Err(match errors.len() - before.len() - 1 {
        0 => last,
        more => last.hint(format!("{} not shown", count(more as u64, "further error"))),
    })
}

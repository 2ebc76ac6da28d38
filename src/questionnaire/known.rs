//! Layouts that are told outright by the names of their columns and the form of their ids.

use std::fmt;

use super::columns::Role;
use super::headers::{self, Header};
use super::split::Record;

/// A published layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Known {
    /// CSA CAIQ v4: questions with a column for the owner under the shared security responsibility model.
    Caiq,
    /// HECVAT: a section's heading stands in the row that names the columns; ids such as `ABCD-01`.
    Hecvat,
    /// FedRAMP control implementation summary: controls by id, no text.
    FedrampCis,
    /// FedRAMP customer responsibility matrix: controls by id, no text.
    FedrampCrm,
    /// CISO Assistant library: rows by depth, several questions in a cell.
    CisoAssistant,
    /// OneTrust export.
    OneTrust,
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Known::Caiq => "CAIQ v4",
            Known::Hecvat => "HECVAT",
            Known::FedrampCis => "FedRAMP CIS",
            Known::FedrampCrm => "FedRAMP CRM",
            Known::CisoAssistant => "CISO Assistant library",
            Known::OneTrust => "OneTrust",
        })
    }
}

impl Known {
    /// The layout that a header belongs to.
    pub(super) fn by_header(header: &Record) -> Option<Known> {
        let names: Vec<String> = header.cells().map(|cell| headers::normalise(&cell)).collect();
        let has = |name: &str| names.iter().any(|given| given == name);
        let begins = |start: &str| names.iter().any(|given| given.starts_with(start));
        if has("ssrm control ownership") || has("csp caiq answer") {
            Some(Known::Caiq)
        } else if has("can be inherited from csp") {
            Some(Known::FedrampCrm)
        } else if has("control id") && begins("implementation status") && begins("control origination") {
            Some(Known::FedrampCis)
        } else if has("assessable") && has("depth") && has("ref id") {
            Some(Known::CisoAssistant)
        } else if has("question") && has("response") && has("justification") && has("question type") {
            Some(Known::OneTrust)
        } else {
            None
        }
    }

    /// HECVAT has no header of its own; its ids and the headings over its columns tell it.
    pub(super) fn by_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Option<Known> {
        const FEWEST: usize = 5;
        let (mut all, mut fitting) = (0, 0);
        for id in ids {
            all += 1;
            fitting += usize::from(Known::by_one_id(id));
        }
        (fitting >= FEWEST && fitting * 10 >= all * 8).then_some(Known::Hecvat)
    }

    /// Whether an id is one of HECVAT's.
    pub(super) fn by_one_id(id: &str) -> bool {
        id.split_once('-').is_some_and(|(family, number)| {
            family.len() == 4
                && family.bytes().all(|byte| byte.is_ascii_uppercase())
                && number.len() == 2
                && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// The header's roles as this layout means them.
    pub(super) fn settle(self, header: &mut Header, names: &Record) {
        if matches!(self, Known::FedrampCis | Known::FedrampCrm) {
            // The control's id is all that the row says, so it is what is asked about.
            let control = names.cells().position(|cell| headers::normalise(&cell) == "control id");
            if let Some(control) = control {
                header.roles.retain(|(role, index)| {
                    !matches!(role, Role::Question | Role::Id | Role::Section | Role::Subsection)
                        && *index != control
                });
                header.roles.push((Role::Question, control));
            }
        }
    }
}

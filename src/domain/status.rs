use std::fmt;

/// How far a row is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The tool settled it by itself.
    Auto,
    /// A person should look.
    Review,
    /// The question is about no responsibility area.
    Unmatched,
    /// A person agreed with what was proposed.
    Confirmed,
    /// A person chose something else.
    Corrected,
    /// A person passed over it.
    Skipped,
    /// A person said that it does not apply.
    NotApplicable,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Status; 7] = [
        Status::Auto,
        Status::Review,
        Status::Unmatched,
        Status::Confirmed,
        Status::Corrected,
        Status::Skipped,
        Status::NotApplicable,
    ];

    /// The word that exports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Auto => "auto",
            Status::Review => "review",
            Status::Unmatched => "unmatched",
            Status::Confirmed => "confirmed",
            Status::Corrected => "corrected",
            Status::Skipped => "skipped",
            Status::NotApplicable => "not-applicable",
        }
    }

    /// Whether nobody needs to look at the row any more.
    pub fn is_settled(self) -> bool {
        !matches!(self, Status::Review | Status::Unmatched | Status::Skipped)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

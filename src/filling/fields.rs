use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What a column of the questionnaire is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Who is responsible.
    Owner,
    /// What the provider does.
    ProviderDuty,
    /// What the customer does.
    CustomerDuty,
    /// What each side does, with the source.
    Comment,
    /// The answer. Never found, only named: whose job it is does not say whether it is done.
    Answer,
}

impl Field {
    /// Every field, in the order of columns.
    pub const ALL: [Field; 5] =
        [Field::Owner, Field::ProviderDuty, Field::CustomerDuty, Field::Comment, Field::Answer];

    /// The word that options and messages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Owner => "owner",
            Field::ProviderDuty => "provider_duty",
            Field::CustomerDuty => "customer_duty",
            Field::Comment => "comment",
            Field::Answer => "answer",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Field {
    type Err = ();

    fn from_str(text: &str) -> Result<Field, ()> {
        Field::ALL.into_iter().find(|field| field.as_str().eq_ignore_ascii_case(text.trim())).ok_or(())
    }
}

/// A column that is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillColumn {
    /// What it is filled with.
    pub field: Field,
    /// Its number, from 1.
    pub number: u32,
    /// Its header; empty where it has none.
    pub caption: String,
    /// Whether the user named it: then it takes the export's column of that name as it is.
    pub named: bool,
}

/// The columns of a sheet; a text is a sheet without a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetColumns {
    /// The sheet's name.
    pub sheet: Option<Arc<str>>,
    /// Where the questions stand, from 1, if they stand in one column.
    pub question: Option<u32>,
    /// The columns that are filled.
    pub filled: Vec<FillColumn>,
}

/// A caption in one form: lower case, words apart by one space, brackets and what is in them gone.
pub(super) fn normalised(caption: &str) -> String {
    let (mut words, mut depth) = (String::new(), 0_usize);
    for letter in caption.chars() {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            letter if letter.is_alphanumeric() => words.extend(letter.to_lowercase()),
            _ => words.push(' '),
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The field that a caption asks for outright. Answers are left to the sender's questions and whoever answers them.
pub fn by_caption(caption: &str) -> Option<Field> {
    const OWNER: [&str; 14] = [
        "ssrm control ownership",
        "can be inherited from csp",
        "responsible party",
        "responsible",
        "responsibility",
        "control ownership",
        "ownership",
        "control owner",
        "owner",
        "accountable",
        "accountable party",
        "who is responsible",
        "responsibility allocation",
        "party responsible",
    ];
    const COMMENT: [&str; 13] = [
        "comment",
        "comments",
        "notes",
        "note",
        "remarks",
        "explanation",
        "justification",
        "additional information",
        "additional info",
        "additional comments",
        "vendor comments",
        "supplier comments",
        "kommentar",
    ];
    const DUTY: [&str; 4] = ["responsibility", "responsibilities", "duty", "duties"];
    let name = normalised(caption);
    if OWNER.contains(&name.as_str()) {
        return Some(Field::Owner);
    }
    if COMMENT.contains(&name.as_str()) {
        return Some(Field::Comment);
    }
    if name == "csp implementation description" {
        return Some(Field::ProviderDuty);
    }
    if name.starts_with("specific inheritance and customer") {
        return Some(Field::CustomerDuty);
    }
    match name.rsplit_once(' ') {
        Some((side, duty)) if DUTY.contains(&duty) => match side {
            "provider" | "csp" | "service provider" | "cloud provider" | "vendor" | "supplier" => {
                Some(Field::ProviderDuty)
            }
            "customer" | "csc" | "client" | "cloud customer" => Some(Field::CustomerDuty),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, by_caption};

    #[test]
    fn captions_of_the_standards_and_plain_ones_are_known() {
        let cases = [
            ("SSRM Control Ownership", Some(Field::Owner)),
            ("CSP Implementation Description (Optional/Recommended)", Some(Field::ProviderDuty)),
            ("CSC Responsibilities  (Optional/Recommended)", Some(Field::CustomerDuty)),
            ("Specific Inheritance and Customer Agency/CSP Responsibilities", Some(Field::CustomerDuty)),
            ("Can Be Inherited\nfrom CSP", Some(Field::Owner)),
            ("Comments", Some(Field::Comment)),
            ("Answer", None),
            ("Roles and responsibilities", None),
            ("Question", None),
            ("", None),
        ];
        for (caption, field) in cases {
            assert_eq!(by_caption(caption), field, "{caption}");
        }
    }
}

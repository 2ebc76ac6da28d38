use std::fmt;
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

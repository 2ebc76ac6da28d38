use std::fmt;
use std::str::FromStr;

use super::error::ColumnOptionError;

/// What a column of a questionnaire holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The questionnaire's own id of a question.
    Id,
    /// The heading that a question stands under.
    Section,
    /// A further heading, below the section.
    Subsection,
    /// The question itself.
    Question,
    /// How deep a row stands in the order of headings and questions, a whole number.
    Depth,
    /// What is answered, which is never filled in unasked.
    Answer,
    /// Room for an explanation.
    Comment,
    /// Who is responsible.
    Owner,
    /// What the provider does.
    ProviderDuty,
    /// What the customer does.
    CustomerDuty,
}

impl Role {
    /// Every role: those that are read, then those that are filled in.
    pub const ALL: [Role; 10] = [
        Role::Id,
        Role::Section,
        Role::Subsection,
        Role::Question,
        Role::Depth,
        Role::Answer,
        Role::Comment,
        Role::Owner,
        Role::ProviderDuty,
        Role::CustomerDuty,
    ];

    /// The word that options and messages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Id => "id",
            Role::Section => "section",
            Role::Subsection => "subsection",
            Role::Question => "question",
            Role::Depth => "depth",
            Role::Answer => "answer",
            Role::Comment => "comment",
            Role::Owner => "owner",
            Role::ProviderDuty => "provider_duty",
            Role::CustomerDuty => "customer_duty",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ColumnOptionError;

    /// Reads a role by its word, in any case.
    ///
    /// # Errors
    /// Any other word, with the most similar role.
    fn from_str(text: &str) -> Result<Role, ColumnOptionError> {
        let given = text.trim();
        let found = Role::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(given));
        found.ok_or_else(|| ColumnOptionError::UnknownRole {
            given: given.to_owned(),
            nearest: nearest(&given.to_lowercase(), Role::ALL.map(Role::as_str)),
        })
    }
}

/// A column as the user names it: by its header, its number from 1, or its spreadsheet letters.
///
/// Which of them is meant shows only beside the table: a header of that name wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRef(String);

impl ColumnRef {
    /// Wraps what the user wrote.
    pub fn new(text: &str) -> ColumnRef {
        ColumnRef(text.trim().to_owned())
    }

    /// What the user wrote.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The position from 0 that the text means as a number or as spreadsheet letters.
    pub(super) fn position(&self) -> Option<usize> {
        if let Ok(number) = self.0.parse::<usize>() {
            return number.checked_sub(1);
        }
        let letters = self.0.as_bytes();
        if letters.is_empty() || letters.len() > 3 || !letters.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let digit = |letter: &u8| usize::from(letter.to_ascii_uppercase() - b'A') + 1;
        Some(letters.iter().fold(0, |sum, letter| sum * 26 + digit(letter)) - 1)
    }
}

/// Reads an option such as `question=Requirement`, `question=3` or `id=B`.
///
/// # Errors
/// The role is unknown (with the nearest one), or no column is named.
pub fn parse_column(option: &str) -> Result<(Role, ColumnRef), ColumnOptionError> {
    let missing = || ColumnOptionError::NoColumn { given: option.to_owned() };
    let (role, column) = option.split_once('=').ok_or_else(missing)?;
    let role = role.parse()?;
    let column = ColumnRef::new(column);
    if column.as_str().is_empty() { Err(missing()) } else { Ok((role, column)) }
}

/// The candidate most like `given`, if any is alike enough to be a slip of the keys.
pub(super) fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const ALIKE: f64 = 0.75;
    let scored = candidates.into_iter().map(|name| (strsim::jaro_winkler(given, &name.to_lowercase()), name));
    let best = scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_name_a_role_and_a_column() {
        assert_eq!(parse_column("question=Requirement"), Ok((Role::Question, ColumnRef::new("Requirement"))));
        assert_eq!(parse_column(" ID = a=b "), Ok((Role::Id, ColumnRef::new("a=b"))));
    }

    #[test]
    fn a_misspelt_role_gets_a_suggestion() {
        let error = parse_column("qestion=3").unwrap_err().to_string();
        assert_eq!(
            error,
            "`qestion` is no role of a column (did you mean `question`?); the roles are id, section, subsection, \
             question, depth, answer, comment, owner, provider_duty and customer_duty"
        );
        assert!(
            parse_column("zzz=3").unwrap_err().to_string().starts_with("`zzz` is no role of a column; the")
        );
    }

    #[test]
    fn an_option_without_a_column_says_how_to_write_it() {
        for option in ["question", "question=", "question= ", ""] {
            assert!(parse_column(option).unwrap_err().to_string().contains("role=COLUMN"), "{option}");
        }
    }

    #[test]
    fn numbers_and_letters_are_positions() {
        let position = |text| ColumnRef::new(text).position();
        assert_eq!(position("1"), Some(0));
        assert_eq!(position("C"), Some(2));
        assert_eq!(position("aa"), Some(26));
        assert_eq!(position("XFD"), Some(16383));
        assert_eq!(position("0"), None);
        assert_eq!(position("Requirement"), None);
        assert_eq!(position(""), None);
        assert_eq!(position("99999999999999999999999"), None);
    }
}

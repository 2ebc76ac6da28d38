//! The moment, in UTC: the system's, or one that was fixed so that the same input gives the same output.

use std::time::{SystemTime, UNIX_EPOCH};

use super::error::CliError;
use super::ui::quoted;

/// Tells the moment.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// Always the same.
    Fixed(String),
    /// The system's.
    System,
}

impl Clock {
    /// What was typed, else `SOURCE_DATE_EPOCH` (seconds since 1970), else the system's.
    ///
    /// # Errors
    /// Where one of these is no moment.
    pub(crate) fn new(typed: Option<&str>) -> Result<Clock, CliError> {
        if let Some(typed) = typed {
            return match is_moment(typed) {
                true => Ok(Clock::Fixed(typed.to_owned())),
                false => Err(CliError::new(format!("{} is no moment in UTC", quoted(typed)))
                    .hint("write it like this: --now 2026-11-21T17:00:00Z")),
            };
        }
        match std::env::var("SOURCE_DATE_EPOCH") {
            Err(_) => Ok(Clock::System),
            Ok(told) => match told.parse() {
                Ok(seconds) => Ok(Clock::Fixed(moment(seconds))),
                Err(_) => Err(CliError::new(format!("SOURCE_DATE_EPOCH is {}", quoted(&told)))
                    .hint("it is a number of seconds since 1970")),
            },
        }
    }

    /// The moment, as `2026-11-21T17:00:00Z`.
    #[expect(clippy::disallowed_methods, reason = "this is where a time comes in from")]
    pub(crate) fn now(&self) -> String {
        match self {
            Clock::Fixed(moment) => moment.clone(),
            Clock::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                moment(u32::try_from(since.as_secs()).unwrap_or(u32::MAX))
            }
        }
    }
}

/// Seconds since 1970 as a moment in UTC, until 2106.
fn moment(seconds: u32) -> String {
    let (mut days, rest) = (seconds / 86_400, seconds % 86_400);
    let (mut year, mut month) = (1970, 1);
    let is_leap =
        |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while days >= 365 + u32::from(is_leap(year)) {
        days -= 365 + u32::from(is_leap(year));
        year += 1;
    }
    for length in [31, 28 + u32::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

/// Whether it has the form of a moment, with numbers that one can have.
fn is_moment(text: &str) -> bool {
    let form = "0000-00-00T00:00:00Z";
    let fits =
        |(letter, form): (char, char)| if form == '0' { letter.is_ascii_digit() } else { letter == form };
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|digits| digits.parse::<u32>().ok());
    text.len() == form.len()
        && text.chars().zip(form.chars()).all(fits)
        && number(5..7).is_some_and(|month| (1..=12).contains(&month))
        && number(8..10).is_some_and(|day| (1..=31).contains(&day))
        && number(11..13).is_some_and(|hour| hour < 24)
        && number(14..16).is_some_and(|minute| minute < 60)
        && number(17..19).is_some_and(|second| second < 61)
}

#[cfg(test)]
mod tests {
    use super::{is_moment, moment};

    #[test]
    fn moments_are_told_in_utc() {
        for (seconds, told) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_795_280_400, "2026-11-21T17:00:00Z"),
            (u32::MAX, "2106-02-07T06:28:15Z"),
        ] {
            assert_eq!(moment(seconds), told);
            assert!(is_moment(told));
        }
        for other in [
            "",
            "2026-11-21",
            "2026-13-21T17:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T17:00:00+",
            "２026-11-21T17:00:0",
        ] {
            assert!(!is_moment(other), "{other}");
        }
    }
}

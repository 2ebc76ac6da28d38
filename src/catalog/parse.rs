//! What every data file has in common: TOML, ids, dates and links.

use toml::de::DeTable;

use crate::diagnostic::{Code, Problems, SourceFile};
use crate::safe_text::one_line;

use super::table::{Table, Text};

/// Parses a file and hands its top table to `read`, unless it is not TOML; all syntax errors are noted.
pub(super) fn document(
    file: &SourceFile,
    what: &'static str,
    problems: &mut Problems,
    read: impl FnOnce(&mut Table<'_>, &mut Problems),
) {
    let text = &file.text;
    if let Some(at) = file.broken_at {
        problems
            .error(Code::Syntax, at..at + 1, "the file is not UTF-8", "the first byte that is not")
            .help = Some("save it as UTF-8".into());
        return;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let mut table = Table::new(what, root.get_ref(), first_key(text));
        read(&mut table, problems);
        table.finish(problems);
        return;
    }
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let (message, label) = match error.message().split_once('\n') {
            Some((first, rest)) => (first, rest.lines().next().unwrap_or_default()),
            None => (error.message(), "here"),
        };
        problems.error(Code::Syntax, span, message, label);
    }
}

/// The first line that is neither empty nor a comment: a place to show for what is missing at the top.
fn first_key(text: &str) -> std::ops::Range<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            return start..start + line.trim_end().len();
        }
        start += line.len();
    }
    0..0
}

/// The `id` of a table: lower-case words joined by hyphens.
pub(super) fn id(table: &mut Table<'_>, problems: &mut Problems) -> Option<Text> {
    let text = table.text("id", problems)?;
    check_id(&text, problems).then_some(text)
}

/// Notes an id that is not lower-case words joined by hyphens.
pub(super) fn check_id(text: &Text, problems: &mut Problems) -> bool {
    if is_kebab_case(&text.value) {
        return true;
    }
    let message = format!("`{}` is not an id", one_line(&text.value));
    let problem = problems.error(
        Code::BadId,
        text.span.clone(),
        message,
        "expected lower-case words joined by hyphens",
    );
    let tidy = kebab_case(&text.value);
    problem.help = (!tidy.is_empty()).then(|| format!("write `{tidy}`"));
    false
}

fn is_kebab_case(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

fn kebab_case(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// Whether the text is a calendar date, `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    let date = text.parse::<toml::value::Datetime>().ok();
    date.is_some_and(|date| date.date.is_some() && date.time.is_none()) && text.len() == 10
}

/// Whether the text is a web address that can stand in a report without escaping.
pub(super) fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.contains('.')
            && rest.chars().all(|letter| letter.is_ascii_graphic() && !"<>\"'`".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_kebab_case, is_url, kebab_case};

    #[test]
    fn ids_are_lower_case_words_joined_by_hyphens() {
        for good in ["a", "o11-cloud", "data-plane-2"] {
            assert!(is_kebab_case(good), "{good}");
        }
        for bad in ["", "A", "a_b", "-a", "a--b", "a b", "é"] {
            assert!(!is_kebab_case(bad), "{bad}");
        }
        assert_eq!(kebab_case("Data Plane_2"), "data-plane-2");
    }

    #[test]
    fn dates_and_links_are_checked() {
        assert!(is_date("2026-11-21"));
        assert!(!is_date("2026-13-01") && !is_date("21.11.2026") && !is_date("2026-02-30"));
        assert!(is_url("https://render.com/x"));
        assert!(!is_url("render.com") && !is_url("https://a.b/\"onload") && !is_url("javascript:alert(1)"));
    }
}

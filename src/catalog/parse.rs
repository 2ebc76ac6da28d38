//! What every data file has in common: TOML, ids, dates and links.

use toml::de::DeTable;

use crate::diagnostic::{Code, Label, Problems, SourceFile};

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
        let end = text[at..].chars().next().map_or(at, |letter| at + letter.len_utf8());
        problems.error(Code::Syntax, at..end, "the file is not UTF-8", "the first byte that is not").help =
            Some("save it as UTF-8".into());
        return;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let mut table = Table::root(what, root.get_ref(), first_key(text));
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
        let there = text.get(span.clone()).unwrap_or_default();
        let message = match message {
            "duplicate key" => format!("duplicate key `{}`", there.escape_debug()),
            other => other.to_string(),
        };
        problems.error(Code::Syntax, span, message, label).help = syntax_help(error.message());
    }
}

/// The next step for the slips that people make; the parser says what it expected, but not what to do.
fn syntax_help(message: &str) -> Option<String> {
    let slips = [
        ("duplicate key", "a table has each key once: remove one of the two"),
        ("key with no value", "write `key = \"value\"`"),
        ("invalid basic string", "close the text with a quotation mark on the same line"),
        ("invalid literal string", "close the text with a quotation mark on the same line"),
        ("string values must be quoted", "put the text in quotation marks: \"…\""),
        ("unclosed table", "close the table's name with as many brackets as it was opened with"),
        ("unclosed array", "close the list with `]`"),
    ];
    let slip = slips.iter().find(|(begins, _)| message.starts_with(begins));
    slip.map(|(_, help)| (*help).to_string())
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

/// The `id` of a table. One of a bad form comes out too, so that what refers to it is not reported as well.
pub(super) fn id(table: &mut Table<'_>, problems: &mut Problems) -> Option<Text> {
    let text = table.text("id", problems)?;
    check_id(&text, problems);
    Some(text)
}

/// Reports an id that is not lower-case words joined by hyphens.
pub(super) fn check_id(text: &Text, problems: &mut Problems) {
    if is_kebab_case(&text.value) {
        return;
    }
    let message = format!("`{}` is not an id", text.value.escape_debug());
    let label = "expected lower-case words joined by hyphens";
    let tidy = kebab_case(&text.value);
    problems.error(Code::BadId, text.span.clone(), message, label).help =
        Some(if tidy.is_empty() { "for example `data-plane`".into() } else { format!("write `{tidy}`") });
}

/// Points from a second thing to the first of the same id.
pub(super) fn report_twice(what: &str, first: &Text, second: &Text, problems: &mut Problems) {
    let message = format!("{what} `{}` is there twice", second.value.escape_debug());
    let problem = problems.error(Code::DuplicateId, second.span.clone(), message, "second one");
    problem.related = Some(Label { span: first.span.clone(), text: "first one".into() });
    problem.help = Some("each id stands for one thing: give one of them another, or remove it".into());
}

pub(super) fn is_kebab_case(text: &str) -> bool {
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

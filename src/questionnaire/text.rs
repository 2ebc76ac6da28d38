use super::entry::SkipReason;
use super::headers;
use super::layout::{LONGEST_CONTEXT, shortened};
use super::split::is_blank;
use super::table::{Cells, Row};
use super::wording::{self, Unmarked};

/// Reads a text line by line: one question a line.
pub(super) struct Text {
    section: String,
    /// Whether nothing, or a blank line, stands above the next line.
    after_gap: bool,
    at_start: bool,
}

impl Text {
    pub(super) fn new() -> Text {
        Text { section: String::new(), after_gap: true, at_start: true }
    }

    /// Goes on below a heading that was read before.
    pub(super) fn under(section: String) -> Text {
        Text { section, ..Text::new() }
    }

    /// The heading that the next line stands under, if it is none itself.
    pub(super) fn section(&self) -> &str {
        &self.section
    }

    /// Reads the next line; `None` for a first line that only says that questions follow.
    pub(super) fn read(&mut self, line: &str) -> Option<Row> {
        let line = line.trim();
        if is_blank(line) {
            self.after_gap = true;
            return Some(Row::skipped(SkipReason::Blank, ""));
        }
        let (after_gap, at_start) = (self.after_gap, self.at_start);
        (self.after_gap, self.at_start) = (false, false);
        if at_start && headers::is_question_title(line) {
            return None;
        }
        if is_rule(line) {
            self.after_gap = true;
            return Some(Row::skipped(SkipReason::Rule, line));
        }
        if let Some(heading) = heading(line, after_gap) {
            self.section = shortened(heading, LONGEST_CONTEXT);
            self.after_gap = true;
            return Some(Row::skipped(SkipReason::SectionHeading, heading));
        }
        let Unmarked { id, text, listed } = wording::unmarked(title(line).unwrap_or(line));
        if !listed && wording::is_instruction(text) {
            return Some(Row::skipped(SkipReason::Notice, line));
        }
        if !text.contains(char::is_alphabetic) {
            return Some(Row::skipped(SkipReason::NoQuestion, line));
        }
        let id = id.unwrap_or_default().to_owned();
        let text = emphasised(text).unwrap_or(text).to_owned();
        let (section, parent) = (self.section.clone(), String::new());
        Some(Row::Question { id, section, text, parent, cells: Cells::AsNamed })
    }
}

/// Three or more of one drawing character, as between the parts of a text.
fn is_rule(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() >= 3 && b"-=*_~#".contains(&bytes[0]) && bytes.iter().all(|byte| *byte == bytes[0])
}

/// What a heading says: `# Heading`, `**Heading**`, or `Heading:` where a part of the text begins.
fn heading(line: &str, begins_part: bool) -> Option<&str> {
    if let Some(heading) = title(line) {
        return (!heading.is_empty() && !heading.ends_with('?')).then_some(heading);
    }
    if let Some(inner) = emphasised(line) {
        let inner = inner.strip_suffix(':').unwrap_or(inner);
        return wording::is_heading_like(inner).then_some(inner);
    }
    if is_titled_part(line) {
        return Some(line);
    }
    let inner = line.strip_suffix(':')?;
    let is_item = wording::unmarked(line).listed;
    (begins_part && !is_item && wording::is_heading_like(inner)).then_some(inner)
}

/// Whether a line numbers a part of the text, as in `Section A: Governance` or `Part 2 – Backups`.
fn is_titled_part(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let part = words.next().is_some_and(|word| {
        ["section", "part", "chapter", "appendix", "domain"].contains(&word.to_lowercase().as_str())
    });
    let number = words.next().unwrap_or("").trim_end_matches([':', '.', '-', '–', ')']);
    let is_number = number.chars().count() <= 4
        && number.chars().any(char::is_alphanumeric)
        && !number.chars().any(char::is_lowercase);
    part && is_number && words.count() <= 8 && !line.ends_with(['?', '.'])
}

/// What a Markdown heading says.
fn title(line: &str) -> Option<&str> {
    let marked = line.trim_start_matches('#');
    let is_title = (1..=6).contains(&(line.len() - marked.len())) && marked.starts_with(char::is_whitespace);
    is_title.then(|| marked.trim().trim_end_matches('#').trim_end())
}

/// What stands between the marks of a line that is strong throughout.
fn emphasised(line: &str) -> Option<&str> {
    let inner = ["**", "__"].into_iter().find_map(|mark| line.strip_prefix(mark)?.strip_suffix(mark))?;
    (!inner.is_empty() && !inner.contains("**")).then_some(inner.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Row> {
        let mut reader = Text::new();
        text.lines().filter_map(|line| reader.read(line)).collect()
    }

    fn question(id: &str, section: &str, text: &str) -> Row {
        Row::Question {
            id: id.into(),
            section: section.into(),
            text: text.into(),
            parent: String::new(),
            cells: Cells::AsNamed,
        }
    }

    #[test]
    fn each_line_is_a_question() {
        assert_eq!(
            read("Who?\n  What is it, then \n\n1. Where?\n- Why"),
            [
                question("", "", "Who?"),
                question("", "", "What is it, then"),
                Row::skipped(SkipReason::Blank, ""),
                question("1", "", "Where?"),
                question("", "", "Why"),
            ]
        );
    }

    #[test]
    fn headings_become_sections() {
        assert_eq!(
            read("# Access ##\nWho?\n\nBackups:\n- How?\n**Network**\n**Why?**"),
            [
                Row::skipped(SkipReason::SectionHeading, "Access"),
                question("", "Access", "Who?"),
                Row::skipped(SkipReason::Blank, ""),
                Row::skipped(SkipReason::SectionHeading, "Backups"),
                question("", "Backups", "How?"),
                Row::skipped(SkipReason::SectionHeading, "Network"),
                question("", "Network", "Why?"),
            ]
        );
    }

    #[test]
    fn numbered_parts_are_headings() {
        let is_heading = |line| matches!(&read(line)[..], [Row::Skipped(SkipReason::SectionHeading, _)]);
        assert!(is_heading("Section A: Governance"));
        assert!(is_heading("PART 2 – BACKUPS"));
        assert!(!is_heading("Part of the data is encrypted"));
        assert!(!is_heading("Section 3 of the policy is followed."));
    }

    #[test]
    fn prompts_with_a_colon_are_questions() {
        for line in ["Provide more details on the following:", "Which of these apply:", "# Who has access?"] {
            let rows = read(line);
            assert!(matches!(&rows[..], [Row::Question { .. }]), "{rows:?}");
        }
    }

    #[test]
    fn what_speaks_of_the_form_asks_nothing() {
        let line = "Please answer every question below.";
        assert_eq!(read(line), [Row::skipped(SkipReason::Notice, line)]);
        for line in ["1. Please answer for every section below.", "Please complete the name of your auditor."]
        {
            assert!(matches!(&read(line)[..], [Row::Question { .. }]), "{line}");
        }
    }

    #[test]
    fn lines_without_words_are_told() {
        assert_eq!(
            read("-----\n1.\n"),
            [Row::skipped(SkipReason::Rule, "-----"), Row::skipped(SkipReason::NoQuestion, "1."),]
        );
        assert_eq!(read("…"), [Row::skipped(SkipReason::NoQuestion, "…")]);
        assert_eq!(read("Questions\nWho?"), [question("", "", "Who?")]);
    }
}

//! Markdown: pipe tables become sheets of cells; what is no text of the document is told and left out.
//!
//! Headings, lists and paragraphs stay the lines they are: they are read as those of any text.

use std::borrow::Cow;

use super::parts::Parts;
use super::{Book, Grid, GridRow, LoadError, html};
use crate::questionnaire::decode;
use crate::questionnaire::wording;

/// The largest file that is read, in bytes.
const MAX_BYTES: usize = 64 << 20;
/// More lines than any text has, and more cells than any tables.
const MAX_LINES: usize = 1_000_000;
const MAX_CELLS: usize = 4_000_000;
/// More columns than any table has.
const MAX_COLUMNS: usize = 1_000;

/// Takes a Markdown file apart. The bytes are UTF-8, as far as they were decoded.
///
/// # Errors
/// It is too large.
pub(in crate::questionnaire) fn load(bytes: &[u8]) -> Result<Book, LoadError> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the text is larger than {} MiB; split it into several files", MAX_BYTES >> 20);
        return Err(LoadError { line: None, message });
    }
    let text = decode::text(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
    let lines: Vec<&str> = super::lines(&text).map(|(_, line)| line).take(MAX_LINES + 1).collect();
    let too_much = |what: String| {
        let message = format!("the text has more than {what}; split it into several files");
        Err(LoadError { line: None, message })
    };
    if lines.len() > MAX_LINES {
        return too_much(format!("{MAX_LINES} lines"));
    }
    let (unclosed, parts) = (Unclosed::default(), Parts::default());
    let mut reader = Reader { lines, at: 0, cells: 0, unclosed, parts };
    while reader.at < reader.lines.len() {
        reader.step();
        if reader.cells > MAX_CELLS {
            return too_much(format!("{MAX_CELLS} cells in tables"));
        }
    }
    let form_asks = reader.parts.has_tables();
    Ok(reader.parts.into_book(form_asks))
}

struct Reader<'a> {
    lines: Vec<&'a str>,
    /// The index of the next line.
    at: usize,
    /// How many cells the tables had.
    cells: usize,
    unclosed: Unclosed,
    parts: Parts,
}

/// What was looked for in vain up to the end, so that it is not looked for again: time stays linear.
#[derive(Default)]
struct Unclosed {
    comment: bool,
    /// The length of the shortest fence of each kind that nothing closes.
    backticks: Option<usize>,
    tildes: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Reads the next line, and those that belong to it.
    fn step(&mut self) {
        let line = self.lines[self.at];
        if let Some(end) = self.front_matter().or_else(|| self.fenced_code()) {
            let first = self.lines[self.at + 1..end].iter().find(|line| !line.trim().is_empty());
            self.parts.aside(number(self.at), first.unwrap_or(&line).trim());
            self.at = end + 1;
        } else if let Some(grid) = self.table() {
            self.parts.grid(grid);
        } else if let Some((text, end)) = self.comment() {
            self.parts.aside(number(self.at), self.lines[self.at].trim());
            // What stands around the comment is one line, to be looked at again.
            if !text.trim().is_empty() {
                self.parts.line(number(self.at), text);
            }
            self.at = end + 1;
        } else {
            let line = match self.is_underlined() {
                true => format!("# {}", line.trim()),
                false => line.to_owned(),
            };
            self.parts.line(number(self.at), line);
            self.at += 1;
        }
    }

    /// Where the settings above a text end.
    fn front_matter(&self) -> Option<usize> {
        const MAX_LINES: usize = 500;
        let fence = *self.lines.first().filter(|_| self.at == 0)?;
        let ends: &[&str] = match fence.trim_end() {
            "---" => &["---", "..."],
            "+++" => &["+++"],
            _ => return None,
        };
        let end =
            self.lines.iter().take(MAX_LINES).skip(1).position(|line| ends.contains(&line.trim_end()))? + 1;
        let sets = |line: &str| {
            let line = line.trim();
            line.is_empty() || line.starts_with(['#', '-']) || line.contains([':', '='])
        };
        let first = self.lines[1..end].iter().find(|line| !line.trim().is_empty())?;
        (sets(first) && !first.starts_with("# ")).then_some(end)
    }

    /// Where the code ends whose fence the next line is. A fence that nothing closes is none: no question is lost.
    fn fenced_code(&mut self) -> Option<usize> {
        let (mark, length, info) = fence(self.lines[self.at])?;
        if mark == '`' && info.contains('`') {
            return None;
        }
        let unclosed = if mark == '`' { &mut self.unclosed.backticks } else { &mut self.unclosed.tildes };
        if unclosed.is_some_and(|shortest| length >= shortest) {
            return None;
        }
        let closes = |line: &&str| {
            fence(line).is_some_and(|(other, count, info)| {
                other == mark && count >= length && info.trim().is_empty()
            })
        };
        let end = self.lines[self.at + 1..].iter().position(closes);
        if end.is_none() {
            *unclosed = Some(length);
        }
        end.map(|end| self.at + 1 + end)
    }

    /// What stands around the comments of a line, and where the last of them ends.
    fn comment(&mut self) -> Option<(String, usize)> {
        let (mut text, mut end, mut found) = (String::new(), self.at, false);
        let mut rest = self.lines[self.at];
        while !self.unclosed.comment
            && let Some(start) = rest.find("<!--")
        {
            let inner = &rest[start + 4..];
            if let Some(close) = inner.find("-->") {
                text.push_str(&rest[..start]);
                rest = &inner[close + 3..];
            } else if let Some(lines) = self.lines[end + 1..].iter().position(|line| line.contains("-->")) {
                text.push_str(&rest[..start]);
                end += 1 + lines;
                rest = self.lines[end].split_once("-->").map_or("", |(_, rest)| rest);
            } else {
                self.unclosed.comment = true;
                break;
            }
            found = true;
        }
        text.push_str(rest);
        found.then_some((text, end))
    }

    /// The table that begins with the next line: rows between bars, below a header and its rule or not.
    fn table(&mut self) -> Option<Grid> {
        let header = self.lines[self.at];
        if header.trim_start().starts_with("<!--") {
            return None;
        }
        let below = self.lines.get(self.at + 1)?;
        let ruled = header.contains('|') && is_rule(below);
        let boxed = |line: &str| {
            line.trim().len() > 2 && line.trim().starts_with('|') && line.trim_end().ends_with('|')
        };
        let unruled = boxed(header) && boxed(below);
        if !ruled && !unruled {
            return None;
        }
        let mut rows = Vec::new();
        while let Some(line) =
            self.lines.get(self.at).filter(|line| line.contains('|') && fence(line).is_none())
            && self.cells <= MAX_CELLS
        {
            if !is_rule(line) {
                let cells = cells(line).into_iter().take(MAX_COLUMNS).enumerate();
                let cells: Vec<_> = cells.filter(|(_, cell)| !cell.trim().is_empty()).collect();
                self.cells += cells.len();
                rows.push(GridRow { number: number(self.at), hidden: false, cells });
            }
            self.at += 1;
        }
        Some(Grid { rows, ..Grid::default() })
    }

    /// Whether the next line is a heading by the line drawn below it.
    fn is_underlined(&self) -> bool {
        let (line, below) =
            (self.lines[self.at].trim(), self.lines.get(self.at + 1).map_or("", |line| line.trim()));
        let drawn = below.len() >= 3 && ['=', '-'].iter().any(|mark| below.chars().all(|c| c == *mark));
        let alone = self.at == 0 || self.lines[self.at - 1].trim().is_empty();
        drawn
            && alone
            && line.contains(char::is_alphabetic)
            && !line.starts_with('#')
            && !line.ends_with('?')
            && !wording::unmarked(line).listed
    }
}

/// The number of the line of an index.
fn number(index: usize) -> u64 {
    index as u64 + 1
}

/// The mark and length of a fence, and what stands behind it. Nobody writes longer ones, and each length that nothing
/// closes is looked for up to the end.
fn fence(line: &str) -> Option<(char, usize, &str)> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let rest = line.trim_start_matches(mark);
    let length = line.len() - rest.len();
    (3..=64).contains(&length).then_some((mark, length, rest))
}

/// Whether a line is the rule between a table's header and its rows.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    line.contains('|')
        && inner.split('|').all(|cell| {
            let cell = cell.trim();
            let cell = cell.strip_prefix(':').unwrap_or(cell);
            let cell = cell.strip_suffix(':').unwrap_or(cell);
            !cell.is_empty() && cell.bytes().all(|byte| byte == b'-')
        })
}

/// The cells of a row, parted at bars that are not escaped.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let mut cells = vec![String::new()];
    let mut letters = line.strip_prefix('|').unwrap_or(line).chars().peekable();
    while let Some(letter) = letters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match letter {
            '\\' if letters.peek() == Some(&'|') => cell.extend(letters.next()),
            '|' => cells.push(String::new()),
            letter => cell.push(letter),
        }
    }
    // The bar at the end closes the last cell.
    if line.ends_with('|') && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| shown(cell.trim())).collect()
}

/// A cell as it is shown: its marks are gone.
fn shown(cell: &str) -> String {
    let breaks = ["<br>", "<br/>", "<br />", "<BR>"];
    let lines = breaks.iter().fold(Cow::Borrowed(cell), |cell, mark| match cell.contains(mark) {
        true => cell.replace(mark, "\n").into(),
        false => cell,
    });
    let lines = lines.lines().map(|line| inline(&html::plain(line)).trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A line without what marks it as strong or as code, links as their text.
fn inline(line: &str) -> String {
    let line = line.trim();
    let strong = ["**", "__", "*", "_"].into_iter().find_map(|mark| {
        let inner = line.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.is_empty() && !inner.contains(mark)).then_some(inner)
    });
    let line = strong.unwrap_or(line);
    if !line.contains(['\\', '`', '[', '*']) {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    let mut may_link = true;
    while let Some(at) = rest.find(['\\', '`', '[', '*']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let escaped = rest[1..].chars().next().filter(|c| rest.starts_with('\\') && c.is_ascii_punctuation());
        if let Some(letter) = escaped {
            out.push(letter);
            rest = &rest[2..];
        } else if let Some(link) = may_link.then(|| link(rest)).flatten() {
            out.push_str(link.0);
            rest = &rest[link.1..];
        } else if rest.starts_with("**") {
            rest = &rest[2..];
        } else {
            may_link &= !rest.starts_with('[');
            if !rest.starts_with('`') {
                out.push_str(&rest[..1]);
            }
            rest = &rest[1..];
        }
    }
    out + rest
}

/// The text of a link at the start of a text, and how many bytes the link takes.
fn link(text: &str) -> Option<(&str, usize)> {
    let (label, target) = text.strip_prefix('[')?.split_once("](")?;
    let end = target.find(')')?;
    (!label.contains('[')).then_some((label, label.len() + end + 4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::questionnaire::book::Content;
    use crate::questionnaire::table::Row;

    /// The parts of a document: tables as `number [column=cell]`, lines as `number text`, the rest as `number - text`.
    fn read(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        for sheet in load(text.as_bytes()).unwrap().sheets {
            match sheet.content {
                Content::Grid(grid) => {
                    all.push(format!("table under `{}`", sheet.section));
                    for row in grid.rows {
                        let cells = row.cells.iter().map(|(column, cell)| format!("{column}={cell}"));
                        all.push(format!("{} [{}]", row.number, cells.collect::<Vec<_>>().join("|")));
                    }
                }
                Content::Prose(lines) => {
                    all.push(format!("text under `{}`", sheet.section));
                    all.extend(lines.into_iter().map(|(number, line)| format!("{number} {line}")));
                }
                Content::Items(items) => all.extend(items.into_iter().map(|(number, row)| match row {
                    Row::Skipped(reason, text) => format!("{number} - {reason}: {text}"),
                    row => panic!("{row:?}"),
                })),
            }
        }
        all
    }

    #[test]
    fn tables_become_cells_under_their_heading() {
        assert_eq!(
            read(
                "# Access\nPlease fill in.\n\n| Id | Question |\n|:--|---:|\n| 1 | Who \\| what? |\n| 2 | **Why?**<br>How? |\n\n## Backup\n- Where?\n"
            ),
            [
                "text under ``",
                "1 # Access",
                "2 Please fill in.",
                "3 ",
                "table under `Access`",
                "4 [0=Id|1=Question]",
                "6 [0=1|1=Who | what?]",
                "7 [0=2|1=Why?\nHow?]",
                "text under `Access`",
                "8 ",
                "9 ## Backup",
                "10 - Where?",
            ]
        );
    }

    #[test]
    fn bars_at_the_ends_may_be_missing_and_cells_empty() {
        assert_eq!(
            read("Id | Question\n--- | ---\n1 | [Who](https://a.example) has `root`?\n | What \\*is\\* it?"),
            ["table under ``", "1 [0=Id|1=Question]", "3 [0=1|1=Who has root?]", "4 [0=What *is* it?]"]
        );
        assert_eq!(
            read("| Question | |\n|---|---|\n| Who? |"),
            ["table under ``", "1 [0=Question]", "3 [0=Who?]"]
        );
        assert_eq!(
            read("| 1 | Who? |\n| 2 | What? |"),
            ["table under ``", "1 [0=1|1=Who?]", "2 [0=2|1=What?]"]
        );
    }

    #[test]
    fn a_lone_bar_makes_no_table() {
        assert_eq!(read("Who? | What?\nWhy?"), ["text under ``", "1 Who? | What?", "2 Why?"]);
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert_eq!(
            read(
                "---\ntitle: T\n---\nWho?\n```sh\nls | wc\n```\n<!-- a\nb --> What?\nWhy <!-- x --> so?\n~~~\n"
            ),
            [
                "1 - code, comment or front matter: title: T",
                "text under ``",
                "4 Who?",
                "5 - code, comment or front matter: ls | wc",
                "8 - code, comment or front matter: <!-- a",
                "text under ``",
                "8  What?",
                "10 - code, comment or front matter: Why <!-- x --> so?",
                "text under ``",
                "10 Why  so?",
                "11 ~~~",
            ]
        );
    }

    #[test]
    fn a_fence_or_comment_without_end_hides_no_question() {
        assert_eq!(read("```\nWho?\n<!-- What?"), ["text under ``", "1 ```", "2 Who?", "3 <!-- What?"]);
        assert_eq!(read("---\nWho?\n---\nWhat?"), ["text under ``", "1 ---", "2 Who?", "3 ---", "4 What?"]);
    }

    #[test]
    fn underlined_lines_are_headings() {
        assert_eq!(
            read("Access\n======\n\nWho?\n---\n"),
            ["text under ``", "1 # Access", "2 ======", "3 ", "4 Who?", "5 ---"]
        );
    }

    #[test]
    fn paragraphs_beside_tables_that_explain_are_notes() {
        let rows = read(
            "All suppliers are asked the same every year.\n\nDescribe your company.\n\n|Question|\n|---|\n|Who?|",
        );
        assert_eq!(rows[0], "1 - a note, no question: All suppliers are asked the same every year.");
        assert!(rows.contains(&"3 Describe your company.".to_owned()), "{rows:?}");
        assert_eq!(read("All suppliers are asked the same every year.").len(), 2);
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        for hostile in ["```a\n", "~~~~x\n", "<!--", "<!--\n", "[a](b", "|[|\n|-|\n", "---\n"] {
            let _ = load(hostile.repeat(200_000).as_bytes());
        }
        let links = format!("|{}|\n|-|\n", "[".repeat(1_000_000));
        let _ = load(links.as_bytes());
    }

    proptest! {
        #[test]
        fn no_line_is_lost(text in "([a-z#|`~<!>\\- :.?]{0,12}\n){0,12}") {
            let told = read(&text).len();
            let _ = load(text.as_bytes());
            prop_assert!(told > 0 || text.trim().is_empty() || !text.contains(char::is_alphabetic));
        }

        #[test]
        fn every_row_of_a_table_is_there(cells in prop::collection::vec("[a-z]{1,6}", 1..20)) {
            let rows: String = cells.iter().map(|cell| format!("| {cell} | x |\n")).collect();
            let read = read(&format!("| a | b |\n|---|---|\n{rows}"));
            prop_assert_eq!(read.len(), cells.len() + 2);
        }
    }
}

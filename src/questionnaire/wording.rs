//! What the wording of a short line tells: a heading, an instruction, a marker of a list.

/// First words of prompts that ask without a question mark.
const INSTRUCTIONS: &[&str] = &[
    "please",
    "provide",
    "describe",
    "list",
    "explain",
    "specify",
    "state",
    "give",
    "select",
    "name",
    "enter",
    "indicate",
    "confirm",
    "attach",
    "identify",
    "outline",
    "detail",
    "summarise",
    "summarize",
    "define",
    "ensure",
    "if",
    "do",
    "does",
    "did",
    "is",
    "are",
    "was",
    "were",
    "has",
    "have",
    "had",
    "can",
    "could",
    "will",
    "would",
    "should",
    "shall",
    "may",
    "must",
    "who",
    "what",
    "when",
    "where",
    "which",
    "why",
    "how",
    "upload",
    "choose",
    "tick",
    "check",
    "include",
    "share",
    "submit",
    "document",
    "demonstrate",
    "show",
    "tell",
];

/// The words of a line, without what stands between them.
fn words(line: &str) -> impl DoubleEndedIterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a line begins like a question or a prompt.
pub(super) fn begins_like_a_question(line: &str) -> bool {
    let first = words(line).next().unwrap_or("");
    // `IS policies` speaks of information security.
    let is_acronym =
        first.len() > 1 && !first.contains(char::is_lowercase) && line.contains(char::is_lowercase);
    !is_acronym && INSTRUCTIONS.contains(&first.to_lowercase().as_str())
}

/// Whether a line ends with a question mark of any script.
pub(super) fn ends_asking(line: &str) -> bool {
    line.ends_with(['?', '？', '؟', '⸮'])
}

/// Whether a line is a sentence, and too long a one to be a heading.
pub(super) fn is_prose(line: &str) -> bool {
    const FEWEST_WORDS: usize = 8;
    line.ends_with('.') && line.split_whitespace().count() >= FEWEST_WORDS
}

/// Whether a line sums up the lines above it: `Total`, `Overall risk rating`.
pub(super) fn is_total(line: &str) -> bool {
    const FIRST: &[&str] = &[
        "total",
        "totals",
        "subtotal",
        "sum",
        "overall",
        "grand",
        "summe",
        "gesamt",
        "gesamtsumme",
        "zwischensumme",
        "somme",
        "totale",
        "totaal",
        "suma",
        "summa",
        "合計",
        "小計",
        "合计",
        "小计",
        "总计",
    ];
    const MAX_WORDS: usize = 5;
    let lower = line.to_lowercase();
    let first = words(&lower).next().unwrap_or("");
    let sub_total = lower.starts_with("sub-total") || lower.starts_with("sub total");
    (sub_total || FIRST.contains(&first))
        && !ends_asking(line)
        && lower.split_whitespace().count() <= MAX_WORDS
}

/// Whether a label asks for a remark or a signature at the end of a part: `Other comments:`, `Date`.
pub(super) fn is_closing_label(line: &str) -> bool {
    const LAST: &[&str] = &[
        "comment",
        "comments",
        "remarks",
        "notes",
        "signature",
        "signed",
        "date",
        "name",
        "kommentare",
        "bemerkungen",
        "unterschrift",
        "datum",
        "commentaires",
        "remarques",
        "comentarios",
        "observaciones",
        "opmerkingen",
        "uwagi",
    ];
    const MAX_WORDS: usize = 4;
    let lower = line.to_lowercase();
    lower.ends_with(':')
        && words(&lower).count() <= MAX_WORDS
        && words(&lower).next_back().is_some_and(|word| LAST.contains(&word))
}

/// Whether a line is the title of a questionnaire: it says that it is one.
pub(super) fn is_title(line: &str) -> bool {
    const KINDS: &[&str] = &[
        "questionnaire",
        "questionnaires",
        "checklist",
        "survey",
        "fragebogen",
        "fragenkatalog",
        "selbstauskunft",
        "checkliste",
        "cuestionario",
        "questionario",
        "questionário",
        "vragenlijst",
        "kwestionariusz",
        "dotazník",
        "enkät",
        "spørgeskema",
        "spørreskjema",
    ];
    const MAX_WORDS: usize = 9;
    let lower = line.to_lowercase();
    words(&lower).count() <= MAX_WORDS
        && !ends_asking(line)
        && !begins_like_a_question(line)
        && words(&lower).any(|word| KINDS.iter().any(|kind| word.ends_with(kind)))
}

/// Whether a line is the heading of a part by its first word or number: `Section 2: Access`, `2. Access`.
pub(super) fn is_part(line: &str) -> bool {
    const PARTS: &[&str] = &[
        "section",
        "part",
        "chapter",
        "domain",
        "module",
        "abschnitt",
        "teil",
        "kapitel",
        "partie",
        "chapitre",
        "sección",
        "parte",
        "capítulo",
        "sezione",
        "seção",
        "deel",
        "hoofdstuk",
        "avsnitt",
        "del",
        "część",
        "rozdział",
    ];
    const MAX_CHARS: usize = 120;
    let first = words(line).next().unwrap_or("");
    let numbered = || number(line).is_some_and(|(id, rest)| id.is_some() && is_heading_like(rest));
    line.chars().count() <= MAX_CHARS
        && !ends_asking(line)
        && (numbered()
            || (PARTS.contains(&first.to_lowercase().as_str())
                && line.contains(|c: char| c.is_ascii_digit() || c == ':')))
}

/// Whether a line may be a heading by its words: few, no sentence, no question.
pub(super) fn is_heading_like(line: &str) -> bool {
    const MAX_WORDS: usize = 6;
    line.contains(char::is_alphabetic)
        && !line.contains(['?', '\n'])
        && !line.ends_with(['.', ',', ';', '!', ':'])
        && line.split_whitespace().count() <= MAX_WORDS
        && !begins_like_a_question(line)
}

/// Whether a line tells the reader something about the document.
pub(super) fn is_notice(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "note:",
        "notes:",
        "nb:",
        "n.b.",
        "instruction:",
        "instructions:",
        "guidance:",
        "legend",
        "key:",
        "©",
        "(c) ",
        "copyright",
        "disclaimer",
        "confidential",
        "end of questionnaire",
        "end of section",
        "end of document",
        "end of standard",
        "end of worksheet",
        "end of sheet",
        "please complete",
        "please answer",
        "please fill",
        "please read",
        "please return",
        "please note",
        "last updated",
        "page ",
        "thank you",
        "total:",
        "score:",
        "total score",
        "overall score",
        "scoring",
    ];
    let line = line.trim().to_lowercase();
    !ends_asking(&line) && STARTS.iter().any(|start| line.starts_with(start))
}

/// Whether a line of a text tells how to go about the whole of it. In a list of lines a request may well be a question,
/// so it must speak of the form.
pub(super) fn is_instruction(line: &str) -> bool {
    const FORM: &[&str] = &[
        "questionnaire",
        "questionnaires",
        "question",
        "questions",
        "form",
        "survey",
        "sheet",
        "worksheet",
        "section",
        "sections",
        "document",
        "below",
        "above",
    ];
    is_notice(line) && words(&line.to_lowercase()).any(|word| FORM.contains(&word))
}

/// Whether a line is written in capitals, as headings are: several words of them, or one long one.
pub(super) fn is_shouted(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 6 && !line.chars().any(char::is_lowercase) && line.chars().any(char::is_uppercase)
}

/// A line without the list marker before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unmarked<'a> {
    /// The number that the marker gives, such as `1.2` or `AIS-01.1`.
    pub(super) id: Option<&'a str>,
    /// Whether there was a marker.
    pub(super) listed: bool,
    /// The rest.
    pub(super) text: &'a str,
}

/// Takes bullets, check boxes and numbering off a trimmed line.
pub(super) fn unmarked(line: &str) -> Unmarked<'_> {
    let mut text = line;
    while let Some(rest) = BULLETS.iter().find_map(|bullet| behind(text, bullet)) {
        text = rest;
    }
    let listed = text.len() < line.len();
    match number(text) {
        Some((id, rest)) => Unmarked { id, listed: true, text: rest },
        None => Unmarked { id: None, listed, text },
    }
}

const BULLETS: &[&str] =
    &["-", "*", "+", "•", "‣", "◦", "▪", "●", "○", "–", "—", "·", "[ ]", "[x]", "[X]", "☐", "☑"];

/// What follows a marker and white space.
fn behind<'a>(text: &'a str, marker: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(marker)?;
    let trimmed = rest.trim_start();
    (trimmed.len() < rest.len()).then_some(trimmed)
}

/// A number or letter at the start of a line: its id, if it is a number, and what follows.
fn number(text: &str) -> Option<(Option<&str>, &str)> {
    const MAX_MARKER_BYTES: usize = 16;
    let (marker, rest) = text.split_once(char::is_whitespace)?;
    if marker.len() > MAX_MARKER_BYTES {
        return None;
    }
    let rest = rest.trim_start();
    let bare = marker.strip_prefix('(').unwrap_or(marker);
    let id = bare.trim_end_matches(['.', ')', ':']);
    let closed = id.len() < bare.len();
    let core = id.strip_prefix(['Q', 'q']).unwrap_or(id).trim_start_matches('#');
    let dotted = !core.is_empty()
        && core.starts_with(|c: char| c.is_ascii_digit())
        && core.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if dotted
        && (closed || id.len() > core.len() || (core.contains('.') && rest.starts_with(char::is_uppercase)))
    {
        let shown = if id.starts_with('#') { core } else { id };
        return Some((Some(shown), rest));
    }
    if is_control_id(id) {
        return Some((Some(id), rest));
    }
    let lettered = closed && id.len() == 1 && id.starts_with(|c: char| c.is_ascii_alphabetic());
    let roman = marker.ends_with(')')
        && !id.is_empty()
        && id.len() <= 4
        && id.bytes().all(|b| b"ivxIVX".contains(&b));
    (lettered || roman).then_some((None, rest))
}

/// Ids as catalogues of controls have them: `AIS-01.1`, `A&A-02`.
fn is_control_id(id: &str) -> bool {
    let Some((family, number)) = id.split_once('-') else { return false };
    (2..=4).contains(&family.len())
        && family.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'&')
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_taken_off_and_numbers_kept() {
        for (line, id, text) in [
            ("1. Who?", Some("1"), "Who?"),
            ("1) Who?", Some("1"), "Who?"),
            ("(2) Who?", Some("2"), "Who?"),
            ("1.2.3 Who?", Some("1.2.3"), "Who?"),
            ("Q7: Who?", Some("Q7"), "Who?"),
            ("#7 Who?", Some("7"), "Who?"),
            ("AIS-01.1 Who?", Some("AIS-01.1"), "Who?"),
            ("A&A-02: Who?", Some("A&A-02"), "Who?"),
            ("- Who?", None, "Who?"),
            ("* [ ] 3. Who?", Some("3"), "Who?"),
            ("•\tWho?", None, "Who?"),
            ("a) Who?", None, "Who?"),
            ("iv) Who?", None, "Who?"),
        ] {
            assert_eq!(unmarked(line), Unmarked { id, listed: true, text }, "{line}");
        }
    }

    #[test]
    fn text_that_only_resembles_a_marker_stays() {
        for line in [
            "3 copies of each backup are kept",
            "24/7 support",
            "99.9 percent of the time",
            "99.9% Uptime",
            "-",
            "I am asking",
            "A question",
            "e.g. this",
            "AES-256",
            "1.",
            "…",
        ] {
            assert_eq!(unmarked(line), Unmarked { id: None, listed: false, text: line }, "{line}");
        }
    }

    #[test]
    fn headings_are_short_and_ask_nothing() {
        assert!(is_heading_like("Access Control"));
        assert!(is_heading_like("3. Data & privacy"));
        for line in ["Who?", "Describe your process", "Data is encrypted.", "Company name:", "42", "How"] {
            assert!(!is_heading_like(line), "{line}");
        }
        assert!(is_heading_like("IS rules"), "an acronym asks nothing");
        assert!(is_shouted("ACCESS CONTROL"));
        assert!(!is_shouted("MFA"));
        assert!(!is_shouted("Access Control"));
        assert!(!is_shouted("123456 789"));
    }

    #[test]
    fn sums_titles_and_parts_are_told() {
        assert!(is_total("Total") && is_total("Sub-total section 2") && is_total("Gesamt"));
        assert!(!is_total("Total number of people who work in security") && !is_total("Sum assured?"));
        assert!(is_closing_label("Other comments:") && is_closing_label("Date:"));
        assert!(!is_closing_label("Regarding backups:") && !is_closing_label("Other comments"));
        assert!(is_title("Vendor security questionnaire v3") && is_title("Lieferantenfragebogen 2026"));
        assert!(!is_title("Is there a questionnaire for vendors?") && !is_title("Access control"));
        assert!(is_part("Section 2: Access") && is_part("2. Access") && is_part("Teil 1"));
        assert!(!is_part("Vendor assessment") && !is_part("Partners") && !is_part("Part of the group?"));
    }
}

//! What the keys and type words of JSON questionnaires say, whoever wrote the program that exports them.

/// A key as words: `questionHeading`, `question_heading` and `Question-Heading` are `question heading`.
pub(super) fn words(key: &str) -> String {
    const MAX_KEY_BYTES: usize = 60;
    if key.len() > MAX_KEY_BYTES {
        return String::new();
    }
    let (mut spaced, mut after_small) = (String::with_capacity(key.len() + 4), false);
    for letter in key.chars() {
        if letter.is_uppercase() && after_small {
            spaced.push(' ');
        }
        after_small = letter.is_lowercase() || letter.is_ascii_digit();
        match letter.is_alphanumeric() {
            true => spaced.extend(letter.to_lowercase()),
            false => spaced.push(' '),
        }
    }
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Keys that hold a question and nothing else, the surest first.
const ASKING: &[&str] = &[
    "question",
    "question text",
    "question heading",
    "question title",
    "question label",
    "question body",
    "question content",
    "question wording",
    "question description",
    "question name",
    "query",
    "inquiry",
    "prompt",
    "requirement",
    "requirement text",
    "requirement description",
    "statement",
    "control statement",
    "control description",
    "control text",
    "frage",
    "fragetext",
    "anforderung",
    "vraag",
    "pregunta",
    "domanda",
    "pergunta",
    "exigence",
];

/// Keys that hold the question where they stand among questions; `title` and `description` are weighed in between.
const TELLING: &[&str] = &[
    "text",
    "label",
    "caption",
    "wording",
    "body",
    "content",
    "criterion",
    "criteria",
    "control",
    "check",
    "item",
];

const TITLES: &[&str] =
    &["title", "heading", "name", "text", "label", "section", "category", "domain", "topic"];

const SECTIONS: &[&str] = &[
    "section",
    "section title",
    "section name",
    "category",
    "category name",
    "domain",
    "domain name",
    "control domain",
    "control family",
    "family",
    "topic",
    "area",
    "group",
    "group name",
    "theme",
    "chapter",
    "pillar",
    "module",
    "subject",
    "subsection",
    "sub section",
    "subcategory",
    "sub category",
    "subdomain",
    "sub domain",
];

const IDS: &[&str] = &[
    "id",
    "question id",
    "qid",
    "q id",
    "control id",
    "requirement id",
    "identifier",
    "link id",
    "external id",
    "ref",
    "reference",
    "ref id",
    "question ref",
    "question number",
    "question no",
    "number",
    "no",
    "nr",
    "num",
    "code",
    "key",
    "item id",
    "uid",
    "uuid",
    "index",
];

const TYPES: &[&str] = &["type", "question type", "field type", "answer field type", "kind", "control type"];

const CONDITIONS: &[&str] = &[
    "cond",
    "condition",
    "conditions",
    "visible if",
    "enable when",
    "show if",
    "show when",
    "display if",
    "depends on",
    "relevant",
    "parent",
    "parent id",
    "parent question",
    "parent question id",
    "triggered by",
];

/// Words of keys whose values answer, describe or steer, and ask nothing.
const ASIDE: &[&str] = &[
    "answer",
    "answers",
    "choice",
    "choices",
    "option",
    "options",
    "response",
    "responses",
    "value",
    "values",
    "input",
    "inputs",
    "enum",
    "attachment",
    "attachments",
    "tag",
    "tags",
    "link",
    "links",
    "reference",
    "references",
    "meta",
    "metadata",
    "cond",
    "condition",
    "conditions",
    "when",
    "if",
    "rule",
    "rules",
    "logic",
    "translation",
    "translations",
    "comment",
    "comments",
    "history",
    "user",
    "users",
    "score",
    "scores",
    "scoring",
    "mapping",
    "mappings",
    "validation",
    "validators",
    "evidence",
    "extension",
    "actions",
    "schema",
    "theme",
    "settings",
    "config",
    "author",
    "authors",
    "contact",
    "contacts",
    "code",
    "coding",
];

/// Last words of keys under which questions are listed.
const LISTS: &[&str] = &[
    "questions",
    "questionnaire",
    "questionnaires",
    "items",
    "elements",
    "fields",
    "children",
    "controls",
    "requirements",
    "entries",
    "rows",
    "checks",
    "prompts",
    "subquestions",
    "followups",
    "ups",
    "criteria",
    "statements",
    "records",
    "results",
    "nodes",
    "fragen",
    "vragen",
    "preguntas",
];

/// Whole keys under which questions are listed.
const LIST_KEYS: &[&str] =
    &["question", "item", "element", "field", "control", "requirement", "entry", "follow up"];

/// Last words of keys under which headings are listed.
const PARTS: &[&str] = &[
    "section",
    "sections",
    "page",
    "pages",
    "panel",
    "panels",
    "group",
    "groups",
    "block",
    "blocks",
    "category",
    "categories",
    "domain",
    "domains",
    "topic",
    "topics",
    "chapter",
    "chapters",
    "part",
    "parts",
    "step",
    "steps",
    "family",
    "families",
    "themes",
    "module",
    "modules",
    "areas",
    "tasks",
    "subsections",
];

const PART_TYPES: &[&str] =
    &["block", "section", "group", "page", "panel", "category", "fieldset", "chapter", "domain", "container"];

const SILENT_TYPES: &[&str] = &[
    "info",
    "information",
    "tip",
    "spacer",
    "html",
    "note",
    "static",
    "statictext",
    "static text",
    "display",
    "instruction",
    "instructions",
    "divider",
    "separator",
    "image",
    "markdown",
    "banner",
    "hint",
    "help",
    "guidance",
    "paragraph",
    "richtext",
    "rich text",
    "page break",
    "pagebreak",
    "button",
];

const HEADING_TYPES: &[&str] = &["heading", "header", "section header", "subheading"];

/// What a list of values is, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Its records are questions, or hold some.
    Questions,
    /// Its records are headings with what stands below them.
    Parts,
    /// It may be anything.
    Unknown,
    /// It answers or describes, and asks nothing.
    Aside,
}

pub(super) fn list(key: &str) -> List {
    if key.contains(' ') {
        return List::Unknown; // a heading that people wrote, such as `Incident response`
    }
    let key = words(key);
    let last = key.rsplit(' ').next().unwrap_or("");
    match last {
        _ if (LISTS.contains(&last) || LIST_KEYS.contains(&key.as_str())) && !key.starts_with("answer ") => {
            List::Questions
        }

        _ if key.split(' ').any(|word| ASIDE.contains(&word)) => List::Aside,
        _ if PARTS.contains(&last) => List::Parts,
        _ => List::Unknown,
    }
}

/// Whether strings listed under a key are questions, whatever they say.
pub(super) fn lists_questions(key: &str) -> bool {
    let key = words(key);
    let last = key.rsplit(' ').next().unwrap_or("");
    [
        "questions",
        "question",
        "requirements",
        "subquestions",
        "followups",
        "prompts",
        "fragen",
        "vragen",
        "preguntas",
    ]
    .contains(&last)
}

/// What a key may be within a record. The rank orders several keys of one kind, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) asking: Option<usize>,
    pub(super) telling: Option<usize>,
    pub(super) title: Option<usize>,
    pub(super) section: Option<usize>,
    pub(super) id: Option<usize>,
    pub(super) kind: Option<usize>,
    pub(super) is_condition: bool,
    pub(super) is_description: bool,
}

impl Key {
    /// Whether a record of a question would have such a key.
    pub(super) fn plays_a_part(self) -> bool {
        let ranks = [self.asking, self.telling, self.title, self.section, self.id, self.kind];
        ranks.iter().any(Option::is_some) || self.is_description || self.is_condition
    }
}

pub(super) fn key(key: &str) -> Key {
    let key = words(key);
    let rank = |names: &[&str]| names.iter().position(|name| *name == key);
    Key {
        asking: rank(ASKING),
        telling: rank(TELLING),
        title: rank(TITLES),
        section: rank(SECTIONS),
        id: rank(IDS),
        kind: rank(TYPES),
        is_condition: CONDITIONS.contains(&key.as_str()),
        is_description: key == "description",
    }
}

/// What the type word of a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Others stand below it.
    Part,
    /// It is a heading of what follows it.
    Heading,
    /// It tells and does not ask.
    Silent,
    /// It asks only if its words do: a screen with buttons.
    Action,
}

pub(super) fn kind(word: &str) -> Option<Kind> {
    let word = words(word);
    let among = |names: &[&str]| names.contains(&word.as_str());
    match () {
        () if among(PART_TYPES) => Some(Kind::Part),
        () if among(HEADING_TYPES) => Some(Kind::Heading),
        () if among(SILENT_TYPES) => Some(Kind::Silent),
        () if word == "action" => Some(Kind::Action),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_by_their_words() {
        for key in ["questionHeading", "question_heading", "Question-Heading", "QUESTION HEADING"] {
            assert_eq!(words(key), "question heading");
        }
        assert_eq!(words("ID"), "id");
        assert_eq!(words(&"x".repeat(100)), "");
    }

    #[test]
    fn lists_are_told_by_their_last_word() {
        assert_eq!(list("followUpQuestions"), List::Questions);
        assert_eq!(list("items"), List::Questions);
        assert_eq!(list("sections"), List::Parts);
        assert_eq!(list("Incident response"), List::Unknown);
        for key in ["choices", "answerInputFields", "answerOption", "enableWhen", "visibleIf"] {
            assert_eq!(list(key), List::Aside, "{key}");
        }
        assert_eq!(list("backup"), List::Unknown);
    }
}

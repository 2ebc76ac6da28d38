use super::captions::{
    self, ANSWER, COMMENT, CUSTOMER_DUTY, DEPTH, ID, ID_ENDINGS, NOT_QUESTION, OTHER, OWNER, PROVIDER_DUTY,
    QUESTION, QUESTION_WORDS, SECTION, SECTION_ENDINGS, SUBSECTION,
};
use super::columns::Role;
use super::split::{Record, is_blank};

/// A header cell in one form: lower case, words apart by one space, `#` kept, brackets and what is in them gone.
pub(super) fn normalise(cell: &str) -> String {
    let (mut words, mut depth) = (String::new(), 0_usize);
    for c in cell.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '#' => words.push_str(" # "),
            '\'' | '’' => {}
            c if c.is_alphanumeric() => words.extend(c.to_lowercase()),
            _ => words.push(' '),
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

const EXACT: u32 = 200;
/// `Security awareness question`: more than `Control specification`, less than `Question`.
const PARTLY_QUESTION: u32 = 185;
const ELSEWHERE: u32 = 190;
const PARTIAL: u32 = 100;
const WEAK: u32 = 60;
const OTHER_NAME: u32 = 30;
/// The question's name and one more, or three that are nearly usual.
const CONVINCING: u32 = 180;
const MAX_LABEL_CHARS: usize = 30;
/// A header with more words is rather a sentence.
const MAX_WORDS: usize = 5;
/// "Applicable?" is a header, a longer question is not.
const MAX_ASKING_WORDS: usize = 3;

/// How strongly a normalised header says that its column plays a role; 0 is not at all.
pub(super) fn score(role: Role, header: &str) -> u32 {
    let (names, partial) = match role {
        Role::Question => (QUESTION, is_partly(header, is_question_like)),
        Role::Id => (ID, is_partly(header, |words| ends_with(words, ID_ENDINGS))),
        Role::Section => (SECTION, is_partly(header, |words| ends_with(words, SECTION_ENDINGS))),
        Role::Subsection => (SUBSECTION, false),
        Role::Depth => (DEPTH, false),
        Role::Answer => (ANSWER, is_partly(header, |words| last_is(words, &["answer", "response"]))),
        Role::Comment => (COMMENT, is_partly(header, |words| last_is(words, &["comment", "comments"]))),
        Role::Owner => (OWNER, false),
        Role::ProviderDuty => (PROVIDER_DUTY, false),
        Role::CustomerDuty => (CUSTOMER_DUTY, false),
    };
    match names.iter().position(|name| *name == header) {
        Some(rank) => EXACT - rank as u32,
        None if means_elsewhere(role, header) => ELSEWHERE,
        None if partial && role == Role::Question => PARTLY_QUESTION,
        None if partial => PARTIAL,
        None if role == Role::Question => {
            let rank = captions::WEAK_QUESTION.iter().position(|name| *name == header);
            rank.map_or(0, |rank| WEAK - rank as u32)
        }
        None => 0,
    }
}

/// The same for names in other languages than English.
fn means_elsewhere(role: Role, header: &str) -> bool {
    use captions::has_word;
    let short = header.split(' ').count() <= MAX_WORDS;
    let answers =
        || has_word(header, captions::ANSWER_ELSEWHERE) || has_word(header, captions::COMMENT_ELSEWHERE);
    let numbers =
        || header.split(' ').any(|word| ID_ENDINGS.contains(&word) || captions::ID_ELSEWHERE.contains(&word));
    short
        && match role {
            Role::Question => {
                let compound =
                    |word: &str| captions::QUESTION_COMPOUNDS.iter().any(|end| word.ends_with(end));
                (has_word(header, captions::QUESTION_ELSEWHERE) || header.split(' ').any(compound))
                    && !answers()
                    && !numbers()
                    && !has_word(header, captions::OTHER_ELSEWHERE)
                    && !captions::ID_ELSEWHERE.iter().any(|id| header.ends_with(id))
                    && !has_word(header, NOT_QUESTION)
            }
            Role::Id => captions::ID_ELSEWHERE.contains(&header),
            Role::Section => has_word(header, captions::SECTION_ELSEWHERE) && !answers(),
            Role::Answer => has_word(header, captions::ANSWER_ELSEWHERE),
            Role::Comment => has_word(header, captions::COMMENT_ELSEWHERE),
            _ => false,
        }
}

fn last_is(words: &[&str], endings: &[&str]) -> bool {
    words.last().is_some_and(|word| endings.contains(word))
}

fn is_partly(header: &str, fits: impl Fn(&[&str]) -> bool) -> bool {
    let words: Vec<_> = header.split(' ').collect();
    // A name has no article before it, a description of one does.
    (2..=MAX_WORDS).contains(&words.len()) && !matches!(words[0], "the" | "a" | "an") && fits(&words)
}

fn is_question_like(words: &[&str]) -> bool {
    words.iter().any(|word| QUESTION_WORDS.contains(word))
        && !words.iter().any(|word| NOT_QUESTION.contains(word))
}

fn ends_with(words: &[&str], endings: &[&str]) -> bool {
    words.last().is_some_and(|word| endings.contains(word)) && !words.iter().any(|word| OTHER.contains(word))
}

/// What a row says when it is read as a header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// How surely it is one.
    pub(super) score: u32,
    /// The columns that its names give roles to.
    pub(super) roles: Vec<(Role, usize)>,
    /// How many cells it has that are not blank.
    pub(super) names: usize,
    /// Whether its names leave no doubt that it is one.
    pub(super) convincing: bool,
}

impl Header {
    /// The column that plays a role.
    pub(super) fn get(&self, role: Role) -> Option<usize> {
        self.roles.iter().find(|given| given.0 == role).map(|given| given.1)
    }
}

/// Reads a row as a header. `None` if it names no question column, or looks more like a row of data.
pub(super) fn recognise(record: &Record) -> Option<Header> {
    let names: Vec<String> = record.cells().map(|cell| header_name(&cell)).collect();
    let mut header = assign(&names);
    let question = header.get(Role::Question)?;
    header.names = record.filled().count();
    let has_company = header.get(Role::Id).is_some()
        || header.get(Role::Section).is_some()
        || header.get(Role::Subsection).is_some()
        || names.iter().any(|name| is_other_name(name));
    let says_it = QUESTION_WORDS.contains(&names[question].as_str())
        || captions::QUESTION_ELSEWHERE.contains(&names[question].as_str());
    let asks = |index: usize| {
        let cell = record.cell(index);
        cell.ends_with('?') && (index == question || cell.split_whitespace().count() > MAX_ASKING_WORDS)
    };
    header.convincing = header.names > 1 && has_company && header.score >= CONVINCING;
    ((has_company || says_it || all_labels(record)) && !record.filled().any(asks)).then_some(header)
}

/// Reads a row below a header as the header of a further table. It must leave less doubt than a header at the top,
/// because a row of data taken for one is a question lost.
pub(super) fn recognise_further(record: &Record) -> Option<Header> {
    let mut names = 0;
    for index in record.filled() {
        let cell = record.cell(index);
        if cell.starts_with(|c: char| c.is_ascii_digit()) || cell.chars().count() > MAX_LABEL_CHARS * 2 {
            return None;
        }
        names += usize::from(is_usual(&header_name(&cell)));
    }
    recognise(record).filter(|header| header.convincing && names > 1 && names * 2 > header.names)
}

/// Whether a normalised header is one of the names that say something outright.
fn is_usual(name: &str) -> bool {
    [QUESTION, ID, SECTION, OTHER, ANSWER, COMMENT].iter().any(|names| names.contains(&name))
        || [Role::Question, Role::Id, Role::Section, Role::Answer, Role::Comment]
            .iter()
            .any(|role| means_elsewhere(*role, name))
}

/// Whether a normalised header names a column of answers, remarks and the like.
fn is_other_name(name: &str) -> bool {
    use captions::{ANSWER_ELSEWHERE, COMMENT_ELSEWHERE, OTHER_ELSEWHERE, has_word};
    let by_end = || {
        let words: Vec<&str> = name.split(' ').collect();
        let ends = [words[0], words[words.len() - 1]];
        words.len() <= MAX_WORDS && ends.iter().any(|word| word.len() > 2 && OTHER.contains(word))
    };
    OTHER.contains(&name)
        || [ANSWER, COMMENT].iter().any(|names| names.contains(&name))
        || [ANSWER_ELSEWHERE, COMMENT_ELSEWHERE, OTHER_ELSEWHERE].iter().any(|words| has_word(name, words))
        || by_end()
}

fn header_name(cell: &str) -> String {
    const MAX_NAME_BYTES: usize = 200;
    if cell.len() > MAX_NAME_BYTES { String::new() } else { normalise(cell) }
}

/// Whether a column named `No` stands beside one named `Yes`, to be ticked.
fn is_tick(names: &[String], index: usize) -> bool {
    let is_yes = |index: usize| names.get(index).is_some_and(|name| matches!(name.as_str(), "yes" | "y"));
    matches!(names[index].as_str(), "no" | "n") && (is_yes(index + 1) || (index > 0 && is_yes(index - 1)))
}

/// Gives each role to the column whose name says it most strongly, the leftmost of equals. Names that are read from
/// tell how surely the row is a header.
fn assign(names: &[String]) -> Header {
    const READ: [Role; 3] = [Role::Question, Role::Id, Role::Section];
    let mut header = Header::default();
    let others =
        [Role::Depth, Role::Owner, Role::ProviderDuty, Role::CustomerDuty, Role::Answer, Role::Comment];
    for role in READ.into_iter().chain(others).chain([Role::Subsection]) {
        let free = (0..names.len()).filter(|index| !header.roles.iter().any(|given| given.1 == *index));
        let free = free.filter(|index| role != Role::Id || !is_tick(names, *index));
        let scored = free.map(|index| (score(role, &names[index]), index)).filter(|(score, _)| *score > 0);
        let Some((score, index)) = scored.reduce(|a, b| if b.0 > a.0 { b } else { a }) else { continue };
        header.roles.push((role, index));
        if READ.contains(&role) {
            header.score += score;
        }
    }
    header.score += OTHER_NAME * names.iter().filter(|name| OTHER.contains(&name.as_str())).count() as u32;
    header
}

/// How strongly a header cell says that its column holds what is asked; and whether it says so outright.
pub(super) fn question_name(cell: &str) -> (u32, bool) {
    let score = score(Role::Question, &header_name(cell));
    (score, score >= PARTLY_QUESTION)
}

/// Whether a header leaves no doubt that its column holds what is asked: `Question`, `Requirement`, and not `Item`.
pub(super) fn says_question(cell: &str) -> bool {
    let name = header_name(cell);
    let outright = QUESTION.iter().take_while(|known| **known != "check").any(|known| *known == name);
    outright || is_partly(&name, is_question_like) || means_elsewhere(Role::Question, &name)
}

/// Whether a header cell names a column of answers, remarks and the like.
pub(super) fn is_other(cell: &str) -> bool {
    let name = header_name(cell);
    OTHER.contains(&name.as_str())
        || [Role::Answer, Role::Comment].iter().any(|role| means_elsewhere(*role, &name))
}

/// The roles that the names of a row give, which the user says is the header.
pub(super) fn names(record: &Record) -> Header {
    let names: Vec<String> = record.cells().map(|cell| header_name(&cell)).collect();
    Header { names: record.filled().count(), convincing: true, ..assign(&names) }
}

/// The roles that a row's names give, whether or not it names a question column; and whether most of its cells are
/// names of columns, below one that is a heading: `Access control | Answer | Comments`.
pub(super) fn banner(record: &Record) -> Option<(usize, Header)> {
    const FEWEST_NAMES: usize = 2;
    let mut filled = record.filled();
    let title = filled.next()?;
    let is_name = |index: usize| {
        let name = header_name(&record.cell(index));
        OTHER.contains(&name.as_str()) || [ANSWER, COMMENT, OWNER].iter().any(|names| names.contains(&&*name))
    };
    let heading = record.cell(title);
    let others: Vec<usize> = filled.filter(|index| record.cell(*index) != heading).collect();
    let named = others.iter().filter(|index| is_name(**index)).count();
    let fits = named >= FEWEST_NAMES
        && named * 2 >= others.len()
        && others.iter().all(|index| is_label(&record.cell(*index)))
        && !is_name(title)
        && super::wording::is_heading_like(&heading);
    let mut names: Vec<String> = record.cells().map(|cell| header_name(&cell)).collect();
    fits.then(|| {
        names[title].clear();
        let mut header = assign(&names);
        header.roles.retain(|(role, _)| !matches!(role, Role::Question | Role::Id | Role::Section));
        (title, header)
    })
}

/// Whether half of a row's cells, and two at least, are names that columns have, though none names questions.
pub(super) fn has_usual_names(record: &Record) -> bool {
    let usual = record.filled().filter(|index| is_usual(&header_name(&record.cell(*index)))).count();
    let asks = |index: usize| super::wording::ends_asking(&record.cell(index));
    usual >= 2 && usual * 2 >= record.filled().count() && !record.filled().any(asks)
}

/// Whether every filled cell of a row of several reads like a label: short, no number first, no sentence.
pub(super) fn all_labels(record: &Record) -> bool {
    let cells: Vec<String> = record.filled().map(|index| normalise(&record.cell(index))).collect();
    let distinct = cells.iter().enumerate().all(|(index, cell)| !cells[..index].contains(cell));
    cells.len() > 1
        && cells.len() <= 50
        && distinct
        && record.filled().all(|index| is_label(&record.cell(index)))
}

fn is_label(cell: &str) -> bool {
    cell.chars().count() <= MAX_LABEL_CHARS
        && cell.split_whitespace().count() <= 3
        && cell.starts_with(char::is_alphabetic)
        && !cell.ends_with(['?', '.', '!'])
}

/// Whether a whole line says no more than that questions follow.
pub(super) fn is_question_title(line: &str) -> bool {
    !is_blank(line) && QUESTION_WORDS[..2].contains(&normalise(line).as_str()) && !line.contains(['?', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questionnaire::split::Splitter;

    fn header(line: &str) -> Option<(usize, Option<usize>, Option<usize>)> {
        let mut splitter = Splitter::new(Some(b'|'), None, 1);
        splitter.feed(line.as_bytes(), b"");
        recognise(&splitter.into_record())
            .map(|found| (found.get(Role::Question).unwrap(), found.get(Role::Id), found.get(Role::Section)))
    }

    #[test]
    fn usual_headers_are_recognised() {
        assert_eq!(header("id|section|question"), Some((2, Some(0), Some(1))));
        assert_eq!(header("#|Question|Response|Comment"), Some((1, Some(0), None)));
        assert_eq!(header("Question ID|Question|CSP CAIQ Answer|Control Title"), Some((1, Some(0), None)));
        assert_eq!(header("Control Domain|Control ID|Question"), Some((2, Some(1), Some(0))));
        assert_eq!(header("No.|Category|Security Requirement(s)|Met?|Notes"), Some((2, Some(0), Some(1))));
        assert_eq!(header("Serial number|Category|Question|Order|Data type"), Some((2, Some(0), Some(1))));
        assert_eq!(
            header("Question|Description|Response|Justification|Question Type"),
            Some((0, None, None))
        );
        assert_eq!(header("Ref|Area|Item Text|Score"), Some((2, Some(0), Some(1))));
        for line in [
            "Nr.|Bereich|Frage|Antwort",
            "Lfd. Nr.|Themengebiet|Prüffrage|Antwort des Lieferanten",
            "Pos.|Kapitel|Sicherheitsanforderung|Erfüllt (Ja/Nein)",
            "N°|Thème|Exigence de sécurité|Réponse du fournisseur",
            "Código|Categoría|Requisito|Cumplimiento",
            "N.º|Domínio|Pergunta|Resposta",
            "N.|Ambito|Domanda|Risposta",
            "Nr.|Onderwerp|Vraag|Antwoord",
            "Krav-ID|Område|Krav|Leverantörens kommentar",
            "Nr.|Emne|Spørgsmål|Svar",
            "Nro|Osa-alue|Kysymys|Vastaus",
            "Lp.|Obszar|Pytanie|Odpowiedź",
            "Č.|Oblast|Otázka|Odpověď",
            "No|Kategori|Soru|Cevap",
            "番号|分類|質問内容|回答",
            "编号|类别|安全要求|说明",
            "編號|類別|問題|回覆",
            "번호|분류|질문|답변",
        ] {
            assert_eq!(header(line), Some((2, Some(0), Some(1))), "{line}");
        }
        assert_eq!(header("Question"), Some((0, None, None)));
        assert_eq!(header("QUESTION\n(please answer every one)||"), Some((0, None, None)));
        assert_eq!(header("Policy Ref|Vendor Security Questions|Answer"), Some((1, Some(0), None)));
        assert_eq!(header("Item|Description|Response"), Some((1, Some(0), None)));
        assert_eq!(header("Control specification|Consensus questions|Yes|No"), Some((1, None, None)));
        assert_eq!(header("Ref|Question|Yes|No|Comments"), Some((1, Some(0), None)));
        assert_eq!(header("Control|Control title|Status"), Some((0, None, None)));
    }

    #[test]
    fn an_answer_column_is_never_the_question() {
        assert_eq!(header("Answer to question|Question"), Some((1, None, None)));
        assert_eq!(header("Question response|Comment"), None);
        assert_eq!(header("Question type|Answer"), None);
        assert_eq!(header("Question ID|The identifier of the question"), None);
    }

    #[test]
    fn data_and_titles_are_no_header() {
        for line in [
            "Vendor Security Questionnaire 2026",
            "1.1|Access Control|Do you review access?",
            "1.1|Access Control|Restrict access to those who need it",
            "AC|Security requirements|All traffic is encrypted on its way to customers",
            "Security requirements",
            "Description",
            "Question?|Answer",
            "1|Control|Keep the keys of customers apart from each other",
            "|||",
            "",
        ] {
            assert_eq!(header(line), None, "{line}");
        }
    }

    #[test]
    fn names_are_compared_by_their_words() {
        assert_eq!(normalise(" Question\r\n(max. 200 characters)"), "question");
        assert_eq!(normalise("Q#"), "q #");
        assert_eq!(normalise("Control_ID"), "control id");
        assert_eq!(normalise("Provider's Réponse"), "providers réponse");
    }
}

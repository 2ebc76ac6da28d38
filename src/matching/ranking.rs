use crate::domain::AreaId;

/// A question with what surrounds it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// The questionnaire's own id of the question, which may name a control; empty where there is none.
    pub id: &'a str,
    /// The question itself.
    pub question: &'a str,
    /// The heading it stands under; empty where there is none.
    pub section: &'a str,
    /// The questions just before it in the same section, nearest last.
    pub before: &'a [&'a str],
    /// The questions just after it in the same section, nearest first.
    pub after: &'a [&'a str],
}

/// What a question may be about, best first.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// At least one; "no area" is a candidate like any other. Confidences sum to at most 1.
    pub candidates: Vec<Candidate>,
    /// Further areas that the question asks about besides the best, main ones first.
    pub also: Vec<AreaId>,
    /// What the confidence allows.
    pub band: Band,
    /// What it stands on besides the question's words.
    pub grounds: Grounds,
}

/// What a ranking stands on besides the words of the question and their surroundings.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The control of a published standard that the question names.
    pub control: Option<Control>,
    /// The wording settled before that is the same as the question, or nearly.
    pub precedent: Option<Precedent>,
}

/// A wording that a user added or a person settled before, and that decided a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Precedent {
    /// The wording.
    pub wording: String,
    /// Who settled it, when and where, in words; empty where that is not known.
    pub origin: String,
    /// How alike wording and question are, 0 to 1.
    pub similarity: f64,
}

impl Candidate {
    /// Whether it is worth a look: shares of less than one in a hundred are noise.
    pub fn is_worth_showing(&self) -> bool {
        self.confidence >= WORTH_SHOWING
    }
}

/// Candidates and shares of less than this are noise.
pub const WORTH_SHOWING: f64 = 0.01;

/// A control of a published standard, named by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The id as it stands in the questionnaire.
    pub id: String,
    /// The standard's name.
    pub standard: &'static str,
    /// The areas that it is about, the main one first.
    pub areas: Vec<AreaId>,
}

impl Ranking {
    /// The best candidate.
    pub fn best(&self) -> &Candidate {
        &self.candidates[0]
    }
}

/// One reading of a question.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The area, or `None` for "about no responsibility at all".
    pub area: Option<AreaId>,
    /// The calibrated probability that this reading is right, 0 to 1.
    pub confidence: f64,
    /// What spoke for it, from the computation that made the score.
    pub evidence: Evidence,
}

/// Why a candidate stands where it stands.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Words and phrases of the question that spoke for the area, strongest first.
    pub terms: Vec<Term>,
    /// Share of the score that the section heading and the neighbours gave, 0 to 1.
    pub from_context: f64,
    /// The nearest phrasing of the question bank under this area.
    pub nearest: Option<Nearest>,
}

/// A word or phrase and how much it spoke for an area.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// As it stands in the question.
    pub text: String,
    /// The known word it was read as, where it was misspelt.
    pub read_as: Option<String>,
    /// Its part of the score; terms of one candidate are comparable with each other only.
    pub weight: f64,
}

/// A phrasing of the question bank that resembles the question.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// The phrasing.
    pub phrasing: String,
    /// How alike they are, 0 to 1.
    pub similarity: f64,
}

/// What the confidence allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// Sure enough to stand without a person: at least 98 in 100 such rows are right.
    Auto,
    /// A person should look.
    Review,
    /// "No area" is the best reading.
    Unmatched,
}

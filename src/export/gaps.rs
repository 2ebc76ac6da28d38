//! The gap register: what nobody is named for, or nobody has settled, by area.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use crate::assignment::Assignment;
use crate::catalog::{Area, Nature};
use crate::domain::{AreaId, Party, Status};

use super::about::About;
use super::spool::Spool;

/// One question that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The questionnaire's own id.
    pub id: String,
    /// Where the question stands.
    pub place: String,
    /// The heading it stands under.
    pub section: String,
    /// The question.
    pub question: String,
    /// Why it is open: `unaddressed`, `review`, `skipped` or `unmatched`; two of them with `;` between.
    pub gap: String,
    /// Who answers, as far as it is known; empty where it is not.
    pub party: String,
}

/// How many rows of a group are open, and why. A row may count both as unaddressed and as not settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GapCounts {
    /// Rows.
    pub questions: u64,
    /// The document is silent.
    pub unaddressed: u64,
    /// A person should look.
    pub review: u64,
    /// A person passed over it.
    pub skipped: u64,
    /// About no area.
    pub unmatched: u64,
}

impl GapCounts {
    fn add(&mut self, status: Status, unaddressed: bool) {
        self.questions += 1;
        self.unaddressed += u64::from(unaddressed);
        match status {
            Status::Review => self.review += 1,
            Status::Skipped => self.skipped += 1,
            Status::Unmatched => self.unmatched += 1,
            _ => {}
        }
    }

    /// Rows that a person still has to settle.
    pub fn open(&self) -> u64 {
        self.review + self.skipped + self.unmatched
    }

    fn sum(self, other: GapCounts) -> GapCounts {
        GapCounts {
            questions: self.questions + other.questions,
            unaddressed: self.unaddressed + other.unaddressed,
            review: self.review + other.review,
            skipped: self.skipped + other.skipped,
            unmatched: self.unmatched + other.unmatched,
        }
    }

    /// `3 unaddressed, 1 review`; what does not occur is left out.
    pub fn shown(&self) -> String {
        let counts = [
            (self.unaddressed, "unaddressed"),
            (self.review, Status::Review.as_str()),
            (self.skipped, Status::Skipped.as_str()),
            (self.unmatched, Status::Unmatched.as_str()),
        ];
        let found = counts.iter().filter(|(count, _)| *count > 0);
        found.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    }
}

/// The open questions of one area, or of none.
#[derive(Debug)]
pub struct GapGroup<'a> {
    /// The main area; none for questions that no area fits.
    pub area: Option<&'a Area>,
    /// How many rows, and why.
    pub counts: GapCounts,
    about: About<'a>,
    gaps: &'a mut Spool<Gap>,
}

impl GapGroup<'_> {
    /// Gives the questions to `each`, in the questionnaire's order.
    ///
    /// # Errors
    /// When a temporary file cannot be read, or `each` fails.
    pub fn each(&mut self, each: impl FnMut(Gap) -> io::Result<()>) -> io::Result<()> {
        self.gaps.drain(each)
    }

    /// The area's id; empty for none.
    pub fn id(&self) -> &str {
        self.area.map_or("", |area| area.id.as_str())
    }

    /// The area's title, or that there is none.
    pub fn title(&self) -> &str {
        self.area.map_or("No area fits", |area| &area.title)
    }

    /// Whether each organisation answers for itself; empty where there is no area.
    pub fn nature(&self) -> String {
        self.area.map(|area| area.nature.to_string()).unwrap_or_default()
    }

    /// What to do next, in one plain sentence.
    pub fn next(&self) -> String {
        const SETTLE: &str = "look at the rows that are not settled and write \"confirmed\" into the column \
                              status, or \"corrected\" with the right area into area";
        let who = match self.area.filter(|_| self.counts.unaddressed > 0) {
            None => None,
            Some(area) if area.nature == Nature::Own => Some(
                "name somebody in your own organisation, since each organisation answers for this itself"
                    .into(),
            ),
            Some(_) => {
                let provider = &self.about.provider.name;
                let silent = match self.about.model.outside {
                    Some(_) => "leaves this deployment model outside",
                    None => "is silent",
                };
                Some(format!("agree with {provider} who answers, since its document {silent}"))
            }
        };
        let next = match (who, self.counts.open() > 0) {
            _ if self.area.is_none() && self.counts.open() == self.counts.unmatched => {
                "answer these yourself, or write \"corrected\" into the column status and the right area into area"
                    .into()
            }
            (Some(who), true) => format!("{SETTLE}; then {who}"),
            (Some(who), false) => who,
            (None, _) => SETTLE.into(),
        };
        let mut letters = next.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).chain(['.']).collect()
    }
}

/// Where a group stands: what the document leaves open first, then what each organisation does for itself, then what
/// fits no area; areas in the catalog's order.
type Rank = (u8, usize);

/// The class of what fits no area.
const NO_AREA: u8 = 2;

#[derive(Debug)]
struct Held {
    counts: GapCounts,
    gaps: Spool<Gap>,
}

/// Collects open questions as the rows go by, in bounded memory.
#[derive(Debug)]
pub struct GapRegister<'a> {
    about: About<'a>,
    groups: BTreeMap<Rank, Held>,
}

impl<'a> GapRegister<'a> {
    /// An empty register.
    pub fn new(about: About<'a>) -> GapRegister<'a> {
        GapRegister { about, groups: BTreeMap::new() }
    }

    /// What the register is about.
    pub fn about(&self) -> About<'a> {
        self.about
    }

    /// Takes in a row, if it is open.
    ///
    /// # Errors
    /// When a temporary file cannot be written.
    pub fn add(&mut self, assignment: &Assignment<'_>) -> io::Result<()> {
        let unaddressed = assignment.party() == Some(Party::Unaddressed);
        let open = Some(assignment.status).filter(|status| !status.is_settled());
        let silent = unaddressed.then_some(Party::Unaddressed.as_str());
        let why: Vec<&str> = silent.into_iter().chain(open.map(Status::as_str)).collect();
        if why.is_empty() {
            return Ok(());
        }
        let held = self
            .groups
            .entry(self.rank(assignment))
            .or_insert_with(|| Held { counts: GapCounts::default(), gaps: Spool::new() });
        held.counts.add(assignment.status, unaddressed);
        held.gaps.push(&Gap {
            id: assignment.question.id.clone(),
            place: assignment.question.place.to_string(),
            section: assignment.question.section.clone(),
            question: assignment.question.text.clone(),
            gap: why.join("; "),
            party: assignment.party().map(|party| party.to_string()).unwrap_or_default(),
        })
    }

    fn rank(&self, assignment: &Assignment<'_>) -> Rank {
        let position = |id: &AreaId| self.about.areas.iter().position(|area| area.id == *id);
        match assignment.area().and_then(position) {
            None => (NO_AREA, 0),
            Some(index) => (u8::from(self.about.areas[index].nature == Nature::Own), index),
        }
    }

    /// All groups together.
    pub fn counts(&self) -> GapCounts {
        self.groups.values().fold(GapCounts::default(), |sum, held| sum.sum(held.counts))
    }

    /// The groups in their order.
    pub fn groups(&mut self) -> impl Iterator<Item = GapGroup<'_>> {
        let about = self.about;
        self.groups.iter_mut().map(move |((class, index), held)| GapGroup {
            area: (*class < NO_AREA).then(|| &about.areas[*index]),
            counts: held.counts,
            about,
            gaps: &mut held.gaps,
        })
    }
}

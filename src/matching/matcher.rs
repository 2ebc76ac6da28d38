//! The matcher: a question in its surroundings to a ranking of areas.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::artifact;
use super::bank::{self, Bank, embedded_bank};
use super::compound;
use super::confidence::{self, SIGNS};
use super::context::{self, Surroundings, Walk};
use super::controls;
use super::explain;
use super::features::{self, Word};
use super::math::softmax;
use super::model::{Model, Part};
use super::nearest::Wordings;
use super::ranking::{Candidate, Control, Evidence, Grounds, Nearest, Precedent, Query, Ranking};
use super::reading::{Reading, Shares, said};
use super::spelling::Spelling;
use super::text::Tokens;
use super::words::{Form, TABLE, Words};
use crate::domain::AreaId;

/// An area as its owner describes it.
#[derive(Clone, Debug)]
pub struct AreaText<'a> {
    /// The area.
    pub id: AreaId,
    /// Its name.
    pub title: &'a str,
    /// What belongs there.
    pub is: &'a str,
    /// Where its nearest neighbours begin.
    pub not: &'a str,
}

/// A wording that is known to be about an area, besides the bank: a user's own phrasing, or a
/// decision made before.
#[derive(Clone, Debug)]
pub struct ExtraPhrasing<'a> {
    /// The area, or `None` for "about no responsibility".
    pub area: Option<AreaId>,
    /// The wording.
    pub text: &'a str,
    /// Who settled it, when and where, in words; empty where that is not known.
    pub origin: &'a str,
}

/// A text's words in the form in which they are compared: the same for wordings that differ only by case, punctuation,
/// numbering and white space. Empty where there is no word.
pub fn folded(text: &str) -> String {
    let tokens = Tokens::read(text);
    let words: Vec<&str> = (0..tokens.len()).map(|index| tokens.folded(index)).collect();
    words.join(" ")
}

/// How alike a user's own wording must be to claim anything; below, it would claim next to nothing.
const ALIKE: f64 = 0.5;

/// How plainly a question must be about an area by itself to have sense alone. Questions such as "If so, who approves?"
/// are about none with a third of that.
const SENSE: f64 = 0.5;

/// A label, and the wording settled before that stands for it.
type Settled = (usize, Precedent);

/// Candidates that a ranking names.
const CANDIDATES: usize = 5;

/// Ranks areas for questions. Make it once; it may be used from several threads.
#[derive(Debug)]
pub struct Matcher {
    tables: Words,
    model: Model,
    spelling: OnceLock<Spelling>,
    /// The area of each label: the trained ones in their order, then those that users add.
    areas: Vec<Option<AreaId>>,
    own: Wordings,
    descriptions: Wordings,
    /// The bank's phrasings of each trained label, once somebody asked for the nearest.
    bank: Vec<OnceLock<Wordings>>,
    walk: Walk,
}

static MODEL: &[u8] = include_bytes!("../../questions/model.bin");

impl Matcher {
    /// Questions before and after one in its section that are worth passing in a [`Query`].
    pub const WINDOW: usize = 8;

    /// A matcher for these areas, with wordings besides the bank.
    pub fn new(areas: &[AreaText<'_>], extra: &[ExtraPhrasing<'_>]) -> Matcher {
        Matcher::with_model(MODEL, areas, extra)
    }

    /// A matcher with weights other than those that come with the program; without any where the
    /// bytes are no model.
    pub fn with_model(bytes: &[u8], areas: &[AreaText<'_>], extra: &[ExtraPhrasing<'_>]) -> Matcher {
        let model = artifact::read(bytes).unwrap_or_else(Model::empty);
        let trained = model.labels.iter().map(|label| (label != bank::NONE).then(|| AreaId::new(label)));
        let mut matcher = Matcher {
            areas: trained.collect(),
            tables: Words::parse(TABLE).unwrap_or_default(),
            spelling: OnceLock::new(),
            own: Wordings::default(),
            descriptions: Wordings::default(),
            bank: model.labels.iter().map(|_| OnceLock::new()).collect(),
            walk: Walk::DEFAULT,
            model,
        };
        for area in areas {
            matcher.describe(area);
        }
        for phrasing in extra {
            let label = matcher.label(phrasing.area.as_ref());
            let words = matcher.words(phrasing.text, &Tokens::read(phrasing.text));
            matcher.own.add(label, (phrasing.text, phrasing.origin), &words, &matcher.model);
        }
        matcher
    }

    #[cfg(test)]
    pub(crate) fn score_and_parts(&self, text: &str, label: usize) -> (f32, f32) {
        let words = self.words(text, &Tokens::read(text));
        let parts = self.model.parts(&words);
        let length = self.model.length(&parts);
        let sum: f32 = parts.iter().map(|part| part.value(label) / length).sum();
        (self.model.logits(&parts)[label], sum + self.model.bias[label])
    }

    #[cfg(test)]
    pub(crate) fn fingerprint(&self) -> u64 {
        self.model.fingerprint
    }

    /// The same matcher with another walk through the surroundings, to fit one.
    #[must_use]
    pub fn with_walk(self, walk: Walk) -> Matcher {
        Matcher { walk, ..self }
    }

    /// The trained labels, in the order of [`Matcher::place`].
    pub fn labels(&self) -> &[String] {
        &self.model.labels
    }

    /// Probabilities of the trained labels for a walk, to fit one.
    pub fn place(
        &self,
        walk: &Walk,
        own: &Reading,
        section: Option<&Reading>,
        before: &[&Reading],
        after: &[&Reading],
    ) -> Vec<f64> {
        context::place(own, &Surroundings { section, before, after }, walk)[..own.labels].to_vec()
    }

    /// The signs for and against the best of these probabilities, to fit their calibration.
    pub fn signs(&self, own: &Reading, shares: &[f64]) -> [f64; SIGNS] {
        confidence::signs(own, shares)
    }

    /// Takes in an area that the model was not trained on.
    fn describe(&mut self, area: &AreaText<'_>) {
        if self.areas.iter().any(|known| known.as_ref() == Some(&area.id)) {
            return;
        }
        let label = self.label(Some(&area.id));
        let statements = area.is.split([':', ';', ',', '.', '(', ')']);
        for text in std::iter::once(area.title).chain(statements).filter(|text| !text.trim().is_empty()) {
            let words = self.words(text, &Tokens::read(text));
            self.descriptions.add(label, (text.trim(), ""), &words, &self.model);
        }
    }

    fn label(&mut self, area: Option<&AreaId>) -> usize {
        self.areas.iter().position(|known| known.as_ref() == area).unwrap_or_else(|| {
            self.areas.push(area.cloned());
            self.areas.len() - 1
        })
    }

    /// Whether a question has no sense without the one before, such as "If yes, how often?", so that what it was about
    /// once says nothing about the next time.
    pub fn hangs(&self, text: &str) -> bool {
        let tokens = Tokens::read(text);
        self.tables.follows(&tokens)
            && self.hangs_by(&tokens, &self.shares(&self.model.parts(&self.words(text, &tokens))))
    }

    /// The same of a question that has the form of one that follows: a short one, such as "Who tests the backups?", may
    /// have that and sense alone.
    fn hangs_by(&self, tokens: &Tokens, shares: &[f64]) -> bool {
        let plain = || {
            let best = confidence::top(shares);
            shares[best] >= SENSE && self.areas[best].is_some()
        };
        self.tables.follows_always(tokens) || !plain()
    }

    /// Reads a question by itself, with its id, to be used in [`Matcher::rank_reading`].
    pub fn read(&self, id: &str, text: &str) -> Reading {
        let tokens = Tokens::read(text);
        self.read_words(id, text, &tokens, &self.words(text, &tokens))
    }

    fn read_words(&self, id: &str, text: &str, tokens: &Tokens, words: &[Word]) -> Reading {
        let named = controls::named(id).or_else(|| controls::named(text));
        let mut reading = self.reading(tokens, words, named.as_ref());
        self.ask_parts(text, tokens, words, &mut reading);
        reading
    }

    /// Reads a text that only surrounds questions: what its parts ask is nobody's concern.
    pub(crate) fn read_around(&self, text: &str) -> Reading {
        let tokens = Tokens::read(text);
        self.reading(&tokens, &self.words(text, &tokens), controls::named(text).as_ref())
    }

    /// Reads the parts of a text that may ask about more than one area.
    fn ask_parts(&self, text: &str, tokens: &Tokens, words: &[Word], reading: &mut Reading) {
        if !confidence::may_ask_more(reading) {
            return;
        }
        for part in compound::parts(text, tokens) {
            let within = |range: Range<usize>| {
                let (start, end) = (tokens.span(range.start).start, tokens.span(range.end - 1).end);
                words.iter().filter(move |word| start <= word.span.start && word.span.end <= end).cloned()
            };
            let alone: Vec<Word> = within(part.alone).collect();
            let joined = part.head.map(|head| within(head).chain(alone.clone()).collect::<Vec<Word>>());
            let (label, plain) = self.plainest(&alone);
            match joined.map(|words| self.plainest(&words)) {
                // Read one way it is about this, read the other way about that: it asks about neither plainly.
                Some((other, _)) if other != label => {}
                joined => reading.asked.push((label, joined.map_or(plain, |(_, joined)| joined.max(plain)))),
            }
        }
    }

    /// The likeliest label of words by themselves, and how likely it is.
    fn plainest(&self, words: &[Word]) -> (usize, f64) {
        let shares = self.shares(&self.model.parts(words));
        let label = confidence::top(&shares);
        (label, shares[label])
    }

    fn shares(&self, parts: &[Part<'_>]) -> Shares {
        let mut shares = self.model.logits(parts).map(f64::from);
        softmax(&mut shares[..self.model.labels.len()]);
        shares
    }

    fn words(&self, text: &str, tokens: &Tokens) -> Vec<Word> {
        let mut words = features::words(text, tokens, &self.tables);
        for word in &mut words {
            if self.model.knows(word.form.key) {
                continue;
            }
            let spelling = self.spelling.get_or_init(|| Spelling::new(&self.model.vocabulary));
            if let Some(known) = spelling.correct(&word.form.folded) {
                let folded = Arc::clone(&word.form.folded);
                word.form = Form { folded, ..self.tables.form(known) };
                word.read_as = Some(known.to_owned());
            }
        }
        features::conceive(&mut words, &self.tables);
        words
    }

    /// The control that a text names, with the labels of its areas.
    fn control(&self, named: &controls::Named<'_>) -> (Control, Vec<usize>) {
        let areas: Vec<AreaId> = named.areas.iter().map(|area| AreaId::new(area)).collect();
        let label = |area: &AreaId| self.areas.iter().position(|known| known.as_ref() == Some(area));
        let labels = areas.iter().filter_map(label).collect();
        (Control { id: named.id.to_owned(), standard: named.standard, areas }, labels)
    }

    fn reading(&self, tokens: &Tokens, words: &[Word], named: Option<&controls::Named<'_>>) -> Reading {
        let parts = self.model.parts(words);
        let length = f64::from(self.model.length(&parts));
        let content = (length * length - f64::from(self.model.ballast)).max(0.0);
        let follows = self.tables.follows(tokens);
        let mut shares = self.shares(&parts);
        // What "If yes, how often?" was about once says nothing about the next time.
        let hangs = follows && self.hangs_by(tokens, &shares);
        let mut bare = None;
        let control = named.map(|named| self.control(named)).map(|(control, labels)| {
            confidence::observe_control(&mut shares[..self.model.labels.len()], &labels);
            bare = (said(content) < 0.0).then_some(labels);
            control
        });
        let (claims, precedent) = if hangs { (Vec::new(), None) } else { self.claims(words) };
        // An id that names its subject says as much as an ordinary question, however bare the text.
        let said = if control.is_some() { said(content).max(0.0) } else { said(content) };
        let known = control.is_some() || Model::knows_any(&parts);
        Reading {
            said,
            known,
            follows,
            claims,
            precedent,
            control,
            bare,
            ..Reading::new(shares, self.model.labels.len())
        }
    }

    /// What wordings besides the bank claim of a text, and the wording that was settled before.
    fn claims(&self, words: &[Word]) -> (Vec<(usize, f64)>, Option<Settled>) {
        if self.own.is_empty() && self.descriptions.is_empty() {
            return (Vec::new(), None);
        }
        let said = self.own.near(words, ALIKE, &self.model);
        let settled = said.iter().filter(|near| near.similarity >= confidence::PRECEDENT);
        let closest =
            settled.max_by(|a, b| a.similarity.total_cmp(&b.similarity).then(b.label.cmp(&a.label)));
        let precedent = closest.map(|near| {
            let (wording, origin) = (near.text.to_owned(), near.origin.to_owned());
            (near.label, Precedent { wording, origin, similarity: near.similarity })
        });
        let described = self.descriptions.near(words, 0.0, &self.model);
        let described =
            described.iter().map(|near| (near.label, confidence::of_description(near.similarity)));
        let said = said.iter().map(|near| (near.label, confidence::of_wording(near.similarity)));
        (described.chain(said).collect(), precedent)
    }

    /// Ranks the areas for a question, with the words that spoke for each.
    pub fn rank(&self, query: &Query<'_>) -> Ranking {
        self.with_terms(query).0
    }

    /// The same as [`Matcher::rank`], with the nearest known wording of each candidate. The first
    /// call for an area reads its part of the bank, which takes some time.
    pub fn explain(&self, query: &Query<'_>) -> Ranking {
        let (mut ranking, words) = self.with_terms(query);
        let own = self.own.near(&words, ALIKE, &self.model);
        for candidate in &mut ranking.candidates {
            let Some(label) = self.areas.iter().position(|area| *area == candidate.area) else { continue };
            let bank = self.bank.get(label).map(|bank| bank.get_or_init(|| self.read_bank(label)));
            let known = bank.map(|bank| bank.near(&words, 0.0, &self.model)).unwrap_or_default();
            let known = known.iter().chain(own.iter().filter(|near| near.label == label));
            let best = known.max_by(|a, b| a.similarity.total_cmp(&b.similarity));
            candidate.evidence.nearest =
                best.map(|near| Nearest { phrasing: near.text.to_owned(), similarity: near.similarity });
        }
        ranking
    }

    /// The bank's phrasings of a trained label.
    fn read_bank(&self, label: usize) -> Wordings {
        let own = |(name, _): &&(&str, &str)| *name == self.model.labels[label];
        let (bank, _) = Bank::parse(embedded_bank().iter().filter(own).copied());
        let mut wordings = Wordings::default();
        for phrasing in &bank.phrasings {
            let words = features::words(&phrasing.text, &Tokens::read(&phrasing.text), &self.tables);
            wordings.add(label, (&phrasing.text, ""), &words, &self.model);
        }
        wordings
    }

    fn with_terms(&self, query: &Query<'_>) -> (Ranking, Vec<Word>) {
        let tokens = Tokens::read(query.question);
        let words = self.words(query.question, &tokens);
        let own = self.read_words(query.id, query.question, &tokens, &words);
        let section = (!query.section.trim().is_empty()).then(|| self.read_around(query.section));
        let before: Vec<Reading> = query.before.iter().map(|text| self.read_around(text)).collect();
        let after: Vec<Reading> = query.after.iter().map(|text| self.read_around(text)).collect();
        let before: Vec<&Reading> = before.iter().collect();
        let after: Vec<&Reading> = after.iter().collect();
        let mut ranking = self.rank_reading(&own, section.as_ref(), &before, &after);
        let parts = self.model.parts(&words);
        for candidate in &mut ranking.candidates {
            let label = self.areas.iter().position(|area| *area == candidate.area);
            if let Some(label) = label.filter(|label| *label < self.model.labels.len()) {
                candidate.evidence.terms = explain::terms(query.question, &words, &parts, &self.model, label);
            }
        }
        (ranking, words)
    }

    /// Ranks a question that has been read in surroundings that have been read, without naming
    /// terms: for streams of questions, where each text is read once. `before` has the nearest
    /// question last, `after` first.
    pub fn rank_reading(
        &self,
        own: &Reading,
        section: Option<&Reading>,
        before: &[&Reading],
        after: &[&Reading],
    ) -> Ranking {
        let mut placed = context::place(own, &Surroundings { section, before, after }, &self.walk);
        confidence::observe_bare(own, &mut placed);
        let mut shares = placed[..own.labels].to_vec();
        confidence::calibrate(own, &mut shares);
        shares.resize(self.areas.len(), 0.0);
        confidence::claim(&mut shares, &own.claims);
        let mut order: Vec<usize> = (0..shares.len()).collect();
        let by_share = |a: &usize, b: &usize| shares[*b].total_cmp(&shares[*a]).then(a.cmp(b));
        if order.len() > CANDIDATES {
            order.select_nth_unstable_by(CANDIDATES, by_share);
            order.truncate(CANDIDATES);
        }
        order.sort_unstable_by(by_share);
        let candidates: Vec<Candidate> = order
            .iter()
            .take(CANDIDATES)
            .map(|label| Candidate {
                area: self.areas[*label].clone(),
                confidence: shares[*label],
                evidence: Evidence {
                    from_context: explain::from_context(&own.shares, &placed, *label),
                    ..Evidence::default()
                },
            })
            .collect();
        let none = self.areas.iter().position(Option::is_none).unwrap_or(self.areas.len());
        let also = confidence::also(own, &placed, none)
            .into_iter()
            .filter_map(|label| self.areas[label].clone())
            .collect();
        let band = confidence::band(&candidates[0]);
        let decided = |(label, _): &&Settled| *label == order[0];
        let precedent = own.precedent.as_ref().filter(decided).map(|(_, precedent)| precedent.clone());
        Ranking { candidates, also, band, grounds: Grounds { control: own.control.clone(), precedent } }
    }
}

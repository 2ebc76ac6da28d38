//! The matcher asked about every labelled question, and what it said.

use crate::decisions::Decisions;
use crate::domain::{AreaId, Question};
use crate::matching::{Evidence, Matcher, Query, Ranking};

use super::areas::{self, AreaScore, Confusion};
use super::reliability::{self, Reach};
use super::scores::Scores;
use crate::labelled::{Label, Labelled, LabelledRow};

/// Between the levels of a heading.
const BETWEEN_LEVELS: &str = " / ";

/// What a question is read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surroundings {
    /// Its heading, cut to so many levels, and the questions around it under that heading; without a level only the
    /// questions around it.
    Headings(usize),
    /// Nothing.
    Nothing,
}

impl Surroundings {
    /// Whole headings: what `assign` does.
    pub const ALL: Surroundings = Surroundings::Headings(usize::MAX);

    /// What is left of a heading.
    pub fn heading(self, section: &str) -> &str {
        let Surroundings::Headings(levels) = self else { return "" };
        let cut = levels.checked_sub(1).map(|last| section.match_indices(BETWEEN_LEVELS).nth(last));
        match cut {
            None => "",
            Some(None) => section,
            Some(Some((end, _))) => section[..end].trim_end(),
        }
    }

    fn query(self, question: &Question) -> Query<'_> {
        Query {
            id: &question.id,
            question: &question.text,
            section: self.heading(&question.section),
            ..Query::default()
        }
    }
}

/// What was said of a labelled row.
#[derive(Clone, Debug)]
pub struct Judged<'s> {
    /// The question.
    pub question: &'s Question,
    /// What is right for it.
    pub label: &'s Label,
    /// What was said.
    pub said: Option<AreaId>,
    /// How sure that was, 0 to 1.
    pub confidence: f64,
    /// Where the row stands: its set's rows, and its index in them.
    row: (&'s [LabelledRow], usize),
}

impl Judged<'_> {
    /// Whether what was said is the label or right too.
    pub fn is_right(&self) -> bool {
        self.label.allows(self.said.as_ref())
    }
}

/// One set with its scores.
#[derive(Clone, Debug)]
pub struct Measured<'s> {
    /// The set.
    pub set: &'s Labelled,
    /// Its scores.
    pub scores: Scores,
}

/// The matcher measured on labelled questions.
#[derive(Debug)]
pub struct Evaluation<'s, 'm> {
    /// Each set, in the order given.
    pub sets: Vec<Measured<'s>>,
    /// All sets together.
    pub all: Scores,
    judged: Vec<Judged<'s>>,
    matcher: &'m Matcher,
    decisions: Option<&'m Decisions>,
    surroundings: Surroundings,
}

impl<'s, 'm> Evaluation<'s, 'm> {
    /// Ranks every question. Those without a label count for nothing and are neighbours like any other.
    pub fn of(matcher: &'m Matcher, sets: &'s [Labelled], surroundings: Surroundings) -> Evaluation<'s, 'm> {
        Evaluation::reusing(None, matcher, sets, surroundings)
    }

    /// The same where what was settled before is settled.
    pub fn reusing(
        decisions: Option<&'m Decisions>,
        matcher: &'m Matcher,
        sets: &'s [Labelled],
        surroundings: Surroundings,
    ) -> Evaluation<'s, 'm> {
        let (measured, all) = (Vec::with_capacity(sets.len()), Scores::default());
        let mut evaluation =
            Evaluation { sets: measured, all, judged: Vec::new(), matcher, decisions, surroundings };
        for set in sets {
            let mut scores = Scores::default();
            let rankings = evaluation.rank(&set.rows);
            for (index, (row, ranking)) in set.rows.iter().zip(&rankings).enumerate() {
                let Some(label) = &row.label else { continue };
                scores.count(label, ranking);
                evaluation.all.count(label, ranking);
                let best = ranking.best();
                evaluation.judged.push(Judged {
                    question: &row.question,
                    label,
                    said: best.area.clone(),
                    confidence: best.confidence,
                    row: (&set.rows, index),
                });
            }
            evaluation.sets.push(Measured { set, scores });
        }
        evaluation
    }

    fn rank(&self, rows: &[LabelledRow]) -> Vec<Ranking> {
        let surroundings = self.surroundings;
        let mut ranked: Vec<Ranking> = match surroundings {
            Surroundings::Nothing => {
                rows.iter().map(|row| self.matcher.rank(&surroundings.query(&row.question))).collect()
            }
            Surroundings::Headings(_) => {
                let ranked = self.matcher.stream(rows, |row| surroundings.query(&row.question));
                ranked.map(|(_, ranking)| ranking).collect()
            }
        };
        for (row, ranking) in rows.iter().zip(&mut ranked) {
            self.reuse(&row.question, ranking);
        }
        ranked
    }

    fn reuse(&self, question: &Question, ranking: &mut Ranking) {
        let earlier =
            self.decisions.and_then(|decisions| decisions.on(&question.text, ranking, self.matcher, None));
        if let Some(earlier) = earlier {
            earlier.rule(ranking);
        }
    }

    /// Rows that are wrong, the surest first.
    pub fn misses(&self) -> Vec<&Judged<'s>> {
        let mut misses: Vec<&Judged<'s>> = self.judged.iter().filter(|row| !row.is_right()).collect();
        misses.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        misses
    }

    /// What spoke for what was said of a row.
    pub fn evidence(&self, judged: &Judged<'_>) -> Evidence {
        fn text(row: &LabelledRow) -> &str {
            &row.question.text
        }
        let (rows, index) = judged.row;
        let query = self.surroundings.query(judged.question);
        let within = if self.surroundings == Surroundings::Nothing { 0 } else { Matcher::WINDOW };
        let together = |row: &&LabelledRow| self.surroundings.heading(&row.question.section) == query.section;
        let (passed, following) = (rows[..index].iter().rev(), rows[index + 1..].iter());
        let mut before: Vec<&str> = passed.take(within).take_while(together).map(text).collect();
        before.reverse();
        let after: Vec<&str> = following.take(within).take_while(together).map(text).collect();
        let mut ranking = self.matcher.rank(&Query { before: &before, after: &after, ..query });
        self.reuse(judged.question, &mut ranking);
        let said = ranking.candidates.into_iter().find(|candidate| candidate.area == judged.said);
        said.map(|candidate| candidate.evidence).unwrap_or_default()
    }

    /// What is taken for what in rows that are wrong, the most frequent first.
    pub fn confusions(&self) -> Vec<Confusion> {
        areas::confusions(&self.judged)
    }

    /// How each area fared, by id, "about no responsibility" last.
    pub fn by_area(&self) -> Vec<AreaScore> {
        areas::by_area(&self.judged)
    }

    /// The most rows that could stand by themselves with such a share right.
    pub fn reach(&self, share: f64) -> Option<Reach> {
        let areas = self.judged.iter().filter(|row| row.said.is_some());
        let sure = areas.map(|row| (row.confidence, row.is_right())).collect();
        reliability::reach(sure, self.judged.len() as u64, share)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::evaluation::name_of;

    fn labelled(text: &str) -> [Labelled; 1] {
        let known = ["backup-recovery", "patch-management", "network-security"].map(AreaId::new);
        [Labelled::read(Cursor::new(text.as_bytes().to_vec()), "g.csv", &known).unwrap()]
    }

    #[test]
    fn headings_are_cut_to_their_levels() {
        let cut = |levels| Surroundings::Headings(levels).heading("A / B/C / D");
        assert_eq!([0, 1, 2, 3, 4].map(cut), ["", "A", "A / B/C", "A / B/C / D", "A / B/C / D"]);
        assert_eq!(Surroundings::ALL.heading(" / A"), " / A");
        assert_eq!(Surroundings::Nothing.heading("A"), "");
    }

    #[test]
    fn rows_without_a_label_are_neighbours_and_count_for_nothing() {
        let sets = labelled(
            "section,question,area,status\nS,Is there a firewall in front of the network?,,auto\n\
             S,\"If yes, how often?\",network-security,confirmed\n",
        );
        let matcher = Matcher::new(&[], &[]);
        let evaluation = Evaluation::of(&matcher, &sets, Surroundings::ALL);
        let measures = evaluation.all.measures();
        assert_eq!((measures.rows, measures.strict), (1, Some(1.0)));
        let alone = Evaluation::of(&matcher, &sets, Surroundings::Nothing).all.measures();
        assert_eq!((alone.rows, alone.strict), (1, Some(0.0)));
    }

    #[test]
    fn the_evidence_is_that_of_the_same_ranking() {
        let sets = labelled(
            "section,question,area\nServers,Who patches the OS?,none\nServers,How often?,none\n\
             Servers,Are patches tested?,none\nNetwork,Is there a firewall?,none\n",
        );
        let matcher = Matcher::new(&[], &[]);
        for surroundings in [Surroundings::ALL, Surroundings::Headings(0), Surroundings::Nothing] {
            let evaluation = Evaluation::of(&matcher, &sets, surroundings);
            let rankings = evaluation.rank(&sets[0].rows);
            assert_eq!(evaluation.judged.len(), 4);
            for (row, ranking) in evaluation.judged.iter().zip(&rankings) {
                let evidence = evaluation.evidence(row);
                let expected = ranking.best().evidence.from_context;
                assert!((evidence.from_context - expected).abs() < 1e-12, "{row:?}");
            }
        }
    }

    #[test]
    fn misses_come_surest_first_and_confusions_count_them() {
        let sets = labelled(
            "question,area,also\nIs there a firewall?,backup-recovery,\n\
             Are backups tested?,network-security,backup-recovery\n\
             Who patches the operating system?,backup-recovery,\n\
             Are servers behind a firewall?,backup-recovery,\n",
        );
        let matcher = Matcher::new(&[], &[]);
        let evaluation = Evaluation::of(&matcher, &sets, Surroundings::Nothing);
        let misses = evaluation.misses();
        assert_eq!(misses.len(), 3);
        assert!(misses.is_sorted_by(|a, b| a.confidence >= b.confidence));
        let confusions = evaluation.confusions();
        let told = |confusion: &Confusion| (name_of(confusion.said.as_ref()).to_owned(), confusion.rows);
        let expected = [("network-security".to_owned(), 2), ("patch-management".to_owned(), 1)];
        assert_eq!(confusions.iter().map(told).collect::<Vec<_>>(), expected);
        let areas = evaluation.by_area();
        let of = |name: &str| areas.iter().find(|score| name_of(score.area.as_ref()) == name).unwrap();
        let network = of("network-security");
        assert_eq!((network.rows, network.strict, network.lenient), (1, 0, 1));
        assert_eq!((network.said, network.said_right), (2, 0));
        assert_eq!((of("backup-recovery").rows, of("backup-recovery").said_right), (3, 1));
    }
}

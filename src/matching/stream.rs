//! Questions in a row, each ranked in its section, each read once.

use std::collections::VecDeque;
use std::sync::Arc;

use super::matcher::Matcher;
use super::ranking::{Query, Ranking};
use super::reading::Reading;

/// Rankings of the questions of an iterator, in their order; made by [`Matcher::stream`].
#[derive(Debug)]
pub struct Stream<'m, I, T, F> {
    matcher: &'m Matcher,
    rows: I,
    parts: F,
    waiting: VecDeque<Entry<T>>,
    passed: VecDeque<Seen>,
}

#[derive(Debug)]
struct Entry<T> {
    row: T,
    seen: Seen,
}

#[derive(Clone, Debug)]
struct Seen {
    heading: Arc<Heading>,
    reading: Arc<Reading>,
}

#[derive(Debug)]
struct Heading {
    text: String,
    reading: Option<Reading>,
}

impl Matcher {
    /// Ranks questions one after the other, each in the surroundings of its section, holding only as
    /// many as the surroundings need. `parts` gives a row's id, section and question. Rankings name no
    /// terms; [`Matcher::rank`] does.
    pub fn stream<T, I, F>(&self, rows: I, parts: F) -> Stream<'_, I::IntoIter, T, F>
    where
        I: IntoIterator<Item = T>,
        F: Fn(&T) -> Query<'_>,
    {
        Stream {
            matcher: self,
            rows: rows.into_iter(),
            parts,
            waiting: VecDeque::new(),
            passed: VecDeque::new(),
        }
    }
}

impl<T, I, F> Iterator for Stream<'_, I, T, F>
where
    I: Iterator<Item = T>,
    F: Fn(&T) -> Query<'_>,
{
    type Item = (T, Ranking);

    fn next(&mut self) -> Option<(T, Ranking)> {
        while self.waiting.len() <= Matcher::WINDOW {
            let Some(row) = self.rows.next() else { break };
            let seen = self.see(&row);
            self.waiting.push_back(Entry { row, seen });
        }
        let Entry { row, seen } = self.waiting.pop_front()?;
        let together = |other: &&Seen| other.heading.text == seen.heading.text;
        let mut before: Vec<&Reading> =
            self.passed.iter().rev().take_while(together).map(|seen| &*seen.reading).collect();
        before.reverse();
        let following = self.waiting.iter().map(|entry| &entry.seen);
        let after: Vec<&Reading> = following.take_while(together).map(|seen| &*seen.reading).collect();
        let ranking =
            self.matcher.rank_reading(&seen.reading, seen.heading.reading.as_ref(), &before, &after);
        if self.passed.len() == Matcher::WINDOW {
            self.passed.pop_front();
        }
        self.passed.push_back(seen);
        Some((row, ranking))
    }
}

impl<T, I, F> Stream<'_, I, T, F>
where
    F: Fn(&T) -> Query<'_>,
{
    fn see(&self, row: &T) -> Seen {
        let Query { id, section, question, .. } = (self.parts)(row);
        let last = self.waiting.back().map(|entry| &entry.seen).or(self.passed.back());
        let heading = last.filter(|seen| seen.heading.text == section).map(|seen| Arc::clone(&seen.heading));
        let heading = heading.unwrap_or_else(|| {
            let reading = (!section.trim().is_empty()).then(|| self.matcher.read_around(section));
            Arc::new(Heading { text: section.to_owned(), reading })
        });
        Seen { heading, reading: Arc::new(self.matcher.read(id, question)) }
    }
}

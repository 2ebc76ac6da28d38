//! Which areas are found, and which are taken for which.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::AreaId;

use super::judged::Judged;

/// How one area fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaScore {
    /// The area; `None` for "about no responsibility".
    pub area: Option<AreaId>,
    /// Rows with this label.
    pub rows: u64,
    /// Of these, those of which it was said.
    pub strict: u64,
    /// Of these, those of which it or what is right too was said.
    pub lenient: u64,
    /// Rows of which it was said.
    pub said: u64,
    /// Of these, those whose label allows it.
    pub said_right: u64,
}

/// Two areas of which one is taken for the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// The label.
    pub want: Option<AreaId>,
    /// What was said.
    pub said: Option<AreaId>,
    /// Rows with both.
    pub rows: u64,
}

/// The areas that are labelled or were said, by id, "about no responsibility" last.
pub(super) fn by_area(judged: &[Judged<'_>]) -> Vec<AreaScore> {
    let mut areas: BTreeMap<Option<AreaId>, AreaScore> = BTreeMap::new();
    let fresh = |area: &Option<AreaId>| AreaScore {
        area: area.clone(),
        rows: 0,
        strict: 0,
        lenient: 0,
        said: 0,
        said_right: 0,
    };
    for row in judged {
        let want = &row.label.area;
        let area = areas.entry(want.clone()).or_insert_with(|| fresh(want));
        area.rows += 1;
        area.strict += u64::from(row.said == *want);
        area.lenient += u64::from(row.is_right());
        let area = areas.entry(row.said.clone()).or_insert_with(|| fresh(&row.said));
        area.said += 1;
        area.said_right += u64::from(row.is_right());
    }
    let mut areas: Vec<AreaScore> = areas.into_values().collect();
    areas.sort_by_key(|score| score.area.is_none());
    areas
}

/// What is taken for what in rows that are wrong, the most frequent first.
pub(super) fn confusions(judged: &[Judged<'_>]) -> Vec<Confusion> {
    let mut pairs: BTreeMap<(&Option<AreaId>, &Option<AreaId>), u64> = BTreeMap::new();
    for row in judged.iter().filter(|row| !row.is_right()) {
        *pairs.entry((&row.label.area, &row.said)).or_default() += 1;
    }
    let confusion = |((want, said), rows): ((&Option<AreaId>, &Option<AreaId>), u64)| Confusion {
        want: want.clone(),
        said: said.clone(),
        rows,
    };
    let mut confusions: Vec<Confusion> = pairs.into_iter().map(confusion).collect();
    confusions.sort_by_key(|confusion| Reverse(confusion.rows));
    confusions
}

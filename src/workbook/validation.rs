use super::address::{Cell, CellRange, RelativeRange};
use super::cells::text_cells;
use super::error::PackageError;
use super::package::{Package, SheetRef};

/// A drop-down list: the cells that have it, and where its words are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListValidation {
    /// The cells, as ranges: a list may hold for whole columns.
    pub ranges: Vec<CellRange>,
    /// Where its words are.
    pub source: ListSource,
}

/// Where a list's words are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListSource {
    /// In the validation itself.
    Words(Vec<String>),
    /// In cells, or behind a name, as the formula says; see [`Package::list_words`].
    Formula(String),
}

impl ListValidation {
    /// A list from the formula of a validation.
    pub(super) fn new(ranges: Vec<CellRange>, formula: &str, most_words: usize) -> ListValidation {
        let formula = formula.trim();
        let inline = formula.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let source = match inline {
            Some(words) => {
                let words = words.replace("\"\"", "\"");
                let words =
                    words.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty());
                ListSource::Words(words.take(most_words).collect())
            }
            None => ListSource::Formula(formula.to_owned()),
        };
        ListValidation { ranges, source }
    }

    /// Whether a cell has this list.
    pub fn covers(&self, cell: Cell) -> bool {
        self.ranges.iter().any(|range| range.contains(cell))
    }
}

impl Package {
    /// The words that a list offers in a cell of a sheet; nothing where they are made by a formula that only a
    /// spreadsheet can work out. At most [`Limits::words`](super::Limits::words) cells are looked at.
    ///
    /// # Errors
    /// The part that holds the words is damaged.
    pub fn list_words(
        &self,
        sheet: &SheetRef,
        list: &ListValidation,
        cell: Cell,
    ) -> Result<Option<Vec<String>>, PackageError> {
        let formula = match &list.source {
            ListSource::Words(words) => return Ok(Some(words.clone())),
            ListSource::Formula(formula) => formula,
        };
        let origin = list.ranges.first().map_or(cell, |range| range.first);
        let Some((on, range)) = self.referred(sheet, formula, 0) else { return Ok(None) };
        text_cells(self, on, range.seen_from(origin, cell)).map(Some)
    }

    /// What tells whether a list has the same words in two cells.
    pub(super) fn list_key(&self, sheet: &SheetRef, list: &ListValidation, cell: Cell) -> (String, String) {
        let ListSource::Formula(formula) = &list.source else { return Default::default() };
        let origin = list.ranges.first().map_or(cell, |range| range.first);
        match self.referred(sheet, formula, 0) {
            Some((on, range)) => (on.part.clone(), range.seen_from(origin, cell).to_string()),
            None => (String::new(), formula.clone()),
        }
    }

    /// The sheet and range that a formula names outright or by a defined name.
    fn referred<'p>(
        &'p self,
        sheet: &'p SheetRef,
        formula: &str,
        depth: usize,
    ) -> Option<(&'p SheetRef, RelativeRange)> {
        // A name may stand for another name; they may also go round in a circle.
        const NAMES: usize = 8;
        if depth > NAMES {
            return None;
        }
        let formula = formula.trim().trim_start_matches('=').trim();
        let (on, rest) = match split_sheet(formula) {
            Some((name, rest)) => (self.sheet(&name)?, rest),
            None => (sheet, formula),
        };
        if let Some(range) = RelativeRange::parse(rest) {
            return Some((on, range));
        }
        // The sheet's own name goes before the workbook's.
        let of = |scope: Option<usize>| {
            self.names.iter().find(|name| name.sheet == scope && name.name.eq_ignore_ascii_case(rest))
        };
        let name = of(Some(on.index)).or_else(|| of(None))?;
        self.referred(on, &name.formula, depth + 1)
    }
}

/// The sheet's name before `!`, without the quotes it needs where it has spaces.
fn split_sheet(formula: &str) -> Option<(String, &str)> {
    let Some(quoted) = formula.strip_prefix('\'') else {
        return formula.split_once('!').map(|(sheet, rest)| (sheet.to_owned(), rest));
    };
    let mut from = 0;
    loop {
        let quote = from + quoted.get(from..)?.find('\'')?;
        match quoted.as_bytes().get(quote + 1) {
            Some(b'\'') => from = quote + 2,
            Some(b'!') => return Some((quoted[..quote].replace("''", "'"), &quoted[quote + 2..])),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ListSource, ListValidation, split_sheet};

    #[test]
    fn words_may_stand_in_the_validation() {
        let words = |formula| match ListValidation::new(Vec::new(), formula, 3).source {
            ListSource::Words(words) => words,
            ListSource::Formula(formula) => vec![format!("formula {formula}")],
        };
        assert_eq!(words("\"Yes, No,N/A\""), ["Yes", "No", "N/A"]);
        assert_eq!(words("\"a \"\"b\"\",\""), ["a \"b\""]);
        assert_eq!(words("\"1,2,3,4\""), ["1", "2", "3"]);
        assert_eq!(words("$A$1:$A$3"), ["formula $A$1:$A$3"]);
        assert_eq!(words("\""), ["formula \""]);
    }

    #[test]
    fn sheets_names_may_be_quoted() {
        assert_eq!(split_sheet("Lists!$A$1"), Some(("Lists".into(), "$A$1")));
        assert_eq!(split_sheet("'It''s a list'!A1:A3"), Some(("It's a list".into(), "A1:A3")));
        assert_eq!(split_sheet("A1"), None);
        assert_eq!(split_sheet("'open"), None);
        assert_eq!(split_sheet("'a''"), None);
        assert_eq!(split_sheet("'ä'"), None);
    }
}

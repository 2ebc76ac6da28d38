use std::collections::BTreeSet;

use quick_xml::events::{BytesStart, Event};

use super::address::{Cell, CellRange};
use super::error::PackageError;
use super::package::{LONGEST_FORMULA, Package, SheetRef, relations};
use super::validation::ListValidation;
use super::xml::{Xml, attribute, is_set, local, number};

/// What a sheet has besides its cells' values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// Rows that are not shown (hidden, filtered out, collapsed or without height), in order.
    pub hidden_rows: Vec<Run>,
    /// Columns that are not shown, in the order of the file.
    pub hidden_columns: Vec<Run>,
    /// Merged cells; only the first cell of each has a value.
    pub merges: Vec<CellRange>,
    /// Drop-down lists.
    pub lists: Vec<ListValidation>,
    /// Whether the sheet is protected against changes in a spreadsheet; without a password or with one.
    pub protected: bool,
    /// Whether any cell has a formula.
    pub formulas: bool,
    /// Cells that belong to one formula together; none of them can be changed alone.
    pub arrays: Vec<CellRange>,
    /// Header rows of tables; a table is damaged where a header changes.
    pub table_headers: Vec<CellRange>,
    /// The last row that has an element of its own; 0 where there is none.
    pub last_row: u32,
    /// Whether something was beyond [`Limits::ranges`](super::Limits::ranges) and is missing here.
    pub left_out: bool,
}

/// Rows or columns that follow each other, from 1, both ends among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl Run {
    /// Whether a row or column is among them.
    pub fn contains(&self, number: u32) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

impl SheetFacts {
    /// Whether a row is hidden.
    pub fn hides_row(&self, row: u32) -> bool {
        let at = self.hidden_rows.partition_point(|run| run.last < row);
        self.hidden_rows.get(at).is_some_and(|run| run.contains(row))
    }

    /// Whether a column is hidden.
    pub fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|run| run.contains(column))
    }

    /// The merge that a cell is in.
    pub fn merge(&self, cell: Cell) -> Option<&CellRange> {
        self.merges.iter().find(|range| range.contains(cell))
    }

    /// The lists that hold for a cell; the first counts where there are several.
    pub fn lists(&self, cell: Cell) -> impl Iterator<Item = &ListValidation> {
        self.lists.iter().filter(move |list| list.covers(cell))
    }
}

impl Package {
    /// Reads a sheet once, from its beginning to its end, and keeps what is not a value.
    ///
    /// # Errors
    /// The sheet's part is missing or damaged.
    pub fn facts(&self, sheet: &SheetRef) -> Result<SheetFacts, PackageError> {
        let text = self.archive.read_text(&sheet.part)?;
        let limits = self.archive.limits();
        let mut reading = Reading {
            xml: Xml::new(&text, &sheet.part, limits.depth),
            facts: SheetFacts::default(),
            most: limits.ranges,
            most_words: limits.words,
            ranges: 0,
            row: 0,
        };
        reading.read()?;
        let mut facts = reading.facts;
        // Rows out of order are allowed by no schema, and read by every program.
        facts.hidden_rows.sort_unstable_by_key(|run| run.first);
        self.add_table_headers(sheet, &mut facts)?;
        Ok(facts)
    }

    fn add_table_headers(&self, sheet: &SheetRef, facts: &mut SheetFacts) -> Result<(), PackageError> {
        let relations = relations(&self.archive, &sheet.part)?.into_values();
        // A part that is named a thousand times is read once.
        let parts: BTreeSet<String> =
            relations.filter(|relation| relation.is("table")).map(|relation| relation.part).collect();
        for part in parts.iter().filter(|part| self.archive.has(part)) {
            let text = self.archive.read_text(part)?;
            let mut xml = Xml::new(&text, part, self.archive.limits().depth);
            while let Some(token) = xml.next()? {
                let (Event::Start(element) | Event::Empty(element)) = &token.event else { continue };
                if local(element) == "table" {
                    let rows = attribute(element, "headerRowCount").and_then(|rows| rows.trim().parse().ok());
                    let range = attribute(element, "ref").and_then(|range| CellRange::parse(&range));
                    if let (Some(range), rows @ 1..) = (range, rows.unwrap_or(1_u32)) {
                        let last = range.first.row.saturating_add(rows - 1).min(range.last.row);
                        let last = Cell::new(last, range.last.column);
                        facts.table_headers.push(CellRange { first: range.first, last });
                    }
                }
                break;
            }
        }
        Ok(())
    }

    /// Whether any sheet of the workbook has a formula.
    ///
    /// # Errors
    /// A sheet's part is missing or damaged.
    pub fn has_formulas(&self) -> Result<bool, PackageError> {
        for sheet in self.sheets() {
            let text = self.archive.read_text(&sheet.part)?;
            let mut xml = Xml::new(&text, &sheet.part, self.archive.limits().depth);
            while let Some(token) = xml.next()? {
                if let Event::Start(element) | Event::Empty(element) = &token.event
                    && local(element) == "f"
                    && token.depth == 4
                {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

struct Reading<'x> {
    xml: Xml<'x>,
    facts: SheetFacts,
    most: usize,
    most_words: usize,
    ranges: usize,
    row: u32,
}

impl Reading<'_> {
    fn read(&mut self) -> Result<(), PackageError> {
        while let Some(token) = self.xml.next()? {
            let Some((element, open)) = token.opens() else { continue };
            match local(element) {
                "row" if token.depth == 2 => self.row(element),
                "f" if token.depth == 4 => self.formula(element),
                "col" if token.depth == 2 => self.column(element),
                "mergeCell" => {
                    if let Some(range) = attribute(element, "ref").and_then(|range| CellRange::parse(&range))
                        && self.room()
                    {
                        self.facts.merges.push(range);
                    }
                }
                "sheetProtection" => self.facts.protected |= is_set(element, "sheet"),
                // Also the one of Excel 2010, which holds its ranges and formulas in elements of other names.
                "dataValidation" if open => {
                    let list = attribute(element, "type").as_deref() == Some("list");
                    let ranges = attribute(element, "sqref").map(|ranges| ranges.into_owned());
                    if list {
                        self.list(ranges)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts one more range; `false` where there are too many.
    fn room(&mut self) -> bool {
        self.ranges += 1;
        let room = self.ranges <= self.most;
        self.facts.left_out |= !room;
        room
    }

    fn row(&mut self, element: &BytesStart<'_>) {
        // A row without a number is the one after the last.
        self.row = number(element, "r").unwrap_or_else(|| self.row.saturating_add(1));
        self.facts.last_row = self.facts.last_row.max(self.row);
        let height = attribute(element, "ht").and_then(|height| height.trim().parse::<f64>().ok());
        if !is_set(element, "hidden") && !height.is_some_and(|height| height <= 0.0) {
            return;
        }
        let row = self.row;
        if let Some(run) = self.facts.hidden_rows.last_mut()
            && run.last.checked_add(1) == Some(row)
        {
            run.last = row;
        } else if self.room() {
            self.facts.hidden_rows.push(Run { first: row, last: row });
        }
    }

    fn column(&mut self, element: &BytesStart<'_>) {
        let width = attribute(element, "width").and_then(|width| width.trim().parse::<f64>().ok());
        if !is_set(element, "hidden") && !width.is_some_and(|width| width <= 0.0) {
            return;
        }
        if let (Some(first), Some(last)) = (number(element, "min"), number(element, "max"))
            && self.room()
        {
            self.facts.hidden_columns.push(Run { first, last });
        }
    }

    fn formula(&mut self, element: &BytesStart<'_>) {
        self.facts.formulas = true;
        if !matches!(attribute(element, "t").as_deref(), Some("array" | "dataTable")) {
            return;
        }
        if let Some(range) = attribute(element, "ref").and_then(|range| CellRange::parse(&range))
            && self.room()
        {
            self.facts.arrays.push(range);
        }
    }

    /// Reads on to the end of a list's element.
    fn list(&mut self, ranges: Option<String>) -> Result<(), PackageError> {
        let (mut ranges, mut formula) = (ranges.unwrap_or_default(), String::new());
        let mut inside: Vec<bool> = vec![false];
        while let Some(token) = self.xml.next()? {
            match &token.event {
                Event::Start(element) => {
                    let first = local(element) == "formula1";
                    let squares = local(element) == "sqref";
                    if squares {
                        // All the text that a sheet may have is bounded already.
                        ranges.push(' ');
                        ranges.push_str(&self.xml.text(usize::MAX)?);
                    } else {
                        inside.push(first || inside.last().copied().unwrap_or_default());
                    }
                }
                Event::End(_) => {
                    inside.pop();
                    if inside.is_empty() {
                        break;
                    }
                }
                event if inside.last() == Some(&true) => {
                    self.xml.add_text(event, &mut formula, LONGEST_FORMULA)?;
                }
                _ => {}
            }
        }
        let mut found = Vec::new();
        for range in ranges.split_whitespace().filter_map(CellRange::parse) {
            if self.room() {
                found.push(range);
            }
        }
        if !found.is_empty() && !formula.trim().is_empty() {
            self.facts.lists.push(ListValidation::new(found, &formula, self.most_words));
        }
        Ok(())
    }
}

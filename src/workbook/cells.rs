use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesStart, Event};

use super::address::{Cell, CellRange};
use super::error::PackageError;
use super::package::{Package, SheetRef, relations};
use super::xml::{Xml, attribute, local, number};

/// The longest text of a cell is 32,767 characters; more is a damaged file, and not kept.
const LONGEST_TEXT: usize = 4 * 32_767;

/// What is in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellState {
    /// What kind of content.
    pub content: Content,
    /// Its text as it is stored, a number's digits among it; a formula's last result. Empty where there is none.
    pub text: String,
}

/// What kind of content a cell has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or only a format.
    #[default]
    Empty,
    /// Something that somebody has written.
    Value,
    /// Something that is worked out.
    Formula,
}

impl Package {
    /// What is in some cells of a sheet; a cell that is not there is empty.
    ///
    /// # Errors
    /// The sheet's part is missing or damaged.
    pub fn cells(
        &self,
        sheet: &SheetRef,
        asked: &BTreeSet<Cell>,
    ) -> Result<BTreeMap<Cell, CellState>, PackageError> {
        let last = asked.last().map_or(0, |cell| cell.row);
        self.read_cells(sheet, last, asked.len(), &|cell| asked.contains(&cell))
    }

    /// The cells that are wanted, up to a row and a number of cells.
    fn read_cells(
        &self,
        sheet: &SheetRef,
        last_row: u32,
        most: usize,
        wanted: &dyn Fn(Cell) -> bool,
    ) -> Result<BTreeMap<Cell, CellState>, PackageError> {
        let text = self.archive.read_text(&sheet.part)?;
        let mut xml = Xml::new(&text, &sheet.part, self.archive.limits().depth);
        let (mut found, mut shared) = (BTreeMap::new(), BTreeMap::<usize, Vec<Cell>>::new());
        let mut place = Cursor::default();
        while let Some(token) = xml.next()? {
            let Some((element, open)) = token.opens() else { continue };
            match local(element) {
                "row" if token.depth == 2 => place.row(element),
                "c" if token.depth == 3 => {
                    let cell = place.cell(element);
                    if !open || cell.row > last_row || !wanted(cell) || found.len() >= most {
                        continue;
                    }
                    let kind = attribute(element, "t").unwrap_or_default().into_owned();
                    let state = content(&mut xml)?;
                    if kind == "s"
                        && let Ok(index) = state.text.trim().parse()
                    {
                        shared.entry(index).or_default().push(cell);
                    }
                    found.insert(cell, state);
                }
                _ => {}
            }
        }
        self.resolve(&shared, &mut found)?;
        Ok(found)
    }

    /// Puts shared strings in the place of their numbers.
    fn resolve(
        &self,
        shared: &BTreeMap<usize, Vec<Cell>>,
        cells: &mut BTreeMap<Cell, CellState>,
    ) -> Result<(), PackageError> {
        let Some((&last, _)) = shared.last_key_value() else { return Ok(()) };
        let part = relations(&self.archive, &self.workbook)?.into_values();
        let part = part.filter(|relation| relation.is("sharedStrings")).map(|relation| relation.part).next();
        let Some(part) = part.filter(|part| self.archive.has(part)) else { return Ok(()) };
        let text = self.archive.read_text(&part)?;
        let mut xml = Xml::new(&text, &part, self.archive.limits().depth);
        let mut index = 0_usize;
        while let Some(token) = xml.next()? {
            let Some((element, open)) = token.opens() else { continue };
            if local(element) != "si" || token.depth != 1 {
                continue;
            }
            let users = shared.get(&index);
            let string = if open && users.is_some() { content(&mut xml)?.text } else { String::new() };
            for state in users.into_iter().flatten() {
                if let Some(state) = cells.get_mut(state) {
                    state.text.clone_from(&string);
                }
            }
            index += 1;
            if index > last {
                break;
            }
        }
        Ok(())
    }
}

/// Where a reader of cells is: numbers may be left out, and then count on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    pub(super) row: u32,
    pub(super) column: u32,
}

impl Cursor {
    pub(super) fn row(&mut self, element: &BytesStart<'_>) {
        self.row = number(element, "r").unwrap_or_else(|| self.row.saturating_add(1));
        self.column = 0;
    }

    pub(super) fn cell(&mut self, element: &BytesStart<'_>) -> Cell {
        let named = attribute(element, "r").and_then(|address| Cell::parse(address.trim()));
        // The row's own number counts where a cell says another.
        self.column = named.map_or_else(|| self.column.saturating_add(1), |cell| cell.column);
        Cell::new(self.row, self.column)
    }
}

/// Reads on to the end of the cell or shared string that has just begun.
pub(super) fn content(xml: &mut Xml<'_>) -> Result<CellState, PackageError> {
    let mut state = CellState::default();
    // Whether the elements around hold text: `v`, or `t` outside of a reading aid (`rPh`).
    let mut inside = vec![Inside::Other];
    while let Some(token) = xml.next()? {
        match &token.event {
            Event::Start(element) => {
                let around = *inside.last().unwrap_or(&Inside::Other);
                inside.push(match local(element) {
                    "f" => {
                        state.content = Content::Formula;
                        Inside::Aside
                    }
                    _ if around == Inside::Aside => Inside::Aside,
                    "rPh" | "extLst" => Inside::Aside,
                    "v" | "t" => Inside::Text,
                    _ => around,
                });
            }
            Event::Empty(element) if local(element) == "f" => state.content = Content::Formula,
            Event::End(_) => {
                inside.pop();
                if inside.is_empty() {
                    break;
                }
            }
            event if inside.last() == Some(&Inside::Text) => {
                xml.add_text(event, &mut state.text, LONGEST_TEXT)?;
            }
            _ => {}
        }
    }
    if state.content == Content::Empty && !state.text.is_empty() {
        state.content = Content::Value;
    }
    Ok(state)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Text,
    Aside,
    Other,
}

/// The texts in a range, row by row, empty ones left out.
pub(super) fn text_cells(
    package: &Package,
    sheet: &SheetRef,
    range: CellRange,
) -> Result<Vec<String>, PackageError> {
    let most = package.archive.limits().words;
    let cells = package.read_cells(sheet, range.last.row, most, &|cell| range.contains(cell))?;
    let texts = cells.into_values().map(|state| state.text.trim().to_owned());
    Ok(texts.filter(|text| !text.is_empty()).collect())
}

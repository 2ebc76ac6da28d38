//! Bytes become edits and a sheet's XML; what must hold for any of them. Used by the fuzz target and by a property test.

use std::collections::BTreeMap;

use whose::workbook::{Cell, LAST_COLUMN, LAST_ROW, patch_cells};

/// The first byte counts the edits; each has two bytes of row and column and one of text; the rest is the sheet.
pub(crate) fn drive(data: &[u8]) {
    let Some((&count, mut rest)) = data.split_first() else { return };
    let mut edits = BTreeMap::new();
    for _ in 0..count % 8 {
        let Some((&[row, column, text], after)) = rest.split_first_chunk::<3>() else { return };
        rest = after;
        let row = if row == u8::MAX { LAST_ROW } else { u32::from(row) + 1 };
        let column = if column == u8::MAX { LAST_COLUMN } else { u32::from(column) + 1 };
        edits.insert(Cell::new(row, column), char::from(text).to_string().repeat(3));
    }
    let sheet = String::from_utf8_lossy(rest);
    let Ok(once) = patch_cells(&sheet, "sheet1.xml", 64, &edits) else { return };
    if edits.is_empty() {
        assert_eq!(once, sheet, "nothing was asked for");
    }
    // Whatever was accepted reads again, and finds its cells where they were put.
    let twice = patch_cells(&once, "sheet1.xml", 64, &edits).expect("what was written can be read");
    assert_eq!(once, twice, "the same cells are written once more");
}

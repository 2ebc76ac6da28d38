//! The body of a document, paragraph by paragraph and table by table.

use quick_xml::events::BytesStart;

use super::paragraph::Paragraph;
use super::styles::Styles;
use super::table::{Down, Table};
use super::xml::{self, Visitor, attribute, is_on};
use crate::questionnaire::book::parts::Parts;
use crate::questionnaire::book::{Book, Grid, LoadError};

/// Reads the part of a document that holds its text.
///
/// # Errors
/// It is broken or hostile.
pub(super) fn read(xml: &str, styles: &Styles) -> Result<Book, LoadError> {
    let mut reader = Reader {
        styles,
        parts: Parts::default(),
        paragraphs: Vec::new(),
        tables: Vec::new(),
        inner: Vec::new(),
        controls: Vec::new(),
        run_hidden: false,
        number: 0,
    };
    xml::read(xml, &mut reader)?;
    // Paragraphs are written to be read; tables and lists, to be filled in.
    const SEVERAL: usize = 3;
    let form_asks = reader.parts.has_tables() || reader.parts.asking_lines() >= SEVERAL;
    Ok(reader.parts.into_book(form_asks))
}

struct Reader<'s> {
    styles: &'s Styles,
    parts: Parts,
    /// The paragraph that is being read, and those around it: a text box stands in a paragraph.
    paragraphs: Vec<Paragraph>,
    /// The table that is being read, and those around it.
    tables: Vec<Table>,
    /// Tables that stood in cells; they follow the table around them.
    inner: Vec<Grid>,
    /// For each content control around the text, whether it shows no more than a prompt.
    controls: Vec<bool>,
    run_hidden: bool,
    /// The number of the paragraph or row that was read last: what people count in a document without lines.
    number: u64,
}

impl Reader<'_> {
    fn write(&mut self, text: &str) {
        let hidden = self.run_hidden || self.controls.contains(&true);
        if let Some(paragraph) =
            self.paragraphs.last_mut().filter(|paragraph| !hidden && !paragraph.style.hidden)
        {
            paragraph.text.push_str(text);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else { return };
        if let Some(cell) = self.tables.last_mut().and_then(Table::cell) {
            let words = paragraph.words();
            if !words.is_empty() {
                if !cell.text.is_empty() {
                    cell.text.push('\n');
                }
                cell.text.push_str(words);
            }
            return;
        }
        let lines = paragraph.lines();
        if lines.is_empty() {
            return;
        }
        self.number += 1;
        if paragraph.style.is_contents {
            return self.parts.aside(self.number, &lines[0]);
        }
        for line in lines {
            self.parts.line(self.number, line);
        }
    }

    fn end_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            self.number += u64::from(table.end_row(self.number + 1));
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        let grid = table.into_grid();
        if !self.tables.is_empty() {
            return self.inner.push(grid);
        }
        self.parts.grid(grid);
        for grid in std::mem::take(&mut self.inner) {
            self.parts.grid(grid);
        }
    }

    /// A property of a row or a cell.
    fn table_property(&mut self, above: &str, name: &str, element: &BytesStart<'_>) {
        let Some(table) = self.tables.last_mut() else { return };
        let count = || attribute(element, "val").and_then(|count| count.parse().ok()).unwrap_or(0);
        let continues = || attribute(element, "val").is_none_or(|value| value != "restart");
        match (above, name) {
            ("trPr", "del") => table.delete_row(),
            ("trPr", "hidden") if is_on(element) => table.hide_row(),
            ("trPr", "gridBefore") => table.leave(count()),
            _ => {}
        }
        let Some(cell) = table.cell().filter(|_| above == "tcPr") else { return };
        match name {
            "gridSpan" => cell.span = count().max(1),
            "vMerge" => cell.down = Some(if continues() { Down::Continues } else { Down::Begins }),
            "hMerge" => cell.continues_left = continues(),
            "cellDel" => cell.deleted = true,
            _ => {}
        }
    }

    fn paragraph_property(&mut self, above: &str, name: &str, element: &BytesStart<'_>) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let value = || attribute(element, "val");
        match (above, name) {
            ("pPr", "pStyle") => paragraph.set_style(self.styles, &value().unwrap_or_default()),
            ("pPr", "outlineLvl") => paragraph.outline = value().and_then(|level| level.parse().ok()),
            ("numPr", "numId") => paragraph.listed = Some(value().is_some_and(|number| number != "0")),
            _ => {}
        }
    }

    /// A property of a run; those of the mark that ends a paragraph are no text's.
    fn run_property(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "vanish" | "webHidden" => self.run_hidden = is_on(element),
            "rStyle" => {
                let style = self.styles.meaning(&attribute(element, "val").unwrap_or_default());
                self.run_hidden |= style.is_placeholder || style.hidden;
            }
            _ => {}
        }
    }
}

impl Visitor for Reader<'_> {
    fn start(&mut self, name: &str, element: &BytesStart<'_>, path: &[String]) -> Result<(), LoadError> {
        let above = path.last().map_or("", String::as_str);
        let around = path.len().checked_sub(2).map_or("", |index| path[index].as_str());
        match (above, name) {
            (_, "p") => self.paragraphs.push(Paragraph::default()),
            (_, "r") => self.run_hidden = false,
            (_, "tbl") => self.tables.push(Table::default()),
            (_, "sdt") => self.controls.push(false),
            ("tbl" | "sdtContent" | "customXml" | "ins" | "moveTo", "tr") => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_row();
                }
            }
            (_, "tc") => {
                if let Some(table) = self.tables.last_mut() {
                    table.begin_cell();
                }
            }
            ("sdtPr", "showingPlcHdr") if is_on(element) => {
                if let Some(control) = self.controls.last_mut() {
                    *control = true;
                }
            }
            ("trPr" | "tcPr", _) => self.table_property(above, name, element),
            ("pPr" | "numPr", _) => self.paragraph_property(above, name, element),
            ("rPr", _) if around == "r" => self.run_property(name, element),
            ("r", "tab" | "ptab") => self.write(" "),
            ("r", "br" | "cr") => self.write("\n"),
            ("r", "noBreakHyphen") => self.write("-"),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, _: &[String]) {
        match name {
            "p" => self.end_paragraph(),
            "tr" => self.end_row(),
            "tbl" => self.end_table(),
            "sdt" => {
                self.controls.pop();
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    table.end_cell();
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, path: &[String]) {
        if path.last().is_some_and(|name| name == "t") {
            self.write(text);
        }
    }

    /// What was deleted or moved away, codes of fields, formats of before, and what is there twice for old programs.
    fn skips(&self, name: &str) -> bool {
        matches!(name, "del" | "moveFrom" | "instrText" | "delText" | "delInstrText" | "Fallback")
            || name.ends_with("Change")
    }
}

//! Laying out text: tables, labelled fields, paragraphs.

use std::io::{self, Write};

use anstyle::Style;
use console::measure_text_width;

use super::ui::{BOLD, DIM};

/// Width of the label before a field.
const LABEL: usize = 12;

/// A table with columns as wide as their widest cell; `style` may colour a cell by row and column.
pub(crate) fn table<const N: usize>(
    out: &mut impl Write,
    header: [&str; N],
    rows: &[[String; N]],
    style: impl Fn(usize, usize) -> Option<Style>,
) -> io::Result<()> {
    grid(out, &header, rows, |_| false, style)
}

/// The same with as many columns as the header has; those that hold numbers are right-aligned.
pub(crate) fn grid(
    out: &mut impl Write,
    header: &[&str],
    rows: &[impl AsRef<[String]>],
    is_number: impl Fn(usize) -> bool,
    style: impl Fn(usize, usize) -> Option<Style>,
) -> io::Result<()> {
    let width = |(column, name): (usize, &&str)| {
        let cells = rows.iter().map(|row| measure_text_width(&row.as_ref()[column]));
        cells.max().unwrap_or(0).max(name.len())
    };
    let widths: Vec<usize> = header.iter().enumerate().map(width).collect();
    let line = |cells: &[&str], styles: &dyn Fn(usize) -> Option<Style>| {
        let mut text = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let room = widths[column] - measure_text_width(cell);
            let last = column + 1 == cells.len();
            let (before, after) = match is_number(column) {
                true => (room, if last { 0 } else { 2 }),
                false => (0, if last { 0 } else { room + 2 }),
            };
            let style = styles(column).unwrap_or_default();
            text.push_str(&format!("{:before$}{style}{cell}{style:#}{:after$}", "", ""));
        }
        text
    };
    writeln!(out, "{}", line(header, &|_| Some(BOLD)))?;
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.as_ref().iter().map(String::as_str).collect();
        writeln!(out, "{}", line(&cells, &|column| style(index, column)).trim_end())?;
    }
    Ok(())
}

/// A dim label, and text wrapped beside it.
pub(crate) fn field(out: &mut impl Write, label: &str, text: &str, width: usize) -> io::Result<()> {
    let indent = 2 + LABEL.max(measure_text_width(label)) + 1;
    let lines = textwrap::wrap(text, wrapping(width, indent));
    for (index, line) in lines.iter().enumerate() {
        let label = if index == 0 { label } else { "" };
        let padding = indent - 2 - measure_text_width(label);
        writeln!(out, "  {DIM}{label}{DIM:#}{:padding$}{line}", "")?;
    }
    Ok(())
}

/// Wrapped text, indented.
pub(crate) fn paragraph(out: &mut impl Write, text: &str, indent: usize, width: usize) -> io::Result<()> {
    for line in textwrap::wrap(text, wrapping(width, indent)) {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// Lines end between words and nowhere else: a link that is cut can be neither clicked nor copied.
fn wrapping(width: usize, indent: usize) -> textwrap::Options<'static> {
    textwrap::Options::new(width.saturating_sub(indent).max(20))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
}

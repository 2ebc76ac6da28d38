//! How well the matcher did, for people: tables of shares, and the rows that went wrong.

use std::io::{self, Write};

use console::{measure_text_width, truncate_str};

use crate::domain::Place;
use crate::evaluation::{AreaScore, Bin, Confusion, Evaluation, Judged, Measures, Reach, name_of};
use crate::export::grouped;
use crate::matching::Evidence;
use crate::matching::WORTH_SHOWING;
use crate::safe_text::one_line;

use super::card::{percent, terms};
use super::show::grid;
use super::ui::{BOLD, DIM, count};

/// A set's name takes no more columns than these.
const NAME: usize = 22;

/// Columns of a miss before its question.
const INDENT: usize = 7;

/// Terms shown of a miss.
const TERMS: usize = 4;

/// A measure as a column.
type Column = (&'static str, fn(&Measures) -> String);

const COLUMNS: [Column; 9] = [
    ("ROWS", |of| grouped(of.rows)),
    ("STRICT", |of| share(of.strict)),
    ("LENIENT", |of| share(of.lenient)),
    ("TOP 3", |of| share(of.top3)),
    ("AUTO", |of| share(of.auto_share)),
    ("RIGHT", |of| share(of.auto_right)),
    ("NONE R/P", |of| pair(of.none_recall, of.none_precision)),
    ("ALSO R/P", |of| pair(of.also_recall, of.also_precision)),
    ("ECE", |of| share(of.calibration_error)),
];

/// A line for each set, and one for all. Columns that do not fit beside the others go into a further table.
pub(crate) fn table(out: &mut impl Write, evaluation: &Evaluation<'_, '_>, width: usize) -> io::Result<()> {
    let name = |place: &str| {
        let name = one_line(place.rsplit('/').next().unwrap_or(place));
        truncate_str(&name, NAME, "…").into_owned()
    };
    let sets = evaluation.sets.iter().map(|set| (name(&set.set.file), set.scores.measures()));
    let lines: Vec<(String, Measures)> =
        sets.chain(std::iter::once(("all".to_owned(), evaluation.all.measures()))).collect();
    let names = lines.iter().map(|(name, _)| measure_text_width(name)).max().unwrap_or(0);
    for (index, columns) in
        blocks(&lines, width.saturating_sub(names.max("SET".len()))).into_iter().enumerate()
    {
        if index > 0 {
            writeln!(out)?;
        }
        let header: Vec<&str> = std::iter::once("SET").chain(columns.iter().map(|(name, _)| *name)).collect();
        let cells = |(name, of): &(String, Measures)| -> Vec<String> {
            std::iter::once(name.clone()).chain(columns.iter().map(|(_, cell)| cell(of))).collect()
        };
        let rows: Vec<Vec<String>> = lines.iter().map(cells).collect();
        let style = |row: usize, _: usize| (row + 1 == lines.len()).then_some(BOLD);
        grid(out, &header, &rows, |column| column > 0, style)?;
    }
    Ok(())
}

/// The columns, in as few groups as fit the room.
fn blocks(lines: &[(String, Measures)], room: usize) -> Vec<Vec<Column>> {
    let mut blocks: Vec<Vec<Column>> = Vec::new();
    let mut left = 0;
    for column in COLUMNS {
        let cells = lines.iter().map(|(_, of)| column.1(of).chars().count());
        let width = 2 + cells.max().unwrap_or(0).max(column.0.len());
        match blocks.last_mut() {
            Some(block) if width <= left => block.push(column),
            _ => {
                blocks.push(vec![column]);
                left = room;
            }
        }
        left = left.saturating_sub(width);
    }
    blocks
}

/// Rows that are wrong: how sure, what is right and what was said, the question, and what spoke for what was said.
pub(crate) fn misses(
    out: &mut impl Write,
    misses: &[(&Judged<'_>, Evidence)],
    width: usize,
) -> io::Result<()> {
    if misses.is_empty() {
        return Ok(());
    }
    title(out, "Misses, the surest first")?;
    let wide =
        |text: &dyn Fn(&Judged<'_>) -> usize| misses.iter().map(|(row, _)| text(row)).max().unwrap_or(0);
    let want = wide(&|row| name_of(row.label.area.as_ref()).len());
    let said = wide(&|row| name_of(row.said.as_ref()).len());
    for (row, evidence) in misses {
        let right = name_of(row.label.area.as_ref());
        let wrong = name_of(row.said.as_ref());
        let sure = percent(row.confidence);
        let mut line = format!(
            "{sure:>5}  {DIM}want{DIM:#} {BOLD}{right:want$}{BOLD:#}  {DIM}said{DIM:#} {wrong:said$}"
        );
        let place = place(&row.question.place);
        if measure_text_width(&line) + 2 + measure_text_width(&place) <= width {
            line.push_str(&format!("  {DIM}{place}{DIM:#}"));
        }
        writeln!(out, "{}", line.trim_end())?;
        let beneath = |text: &str| truncate_str(text, width.saturating_sub(INDENT), "…").into_owned();
        writeln!(out, "{:INDENT$}{}", "", beneath(&one_line(&row.question.text)))?;
        let misled = misled(evidence);
        if !misled.is_empty() {
            writeln!(out, "{:INDENT$}{DIM}{}{DIM:#}", "", beneath(&format!("misled by {misled}")))?;
        }
    }
    Ok(())
}

fn place(place: &Place) -> String {
    let name = place.file.rsplit('/').next().unwrap_or(&place.file);
    format!("{}:{}", one_line(name), place.line)
}

fn misled(evidence: &Evidence) -> String {
    let mut by: Vec<String> = Vec::new();
    if !evidence.terms.is_empty() {
        by.push(terms(&evidence.terms, TERMS));
    }
    if evidence.from_context >= WORTH_SHOWING {
        by.push(format!("{} from the heading and the questions around it", percent(evidence.from_context)));
    }
    by.join("; ")
}

/// What is taken for what.
pub(crate) fn confusions(out: &mut impl Write, confusions: &[Confusion]) -> io::Result<()> {
    if confusions.is_empty() {
        return Ok(());
    }
    title(out, "Confusions, the most frequent first")?;
    let row = |pair: &Confusion| {
        [grouped(pair.rows), name_of(pair.want.as_ref()).to_owned(), name_of(pair.said.as_ref()).to_owned()]
    };
    let rows: Vec<[String; 3]> = confusions.iter().map(row).collect();
    grid(out, &["ROWS", "WANT", "SAID"], &rows, |column| column == 0, |_, _| None)
}

/// Stated confidence beside truth.
pub(crate) fn reliability(out: &mut impl Write, bins: &[Bin], reach: Option<&Reach>) -> io::Result<()> {
    title(out, "Stated confidence and truth, of rows of which an area was said")?;
    let width = 1.0 / bins.len() as f64;
    let row = |(index, bin): (usize, &Bin)| {
        let of = |sum: f64| format!("{:.3}", sum / bin.rows as f64);
        let (from, to) = (index as f64 * width, (index + 1) as f64 * width);
        [format!("{from:.1}–{to:.1}"), grouped(bin.rows), of(bin.stated), of(bin.right as f64)]
    };
    let filled = bins.iter().enumerate().filter(|(_, bin)| bin.rows > 0);
    let rows: Vec<[String; 4]> = filled.map(row).collect();
    grid(out, &["CONFIDENCE", "ROWS", "STATED", "RIGHT"], &rows, |column| column > 0, |_, _| None)?;
    if let Some(reach) = reach {
        let (right, share, from) = (percent(reach.right), percent(reach.share), percent(reach.from));
        let rows = count(reach.rows, "row");
        writeln!(out, "{right} right: the surest {rows} ({share} of all), down to {from}")?;
    }
    Ok(())
}

/// How each area fared.
pub(crate) fn by_area(out: &mut impl Write, areas: &[AreaScore]) -> io::Result<()> {
    title(out, "By area")?;
    let of = |part: u64, whole: u64| share((whole > 0).then(|| part as f64 / whole as f64));
    let row = |score: &AreaScore| {
        [
            name_of(score.area.as_ref()).to_owned(),
            grouped(score.rows),
            of(score.strict, score.rows),
            of(score.lenient, score.rows),
            grouped(score.said),
            of(score.said_right, score.said),
        ]
    };
    let rows: Vec<[String; 6]> = areas.iter().map(row).collect();
    let header = ["AREA", "ROWS", "STRICT", "LENIENT", "SAID", "RIGHT"];
    grid(out, &header, &rows, |column| column > 0, |_, _| None)
}

fn title(out: &mut impl Write, text: &str) -> io::Result<()> {
    writeln!(out, "\n{BOLD}{text}{BOLD:#}")
}

fn share(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{share:.3}"))
}

fn pair(one: Option<f64>, other: Option<f64>) -> String {
    match (one, other) {
        (None, None) => "-".to_owned(),
        _ => format!("{}/{}", share(one), share(other)),
    }
}

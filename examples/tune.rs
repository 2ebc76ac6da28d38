//! Fits the walk through a question's surroundings on labelled questionnaires, and says what it gives
//! on each when fitted on the others: `cargo run --release --example tune -- [--model FILE] GOLD.csv…`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;

use whose::domain::{AreaId, Question};
use whose::evaluation::{Label, Labelled, Surroundings, name_of};
use whose::matching::{Matcher, Reading, SIGNS, Walk};

struct Row {
    section: String,
    heading: Reading,
    reading: Reading,
    area: String,
    right: BTreeSet<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut files, mut model, mut leave_out) = (Vec::new(), None, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--model" => model = Some(std::fs::read(arguments.next().ok_or("--model FILE")?)?),
            "--leave-out" => leave_out = true,
            _ => files.push(argument),
        }
    }
    let make = || match &model {
        Some(bytes) => Matcher::with_model(bytes, &[], &[]),
        None => Matcher::new(&[], &[]),
    };
    let matcher = make();
    let sets: Vec<Vec<Row>> = files.iter().map(|file| rows(&matcher, file)).collect::<Result<_, _>>()?;
    let all: Vec<&Vec<Row>> = sets.iter().collect();
    let mut out = std::io::stdout().lock();
    let walk = fit(&matcher, &all);
    writeln!(out, "{walk:?}\nall: {:?}", measure(&matcher, walk, &all))?;
    let judged: Vec<Vec<Judged>> = sets.iter().map(|rows| judge(&matcher, walk, rows)).collect();
    let everything: Vec<&Judged> = judged.iter().flatten().collect();
    writeln!(out, "CALIBRATION {:.3?}", calibrate(&everything))?;
    let mut held = Vec::new();
    for (index, set) in judged.iter().enumerate() {
        let others: Vec<&Judged> =
            judged.iter().enumerate().filter(|(other, _)| *other != index).flat_map(|(_, set)| set).collect();
        let weights = calibrate(&others);
        held.extend(
            set.iter()
                .filter(|judged| judged.weight > 0.5)
                .map(|judged| (chance(&weights, &judged.signs), judged.right)),
        );
    }
    report(&mut out, held)?;
    if leave_out {
        for (index, file) in files.iter().enumerate() {
            let others: Vec<&Vec<Row>> =
                sets.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, set)| set).collect();
            let walk = fit(&matcher, &others);
            let name = file.rsplit('/').next().unwrap_or(file);
            writeln!(out, "{name}: {:?}", measure(&matcher, walk, &[&sets[index]]))?;
        }
    }
    Ok(())
}

/// The rows of a file, under the first level of their headings.
fn rows(matcher: &Matcher, file: &str) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let known: Vec<AreaId> = matcher.labels().iter().map(|label| AreaId::new(label)).collect();
    let labelled = Labelled::read(File::open(file)?, file, &known).map_err(|errors| errors[0].to_string())?;
    let heading = |question: &Question| Surroundings::Headings(1).heading(&question.section).to_owned();
    let row = |question: Question, label: Label| Row {
        heading: matcher.read("", &heading(&question)),
        section: heading(&question),
        reading: matcher.read(&question.id, &question.text),
        area: name_of(label.area.as_ref()).to_owned(),
        right: label.also.iter().chain([&label.area]).map(|area| name_of(area.as_ref()).to_owned()).collect(),
    };
    Ok(labelled.rows.into_iter().filter_map(|it| Some(row(it.question, it.label?))).collect())
}

fn place(matcher: &Matcher, walk: &Walk, rows: &[Row], index: usize, with_section: bool) -> Vec<f64> {
    let same = |other: &usize| !with_section || rows[*other].section == rows[index].section;
    let reading = |other: usize| &rows[other].reading;
    let before = (index.saturating_sub(Matcher::WINDOW)..index).rev().take_while(same).map(reading);
    let mut before: Vec<&Reading> = before.collect();
    before.reverse();
    let after = (index + 1..rows.len().min(index + 1 + Matcher::WINDOW)).take_while(same).map(reading);
    let section = with_section.then_some(&rows[index].heading);
    matcher.place(walk, reading(index), section, &before, &after.collect::<Vec<_>>())
}

/// Loss, strict and lenient share.
fn measure(matcher: &Matcher, walk: Walk, sets: &[&Vec<Row>]) -> (f64, f64, f64) {
    let labels = matcher.labels().to_vec();
    let (mut loss, mut strict, mut lenient, mut n) = (0.0, 0.0, 0.0, 0.0);
    for rows in sets {
        // Half of the loss without sections: questionnaires come both ways.
        for with_section in [true, false] {
            for index in 0..rows.len() {
                let row = &rows[index];
                let shares = place(matcher, &walk, rows, index, with_section);
                let right: f64 = labels
                    .iter()
                    .zip(&shares)
                    .filter(|(label, _)| row.right.contains(*label))
                    .map(|(_, share)| share)
                    .sum();
                let main: f64 = labels
                    .iter()
                    .zip(&shares)
                    .filter(|(label, _)| row.area == **label)
                    .map(|(_, share)| share)
                    .sum();
                let weight = if with_section { 0.7 } else { 0.3 };
                loss -= weight * (0.5 * right.max(1e-6).ln() + 0.5 * main.max(1e-6).ln());
                if with_section {
                    let best = labels
                        .iter()
                        .zip(&shares)
                        .max_by(|a, b| a.1.total_cmp(b.1))
                        .map(|(label, _)| label.clone())
                        .unwrap_or_default();
                    strict += f64::from(u8::from(best == row.area));
                    lenient += f64::from(u8::from(row.right.contains(&best)));
                    n += 1.0;
                }
            }
        }
    }
    (loss / n, strict / n, lenient / n)
}

type Setting = (fn(&mut Walk) -> &mut f64, f64);

const SETTINGS: [Setting; 8] = [
    (|walk| &mut walk.stay, 0.99),
    (|walk| &mut walk.stay_follow, 0.99),
    (|walk| &mut walk.jump_heading, 0.48),
    (|walk| &mut walk.jump_window, 0.48),
    (|walk| &mut walk.own, 3.0),
    (|walk| &mut walk.own_content, 3.0),
    (|walk| &mut walk.stay_content, 3.0),
    (|walk| &mut walk.stay_plain, 6.0),
];

/// Coordinate descent with shrinking steps.
fn fit(matcher: &Matcher, sets: &[&Vec<Row>]) -> Walk {
    let mut walk = Walk::DEFAULT;
    let mut best = measure(matcher, walk, sets).0;
    for factor in [1.4, 1.4, 1.15, 1.15, 1.05] {
        for (setting, most) in SETTINGS {
            for direction in [factor, 1.0 / factor] {
                loop {
                    let mut next = walk;
                    *setting(&mut next) = (*setting(&mut next) * direction).clamp(0.001, most);
                    let loss = measure(matcher, next, sets).0;
                    if loss >= best - 1e-6 {
                        break;
                    }
                    (walk, best) = (next, loss);
                }
            }
        }
    }
    walk
}

struct Judged {
    signs: [f64; SIGNS],
    right: f64,
    weight: f64,
}

/// The signs of each row whose best candidate is an area, and whether it was right.
fn judge(matcher: &Matcher, walk: Walk, rows: &[Row]) -> Vec<Judged> {
    let labels = matcher.labels();
    let mut judged = Vec::new();
    for with_section in [true, false] {
        for index in 0..rows.len() {
            let shares = place(matcher, &walk, rows, index, with_section);
            let best = (0..shares.len()).max_by(|a, b| shares[*a].total_cmp(&shares[*b])).unwrap_or_default();
            if labels[best] == "none" {
                continue;
            }
            let right = f64::from(u8::from(rows[index].right.contains(&labels[best])));
            let weight = if with_section { 0.7 } else { 0.3 };
            judged.push(Judged { signs: matcher.signs(&rows[index].reading, &shares), right, weight });
        }
    }
    judged
}

fn chance(weights: &[f64; SIGNS], signs: &[f64; SIGNS]) -> f64 {
    1.0 / (1.0 + (-weights.iter().zip(signs).map(|(weight, sign)| weight * sign).sum::<f64>()).exp())
}

/// Logistic regression by gradient descent, held lightly towards zero.
fn calibrate(rows: &[&Judged]) -> [f64; SIGNS] {
    let mut weights = [0.0; SIGNS];
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    for _ in 0..6000 {
        let mut slope = [0.0; SIGNS];
        for row in rows {
            let error = row.weight * (chance(&weights, &row.signs) - row.right) / total;
            slope.iter_mut().zip(&row.signs).for_each(|(slope, sign)| *slope += error * sign);
        }
        for (weight, slope) in weights.iter_mut().zip(slope) {
            *weight -= 0.15 * (slope + 0.001 * *weight);
        }
    }
    weights
}

/// Calibration error and how far 98 in 100 right reaches, out of sample.
fn report(out: &mut impl Write, mut held: Vec<(f64, f64)>) -> std::io::Result<()> {
    let mut bins = [(0.0, 0.0, 0.0); 10];
    for (chance, right) in &held {
        let bin = &mut bins[((chance * 10.0) as usize).min(9)];
        *bin = (bin.0 + 1.0, bin.1 + chance, bin.2 + right);
    }
    let off: f64 = bins.iter().map(|bin: &(f64, f64, f64)| (bin.1 - bin.2).abs()).sum();
    writeln!(out, "held out: calibration error {:.3} of {} rows", off / held.len() as f64, held.len())?;
    for bin in bins {
        writeln!(out, "  {:4} rows at {:.2}, right {:.2}", bin.0, bin.1 / bin.0, bin.2 / bin.0)?;
    }
    held.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut right = 0.0;
    for (index, row) in held.iter().enumerate() {
        right += row.1;
        if (index + 1) % 50 == 0 {
            writeln!(
                out,
                "  best {:4} right {:.3} from {:.3}",
                index + 1,
                right / (index + 1) as f64,
                row.0
            )?;
        }
    }
    Ok(())
}

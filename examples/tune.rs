//! Fits the walk through a question's surroundings on labelled questionnaires, and says what it gives
//! on each when fitted on the others: `cargo run --release --example tune -- [--model FILE] GOLD.csv…`.

use std::collections::BTreeSet;
use std::io::Write;

use whose::matching::{Matcher, Reading, Walk};

struct Row {
    section: String,
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
    let mut matcher = make();
    let sets: Vec<Vec<Row>> = files.iter().map(|file| rows(&matcher, file)).collect::<Result<_, _>>()?;
    let all: Vec<&Vec<Row>> = sets.iter().collect();
    let mut out = std::io::stdout().lock();
    let walk = fit(&mut matcher, &all);
    writeln!(out, "{walk:?}\nall: {:?}", measure(&mut matcher, walk, &all))?;
    if leave_out {
        for (index, file) in files.iter().enumerate() {
            let others: Vec<&Vec<Row>> =
                sets.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, set)| set).collect();
            let walk = fit(&mut matcher, &others);
            let name = file.rsplit('/').next().unwrap_or(file);
            writeln!(out, "{name}: {:?}", measure(&mut matcher, walk, &[&sets[index]]))?;
        }
    }
    Ok(())
}

fn rows(matcher: &Matcher, file: &str) -> Result<Vec<Row>, csv::Error> {
    let mut rows = Vec::new();
    for record in csv::Reader::from_path(file)?.deserialize() {
        let (_, section, question, area, also): (String, String, String, String, String) = record?;
        let section = section.split(" / ").next().unwrap_or_default().to_owned();
        let right = also
            .split(';')
            .filter(|area| !area.is_empty())
            .chain([area.as_str()])
            .map(str::to_owned)
            .collect();
        rows.push(Row { section, reading: matcher.read(&question), area, right });
    }
    Ok(rows)
}

/// Loss, strict and lenient share.
fn measure(matcher: &mut Matcher, walk: Walk, sets: &[&Vec<Row>]) -> (f64, f64, f64) {
    let labels = matcher.labels().to_vec();
    let (mut loss, mut strict, mut lenient, mut n) = (0.0, 0.0, 0.0, 0.0);
    for rows in sets {
        // Half of the loss without sections: questionnaires come both ways.
        for with_section in [true, false] {
            for index in 0..rows.len() {
                let row = &rows[index];
                let same = |other: &usize| !with_section || rows[*other].section == row.section;
                let mut before: Vec<&Reading> = (index.saturating_sub(Matcher::WINDOW)..index)
                    .rev()
                    .take_while(same)
                    .map(|other| &rows[other].reading)
                    .collect();
                before.reverse();
                let after: Vec<&Reading> = (index + 1..rows.len().min(index + 1 + Matcher::WINDOW))
                    .take_while(same)
                    .map(|other| &rows[other].reading)
                    .collect();
                let section = with_section.then(|| matcher.read(&row.section));
                let shares = matcher.place(&walk, &row.reading, section.as_ref(), &before, &after);
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
    (|walk| &mut walk.own, 4.0),
    (|walk| &mut walk.other, 4.0),
    (|walk| &mut walk.heading, 4.0),
    (|walk| &mut walk.stay, 0.99),
    (|walk| &mut walk.own_follow, 4.0),
    (|walk| &mut walk.stay_follow, 0.99),
    (|walk| &mut walk.jump_heading, 0.48),
    (|walk| &mut walk.jump_window, 0.48),
];

/// Coordinate descent with shrinking steps.
fn fit(matcher: &mut Matcher, sets: &[&Vec<Row>]) -> Walk {
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

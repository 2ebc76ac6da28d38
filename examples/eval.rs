//! What `whose eval` measures, with other weights or with nothing around the questions:
//! `cargo run --release --example eval -- [--model FILE] [--alone | --section-levels N] GOLD.csv…`.

use std::fs::File;
use std::io::Write;

use whose::domain::AreaId;
use whose::evaluation::{Evaluation, Labelled, Measures, Surroundings};
use whose::matching::Matcher;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut files, mut surroundings) = (Vec::new(), Surroundings::ALL);
    let mut matcher = Matcher::new(&[], &[]);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--alone" => surroundings = Surroundings::Nothing,
            "--section-levels" => surroundings = Surroundings::Headings(value()?.parse()?),
            "--model" => matcher = Matcher::with_model(&std::fs::read(value()?)?, &[], &[]),
            _ => files.push(argument),
        }
    }
    let known: Vec<AreaId> = matcher.labels().iter().map(|label| AreaId::new(label)).collect();
    let read = |file: &String| {
        Labelled::read(File::open(file)?, file, &known).map_err(|errors| errors[0].to_string().into())
    };
    let sets = files.iter().map(read).collect::<Result<Vec<_>, Box<dyn std::error::Error>>>()?;
    let evaluation = Evaluation::of(&matcher, &sets, surroundings);
    let mut out = std::io::stdout().lock();
    writeln!(out, "rows strict lenient top 3  auto  right  none r/p     also r/p     ece")?;
    let sets = evaluation.sets.iter().map(|set| (&*set.set.file, set.scores.measures()));
    for (name, measures) in sets.chain([("all", evaluation.all.measures())]) {
        line(&mut out, name, &measures)?;
    }
    Ok(())
}

fn line(out: &mut impl Write, name: &str, of: &Measures) -> std::io::Result<()> {
    let share = |share: Option<f64>| share.map_or("  -  ".to_owned(), |share| format!("{share:.3}"));
    let [strict, lenient, top3] = [of.strict, of.lenient, of.top3].map(share);
    let [auto, right, error] = [of.auto_share, of.auto_right, of.calibration_error].map(share);
    let [none, none_right] = [of.none_recall, of.none_precision].map(share);
    let [also, also_right] = [of.also_recall, of.also_precision].map(share);
    writeln!(
        out,
        "{:4} {strict}  {lenient}   {top3}  {auto}  {right}  {none}/{none_right}  {also}/{also_right}  {error}  {name}",
        of.rows
    )
}

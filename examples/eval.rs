//! Measures the matcher on labelled questions (id,section,question,area,also):
//! `cargo run --release --example eval -- [--no-section] [--misses N] [--model FILE] GOLD.csv…`.

mod gold;

use std::collections::BTreeMap;
use std::io::Write;

use whose::matching::{Band, Matcher, Query, Ranking};

use gold::Labelled;

#[derive(Default)]
struct Tally {
    n: f64,
    strict: f64,
    lenient: f64,
    top3: f64,
    auto: f64,
    auto_right: f64,
    none_gold: f64,
    none_said: f64,
    none_hit: f64,
    none_fair: f64,
    also_gold: f64,
    also_said: f64,
    also_hit: f64,
    bins: [(f64, f64, f64); 10],
    /// Confidence and whether it was right, of rows with an area.
    sure: Vec<(f64, f64)>,
}

/// Questions on each side that a ranking is given.
const WINDOW: usize = Matcher::WINDOW;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut files, mut with_section, mut misses, mut model) = (Vec::new(), true, 0usize, None);
    let mut confusions = 0usize;
    let mut alone = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--no-section" => with_section = false,
            "--alone" => alone = true,
            "--misses" => misses = arguments.next().ok_or("--misses N")?.parse()?,
            "--confusions" => confusions = arguments.next().ok_or("--confusions N")?.parse()?,
            "--model" => model = Some(std::fs::read(arguments.next().ok_or("--model FILE")?)?),
            _ => files.push(argument),
        }
    }
    let matcher = match &model {
        Some(bytes) => Matcher::with_model(bytes, &[], &[]),
        None => Matcher::new(&[], &[]),
    };
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:24}    n strict lenient top3  auto@prec coverage  none r/p      ece   also r/p  98% reach",
        "set"
    )?;
    let mut all = Tally::default();
    let mut wrong = Vec::new();
    for file in &files {
        let rows = gold::read(file)?;
        let mut tally = Tally::default();
        for (row, ranking) in rows.iter().zip(rank_all(&matcher, &rows, with_section, alone)) {
            tally.count(row, &ranking);
            all.count(row, &ranking);
            let said = said(&ranking);
            if !row.right.contains(&said) {
                wrong.push((
                    ranking.best().confidence,
                    row.area.clone(),
                    said,
                    format!("{} | {}", row.section, row.question),
                ));
            }
        }
        let name = file.rsplit('/').next().unwrap_or(file);
        tally.line(&mut out, name)?;
    }
    all.line(&mut out, "all")?;
    wrong.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (confidence, want, said, question) in wrong.iter().take(misses) {
        let question: String = question.chars().take(200).collect();
        writeln!(out, "{confidence:.2} want {want:22} said {said:22} {question}")?;
    }
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (_, want, said, _) in &wrong {
        *pairs.entry((want, said)).or_default() += 1;
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((want, said), count) in pairs.iter().take(confusions) {
        writeln!(out, "{count:3} want {want:22} said {said}")?;
    }
    Ok(())
}

fn rank_all(matcher: &Matcher, rows: &[Labelled], with_section: bool, alone: bool) -> Vec<Ranking> {
    let one = |index: usize| {
        let same = |other: &usize| !with_section || rows[*other].section == rows[index].section;
        let mut before: Vec<&str> = (index.saturating_sub(WINDOW)..index)
            .rev()
            .take_while(same)
            .map(|other| rows[other].question.as_str())
            .collect();
        before.reverse();
        let after: Vec<&str> = (index + 1..rows.len().min(index + 1 + WINDOW))
            .take_while(same)
            .map(|other| rows[other].question.as_str())
            .collect();
        let section = if with_section { rows[index].section.as_str() } else { "" };
        if alone {
            return matcher.rank(&Query { question: &rows[index].question, ..Query::default() });
        }
        matcher.rank(&Query {
            id: "",
            question: &rows[index].question,
            section,
            before: &before,
            after: &after,
        })
    };
    (0..rows.len()).map(one).collect()
}

fn name(area: Option<&whose::domain::AreaId>) -> String {
    area.map_or_else(|| "none".to_owned(), ToString::to_string)
}

fn said(ranking: &Ranking) -> String {
    name(ranking.best().area.as_ref())
}

impl Tally {
    fn count(&mut self, row: &Labelled, ranking: &Ranking) {
        let yes = |it: bool| f64::from(u8::from(it));
        let said = said(ranking);
        let lenient = yes(row.right.contains(&said));
        self.n += 1.0;
        self.strict += yes(said == row.area);
        self.lenient += lenient;
        self.top3 +=
            yes(ranking.candidates.iter().take(3).any(|candidate| name(candidate.area.as_ref()) == row.area));
        if ranking.band == Band::Auto {
            self.auto += 1.0;
            self.auto_right += lenient;
        }
        self.none_gold += yes(row.area == "none");
        self.none_said += yes(said == "none");
        self.none_hit += yes(row.area == "none" && said == "none");
        self.none_fair += yes(row.right.contains("none") && said == "none");
        self.also_gold += row.right.len() as f64 - 1.0;
        self.also_said += ranking.also.len() as f64;
        self.also_hit += ranking.also.iter().filter(|area| row.right.contains(area.as_str())).count() as f64;
        if said != "none" {
            let confidence = ranking.best().confidence;
            let bin = &mut self.bins[((confidence * 10.0) as usize).min(9)];
            *bin = (bin.0 + 1.0, bin.1 + confidence, bin.2 + lenient);
            self.sure.push((confidence, lenient));
        }
    }

    /// The largest share of rows that could stand by themselves with 98 in 100 right, and the
    /// confidence where they begin.
    fn reach(&self) -> (f64, f64) {
        let mut sure = self.sure.clone();
        sure.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut right, mut best) = (0.0, (0.0, 1.0));
        for (index, (confidence, lenient)) in sure.iter().enumerate() {
            right += lenient;
            if right / (index + 1) as f64 >= 0.98 {
                best = ((index + 1) as f64 / self.n, *confidence);
            }
        }
        best
    }

    fn line(&self, out: &mut impl Write, name: &str) -> std::io::Result<()> {
        let share = |part: f64, whole: f64| {
            if whole > 0.0 { format!("{:.3}", part / whole) } else { "  -  ".to_owned() }
        };
        let said: f64 = self.bins.iter().map(|bin| bin.0).sum();
        let off: f64 = self.bins.iter().map(|bin| (bin.1 - bin.2).abs()).sum();
        writeln!(
            out,
            "{:24} {:4} {}  {} {}   {}    {}  {}/{}  {}  {}/{}  {:.3} from {:.3}",
            name.chars().take(24).collect::<String>(),
            self.n,
            share(self.strict, self.n),
            share(self.lenient, self.n),
            share(self.top3, self.n),
            share(self.auto_right, self.auto),
            share(self.auto, self.n),
            share(self.none_hit, self.none_gold),
            share(self.none_fair, self.none_said),
            share(off, said),
            share(self.also_hit, self.also_gold),
            share(self.also_hit, self.also_said),
            self.reach().0,
            self.reach().1,
        )
    }
}

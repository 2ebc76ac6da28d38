//! What the matcher makes of questions and how many it reads a second, for `benches/peers/run.py`, which sets it
//! beside other ways. JSON from stdin to stdout.

use std::io::Write;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use whose::matching::{Matcher, NONE, Query, Ranking};

/// What each way is given.
#[derive(Deserialize)]
struct Task {
    questionnaires: Vec<Vec<Row>>,
}

#[derive(Deserialize)]
struct Row {
    section: String,
    question: String,
}

#[derive(Serialize)]
struct Answer {
    ready_ms: f64,
    runs: [Run; 2],
}

#[derive(Serialize)]
struct Run {
    method: &'static str,
    given: &'static str,
    /// The best areas of each question.
    top: Vec<Vec<String>>,
    per_second: f64,
    /// Every question is timed.
    step: usize,
}

/// Timed passes, of which the best counts.
const PASSES: usize = 3;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let task: Task = serde_json::from_reader(std::io::stdin().lock())?;
    let rows: Vec<&Row> = task.questionnaires.iter().flatten().collect();
    let first = rows.first().ok_or("no questions on stdin; `benches/peers/run.py` gives them")?;

    let start = Instant::now();
    let matcher = Matcher::new(&[], &[]);
    alone(&matcher, first);
    let ready_ms = start.elapsed().as_secs_f64() * 1000.0;

    let each_alone = || rows.iter().map(|row| alone(&matcher, row)).collect();
    let in_section = || {
        let stream = |rows| matcher.stream(rows, |row: &&Row| query(row));
        task.questionnaires.iter().flat_map(stream).map(|(_, ranking)| ranking).collect()
    };
    let answer = Answer { ready_ms, runs: [measure("question", each_alone), measure("section", in_section)] };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    Ok(out.flush()?)
}

/// What a stream does with a question that has no surroundings.
fn alone(matcher: &Matcher, row: &Row) -> Ranking {
    matcher.rank_reading(&matcher.read("", &row.question), None, &[], &[])
}

/// Without the id, which peers have no use for.
fn query(row: &Row) -> Query<'_> {
    Query { section: &row.section, question: &row.question, ..Query::default() }
}

/// Ranks once, which warms up, then times the best of some passes.
fn measure(given: &'static str, rank: impl Fn() -> Vec<Ranking>) -> Run {
    let rankings = rank();
    let timed = |_| {
        let start = processor_time();
        std::hint::black_box(rank());
        processor_time() - start
    };
    let best_pass = (0..PASSES).map(timed).min().unwrap_or_default();
    let per_second = rankings.len() as f64 / best_pass.as_secs_f64();
    Run { method: "`whose`", given, top: rankings.iter().map(best).collect(), per_second, step: 1 }
}

/// What this process has had of the processor: who else uses the machine matters little to it.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Elsewhere the time that passed has to do.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}

/// The names of the best areas.
fn best(ranking: &Ranking) -> Vec<String> {
    let name = |area: Option<&whose::domain::AreaId>| area.map_or(NONE.to_owned(), ToString::to_string);
    ranking.candidates.iter().take(3).map(|candidate| name(candidate.area.as_ref())).collect()
}

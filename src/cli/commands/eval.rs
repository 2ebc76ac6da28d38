use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueHint};
use serde::Serialize;

use crate::cli::Ended;
use crate::cli::args::{Common, TextOrJson};
use crate::cli::error::CliError;
use crate::cli::input;
use crate::cli::labels;
use crate::cli::load;
use crate::cli::scores;
use crate::cli::ui::{Ui, count};
use crate::domain::AreaId;
use crate::evaluation::{
    AreaScore, Bin, Confusion, Evaluation, Judged, Measured, Measures, Reach, Surroundings,
};
use crate::export::{grouped, to_json};
use crate::labelled::{Labelled, name_of};
use crate::matching::Evidence;

use super::ask::{JsonTerm, json_term};

/// Share of rows that must be right where the surest are to stand by themselves; what `auto` promises.
const PROMISED: f64 = 0.98;

/// What a file must have.
const COLUMNS: [&str; 2] = [
    "labelled questions have the columns `question` and `area`",
    "they may have `id`, `section`, `also` and `status` besides",
];

const EXAMPLES: &str = "Examples:\n  whose eval labelled.csv\n  \
    whose eval reviewed/*.csv --misses 20 --confusions 10\n  \
    whose eval out.csv --reliability --by-area\n  \
    whose eval labelled.csv --no-section --format json > measures.json";

const MEASURES: &str = "Measures, as shares of 1:\n  \
    STRICT    the area said is the label\n  \
    LENIENT   the area said is the label or stands in `also`\n  \
    TOP 3     the label is among the first three candidates\n  \
    AUTO      rows that `assign` settles by itself (status auto)\n  \
    RIGHT     of these, right as LENIENT has it\n  \
    NONE R/P  of rows labelled `none`, those of which that is said;\n            \
              of rows of which `none` is said, those whose label allows it\n  \
    ALSO R/P  of areas that labels name beyond one a row, those said in `also`;\n            \
              of areas said in `also`, those that the label names\n  \
    ECE       expected calibration error: how far stated confidence and LENIENT lie apart,\n            \
              over ten bins of the rows of which an area is said\n\n";

/// Measure the matcher on questions whose areas are known
///
/// A file is CSV with the columns `question` and `area` (an area's id, or `none`), and possibly `id`, `section` and
/// `also` (what is right too, `;` between). An export of `assign` will do: there only rows whose status is confirmed or
/// corrected are labels, and an empty area is `none`. Rows without a label are not counted; they still surround the others.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = format!("{MEASURES}{EXAMPLES}"))]
pub(crate) struct EvalArgs {
    /// Labelled questions; `-` is stdin
    #[arg(required = true, value_name = "GOLD", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    /// Read the questions without their headings
    #[arg(long)]
    no_section: bool,
    /// Use only the first levels of a heading such as `Data / Backups / Tests`; all of them where not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    #[arg(conflicts_with = "no_section")]
    section_levels: Option<u16>,
    /// Show the N surest misses, with what misled
    #[arg(long, value_name = "N")]
    misses: Option<usize>,
    /// Show the N most frequent confusions
    #[arg(long, value_name = "N")]
    confusions: Option<usize>,
    /// Show how the stated confidence held
    #[arg(long)]
    reliability: bool,
    /// Show how each area fared
    #[arg(long)]
    by_area: bool,
    /// Output for people or as JSON, which has everything (and every miss and confusion where no N is given)
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,
}

pub(crate) fn run(args: &EvalArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let (catalog, earlier) = load::all(common, ui)?;
    let known: Vec<AreaId> = catalog.areas().iter().map(|area| area.id.clone()).collect();
    let sets = read(args, &known, ui)?;
    let matcher = earlier.matcher(&catalog);
    let evaluation = Evaluation::reusing(Some(&earlier.decisions), &matcher, &sets, surroundings(args));
    match args.format {
        TextOrJson::Text => text(&evaluation, args, ui)?,
        TextOrJson::Json => print_json(&evaluation, args, ui)?,
    }
    Ok(Ended::Done)
}

fn surroundings(args: &EvalArgs) -> Surroundings {
    match (args.no_section, args.section_levels) {
        (true, _) => Surroundings::Headings(0),
        (false, Some(levels)) => Surroundings::Headings(levels.into()),
        (false, None) => Surroundings::ALL,
    }
}

/// Reads every file; all labels that cannot be used are told together.
fn read(args: &EvalArgs, known: &[AreaId], ui: &mut Ui) -> Result<Vec<Labelled>, CliError> {
    input::stdin_once(&args.files)?;
    let (mut sets, mut errors) = (Vec::new(), Vec::new());
    for path in &args.files {
        let hint = "GOLD is CSV with the columns `question` and `area`";
        let (name, source) = input::source(path, hint)?;
        match Labelled::read(source, &name, known) {
            Ok(set) => sets.push(set),
            Err(found) => errors.extend(found),
        }
    }
    labels::told(&errors, COLUMNS, ui)?;
    for set in &sets {
        tell_passed_over(set, ui);
    }
    if sets.iter().all(|set| set.labels() == 0) {
        return Err(CliError::new("no row has a label")
            .hint("a label is an area's id or `none` in the column `area`")
            .hint("in an export of `assign`, rows whose status is confirmed or corrected are labels"));
    }
    Ok(sets)
}

fn tell_passed_over(set: &Labelled, ui: &mut Ui) {
    if set.passed_over.is_empty() {
        return;
    }
    let word = |(status, rows): (&Option<_>, &u64)| match status {
        Some(status) => format!("{} {status}", grouped(*rows)),
        None => format!("{} without a status", grouped(*rows)),
    };
    let passed: Vec<String> = set.passed_over.iter().map(word).collect();
    let labels = count(set.labels() as u64, "label");
    ui.status(&format!("{}: {labels}; not counted: {}", set.file, passed.join(", ")));
}

fn text(evaluation: &Evaluation<'_, '_>, args: &EvalArgs, ui: &mut Ui) -> Result<(), CliError> {
    let width = Ui::width();
    let out = ui.out();
    scores::table(out, evaluation, width)?;
    if args.reliability {
        scores::reliability(out, evaluation.all.bins(), evaluation.reach(PROMISED).as_ref())?;
    }
    if args.by_area {
        scores::by_area(out, &evaluation.by_area())?;
    }
    if let Some(most) = args.confusions {
        let mut confusions = evaluation.confusions();
        confusions.truncate(most);
        scores::confusions(out, &confusions)?;
    }
    if let Some(most) = args.misses {
        scores::misses(out, &misses(evaluation, most), width)?;
    }
    Ok(())
}

/// The surest misses, each with what spoke for what was said.
fn misses<'e, 's>(evaluation: &'e Evaluation<'s, '_>, most: usize) -> Vec<(&'e Judged<'s>, Evidence)> {
    let misses = evaluation.misses().into_iter().take(most);
    misses.map(|row| (row, evaluation.evidence(row))).collect()
}

#[derive(Serialize)]
struct Json<'a> {
    sets: Vec<JsonSet<'a>>,
    all: Measures,
    reliability: Vec<JsonBin>,
    reach: Option<Reach>,
    by_area: Vec<JsonArea<'a>>,
    confusions: Vec<JsonConfusion<'a>>,
    misses: Vec<JsonMiss<'a>>,
}

#[derive(Serialize)]
struct JsonSet<'a> {
    file: &'a str,
    #[serde(flatten)]
    measures: Measures,
    not_counted: u64,
}

#[derive(Serialize)]
struct JsonBin {
    from: f64,
    to: f64,
    rows: u64,
    stated: Option<f64>,
    right: Option<f64>,
}

#[derive(Serialize)]
struct JsonArea<'a> {
    area: &'a str,
    rows: u64,
    strict: u64,
    lenient: u64,
    said: u64,
    said_right: u64,
}

#[derive(Serialize)]
struct JsonConfusion<'a> {
    want: &'a str,
    said: &'a str,
    rows: u64,
}

#[derive(Serialize)]
struct JsonMiss<'a> {
    file: &'a str,
    line: u64,
    id: &'a str,
    section: &'a str,
    question: &'a str,
    want: &'a str,
    also: Vec<&'a str>,
    said: &'a str,
    confidence: f64,
    from_context: f64,
    terms: Vec<JsonTerm<'a>>,
}

fn print_json(evaluation: &Evaluation<'_, '_>, args: &EvalArgs, ui: &mut Ui) -> Result<(), CliError> {
    let (areas, confusions) = (evaluation.by_area(), evaluation.confusions());
    let misses = misses(evaluation, args.misses.unwrap_or(usize::MAX));
    let document = Json {
        sets: evaluation.sets.iter().map(json_set).collect(),
        all: evaluation.all.measures(),
        reliability: json_bins(evaluation.all.bins()),
        reach: evaluation.reach(PROMISED),
        by_area: areas.iter().map(json_area).collect(),
        confusions: confusions
            .iter()
            .take(args.confusions.unwrap_or(usize::MAX))
            .map(json_confusion)
            .collect(),
        misses: misses.iter().map(json_miss).collect(),
    };
    writeln!(ui.out(), "{}", to_json(&document)?)?;
    Ok(())
}

fn json_set<'a>(measured: &Measured<'a>) -> JsonSet<'a> {
    JsonSet {
        file: &measured.set.file,
        measures: measured.scores.measures(),
        not_counted: measured.set.passed_over.values().sum(),
    }
}

fn json_bins(bins: &[Bin]) -> Vec<JsonBin> {
    let count = bins.len() as f64;
    let bin = |(index, bin): (usize, &Bin)| {
        let of = |sum: f64| (bin.rows > 0).then(|| sum / bin.rows as f64);
        JsonBin {
            from: index as f64 / count,
            to: (index + 1) as f64 / count,
            rows: bin.rows,
            stated: of(bin.stated),
            right: of(bin.right as f64),
        }
    };
    bins.iter().enumerate().map(bin).collect()
}

fn json_area(score: &AreaScore) -> JsonArea<'_> {
    let AreaScore { rows, strict, lenient, said, said_right, .. } = *score;
    JsonArea { area: name_of(score.area.as_ref()), rows, strict, lenient, said, said_right }
}

fn json_confusion(confusion: &Confusion) -> JsonConfusion<'_> {
    let (want, said) = (name_of(confusion.want.as_ref()), name_of(confusion.said.as_ref()));
    JsonConfusion { want, said, rows: confusion.rows }
}

fn json_miss<'a>((row, evidence): &'a (&Judged<'_>, Evidence)) -> JsonMiss<'a> {
    JsonMiss {
        file: &row.question.place.file,
        line: row.question.place.line,
        id: &row.question.id,
        section: &row.question.section,
        question: &row.question.text,
        want: name_of(row.label.area.as_ref()),
        also: row.label.also.iter().map(|also| name_of(also.as_ref())).collect(),
        said: name_of(row.said.as_ref()),
        confidence: row.confidence,
        from_context: evidence.from_context,
        terms: evidence.terms.iter().map(json_term).collect(),
    }
}

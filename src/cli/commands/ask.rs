use std::io::Write as _;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use crate::assignment::Assignment;
use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, TextOrJson, Words};
use crate::cli::card;
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::ui::Ui;
use crate::domain::{AreaId, Place, Question};
use crate::export::{JsonLine, to_json};
use crate::matching::{Candidate, Control, Nearest, Term};
use crate::pipeline::Assigner;

/// Explain one question: whose job, what each side does, the source, and why
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  whose ask \"Who patches the operating system?\" -p render\n  \
    whose ask \"If yes, how often?\" -p vercel --section \"Penetration testing\"\n  \
    whose ask \"Is data encrypted at rest?\" -p union -m byoc --format json\n  \
    whose ask \"Is data encrypted at rest?\" -p render --decisions reviewed.csv")]
pub(crate) struct AskArgs {
    /// The question
    #[arg(required = true, value_name = "QUESTION")]
    question: Vec<String>,
    #[command(flatten)]
    deployment: Deployment,
    /// The heading that the question stands under
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    section: String,
    #[command(flatten)]
    words: Words,
    /// Output for people or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,
}

/// What a JSON line of `assign` says, and the evidence.
#[derive(Serialize)]
struct JsonAnswer<'a> {
    #[serde(flatten)]
    line: JsonLine<'a>,
    control: Option<JsonControl<'a>>,
    evidence: Vec<JsonEvidence<'a>>,
}

#[derive(Serialize)]
struct JsonControl<'a> {
    id: &'a str,
    standard: &'a str,
    areas: Vec<&'a str>,
}

#[derive(Serialize)]
struct JsonEvidence<'a> {
    area: Option<&'a str>,
    terms: Vec<JsonTerm<'a>>,
    from_context: f64,
    nearest: Option<JsonNearest<'a>>,
}

#[derive(Serialize)]
pub(crate) struct JsonTerm<'a> {
    text: &'a str,
    read_as: Option<&'a str>,
    weight: f64,
}

#[derive(Serialize)]
struct JsonNearest<'a> {
    phrasing: &'a str,
    similarity: f64,
}

pub(crate) fn run(args: &AskArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let text = args.question.join(" ").trim().to_string();
    if text.is_empty() {
        return Err(
            CliError::new("the question is empty").hint("whose ask \"Who patches the OS?\" -p render")
        );
    }
    let (catalog, earlier) = load::all(common, ui)?;
    let deployment = load::deployment(&catalog, &args.deployment)?;
    let matcher = earlier.matcher(&catalog);
    let question = Question {
        id: "1".into(),
        section: args.section.trim().to_string(),
        text,
        parent: String::new(),
        place: Place::line(&Arc::from("command line"), 1),
    };
    let assigner = Assigner::new(&catalog, deployment, &matcher).reusing(&earlier.decisions);
    let assignment = assigner.explain(question, &[]);
    match args.format {
        TextOrJson::Text => card::draw(ui.out(), &catalog, &assignment, args.words.wording(), Ui::width())?,
        TextOrJson::Json => writeln!(ui.out(), "{}", to_json(&answer(&assignment, args))?)?,
    }
    Ok(Ended::Done)
}

fn answer<'a>(assignment: &'a Assignment<'_>, args: &AskArgs) -> JsonAnswer<'a> {
    JsonAnswer {
        line: JsonLine::new(assignment, args.words.wording()),
        control: assignment.grounds.control.as_ref().map(json_control),
        evidence: assignment.candidates.iter().map(evidence).collect(),
    }
}

fn evidence(candidate: &Candidate) -> JsonEvidence<'_> {
    JsonEvidence {
        area: candidate.area.as_ref().map(|area| area.as_str()),
        terms: candidate.evidence.terms.iter().map(json_term).collect(),
        from_context: candidate.evidence.from_context,
        nearest: candidate.evidence.nearest.as_ref().map(json_nearest),
    }
}

fn json_control(control: &Control) -> JsonControl<'_> {
    let areas = control.areas.iter().map(AreaId::as_str).collect();
    JsonControl { id: &control.id, standard: control.standard, areas }
}

pub(crate) fn json_term(term: &Term) -> JsonTerm<'_> {
    JsonTerm { text: &term.text, read_as: term.read_as.as_deref(), weight: term.weight }
}

fn json_nearest(nearest: &Nearest) -> JsonNearest<'_> {
    JsonNearest { phrasing: &nearest.phrasing, similarity: nearest.similarity }
}

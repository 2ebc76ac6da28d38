use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use crate::catalog::{Model, Provider, Responsibility, Statement};
use crate::cli::Ended;
use crate::cli::args::{Common, TextOrJson};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::show;
use crate::cli::ui::{BOLD, DIM, Ui};
use crate::domain::AreaId;
use crate::export::{JsonResponsibility, to_json};

/// List the providers and their deployment models
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  whose providers\n  whose providers union\n  whose providers --format json"
)]
pub(crate) struct ProvidersArgs {
    /// Only this provider, with its document and every statement
    id: Option<String>,
    /// Output for people or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,
}

#[derive(Serialize)]
struct JsonProvider<'a> {
    id: &'a str,
    name: &'a str,
    models: Vec<&'a str>,
    document: JsonDocument<'a>,
    responsibilities: Vec<JsonStatement<'a>>,
}

/// A statement as the document makes it, whatever the model.
#[derive(Serialize)]
struct JsonStatement<'a> {
    models: &'a [String],
    areas: Vec<&'a str>,
    #[serde(flatten)]
    responsibility: JsonResponsibility<'a>,
}

#[derive(Serialize)]
struct JsonDocument<'a> {
    title: &'a str,
    url: &'a str,
    read: &'a str,
}

pub(crate) fn run(args: &ProvidersArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let catalog = load::catalog(common, ui)?;
    let providers: Vec<&Provider> = match &args.id {
        Some(id) => vec![load::provider(&catalog, id)?],
        None => catalog.providers().iter().collect(),
    };
    if args.format == TextOrJson::Json {
        let list: Vec<JsonProvider<'_>> = providers.into_iter().map(json).collect();
        writeln!(ui.out(), "{}", to_json(&list)?)?;
        return Ok(Ended::Done);
    }
    match (args.id.is_some(), providers.as_slice()) {
        (true, [provider]) => one(provider, ui)?,
        _ => all(&providers, ui)?,
    }
    Ok(Ended::Done)
}

fn json(provider: &Provider) -> JsonProvider<'_> {
    let document = &provider.document;
    JsonProvider {
        id: &provider.id,
        name: &provider.name,
        models: provider.models.iter().map(|model| model.id.as_str()).collect(),
        document: JsonDocument { title: &document.title, url: &document.url, read: &document.read },
        responsibilities: provider.responsibilities.iter().map(|said| statement(said, provider)).collect(),
    }
}

fn statement<'a>(said: &'a Responsibility, provider: &'a Provider) -> JsonStatement<'a> {
    let statement = Statement { responsibility: said, overruled_by: None };
    JsonStatement {
        models: &said.models,
        areas: said.areas.iter().map(AreaId::as_str).collect(),
        responsibility: JsonResponsibility::new(&statement, &provider.document),
    }
}

fn all(providers: &[&Provider], ui: &mut Ui) -> Result<(), CliError> {
    let rows: Vec<[String; 3]> = providers
        .iter()
        .map(|provider| {
            let models: Vec<&str> = provider.models.iter().map(|model| model.id.as_str()).collect();
            [provider.id.clone(), provider.name.clone(), models.join(", ")]
        })
        .collect();
    show::table(ui.out(), ["PROVIDER", "NAME", "MODELS"], &rows, |_, _| None)?;
    Ok(())
}

fn one(provider: &Provider, ui: &mut Ui) -> Result<(), CliError> {
    let width = Ui::width();
    let document = &provider.document;
    let out = ui.out();
    writeln!(out, "{BOLD}{}{BOLD:#} ({})", provider.name, provider.id)?;
    writeln!(out, "{} (read {})\n{}\n", document.title, document.read, document.url)?;
    for model in &provider.models {
        let note = model_note(model);
        show::field(out, &model.id, &format!("{}. {note}", model.name), width)?;
    }
    for said in &provider.responsibilities {
        writeln!(out)?;
        show::paragraph(out, &format!("{BOLD}{}{BOLD:#}", said.locator()), 0, width)?;
        let areas: Vec<&str> = said.areas.iter().map(AreaId::as_str).collect();
        writeln!(out, "  {DIM}{} · {}{DIM:#}", areas.join(", "), said.models.join(", "))?;
        for (actor, duty) in &said.duties {
            let aside = if said.accountable.contains(actor) { "" } else { " (supporting)" };
            show::field(out, provider.name_of(actor), &format!("{duty}{aside}"), width)?;
        }
        for reason in said.because.iter().chain(&said.note) {
            show::field(out, "Note", reason, width)?;
        }
    }
    Ok(())
}

fn model_note(model: &Model) -> String {
    let mut text = model.is.clone();
    if let Some(parent) = &model.extends {
        text.push_str(&format!(" Extends {parent}."));
    }
    if let Some(reason) = &model.outside {
        text.push_str(&format!(" Unaddressed: {reason}"));
    }
    text
}

use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use crate::catalog::{Area, Catalog, Resolution, responsible};
use crate::cli::Ended;
use crate::cli::args::{Common, TextOrJson};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::show;
use crate::cli::ui::{BOLD, Ui, party_style, quoted};
use crate::export::to_json;
use crate::suggest;

/// List the responsibility areas
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  whose areas\n  whose areas key-management\n  whose areas --format json")]
pub(crate) struct AreasArgs {
    /// Only this area, with its boundaries and who answers for it under every provider
    id: Option<String>,
    /// Output for people or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TextOrJson,
}

#[derive(Serialize)]
struct JsonArea<'a> {
    id: &'a str,
    title: &'a str,
    domain: &'a str,
    nature: String,
    is: &'a str,
    not: &'a str,
    parties: Vec<JsonParty<'a>>,
}

#[derive(Serialize)]
struct JsonParty<'a> {
    provider: &'a str,
    model: &'a str,
    party: &'static str,
    responsible: String,
}

pub(crate) fn run(args: &AreasArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let catalog = load::catalog(common, ui)?;
    let areas: Vec<&Area> = match &args.id {
        Some(id) => vec![area(&catalog, id)?],
        None => catalog.areas().iter().collect(),
    };
    if args.format == TextOrJson::Json {
        let list: Vec<JsonArea<'_>> = areas.into_iter().map(|area| json(&catalog, area)).collect();
        writeln!(ui.out(), "{}", to_json(&list)?)?;
        return Ok(Ended::Done);
    }
    match (args.id.is_some(), areas.as_slice()) {
        (true, [area]) => one(&catalog, area, ui)?,
        _ => all(&areas, ui)?,
    }
    Ok(Ended::Done)
}

/// The area with this id, or the nearest one as a suggestion.
pub(crate) fn area<'a>(catalog: &'a Catalog, id: &str) -> Result<&'a Area, CliError> {
    catalog.area(id).ok_or_else(|| {
        let known = catalog.areas().iter().map(|area| area.id.as_str());
        let error = CliError::new(format!("no area {}", quoted(id)));
        match suggest::nearest(id, known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`whose areas` lists them"),
        }
    })
}

fn json<'a>(catalog: &'a Catalog, area: &'a Area) -> JsonArea<'a> {
    let party = |resolution: Resolution<'a>| JsonParty {
        provider: &resolution.provider.id,
        model: &resolution.model.id,
        party: resolution.party().as_str(),
        responsible: responsible(resolution.provider, &resolution.accountable),
    };
    JsonArea {
        id: area.id.as_str(),
        title: &area.title,
        domain: &area.domain,
        nature: area.nature.to_string(),
        is: &area.is,
        not: &area.not,
        parties: everywhere(catalog, area).map(party).collect(),
    }
}

/// The area under every provider and model.
fn everywhere<'a>(catalog: &'a Catalog, area: &'a Area) -> impl Iterator<Item = Resolution<'a>> {
    catalog.providers().iter().flat_map(move |provider| {
        provider.models.iter().map(move |model| Resolution::new(provider, model, area))
    })
}

fn all(areas: &[&Area], ui: &mut Ui) -> Result<(), CliError> {
    let row = |area: &&Area| {
        [area.id.to_string(), area.domain.clone(), area.nature.to_string(), area.title.clone()]
    };
    let rows: Vec<[String; 4]> = areas.iter().map(row).collect();
    show::table(ui.out(), ["AREA", "DOMAIN", "NATURE", "TITLE"], &rows, |_, _| None)?;
    Ok(())
}

fn one(catalog: &Catalog, area: &Area, ui: &mut Ui) -> Result<(), CliError> {
    let width = Ui::width();
    let mut rows = Vec::new();
    let mut parties = Vec::new();
    for resolution in everywhere(catalog, area) {
        let party = resolution.party();
        let names = responsible(resolution.provider, &resolution.accountable);
        rows.push([resolution.provider.id.clone(), resolution.model.id.clone(), party.to_string(), names]);
        parties.push(party);
    }
    let out = ui.out();
    writeln!(out, "{BOLD}{}{BOLD:#} ({})", area.title, area.id)?;
    show::field(out, "Domain", &area.domain, width)?;
    show::field(out, "Nature", &area.nature.to_string(), width)?;
    show::field(out, "Is", &area.is, width)?;
    if !area.not.is_empty() {
        show::field(out, "Is not", &area.not, width)?;
    }
    writeln!(out)?;
    let style = |row: usize, column: usize| (column == 2).then(|| party_style(parties[row]));
    show::table(out, ["PROVIDER", "MODEL", "PARTY", "RESPONSIBLE"], &rows, style)?;
    Ok(())
}

use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use crate::catalog::{Catalog, Model, Provider, Resolution, Shift, actors, compare, duties, responsible};
use crate::cli::Ended;
use crate::cli::args::{Common, TableFormat};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::show;
use crate::cli::ui::{BOLD, DIM, Ui, party_style};
use crate::export::{JsonResponsibility, as_io, to_json};
use crate::formula::guard;

/// Show what shifts between two deployments, area by area
///
/// Within one provider an area is shown when anything stated about it differs; between two providers, when another
/// party answers.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  whose compare union:self-managed union:byoc\n  whose compare vercel render --all"
)]
pub(crate) struct CompareArgs {
    /// The first deployment: a provider's id, and `:` with the model's id where it has several
    #[arg(value_name = "PROVIDER[:MODEL]")]
    from: String,
    /// The second deployment
    #[arg(value_name = "PROVIDER[:MODEL]")]
    to: String,
    /// Also the areas that stay as they are
    #[arg(long)]
    all: bool,
    /// Output for people, as CSV or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct JsonShift<'a> {
    area: &'a str,
    shifts: bool,
    from: JsonSide<'a>,
    to: JsonSide<'a>,
}

#[derive(Serialize)]
struct JsonSide<'a> {
    provider: &'a str,
    model: &'a str,
    party: &'static str,
    responsible: String,
    responsibilities: Vec<JsonResponsibility<'a>>,
}

pub(crate) fn run(args: &CompareArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let catalog = load::catalog(common, ui)?;
    let (from, to) = (side(&catalog, &args.from)?, side(&catalog, &args.to)?);
    let same_provider = from.0.id == to.0.id;
    let shifts = |shift: &Shift<'_>| shift.changes_party() || (same_provider && shift.changes_statements());
    let rows = compare(&catalog, from, to);
    let total = rows.len();
    let shown: Vec<&Shift<'_>> = rows.iter().filter(|shift| args.all || shifts(shift)).collect();
    match args.format {
        TableFormat::Json => {
            let list: Vec<JsonShift<'_>> = shown.iter().map(|shift| json(shift, shifts(shift))).collect();
            writeln!(ui.out(), "{}", to_json(&list)?)?;
        }
        TableFormat::Csv => csv(&shown)?,
        TableFormat::Text => {
            let shifting = rows.iter().filter(|shift| shifts(shift)).count();
            text(&shown, (from, to), ui)?;
            writeln!(ui.out(), "{shifting} of {total} areas shift")?;
        }
    }
    Ok(Ended::Done)
}

fn side<'a>(catalog: &'a Catalog, named: &str) -> Result<(&'a Provider, &'a Model), CliError> {
    let (provider, model) = match named.split_once(':') {
        Some((provider, model)) => (provider, Some(model)),
        None => (named, None),
    };
    let provider = load::provider(catalog, provider)?;
    if model.is_none() && provider.models.len() > 1 {
        let named: Vec<String> =
            provider.models.iter().map(|model| format!("{}:{}", provider.id, model.id)).collect();
        return Err(CliError::new(format!("{} has several deployment models", provider.name))
            .hint(format!("name one: {}", named.join(", "))));
    }
    Ok((provider, load::model(provider, model)?))
}

fn json<'a>(shift: &Shift<'a>, shifts: bool) -> JsonShift<'a> {
    JsonShift { area: shift.area.id.as_str(), shifts, from: json_side(&shift.from), to: json_side(&shift.to) }
}

fn json_side<'a>(resolution: &Resolution<'a>) -> JsonSide<'a> {
    JsonSide {
        provider: &resolution.provider.id,
        model: &resolution.model.id,
        party: resolution.party().as_str(),
        responsible: responsible(resolution.provider, &resolution.accountable),
        responsibilities: JsonResponsibility::all(resolution),
    }
}

fn csv(shown: &[&Shift<'_>]) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(Ui::data());
    let header = ["area", "from_party", "from_responsible", "to_party", "to_responsible"];
    writer.write_record(header).map_err(as_io)?;
    for shift in shown {
        let names = |side: &Resolution<'_>| responsible(side.provider, &side.accountable);
        let cells = [
            shift.area.id.to_string(),
            shift.from.party().to_string(),
            names(&shift.from),
            shift.to.party().to_string(),
            names(&shift.to),
        ];
        writer.write_record(cells.map(|cell| guard(&cell).into_owned())).map_err(as_io)?;
    }
    writer.flush()?;
    Ok(())
}

type Side<'a> = (&'a Provider, &'a Model);

fn text(shown: &[&Shift<'_>], (from, to): (Side<'_>, Side<'_>), ui: &mut Ui) -> Result<(), CliError> {
    let width = Ui::width();
    let out = ui.out();
    for shift in shown {
        let (old, new) = (shift.from.party(), shift.to.party());
        let (a, b) = (party_style(old), party_style(new));
        let change =
            if old == new { format!("{a}{old}{a:#}") } else { format!("{a}{old}{a:#} → {b}{new}{b:#}") };
        writeln!(out, "{BOLD}{}{BOLD:#}  {change}", shift.area.id)?;
        for (side, resolution) in [(from, &shift.from), (to, &shift.to)] {
            let label = if from.0.id == to.0.id { &side.1.id } else { &side.0.id };
            let names = responsible(resolution.provider, &resolution.accountable);
            writeln!(
                out,
                " {DIM}{label}:{DIM:#} {}",
                if names.is_empty() { "nobody named" } else { &names }
            )?;
            for actor in actors(&resolution.statements) {
                let aside = if resolution.accountable.contains(actor) { "" } else { " (supporting)" };
                let text = format!("{}{aside}", duties(&resolution.statements, actor).join("; "));
                show::field(out, resolution.provider.name_of(actor), &text, width)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

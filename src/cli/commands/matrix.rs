use std::io::Write as _;

use clap::Args;
use serde::Serialize;

use crate::catalog::{Resolution, locators, responsible};
use crate::cli::Ended;
use crate::cli::args::{Common, Deployment, TableFormat};
use crate::cli::error::CliError;
use crate::cli::load;
use crate::cli::show;
use crate::cli::ui::{BOLD, DIM, Ui, party_style};
use crate::domain::Party;
use crate::export::{JsonResponsibility, as_io, to_json};
use crate::formula::guard;

/// Show every area with the party that answers for it
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  whose matrix -p vercel\n  whose matrix -p union -m byoc --format csv > matrix.csv\n  \
    whose matrix -p union -m byoc --format json"
)]
pub(crate) struct MatrixArgs {
    #[command(flatten)]
    deployment: Deployment,
    /// Output for people, as CSV or as JSON
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: TableFormat,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    area: &'a str,
    party: &'static str,
    responsible: String,
    responsibilities: Vec<JsonResponsibility<'a>>,
    note: String,
}

pub(crate) fn run(args: &MatrixArgs, common: &Common, ui: &mut Ui) -> Result<Ended, CliError> {
    let catalog = load::catalog(common, ui)?;
    let (provider, model) = load::deployment(&catalog, &args.deployment)?;
    let matrix = catalog.matrix(provider, model);
    match args.format {
        TableFormat::Json => {
            let rows: Vec<JsonRow<'_>> = matrix.iter().map(json).collect();
            writeln!(ui.out(), "{}", to_json(&rows)?)?;
        }
        TableFormat::Csv => csv(&matrix)?,
        TableFormat::Text => text(&matrix, ui)?,
    }
    Ok(Ended::Done)
}

fn json<'a>(resolution: &Resolution<'a>) -> JsonRow<'a> {
    JsonRow {
        area: resolution.area.id.as_str(),
        party: resolution.party().as_str(),
        responsible: responsible(resolution.provider, &resolution.accountable),
        responsibilities: JsonResponsibility::all(resolution),
        note: resolution.remark(),
    }
}

fn csv(matrix: &[Resolution<'_>]) -> Result<(), CliError> {
    let mut writer = csv::Writer::from_writer(Ui::data());
    let write = |writer: &mut csv::Writer<_>, cells: [&str; 4]| {
        writer.write_record(cells.map(|cell| guard(cell).into_owned())).map_err(as_io)
    };
    write(&mut writer, ["area", "party", "responsible", "responsibilities"])?;
    for row in matrix {
        let responsible = responsible(row.provider, &row.accountable);
        write(
            &mut writer,
            [row.area.id.as_str(), row.party().as_str(), &responsible, &locators(&row.statements).join("; ")],
        )?;
    }
    writer.flush()?;
    Ok(())
}

fn text(matrix: &[Resolution<'_>], ui: &mut Ui) -> Result<(), CliError> {
    let Some(first) = matrix.first() else { return Ok(()) };
    let (provider, model) = (first.provider, first.model);
    let out = ui.out();
    let model_name = if model.name == provider.name { String::new() } else { format!(" · {}", model.name) };
    writeln!(out, "{BOLD}{}{BOLD:#}{model_name} · {}", provider.name, provider.document.title)?;
    writeln!(out, "{DIM}{} (read {}){DIM:#}\n", provider.document.url, provider.document.read)?;
    let rows: Vec<[String; 3]> = matrix
        .iter()
        .map(|row| {
            let names = responsible(provider, &row.accountable);
            [row.area.id.to_string(), row.party().to_string(), names]
        })
        .collect();
    let style = |row: usize, column: usize| (column == 1).then(|| party_style(matrix[row].party()));
    show::table(out, ["AREA", "PARTY", "RESPONSIBLE"], &rows, style)?;
    let count = |party: &Party| matrix.iter().filter(|row| row.party() == *party).count();
    let counts: Vec<String> = Party::ALL
        .iter()
        .filter(|party| count(party) > 0)
        .map(|party| format!("{} {party}", count(party)))
        .collect();
    writeln!(out, "\n{} areas: {}", matrix.len(), counts.join(", "))?;
    if let Some(reason) = &model.outside {
        show::paragraph(out, reason, 0, Ui::width())?;
    }
    Ok(())
}

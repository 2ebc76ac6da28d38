use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::cli::Ended;
use crate::cli::args::{LayoutArgs, Words};
use crate::cli::error::CliError;
use crate::cli::input::{self, Input};
use crate::cli::output::{self, Output, name};
use crate::cli::ui::{Ui, count};
use crate::domain::Question;
use crate::export::grouped;
use crate::filling::{
    AssignedRow, Delimited, Field, FillColumn, Filled, Intents, Joined, Manner, SheetColumns, Target,
    fill_delimited, fill_workbook, intents, join, read_rows,
};
use crate::questionnaire::{Format, Found, Layout, Role, Verdict};
use crate::safe_text::one_line;
use crate::workbook::{Limits, Package};

/// The largest file that is read, in bytes.
const MAX_BYTES: u64 = 128 << 20;
/// How many of a kind are named; the rest is counted.
const SHOWN: usize = 20;

/// Write assigned rows back into the questionnaire they came from
///
/// Takes an export of `whose assign` (CSV or JSON lines) and puts owner, duties and comments into the columns that the
/// questionnaire has for them. XLSX, XLSM and CSV stay byte for byte as they were but for the cells that are written.
/// Answers are never touched unless you name their column: whose job it is does not say whether it is done.
///
/// Cells that hold something, formulas, merged cells and words that a cell's list does not allow are left alone and
/// told. Rows that nobody has settled stay blank.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  whose fill vendor.xlsx --from assigned.csv\n  \
    whose fill caiq.xlsx --from assigned.csv --respondent customer -o caiq-ours.xlsx\n  \
    whose fill vendor.xlsx --from assigned.csv --column owner=D --column customer_duty=F\n  \
    whose fill vendor.csv --from assigned.csv --in-place --overwrite\n  \
    whose fill vendor.xlsx --from assigned.csv --dry-run")]
pub(crate) struct FillArgs {
    /// The questionnaire: XLSX, XLSM, CSV or TSV
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The export of `whose assign` for it, reviewed or not; `-` is stdin
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    from: PathBuf,
    /// Where the filled questionnaire goes; `FILE.filled.xlsx` beside FILE where not given
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Write over FILE itself
    #[arg(long)]
    in_place: bool,
    /// Replace the output file if it is there
    #[arg(long)]
    force: bool,
    /// Replace what cells hold; formulas are left alone all the same
    #[arg(long)]
    overwrite: bool,
    /// Write rows too that nobody has settled
    #[arg(long)]
    unsettled: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Exit with 1 while a cell is refused, or a question or a row has no counterpart
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    layout: LayoutArgs,
    #[command(flatten)]
    words: Words,
}

pub(crate) fn run(args: &FillArgs, ui: &mut Ui) -> Result<Ended, CliError> {
    let target = destination(args)?;
    let rows = assigned(&args.from)?;
    let (questionnaire, layout) = questions(args, ui)?;
    let sheets = columns(&layout);
    require_columns(&layout, &sheets)?;
    let joined = join(&questionnaire, &rows);
    let manner = Manner { wording: args.words.wording(), unsettled: args.unsettled };
    let intents = intents(&questionnaire, &rows, &joined, &sheets, manner);
    let (filled, bytes) = match layout.format {
        Format::Xlsx => workbook(args, &intents, ui)?,
        _ => text(args, &layout, &intents)?,
    };
    let nothing = filled.cells() == 0;
    if !args.dry_run && !nothing {
        let mut output = Output::create(&target)?;
        Output::remove_on_signal(std::iter::once(&output));
        output.write_all(&bytes)?;
        output.commit()?;
    }
    report(&questionnaire, &rows, &joined, &intents, &filled, ui);
    ui.status(&match (nothing, args.dry_run) {
        (true, _) => "no cell to fill in, so nothing is written".into(),
        (_, true) => "nothing is written: this was a dry run".into(),
        (_, false) => format!("wrote {}", name(&target)),
    });
    let whole = filled.refused.is_empty()
        && joined.without_row.is_empty()
        && joined.without_question.is_empty()
        && joined.ambiguous.is_empty();
    Ok(if args.strict && !whole { Ended::NeedsPerson } else { Ended::Done })
}

/// Where the filled file goes; checked before any work.
fn destination(args: &FillArgs) -> Result<PathBuf, CliError> {
    if args.file.as_os_str() == "-" {
        return Err(CliError::new("stdin cannot be filled in").hint("name the questionnaire's file"));
    }
    if args.in_place {
        return Ok(args.file.clone());
    }
    let target = args.output.clone().unwrap_or_else(|| beside(&args.file));
    if target.as_os_str() == "-" {
        return Err(CliError::new("a filled questionnaire does not go to stdout").hint("name a file with -o"));
    }
    for (path, what, hint) in [
        (&args.file, "the questionnaire itself", "name another file, or say --in-place"),
        (&args.from, "the export", "name another file with -o"),
    ] {
        if let (Ok(one), Ok(other)) = (target.canonicalize(), path.canonicalize())
            && one == other
        {
            return Err(CliError::new(format!("{} is {what}", name(&target))).hint(hint));
        }
    }
    if !args.force && !args.dry_run && output::holds_something(&target) {
        return Err(CliError::new(format!("{} is already there", name(&target)))
            .hint("add --force to replace it, or name another file with -o"));
    }
    Ok(target)
}

/// `vendor.filled.xlsx` beside `vendor.xlsx`.
fn beside(file: &Path) -> PathBuf {
    let mut filled = file.file_stem().unwrap_or_default().to_owned();
    filled.push(".filled");
    if let Some(extension) = file.extension() {
        filled.push(".");
        filled.push(extension);
    }
    file.with_file_name(filled)
}

fn assigned(path: &Path) -> Result<Vec<AssignedRow>, CliError> {
    let (shown, source) = input::source(path, "--from takes an export of `whose assign`")?;
    let bytes = all(source, &shown)?;
    read_rows(bytes, &shown).map_err(|error| CliError::new(error.to_string()))
}

fn all(source: impl std::io::Read, shown: &str) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let read = source.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| CliError::io(format!("cannot read {shown}"), &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        let size = MAX_BYTES >> 20;
        return Err(CliError::new(format!("{shown} is larger than {size} MiB, which no questionnaire is")));
    }
    Ok(bytes)
}

fn questions(args: &FillArgs, ui: &mut Ui) -> Result<(Vec<Target>, Layout), CliError> {
    let mut input = Input::open_to_fill(&args.file, &args.layout)?;
    let format = input.layout().format;
    if !matches!(format, Format::Xlsx | Format::Csv) {
        return Err(CliError::new(format!("{} is not filled in: it is {format}", name(&args.file)))
            .hint("save it as .xlsx or as CSV first"));
    }
    input.announce(ui);
    let targets = (&mut input).map(target).collect();
    let layout = input.layout().clone();
    input.report(ui)?;
    Ok((targets, layout))
}

fn target(question: Question) -> Target {
    let column = question.place.column.and_then(|column| u32::try_from(column + 1).ok());
    Target {
        sheet: question.place.sheet,
        row: question.place.line,
        column,
        id: question.id,
        question: question.text,
    }
}

/// The columns that each sheet has for us. Those of answers count only where the user named them.
fn columns(layout: &Layout) -> Vec<SheetColumns> {
    let read = layout.sheets.iter().filter(|sheet| sheet.verdict == Verdict::Read);
    read.map(|sheet| {
        let number = |number: usize| u32::try_from(number).ok();
        let mut filled: Vec<FillColumn> = sheet
            .columns
            .iter()
            .filter_map(|column| {
                let named = column.found == Found::Named;
                let field = field(column.role).filter(|field| *field != Field::Answer || named)?;
                Some(FillColumn {
                    field,
                    number: number(column.number)?,
                    caption: column.name.clone(),
                    named,
                })
            })
            .collect();
        filled.sort_by_key(|column| column.number);
        let question = sheet.column(Role::Question).and_then(|column| number(column.number));
        SheetColumns { sheet: sheet.name.clone(), question, filled }
    })
    .collect()
}

fn field(role: Role) -> Option<Field> {
    match role {
        Role::Owner => Some(Field::Owner),
        Role::ProviderDuty => Some(Field::ProviderDuty),
        Role::CustomerDuty => Some(Field::CustomerDuty),
        Role::Comment => Some(Field::Comment),
        Role::Answer => Some(Field::Answer),
        _ => None,
    }
}

fn require_columns(layout: &Layout, sheets: &[SheetColumns]) -> Result<(), CliError> {
    if sheets.iter().any(|sheet| !sheet.filled.is_empty()) {
        return Ok(());
    }
    let column = if layout.format == Format::Xlsx { "D" } else { "4" };
    Err(CliError::new("the questionnaire has no column for an owner, duties or comments").hint(format!(
        "name one: --column owner={column}, or provider_duty, customer_duty, comment; `whose inspect` shows the columns"
    )))
}

fn workbook(args: &FillArgs, intents: &Intents, ui: &mut Ui) -> Result<(Filled, Vec<u8>), CliError> {
    let bytes = file(&args.file)?;
    let failed =
        |error: crate::workbook::PackageError| CliError::new(format!("{}: {error}", name(&args.file)));
    let package = Package::open(bytes, Limits::default()).map_err(failed)?;
    if package.is_signed() {
        ui.warning("the workbook has a digital signature, which does not hold for the filled one");
    }
    let mut plan = package.plan();
    let filled = fill_workbook(&mut plan, &package, intents, args.overwrite).map_err(failed)?;
    let written = plan.write(Cursor::new(Vec::new())).map_err(failed)?;
    Ok((filled, written.into_inner()))
}

fn text(args: &FillArgs, layout: &Layout, intents: &Intents) -> Result<(Filled, Vec<u8>), CliError> {
    let bytes = file(&args.file)?;
    let table = Delimited::open(bytes, layout.encoding, layout.delimiter);
    let mut table = table.ok_or_else(|| {
        CliError::new(format!("{} is damaged UTF-16", name(&args.file))).hint("save it as UTF-8 first")
    })?;
    let filled = fill_delimited(&mut table, intents, args.overwrite);
    Ok((filled, table.finish()))
}

fn file(path: &Path) -> Result<Vec<u8>, CliError> {
    let (shown, source) = input::source(path, "FILE is a questionnaire: XLSX, XLSM, CSV or TSV")?;
    all(source, &shown)
}

/// What was written and what was not, for people.
fn report(
    targets: &[Target],
    rows: &[AssignedRow],
    joined: &Joined,
    intents: &Intents,
    filled: &Filled,
    ui: &mut Ui,
) {
    let mut by_sheet: BTreeMap<Option<&str>, Vec<String>> = BTreeMap::new();
    for ((sheet, field), cells) in &filled.written {
        by_sheet.entry(sheet.as_deref()).or_default().push(format!("{} {field}", grouped(*cells)));
    }
    for (sheet, fields) in by_sheet {
        let sheet = sheet.map(|sheet| format!("`{}`: ", one_line(sheet))).unwrap_or_default();
        ui.status(&format!("{sheet}{} filled in", fields.join(", ")));
    }
    if filled.already > 0 {
        ui.status(&format!("{} said it already", count(filled.already, "cell")));
    }
    for (reason, questions) in &intents.blank {
        ui.status(&format!("{} left blank: {}", count(*questions, "question"), reason.as_str()));
    }
    if intents.no_column > 0 {
        let questions = count(intents.no_column, "question");
        ui.status(&format!("{questions} on sheets without a column to fill in"));
    }
    if intents.elsewhere > 0 {
        let questions = count(intents.elsewhere, "question");
        ui.warning(&format!("{questions} left blank: they stand below a further header with other columns"));
    }
    for sheet in &filled.protected {
        ui.status(&format!("`{}` is protected; its cells are filled in all the same", one_line(sheet)));
    }
    let place = |at: &usize| {
        let target = &targets[*at];
        let sheet = target.sheet.as_ref().map(|sheet| format!("{}!", one_line(sheet)));
        format!("{}{}", sheet.unwrap_or_else(|| "line ".into()), target.row)
    };
    let refused = filled
        .refused
        .iter()
        .map(|cell| format!("{}: {} not written, {}", cell.place(), cell.field, cell.reason));
    told("refused", "cell", refused, ui);
    let question = |at: &usize| format!("{}: {}", place(at), short(&targets[*at].question));
    told("without a row in the export", "question", joined.without_row.iter().map(question), ui);
    let several = "with several rows in the export that differ";
    told(several, "question", joined.ambiguous.iter().map(question), ui);
    let row = |at: &usize| format!("line {}: {}", rows[*at].line, short(&rows[*at].question));
    told("of the export without a question", "row", joined.without_question.iter().map(row), ui);
}

/// A warning with a line for each of the first few.
fn told(what: &str, noun: &str, lines: impl ExactSizeIterator<Item = String>, ui: &mut Ui) {
    let all = lines.len();
    if all == 0 {
        return;
    }
    ui.warning(&format!("{} {what}", count(all as u64, noun)));
    lines.take(SHOWN).for_each(|line| ui.status(&format!("  {line}")));
    if all > SHOWN {
        ui.status(&format!("  and {} more", count((all - SHOWN) as u64, noun)));
    }
}

fn short(text: &str) -> String {
    const MOST: usize = 70;
    let text = one_line(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::beside;
    use std::path::Path;

    #[test]
    fn the_filled_file_lies_beside_the_questionnaire() {
        assert_eq!(beside(Path::new("a/v.1.xlsx")), Path::new("a/v.1.filled.xlsx"));
        assert_eq!(beside(Path::new("list")), Path::new("list.filled"));
    }
}

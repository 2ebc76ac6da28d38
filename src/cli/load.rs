//! From what was typed to checked objects: catalog, provider, model, decisions, matcher.

use std::path::{Path, PathBuf};

use etcetera::AppStrategy as _;

use crate::catalog::{Catalog, Layer, Model, Provider};
use crate::decisions::{Decision, Decisions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::domain::AreaId;
use crate::labelled::{LabelError, Labelled};
use crate::matching::{ExtraPhrasing, Matcher};
use crate::pipeline;
use crate::suggest;

use super::args::{Common, Deployment};
use super::banks::{self, OwnPhrasing};
use super::error::CliError;
use super::input;
use super::labels;
use super::render;
use super::ui::{Ui, count, quoted};

/// The user's own directories, by each platform's rule.
fn user_directories() -> Option<impl etcetera::AppStrategy> {
    let names = etcetera::AppStrategyArgs {
        top_level_domain: "dev".into(),
        author: "whose".into(),
        app_name: "whose".into(),
    };
    etcetera::choose_app_strategy(names).ok()
}

/// The directory for a person's own mapping files.
pub(crate) fn user_mappings() -> Option<PathBuf> {
    Some(user_directories()?.in_config_dir("mappings"))
}

/// The file for a person's settings.
pub(crate) fn user_config() -> Option<PathBuf> {
    Some(user_directories()?.in_config_dir("config.toml"))
}

/// The file for what a person settled before.
pub(crate) fn user_decisions() -> Option<PathBuf> {
    Some(user_directories()?.in_data_dir(USER_DECISIONS))
}

/// The built-in data, the user's own, what `WHOSE_MAPPINGS` names and what `--mappings` names, in this order.
pub(crate) fn layers(common: &Common) -> Result<Vec<Layer>, CliError> {
    let mut layers = vec![Layer::embedded()];
    let own = user_mappings().filter(|dir| dir.is_dir());
    let told = std::env::var_os("WHOSE_MAPPINGS").unwrap_or_default();
    let told: Vec<PathBuf> = std::env::split_paths(&told).filter(|dir| !dir.as_os_str().is_empty()).collect();
    for dir in own.iter().chain(&told).chain(&common.mappings) {
        layers.push(layer(dir)?);
    }
    Ok(layers)
}

fn layer(dir: &Path) -> Result<Layer, CliError> {
    Layer::from_dir(dir).map_err(|(path, error)| {
        CliError::io(format!("cannot read mappings from {}", quoted(&path.display().to_string())), &error)
            .hint("--mappings takes a directory with one .toml file a provider")
    })
}

/// What users know besides the bank.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    phrasings: Vec<OwnPhrasing>,
    pub(crate) decisions: Decisions,
}

impl Earlier {
    /// A matcher that knows it.
    pub(crate) fn matcher(&self, catalog: &Catalog) -> Matcher {
        let phrasings = self.phrasings.iter().map(OwnPhrasing::extra);
        let extra: Vec<ExtraPhrasing<'_>> = self.decisions.phrasings().chain(phrasings).collect();
        pipeline::matcher_with(catalog, &extra)
    }
}

/// The catalog; a mapping file or a phrasing with an error stops the command, and all problems are shown.
pub(crate) fn catalog(common: &Common, ui: &mut Ui) -> Result<Catalog, CliError> {
    Ok(facts(common, ui)?.0)
}

/// The catalog with the user's own phrasings and decisions; an error in any of them stops the command.
pub(crate) fn all(common: &Common, ui: &mut Ui) -> Result<(Catalog, Earlier), CliError> {
    let (catalog, phrasings) = facts(common, ui)?;
    let earlier = earlier(common, &catalog, phrasings, (None, |_| true), ui)?;
    Ok((catalog, earlier))
}

/// What users know besides the bank, where decisions are going to be kept in a file that need not be there yet, and
/// without those that are not meant.
pub(crate) fn earlier(
    common: &Common,
    catalog: &Catalog,
    phrasings: Vec<OwnPhrasing>,
    (book, is_meant): (Option<&Path>, impl Fn(&Decision) -> bool),
    ui: &mut Ui,
) -> Result<Earlier, CliError> {
    let decisions = decisions(common, (book, is_meant), &area_ids(catalog), ui)?;
    Ok(Earlier { phrasings, decisions })
}

/// The catalog, and the user's own phrasings.
pub(crate) fn facts(common: &Common, ui: &mut Ui) -> Result<(Catalog, Vec<OwnPhrasing>), CliError> {
    let layers = layers(common)?;
    let (catalog, mut problems) = Catalog::load(&layers);
    let (phrasings, in_phrasings) = banks::own(&layers, &area_ids(&catalog));
    problems.extend(in_phrasings);
    let errors: Vec<Diagnostic> =
        problems.into_iter().filter(|problem| problem.severity == Severity::Error).collect();
    if errors.is_empty() {
        return Ok((catalog, phrasings));
    }
    render::problems(&errors, ui)?;
    Err(CliError::new(format!("{} in the mapping files", count(errors.len() as u64, "error")))
        .hint("`whose check` shows them again, with the warnings"))
}

fn area_ids(catalog: &Catalog) -> Vec<AreaId> {
    catalog.areas().iter().map(|area| area.id.clone()).collect()
}

/// The name of the file for what a person settled before, and what notes call it: they go to others, and where that
/// file lies is nobody's business.
const USER_DECISIONS: &str = "decisions.csv";

/// What a file of decisions must have.
pub(crate) const DECISION_COLUMNS: [&str; 2] = [
    "decisions have the columns `question`, `area`, `also`, `status` and `reviewer`, as exports have",
    "`whose assign --help` says how an export becomes decisions",
];

/// What people settled before: in the user's own file, and in those that were named; all errors are told together.
fn decisions(
    common: &Common,
    (book, is_meant): (Option<&Path>, impl Fn(&Decision) -> bool),
    known: &[AreaId],
    ui: &mut Ui,
) -> Result<Decisions, CliError> {
    let own = user_decisions().filter(|file| file.is_file());
    let own = own.iter().map(|path| (path, Some(USER_DECISIONS)));
    let is_new = |path: &PathBuf| book == Some(path) && !path.exists();
    let named = common.decisions.iter().filter(|path| !is_new(path)).map(|path| (path, None));
    let (mut decisions, mut errors) = (Decisions::default(), Vec::new());
    for (path, called) in own.chain(named) {
        if path.as_os_str() == "-" {
            return Err(CliError::new("decisions are not read from stdin").hint("name a file"));
        }
        // What one bad line holds up where decisions are kept is every command; elsewhere somebody is there to mend it.
        let is_kept = called.is_some() || book == Some(path);
        // Somebody is just beginning it.
        if is_kept && std::fs::metadata(path).is_ok_and(|found| found.len() == 0) {
            continue;
        }
        let (name, source) = input::source(path, "--decisions takes an export of `whose`, as CSV")?;
        let read = match Labelled::read_usable_decisions(source, &name, known) {
            Ok((table, unusable)) if is_kept => {
                tell_unusable(&unusable, ui);
                Ok(table)
            }
            Ok((table, unusable)) if unusable.is_empty() => Ok(table),
            Err(unusable) if is_kept && matches!(unusable.as_slice(), [LabelError::Empty { .. }]) => continue,
            Ok((_, unusable)) | Err(unusable) => Err(unusable),
        };
        match read {
            Ok(table) => {
                if decisions.add(table, called.unwrap_or(&name), &is_meant) == 0 && called.is_none() {
                    let settled = "decisions have the status confirmed or corrected";
                    ui.warning(&format!("{name}: no row is settled; {settled}"));
                }
            }
            Err(found) => errors.extend(found),
        }
    }
    labels::told(&errors, DECISION_COLUMNS, ui)?;
    Ok(decisions)
}

/// Decisions that are passed over, and why; the first of them are told.
fn tell_unusable(unusable: &[LabelError], ui: &mut Ui) {
    const TOLD: usize = 3;
    for error in unusable.iter().take(TOLD) {
        ui.warning(&format!("a decision is passed over: {error}"));
    }
    if let Some(more) = unusable.len().checked_sub(TOLD).filter(|more| *more > 0) {
        ui.warning(&format!("{} more passed over", count(more as u64, "decision")));
    }
}

/// The provider and the model that were named.
pub(crate) fn deployment<'a>(
    catalog: &'a Catalog,
    named: &Deployment,
) -> Result<(&'a Provider, &'a Model), CliError> {
    let Some(id) = &named.provider else {
        return Err(CliError::new("no provider named").hint(format!("add -p, one of: {}", ids(catalog))));
    };
    let provider = provider(catalog, id)?;
    Ok((provider, model(provider, named.model.as_deref())?))
}

/// The provider with this id.
pub(crate) fn provider<'a>(catalog: &'a Catalog, id: &str) -> Result<&'a Provider, CliError> {
    let unknown = || {
        let names = catalog.providers().iter().flat_map(|known| [known.id.as_str(), known.name.as_str()]);
        let near = suggest::nearest(id, names).map(|near| {
            let named = catalog.providers().iter().find(|known| known.name == near || known.id == near);
            named.map_or(near, |known| known.id.as_str())
        });
        let error = CliError::new(format!("no provider {}", quoted(id)));
        let error = match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        };
        error.hint(format!("known: {}", ids(catalog)))
    };
    catalog.provider(id).ok_or_else(unknown)
}

/// The model with this id, or the only one.
pub(crate) fn model<'a>(provider: &'a Provider, id: Option<&str>) -> Result<&'a Model, CliError> {
    let ids: Vec<&str> = provider.models.iter().map(|model| model.id.as_str()).collect();
    let Some(id) = id else {
        return match provider.models.as_slice() {
            [only] => Ok(only),
            _ => Err(CliError::new(format!("{} has several deployment models", provider.name))
                .hint(format!("add -m, one of: {}", ids.join(", ")))),
        };
    };
    let known = provider.models.iter().find(|model| model.id.eq_ignore_ascii_case(id));
    known.ok_or_else(|| {
        let error = CliError::new(format!("{} has no deployment model {}", provider.name, quoted(id)));
        let error = match suggest::nearest(id, ids.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        };
        error.hint(format!("known: {}", ids.join(", ")))
    })
}

fn ids(catalog: &Catalog) -> String {
    let ids: Vec<&str> = catalog.providers().iter().map(|provider| provider.id.as_str()).collect();
    ids.join(", ")
}

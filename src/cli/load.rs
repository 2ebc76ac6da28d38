//! From what was typed to checked objects: catalog, provider, model, matcher.

use std::path::{Path, PathBuf};

use etcetera::AppStrategy as _;

use crate::catalog::{Catalog, Layer, Model, Provider};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suggest;

use super::args::{Common, Deployment};
use super::error::CliError;
use super::render;
use super::ui::{Ui, count, quoted};

/// The directory for a person's own mapping files.
pub(crate) fn user_mappings() -> Option<PathBuf> {
    let names = etcetera::AppStrategyArgs {
        top_level_domain: "dev".into(),
        author: "whose".into(),
        app_name: "whose".into(),
    };
    Some(etcetera::choose_app_strategy(names).ok()?.in_config_dir("mappings"))
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

/// The catalog; a mapping file with an error stops the command, and all problems are shown.
pub(crate) fn catalog(common: &Common, ui: &mut Ui) -> Result<Catalog, CliError> {
    let (catalog, problems) = Catalog::load(&layers(common)?);
    let errors: Vec<Diagnostic> =
        problems.into_iter().filter(|problem| problem.severity == Severity::Error).collect();
    if errors.is_empty() {
        return Ok(catalog);
    }
    render::problems(&errors, ui)?;
    Err(CliError::new(format!("{} in the mapping files", count(errors.len() as u64, "error")))
        .hint("`whose check` shows them again, with the warnings"))
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

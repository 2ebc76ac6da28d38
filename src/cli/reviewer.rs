//! Who reviews: what was typed, `WHOSE_REVIEWER`, the configuration, or git's user name.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::safe_text::one_line;

use super::error::CliError;
use super::load;
use super::output::name;

#[derive(Debug, Default, Deserialize)]
struct Config {
    reviewer: Option<String>,
}

/// The name; empty where nothing tells it.
///
/// # Errors
/// The configuration is there and cannot be read.
pub(crate) fn reviewer(typed: Option<&str>) -> Result<String, CliError> {
    if let Some(typed) = typed {
        return Ok(one_line(typed));
    }
    let told = std::env::var("WHOSE_REVIEWER").ok().filter(|told| !told.trim().is_empty());
    if let Some(told) = told.or(configured()?).or_else(of_git) {
        return Ok(one_line(&told));
    }
    Ok(String::new())
}

fn configured() -> Result<Option<String>, CliError> {
    let Some(path) = load::user_config().filter(|path: &PathBuf| path.is_file()) else { return Ok(None) };
    let failed = |error: &dyn std::fmt::Display| {
        CliError::new(format!("{}: {error}", name(&path))).hint("it may say: reviewer = \"Ada\"")
    };
    let text = std::fs::read_to_string(&path).map_err(|error| failed(&error))?;
    let config: Config = toml::from_str(&text).map_err(|error| failed(&error))?;
    Ok(config.reviewer)
}

/// Nothing where there is no git, or it knows no name.
fn of_git() -> Option<String> {
    let mut git = Command::new("git");
    git.args(["config", "--get", "user.name"]).stdin(Stdio::null()).stderr(Stdio::null());
    let output = git.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok().filter(|name| !name.trim().is_empty())
}

//! How one questionnaire is read, kept beside it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::atomic::NewFile;
use crate::questionnaire::{ColumnRef, Options};

use super::args::LayoutArgs;
use super::error::CliError;
use super::output::name;

/// The largest profile that is read, in bytes.
const MAX_BYTES: u64 = 64 << 10;

/// What a profile says; what it leaves out is found in the questionnaire.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    /// The sheets to read, by name or number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sheets: Vec<String>,
    /// The line or row of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<u64>,
    /// Which column plays which role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    columns: BTreeMap<String, String>,
}

/// The profile's file: `vendor.xlsx.whose.toml` beside `vendor.xlsx`.
pub(crate) fn path_beside(questionnaire: &Path) -> PathBuf {
    let mut path = questionnaire.as_os_str().to_owned();
    path.push(".whose.toml");
    path.into()
}

/// What the profile beside a questionnaire says, with what the user typed on top of it; and the profile's file, if
/// there is one.
///
/// # Errors
/// The profile cannot be read, or says something that is no profile's.
pub(crate) fn options(
    questionnaire: &Path,
    typed: &LayoutArgs,
) -> Result<(Options, Option<PathBuf>), CliError> {
    let path = path_beside(questionnaire);
    if typed.no_profile || questionnaire.as_os_str() == "-" || !path.is_file() {
        return Ok((typed.options(), None));
    }
    let failed = |error: &dyn std::fmt::Display| {
        CliError::new(format!("{}: {error}", name(&path)))
            .hint("mend it, write it anew with `whose inspect --save`, or pass it over with --no-profile")
    };
    let mut text = String::new();
    // What the file system says of its size need not be so.
    let read = File::open(&path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text));
    let size = read.map_err(|error| failed(&error))? as u64;
    if size > MAX_BYTES {
        return Err(failed(&format!("larger than {} KiB, so it is no profile", MAX_BYTES >> 10)));
    }
    let profile: Profile = toml::from_str(&text).map_err(|error| failed(&error))?;
    let mut columns = Vec::new();
    for (role, column) in &profile.columns {
        columns.push((role.parse().map_err(|error| failed(&error))?, ColumnRef::new(column)));
    }
    // Of a role that is named twice the later column counts: the typed one.
    columns.extend(typed.column.iter().cloned());
    let options = Options {
        columns,
        sheets: if typed.sheet.is_empty() { profile.sheets } else { typed.sheet.clone() },
        header_line: typed.header.or(profile.header),
        format: None,
        on_every_sheet: false,
    };
    Ok((options, Some(path)))
}

/// Keeps how a questionnaire is read beside it and gives the file.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn save(questionnaire: &Path, options: &Options) -> Result<PathBuf, CliError> {
    let path = path_beside(questionnaire);
    let column = |(role, column): &(crate::questionnaire::Role, ColumnRef)| {
        (role.as_str().to_owned(), column.as_str().to_owned())
    };
    let profile = Profile {
        sheets: options.sheets.clone(),
        header: options.header_line,
        columns: options.columns.iter().map(column).collect(),
    };
    let failed = |error: &std::io::Error| CliError::io(format!("cannot write {}", name(&path)), error);
    let text = toml::to_string(&profile).map_err(|error| CliError::new(error.to_string()))?;
    let mut file = NewFile::create(&path).map_err(|error| failed(&error))?;
    let written =
        writeln!(file, "# How `whose` reads the questionnaire beside this file.\n{}", text.trim_end());
    written.and_then(|()| file.commit()).map_err(|error| failed(&error))?;
    Ok(path)
}

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Problems, SourceFile};
use crate::domain::AreaId;
use crate::suggest;

use super::parse;
use super::table::{Table, Text};

/// Whether an area can be divided between parties at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Every organisation does it for itself, whatever it rents.
    Own,
    /// It is split between those who run the parts.
    Divided,
}

impl fmt::Display for Nature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Nature::Own => "own",
            Nature::Divided => "divided",
        })
    }
}

/// What a question can be about.
#[derive(Clone, Debug)]
pub struct Area {
    /// The stable id.
    pub id: AreaId,
    /// The name for people.
    pub title: String,
    /// The group of areas it belongs to.
    pub domain: String,
    /// Whether it can be divided.
    pub nature: Nature,
    /// What belongs here.
    pub is: String,
    /// Where its nearest neighbours begin; empty where nothing needs saying.
    pub not: String,
}

/// Reads an `areas.toml`. Areas come out only where the file has no error.
pub(super) fn read(file: &Arc<SourceFile>) -> (Vec<Area>, Vec<Diagnostic>) {
    let mut problems = Problems::new(Arc::clone(file));
    let mut areas: Vec<Area> = Vec::new();
    let mut ids: Vec<Text> = Vec::new();
    parse::document(file, "areas.toml", &mut problems, |root, problems| {
        for mut table in root.tables("area", "an area", problems) {
            let id = parse::id(&mut table, problems);
            areas.extend(read_one(&mut table, id.as_ref(), problems));
            table.finish(problems);
            let Some(id) = id else { continue };
            if let Some(first) = ids.iter().find(|other| other.value == id.value) {
                parse::report_twice("area", first, &id, problems);
            }
            ids.push(id);
        }
    });
    if problems.has_errors() {
        areas.clear();
    }
    (areas, problems.into_sorted())
}

fn read_one(table: &mut Table<'_>, id: Option<&Text>, problems: &mut Problems) -> Option<Area> {
    let title = table.text("title", problems);
    let domain = table.text("domain", problems);
    let nature = table.text("nature", problems);
    let is = table.text("is", problems);
    let not = table.any_text("not", problems);
    let nature = nature.and_then(|text| match text.value.as_str() {
        "own" => Some(Nature::Own),
        "divided" => Some(Nature::Divided),
        other => {
            let message = format!("no nature `{other}`");
            let problem = problems.error(Code::BadValue, text.span, message, "expected `own` or `divided`");
            problem.help =
                suggest::nearest(other, ["own", "divided"]).map(|near| format!("did you mean `{near}`?"));
            None
        }
    });
    Some(Area {
        id: AreaId::new(&id?.value),
        title: title?.value,
        domain: domain?.value,
        nature: nature?,
        is: is?.value,
        not: not.map(|text| text.value).unwrap_or_default(),
    })
}

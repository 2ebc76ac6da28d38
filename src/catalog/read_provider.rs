//! A mapping file becomes a [`Provider`], or a list of everything that is wrong with it.
//!
//! First every table is read as it stands; then what refers to something else is looked up. What is missing is noted
//! and left empty, so that one look finds every problem; a provider with a problem never gets out.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Problems, SourceFile};
use crate::domain::AreaId;
use crate::suggest;

use super::check_provider;
use super::parse;
use super::provider::{Actor, Document, Model, Provider, Responsibility};
use super::table::{Table, Text};

/// A responsibility as read, with the places that later checks point at.
pub(super) struct Draft {
    pub(super) responsibility: Responsibility,
    pub(super) id: Text,
    pub(super) models: Vec<Text>,
    pub(super) replaces: Vec<Text>,
    pub(super) prevails_over: Vec<Text>,
}

/// A model as read.
pub(super) struct ModelDraft {
    pub(super) model: Model,
    pub(super) id: Text,
    pub(super) header: std::ops::Range<usize>,
    pub(super) extends: Option<Text>,
    pub(super) outside: Option<Text>,
}

/// What a statement may refer to.
struct Known<'a> {
    areas: &'a [AreaId],
    third_parties: &'a [(Arc<str>, String)],
}

const PARTIES: &str = "write `provider`, `customer` or an id from `[third-parties]`";

/// Reads a provider's mapping file. A provider comes out only where the file has no error.
pub(super) fn read(
    file: &Arc<SourceFile>,
    stem: &str,
    areas: &[AreaId],
) -> (Option<Provider>, Vec<Diagnostic>) {
    let mut problems = Problems::new(Arc::clone(file));
    let mut provider = None;
    parse::document(file, "a provider file", &mut problems, |root, problems| {
        provider = Some(read_root(root, file, stem, areas, problems));
    });
    if problems.has_errors() {
        provider = None;
    }
    (provider, problems.into_sorted())
}

fn read_root(
    root: &mut Table<'_>,
    file: &SourceFile,
    stem: &str,
    areas: &[AreaId],
    problems: &mut Problems,
) -> Provider {
    let id = parse::id(root, problems);
    let misnamed = |id: &&Text| id.value != stem && parse::is_kebab_case(&id.value);
    if let Some(id) = id.as_ref().filter(misnamed) {
        let message = format!("provider `{}` in a file named `{stem}.toml`", id.value);
        problems.error(Code::FileName, id.span.clone(), message, "expected the file's name").help =
            Some(format!("rename the file to `{}.toml`, or the id to `{stem}`", id.value));
    }
    let name = root.text("name", problems);
    let document =
        root.table("document", "the document", problems).map(|table| read_document(table, problems));
    let document = document.unwrap_or_default();
    let third_parties = read_third_parties(root, problems);
    let models = read_models(root, problems);
    let known = Known { areas, third_parties: &third_parties };
    let mut drafts = Vec::new();
    for mut table in root.tables("responsibility", "a responsibility", problems) {
        drafts.push(read_responsibility(&mut table, &known, problems));
        table.finish(problems);
    }
    let provider = Provider {
        id: value(id),
        name: value(name),
        document,
        third_parties,
        models: models.iter().map(|draft| draft.model.clone()).collect(),
        responsibilities: Vec::new(),
        file: file.path.clone(),
    };
    check_provider::complete(provider, &models, &drafts, problems)
}

/// What was written, or nothing where that was reported.
fn value(text: Option<Text>) -> String {
    text.map(|text| text.value).unwrap_or_default()
}

fn read_document(mut table: Table<'_>, problems: &mut Problems) -> Document {
    let title = table.text("title", problems);
    let url = table.text("url", problems);
    let read = table.text("read", problems);
    table.finish(problems);
    if let Some(url) = url.as_ref().filter(|url| !parse::is_url(&url.value)) {
        let label = "expected an address that begins with https:// or http://";
        problems.error(Code::BadValue, url.span.clone(), "`url` is not a web address", label).help =
            Some("copy the document's address from the browser".into());
    }
    if let Some(read) = read.as_ref().filter(|read| !parse::is_date(&read.value)) {
        let label = "expected a day of the calendar as YYYY-MM-DD";
        problems.error(Code::BadValue, read.span.clone(), "`read` is not a date", label).help =
            Some("write the day on which you read the document, such as \"2026-11-21\"".into());
    }
    Document { title: value(title), url: value(url), read: value(read) }
}

fn read_third_parties(root: &mut Table<'_>, problems: &mut Problems) -> Vec<(Arc<str>, String)> {
    let pairs = root.pairs("third-parties", problems);
    for (id, _) in &pairs {
        if ["provider", "customer"].contains(&id.value.as_str()) {
            let message = format!("`{}` is not a third party", id.value);
            problems
                .error(Code::BadId, id.span.clone(), message, "this word has a meaning of its own")
                .help = Some("write the third party's own name, such as `aws`".into());
        }
        parse::check_id(id, problems);
    }
    pairs.into_iter().map(|(id, name)| (id.value.into(), name.value)).collect()
}

fn read_models(root: &mut Table<'_>, problems: &mut Problems) -> Vec<ModelDraft> {
    let mut models = Vec::new();
    if !root.has("model") {
        problems.error(Code::MissingKey, root.span(), "a provider without a model", "in this file").help =
            Some("add a `[[model]]`; a provider with only one calls it `default`".into());
    }
    for mut table in root.tables("model", "a model", problems) {
        let id = parse::id(&mut table, problems);
        let name = table.text("name", problems);
        let is = table.text("is", problems);
        let extends = table.optional_text("extends", problems);
        let outside = table.optional_text("outside", problems);
        let header = table.span();
        table.finish(problems);
        let Some(id) = id else { continue };
        let model = Model {
            id: id.value.clone(),
            name: value(name),
            is: value(is),
            extends: extends.as_ref().map(|text| text.value.clone()),
            outside: outside.as_ref().map(|text| text.value.clone()),
        };
        models.push(ModelDraft { model, id, header, extends, outside });
    }
    models
}

fn read_responsibility(table: &mut Table<'_>, known: &Known<'_>, problems: &mut Problems) -> Draft {
    let id = parse::id(table, problems);
    let models = table.texts("models", problems).map(|(texts, span)| {
        let help = "leave `models` out where the statement holds for every model";
        report_empty("models", &texts, &span, help, problems);
        texts
    });
    let models = models.unwrap_or_default();
    let section = table.text("section", problems);
    let label = table.text("label", problems);
    let areas = table.required_texts("areas", problems).map(|(texts, span)| {
        let help = "name what the statement speaks of; `whose areas` lists them";
        report_empty("areas", &texts, &span, help, problems);
        read_areas(&texts, known.areas, problems)
    });
    let accountable = table.required_texts("accountable", problems).map(|(texts, span)| {
        report_empty("accountable", &texts, &span, PARTIES, problems);
        let mut actors = read_actors(&texts, known, problems);
        actors.sort();
        (actors, span)
    });
    let mut duties: Vec<(Actor, String)> = Vec::new();
    let problems_before = problems.count();
    for (who, duty) in table.pairs("duties", problems) {
        duties.extend(actor(&who, known, problems).map(|actor| (actor, duty.value)));
    }
    duties.sort_by(|a, b| a.0.cmp(&b.0));
    let duties_are_sound = problems.count() == problems_before;
    let note = table.optional_text("note", problems);
    let replaces = table.texts("replaces", problems).unwrap_or_default().0;
    let prevails_over = table.texts("prevails_over", problems).unwrap_or_default().0;
    let because = table.optional_text("because", problems);
    report_reason(&prevails_over, because.as_ref(), problems);
    let (accountable, span) = accountable.unwrap_or_default();
    if duties_are_sound {
        // A duty that is there under a misspelt name is not missing as well.
        report_missing_duties(&accountable, &duties, &span, problems);
    }
    let values = |texts: &[Text]| texts.iter().map(|text| text.value.clone()).collect();
    let header = table.span();
    let id = id.unwrap_or_else(|| Text { value: String::new(), span: header.clone() });
    let responsibility = Responsibility {
        id: id.value.clone(),
        models: values(&models),
        section: value(section),
        label: value(label),
        areas: areas.unwrap_or_default(),
        accountable,
        duties,
        note: note.map(|text| text.value),
        replaces: values(&replaces),
        prevails_over: values(&prevails_over),
        because: because.map(|text| text.value),
    };
    Draft { responsibility, id, models, replaces, prevails_over }
}

fn report_empty(
    key: &str,
    texts: &[Text],
    span: &std::ops::Range<usize>,
    help: &str,
    problems: &mut Problems,
) {
    if texts.is_empty() {
        problems
            .error(Code::BadValue, span.clone(), format!("`{key}` is empty"), "expected at least one")
            .help = Some(help.into());
    }
}

fn report_reason(over: &[Text], because: Option<&Text>, problems: &mut Problems) {
    match (over.first(), because) {
        (Some(first), None) => {
            let label = "a contradiction is settled here";
            problems
                .error(Code::Contradiction, first.span.clone(), "`prevails_over` without `because`", label)
                .help = Some("say in `because` why this statement is followed".into());
        }
        (None, Some(because)) => {
            let label = "the reason for what?";
            problems
                .error(Code::Contradiction, because.span.clone(), "`because` without `prevails_over`", label)
                .help = Some(
                "name in `prevails_over` the statement that this one contradicts; a remark goes into `note`"
                    .into(),
            );
        }
        _ => {}
    }
}

fn report_missing_duties(
    accountable: &[Actor],
    duties: &[(Actor, String)],
    span: &std::ops::Range<usize>,
    problems: &mut Problems,
) {
    for actor in accountable {
        if !duties.iter().any(|(who, _)| who == actor) {
            let message = format!("`{actor}` is accountable, and its duty is not said");
            problems.error(Code::MissingDuty, span.clone(), message, "accountable for what?").help =
                Some(format!("add `duties.{actor} = \"…\"`, or take `{actor}` out of `accountable`"));
        }
    }
}

fn read_areas(texts: &[Text], known: &[AreaId], problems: &mut Problems) -> Vec<AreaId> {
    let mut areas: Vec<AreaId> = Vec::new();
    for text in texts {
        let Some(area) = known.iter().find(|area| area.as_str() == text.value) else {
            let message = format!("no area `{}`", text.value);
            let near = suggest::nearest(&text.value, known.iter().map(AreaId::as_str));
            problems.error(Code::UnknownArea, text.span.clone(), message, "unknown area").help = Some(
                near.map_or("`whose areas` lists them".into(), |near| format!("did you mean `{near}`?")),
            );
            continue;
        };
        if areas.contains(area) {
            let message = format!("area `{area}` is listed twice");
            problems.error(Code::Repeated, text.span.clone(), message, "again").help =
                Some("remove it".into());
            continue;
        }
        areas.push(area.clone());
    }
    areas
}

fn read_actors(texts: &[Text], known: &Known<'_>, problems: &mut Problems) -> Vec<Actor> {
    let mut actors = Vec::new();
    for text in texts {
        let Some(actor) = actor(text, known, problems) else { continue };
        if actors.contains(&actor) {
            let message = format!("party `{actor}` is listed twice");
            problems.error(Code::Repeated, text.span.clone(), message, "again").help =
                Some("remove it".into());
            continue;
        }
        actors.push(actor);
    }
    actors
}

fn actor(text: &Text, known: &Known<'_>, problems: &mut Problems) -> Option<Actor> {
    match text.value.as_str() {
        "provider" => return Some(Actor::Provider),
        "customer" => return Some(Actor::Customer),
        _ => {}
    }
    if let Some((id, _)) = known.third_parties.iter().find(|(id, _)| **id == *text.value) {
        return Some(Actor::ThirdParty(Arc::clone(id)));
    }
    let names = ["provider", "customer"].into_iter().chain(known.third_parties.iter().map(|(id, _)| &**id));
    let near = suggest::nearest(&text.value, names);
    let message = format!("no party `{}`", text.value.escape_debug());
    problems.error(Code::UnknownParty, text.span.clone(), message, "unknown party").help = Some(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if parse::is_kebab_case(&text.value) => {
            format!("{PARTIES}; there, a third party is `{} = \"its name\"`", text.value)
        }
        None => PARTIES.into(),
    });
    None
}

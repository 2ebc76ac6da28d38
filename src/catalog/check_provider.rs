//! What refers to something else within one provider: models, and statements about other statements.

use crate::diagnostic::{Code, Label, Problems};
use crate::suggest;

use super::parse;
use super::provider::{Model, Provider, Responsibility};
use super::read_provider::{Draft, ModelDraft};
use super::table::Text;

/// Puts the statements into the provider and checks every reference.
pub(super) fn complete(
    mut provider: Provider,
    models: &[ModelDraft],
    drafts: &[Draft],
    problems: &mut Problems,
) -> Provider {
    let problems_before = problems.count();
    check_models(models, problems);
    check_ids(drafts, problems);
    for draft in drafts {
        check_models_of(draft, models, problems);
    }
    let references_hold = problems.count() == problems_before;
    let covered: Vec<String> = provider
        .models
        .iter()
        .filter(|model| model.outside.is_none())
        .map(|model| model.id.clone())
        .collect();
    provider.responsibilities = drafts.iter().map(|draft| draft.responsibility.clone()).collect();
    for responsibility in &mut provider.responsibilities {
        if responsibility.models.is_empty() {
            responsibility.models.clone_from(&covered);
        }
    }
    // What follows walks along these references: through one that does not hold it would find more than is wrong,
    // and around a circle it would not end.
    if references_hold && drafts.iter().all(|draft| !draft.id.value.is_empty()) {
        for draft in drafts {
            check_replaces(draft, &provider, problems);
            check_prevails(draft, &provider, problems);
        }
    }
    if !problems.has_errors() {
        // Only a whole file tells what was meant: these are warnings.
        for draft in drafts {
            check_contradictions(draft, &provider, problems);
        }
        check_coverage(&provider, models, problems);
    }
    provider
}

fn check_models(models: &[ModelDraft], problems: &mut Problems) {
    for (index, draft) in models.iter().enumerate() {
        if let Some(first) = models[..index].iter().find(|other| other.model.id == draft.model.id) {
            parse::report_twice("model", &first.id, &draft.id, problems);
        }
        let Some(extends) = &draft.extends else { continue };
        if draft.outside.is_some() {
            let message = format!("model `{}` extends another and is left outside", draft.model.id);
            problems.error(Code::Coverage, extends.span.clone(), message, "nothing is stated for it").help =
                Some("keep either `extends` or `outside`".into());
        }
        if !models.iter().any(|other| other.model.id == extends.value) {
            unknown_model(extends, models, problems);
        } else if let Some(circle) = circle(&draft.model, models).filter(|circle| {
            // Told once, where it first appears.
            !models[..index].iter().any(|earlier| circle.contains(&earlier.model.id.as_str()))
        }) {
            let message = match circle.as_slice() {
                [_, _] => format!("model `{}` extends itself", draft.model.id),
                _ => format!("models extend each other in a circle: {}", circle.join(" → ")),
            };
            problems.error(Code::Circle, extends.span.clone(), message, "leads back to this model").help =
                Some("remove one `extends`: one model must stand by itself".into());
        }
    }
}

/// The way from a model back to itself, if there is one.
fn circle<'a>(start: &'a Model, models: &'a [ModelDraft]) -> Option<Vec<&'a str>> {
    let parent = |id: &str| models.iter().find(|draft| draft.model.id == id)?.model.extends.as_deref();
    let mut way = vec![start.id.as_str()];
    let mut at = start.extends.as_deref();
    while let Some(id) = at.filter(|_| way.len() <= models.len()) {
        way.push(id);
        if id == start.id {
            return Some(way);
        }
        at = parent(id);
    }
    None
}

fn unknown_model(text: &Text, models: &[ModelDraft], problems: &mut Problems) {
    let ids: Vec<&str> = models.iter().map(|draft| draft.model.id.as_str()).collect();
    let help = match suggest::nearest(&text.value, ids.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("models of this provider: {}", ids.join(", ")),
    };
    let message = format!("no model `{}`", text.value);
    problems.error(Code::UnknownModel, text.span.clone(), message, "unknown model").help = Some(help);
}

fn check_ids(drafts: &[Draft], problems: &mut Problems) {
    for (index, draft) in drafts.iter().enumerate() {
        let same = |other: &&Draft| other.id.value == draft.id.value && !draft.id.value.is_empty();
        if let Some(first) = drafts[..index].iter().find(same) {
            parse::report_twice("responsibility", &first.id, &draft.id, problems);
        }
    }
}

fn check_models_of(draft: &Draft, models: &[ModelDraft], problems: &mut Problems) {
    for (index, text) in draft.models.iter().enumerate() {
        if draft.models[..index].iter().any(|other| other.value == text.value) {
            let message = format!("model `{}` is listed twice", text.value);
            problems.error(Code::Repeated, text.span.clone(), message, "again").help =
                Some("remove it".into());
            continue;
        }
        let Some(model) = models.iter().find(|draft| draft.id.value == text.value) else {
            unknown_model(text, models, problems);
            continue;
        };
        let Some(outside) = &model.outside else { continue };
        let message = format!("a statement for `{}`, which the document leaves outside", text.value);
        let problem = problems.error(Code::Coverage, text.span.clone(), message, "has a statement after all");
        problem.related = Some(Label { span: outside.span.clone(), text: "said to be outside".into() });
        problem.help = Some("remove the model here, or its `outside`".into());
    }
}

/// The statements in force for a model before anything is replaced: its own and those of the models it extends.
fn stated_for<'a>(provider: &'a Provider, model: &'a Model) -> impl Iterator<Item = &'a Responsibility> {
    let lineage: Vec<&str> = provider.lineage(model).map(|model| model.id.as_str()).collect();
    provider.responsibilities.iter().filter(move |responsibility| {
        responsibility.models.iter().any(|model| lineage.contains(&model.as_str()))
    })
}

fn models_of<'a>(draft: &'a Draft, provider: &'a Provider) -> impl Iterator<Item = &'a Model> {
    let responsibility = provider.responsibilities.iter().find(|other| other.id == draft.responsibility.id);
    responsibility.into_iter().flat_map(|found| &found.models).filter_map(|id| provider.model(id))
}

fn check_replaces(draft: &Draft, provider: &Provider, problems: &mut Problems) {
    for text in &draft.replaces {
        for model in models_of(draft, provider) {
            let inherited = || stated_for(provider, model).filter(|other| !other.models.contains(&model.id));
            if inherited().any(|other| other.id == text.value) {
                continue;
            }
            let message = format!("`{}` inherits no responsibility `{}`", model.id, text.value);
            let known = provider.responsibilities.iter().find(|other| other.id == text.value);
            let near = suggest::nearest(&text.value, inherited().map(|other| other.id.as_str()));
            let help = match (known, near, &model.extends) {
                (_, _, None) => {
                    format!("`{}` extends no model, so it inherits nothing: remove this", model.id)
                }
                (Some(known), ..) => {
                    let stated = known.models.join("` and `");
                    let id = &known.id;
                    format!(
                        "`{id}` is stated for `{stated}`, not inherited: narrow it with `models`, or edit it there"
                    )
                }
                (None, Some(near), _) => format!("did you mean `{near}`?"),
                (None, None, Some(parent)) => format!("write the id of a statement for `{parent}`"),
            };
            problems
                .error(Code::UnknownResponsibility, text.span.clone(), message, "nothing to replace")
                .help = Some(help);
        }
    }
}

/// The other statements that are in force where this one is.
fn others<'a>(
    draft: &'a Draft,
    provider: &'a Provider,
    model: &'a Model,
) -> impl Iterator<Item = &'a Responsibility> {
    stated_for(provider, model).filter(|other| other.id != draft.responsibility.id)
}

fn check_prevails(draft: &Draft, provider: &Provider, problems: &mut Problems) {
    for text in &draft.prevails_over {
        for model in models_of(draft, provider) {
            if others(draft, provider, model).any(|other| other.id == text.value) {
                if prevails(&text.value, &draft.id.value, provider) {
                    let message =
                        format!("`{}` and `{}` prevail over each other", draft.id.value, text.value);
                    let label = "which one is followed?";
                    problems.error(Code::Circle, text.span.clone(), message, label).help =
                        Some("take `prevails_over` out of one of them".into());
                }
                continue;
            }
            let message = format!("no other responsibility `{}` in `{}`", text.value, model.id);
            let ids = others(draft, provider, model).map(|other| other.id.as_str());
            let help = match suggest::nearest(&text.value, ids) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write the id of the statement that this one contradicts".into(),
            };
            problems
                .error(Code::UnknownResponsibility, text.span.clone(), message, "nothing to prevail over")
                .help = Some(help);
        }
    }
}

/// Whether a statement prevails over another, directly or over some between them.
fn prevails<'a>(from: &'a str, over: &str, provider: &'a Provider) -> bool {
    let mut known = vec![from];
    let mut at = 0;
    while let Some(&id) = known.get(at) {
        let said = provider.responsibilities.iter().filter(|said| said.id == id);
        for next in said.flat_map(|said| &said.prevails_over) {
            if !known.contains(&next.as_str()) {
                known.push(next);
            }
        }
        at += 1;
    }
    known[1..].contains(&over)
}

/// Warns of statements that prevail over one which says nothing else.
fn check_contradictions(draft: &Draft, provider: &Provider, problems: &mut Problems) {
    let own = &draft.responsibility;
    for text in &draft.prevails_over {
        let Some(other) = provider.responsibilities.iter().find(|other| other.id == text.value) else {
            continue;
        };
        let message = if other.accountable == own.accountable {
            format!("`{}` and `{}` agree on who answers", own.id, other.id)
        } else if !other.areas.iter().any(|area| own.areas.contains(area)) {
            format!("`{}` and `{}` speak of different areas", own.id, other.id)
        } else {
            continue;
        };
        let label = "no contradiction to settle";
        problems.warning(Code::Contradiction, text.span.clone(), message, label).help =
            Some("remove `prevails_over` and `because`, or look again at both statements".into());
    }
}

fn check_coverage(provider: &Provider, models: &[ModelDraft], problems: &mut Problems) {
    for draft in models {
        if draft.model.outside.is_none() && stated_for(provider, &draft.model).next().is_none() {
            let message = format!("no statement for model `{}`", draft.model.id);
            problems
                .warning(Code::Coverage, draft.header.clone(), message, "every area is unaddressed")
                .help = Some("if the document leaves the model outside, say why in `outside`".into());
        }
    }
}

//! What refers to something else within one provider: models, and statements about other statements.

use std::ops::Range;

use crate::diagnostic::{Code, Problems};
use crate::suggest;

use super::provider::{Model, Provider, Responsibility};
use super::read_provider::{Draft, ModelDraft, report_twice};
use super::table::Text;

/// Puts the statements into the provider and checks every reference.
pub(super) fn complete(
    mut provider: Provider,
    models: &[ModelDraft],
    mut drafts: Vec<Draft>,
    problems: &mut Problems,
) -> Provider {
    check_models(models, problems);
    check_ids(&drafts, problems);
    let covered: Vec<String> = provider
        .models
        .iter()
        .filter(|model| model.outside.is_none())
        .map(|model| model.id.clone())
        .collect();
    for draft in &mut drafts {
        match &draft.models {
            None => draft.responsibility.models.clone_from(&covered),
            Some((texts, span)) => check_models_of(texts, span, &provider, problems),
        }
    }
    provider.responsibilities = drafts.iter().map(|draft| draft.responsibility.clone()).collect();
    for draft in &drafts {
        check_replaces(draft, &provider, problems);
        check_prevails(draft, &provider, problems);
    }
    check_coverage(&provider, models, problems);
    provider
}

fn check_models(models: &[ModelDraft], problems: &mut Problems) {
    for (index, draft) in models.iter().enumerate() {
        if let Some(first) = models[..index].iter().find(|other| other.model.id == draft.model.id) {
            report_twice("model", &draft.model.id, &first.header, &draft.header, problems);
        }
        let Some(extends) = &draft.extends else { continue };
        if draft.model.outside.is_some() {
            let message = format!("model `{}` extends another and is left outside", draft.model.id);
            problems.error(Code::Coverage, extends.span.clone(), message, "nothing is stated for it").help =
                Some("keep either `extends` or `outside`".into());
        }
        if !models.iter().any(|other| other.model.id == extends.value) {
            unknown_model(extends, models.iter().map(|other| &other.model), problems);
        } else if runs_in_a_circle(&draft.model, models) {
            let message = format!("model `{}` extends itself", draft.model.id);
            problems.error(Code::Circle, extends.span.clone(), message, "leads back to this model");
        }
    }
}

fn runs_in_a_circle(start: &Model, models: &[ModelDraft]) -> bool {
    let parent = |id: &str| models.iter().find(|draft| draft.model.id == id)?.model.extends.as_deref();
    let mut at = start.extends.as_deref();
    for _ in 0..=models.len() {
        match at {
            None => return false,
            Some(id) => at = parent(id),
        }
    }
    true
}

fn unknown_model<'a>(text: &Text, models: impl Iterator<Item = &'a Model>, problems: &mut Problems) {
    let ids: Vec<&str> = models.map(|model| model.id.as_str()).collect();
    let help = match suggest::nearest(&text.value, ids.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("models of this provider: {}", ids.join(", ")),
    };
    let message = format!("no model `{}`", text.value);
    problems.error(Code::UnknownModel, text.span.clone(), message, "unknown model").help = Some(help);
}

fn check_ids(drafts: &[Draft], problems: &mut Problems) {
    for (index, draft) in drafts.iter().enumerate() {
        let id = &draft.responsibility.id;
        if let Some(first) = drafts[..index].iter().find(|other| other.responsibility.id == *id) {
            report_twice("responsibility", id, &first.header, &draft.header, problems);
        }
    }
}

fn check_models_of(texts: &[Text], span: &Range<usize>, provider: &Provider, problems: &mut Problems) {
    if texts.is_empty() {
        problems.error(Code::BadValue, span.clone(), "`models` is empty", "for which models?").help =
            Some("leave `models` out where the statement holds for every model".into());
    }
    for (index, text) in texts.iter().enumerate() {
        if texts[..index].iter().any(|other| other.value == text.value) {
            problems.error(
                Code::Repeated,
                text.span.clone(),
                format!("`{}` is listed twice", text.value),
                "again",
            );
        }
        match provider.model(&text.value) {
            None => unknown_model(text, provider.models.iter(), problems),
            Some(model) if model.outside.is_some() => {
                let message = format!("a statement for `{}`, which the document leaves outside", model.id);
                problems.error(Code::Coverage, text.span.clone(), message, "marked `outside` above");
            }
            Some(_) => {}
        }
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
    draft.responsibility.models.iter().filter_map(|id| provider.model(id))
}

fn check_replaces(draft: &Draft, provider: &Provider, problems: &mut Problems) {
    for text in &draft.replaces {
        for model in models_of(draft, provider) {
            let inherited: Vec<&str> = stated_for(provider, model)
                .filter(|other| !other.models.contains(&model.id))
                .map(|other| other.id.as_str())
                .collect();
            if inherited.contains(&text.value.as_str()) {
                continue;
            }
            let message = format!("`{}` inherits no responsibility `{}`", model.id, text.value);
            let help = match (suggest::nearest(&text.value, inherited.iter().copied()), inherited.is_empty())
            {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, true) => {
                    format!("`{}` inherits nothing: only a model that `extends` another replaces", model.id)
                }
                (None, false) => format!("it inherits: {}", inherited.join(", ")),
            };
            problems
                .error(Code::UnknownResponsibility, text.span.clone(), message, "nothing to replace")
                .help = Some(help);
        }
    }
}

fn check_prevails(draft: &Draft, provider: &Provider, problems: &mut Problems) {
    let own = &draft.responsibility;
    for text in &draft.prevails_over {
        for model in models_of(draft, provider) {
            let others = || stated_for(provider, model).filter(|other| other.id != own.id);
            let Some(other) = others().find(|other| other.id == text.value) else {
                let message = format!("no other responsibility `{}` in `{}`", text.value, model.id);
                let near = suggest::nearest(&text.value, others().map(|other| other.id.as_str()));
                let label = "nothing to prevail over";
                problems.error(Code::UnknownResponsibility, text.span.clone(), message, label).help =
                    Some(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "name the id of the statement that disagrees with this one".into(),
                    });
                continue;
            };
            if other.prevails_over.contains(&own.id) {
                let message = format!("`{}` and `{}` prevail over each other", own.id, other.id);
                problems.error(Code::Circle, text.span.clone(), message, "which one is followed?");
                continue;
            }
            if other.accountable == own.accountable {
                let message = format!("`{}` and `{}` agree on who answers", own.id, other.id);
                problems.warning(
                    Code::Contradiction,
                    text.span.clone(),
                    message,
                    "no contradiction to settle",
                );
            } else if !other.areas.iter().any(|area| own.areas.contains(area)) {
                let message = format!("`{}` and `{}` speak of different areas", own.id, other.id);
                problems.warning(
                    Code::Contradiction,
                    text.span.clone(),
                    message,
                    "no contradiction to settle",
                );
            }
        }
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

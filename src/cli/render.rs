//! Problems in data files, drawn like a compiler's.

use std::io::Write as _;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::safe_text::harmless;

use super::error::CliError;
use super::ui::Ui;

/// Draws problems on stderr.
pub(crate) fn problems(problems: &[Diagnostic], ui: &mut Ui) -> Result<(), CliError> {
    for problem in problems {
        let drawn = draw(problem);
        writeln!(ui.err(), "{drawn}\n")?;
    }
    Ok(())
}

/// One problem: what is wrong, the line with the span underlined, what was expected, the next step.
pub(crate) fn draw(problem: &Diagnostic) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let text = &problem.file.text;
    let span = |span: &std::ops::Range<usize>| span.start.min(text.len())..span.end.min(text.len());
    let mut snippet = Snippet::source(text.as_str()).path(harmless(&problem.file.path)).annotation(
        AnnotationKind::Primary.span(span(&problem.label.span)).label(problem.label.text.as_str()),
    );
    if let Some(related) = &problem.related {
        snippet = snippet
            .annotation(AnnotationKind::Context.span(span(&related.span)).label(related.text.as_str()));
    }
    let mut group =
        level.primary_title(harmless(&problem.message)).id(problem.code.as_str()).element(snippet);
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(harmless(help)));
    }
    Renderer::styled().term_width(Ui::width()).render(&[group])
}

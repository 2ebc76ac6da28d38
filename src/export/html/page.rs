//! What stands before and after the rows.

use std::io::{self, Write};

use crate::catalog::{Area, Model, Provider, Resolution};
use crate::domain::Status;
use crate::export::grouped;
use crate::export::vocabulary::{Vocabulary, Wording};

use super::counts::{Counts, PARTIES, key, word};
use super::escape::{Escaped, InFragment, Link};
use super::row::file_name;

pub(super) const STYLE: &str = include_str!("style.css");
pub(super) const SCRIPT: &str = include_str!("script.js");

/// The browser runs a style and a script only with these SHA-256 sums; a test holds them to the two files.
pub(super) const STYLE_HASH: &str = "Da42tShMdomKxIBadoaCD7NhKRUoZn1ui4UP69fF1gw=";
pub(super) const SCRIPT_HASH: &str = "XBdPVmSj9iFT2AxpFDODIiSoKpHwvjQJ+arAhIqWlZo=";

/// Names that a list of questionnaires shows.
const FILES: usize = 12;

/// Whom and what the report is about.
pub(super) struct Subject<'a> {
    pub(super) provider: &'a Provider,
    pub(super) model: &'a Model,
    pub(super) areas: &'a [Area],
    pub(super) wording: Wording,
}

impl Subject<'_> {
    /// Everything before the first row.
    pub(super) fn head(&self, to: &mut impl Write, counts: &Counts) -> io::Result<()> {
        let (provider, model) = (self.provider, self.model);
        let name = Escaped(&provider.name).to_string();
        let deployment =
            if model.name == provider.name { name } else { format!("{name} · {}", Escaped(&model.name)) };
        writeln!(
            to,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'sha256-{STYLE_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>Whose job: {deployment}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#questions\">To the questions</a>\n\
             <header>\n<h1>Whose job: {deployment}</h1>\n<p>{}</p>",
            Escaped(&model.is)
        )?;
        self.facts(to, counts)?;
        writeln!(
            to,
            "<nav aria-label=\"Parts\"><a href=\"#counts\">At a glance</a> <a href=\"#areas\">Areas by party</a> \
             <a href=\"#all\">Questions</a> <a href=\"#reading\">How to read this</a></nav>\n</header>\n<main>"
        )?;
        summary(to, counts)?;
        self.matrix(to, counts)?;
        writeln!(to, "<h2 id=\"all\">Questions</h2>")?;
        self.filter(to, counts)?;
        writeln!(
            to,
            "<table id=\"questions\" aria-labelledby=\"all\">\n<colgroup><col><col><col><col><col><col><col><col></colgroup>\n\
             <thead><tr><th scope=\"col\">Id</th><th scope=\"col\">Question</th><th scope=\"col\">Area</th>\
             <th scope=\"col\">Whose job</th><th scope=\"col\">Provider does</th><th scope=\"col\">Customer does</th>\
             <th scope=\"col\">Source and note</th><th scope=\"col\">Status</th></tr></thead>"
        )
    }

    fn facts(&self, to: &mut impl Write, counts: &Counts) -> io::Result<()> {
        let (provider, document) = (self.provider, &self.provider.document);
        let title = provider.document_name();
        writeln!(to, "<dl class=\"facts\">")?;
        writeln!(
            to,
            "<dt>Document</dt><dd>{}, read {}</dd>",
            Link { url: &document.url, text: &title },
            Escaped(&document.read)
        )?;
        writeln!(
            to,
            "<dt>Deployment</dt><dd><code>{}</code>, model <code>{}</code></dd>",
            Escaped(&provider.id),
            Escaped(&self.model.id)
        )?;
        let names: Vec<String> =
            counts.files.iter().take(FILES).map(|file| Escaped(file_name(file)).to_string()).collect();
        let more = match counts.files.len().saturating_sub(FILES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let questions = if counts.questions == 1 { "question" } else { "questions" };
        writeln!(
            to,
            "<dt>Questionnaire</dt><dd>{}{more}: {} {questions}</dd>",
            names.join(", "),
            grouped(counts.questions)
        )?;
        let words = match self.wording.vocabulary {
            Vocabulary::Names => "",
            Vocabulary::Caiq => "CAIQ v4, SSRM Control Ownership",
            Vocabulary::Fedramp => "FedRAMP CRM, Can Be Inherited from CSP",
        };
        if !words.is_empty() {
            writeln!(to, "<dt>Words under the party</dt><dd>{words}</dd>")?;
        }
        writeln!(to, "<dt>Written by</dt><dd>whose {}</dd>\n</dl>", env!("CARGO_PKG_VERSION"))
    }

    /// Which party answers in which area: what the document says, and how many questions came out so.
    fn matrix(&self, to: &mut impl Write, counts: &Counts) -> io::Result<()> {
        let asked: Vec<&Area> =
            self.areas.iter().filter(|area| counts.areas.contains_key(&area.id)).collect();
        let not_asked: Vec<&Area> =
            self.areas.iter().filter(|area| !counts.areas.contains_key(&area.id)).collect();
        if asked.is_empty() && counts.no_area.is_empty() {
            return Ok(());
        }
        // Columns that would be empty from top to bottom are left out of nobody's sight: they stay, for comparison.
        writeln!(
            to,
            "<details open><summary><h2 id=\"areas\">Areas by party</h2></summary>\n<table class=\"matrix\">\n<thead><tr>\
             <th scope=\"col\">Area</th><th scope=\"col\">Document says</th>"
        )?;
        for party in PARTIES {
            write!(to, "<th scope=\"col\" class=\"n\">{}</th>", word(party))?;
        }
        writeln!(to, "<th scope=\"col\" class=\"n\">questions</th></tr></thead>")?;
        let mut domain: Option<&str> = None;
        for area in &asked {
            if domain != Some(area.domain.as_str()) {
                let end = if domain.is_some() { "</tbody>\n" } else { "" };
                domain = Some(&area.domain);
                writeln!(
                    to,
                    "{end}<tbody><tr><th colspan=\"9\" scope=\"rowgroup\">{}</th></tr>",
                    Escaped(&area.domain)
                )?;
            }
            let says = Resolution::new(self.provider, self.model, area).party();
            write!(
                to,
                "<tr><th scope=\"row\">{}</th><td><span class=\"party {says}\">{says}</span></td>",
                Escaped(&area.title)
            )?;
            let filter = format!("area={}", InFragment(area.id.as_str()));
            cells(to, &counts.areas[&area.id], &filter)?;
        }
        if domain.is_some() {
            writeln!(to, "</tbody>")?;
        }
        if !counts.no_area.is_empty() {
            write!(to, "<tbody><tr><th scope=\"row\">No area</th><td></td>")?;
            cells(to, &counts.no_area, "area=none")?;
            writeln!(to, "</tbody>")?;
        }
        writeln!(to, "</table>")?;
        if counts.areas.values().flat_map(|cells| cells.values()).sum::<u64>()
            + counts.no_area.values().sum::<u64>()
            > counts.questions
        {
            writeln!(to, "<p class=\"soft\">A question about several areas counts under each.</p>")?;
        }
        if !not_asked.is_empty() {
            let titles: Vec<String> = not_asked.iter().map(|area| Escaped(&area.title).to_string()).collect();
            writeln!(to, "<p class=\"soft\">Not asked about: {}.</p>", titles.join("; "))?;
        }
        writeln!(to, "</details>")
    }

    fn filter(&self, to: &mut impl Write, counts: &Counts) -> io::Result<()> {
        writeln!(
            to,
            "<form id=\"filter\" hidden>\n<label>Search <input type=\"search\" name=\"q\" data-name=\"text\" \
             aria-controls=\"questions\" autocomplete=\"off\" spellcheck=\"false\"></label>"
        )?;
        let parties = PARTIES.iter().filter(|party| counts.parties.contains_key(*party));
        select(to, "Party", "party", parties.map(|party| (key(*party), word(*party))))?;
        let statuses = Status::ALL.iter().filter(|status| counts.statuses.contains_key(status));
        select(to, "Status", "status", statuses.map(|status| (status.as_str(), status.as_str())))?;
        let asked = self.areas.iter().filter(|area| counts.areas.contains_key(&area.id));
        let none = (!counts.no_area.is_empty()).then_some(("none", "no area"));
        select(to, "Area", "area", asked.map(|area| (area.id.as_str(), area.title.as_str())).chain(none))?;
        select(to, "Section", "section", std::iter::empty())?;
        writeln!(
            to,
            "<button type=\"button\" name=\"clear\">Show all</button>\n</form>\n\
             <p id=\"shown\" role=\"status\" tabindex=\"-1\">{} questions</p>",
            counts.questions
        )
    }
}

/// Everything after the last row.
pub(super) fn foot(to: &mut impl Write) -> io::Result<()> {
    writeln!(
        to,
        "</table>\n<p id=\"nothing\" hidden>No question fits. “Show all” takes every filter away.</p>\n</main>\n<footer>\n\
         <h2 id=\"reading\">How to read this</h2>\n\
         <p>Who answers for a question is looked up in the document above, as it was on the day it was read; a contract with \
         the provider comes before it. Whether the job is done is not said here.</p>\n<dl>\n\
         <dt>provider</dt><dd>The provider answers, alone or with a third party that it brings in.</dd>\n\
         <dt>customer</dt><dd>The provider’s customer answers.</dd>\n\
         <dt>shared</dt><dd>The customer and somebody else answer, each for what the two columns say.</dd>\n\
         <dt>third-party</dt><dd>Only a third party that the document names answers.</dd>\n\
         <dt>unaddressed</dt><dd>The document is silent.</dd>\n\
         <dt>auto</dt><dd>The program settled the area by itself; the percentage is its confidence that the area is right.</dd>\n\
         <dt>review</dt><dd>A person should look.</dd>\n\
         <dt>unmatched</dt><dd>The question is about no responsibility area.</dd>\n\
         <dt>confirmed, corrected</dt><dd>A person agreed, or chose another area.</dd>\n\
         <dt>skipped, not-applicable</dt><dd>A person passed over the question, or said that it does not apply.</dd>\n\
         </dl>\n</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>"
    )
}

fn summary(to: &mut impl Write, counts: &Counts) -> io::Result<()> {
    writeln!(
        to,
        "<h2 id=\"counts\">At a glance</h2>\n<div class=\"counts\">\n<section aria-label=\"By party\"><h3>By party</h3><ul>"
    )?;
    for party in PARTIES {
        if let Some(count) = counts.parties.get(&party) {
            let (key, word, count) = (key(party), word(party), grouped(*count));
            writeln!(to, "<li class=\"{key}\"><a href=\"#party={key}\"><b>{count}</b> {word}</a></li>")?;
        }
    }
    writeln!(to, "</ul></section>\n<section aria-label=\"By status\"><h3>By status</h3><ul>")?;
    for (status, count) in &counts.statuses {
        writeln!(to, "<li><a href=\"#status={status}\"><b>{}</b> {status}</a></li>", grouped(*count))?;
    }
    writeln!(to, "</ul></section>\n</div>")
}

/// The counts of a row of the matrix, each a link to what it counts.
fn cells(
    to: &mut impl Write,
    counted: &std::collections::BTreeMap<Option<crate::domain::Party>, u64>,
    filter: &str,
) -> io::Result<()> {
    for party in PARTIES {
        match counted.get(&party) {
            Some(count) => {
                let (key, count) = (key(party), grouped(*count));
                write!(to, "<td class=\"n\"><a href=\"#{filter}&amp;party={key}\">{count}</a></td>")?;
            }
            None => write!(to, "<td class=\"n\"></td>")?,
        }
    }
    let total = grouped(counted.values().sum());
    writeln!(to, "<td class=\"n\"><a href=\"#{filter}\">{total}</a></td></tr>")
}

fn select<'a>(
    to: &mut impl Write,
    label: &str,
    name: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> io::Result<()> {
    writeln!(
        to,
        "<label>{label} <select name=\"{name}\" data-name=\"{name}\" aria-controls=\"questions\"><option value=\"\">all</option>"
    )?;
    for (value, text) in options {
        write!(to, "<option value=\"{}\">{}</option>", Escaped(value), Escaped(text))?;
    }
    writeln!(to, "</select></label>")
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use sha2::{Digest as _, Sha256};

    #[test]
    fn the_policy_allows_this_style_and_script() {
        for (text, hash, name) in [
            (super::STYLE, super::STYLE_HASH, "STYLE_HASH"),
            (super::SCRIPT, super::SCRIPT_HASH, "SCRIPT_HASH"),
        ] {
            assert!(!text.contains("</") && !text.contains("<!--"), "it would end the element");
            let found = BASE64_STANDARD.encode(Sha256::digest(text));
            assert_eq!(hash, found, "{name} must be this");
        }
    }
}

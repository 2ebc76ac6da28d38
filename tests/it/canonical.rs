//! Data files have one form, so that a change shows as what it is. `WHOSE_BLESS=1` rewrites them.

use std::fmt::Write as _;
use std::path::Path;

use whose::catalog::{Area, Catalog, Layer, Provider, Responsibility};

use crate::harness::root;

#[test]
fn mapping_files_are_in_their_one_form() {
    let (catalog, _) = Catalog::load(&[Layer::embedded()]);
    for provider in catalog.providers() {
        let path = root().join(&provider.file);
        let text = std::fs::read_to_string(&path).unwrap();
        same(&path, &text, &format!("{}\n{}", comment(&text), provider_file(&catalog, provider)));
    }
    let path = root().join("mappings/areas.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let closing = closing_comment(&text).unwrap_or_default();
    same(&path, &text, &format!("{}\n{}{closing}", comment(&text), areas_file(catalog.areas())));
}

fn same(path: &Path, is: &str, canonical: &str) {
    if is == canonical {
        return;
    }
    if std::env::var_os("WHOSE_BLESS").is_some() {
        let mut file = whose::atomic::NewFile::create(path).unwrap();
        std::io::Write::write_all(&mut file, canonical.as_bytes()).unwrap();
        file.commit().unwrap();
        return;
    }
    let (line, (a, b)) =
        is.lines().zip(canonical.lines()).enumerate().find(|(_, (a, b))| a != b).unwrap_or((0, ("", "")));
    panic!(
        "{}:{}: not in canonical form\n    is: {a}\nshould: {b}\nRun `WHOSE_BLESS=1 cargo test canonical` to rewrite.",
        path.display(),
        line + 1
    );
}

/// The comment that a file begins with; comments elsewhere belong into `note`.
fn comment(text: &str) -> String {
    text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect()
}

/// The comment that `areas.toml` ends with.
fn closing_comment(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.iter().rposition(|line| !line.starts_with('#'))? + 1;
    Some(lines[from..].iter().map(|line| format!("{line}\n")).collect())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.map(quoted).collect::<Vec<_>>().join(", "))
}

fn areas_file(areas: &[Area]) -> String {
    let mut out = String::new();
    for area in areas {
        let _ = writeln!(out, "[[area]]\nid = {}", quoted(area.id.as_str()));
        let _ = writeln!(out, "title = {}\ndomain = {}", quoted(&area.title), quoted(&area.domain));
        let _ = writeln!(out, "nature = {}", quoted(&area.nature.to_string()));
        let _ = writeln!(out, "is = {}\nnot = {}\n", quoted(&area.is), quoted(&area.not));
    }
    out
}

fn provider_file(catalog: &Catalog, provider: &Provider) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "id = {}\nname = {}\n", quoted(&provider.id), quoted(&provider.name));
    let document = &provider.document;
    let _ = writeln!(out, "[document]\ntitle = {}", quoted(&document.title));
    let _ = writeln!(out, "url = {}\nread = {}", quoted(&document.url), quoted(&document.read));
    if !provider.third_parties.is_empty() {
        let _ = writeln!(out, "\n[third-parties]");
        for (id, name) in &provider.third_parties {
            let _ = writeln!(out, "{id} = {}", quoted(name));
        }
    }
    for model in &provider.models {
        let _ = writeln!(out, "\n[[model]]\nid = {}\nname = {}", quoted(&model.id), quoted(&model.name));
        let _ = writeln!(out, "is = {}", quoted(&model.is));
        key(&mut out, "extends", model.extends.as_deref());
        key(&mut out, "outside", model.outside.as_deref());
    }
    for said in &provider.responsibilities {
        responsibility(&mut out, catalog, provider, said);
    }
    out
}

fn responsibility(out: &mut String, catalog: &Catalog, provider: &Provider, said: &Responsibility) {
    let covered = provider.models.iter().filter(|model| model.outside.is_none());
    let everywhere = covered.map(|model| &model.id).eq(&said.models);
    let _ = writeln!(out, "\n[[responsibility]]\nid = {}", quoted(&said.id));
    if !everywhere {
        let _ = writeln!(out, "models = {}", list(said.models.iter().map(String::as_str)));
    }
    let _ = writeln!(out, "section = {}\nlabel = {}", quoted(&said.section), quoted(&said.label));
    let in_order = catalog.areas().iter().map(|area| &area.id).filter(|id| said.areas.contains(id));
    let _ = writeln!(out, "areas = {}", list(in_order.map(|id| id.as_str())));
    let _ = writeln!(out, "accountable = {}", list(said.accountable.iter().map(|actor| actor.as_str())));
    for (actor, duty) in &said.duties {
        let _ = writeln!(out, "duties.{actor} = {}", quoted(duty));
    }
    key(out, "note", said.note.as_deref());
    for (name, ids) in [("replaces", &said.replaces), ("prevails_over", &said.prevails_over)] {
        if !ids.is_empty() {
            let _ = writeln!(out, "{name} = {}", list(ids.iter().map(String::as_str)));
        }
    }
    key(out, "because", said.because.as_deref());
}

fn key(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{name} = {}", quoted(value));
    }
}

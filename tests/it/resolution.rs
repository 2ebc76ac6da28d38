//! How statements become a party, on mappings made for the purpose.

use std::sync::Arc;

use whose::catalog::{Catalog, Layer, Resolution, responsible};
use whose::diagnostic::SourceFile;
use whose::domain::Party;

use crate::harness::Sandbox;

const HEAD: &str = r#"
id = "acme"
name = "Acme"
document = { title = "Who does what", url = "https://acme.example/shared", read = "2026-01-31" }
third-parties = { aws = "AWS" }
"#;

/// A catalog with one more provider, whose models and statements are given.
fn catalog(body: &str) -> Catalog {
    let file = Arc::new(SourceFile::new("acme.toml", format!("{HEAD}{body}")));
    let (catalog, problems) =
        Catalog::load(&[Layer::embedded(), Layer { files: vec![file], ..Layer::default() }]);
    assert!(problems.is_empty(), "{problems:#?}");
    catalog
}

fn model(id: &str, more: &str) -> String {
    format!("[[model]]\nid = \"{id}\"\nname = \"{id}\"\nis = \"A model.\"\n{more}\n")
}

fn said(id: &str, models: &str, areas: &str, accountable: &[&str], more: &str) -> String {
    let duties: String =
        accountable.iter().map(|actor| format!("duties.{actor} = \"{id} by {actor}\"\n")).collect();
    format!(
        "[[responsibility]]\nid = \"{id}\"\nmodels = [{models}]\nsection = \"S\"\nlabel = \"{id}\"\n\
         areas = [{areas}]\naccountable = {accountable:?}\n{duties}{more}\n"
    )
}

#[track_caller]
fn expect(catalog: &Catalog, model: &str, area: &str, party: Party, statements: &[&str]) {
    let provider = catalog.provider("acme").unwrap();
    let row = Resolution::new(provider, provider.model(model).unwrap(), catalog.area(area).unwrap());
    let ids: Vec<&str> = row.statements.iter().map(|said| said.responsibility.id.as_str()).collect();
    assert_eq!((row.party(), ids.as_slice()), (party, statements), "{model} {area}");
}

#[test]
fn a_model_inherits_over_several_levels_and_replaces_what_shifts() {
    let body = [
        model("one", ""),
        model("two", "extends = \"one\""),
        model("three", "extends = \"two\""),
        said("a", "\"one\"", "\"availability\"", &["customer"], ""),
        said("b", "\"one\"", "\"backup-recovery\"", &["customer"], ""),
        said("c", "\"two\"", "\"availability\"", &["provider"], "replaces = [\"a\"]"),
        said("d", "\"three\"", "\"backup-recovery\"", &["provider"], "replaces = [\"b\"]"),
    ];
    let catalog = catalog(&body.concat());
    expect(&catalog, "one", "availability", Party::Customer, &["a"]);
    expect(&catalog, "two", "availability", Party::Provider, &["c"]);
    expect(&catalog, "three", "availability", Party::Provider, &["c"]);
    expect(&catalog, "two", "backup-recovery", Party::Customer, &["b"]);
    expect(&catalog, "three", "backup-recovery", Party::Provider, &["d"]);
}

#[test]
fn what_prevails_settles_who_answers_in_the_areas_that_both_speak_of() {
    let body = [
        model("default", ""),
        said("a", "\"default\"", "\"encryption-at-rest\", \"key-management\"", &["provider"], ""),
        said(
            "b",
            "\"default\"",
            "\"key-management\"",
            &["customer"],
            "prevails_over = [\"a\"]\nbecause = \"It is the later one.\"",
        ),
    ];
    let catalog = catalog(&body.concat());
    expect(&catalog, "default", "key-management", Party::Customer, &["a", "b"]);
    expect(&catalog, "default", "encryption-at-rest", Party::Provider, &["a"]);
    let provider = catalog.provider("acme").unwrap();
    let row = Resolution::new(provider, &provider.models[0], catalog.area("key-management").unwrap());
    assert_eq!(row.remark(), "It is the later one.");
}

#[test]
fn third_parties_are_named_and_counted() {
    let body = [
        model("default", ""),
        said("a", "\"default\"", "\"physical-security\"", &["aws"], ""),
        said("b", "\"default\"", "\"availability\"", &["provider", "aws"], ""),
        said("c", "\"default\"", "\"network-security\"", &["customer", "aws"], ""),
    ];
    let text = format!("{HEAD}{}", body.concat());
    let catalog = catalog(&body.concat());
    expect(&catalog, "default", "physical-security", Party::ThirdParty, &["a"]);
    expect(&catalog, "default", "availability", Party::Provider, &["b"]);
    expect(&catalog, "default", "network-security", Party::Shared, &["c"]);
    let provider = catalog.provider("acme").unwrap();
    let row = Resolution::new(provider, &provider.models[0], catalog.area("availability").unwrap());
    assert_eq!(responsible(provider, &row.accountable), "Acme and AWS");

    let sandbox = Sandbox::new();
    sandbox.file("own/acme.toml", text);
    let csv = sandbox.run(["matrix", "-p", "acme", "--mappings", "own", "--format", "csv"]).done();
    assert!(csv.contains("physical-security,third-party,AWS,"), "{csv}");
}

#[test]
fn mapping_directories_come_from_the_environment_too() {
    let sandbox = Sandbox::new();
    let body = [model("default", ""), said("a", "\"default\"", "\"availability\"", &["provider"], "")];
    sandbox.file("own/acme.toml", format!("{HEAD}{}", body.concat()));
    let mut command = sandbox.command();
    let output =
        command.env("WHOSE_MAPPINGS", sandbox.path("own")).args(["providers", "acme"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("Acme (acme)"));
}

//! OSCAL: sound by its own rules, honest about what it does not claim, and accepted by compliance-trestle.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::harness::{CATALOG, Sandbox, root};

/// A definition from the small questionnaire and from one that names controls.
fn definition(sandbox: &Sandbox, provider: &str, model: &str) -> Value {
    for name in ["small.csv", "controls.csv"] {
        sandbox.file(name, std::fs::read(root().join("tests/fixtures").join(name)).unwrap());
    }
    let args = [
        "assign",
        "small.csv",
        "controls.csv",
        "-p",
        provider,
        "-m",
        model,
        "--force",
        "-o",
        "out.oscal.json",
    ];
    sandbox.run(args).done();
    serde_json::from_str(&sandbox.read("out.oscal.json")).unwrap()
}

/// Every object in a value, with the key it stands under.
fn objects<'v>(
    value: &'v Value,
    under: &'v str,
    found: &mut Vec<(&'v str, &'v serde_json::Map<String, Value>)>,
) {
    match value {
        Value::Object(object) => {
            found.push((under, object));
            for (key, value) in object {
                objects(value, key, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| objects(item, under, found)),
        _ => {}
    }
}

fn is_token(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-".contains(letter))
}

#[test]
fn a_small_definition() {
    let sandbox = Sandbox::new();
    definition(&sandbox, "union", "self-managed");
    insta::assert_snapshot!(sandbox.read("out.oscal.json"));
}

#[test]
fn every_definition_is_sound() {
    let sandbox = Sandbox::new();
    for provider in CATALOG.providers() {
        for model in &provider.models {
            let root = definition(&sandbox, &provider.id, &model.id);
            let mut found = Vec::new();
            objects(&root, "", &mut found);
            let mut uuids = BTreeSet::new();
            for (_, object) in &found {
                if let Some(uuid) = object.get("uuid") {
                    assert!(uuids.insert(uuid.as_str().unwrap()), "{uuid} twice");
                }
            }
            let roles: BTreeSet<&str> = found
                .iter()
                .filter(|(under, _)| *under == "roles")
                .map(|(_, role)| role["id"].as_str().unwrap())
                .collect();
            for (under, object) in &found {
                for (key, value) in *object {
                    let text = value.as_str().unwrap_or("x");
                    assert!(!text.trim().is_empty(), "{under}.{key} is empty");
                    assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'), "{text:?}");
                    match key.as_str() {
                        "control-id" | "statement-id" | "name" if *under != "parties" => {
                            assert!(is_token(text), "{text}");
                        }
                        "href" | "source" if text.starts_with('#') => {
                            assert!(uuids.contains(&text[1..]), "{text} leads nowhere");
                        }
                        "href" => assert!(text.starts_with("https://"), "{text}"),
                        "role-id" => assert!(roles.contains(text), "{text}"),
                        "party-uuids" => assert!(
                            value.as_array().unwrap().iter().all(|id| uuids.contains(id.as_str().unwrap()))
                        ),
                        "components" | "props" | "links" | "statements" | "implemented-requirements" => {
                            assert!(!value.as_array().unwrap().is_empty(), "{under}.{key}");
                        }
                        _ => {}
                    }
                }
                if *under == "implemented-requirements" || *under == "statements" {
                    assert!(object["links"].as_array().is_some(), "every statement is cited");
                }
            }
        }
    }
}

/// The values of a side's properties of one name, over all requirements.
fn values<'v>(component: &'v Value, control: &str, name: &str) -> Vec<&'v str> {
    let implementations = component["control-implementations"].as_array().unwrap();
    let requirements =
        implementations.iter().flat_map(|set| set["implemented-requirements"].as_array().unwrap());
    let props = requirements
        .filter(|said| said["control-id"] == control)
        .flat_map(|said| said["props"].as_array().unwrap());
    props.filter(|prop| prop["name"] == name).map(|prop| prop["value"].as_str().unwrap()).collect()
}

#[test]
fn nothing_is_claimed_that_does_not_follow() {
    let sandbox = Sandbox::new();
    let root = definition(&sandbox, "vercel", "default");
    let text = root.to_string();
    assert!(!text.contains("inherited"), "no authorization is known");
    let components = root["component-definition"]["components"].as_array().unwrap();
    let [provider, customer] = components.as_slice() else { panic!("{} components", components.len()) };
    // Encryption at rest is shared: each side has its part, and the origin is left to a person.
    for (side, kind) in [(provider, "provided"), (customer, "responsibility")] {
        assert_eq!(values(side, "sc-28", "kind"), [kind]);
        assert_eq!(values(side, "sc-28", "party"), ["shared"]);
        assert_eq!(values(side, "sc-28", "control-label"), ["SC-28"]);
        assert!(values(side, "sc-28", "control-origination").is_empty());
    }
    // Secrets are the customer's alone.
    assert_eq!(values(customer, "secrets-management", "control-origination"), ["customer-provided"]);
    assert!(values(provider, "secrets-management", "kind").is_empty());
    // The document is silent on screening, and nothing is said about the number of people.
    assert!(values(customer, "personnel-security", "kind").is_empty());
    let remarks = root["component-definition"]["metadata"]["remarks"].as_str().unwrap();
    assert!(remarks.contains("unaddressed") && remarks.contains("Q7"), "{remarks}");
    assert!(remarks.contains("unmatched") && remarks.contains("Q8"), "{remarks}");
    let counts: Vec<u64> =
        remarks.split(|c: char| c.is_whitespace() || c == ':').filter_map(|word| word.parse().ok()).collect();
    let [claimed, all] = [counts[0], counts[1]];
    let unclaimed: u64 = remarks
        .split("\n\n")
        .filter_map(|part| part.strip_prefix("Not claimed")?.split(": ").nth(1)?.parse::<u64>().ok())
        .sum();
    assert_eq!((claimed + unclaimed, all), (17, 17), "{remarks}");
}

#[test]
fn the_format_follows_from_the_name() {
    let sandbox = Sandbox::new();
    definition(&sandbox, "render", "default");
    let first = sandbox.read("out.oscal.json");
    let args = ["assign", "small.csv", "controls.csv", "-p", "render", "--format", "oscal"];
    assert_eq!(sandbox.run(args).done(), first, "the same bytes come out again");
    let stderr = sandbox.run(["assign", "small.csv", "-p", "render", "-o", "out.json"]).failed();
    assert!(stderr.contains("--format") && stderr.contains("oscal"), "{stderr}");
}

#[test]
fn compliance_trestle_accepts_it() {
    let found = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path).map(|dir| dir.join("trestle")).find(|path| path.is_file())
    });
    let Some(trestle) = found else {
        println!("skipped: no trestle in PATH; `pip install compliance-trestle` brings it");
        return;
    };
    let sandbox = Sandbox::new();
    definition(&sandbox, "union", "byoc");
    let out: PathBuf = sandbox.path("out.oscal.json");
    sandbox.file("workspace/keep", "");
    let trestle = |args: &[&str]| {
        let output =
            Command::new(&trestle).args(args).current_dir(sandbox.path("workspace")).output().unwrap();
        let told =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "trestle {args:?}: {told}");
        told
    };
    trestle(&["init", "--local"]);
    trestle(&["import", "-f", out.to_str().unwrap(), "-o", "whose"]);
    let told = trestle(&["validate", "-t", "component-definition", "-n", "whose"]);
    assert!(told.contains("VALID") && !told.contains("INVALID"), "{told}");
}

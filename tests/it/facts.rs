//! What the built-in data says, held against the providers' documents where those are unmistakable.

use whose::catalog::{Actor, Catalog, Layer, Resolution};
use whose::domain::Party;

fn catalog() -> Catalog {
    Catalog::load(&[Layer::embedded()]).0
}

#[test]
fn built_in_data_loads_without_a_warning() {
    let (catalog, problems) = Catalog::load(&[Layer::embedded()]);
    assert!(problems.is_empty(), "{problems:#?}");
    let promised = ["outsystems", "render", "salesforce", "union", "vercel"];
    for id in promised {
        assert!(catalog.provider(id).is_some(), "{id}");
    }
    assert_eq!(catalog.areas().len(), 39);
}

#[test]
fn every_area_resolves_under_every_model_with_a_source_or_a_reason() {
    let catalog = catalog();
    for provider in catalog.providers() {
        for model in &provider.models {
            for row in catalog.matrix(provider, model) {
                let place = format!("{}:{} {}", provider.id, model.id, row.area.id);
                if row.party() == Party::Unaddressed {
                    assert!(row.statements.is_empty() && !row.remark().is_empty(), "{place}");
                } else {
                    assert!(!row.statements.is_empty(), "{place}");
                }
                for actor in &row.accountable {
                    let duty = row.statements.iter().any(|said| said.responsibility.duty(actor).is_some());
                    assert!(duty, "{place}: {actor} answers for it and does nothing");
                }
            }
        }
    }
}

/// Every statement must be reachable: one that is in force nowhere would be a fact that nobody sees.
#[test]
fn every_statement_is_in_force_under_a_model() {
    let catalog = catalog();
    for provider in catalog.providers() {
        for said in &provider.responsibilities {
            let seen = provider.models.iter().any(|model| {
                let matrix = catalog.matrix(provider, model);
                matrix.iter().any(|row| row.statements.iter().any(|other| other.responsibility.id == said.id))
            });
            assert!(seen, "{}: {}", provider.id, said.id);
        }
    }
}

#[track_caller]
fn expect(provider: &str, model: &str, parties: &[(&str, Party)]) {
    let catalog = catalog();
    let provider = catalog.provider(provider).unwrap();
    let model = provider.model(model).unwrap();
    for (area, party) in parties {
        let row = Resolution::new(provider, model, catalog.area(area).unwrap());
        assert_eq!(row.party(), *party, "{}:{} {area}", provider.id, model.id);
    }
}

const P: Party = Party::Provider;
const C: Party = Party::Customer;
const S: Party = Party::Shared;
const U: Party = Party::Unaddressed;

#[test]
fn vercel_says_so() {
    expect(
        "vercel",
        "default",
        &[
            // Sub-points under "Shared responsibilities" that speak to the customer alone.
            ("secrets-management", C),
            ("supply-chain", C),
            ("encryption-at-rest", S),
            ("encryption-in-transit", P),
            ("authentication", S),
            ("logging-monitoring", S),
            ("data-governance", S),
            ("access-control", C),
            ("application-security", C),
            ("endpoint-security", C),
            ("data-residency", C),
            ("capacity-cost", C),
            ("ddos-protection", C),
            ("compute-platform", P),
            ("storage-database", P),
            ("network-security", P),
            ("tenant-isolation", P),
            ("availability", P),
            // Under "Customer responsibilities", yet Vercel's to provide.
            ("compliance-attestation", P),
            ("personnel-security", U),
            ("backup-recovery", U),
            ("physical-security", U),
            ("incident-response", U),
        ],
    );
}

#[test]
fn render_says_so() {
    expect(
        "render",
        "default",
        &[
            ("patch-management", P),
            ("compute-platform", P),
            ("network-security", P),
            ("physical-security", P),
            ("storage-database", P),
            ("control-plane", P),
            ("availability", P),
            ("secrets-management", C),
            ("access-control", C),
            ("data-governance", C),
            ("legal-regulatory", C),
            ("secure-configuration", C),
            ("endpoint-security", C),
            ("business-continuity", C),
            ("data-retention", C),
            ("incident-response", S),
            ("security-training", S),
            ("data-privacy", S),
            ("security-governance", S),
            ("key-management", U),
            ("backup-recovery", U),
            ("tenant-isolation", U),
        ],
    );
}

#[test]
fn outsystems_says_so_for_both_cloud_models() {
    for model in ["odc", "o11-cloud"] {
        expect(
            "outsystems",
            model,
            &[
                ("physical-security", P),
                ("patch-management", P),
                ("compute-platform", P),
                ("storage-database", P),
                ("network-security", P),
                ("availability", P),
                ("business-continuity", P),
                ("compliance-attestation", P),
                ("application-security", C),
                ("data-governance", C),
                ("vulnerability-management", S),
                ("access-control", S),
                ("encryption-at-rest", S),
                ("personnel-security", U),
                ("data-residency", U),
                ("backup-recovery", U),
            ],
        );
    }
}

#[test]
fn a_model_left_outside_is_unaddressed_with_the_reason() {
    let catalog = catalog();
    let provider = catalog.provider("outsystems").unwrap();
    let model = provider.model("o11-self-managed").unwrap();
    for row in catalog.matrix(provider, model) {
        assert_eq!(row.party(), U, "{}", row.area.id);
        assert!(row.remark().contains("OutSystems 11 self-managed"), "{}", row.remark());
    }
}

#[test]
fn salesforce_says_so() {
    expect(
        "salesforce",
        "default",
        &[
            ("compute-platform", P),
            ("data-governance", C),
            ("secure-configuration", C),
            ("access-control", C),
            ("authentication", C),
            ("compliance-attestation", P),
            ("backup-recovery", U),
            ("incident-response", U),
            ("patch-management", U),
        ],
    );
}

#[test]
fn union_shifts_what_its_table_shifts_and_nothing_else() {
    let same = [
        ("control-plane", P),
        ("encryption-at-rest", S),
        ("key-management", C),
        ("access-control", S),
        ("compliance-attestation", S),
        ("network-security", S),
        ("physical-security", U),
        ("patch-management", U),
    ];
    expect("union", "self-managed", &same);
    expect("union", "byoc", &same);
    let shifting = ["compute-platform", "secrets-management", "cloud-account"];
    expect("union", "self-managed", &shifting.map(|area| (area, C)));
    expect("union", "byoc", &[("compute-platform", P), ("secrets-management", S), ("cloud-account", S)]);
}

#[test]
fn union_contradicts_itself_on_secrets_and_both_statements_are_kept() {
    let catalog = catalog();
    let provider = catalog.provider("union").unwrap();
    let model = provider.model("self-managed").unwrap();
    let row = Resolution::new(provider, model, catalog.area("secrets-management").unwrap());
    let overruled: Vec<_> = row.statements.iter().filter(|said| said.overruled_by.is_some()).collect();
    assert_eq!(overruled.len(), 1);
    assert_eq!(overruled[0].responsibility.id, "secrets-api-and-relay");
    assert!(overruled[0].responsibility.duty(&Actor::Provider).is_some());
    assert!(row.remark().contains("supporting duty"), "{}", row.remark());
}

#[test]
fn byoc_keeps_no_duty_that_was_replaced() {
    let catalog = catalog();
    let provider = catalog.provider("union").unwrap();
    let byoc = provider.model("byoc").unwrap();
    for row in catalog.matrix(provider, byoc) {
        for said in row.statements {
            for (_, duty) in &said.responsibility.duties {
                assert!(
                    !duty.contains("firewall") && !duty.contains("Selects the secrets backend"),
                    "{duty}"
                );
            }
        }
    }
}

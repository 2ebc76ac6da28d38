//! What ids, headings and the questions before say of a question that says little itself.

use serde_json::Value;
use whose::matching::{Band, Matcher, Query, Ranking};

use crate::harness::{MATCHER, Sandbox, best, rank};

/// What `assign` says of a table, row by row.
fn assigned(table: &str) -> Vec<Value> {
    let sandbox = Sandbox::new();
    sandbox.file("q.csv", table);
    let lines = sandbox.run(["assign", "q.csv", "-p", "render", "--format", "jsonl"]).done();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Ids with the area that they name.
const CONTROLS: &[(&str, &str)] = &[
    ("CEK-03.1", "encryption-at-rest"),
    ("SC-28", "encryption-at-rest"),
    ("A.8.24", "key-management"),
    ("CC6.1", "access-control"),
];

/// Texts that name no subject.
const BARE: &[&str] = &["See control", "Describe the implementation.", "Is it in place?", "Response"];

#[test]
fn an_id_says_what_a_bare_text_leaves_open() {
    for text in BARE {
        let row = |(id, _): &(&str, &str)| format!("{id},Domain of {id},{text}\n");
        let rows =
            assigned(&format!("id,section,question\n{}", CONTROLS.iter().map(row).collect::<String>()));
        assert_eq!(rows.len(), CONTROLS.len());
        for (row, (id, area)) in rows.iter().zip(CONTROLS) {
            assert_eq!((&row["id"], &row["area"]), (&Value::from(*id), &Value::from(*area)), "{text}");
        }
    }
}

#[test]
fn beside_other_ids_a_bare_text_is_right_or_goes_to_review() {
    for text in BARE {
        let row = |(id, _): &(&str, &str)| format!("{id},{text}\n");
        let rows = assigned(&format!("id,question\n{}", CONTROLS.iter().map(row).collect::<String>()));
        for (row, (id, area)) in rows.iter().zip(CONTROLS) {
            assert!(row["area"] == *area || row["status"] == "review", "{id} {text}: {row}");
        }
    }
}

#[test]
fn an_id_decides_nothing_against_a_plain_text() {
    let clashes = [
        ("AC-2", "Are backups tested by restoring them?", "backup-recovery"),
        ("PE-3", "Is customer data encrypted at rest?", "encryption-at-rest"),
        ("CP-9", "Do you run background checks on new employees?", "personnel-security"),
        ("SC-28", "Are penetration tests carried out every year?", "vulnerability-management"),
        ("A.8.24", "Do visitors to the data centre sign in?", "physical-security"),
        ("CC6.1", "Is there a business continuity plan?", "business-continuity"),
    ];
    for (id, text, area) in clashes {
        let rows = assigned(&format!("id,question\n{id},{text}\n"));
        let said = (rows[0]["area"].as_str().unwrap(), rows[0]["status"].as_str().unwrap());
        assert!(said.0 == area || said.1 == "review", "{id} {text}: {said:?}");
    }
}

/// Rankings of questions with their headings, in a row.
fn in_a_row(rows: &[(&str, &str)]) -> Vec<Ranking> {
    fn query<'r>(row: &'r (&str, &str)) -> Query<'r> {
        Query { section: row.0, question: row.1, ..Query::default() }
    }
    MATCHER.stream(rows.to_vec(), query).map(|(_, ranking)| ranking).collect()
}

/// Questions that hang on the one before.
const FOLLOW_UPS: &[&str] = &[
    "If yes, how often?",
    "If so, please describe.",
    "If not, why not?",
    "How often?",
    "By whom?",
    "Please explain.",
];

#[test]
fn a_follow_up_inherits_and_says_so() {
    let leaders = [
        ("Do you test restoring from backups?", "backup-recovery"),
        ("Is customer data encrypted at rest?", "encryption-at-rest"),
        ("Are penetration tests carried out?", "vulnerability-management"),
        ("Do you run background checks on new employees?", "personnel-security"),
        ("Are visitors to the data centre escorted?", "physical-security"),
        ("Are subprocessors assessed before they are engaged?", "supply-chain"),
        ("Is there a business continuity plan?", "business-continuity"),
        ("Do you use AI models that are trained with customer data?", "ai-governance"),
    ];
    for (leader, area) in leaders {
        for follow_up in FOLLOW_UPS {
            let rankings = in_a_row(&[("", leader), ("", follow_up)]);
            let (first, second) = (&rankings[0], &rankings[1]);
            assert_eq!((best(first), best(second)), (area, area), "{leader} {follow_up}");
            let shares = [first, second].map(|ranking| ranking.best().evidence.from_context);
            assert!(shares[0] < 0.5 && shares[1] > 0.5, "{leader} {follow_up}: {shares:?}");
        }
    }
}

#[test]
fn a_follow_up_stays_within_its_section() {
    for follow_up in FOLLOW_UPS {
        let rows =
            [("Part 1", "Are backups made?"), ("Part 1", "Are backups tested?"), ("Part 2", *follow_up)];
        let (with, without) = (in_a_row(&rows), in_a_row(&rows[2..]));
        assert_eq!(best(&with[2]), best(&without[0]), "{follow_up}");
        let confidence = |ranking: &Ranking| ranking.best().confidence.to_bits();
        assert_eq!(confidence(&with[2]), confidence(&without[0]), "{follow_up}");
        assert_ne!(with[2].band, Band::Auto, "{follow_up}: {:?}", with[2]);
    }
}

#[test]
fn what_says_nothing_is_left_to_a_person() {
    for text in FOLLOW_UPS.iter().chain(&["Comments", "See above", "N/A", "Evidence", "Other"]) {
        let ranking = rank(text);
        assert_ne!(ranking.band, Band::Auto, "{text}: {ranking:?}");
    }
}

#[test]
fn nothing_beyond_the_window_is_heard() {
    let far = ["Are backups tested?"; 3];
    let near: Vec<&str> = (0..Matcher::WINDOW).map(|_| "Do visitors to the data centre sign in?").collect();
    let last = |before: Vec<&'static str>| {
        let rows: Vec<_> = before.into_iter().chain(["If yes, how often?"]).map(|text| ("", text)).collect();
        in_a_row(&rows).pop().unwrap()
    };
    let (with, without) = (last([far.to_vec(), near.clone()].concat()), last(near));
    assert_eq!(best(&with), "physical-security");
    assert_eq!(with.best().confidence.to_bits(), without.best().confidence.to_bits());
}

#[test]
fn ask_says_what_the_heading_gave() {
    let sandbox = Sandbox::new();
    let ask = ["ask", "If yes, how often?", "-p", "render", "--format", "json", "--section"];
    let told = sandbox.run(ask.iter().chain(&["Backup and restore"])).done();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["area"], "backup-recovery");
    assert!(told["evidence"][0]["from_context"].as_f64().unwrap() > 0.25, "{told}");
    let card = sandbox.run(["ask", "If yes, how often?", "-p", "render", "--section", "Backups"]).done();
    assert!(card.contains("from the heading and the questions around it"), "{card}");
}

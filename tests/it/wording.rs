//! What a person may do to a wording without moving its area: slips of the pen, and frames around the subject.

use std::fmt::Write as _;

use crate::corpus::CORPUS;
use crate::harness::{best, rank};

/// How many words a plain question has.
const PLAIN: std::ops::RangeInclusive<usize> = 4..=16;

/// Shortest word that gets a slip where every word gets one.
const LONG: usize = 5;

/// A word with two letters swapped, one left out or one doubled. The word and the text around it decide which and
/// where; the first letter stays, as it does in most slips.
fn slip(word: &str, text: &str) -> String {
    // FNV-1a: the same slips on every machine.
    let seed = word.bytes().chain(text.bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |seed, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let (kind, at) = ((seed >> 40) % 3, 1 + (seed >> 8) as usize % (word.len() - 2));
    let mut letters: Vec<char> = word.chars().collect();
    match kind {
        0 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        1 => letters.insert(at, letters[at]),
        _ => {
            letters.remove(at);
        }
    }
    letters.into_iter().collect()
}

fn long_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() >= LONG)
}

/// A slip in the longest word.
fn one_slip(text: &str) -> String {
    let longest = long_words(text).max_by_key(|word| word.len());
    longest.map_or(text.to_owned(), |word| text.replacen(word, &slip(word, text), 1))
}

/// A slip in every long word.
fn many_slips(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphabetic());
    let slipped = words.map(|word| match long_words(word).next() {
        Some(bare) => word.replacen(bare, &slip(bare, text), 1),
        None => word.to_owned(),
    });
    slipped.collect()
}

/// Plain questions of the corpus that are understood by themselves: how many there are, and which of them are not when
/// misspelt.
fn moved_by(misspell: fn(&str) -> String) -> (usize, Vec<String>) {
    let (mut asked, mut moved) = (0, Vec::new());
    for row in CORPUS.iter().flat_map(|set| &set.rows) {
        let (text, label) = (row.question.text.as_str(), row.label.as_ref().unwrap());
        let (ranking, misspelt) = (rank(text), misspell(text));
        let plain =
            PLAIN.contains(&text.split_whitespace().count()) && label.area.is_some() && misspelt != text;
        if !plain || !label.allows(ranking.best().area.as_ref()) {
            continue;
        }
        asked += 1;
        let (before, after) = (best(&ranking), rank(&misspelt));
        if best(&after) != before {
            moved.push(format!("{before} -> {}: {misspelt}", best(&after)));
        }
    }
    (asked, moved)
}

#[test]
fn slips_of_the_pen_keep_the_verdict() {
    let mut told = String::new();
    // Of a hundred, so many may move.
    for (name, misspell, limit) in
        [("one slip", one_slip as fn(&str) -> String, 3), ("a slip in every long word", many_slips, 12)]
    {
        let (asked, moved) = moved_by(misspell);
        writeln!(told, "{asked} questions with {name}, {} moved\n{}\n", moved.len(), moved.join("\n"))
            .unwrap();
        assert!(asked > 200, "{asked}");
        assert!(moved.len() * 100 <= asked * limit, "{told}");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn misspelt_questions_are_understood() {
    let cases = [
        ("encyption at rset", "encryption-at-rest"),
        ("vulnerabilty scaning", "vulnerability-management"),
        ("buisness continuity plan tests", "business-continuity"),
        ("Are bakcups restored to test them?", "backup-recovery"),
        ("Is mulit-factor authetication enforced for administrators?", "authentication"),
        ("Who has acess to the datacentre, and are vistors escorted?", "physical-security"),
        ("backgroud checks of employes", "personnel-security"),
        ("How do you mange secuirty incidents?", "incident-response"),
        ("Are penetraton tests done by an independant firm?", "vulnerability-management"),
        ("Is trafic encrpyted with TLS?", "encryption-in-transit"),
        ("secuirty awarness traning", "security-training"),
        ("Are serveres pached monthly?", "patch-management"),
        ("DDoS mitigaton", "ddos-protection"),
        ("List of subproccessors", "supply-chain"),
        ("Are firewals configred to deny by defualt?", "network-security"),
        ("Do you perfrom acces reveiws?", "access-control"),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(question, area)| (question, area, best(&rank(question)).to_owned()))
        .filter(|(_, area, said)| *area != said)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Subjects as they stand in the middle of a sentence, with their area.
const SUBJECTS: &[(&str, &str)] = &[
    ("removal of leavers' accounts", "access-control"),
    ("periodic review of user access rights", "access-control"),
    ("role-based permissions of users", "access-control"),
    ("bias tests of machine learning models", "ai-governance"),
    ("human oversight of AI decisions", "ai-governance"),
    ("secure code review", "application-security"),
    ("static analysis of source code", "application-security"),
    ("the inventory of hardware and software assets", "asset-management"),
    ("asset tags and asset owners", "asset-management"),
    ("multi-factor authentication", "authentication"),
    ("single sign-on with SAML", "authentication"),
    ("password complexity", "authentication"),
    ("failover between availability zones", "availability"),
    ("uptime of the service", "availability"),
    ("backup restoration tests", "backup-recovery"),
    ("nightly backups of the database", "backup-recovery"),
    ("the business continuity plan", "business-continuity"),
    ("business impact analysis", "business-continuity"),
    ("autoscaling under load", "capacity-cost"),
    ("capacity planning", "capacity-cost"),
    ("approval of production changes", "change-management"),
    ("the change advisory board", "change-management"),
    ("protection of the AWS root account", "cloud-account"),
    ("SOC 2 Type II reports", "compliance-attestation"),
    ("ISO 27001 certification", "compliance-attestation"),
    ("hardening of Kubernetes worker nodes", "compute-platform"),
    ("operation of the control plane", "control-plane"),
    ("data classification", "data-governance"),
    ("labelling of confidential information", "data-governance"),
    ("data subject access requests", "data-privacy"),
    ("privacy impact assessments", "data-privacy"),
    ("the countries in which customer data is stored", "data-residency"),
    ("storage of our data within the EU", "data-residency"),
    ("deletion of customer data at the end of the contract", "data-retention"),
    ("disposal of storage media", "data-retention"),
    ("protection against DDoS attacks", "ddos-protection"),
    ("encryption of data at rest", "encryption-at-rest"),
    ("disk encryption of databases", "encryption-at-rest"),
    ("TLS for data in transit", "encryption-in-transit"),
    ("antivirus software on laptops", "endpoint-security"),
    ("mobile device management", "endpoint-security"),
    ("the incident response plan", "incident-response"),
    ("notification of customers about a breach", "incident-response"),
    ("encryption key rotation", "key-management"),
    ("hardware security modules for keys", "key-management"),
    ("cyber insurance", "legal-regulatory"),
    ("central collection of audit logs", "logging-monitoring"),
    ("SIEM alerts", "logging-monitoring"),
    ("firewall rules", "network-security"),
    ("network segmentation", "network-security"),
    ("installation of security patches", "patch-management"),
    ("background checks on new employees", "personnel-security"),
    ("non-disclosure agreements with employees", "personnel-security"),
    ("visitor access to the data centre", "physical-security"),
    ("CCTV at the entrances", "physical-security"),
    ("export of our data in an open format", "portability"),
    ("storage of API keys and passwords in a vault", "secrets-management"),
    ("hardening baselines such as CIS benchmarks", "secure-configuration"),
    ("the information security policy", "security-governance"),
    ("the risk register", "security-governance"),
    ("phishing simulations", "security-training"),
    ("security awareness training", "security-training"),
    ("administration of the managed database", "storage-database"),
    ("due diligence on subcontractors", "supply-chain"),
    ("the list of subprocessors", "supply-chain"),
    ("isolation between tenants", "tenant-isolation"),
    ("penetration testing", "vulnerability-management"),
    ("vulnerability scans", "vulnerability-management"),
];

/// What people put around a subject without asking about anything else: time, frequency, place, audience, wording of
/// the answer, approval and tails. None stands in `questions/frames.txt`, which the weights were trained with.
const FRAMES: &[&str] = &[
    "As of today, do you have {}?",
    "Has anything changed in {} since we last asked?",
    "Do you carry out {} quarterly or more often?",
    "Do you have {}, and how often is this reviewed?",
    "On which dates did you last look at {}?",
    "Is {} the same in every country and branch?",
    "Wherever we operate, can we count on {}?",
    "For the benefit of our reviewers, describe {}.",
    "Explain {} to a reader without a technical background.",
    "Could your team walk us through {} during a call?",
    "Where would we read about {}?",
    "Attach whatever you have written down on {}.",
    "Link to a page on {} (URL).",
    "Who signed off {}, and on which day?",
    "Has the head of the department agreed to {}?",
    "Do you have {}? Answer yes, no or not applicable.",
    "Do you have {}? If not, please give a reason and a target date.",
    "{}: yes / no / partly, with comments",
    "{} (mandatory field)",
    "Tell us about {} (see the instructions on page 2).",
    "What can you tell us about {}, in no more than 200 words?",
    "We take {} seriously. True or false?",
    "Kindly comment upon {}.",
    "Compared with last year, is {} better, worse or the same?",
    "With respect to {}, state what applies.",
    "On a typical working day, who looks after {}?",
    "Is {} planned, started or finished?",
    "Regarding {}: what would you like to improve?",
];

#[test]
fn our_frames_are_not_those_of_the_training() {
    let trained = include_str!("../../questions/frames.txt").to_lowercase();
    for frame in FRAMES {
        assert_eq!(frame.matches("{}").count(), 1, "{frame}");
        assert!(!trained.contains(&frame.to_lowercase()), "{frame}");
    }
}

#[test]
fn plain_subjects_find_their_area() {
    let wrong: Vec<_> = SUBJECTS
        .iter()
        .map(|(subject, area)| (subject, area, best(&rank(subject)).to_owned()))
        .filter(|(_, area, said)| *area != said)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_frame_moves_no_subject() {
    let (mut moved, mut told) = (0, String::new());
    for frame in FRAMES {
        for (subject, area) in SUBJECTS {
            let question = frame.replace("{}", subject);
            let ranking = rank(&question);
            if best(&ranking) != *area {
                moved += 1;
                writeln!(told, "{area} -> {}: {question}", best(&ranking)).unwrap();
            }
        }
    }
    let all = SUBJECTS.len() * FRAMES.len();
    insta::assert_snapshot!(format!("{all} framed subjects, {moved} moved\n{told}"));
    assert!(moved * 33 <= all, "{moved} of {all} moved:\n{told}");
}

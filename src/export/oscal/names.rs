//! Identifiers and texts in the forms that OSCAL allows.

use uuid::Uuid;

use crate::safe_text::one_line;

/// All UUIDs are version 5 under this one: they follow from the content.
const ROOT: Uuid = Uuid::from_u128(0x5d0e_3a0c_63a5_4f0a_9c1e_8b6f_20d4_17e2);

/// The namespace of the properties that are our own. It is a name, and nothing is to be found under it.
pub(super) fn namespace() -> String {
    format!("urn:uuid:{ROOT}")
}

/// The UUID of what these parts tell apart.
pub(super) fn uuid(parts: &[&str]) -> String {
    // The length before each part keeps ("a", "bc") and ("ab", "c") apart.
    let name: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
    Uuid::new_v5(&ROOT, name.as_bytes()).to_string()
}

/// A line without what steers a screen; never empty, since OSCAL allows no empty text.
pub(super) fn line(text: &str) -> String {
    let line = one_line(text);
    if line.is_empty() { "-".into() } else { line }
}

/// Text in a field that is read as Markdown: what has a meaning there is escaped.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for letter in line(text).chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '^' | '$'
        ) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The id of a control as the standard's OSCAL catalog has it where it publishes one, and a token close to its own
/// writing elsewhere.
pub(super) fn control_id(standard: &str, id: &str) -> String {
    match standard {
        "NIST SP 800-53" => nist(id).unwrap_or_else(|| token(id, "sp800-53")),
        // "CEK-03.1" is a question on the control CEK-03.
        "CSA Cloud Controls Matrix" => token(id.split('.').next().unwrap_or(id), "ccm"),
        "PCI DSS" => token(id, "pci-dss"),
        "HIPAA Security and Privacy Rules" => token(id, "hipaa"),
        "CIS Controls" => token(id, "cis"),
        "NIST SP 800-171" => token(id, "sp800-171"),
        _ => token(id, "control"),
    }
}

/// "AC-02(1)" is `ac-2.1` in NIST's catalog; what comes after is a part of the control.
fn nist(id: &str) -> Option<String> {
    let mut parts = id.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let family =
        parts.next().filter(|family| family.len() == 2 && family.chars().all(|c| c.is_ascii_alphabetic()))?;
    let number: u32 = parts.next()?.parse().ok()?;
    let enhancement: Option<u32> = parts.next().and_then(|part| part.parse().ok());
    let enhancement = enhancement.map(|number| format!(".{number}")).unwrap_or_default();
    Some(format!("{}-{number}{enhancement}", family.to_ascii_lowercase()))
}

/// Letters, digits, `.`, `-` and `_`, a letter first.
pub(super) fn token(text: &str, prefix: &str) -> String {
    let mut token = String::new();
    for letter in text.chars() {
        match letter {
            '.' | '-' | '_' => token.push(letter),
            letter if letter.is_ascii_alphanumeric() => token.push(letter),
            '(' | '/' => token.push('.'),
            ')' => {}
            _ => token.push('_'),
        }
    }
    if token.starts_with(|first: char| first.is_ascii_alphabetic()) {
        token
    } else {
        format!("{prefix}-{token}")
    }
}

#[cfg(test)]
mod tests {
    use super::{control_id, markdown, token, uuid};

    #[test]
    fn controls_have_the_ids_of_their_catalogs() {
        let cases = [
            ("NIST SP 800-53", "AC-2", "ac-2"),
            ("NIST SP 800-53", "AC-02(1)", "ac-2.1"),
            ("NIST SP 800-53", "SC-28 (1)(a)", "sc-28.1"),
            ("NIST SP 800-53", "AC-2(j)", "ac-2"),
            ("CSA Cloud Controls Matrix", "CEK-03.1", "CEK-03"),
            ("CSA Cloud Controls Matrix", "A&A-02.1", "A_A-02"),
            ("ISO/IEC 27001 Annex A", "A.8.24", "A.8.24"),
            ("PCI DSS", "8.3.1", "pci-dss-8.3.1"),
            ("HIPAA Security and Privacy Rules", "164.308(a)(5)(ii)(B)", "hipaa-164.308.a.5.ii.B"),
            ("NIST Cybersecurity Framework", "PR.DS-01", "PR.DS-01"),
        ];
        for (standard, id, expected) in cases {
            assert_eq!(control_id(standard, id), expected, "{standard} {id}");
        }
        assert_eq!(token("é", "x"), "x-_");
    }

    #[test]
    fn text_is_no_markup_and_ids_follow_from_their_parts() {
        assert_eq!(markdown("<b>*x*\n{{ insert }}</b>"), "\\<b\\>\\*x\\* \\{\\{ insert \\}\\}\\</b\\>");
        assert_eq!(uuid(&["a", "bc"]), uuid(&["a", "bc"]));
        assert_ne!(uuid(&["a", "bc"]), uuid(&["ab", "c"]));
        assert_eq!(uuid(&["a"]).as_bytes()[14], b'5');
    }
}

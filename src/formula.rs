//! No text from a stranger becomes a formula in a spreadsheet (OWASP CSV injection; ASVS 5.0, 1.2.10).

use std::borrow::Cow;

use crate::safe_text::without_controls;

/// A cell that is safe to open: control characters dropped, and a `'` before what a spreadsheet would evaluate.
///
/// Numbers stay as they are. What would only begin with a trigger once the control characters are gone counts too.
pub fn guard(text: &str) -> Cow<'_, str> {
    let clean = without_controls(text);
    if (triggers(text) || triggers(&clean)) && !is_number(&clean) {
        return Cow::Owned(format!("'{clean}"));
    }
    clean
}

fn triggers(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0'])
}

fn is_number(text: &str) -> bool {
    // Rust also reads "inf" and "nan", which a spreadsheet takes for names.
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[test]
    fn formulas_are_defused_and_numbers_kept() {
        let cases = [
            ("=1+2", "'=1+2"),
            ("+SUM(A1)", "'+SUM(A1)"),
            ("-2+3", "'-2+3"),
            ("@cmd", "'@cmd"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\0=1", "'=1"),
            ("\0text", "'text"),
            ("\x1b=1", "'=1"),
            ("\u{7f}@x", "'@x"),
            ("-5", "-5"),
            ("+1.5e3", "+1.5e3"),
            ("-inf", "'-inf"),
            ("- a bullet", "'- a bullet"),
            ("a=b", "a=b"),
            ("", ""),
            ("7.1", "7.1"),
        ];
        for (text, expected) in cases {
            assert_eq!(guard(text), expected, "{text:?}");
        }
    }
}

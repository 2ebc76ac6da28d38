//! Text made fit for a cell.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use crate::export::markdown_text::web_address;
use crate::formula::guard;
use crate::safe_text::without_controls;

/// UTF-16 units that a cell holds.
pub(super) const MAX_UNITS: usize = 32_767;

/// Links that Excel takes in a sheet.
pub(super) const MAX_LINKS: u32 = 65_530;

/// Longest address that Excel takes, in UTF-16 units.
const MAX_LINK_UNITS: usize = 2_079;

/// How texts are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells {
    /// Whether a `'` goes before what a spreadsheet would evaluate, once saved as CSV.
    pub(super) guarded: bool,
}

impl Cells {
    /// A text as the cell has it; `true` where it had to be cut.
    pub(super) fn text(self, text: &str) -> (String, bool) {
        // What only begins with a trigger once that is gone counts too.
        let known: String = text.chars().filter(|letter| !is_forbidden(*letter)).collect();
        let safe = if self.guarded { guard(&known) } else { without_controls(&known) };
        fit(&line_ends(&safe))
    }

    /// Writes a text as a string; `true` where it had to be cut.
    pub(super) fn write(
        self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        text: &str,
        format: &Format,
    ) -> Result<bool, XlsxError> {
        let (text, cut) = self.text(text);
        sheet.write_string_with_format(row, column, text, format)?;
        Ok(cut)
    }
}

/// What XML forbids besides control characters.
fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\u{fffe}' | '\u{ffff}')
}

/// Line ends as a cell has them.
fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        return Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    Cow::Borrowed(text)
}

/// A text that a cell holds: what is too long is cut, and says so.
fn fit(text: &str) -> (String, bool) {
    // A letter has at least as many bytes as units.
    let units = if text.len() <= MAX_UNITS { 0 } else { text.encode_utf16().count() };
    if units <= MAX_UNITS {
        return (text.to_owned(), false);
    }
    let mark = format!(" … [cut here: the text is {units} characters long and a cell holds {MAX_UNITS}]");
    let mut room = MAX_UNITS - mark.encode_utf16().count();
    let kept = text.chars().take_while(|letter| {
        let fits = letter.len_utf16() <= room;
        room = room.saturating_sub(letter.len_utf16());
        fits
    });
    let mut fitted: String = kept.collect();
    fitted.push_str(&mark);
    (fitted, true)
}

/// An address that Excel takes as a link.
pub(super) fn linkable(url: &str) -> bool {
    // Where it contains what must be escaped, what is opened would not be what is shown.
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>[]^`{}".contains(&byte));
    plain && web_address(url).is_some() && url.len() <= MAX_LINK_UNITS
}

#[cfg(test)]
mod tests {
    use super::{Cells, MAX_UNITS, linkable};

    #[test]
    fn what_a_cell_cannot_hold_is_cut_and_says_so() {
        let cells = Cells { guarded: true };
        for letter in ["a", "é", "😀"] {
            let fits = letter.repeat(MAX_UNITS / letter.encode_utf16().count());
            assert_eq!(cells.text(&fits), (fits.clone(), false));
            let (cut, was_cut) = cells.text(&format!("{fits}{letter}"));
            assert!(was_cut && cut.ends_with(&format!("a cell holds {MAX_UNITS}]")), "{letter}");
            let units = cut.encode_utf16().count();
            assert!((MAX_UNITS - 1..=MAX_UNITS).contains(&units), "{letter}: {units}");
        }
        // The guard's mark counts too.
        let (cut, was_cut) = cells.text(&format!("={}", "a".repeat(MAX_UNITS - 1)));
        assert!(was_cut && cut.starts_with("'=aaa"));
    }

    #[test]
    fn formulas_are_defused_and_what_xml_forbids_goes() {
        let text = |guarded, text| Cells { guarded }.text(text).0;
        let cases = [
            ("=1+1", "'=1+1"),
            ("\0=1", "'=1"),
            ("\u{ffff}=1", "'=1"),
            ("\rx", "'\nx"),
            ("-7", "-7"),
            ("a\r\nb\rc\u{fffe}\u{1b}", "a\nb\nc"),
            ("'quoted'", "'quoted'"),
        ];
        for (given, expected) in cases {
            assert_eq!(text(true, given), expected, "{given:?}");
        }
        assert_eq!(text(false, "=1+1"), "=1+1");
    }

    #[test]
    fn only_addresses_that_excel_takes_are_links() {
        let long = |length: usize| format!("https://a.example/{}", "x".repeat(length - 18));
        for (url, expected) in [
            ("https://a.example/b#c", true),
            ("HTTP://a.example", true),
            (&long(2_079), true),
            (&long(2_080), false),
            ("javascript:alert(1)", false),
            ("file:///etc/passwd", false),
            ("internal:Summary!A1", false),
            ("https://a.example/ö", false),
            ("https://a.example/ b", false),
            ("", false),
        ] {
            assert_eq!(linkable(url), expected, "{url}");
        }
    }
}

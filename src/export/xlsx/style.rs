use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, Format, FormatAlign, FormatBorder,
};

use crate::domain::Party;

/// The formats that every sheet uses.
pub(super) struct Style {
    pub(super) header: Format,
    pub(super) title: Format,
    pub(super) heading: Format,
    pub(super) heading_right: Format,
    /// A short text.
    pub(super) text: Format,
    /// A long text, on as many lines as it takes.
    pub(super) wrapped: Format,
    pub(super) link: Format,
    /// A probability with two decimals.
    pub(super) probability: Format,
    /// A count; none is a dash, so that a table of them can be read.
    pub(super) count: Format,
}

impl Style {
    pub(super) fn new() -> Style {
        let top = Format::new().set_align(FormatAlign::Top);
        let fill = Color::RGB(0x00DD_E6EE);
        let heading = Format::new().set_bold().set_background_color(fill);
        Style {
            header: top
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_background_color(fill)
                .set_border_bottom(FormatBorder::Thin),
            title: Format::new().set_bold().set_font_size(14),
            heading: heading.clone(),
            heading_right: heading.set_align(FormatAlign::Right),
            text: top.clone(),
            wrapped: top.clone().set_text_wrap(),
            link: top
                .clone()
                .set_font_color(Color::RGB(0x0005_63C1))
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            probability: top.clone().set_num_format("0.00"),
            count: top.set_num_format("#,##0;-#,##0;\"–\""),
        }
    }

    /// The format of a column's texts.
    pub(super) fn of(&self, column: &str) -> &Format {
        if width(column).1 { &self.wrapped } else { &self.text }
    }
}

/// How wide a column is in characters, and whether its text wraps.
pub(super) fn width(column: &str) -> (u32, bool) {
    match column {
        "question" | "provider_duty" | "customer_duty" | "source" | "note" | "Question" | "item" => {
            (48, true)
        }
        "CSP Implementation Description (Optional/Recommended)"
        | "CSC Responsibilities (Optional/Recommended)"
        | "Specific Inheritance and Customer Agency/CSP Responsibilities" => (64, true),
        "section" | "area" | "also" | "responsible" | "title" | "document" | "CCM Domain Title" => (22, true),
        "source_url" => (30, false),
        "next" => (60, true),
        "id" | "confidence" | "provider" | "model" | "nature" => (12, false),
        "place" => (24, false),
        _ => (16, true),
    }
}

/// Excel's highest row, in points.
const MAX_HEIGHT: f64 = 409.0;

/// A line of the default font, in points.
const LINE: f64 = 15.0;

/// How high a row must be for its texts, in points: a program that opens the workbook need not find out, and some do
/// not. Letters are counted as if all were of one width.
pub(super) fn height<'t>(texts: impl Iterator<Item = (&'t str, &'t str)>) -> f64 {
    let lines = texts.filter(|(column, _)| width(column).1).map(|(column, text)| {
        let room = width(column).0 as usize - 2;
        // Beyond these a row is as high as it can be.
        text.split('\n').take(30).map(|line| line.chars().count().div_ceil(room).max(1)).sum()
    });
    let lines: u32 = lines.map(|lines: usize| u32::try_from(lines).unwrap_or(u32::MAX)).max().unwrap_or(1);
    (f64::from(lines.max(1)) * LINE).min(MAX_HEIGHT)
}

/// Colours that follow the words when somebody changes them, dark on light so that print and every eye can read them.
pub(super) fn party_rules() -> impl Iterator<Item = ConditionalFormatCell> {
    Party::ALL.into_iter().map(|party| {
        let (text, fill) = match party {
            Party::Provider => (0x000B_5A2A, 0x00D5_F0DE),
            Party::Customer => (0x006B_4A00, 0x00FF_EFC2),
            Party::Shared => (0x0008_4C61, 0x00D3_EFF8),
            Party::ThirdParty => (0x0059_1E71, 0x00EF_DDF7),
            Party::Unaddressed => (0x0044_4444, 0x00E6_E6E6),
        };
        rule(party.as_str(), text, fill)
    })
}

/// The same for a status that needs a person.
pub(super) fn open_rules() -> impl Iterator<Item = ConditionalFormatCell> {
    ["review", "unmatched", "skipped"].into_iter().map(|word| rule(word, 0x007A_1F1F, 0x00FB_E0DD))
}

fn rule(word: &str, text: u32, fill: u32) -> ConditionalFormatCell {
    let format = Format::new().set_font_color(Color::RGB(text)).set_background_color(Color::RGB(fill));
    ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo(word)).set_format(format)
}

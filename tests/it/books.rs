//! Workbooks as people really send them, made here so that every cell can be read beside what comes out.

use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet};

/// A sheet from rows of cells; empty cells are not written.
pub(crate) fn sheet(book: &mut Workbook, name: &str, rows: &[(u32, &[&str])]) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    write(sheet, rows);
}

/// Rows with their numbers from 1, as people see them.
pub(crate) fn write(sheet: &mut Worksheet, rows: &[(u32, &[&str])]) {
    for (row, cells) in rows {
        for (column, cell) in cells.iter().enumerate().filter(|cell| !cell.1.is_empty()) {
            sheet.write_string(row - 1, column as u16, *cell).unwrap();
        }
    }
}

fn merge(sheet: &mut Worksheet, first: (u32, u16), last: (u32, u16), text: &str) {
    sheet.merge_range(first.0 - 1, first.1, last.0 - 1, last.1, text, &Format::new()).unwrap();
}

/// A consensus assessment as the Cloud Security Alliance lays it out: the data on the second sheet, the header in its
/// second row, the control's columns merged over its questions, a list for the owner.
pub(crate) fn consensus() -> Vec<u8> {
    let mut book = Workbook::new();
    sheet(
        &mut book,
        "Introduction",
        &[(1, &["Consensus assessment"]), (2, &["Answer each question with Yes, No or NA."])],
    );
    let sheet = book.add_worksheet().set_name("CAIQv4.0.3").unwrap();
    merge(sheet, (1, 0), (1, 9), "CONSENSUS ASSESSMENT v4.0.3");
    let rows: [(u32, &[&str]); 8] = [
        (
            2,
            &[
                "Question ID",
                "Question",
                "CSP CAIQ Answer",
                "SSRM Control Ownership",
                "CSP Implementation Description (Optional/Recommended)",
                "CSC Responsibilities  (Optional/Recommended)",
                "CCM Control ID",
                "CCM Control Specification",
            ],
        ),
        (3, &["BCR-08.1", "Are backups of customer data taken at least daily?"]),
        (4, &["BCR-08.2", "Are restores from backup tried out?"]),
        (5, &["CEK-03.1", "Is customer data encrypted wherever it is stored?"]),
        (6, &["LOG-03.1", "Do alerts reach somebody at any hour?"]),
        (7, &["LOG-03.2", "Are the alerts reviewed?"]),
        (8, &["End of Standard"]),
        (9, &["© A publisher. All rights reserved."]),
    ];
    write(sheet, &rows);
    sheet.write_string(1, 8, "CCM Control Title").unwrap();
    sheet.write_string(1, 9, "CCM Domain Title").unwrap();
    merge(sheet, (3, 6), (4, 6), "BCR-08");
    merge(sheet, (3, 7), (4, 7), "Back data up and see that it comes back.");
    merge(sheet, (3, 8), (4, 8), "Backup");
    sheet.write_string(2, 9, "Continuity").unwrap();
    write(
        sheet,
        &[(
            5,
            &["", "", "", "", "", "", "CEK-03", "Encrypt what is stored.", "Data encryption", "Cryptography"],
        )],
    );
    merge(sheet, (6, 8), (7, 8), "Alerting");
    merge(sheet, (6, 9), (7, 9), "Logging");
    let list =
        ["CSP-owned", "CSC-owned", "3rd-party outsourced", "Shared CSP and CSC", "Shared CSP and 3rd-party"];
    let list = DataValidation::new().allow_list_strings(&list).unwrap();
    sheet.add_data_validation(2, 3, 200, 3, &list).unwrap();
    book.save_to_buffer().unwrap()
}

/// A higher-education toolkit: all questions on a hidden sheet, formulas that show them on others, one of them on
/// several, each section's heading in the row that names the columns. What was not `computed` shows nothing yet.
pub(crate) fn toolkit(computed: bool) -> Vec<u8> {
    let sections: [(&str, &[(&str, &str)]); 3] = [
        (
            "Company Overview",
            &[
                ("COMP-01", "Describe how your business is organised and owned."),
                ("COMP-02", "Has the service been down unplanned in the past year?"),
            ],
        ),
        (
            "Documentation",
            &[
                ("DOCU-01", "Has an independent auditor looked at the service?"),
                ("DOCU-02", "Can you share a diagram of the architecture?"),
                ("DOCU-03", "Are changes to the documents recorded?"),
            ],
        ),
        (
            "Data",
            &[
                ("DATA-01", "Is institutional data encrypted on its way?"),
                ("DATA-02", "Is institutional data encrypted where it is stored?"),
                ("DATA-03", "Can the institution take its data out at the end?"),
            ],
        ),
    ];
    let mut book = Workbook::new();
    sheet(&mut book, "START HERE", &[(1, &["Toolkit"]), (3, &["Fill in the sheets in their order."])]);
    let hidden = book.add_worksheet().set_name("Questions").unwrap();
    hidden.set_hidden(true);
    write(hidden, &[(1, &["ID", "Question", "Weight"])]);
    for (row, (id, question)) in (2..).zip(sections.iter().flat_map(|section| section.1)) {
        write(hidden, &[(row, &[id, question, "20"])]);
    }
    let mut shown = |name: &str, sections: &[(&str, &[(&str, &str)])], mut number: u32| {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        write(sheet, &[(1, &["Vendor Response"]), (2, &["Vendor name", "", "A vendor"])]);
        let mut row = 5;
        for (heading, questions) in sections {
            merge(sheet, (row, 0), (row, 1), heading);
            write(
                sheet,
                &[(row, &["", "", "Vendor Answers", "Additional Information", "Guidance", "Analyst Notes"])],
            );
            row += 1;
            for (id, question) in *questions {
                write(
                    sheet,
                    &[(
                        row,
                        &[id, "", "", "", "Tell everything about it, with names and dates, however long."],
                    )],
                );
                let formula = rust_xlsxwriter::Formula::new(format!("=Questions!B{number}"))
                    .set_result(if computed { *question } else { "" });
                sheet.write_formula(row - 1, 1, formula).unwrap();
                (row, number) = (row + 1, number + 1);
            }
        }
    };
    shown("Organization", &sections[..2], 2);
    shown("Product", &sections[2..], 7);
    shown("Analyst Report", &sections, 2);
    book.save_to_buffer().unwrap()
}

/// A responsibility matrix that names controls by their ids, with a header over two rows on one sheet and an example.
pub(crate) fn controls() -> Vec<u8> {
    let mut book = Workbook::new();
    sheet(
        &mut book,
        "Instructions",
        &[(1, &["Column", "Description"]), (2, &["Control ID", "The control as the catalog numbers it."])],
    );
    let cis = book.add_worksheet().set_name("CIS Worksheet").unwrap();
    merge(cis, (1, 0), (1, 4), "Implementation summary");
    merge(cis, (2, 0), (3, 0), "Control ID");
    merge(cis, (2, 1), (2, 2), "Implementation Status");
    merge(cis, (2, 3), (2, 4), "Control Origination");
    write(
        cis,
        &[
            (3, &["", "Implemented", "Planned", "Service Provider Corporate", "Shared"]),
            (4, &["AC-2(a)"]),
            (5, &["AU-6"]),
            (6, &["CP-9(b)"]),
        ],
    );
    let header: &[&str] = &[
        "Control ID",
        "Can Be Inherited from CSP",
        "Specific Inheritance and Customer Agency/CSP Responsibilities",
    ];
    sheet(
        &mut book,
        "CRM Worksheet",
        &[(1, &["Responsibility matrix"]), (3, header), (4, &["AC-2(a)"]), (5, &["AU-6"]), (6, &["SC-28"])],
    );
    sheet(
        &mut book,
        "Example CRM Responses",
        &[(1, header), (2, &["AC-2(a)", "Partial", "What each side does."])],
    );
    book.save_to_buffer().unwrap()
}

/// What a bank's procurement sends: a banner, instructions, merged sections, hidden rows and columns, a legend below,
/// several questions in a cell, lists and a change log on further sheets, and a used range far beyond the rows.
pub(crate) fn procurement() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet_ = book.add_worksheet().set_name("Vendor Assessment").unwrap();
    merge(sheet_, (1, 1), (1, 5), "Third-party security assessment");
    write(
        sheet_,
        &[
            (3, &["", "Please complete every row."]),
            (5, &["", "No.", "Control area", "Requirement", "Response", "Comments", "Internal score"]),
            (6, &["", "1", "", "All users have accounts of their own", "", "", "5"]),
            (7, &["", "1.1", "", "Shared accounts are switched off", "", "", "3"]),
            (8, &["", "1.2", "", "A row that the bank does not ask this vendor", "", "", "1"]),
            (
                9,
                &[
                    "",
                    "2",
                    "Logging",
                    "Are logs kept for a year?\nWho reviews them?\n[If nobody does, say why.]",
                ],
            ),
            (10, &["", "3", "Backup", "Restores are tried out"]),
            (11, &["", "", "", "If not, explain."]),
            (13, &["", "Legend: C = compliant, N = not compliant"]),
        ],
    );
    merge(sheet_, (6, 2), (8, 2), "Access");
    sheet_.set_row_hidden(7).unwrap();
    sheet_.set_column_hidden(6).unwrap();
    sheet_.write_blank(1000, 3, &Format::new().set_bold()).unwrap();
    sheet(&mut book, "Lists", &[(1, &["Yes"]), (2, &["No"]), (3, &["Partially"])]);
    sheet(
        &mut book,
        "Change log",
        &[
            (1, &["Version", "Date", "Description", "Author"]),
            (2, &["1.0", "2026-01-02", "First version of the questionnaire", "A"]),
        ],
    );
    book.save_to_buffer().unwrap()
}

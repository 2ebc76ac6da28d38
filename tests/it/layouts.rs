//! Workbooks as forty kinds of senders lay them out. `tests/layouts` has one a file, as text: `== name` begins a sheet,
//! bars stand between cells, `> ` before what is a question by careful reading; `=merge`, `=hide`, `=hidden` and `=from`
//! say the rest. Every question must be found, and nothing else.

use std::io::Cursor;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook};
use whose::questionnaire::{Entry, Options, Reader};

use crate::harness::{Sandbox, root};

struct Layout {
    name: String,
    bytes: Vec<u8>,
    questions: Vec<String>,
}

/// Column and row of an address such as `D14`, counted from 0.
fn address(text: &str) -> (u16, u32) {
    let digits = text.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = text[..digits].bytes().fold(0, |sum, letter| sum * 26 + u16::from(letter - b'A') + 1);
    (column - 1, text[digits..].parse::<u32>().unwrap() - 1)
}

fn layout(path: &Path) -> Layout {
    let text = std::fs::read_to_string(path).unwrap();
    let mut book = Workbook::new();
    let mut questions = Vec::new();
    for sheet_text in text.split("== ").skip(1) {
        let mut lines = sheet_text.lines();
        let sheet = book.add_worksheet().set_name(lines.next().unwrap()).unwrap();
        let (mut left, mut row) = (0, 0);
        let mut merges = Vec::new();
        for line in lines {
            if let Some(said) = line.strip_prefix('=') {
                let (what, at) = said.split_once(' ').unwrap_or((said, ""));
                match what {
                    "merge" => merges.push(at.split_once(':').unwrap()),
                    "from" => (left, row) = address(at),
                    "hide" => {
                        sheet.set_column_hidden(address(&format!("{at}1")).0).unwrap();
                    }
                    "hidden" => {
                        sheet.set_hidden(true);
                    }
                    _ => panic!("{}: {line}", path.display()),
                }
                continue;
            }
            // A merged range is written blank, so it comes before what stands in it.
            for (first, last) in merges.drain(..) {
                let ((left, top), (right, bottom)) = (address(first), address(last));
                sheet.merge_range(top, left, bottom, right, "", &Format::new()).unwrap();
            }
            for (column, cell) in (left..).zip(line.split('|')) {
                let cell = cell.trim().replace("\\n", "\n");
                let question = cell.strip_prefix("> ");
                questions.extend(question.map(folded));
                if !cell.is_empty() {
                    sheet.write_string(row, column, question.unwrap_or(&cell)).unwrap();
                }
            }
            row += 1;
        }
    }
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    Layout { name, bytes: book.save_to_buffer().unwrap(), questions }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_question_is_lost_and_none_invented() {
    let files = std::fs::read_dir(root().join("tests/layouts")).unwrap();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for path in files.map(|file| file.unwrap().path()) {
        let Layout { name, bytes, mut questions } = layout(&path);
        let reader = match Reader::open(Cursor::new(bytes), &format!("{name}.xlsx"), &Options::default()) {
            Ok(reader) => reader,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        let question = |entry| match entry {
            Entry::Question(question) => Some(folded(&question.text)),
            Entry::Skipped(_) => None,
        };
        let mut found: Vec<String> = reader.map(Result::unwrap).filter_map(question).collect();
        found.sort();
        questions.sort();
        if found != questions {
            wrong.push(format!("{name}: found {found:#?}, there are {questions:#?}"));
        }
        read += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read >= 79, "{read} layouts");
}

#[test]
fn the_most_telling_layouts_are_understood() {
    let telling = [
        "bank", "caiq31", "cis18", "csf", "grid2", "hecvat3", "intext2", "jp", "pci", "rfp", "side",
        "stacked", "tisax",
    ];
    for name in telling {
        let sandbox = Sandbox::new();
        let made = layout(&root().join("tests/layouts").join(format!("{name}.txt")));
        let file = format!("{name}.xlsx");
        sandbox.file(&file, made.bytes);
        insta::assert_snapshot!(format!("layout_{name}"), sandbox.run(["inspect", "--rows", &file]).whole());
    }
}

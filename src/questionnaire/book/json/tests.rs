use super::*;

fn show(book: &Book) {
    for sheet in &book.sheets {
        println!("== {:?} section={:?}", sheet.name, sheet.section);
        match &sheet.content {
            Content::Items(items) => {
                let q = items.iter().filter(|(_, r)| matches!(r, Row::Question{..})).count();
                println!("{} items, {q} questions", items.len());
                for (l, r) in items { match r {
                    Row::Question{id, section, text, parent, ..} => println!("{l} Q {id} | {section} | {} | ^{}", &text.chars().take(90).collect::<String>(), &parent.chars().take(40).collect::<String>()),
                    Row::Skipped(r, t) => println!("{l} - {r}: {}", &t.chars().take(70).collect::<String>()),
                }}
            }
            Content::Grid(g) => for row in &g.rows { println!("{} {:?}", row.number, row.cells); },
            Content::Prose(p) => for row in p { println!("{row:?}"); },
        }
    }
    println!("{:?}", book.notes);
}

#[test]
fn real() {
    for f in std::env::var("REAL").unwrap().split(',') { show(&load(&std::fs::read(f).unwrap(), false).unwrap()); }
}

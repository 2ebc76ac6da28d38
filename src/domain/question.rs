use std::fmt;
use std::sync::Arc;

/// Where something stands in an input: the file as the user named it, the sheet of a workbook, and the line or row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, or `stdin`.
    pub file: Arc<str>,
    /// The sheet, in a workbook.
    pub sheet: Option<Arc<str>>,
    /// The first line of the row, or the row of the sheet, counted from 1.
    pub line: u64,
    /// The column of the sheet that the question stands in, counted from 0.
    pub column: Option<usize>,
}

impl Place {
    /// A line of a text.
    pub fn line(file: &Arc<str>, line: u64) -> Place {
        Place { file: Arc::clone(file), sheet: None, line, column: None }
    }

    /// The column as spreadsheets letter it: `A`, `Z`, `AA`.
    pub fn letters(column: usize) -> String {
        let (mut rest, mut letters) = (column + 1, Vec::new());
        while rest > 0 {
            letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
            rest = (rest - 1) / 26;
        }
        letters.iter().rev().collect()
    }
}

impl fmt::Display for Place {
    /// `file.csv:12`, or `book.xlsx:Sheet!B7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(sheet) = &self.sheet {
            // The sender named it, and this may be shown on a terminal.
            let shown: String = sheet.chars().filter(|c| !c.is_control()).collect();
            write!(f, "{shown}!")?;
        }
        if let Some(column) = self.column {
            f.write_str(&Place::letters(column))?;
        }
        write!(f, "{}", self.line)
    }
}

/// One row of a questionnaire that asks something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The questionnaire's own id, or the question's number where it has none.
    pub id: String,
    /// The heading that the question stands under; empty where there is none.
    pub section: String,
    /// The question as it was asked, white space at the ends removed.
    pub text: String,
    /// The question that it hangs on, where the questionnaire says so by depth or numbering; empty where not.
    pub parent: String,
    /// Where it stands.
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_as_people_look_for_them() {
        let mut place = Place::line(&"q.csv".into(), 12);
        assert_eq!(place.to_string(), "q.csv:12");
        place.sheet = Some("Access control".into());
        assert_eq!(place.to_string(), "q.csv:Access control!12");
        place.column = Some(27);
        assert_eq!(place.to_string(), "q.csv:Access control!AB12");
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(Place::letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}

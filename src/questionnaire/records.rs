use super::lines::{LineError, Lines, split_end};
use super::split::{Progress, Record, Splitter};

/// How far one row may stretch over lines by its quotes. Beyond it a quote was surely left open.
const MAX_QUOTED_BYTES: usize = 1 << 20;

/// How many bytes are read a second time because of quotes left open, in all. Bounds the work on files made of
/// such quotes; beyond it a quote ends with its line.
const MAX_REREAD_BYTES: usize = 32 << 20;

/// The rows of a delimited table.
///
/// The csv crate is not used here because a quote that is left open swallows the rest of the file there, and
/// what was swallowed cannot be read again.
pub(super) struct Records {
    lines: Lines,
    delimiter: Option<u8>,
    /// The row as it stands in the input.
    raw: Vec<u8>,
    /// Where each of its lines starts.
    starts: Vec<usize>,
    reread: usize,
    /// Lines in which a quote was left open, since they were last asked for.
    strays: Vec<u64>,
}

impl Records {
    pub(super) fn new(lines: Lines, delimiter: Option<u8>) -> Records {
        Records { lines, delimiter, raw: Vec::new(), starts: Vec::new(), reread: 0, strays: Vec::new() }
    }

    /// The line of the last quote that was found to be left open, once.
    pub(super) fn take_stray(&mut self) -> Option<u64> {
        self.strays.pop()
    }

    /// The next row, or `None` at the end.
    pub(super) fn read(&mut self) -> Result<Option<Record>, LineError> {
        self.raw.clear();
        self.starts.clear();
        let first = self.lines.next_number();
        let mut splitter = Splitter::new(self.delimiter, None, first);
        loop {
            let start = self.raw.len();
            if self.lines.read(&mut self.raw)?.is_none() {
                return Ok((!self.starts.is_empty()).then(|| self.recover(first, splitter.opened())));
            }
            self.starts.push(start);
            let (content, end) = split_end(&self.raw[start..]);
            match splitter.feed(content, end) {
                Progress::Whole => return Ok(Some(splitter.into_record())),
                Progress::Open if self.raw.len() < MAX_QUOTED_BYTES && self.reread < MAX_REREAD_BYTES => {}
                // A row this large went wrong where it first crossed a line, whatever was quoted since.
                Progress::Open => return Ok(Some(self.recover(first, splitter.crossing()))),
                Progress::Astray => return Ok(Some(self.recover(first, splitter.opened()))),
            }
        }
    }

    /// Ends the row with the line on which the quote at `opened` was left open, and gives the lines after it back.
    fn recover(&mut self, first: u64, opened: usize) -> Record {
        let after = self.starts.partition_point(|start| *start <= opened);
        let end = self.starts.get(after).copied().unwrap_or(self.raw.len());
        self.lines.give_back(&self.raw[end..], first + after as u64);
        self.reread += self.raw.len();
        self.strays.clear();
        self.strays.push(first + after as u64 - 1);

        let mut splitter = Splitter::new(self.delimiter, Some(opened), first);
        for (index, start) in self.starts[..after].iter().enumerate() {
            let stop = self.starts[..after].get(index + 1).copied().unwrap_or(end);
            let (content, line_end) = split_end(&self.raw[*start..stop]);
            splitter.feed(content, line_end);
        }
        splitter.into_record()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(input: impl Into<Vec<u8>>) -> (Vec<(u64, Vec<String>)>, Vec<u64>) {
        let lines = Lines::new(Box::new(std::io::Cursor::new(input.into())));
        let mut records = Records::new(lines, Some(b','));
        let (mut all, mut strays) = (Vec::new(), Vec::new());
        while let Some(record) = records.read().unwrap() {
            all.push((record.line, record.cells().map(Into::into).collect()));
            strays.extend(records.take_stray());
        }
        (all, strays)
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn rows_know_their_first_physical_line() {
        let (rows, strays) = records("a,b\n\"1\n2\n\",x\r\n\ny,z");
        assert_eq!(rows, [row(1, &["a", "b"]), row(2, &["1\n2", "x"]), row(5, &[""]), row(6, &["y", "z"])]);
        assert_eq!(strays, [0; 0]);
    }

    #[test]
    fn a_quote_left_open_costs_its_own_line_only() {
        let (rows, strays) = records("1,\"Is it so, or not?\n2,\"Why, then?\"\n3,How?\n");
        let expected =
            [row(1, &["1", "Is it so, or not?"]), row(2, &["2", "Why, then?"]), row(3, &["3", "How?"])];
        assert_eq!(rows, expected);
        assert_eq!(strays, [1]);
    }

    #[test]
    fn a_quote_left_open_until_the_end_loses_no_line() {
        let (rows, strays) = records("1,a\n2,\"b\n3,c\n4,d");
        assert_eq!(
            rows,
            [row(1, &["1", "a"]), row(2, &["2", "b"]), row(3, &["3", "c"]), row(4, &["4", "d"])]
        );
        assert_eq!(strays, [2]);
    }

    #[test]
    fn a_whole_cell_before_the_open_quote_stays_whole() {
        let (rows, strays) = records("1,\"a\nb\",\"c\n2,d,e\n");
        assert_eq!(rows, [row(1, &["1", "a\nb", "c"]), row(3, &["2", "d", "e"])]);
        assert_eq!(strays, [2]);
    }

    #[test]
    fn a_quote_left_open_over_a_large_file_is_noticed_early() {
        let mut input = b"1,\"a\n".to_vec();
        for _ in 0..400_000 {
            input.extend_from_slice(b"2,bcd\n");
        }
        let (rows, strays) = records(input);
        assert_eq!(rows.len(), 400_001);
        assert_eq!(rows[400_000].0, 400_001);
        assert_eq!(strays, [1]);
    }

    #[test]
    fn a_file_made_of_open_quotes_takes_linear_time() {
        let (rows, _) = records(b"a\",b,\"c\n".repeat(300_000));
        assert_eq!(rows.last().unwrap().0, 300_000);
    }
}

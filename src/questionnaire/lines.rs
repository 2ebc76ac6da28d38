use std::io::{self, BufRead, BufReader, Read};

/// The largest line that is read: far above any real row, far below what would hurt.
pub(super) const MAX_LINE_BYTES: usize = 8 << 20;

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineEnds {
    /// LF, or CR LF; a lone CR is text.
    Lf,
    /// A lone CR, as old spreadsheets wrote it; LF and CR LF end a line too.
    Cr,
}

impl LineEnds {
    /// Tells from the first bytes; line ends inside quotes say nothing about those between rows.
    pub(super) fn sniff(head: &[u8]) -> LineEnds {
        let (mut quoted, mut carriage_returns, mut line_feeds) = (false, 0_usize, 0_usize);
        for (index, byte) in head.iter().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => line_feeds += 1,
                b'\r' if !quoted && head.get(index + 1) != Some(&b'\n') => carriage_returns += 1,
                _ => {}
            }
        }
        if carriage_returns > line_feeds { LineEnds::Cr } else { LineEnds::Lf }
    }
}

/// Why there is no next line.
#[derive(Debug)]
pub(super) enum LineError {
    Io(u64, io::Error),
    TooLong(u64),
}

/// The physical lines of an input, numbered from 1; lines can be given back.
pub(super) struct Lines {
    input: BufReader<Box<dyn Read>>,
    ends: LineEnds,
    /// Bytes that were given back, and how many of them were read again.
    returned: Vec<u8>,
    position: usize,
    next: u64,
}

impl Lines {
    pub(super) fn new(input: Box<dyn Read>, ends: LineEnds) -> Lines {
        let input = BufReader::with_capacity(64 << 10, input);
        Lines { input, ends, returned: Vec::new(), position: 0, next: 1 }
    }

    /// The number of the line that comes next.
    pub(super) fn next_number(&self) -> u64 {
        self.next
    }

    /// Appends the next line with its end to `out` and gives its number, or `None` at the end of the input.
    pub(super) fn read(&mut self, out: &mut Vec<u8>) -> Result<Option<u64>, LineError> {
        let (number, start) = (self.next, out.len());
        loop {
            let ends = self.ends;
            let chunk = self.chunk().map_err(|error| LineError::Io(number, error))?;
            if chunk.is_empty() {
                break;
            }
            let is_end = |byte: &u8| *byte == b'\n' || (ends == LineEnds::Cr && *byte == b'\r');
            let end = chunk.iter().position(is_end);
            let taken = end.map_or(chunk.len(), |index| index + 1);
            out.extend_from_slice(&chunk[..taken]);
            self.consume(taken);
            if end.is_some() {
                self.take_line_feed(out).map_err(|error| LineError::Io(number, error))?;
                break;
            }
            if out.len() - start > MAX_LINE_BYTES {
                return Err(LineError::TooLong(number));
            }
        }
        if out.len() == start {
            return Ok(None);
        }
        self.next += 1;
        Ok(Some(number))
    }

    /// The LF of a CR LF whose CR has just been read.
    fn take_line_feed(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if out.last() == Some(&b'\r') && self.chunk()?.first() == Some(&b'\n') {
            out.push(b'\n');
            self.consume(1);
        }
        Ok(())
    }

    /// Gives back the bytes that were read last; `number` is the line they start.
    pub(super) fn give_back(&mut self, bytes: &[u8], number: u64) {
        self.next = number;
        if self.position >= bytes.len() {
            self.position -= bytes.len();
        } else {
            self.returned.splice(..self.position, bytes.iter().copied());
            self.position = 0;
        }
    }

    fn chunk(&mut self) -> io::Result<&[u8]> {
        if self.position < self.returned.len() {
            return Ok(&self.returned[self.position..]);
        }
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        Ok(self.input.buffer())
    }

    fn consume(&mut self, count: usize) {
        if self.position < self.returned.len() {
            self.position += count;
            return;
        }
        self.returned.clear();
        self.position = 0;
        self.input.consume(count);
    }
}

/// A line without its end, and the end.
pub(super) fn split_end(line: &[u8]) -> (&[u8], &[u8]) {
    let end = match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n' | b'\r'] => 1,
        _ => 0,
    };
    line.split_at(line.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &'static [u8], ends: LineEnds) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(Box::new(input), ends);
        let mut all = Vec::new();
        loop {
            let mut line = Vec::new();
            match lines.read(&mut line).unwrap() {
                Some(number) => all.push((number, line)),
                None => return all,
            }
        }
    }

    #[test]
    fn lines_keep_their_ends_and_are_numbered() {
        let read = lines(b"a\nb\r\n\nc\rd", LineEnds::Lf);
        assert_eq!(
            read,
            [(1, b"a\n".to_vec()), (2, b"b\r\n".to_vec()), (3, b"\n".to_vec()), (4, b"c\rd".to_vec())]
        );
        let read = lines(b"a\rb\r\nc\nd", LineEnds::Cr);
        assert_eq!(
            read,
            [(1, b"a\r".to_vec()), (2, b"b\r\n".to_vec()), (3, b"c\n".to_vec()), (4, b"d".to_vec())]
        );
    }

    #[test]
    fn line_ends_inside_quotes_do_not_count() {
        assert_eq!(LineEnds::sniff(b"a,\"x\ny\nz\"\rb\r"), LineEnds::Cr);
        assert_eq!(LineEnds::sniff(b"a,\"x\ry\rz\"\nb\n"), LineEnds::Lf);
        assert_eq!(LineEnds::sniff(b"a\r\nb\r\n"), LineEnds::Lf);
        assert_eq!(LineEnds::sniff(b""), LineEnds::Lf);
    }

    #[test]
    fn lines_given_back_are_read_again() {
        let mut lines = Lines::new(Box::new(&b"a\nb\nc\n"[..]), LineEnds::Lf);
        let mut out = Vec::new();
        for _ in 0..3 {
            lines.read(&mut out).unwrap();
        }
        lines.give_back(b"b\nc\n", 2);
        out.clear();
        assert_eq!(lines.read(&mut out).unwrap(), Some(2));
        lines.give_back(b"b\n", 2);
        lines.read(&mut out).unwrap();
        assert_eq!(lines.read(&mut out).unwrap(), Some(3));
        assert_eq!(out, b"b\nb\nc\n");
        assert_eq!(lines.read(&mut out).unwrap(), None);
    }

    #[test]
    fn a_line_without_end_is_refused_with_its_number() {
        let input = io::Cursor::new(b"a\n").chain(io::repeat(b'x'));
        let mut lines = Lines::new(Box::new(input), LineEnds::Lf);
        let mut out = Vec::new();
        lines.read(&mut out).unwrap();
        assert!(matches!(lines.read(&mut out), Err(LineError::TooLong(2))));
        assert!(out.len() < MAX_LINE_BYTES + (128 << 10));
    }
}

use std::io::{self, BufRead, BufReader, Read};

/// The largest line that is read: far above any real row, far below what would hurt.
pub(super) const MAX_LINE_BYTES: usize = 8 << 20;

/// Why there is no next line.
#[derive(Debug)]
pub(super) enum LineError {
    Io(u64, io::Error),
    TooLong(u64),
}

/// The physical lines of an input, numbered from 1; lines can be given back. CR, LF and CR LF each end one, in any
/// mix: files are edited on several systems and put together from parts.
pub(super) struct Lines {
    input: BufReader<Box<dyn Read>>,
    /// Bytes that were given back, and how many of them were read again.
    returned: Vec<u8>,
    position: usize,
    next: u64,
}

impl Lines {
    pub(super) fn new(input: Box<dyn Read>) -> Lines {
        let input = BufReader::with_capacity(64 << 10, input);
        Lines { input, returned: Vec::new(), position: 0, next: 1 }
    }

    /// The number of the line that comes next.
    pub(super) fn next_number(&self) -> u64 {
        self.next
    }

    /// Appends the next line with its end to `out` and gives its number, or `None` at the end of the input.
    pub(super) fn read(&mut self, out: &mut Vec<u8>) -> Result<Option<u64>, LineError> {
        let (number, start) = (self.next, out.len());
        loop {
            let chunk = self.chunk().map_err(|error| LineError::Io(number, error))?;
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
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

    fn lines(input: &'static [u8]) -> Vec<(u64, Vec<u8>)> {
        let mut lines = Lines::new(Box::new(input));
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
        let read = lines(b"a\rb\r\n\nc\n\rd");
        let expected: [&[u8]; 6] = [b"a\r", b"b\r\n", b"\n", b"c\n", b"\r", b"d"];
        let expected = (1..).zip(expected.map(<[u8]>::to_vec));
        assert_eq!(read, expected.collect::<Vec<_>>());
    }

    #[test]
    fn lines_given_back_are_read_again() {
        let mut lines = Lines::new(Box::new(&b"a\nb\nc\n"[..]));
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
        let mut lines = Lines::new(Box::new(input));
        let mut out = Vec::new();
        lines.read(&mut out).unwrap();
        assert!(matches!(lines.read(&mut out), Err(LineError::TooLong(2))));
        assert!(out.len() < MAX_LINE_BYTES + (128 << 10));
    }
}

use std::collections::VecDeque;
use std::io::{Cursor, Read};
use std::sync::Arc;

use super::columns::{ColumnRef, Role};
use super::decode::{self, Encoding};
use super::detect::{self, Wanted};
use super::entry::{Entry, SkipReason, Skipped};
use super::error::{Foreign, ReadError};
use super::headers;
use super::layout::{Extent, Format, Layout, Note, SheetLayout};
use super::lines::{LineError, Lines, split_end};
use super::records::Records;
use super::sheets::{self, BookRows, Placed};
use super::sniff;
use super::split::Record;
use super::table::{Cells, Row, Table};
use super::text::Text;
use super::whole::{Taken, Whole};
use crate::domain::{Place, Question};

/// How much is looked at before anything is read.
const HEAD_BYTES: usize = 64 << 10;
/// How many rows the layout is detected from, and how many bytes they may take together.
const SAMPLE_ROWS: usize = 200;
const SAMPLE_BYTES: usize = 1 << 20;

/// What the user says about an input instead of leaving it to be detected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which columns play which roles. A role named twice is the later one's.
    pub columns: Vec<(Role, ColumnRef)>,
    /// How to read the input; by its name and its beginning where this is `None`.
    pub format: Option<Format>,
    /// The sheets that are read, by name or number from 1, hidden or not; those that hold questions where none is named.
    pub sheets: Vec<String>,
    /// The line or row of the header, counted from 1, instead of finding it.
    pub header_line: Option<u64>,
    /// Whether a question comes out again where a later sheet shows it once more, so that both can be filled in.
    pub on_every_sheet: bool,
}

/// A questionnaire, read row by row in constant memory.
///
/// Every row comes out once, in order, as a question or as skipped. After an error there is nothing more.
pub struct Reader {
    source: Source,
    layout: Layout,
    file: Arc<str>,
    /// Rows of a record that gave several.
    waiting: VecDeque<Placed>,
    /// How many questions there were.
    questions: u64,
    watch: EncodingWatch,
    ended: bool,
}

enum Source {
    Csv { first: VecDeque<Record>, failed: Option<LineError>, records: Box<Records>, table: Box<Table> },
    Text { lines: Lines, text: Text, line: Vec<u8> },
    Book(BookRows),
}

impl Options {
    fn wanted(&self) -> Wanted {
        Wanted { columns: self.columns.clone(), header_line: self.header_line }
    }
}

impl Reader {
    /// Looks at the beginning of an input and decides how to read it.
    ///
    /// `name` stands in every place and message, `-` as `stdin`; its extension is a hint to the format.
    ///
    /// # Errors
    /// The input fails, is no text, has no column that the user named, or none that clearly holds the questions.
    pub fn open(input: impl Read + 'static, name: &str, options: &Options) -> Result<Reader, ReadError> {
        let input = match Whole::of(input, name, options)? {
            Taken::Book(whole) => return Reader::open_book(whole, options),
            Taken::Stream(input) => input,
        };
        let Opened { file, beginning, lines, encoding, encoding_guessed } = Opened::new(input, name)?;
        let layout = empty_layout(encoding, encoding_guessed);
        match beginning.format(name, options) {
            Format::Csv => Reader::open_csv(lines, &beginning, options, layout, file),
            _ if !options.columns.is_empty() => Err(ReadError::ColumnsInText { file }),
            _ => Ok(Reader::open_text(lines, &beginning, layout, file)),
        }
    }

    fn open_book(whole: Whole, options: &Options) -> Result<Reader, ReadError> {
        let Whole { file, format, book, encoding, encoding_guessed } = whole;
        let notes = book.notes.clone();
        let (rows, sheets) = sheets::open(book, &options.sheets, &options.wanted(), &file)?;
        let rows = if options.on_every_sheet { rows.on_every_sheet() } else { rows };
        let layout = Layout { format, sheets, notes, ..empty_layout(encoding, encoding_guessed) };
        Ok(Reader::new(Source::Book(rows), layout, EncodingWatch::default(), file))
    }

    fn open_csv(
        lines: Lines,
        beginning: &Beginning,
        options: &Options,
        mut layout: Layout,
        file: Arc<str>,
    ) -> Result<Reader, ReadError> {
        let delimiter = beginning.dialect().delimiter;
        let mut records = Records::new(lines, delimiter);
        let (first, failed) = sample(&mut records, &mut layout);
        let plan = detect::plan(&first, &options.wanted(), &file)?;
        layout.delimiter = delimiter.map(char::from);
        let below = &first[plan.header.map_or(0, |index| index + 1)..];
        let extent = match plan.header {
            _ if below.iter().any(|record| record.filled().next().is_some()) || failed.is_some() => {
                Extent::Rows
            }
            Some(_) if first.len() < SAMPLE_ROWS => Extent::HeaderOnly,
            None if first.is_empty() => Extent::Empty,
            _ => Extent::Rows,
        };
        layout.sheets = vec![plan.layout(&first, extent)];
        let mut watch = EncodingWatch::default();
        first.iter().for_each(|record| watch.see(&mut layout, record.bytes(), record.line));
        let table = Box::new(Table::new(plan, &first, delimiter, &options.columns));
        let source = Source::Csv { first: first.into(), failed, records: Box::new(records), table };
        Ok(Reader::new(source, layout, watch, file))
    }

    fn open_text(lines: Lines, beginning: &Beginning, mut layout: Layout, file: Arc<str>) -> Reader {
        layout.format = Format::Text;
        let mut sheet = SheetLayout::default();
        let mut peeked = Lines::new(Box::new(Cursor::new(beginning.head.clone())));
        let (mut watch, mut text) = (EncodingWatch::default(), Text::new());
        let mut line = Vec::new();
        while let Ok(Some(number)) = peeked.read(&mut line) {
            let is_cut = !beginning.whole && split_end(&line).1.is_empty();
            if !is_cut {
                watch.see(&mut layout, &line, number);
            }
            match text.read(&decode::text(&line)) {
                Some(_) => sheet.extent = Extent::Rows,
                None => (sheet.header_line, sheet.extent) = (Some(number), Extent::HeaderOnly),
            }
            line.clear();
        }
        layout.sheets.push(sheet);
        let source = Source::Text { lines, text: Text::new(), line: Vec::new() };
        Reader::new(source, layout, watch, file)
    }

    fn new(source: Source, layout: Layout, watch: EncodingWatch, file: Arc<str>) -> Reader {
        Reader { source, layout, file, watch, waiting: VecDeque::new(), questions: 0, ended: false }
    }

    /// What was understood of the input; its notes grow while rows are read.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The next row that is no header.
    fn next_row(&mut self) -> Result<Option<Placed>, LineError> {
        loop {
            if let Some(row) = self.waiting.pop_front() {
                return Ok(Some(row));
            }
            let placed = |line, row| Placed { sheet: 0, line, column: None, row };
            match &mut self.source {
                Source::Csv { first, failed, records, table } => {
                    let waiting = first.pop_front();
                    let is_new = waiting.is_none();
                    if is_new && let Some(error) = failed.take() {
                        return Err(error);
                    }
                    let record = waiting.map_or_else(|| records.read(), |record| Ok(Some(record)))?;
                    let Some(record) = record else { return Ok(None) };
                    if let Some(line) = records.take_stray() {
                        self.layout.note(Note::OpenQuote { line });
                    }
                    let line = record.line;
                    self.waiting.extend(table.rows(&record).into_iter().map(|row| placed(line, row)));
                    let beside = table.beside(&record).into_iter();
                    self.waiting.extend(beside.map(|(_, row)| placed(line, row)));
                    if is_new {
                        self.watch.see(&mut self.layout, record.bytes(), line);
                    }
                }
                Source::Text { lines, text, line } => {
                    line.clear();
                    let Some(number) = lines.read(line)? else { return Ok(None) };
                    self.watch.see(&mut self.layout, line, number);
                    let row = text.read(&decode::text(split_end(line).0));
                    self.waiting.extend(row.map(|row| placed(number, row)));
                }
                Source::Book(rows) => return Ok(rows.next()),
            }
        }
    }

    fn entry(&mut self, Placed { sheet, line, column, row }: Placed) -> Entry {
        let told = self.layout.sheets.get(sheet);
        let header_line = told.and_then(|sheet| sheet.header_line);
        let name = told.and_then(|sheet| sheet.name.clone());
        let column = column.filter(|_| name.is_some());
        let mut place = Place { sheet: name, column, ..Place::line(&self.file, line) };
        match row {
            Row::Skipped(reason, text) => {
                // Such a row above is the first header, which the layout tells.
                if reason == SkipReason::Header && header_line != Some(line) {
                    self.layout.note(Note::FurtherHeader { line });
                }
                place.column = None;
                Entry::Skipped(Skipped { place, reason, text })
            }
            Row::Question { id, section, text, parent, cells } => {
                self.questions += 1;
                match cells {
                    Cells::AsNamed => {}
                    Cells::Joined => self.layout.note(Note::JoinedCells { line }),
                    Cells::LeftOver if self.layout.format == Format::Csv => {
                        self.layout.note(Note::ExtraCells { line });
                    }
                    // Cells beside a table in a sheet are remarks, not prose that was split.
                    Cells::LeftOver => {}
                }
                let id = if id.is_empty() { self.questions.to_string() } else { id };
                Entry::Question(Question { id, section, text, parent, place })
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.next_row() {
            Ok(Some(row)) => Some(Ok(self.entry(row))),
            Ok(None) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error.in_file(&self.file)))
            }
        }
    }
}

impl std::iter::FusedIterator for Reader {}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("file", &self.file)
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}

/// Notices the first bytes that are not UTF-8.
#[derive(Default)]
struct EncodingWatch {
    /// Whether there was valid UTF-8 beyond ASCII.
    seen_utf8: bool,
}

impl EncodingWatch {
    fn see(&mut self, layout: &mut Layout, bytes: &[u8], line: u64) {
        if layout.encoding == Encoding::Windows1252 || bytes.is_ascii() {
        } else if std::str::from_utf8(bytes).is_ok() {
            self.seen_utf8 = true;
        } else if self.seen_utf8 {
            layout.note(Note::NotUtf8 { line });
        } else {
            (layout.encoding, layout.encoding_guessed) = (Encoding::Windows1252, true);
        }
    }
}

/// An input of which the beginning has been looked at: it is text.
pub(super) struct Opened {
    pub(super) file: Arc<str>,
    pub(super) beginning: Beginning,
    pub(super) lines: Lines,
    encoding: Encoding,
    encoding_guessed: bool,
}

impl Opened {
    pub(super) fn new(mut input: impl Read + 'static, name: &str) -> Result<Opened, ReadError> {
        let file: Arc<str> = if name == "-" { "stdin".into() } else { name.into() };
        let failed = |source| ReadError::Io { place: Place::line(&file, 1), source };
        let foreign = |found| ReadError::Foreign { file: Arc::clone(&file), found };

        let raw = decode::head_of(&mut input, HEAD_BYTES).map_err(failed)?;
        if let Some(found) = sniff::foreign(&raw, name) {
            return Err(foreign(found));
        }
        let mut decoded = decode::decoded(raw, Box::new(input));
        let head = decode::head_of(&mut *decoded.input, HEAD_BYTES).map_err(failed)?;
        if sniff::is_binary(&head) {
            return Err(foreign(Foreign::Binary));
        }
        let beginning = Beginning { whole: head.len() < HEAD_BYTES, head };
        let lines = Lines::new(Box::new(Cursor::new(beginning.head.clone()).chain(decoded.input)));
        let (encoding, encoding_guessed) = (decoded.encoding, decoded.guessed);
        Ok(Opened { file, beginning, lines, encoding, encoding_guessed })
    }
}

/// The first bytes of an input, decoded.
pub(super) struct Beginning {
    pub(super) head: Vec<u8>,
    /// Whether there is no more.
    pub(super) whole: bool,
}

impl Beginning {
    fn dialect(&self) -> sniff::Dialect {
        sniff::dialect(&self.head, self.whole)
    }

    /// By what the user says, then by the extension, then by whether a table's header stands near the top.
    fn format(&self, name: &str, options: &Options) -> Format {
        if let Some(format) = options.format {
            return format;
        }
        let extension = sniff::extension(name);
        let is_table = matches!(extension.as_deref(), Some("csv" | "tsv" | "tab"))
            || !options.columns.is_empty()
            || self.dialect().has_header
            || self.is_quoted_column();
        if is_table { Format::Csv } else { Format::Text }
    }

    /// Whether the first line names one column of questions, and quotes stand around what follows.
    fn is_quoted_column(&self) -> bool {
        let mut lines = self.head.split(|byte| matches!(byte, b'\n' | b'\r')).map(<[u8]>::trim_ascii);
        let mut lines = lines.by_ref().filter(|line| !line.is_empty());
        let is_title = lines.next().is_some_and(|line| {
            headers::is_question_title(&decode::text(line.trim_ascii()).replace('"', ""))
        });
        is_title && lines.next().is_some_and(|line| line.starts_with(b"\""))
    }
}

/// Reads the rows from which the layout is detected.
fn sample(records: &mut Records, layout: &mut Layout) -> (Vec<Record>, Option<LineError>) {
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while rows.len() < SAMPLE_ROWS && bytes < SAMPLE_BYTES {
        match records.read() {
            Ok(Some(record)) => {
                bytes += record.bytes().len();
                rows.push(record);
            }
            Ok(None) => break,
            Err(error) => return (rows, Some(error)),
        }
        if let Some(line) = records.take_stray() {
            layout.note(Note::OpenQuote { line });
        }
    }
    (rows, None)
}

fn empty_layout(encoding: Encoding, encoding_guessed: bool) -> Layout {
    Layout {
        format: Format::Csv,
        encoding,
        encoding_guessed,
        delimiter: None,
        sheets: Vec::new(),
        notes: Vec::new(),
    }
}

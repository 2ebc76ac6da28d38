/// How much of a workbook is read before it is refused: a small file can claim, or hold, any amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries in the archive.
    pub entries: usize,
    /// Bytes of all entries together, unpacked; the declared and the real sum.
    pub unpacked: u64,
    /// Elements within each other in a part.
    pub depth: usize,
    /// Sheets, defined names, and on a sheet: merged ranges, runs of hidden rows or columns, validations with their
    /// ranges. What is beyond is left out and said in [`SheetFacts::left_out`](super::SheetFacts::left_out).
    pub ranges: usize,
    /// Words of one list validation, and cells read to find them.
    pub words: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { entries: 10_000, unpacked: 256 << 20, depth: 256, ranges: 100_000, words: 2_000 }
    }
}

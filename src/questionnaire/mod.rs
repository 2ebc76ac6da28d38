//! Reading what people really send, as a stream of questions.
//!
//! Takes any source of bytes and knows no path, catalog or terminal. Every row comes out, as a question or as
//! skipped with the reason; memory is bounded whatever the input holds.
//!
//! A [`Reader`] first looks at the beginning: the encoding ([`Encoding`]), whether it is a table or a list
//! ([`Format`]), the delimiter, the header and the columns ([`Layout`]). It then reads on row by row. A new kind of
//! table needs a source of rows beside `records` and `text`; finding the header and reading rows stay the same.
//!
//! [`Rows`] reads a table whose columns have known names, as our own exports have: the bytes are understood with the
//! same care, and every row comes out as it stands.

mod book;
mod captions;
mod columns;
mod decode;
mod detect;
mod entry;
mod error;
mod grid;
mod headers;
mod known;
mod layout;
mod lines;
mod numbering;
mod outline;
mod reader;
mod records;
mod rows;
mod several;
mod sheets;
mod sniff;
mod split;
mod table;
mod text;
mod whole;
mod wording;

pub use columns::{ColumnRef, Role, parse_column};
pub use decode::Encoding;
pub use entry::{Entry, SkipReason, Skipped};
pub use error::{ColumnList, ColumnOptionError, Foreign, ReadError};
pub use known::Known;
pub use layout::{Column, Extent, Format, Found, Layout, Note, SheetLayout, Verdict};
pub use reader::{Options, Reader};
pub use rows::{PlainRow, Rows};

#[cfg(test)]
mod tests;

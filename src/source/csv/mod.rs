//! CSV: RFC 4180 as the `csv` crate reads it, made strict where leniency would lose users.
//!
//! Cells may be quoted, and hold delimiters, doubled quotes and line ends then. A line without any
//! character is skipped. Lines count by their line feed; a lone carriage return ends a record too,
//! but no line. Rows of any length are read; one that differs from the header is marked, and so is
//! one that is not UTF-8. Refused as a whole: NUL bytes, a quote that is never closed, and a quote
//! that swallows lines until another one ends it by chance.

mod quotes;
mod rows;
mod settings;
mod source;
mod window;

pub use settings::{CsvSettings, Delimiter, ParseDelimiterError};
pub use source::CsvSource;

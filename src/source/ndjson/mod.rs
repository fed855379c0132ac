//! NDJSON: one JSON object a line, flattened to cells.
//!
//! | in the text | in the row |
//! |---|---|
//! | an object in an object | columns with dots: `address.line1` |
//! | a list of texts, numbers, booleans | one cell, the items joined by `;` |
//! | a list of objects | columns with an index: `beneficialOwners[0].fullName` |
//! | a number | the digits as they are written |
//! | `null`, an empty list, a member that is not there | absent |
//! | a list that is neither, an item that holds `;`, nesting beyond reason | a cell that is no text: a fault of the row if the column is mapped, and nobody's business if not |
//!
//! Lines without any character but white space are skipped. A line that is no JSON object is a bad
//! row, and so is one that names a member twice. Refused as a whole: a text without any object, one that ends
//! in the middle of an object, NUL bytes, a line without end, more names than any table has.
//!
//! The header is all names of all lines, so the first pass over a source is preceded by one that
//! collects them. Later passes know them, and hold that nothing has come to them.

mod cells;
mod discover;
mod lines;
mod names;
mod rows;
mod settings;
mod source;
mod walk;

#[cfg(test)]
mod tests;

pub use settings::NdjsonSettings;
pub use source::NdjsonSource;

//! The file of the rows that were not sent: the cells as they were, and why.
//!
//! It has the source's own header, then `_error_code,_error,_line`, so that whoever mends the rows
//! can feed it back as it is. People mend it in a spreadsheet, so no cell of it is a formula
//! ([`crate::model::sheet`]); whoever reads it back, as a source or as rejects, has the cells as they
//! were. It is known by the three columns: without them it is a file like any other. It holds
//! personal data: only its owner can read it (0600), and it appears under its name whole, or not at
//! all.

mod error;
mod file;
mod layout;
mod reopened;
mod text;

pub use error::RejectsError;
pub use file::{RejectsFile, RejectsSettings, RejectsWritten};
pub(in crate::source) use layout::is_rejects;
pub use reopened::{ReopenedRejects, line_of};
pub use text::Undone;

#[cfg(test)]
mod tests;

//! The file of the rows that were not sent: the cells as they were, and why.
//!
//! It has the source's own header, then `_error_code,_error,_line`, so that whoever mends the rows
//! can feed it back as it is. It holds personal data: only its owner can read it (0600), and it
//! appears under its name whole, or not at all.

mod error;
mod file;
mod layout;
mod text;

pub use error::RejectsError;
pub use file::{RejectsFile, RejectsSettings, RejectsWritten};

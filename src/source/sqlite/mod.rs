//! `SQLite`: a table or a query of a database file, opened read-only, one snapshot a pass.
//!
//! Text forms: TEXT as it is; INTEGER in digits, but `true` and `false` for 1 and 0 in a column that
//! is declared BOOLEAN; REAL in plain digits, never with an exponent. BLOB is no text and ends the
//! pass, with the column named. The file is never made and never written; a database in WAL mode
//! is read beside its writers.

mod fault;
mod pass;
mod settings;
#[cfg(test)]
mod tests;

pub(super) use pass::pass;
pub use settings::SqliteSettings;

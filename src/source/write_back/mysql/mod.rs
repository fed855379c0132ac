//! Ids into `MySQL` and `MariaDB`.
//!
//! A batch is one question, which of the keys have a row and with which id, and an `UPDATE` for each
//! that has another. The collation of a column may take other keys for the same one (`usr_a` for
//! `usr_A`, and with blanks behind), so the bytes of the key decide.

mod columns;
mod fault;
mod writer;

pub use writer::MysqlWriteBack;

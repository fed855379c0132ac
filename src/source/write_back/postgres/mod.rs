//! Ids into `PostgreSQL`.
//!
//! A batch is two questions: which of the keys have a row, and with which id; then one `UPDATE` for those
//! that have another. Nothing is kept from one transaction to the next, so that it works through a pooler
//! that hands out a server for a transaction.

mod columns;
mod fault;
mod parameter;
mod writer;

pub use writer::PostgresWriteBack;

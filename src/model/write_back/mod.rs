//! Where customer ids are put in a database: columns of a table, or a statement of the operator's.

mod lexer;
mod statement;

pub use statement::{Dialect, Parameter, Statement, StatementError};

/// Where an id goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdPlace {
    /// Into a column of the row that has the key.
    Columns(IdColumns),
    /// Wherever this statement puts it.
    Statement(Statement),
}

/// A table, and two of its columns, in the operator's own words. Quoted by whoever writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdColumns {
    /// The table, with its schema where it needs one: `app.users`.
    pub table: String,
    /// The column that holds the key.
    pub key: String,
    /// The column that takes the customer id.
    pub id: String,
}

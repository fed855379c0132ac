//! Why ids are not written back. No text here holds a value of a row; keys and ids are no such values.

use crate::model::Key;
use crate::source::DatabaseFault;

/// Ids cannot be written to a database.
#[derive(Debug, thiserror::Error)]
#[error("the customer ids cannot be written back to {name}")]
pub struct WriteBackError {
    /// Which database: `postgres db.internal/app`.
    pub name: String,
    /// Why.
    #[source]
    pub fault: WriteBackFault,
}

/// What is wrong. Codes are the database's own, as in `SQLSTATE 42501`.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in each variant's text")]
pub enum WriteBackFault {
    /// The address is none, or asks for what cannot be done.
    #[error(transparent)]
    Address(DatabaseFault),
    /// There is no connection.
    #[error("there is no connection")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A right is missing.
    #[error(
        "the user of the database may not do that ({code}): grant it SELECT and UPDATE on the table, or \
         give [writeback] the address of a user who has them"
    )]
    Denied { code: String },
    /// The database, or its file, is only read.
    #[error(
        "it takes no writes ({code}): name the primary server, or a file that may be written, in [writeback]"
    )]
    ReadOnly { code: String },
    /// No such table.
    #[error(
        "there is no table `{table}`: check `table` in [writeback], its schema, and that the user may see it"
    )]
    NoTable { table: String },
    /// No such column.
    #[error(
        "table `{table}` has no column `{column}`: check `key_column` and `id_column` in [writeback]"
    )]
    NoColumn { table: String, column: String },
    /// A column that cannot hold what it should.
    #[error("column `{column}` of `{table}` is {found}, expected {expected}")]
    WrongType {
        table: String,
        column: String,
        found: String,
        expected: &'static str,
    },
    /// An id is longer than its column.
    #[error(
        "column `{column}` of `{table}` takes {limit} characters, and Grid's ids have {needed}: make it wider"
    )]
    TooShort {
        table: String,
        column: String,
        limit: u64,
        needed: u64,
    },
    /// A key is not one row's alone.
    #[error(
        "the key `{key}` belongs to {rows} rows, expected one: an id must not stand in two of them; \
         nothing of its batch was written"
    )]
    Several { key: Key, rows: u64 },
    /// A constraint or a trigger says no.
    #[error(
        "the database refuses an id, {of} ({code}): look at the constraints and triggers of the table"
    )]
    Refused { of: String, code: String },
    /// Rows were found and took nothing.
    #[error(
        "the database took fewer ids than it has rows for, and does not say why: look at the triggers, the \
         rules and the row security of the table"
    )]
    Kept,
    /// The statement is wrong.
    #[error("the statement is refused ({code}): try it by hand, with a key and an id in quotes")]
    Statement { code: String },
    /// Somebody else holds what is needed.
    #[error("somebody else holds a lock there ({code}): try again later")]
    Busy { code: String },
    /// The connection broke.
    #[error("the connection was lost ({code}): run again")]
    Lost { code: String },
    /// Anything else that the database said.
    #[error("it failed ({code}): see the database's own log")]
    Other { code: String },
}

impl WriteBackError {
    /// Of an address that cannot be read, which has no name that quotes any of it.
    pub(super) fn address(kind: &'static str, fault: DatabaseFault) -> Self {
        Self {
            name: format!("{kind} {}", DatabaseFault::NO_PLACE),
            fault: WriteBackFault::Address(fault),
        }
    }

    /// Whether the configuration is wrong, not the database.
    pub fn is_setting(&self) -> bool {
        matches!(self.fault, WriteBackFault::Address(_))
    }
}

impl WriteBackFault {
    /// An id of these keys, one or all of a batch, was refused.
    pub(super) fn refused(first: &Key, last: &Key, code: String) -> Self {
        let of = if first == last {
            format!("that of the key `{first}`")
        } else {
            format!(
                "that of one of the keys from `{first}` to `{last}`, which `batch = 1` would name"
            )
        };
        Self::Refused { of, code }
    }

    /// Whether the same batch may pass a moment later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

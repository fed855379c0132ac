//! A user that cannot be sent: where it stands, and everything that is wrong with it.

use serde::Serialize;

use super::{Key, Position};

/// A row that is not sent. It is *rejected*, which is not *absent*: its customer is never deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The platform customer id, where the row let it be read.
    pub key: Option<Key>,
    /// Where the row begins.
    pub position: Position,
    /// Every fault of the row, at least one, in column order.
    pub faults: Vec<Fault>,
}

/// One thing wrong with a row. Holds no value of the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of fault.
    pub code: FaultCode,
    /// The Grid field (dotted path), where one is concerned.
    pub field: Option<String>,
    /// The source's column, by its name in the header.
    pub column: Option<String>,
    /// The column's number, from 1.
    pub column_number: Option<usize>,
    /// What was expected and would be accepted, in words for the operator. Never the value found.
    pub expected: String,
}

/// Stable codes: a code never changes its meaning, and none is ever reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultCode {
    /// More or fewer cells than the header has.
    RowRagged,
    /// A cell is not UTF-8.
    RowNotUtf8,
    /// A required field is absent.
    Missing,
    /// The key occurs more than once in the source.
    DuplicateKey,
}

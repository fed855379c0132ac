//! Where in the source a row stands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a row begins. Records and lines count from 1, the header is line 1 and no record;
/// bytes count from 0, after decompression. A database row has a record only.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Position {
    /// Data record, from 1.
    pub record: u64,
    /// Line of the file on which the record begins, from 1; 0 where the source has no lines.
    pub line: u64,
    /// Offset of the record's first byte in the (decompressed) file.
    pub byte: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "row {}", self.record),
            line => write!(
                f,
                "line {line} (record {}, byte {})",
                self.record, self.byte
            ),
        }
    }
}

//! What every source offers, whatever it reads.

use std::time::SystemTime;

use super::{SourceError, SourceName};
use crate::model::Row;

/// A place that holds the platform's users. Reading never changes it.
pub trait Source: Send + Sync {
    /// What the source is called.
    fn name(&self) -> &SourceName;

    /// Begins one full pass, from the first row. May be called again: `apply` reads the source a
    /// second time for the values that were planned.
    fn rows(&self) -> Result<Box<dyn Rows>, SourceError>;

    /// What tells this content from an earlier one without reading it; `None` where nothing does
    /// (a stream, a query).
    fn snapshot(&self) -> Option<Snapshot>;
}

/// One pass over a source.
pub trait Rows: Send {
    /// The names of the columns, in order, as the source spells them. There is none only where no JSON
    /// object has a member with a value; names may be empty or repeated, which [`super::header_notices`] tells.
    fn header(&self) -> &[String];

    /// Fills `row` with the next row; `false` at the end, and only at the end.
    ///
    /// A row that cannot be read as cells is returned with its [`crate::model::RowFault`]. After
    /// an error the pass is over: every further call fails as well, so that a caller who ignores
    /// an error never takes what came before for the whole.
    fn next(&mut self, row: &mut Row) -> Result<bool, SourceError>;

    /// Bytes read and bytes in all, both as stored (compressed, where the source is); `None`
    /// where the size is not known.
    fn progress(&self) -> Option<(u64, u64)>;
}

/// A cheap identity of a source's content: equal snapshots mean that nothing wrote in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Size as stored, in bytes.
    pub bytes: u64,
    /// When it was last written, by the file system's clock.
    pub modified: SystemTime,
}

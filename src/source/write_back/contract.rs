//! What every database offers.

use super::WriteBackError;
use crate::model::{CustomerId, Key};

/// A place in a database that takes customer ids.
pub trait WriteBack {
    /// Writes a batch in one transaction, and says what became of each id, in order.
    ///
    /// # Errors
    /// Nothing of the batch was written; or, where the connection broke while it was committed,
    /// maybe all of it.
    fn write(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackError>;
}

/// What became of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was put there.
    Written,
    /// It stood there already.
    Unchanged,
    /// No row has the key.
    Missing,
}

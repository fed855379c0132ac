//! Which file is read, and how.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::Query;
use crate::source::Patience;

/// What is read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteSettings {
    /// The database file.
    pub path: PathBuf,
    /// The rows that are wanted.
    pub query: Query,
    /// The columns of the key, by name: the rows come in their order. One that the rows do not have
    /// is left out.
    pub order: Vec<String>,
    /// How long the database is held for a slow reader.
    pub patience: Patience,
    /// How long a writer is waited for.
    pub busy: Duration,
}

impl SqliteSettings {
    /// In the database's own order, with the usual patience.
    pub fn new(path: impl Into<PathBuf>, query: Query) -> Self {
        Self {
            path: path.into(),
            query,
            order: Vec::new(),
            patience: Patience::default(),
            busy: Duration::from_secs(10),
        }
    }
}

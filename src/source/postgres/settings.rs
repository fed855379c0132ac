//! Which database is read, and how.

use super::address::place;
use crate::model::{Query, Secret};
use crate::source::Patience;

/// What is read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresSettings {
    /// `postgres://user:password@host:port/database?parameters`.
    pub url: Secret,
    /// What the database is called in reports, and nothing that is secret: `host/database`.
    pub label: String,
    /// The rows that are wanted.
    pub query: Query,
    /// The columns of the key, by name: the rows come in their order. One that the rows do not have
    /// is left out.
    pub order: Vec<String>,
    /// How long the database is held for a slow reader.
    pub patience: Patience,
}

impl PostgresSettings {
    /// In the database's own order, with the usual patience, called by host and database.
    pub fn new(url: Secret, query: Query) -> Self {
        Self {
            label: place(&url),
            url,
            query,
            order: Vec::new(),
            patience: Patience::default(),
        }
    }
}

//! What is read of a database server, and how.

use super::Patience;
use crate::model::{Query, Secret};

/// A database on a server, and what is read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSettings {
    /// `postgres://user:password@host:port/database?parameters`, or `mysql://` and `mariadb://` in the
    /// same form.
    pub url: Secret,
    /// The rows that are wanted.
    pub query: Query,
    /// The columns of the key, by name: the rows come in their order. One that the rows do not have
    /// is left out, since the mapping will name it.
    pub order: Vec<String>,
    /// How long the database is held for a slow reader.
    pub patience: Patience,
}

impl ServerSettings {
    /// In the database's own order, with the usual patience.
    pub fn new(url: Secret, query: Query) -> Self {
        Self {
            url,
            query,
            order: Vec::new(),
            patience: Patience::default(),
        }
    }
}

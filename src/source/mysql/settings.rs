//! What is read of which server.

use super::address::place;
use crate::model::{Query, Secret};
use crate::source::Patience;

/// A MySQL or MariaDB database, and what is read of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MysqlSettings {
    /// `mysql://user:password@host:port/database?parameters`, or `mariadb://`.
    pub url: Secret,
    /// What the database is called in reports, and nothing that is secret: `host/database`.
    pub label: String,
    /// The rows.
    pub query: Query,
    /// The columns of the key: rows come in their order. One that the result lacks is left out,
    /// since the mapping will name it.
    pub order: Vec<String>,
    /// How long the server is kept waiting for whoever reads the rows.
    pub patience: Patience,
}

impl MysqlSettings {
    /// In the server's own order, with the usual patience, called by host and database.
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

//! What is read of which server.

use crate::model::{Query, Secret};
use crate::source::Patience;

/// A MySQL or MariaDB database, and what is read of it.
#[derive(Clone, Debug)]
pub struct MysqlSettings {
    /// `mysql://` or `mariadb://`, with or without a password: see [`super::MysqlSource`].
    pub url: Secret,
    /// The rows.
    pub query: Query,
    /// The columns of the key: rows come in their order. One that the result lacks is left out,
    /// since the mapping will name it.
    pub order: Vec<String>,
    /// How long the server is kept waiting for whoever reads the rows.
    pub patience: Patience,
}

impl MysqlSettings {
    /// In no order, and with the usual patience.
    pub fn new(url: Secret, query: Query) -> Self {
        Self {
            url,
            query,
            order: Vec::new(),
            patience: Patience::default(),
        }
    }
}

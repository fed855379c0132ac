//! MySQL and MariaDB as a [`Source`].

use std::sync::Arc;

use super::address::Address;
use super::pass::Pass;
use super::settings::MysqlSettings;
use crate::model::Query;
use crate::source::pump;
use crate::source::{DatabaseFault, Patience, Rows, Snapshot, Source, SourceError, SourceName};

/// What such a source is called.
const KIND: &str = "mysql";

/// A table, a view or a query of a MySQL or MariaDB server.
pub struct MysqlSource {
    name: SourceName,
    address: Arc<Address>,
    query: Query,
    order: Vec<String>,
    patience: Patience,
}

impl MysqlSource {
    /// Connects to nothing yet: [`Source::rows`] does. Fails if the URL cannot be used.
    pub fn new(settings: MysqlSettings) -> Result<Self, SourceError> {
        let MysqlSettings {
            url,
            query,
            order,
            patience,
        } = settings;
        let address = Address::parse(&url).map_err(|fault| SourceError::Database {
            name: SourceName::new(KIND, "(URL)"),
            fault: Box::new(DatabaseFault::Url(fault.to_string())),
        })?;
        Ok(Self {
            name: SourceName::new(KIND, address.label()),
            address: Arc::new(address),
            query,
            order,
            patience,
        })
    }
}

impl Source for MysqlSource {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let pass = Pass {
            name: self.name.clone(),
            address: Arc::clone(&self.address),
            query: self.query.clone(),
            order: self.order.clone(),
        };
        pump::start(&self.name, self.patience, move |outlet| pass.run(outlet))
    }

    /// Nothing tells one state of a table from another without reading it.
    fn snapshot(&self) -> Option<Snapshot> {
        None
    }
}

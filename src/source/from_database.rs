//! A database as a [`Source`], whichever driver reads it.

use std::sync::Arc;

use super::pump::{self, Ended, Outlet};
use super::statement::label;
use super::{
    DatabaseFault, Patience, Rows, ServerSettings, Snapshot, Source, SourceError, SourceName,
    SqliteSettings,
};
use crate::model::Query;

/// A table, a view or a query of a database.
pub struct DatabaseSource {
    name: SourceName,
    patience: Patience,
    pass: Arc<Pass>,
}

/// One pass: header, then every row.
type Pass = dyn Fn(&mut Outlet) -> Result<(), Ended> + Send + Sync;

impl DatabaseSource {
    /// Of an `SQLite` file. Opens nothing yet: [`Source::rows`] does.
    pub fn sqlite(settings: SqliteSettings) -> Self {
        let place = settings.path.display().to_string();
        Self {
            name: SourceName::new("sqlite", label(&place, &settings.query)),
            patience: settings.patience,
            pass: Arc::new(move |outlet| super::sqlite::pass(&settings, outlet)),
        }
    }

    /// Of a `PostgreSQL` server. Connects to nothing yet: [`Source::rows`] does.
    pub fn postgres(settings: ServerSettings) -> Self {
        let place = super::postgres::place(&settings.url);
        Self {
            name: server("postgres", place, &settings.query),
            patience: settings.patience,
            pass: Arc::new(move |outlet| super::postgres::pass(&settings, outlet)),
        }
    }

    /// Of a `MySQL` or `MariaDB` server. Connects to nothing yet: [`Source::rows`] does.
    pub fn mysql(settings: ServerSettings) -> Self {
        let place = super::mysql::place(&settings.url);
        Self {
            name: server("mysql", place, &settings.query),
            patience: settings.patience,
            pass: Arc::new(move |outlet| super::mysql::pass(&settings, outlet)),
        }
    }
}

/// An address that cannot be read has no name that quotes any of it.
fn server(kind: &'static str, place: Result<String, DatabaseFault>, query: &Query) -> SourceName {
    let place = place.unwrap_or_else(|_| DatabaseFault::NO_PLACE.to_owned());
    SourceName::new(kind, label(&place, query))
}

impl Source for DatabaseSource {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let (name, pass) = (self.name.clone(), Arc::clone(&self.pass));
        pump::start(&self.name, self.patience, move |outlet| {
            pass(outlet).map_err(|ended| ended.at(&name))
        })
    }

    /// Another program may write at any time, and nothing tells one state of a table from another without
    /// reading it.
    fn snapshot(&self) -> Option<Snapshot> {
        None
    }
}

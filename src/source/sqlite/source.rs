//! `SQLite` as a [`Source`].

use super::pass::pass;
use super::settings::SqliteSettings;
use crate::source::statement::label;
use crate::source::{Rows, Snapshot, Source, SourceError, SourceName, pump};

/// A table or a query of an `SQLite` database.
pub struct SqliteSource {
    name: SourceName,
    settings: SqliteSettings,
}

impl SqliteSource {
    /// Opens nothing yet: [`Source::rows`] does.
    pub fn new(settings: SqliteSettings) -> Self {
        let place = settings.path.display().to_string();
        Self {
            name: SourceName::new("sqlite", label(&place, &settings.query)),
            settings,
        }
    }
}

impl Source for SqliteSource {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let (name, settings) = (self.name.clone(), self.settings.clone());
        pump::start(&self.name, self.settings.patience, move |outlet| {
            pass(&settings, outlet).map_err(|ended| ended.at(&name))
        })
    }

    /// Another program may write to the file at any time, and what it writes is not in the file
    /// at once.
    fn snapshot(&self) -> Option<Snapshot> {
        None
    }
}

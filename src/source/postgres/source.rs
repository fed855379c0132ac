//! PostgreSQL as a [`Source`].

use super::pass::pass;
use super::settings::PostgresSettings;
use crate::source::statement::label;
use crate::source::{Rows, Snapshot, Source, SourceError, SourceName, pump};

/// A table or a query of a PostgreSQL database.
pub struct PostgresSource {
    name: SourceName,
    settings: PostgresSettings,
}

impl PostgresSource {
    /// Connects to nothing yet: [`Source::rows`] does.
    pub fn new(settings: PostgresSettings) -> Self {
        Self {
            name: SourceName::new("postgres", label(&settings.label, &settings.query)),
            settings,
        }
    }
}

impl Source for PostgresSource {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let (name, settings) = (self.name.clone(), self.settings.clone());
        pump::start(&self.name, self.settings.patience, move |outlet| {
            pass(&settings, outlet).map_err(|ended| ended.at(&name))
        })
    }

    fn snapshot(&self) -> Option<Snapshot> {
        None
    }
}

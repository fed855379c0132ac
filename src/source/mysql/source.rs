//! MySQL and MariaDB as a [`Source`].

use super::pass::Pass;
use super::settings::MysqlSettings;
use crate::source::statement::label;
use crate::source::{Rows, Snapshot, Source, SourceError, SourceName, pump};

/// A table, a view or a query of a MySQL or MariaDB server.
pub struct MysqlSource {
    name: SourceName,
    settings: MysqlSettings,
}

impl MysqlSource {
    /// Connects to nothing yet: [`Source::rows`] does.
    pub fn new(settings: MysqlSettings) -> Self {
        Self {
            name: SourceName::new("mysql", label(&settings.label, &settings.query)),
            settings,
        }
    }
}

impl Source for MysqlSource {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let pass = Pass::of(self.name.clone(), &self.settings)?;
        let patience = self.settings.patience;
        pump::start(&self.name, patience, move |outlet| pass.run(outlet))
    }

    /// Nothing tells one state of a table from another without reading it.
    fn snapshot(&self) -> Option<Snapshot> {
        None
    }
}

//! From the configuration of a source to the source.

use std::sync::Arc;

use crate::config::{DatabaseUrl, Env, Source as Configured};
use crate::exit::Failure;
use crate::model::MappingSpec;
use crate::source::{
    CsvSettings, CsvSource, Delimiter, Input, MysqlSettings, MysqlSource, NdjsonSettings,
    NdjsonSource, PostgresSettings, PostgresSource, Source, SqliteSettings, SqliteSource,
};

/// Makes the source. Nothing is opened yet: a pass does that.
pub(super) fn open_source(
    source: &Configured,
    spec: &MappingSpec,
    env: &Env,
) -> Result<Arc<dyn Source>, Failure> {
    let order = spec.key_columns().into_iter().map(str::to_owned).collect();
    Ok(match source {
        Configured::Csv { path, delimiter } => Arc::new(csv(path, *delimiter)),
        Configured::Ndjson { path } => {
            let settings = NdjsonSettings::new(Input::new(path));
            Arc::new(NdjsonSource::new(settings))
        }
        Configured::Sqlite { path, query } => {
            let settings = SqliteSettings::new(path, query.clone());
            Arc::new(SqliteSource::new(SqliteSettings { order, ..settings }))
        }
        Configured::Postgres { url, query } => {
            let DatabaseUrl { url, label } = url.read(env)?;
            let settings = PostgresSettings::new(url, query.clone());
            Arc::new(PostgresSource::new(PostgresSettings {
                label,
                order,
                ..settings
            }))
        }
        Configured::Mysql { url, query } => {
            let DatabaseUrl { url, label } = url.read(env)?;
            let settings = MysqlSettings::new(url, query.clone());
            Arc::new(MysqlSource::new(MysqlSettings {
                label,
                order,
                ..settings
            }))
        }
    })
}

fn csv(path: &std::path::Path, delimiter: u8) -> CsvSource {
    let mut settings = CsvSettings::new(Input::new(path));
    settings.delimiter = Delimiter::from_byte(delimiter);
    CsvSource::new(settings)
}

//! From the configuration of a source to the source.

use std::sync::Arc;

use crate::config::{Env, Source as Configured, UrlSetting};
use crate::exit::Failure;
use crate::model::{MappingSpec, Query};
use crate::source::{
    CsvSettings, CsvSource, DatabaseSource, Delimiter, Input, NdjsonSettings, NdjsonSource,
    ServerSettings, Source, SqliteSettings,
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
            Arc::new(DatabaseSource::sqlite(SqliteSettings { order, ..settings }))
        }
        Configured::Postgres { url, query } => {
            Arc::new(DatabaseSource::postgres(server(url, query, order, env)?))
        }
        Configured::Mysql { url, query } => {
            Arc::new(DatabaseSource::mysql(server(url, query, order, env)?))
        }
    })
}

fn server(
    url: &UrlSetting,
    query: &Query,
    order: Vec<String>,
    env: &Env,
) -> Result<ServerSettings, Failure> {
    let settings = ServerSettings::new(url.read(env)?, query.clone());
    Ok(ServerSettings { order, ..settings })
}

fn csv(path: &std::path::Path, delimiter: u8) -> CsvSource {
    let mut settings = CsvSettings::new(Input::new(path));
    settings.delimiter = Delimiter::from_byte(delimiter);
    CsvSource::new(settings)
}

//! What `init` looks at: the source that was meant, and its first rows.

use std::path::Path;

use super::session::Session;
use super::sources::open_source;
use crate::config::{InitOptions, InitSource, Source as Configured, UrlScheme};
use crate::engine::EngineError;
use crate::exit::Failure;
use crate::model::{MappingSpec, Query, Row};
use crate::source::{FileKind, HeaderNotice, Input, Rows, header_notices};

/// Rows that are looked at.
const ROWS: usize = 1000;

/// Cells of all rows that are looked at, in bytes.
const BYTES: usize = 64 * 1024 * 1024;

/// A source and what its first rows are.
pub(super) struct Looked {
    pub(super) source: Configured,
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// Opens the source, finds out what it is, and reads its first rows.
pub(super) fn look(session: &Session<'_>, options: &InitOptions) -> Result<Looked, Failure> {
    let source = match &options.source {
        InitSource::File(path) => file(session, path, options)?,
        InitSource::Database { scheme, url, .. } => {
            let make = |query| match scheme {
                UrlScheme::Postgres => Configured::Postgres {
                    url: url.clone(),
                    query,
                },
                UrlScheme::Mysql => Configured::Mysql {
                    url: url.clone(),
                    query,
                },
            };
            refuse_delimiter(options)?;
            database(session, options, make)?
        }
    };
    let looked = sample(session, source)?;
    match other_delimiter(&looked, options) {
        Some(source) => sample(session, source),
        None => Ok(looked),
    }
}

fn file(session: &Session<'_>, path: &Path, options: &InitOptions) -> Result<Configured, Failure> {
    let kind = FileKind::of(Input::new(path)).map_err(EngineError::Source)?;
    let path = path.to_owned();
    let kind = match path.extension().and_then(|name| name.to_str()) {
        // A file that begins with a bad line is still what it is called.
        Some("ndjson" | "jsonl") if kind == FileKind::Csv => FileKind::Ndjson,
        _ => kind,
    };
    if kind != FileKind::Csv {
        refuse_delimiter(options)?;
    }
    if kind != FileKind::Sqlite && options.query.is_some() {
        return Err(Failure::Usage(
            "--table and --query go with a database only, and this is a file of rows".into(),
        ));
    }
    match kind {
        FileKind::Csv => Ok(Configured::Csv {
            path,
            delimiter: options.delimiter.unwrap_or(b','),
        }),
        FileKind::Ndjson => Ok(Configured::Ndjson { path }),
        FileKind::Sqlite => {
            let make = |query| Configured::Sqlite {
                path: path.clone(),
                query,
            };
            database(session, options, make)
        }
    }
}

fn refuse_delimiter(options: &InitOptions) -> Result<(), Failure> {
    match options.delimiter {
        None => Ok(()),
        Some(_) => Err(Failure::Usage(
            "--delimiter goes with a CSV file only".into(),
        )),
    }
}

/// A database with what is read of it; without that, an error that names what there is.
fn database(
    session: &Session<'_>,
    options: &InitOptions,
    make: impl Fn(Query) -> Configured,
) -> Result<Configured, Failure> {
    if let Some(query) = &options.query {
        return Ok(make(query.clone()));
    }
    let tables = sample(
        session,
        make(Query::Sql(tables_of(&make(Query::Table(String::new()))))),
    )?;
    let names: Vec<String> = tables
        .rows
        .iter()
        .filter_map(|row| row.text(0).map(str::to_owned))
        .collect();
    Err(Failure::Usage(match names.as_slice() {
        [] => "the database has no table that may be seen: check the address and the user's rights"
            .to_owned(),
        [only] => format!(
            "say what is read of the database: --table {only}, its only table, or --query 'SELECT …'"
        ),
        names => format!(
            "say what is read of the database: --table NAME or --query 'SELECT …'; its tables are {}",
            names.join(", ")
        ),
    }))
}

/// Asks a database for its tables and views.
fn tables_of(source: &Configured) -> String {
    match source {
        Configured::Postgres { .. } => {
            "SELECT CASE table_schema WHEN 'public' THEN '' ELSE table_schema || '.' END || table_name AS name \
             FROM information_schema.tables \
             WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        }
        Configured::Mysql { .. } => {
            "SELECT table_name AS name FROM information_schema.tables \
             WHERE table_schema = DATABASE() ORDER BY 1"
        }
        _ => {
            "SELECT name FROM sqlite_schema \
             WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"
        }
    }
    .to_owned()
}

/// The first rows of a source.
fn sample(session: &Session<'_>, source: Configured) -> Result<Looked, Failure> {
    let opened = open_source(&source, &MappingSpec::default(), session.env)?;
    let mut pass = opened.rows().map_err(EngineError::Source)?;
    let header = pass.header().to_vec();
    let rows = first_rows(pass.as_mut()).map_err(EngineError::Source)?;
    Ok(Looked {
        source,
        header,
        rows,
    })
}

fn first_rows(pass: &mut dyn Rows) -> Result<Vec<Row>, crate::source::SourceError> {
    let (mut rows, mut row, mut bytes) = (Vec::new(), Row::default(), 0);
    while rows.len() < ROWS && bytes < BYTES && pass.next(&mut row)? {
        bytes += (0..row.len())
            .filter_map(|column| row.raw(column))
            .map(<[u8]>::len)
            .sum::<usize>();
        rows.push(row.clone());
    }
    Ok(rows)
}

/// The same file with another delimiter, if its header is one column that looks like several.
fn other_delimiter(looked: &Looked, options: &InitOptions) -> Option<Configured> {
    let (Configured::Csv { path, .. }, None) = (&looked.source, options.delimiter) else {
        return None;
    };
    let notices = header_notices(&looked.header);
    let delimiter = notices.iter().find_map(|notice| match notice {
        HeaderNotice::OtherDelimiter { delimiter } => {
            delimiter.parse().map(crate::source::Delimiter::byte).ok()
        }
        _ => None,
    })?;
    Some(Configured::Csv {
        path: path.clone(),
        delimiter,
    })
}

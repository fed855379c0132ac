//! One pass over a database file, on the thread that it has for itself.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Statement};

use super::fault::{in_query, in_rows, in_wrapped, not_opened};
use super::settings::SqliteSettings;
use crate::model::{Row, RowFault};
use crate::source::DatabaseFault;
use crate::source::pump::{Ended, Outlet};
use crate::source::statement::{places, select, wrapped};

/// Steps of `SQLite`'s machine between two looks at whether the reader has gone: a few milliseconds.
const STEPS: i32 = 100_000;

/// A transaction takes its snapshot as it first reads: so it reads something at once.
const BEGIN: &str = "PRAGMA query_only = ON; BEGIN DEFERRED; SELECT count(*) FROM sqlite_schema";

/// Reads the header, then the rows.
pub(in crate::source) fn pass(settings: &SqliteSettings, outlet: &mut Outlet) -> Result<(), Ended> {
    let connection = open(settings, outlet)?;
    let query = select(&settings.query);
    let columns = describe(&connection, &query, settings)?;
    let header: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let places = places(&header, &settings.order);
    let statement = connection
        .prepare(&ordered(&query, &places))
        .map_err(|error| in_wrapped(&error))?;
    outlet.header(header)?;
    rows(statement, &columns, outlet)
}

/// A column's name, and what its numbers mean.
struct Column {
    name: String,
    is_boolean: bool,
}

/// The file, in a transaction that only reads, and that ends when the reader goes.
fn open(settings: &SqliteSettings, outlet: &Outlet) -> Result<Connection, DatabaseFault> {
    exists(&settings.path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(&settings.path, flags);
    let mut connection = opened.map_err(|error| not_opened(&error))?;
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    outlet.on_stop(move || stop.store(true, Ordering::Relaxed));
    connection
        .progress_handler(STEPS, Some(move || stopped.load(Ordering::Relaxed)))
        .and_then(|()| connection.busy_timeout(settings.busy))
        .and_then(|()| connection.execute_batch(BEGIN))
        .map_err(|error| not_opened(&error))?;
    Ok(connection)
}

/// `SQLite` itself says of most things only that it could not open the file.
fn exists(path: &Path) -> Result<(), DatabaseFault> {
    let found = std::fs::metadata(path);
    match found {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(DatabaseFault::NoFile),
        Ok(metadata) if metadata.is_dir() => Err(DatabaseFault::File {
            code: "a directory".into(),
            advice: "name the file in it",
        }),
        _ => Ok(()),
    }
}

/// Looks at the operator's query by itself, so that what is wrong is said of it as it was written.
fn describe(
    connection: &Connection,
    query: &str,
    settings: &SqliteSettings,
) -> Result<Vec<Column>, DatabaseFault> {
    let prepared = connection.prepare(query);
    let statement = prepared.map_err(|error| in_query(connection, &settings.query, &error))?;
    if !statement.readonly() {
        let code = "not read-only".into();
        return Err(DatabaseFault::Writes { code });
    }
    if statement.column_count() == 0 {
        return Err(DatabaseFault::NoColumns);
    }
    let columns = statement.columns().map(|column| Column {
        name: column.name().to_owned(),
        is_boolean: column.decl_type().is_some_and(is_boolean),
    });
    Ok(columns.collect())
}

fn is_boolean(declared: &str) -> bool {
    ["boolean", "bool"]
        .iter()
        .any(|name| declared.eq_ignore_ascii_case(name))
}

/// By place, so that a column is compared with its own collation and an index serves.
pub(super) fn ordered(query: &str, places: &[usize]) -> String {
    let mut text = format!("SELECT * FROM {}", wrapped(query));
    for (nth, place) in places.iter().enumerate() {
        text += if nth == 0 { " ORDER BY " } else { ", " };
        text += &(place + 1).to_string();
    }
    text
}

fn rows(
    mut statement: Statement<'_>,
    columns: &[Column],
    outlet: &mut Outlet,
) -> Result<(), Ended> {
    let mut rows = statement
        .query([])
        .map_err(|error| in_rows(&error, outlet.records()))?;
    let mut scratch = Vec::new();
    loop {
        let next = rows.next();
        let Some(found) = next.map_err(|error| in_rows(&error, outlet.records()))? else {
            return Ok(());
        };
        let filled = outlet.row(|row| fill(row, found, columns, &mut scratch))?;
        filled?;
    }
}

/// One cell for each column.
fn fill(
    row: &mut Row,
    found: &rusqlite::Row<'_>,
    columns: &[Column],
    scratch: &mut Vec<u8>,
) -> Result<(), DatabaseFault> {
    for (at, column) in columns.iter().enumerate() {
        let value = found
            .get_ref(at)
            .expect("the row has the columns of its query");
        scratch.clear();
        match value {
            ValueRef::Null => row.push(None),
            ValueRef::Text(text) => push_text(row, at, text),
            ValueRef::Integer(number @ (0 | 1)) if column.is_boolean => {
                row.push(Some(if number == 1 { b"true" } else { b"false" }));
            }
            ValueRef::Integer(number) => {
                write!(scratch, "{number}").expect("memory takes it");
                row.push(Some(scratch));
            }
            ValueRef::Real(number) => {
                write!(scratch, "{number}").expect("memory takes it");
                row.push(Some(scratch));
            }
            ValueRef::Blob(_) => return Err(binary(&column.name)),
        }
    }
    Ok(())
}

fn push_text(row: &mut Row, column: usize, text: &[u8]) {
    row.push(Some(text));
    if let Err(error) = str::from_utf8(text)
        && row.fault().is_none()
    {
        let byte = error.valid_up_to() as u64;
        row.fail(RowFault::NotUtf8 { column, byte });
    }
}

fn binary(column: &str) -> DatabaseFault {
    DatabaseFault::Binary {
        column: column.to_owned(),
        kind: "BLOB".to_owned(),
        advice: format!("CAST({column} AS TEXT) AS {column}"),
    }
}

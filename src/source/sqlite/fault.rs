//! What `SQLite`'s codes mean. Its messages are shown of a query that was only looked at, when they
//! cannot hold a value of a row.

use rusqlite::{Connection, Error, ErrorCode};

use crate::model::Query;
use crate::source::database::nearest;
use crate::source::{DatabaseFault, QueryPlace};

/// The connection could not be made.
pub(super) fn not_opened(error: &Error) -> DatabaseFault {
    match reason(error) {
        Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => DatabaseFault::File {
            code: code(error),
            advice: "give the user who runs this read access to the file, and to its `-wal` and \
                     `-shm` files",
        },
        _ => in_rows(error, 0),
    }
}

/// The operator's query was refused as it stands.
pub(super) fn in_query(connection: &Connection, query: &Query, error: &Error) -> DatabaseFault {
    if matches!(error, Error::MultipleStatement) {
        return DatabaseFault::NotSelect {
            found: "found more than one statement".into(),
        };
    }
    let Some(message) = message(error) else {
        return not_opened(error);
    };
    let code = code(error);
    if let Some(table) = message.strip_prefix("no such table: ") {
        return DatabaseFault::NoTable {
            table: table.to_owned(),
            code,
            nearest: nearest(table, tables(connection)),
        };
    }
    DatabaseFault::Query {
        code,
        message: message.to_owned(),
        place: matches!(query, Query::Sql(_))
            .then(|| place(error))
            .flatten(),
    }
}

/// The query is right by itself, and cannot stand in parentheses.
pub(super) fn in_wrapped(error: &Error) -> DatabaseFault {
    if message(error).is_some() || matches!(error, Error::MultipleStatement) {
        return DatabaseFault::NotSelect {
            found: "found another kind of statement, or a parenthesis too many".into(),
        };
    }
    not_opened(error)
}

/// Reading broke off.
pub(super) fn in_rows(error: &Error, rows: u64) -> DatabaseFault {
    let code = code(error);
    match reason(error) {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DatabaseFault::Busy {
            code,
            why: "another program writes to it and does not let go",
        },
        Some(ErrorCode::NotADatabase) => DatabaseFault::NotDatabase { code },
        Some(ErrorCode::DatabaseCorrupt) => DatabaseFault::Damaged { rows, code },
        Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            DatabaseFault::File {
                code,
                advice: "it needs its `-wal` and `-shm` files, or a recovery that writes: let the \
                         program that writes it open it once, or read a copy",
            }
        }
        Some(ErrorCode::OperationInterrupted) => DatabaseFault::Cancelled {
            rows,
            code,
            advice: "",
        },
        Some(ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
            DatabaseFault::Row {
                rows,
                code,
                what: "an expression in it does not take the value",
            }
        }
        _ => DatabaseFault::Server { rows, code },
    }
}

fn reason(error: &Error) -> Option<ErrorCode> {
    error.sqlite_error_code()
}

fn code(error: &Error) -> String {
    let failure = match error {
        Error::SqlInputError { error, .. } => Some(error),
        error => error.sqlite_error(),
    };
    failure.map_or_else(
        || "SQLite".to_owned(),
        |failure| format!("SQLite error {}", failure.extended_code),
    )
}

/// What is said of a statement that cannot be prepared.
fn message(error: &Error) -> Option<&str> {
    match error {
        Error::SqlInputError { msg, .. } => Some(msg),
        Error::SqliteFailure(failure, message) if failure.code == ErrorCode::Unknown => {
            message.as_deref()
        }
        _ => None,
    }
}

fn place(error: &Error) -> Option<QueryPlace> {
    let Error::SqlInputError { sql, offset, .. } = error else {
        return None;
    };
    let before = sql.get(..usize::try_from(*offset).ok()?)?;
    Some(QueryPlace::of(sql, before.chars().count()))
}

/// The tables and views that there are; none if that cannot be told.
fn tables(connection: &Connection) -> Vec<String> {
    let names = || -> rusqlite::Result<Vec<String>> {
        let list = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') LIMIT 1000";
        let mut statement = connection.prepare(list)?;
        let names = statement.query_map([], |row| row.get(0))?;
        names.collect()
    };
    names().unwrap_or_default()
}

//! Statements, run from outside of the program by drivers of the tests' own.

use std::time::Duration;

use mysql::prelude::Queryable;
use postgres::SimpleQueryMessage;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::types::ValueRef;

/// No story's program holds a file as long.
const HANGS_AFTER: Duration = Duration::from_mins(1);

/// The cells of a row, as texts.
pub(crate) type Cells = Vec<Option<String>>;

/// What the statements give, on a file.
#[track_caller]
pub(super) fn on_sqlite(path: &str, sql: &str) -> Vec<Cells> {
    let connection = rusqlite::Connection::open(path).expect("a database");
    connection.busy_timeout(HANGS_AFTER).expect("set");
    let mut statements = rusqlite::Batch::new(&connection, sql);
    let mut found = Vec::new();
    while let Some(mut statement) = statements.next().expect(sql) {
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect(sql);
        while let Some(row) = rows.next().expect(sql) {
            let cell = |at| match row.get_ref(at).expect("a column") {
                ValueRef::Null => None,
                ValueRef::Integer(number) => Some(number.to_string()),
                value => Some(value.as_str().expect("a text").to_owned()),
            };
            found.push((0..columns).map(cell).collect());
        }
    }
    found
}

/// What the statements give, on a PostgreSQL server.
#[track_caller]
pub(super) fn on_postgres(url: &str, sql: &str) -> Vec<Cells> {
    let client = postgres::Client::connect(url, postgres::NoTls);
    let mut client = client.unwrap_or_else(|error| {
        panic!("no PostgreSQL at {url} ({error}): run the tests with `tests/servers cargo test`")
    });
    let answers = client.simple_query(sql);
    let answers = answers.unwrap_or_else(|error| panic!("{sql:.200}: {error:?}"));
    let cells = |answer: SimpleQueryMessage| match answer {
        SimpleQueryMessage::Row(row) => {
            let cell = |at| row.get(at).map(str::to_owned);
            Some((0..row.len()).map(cell).collect())
        }
        _ => None,
    };
    answers.into_iter().filter_map(cells).collect()
}

/// What the statements give, on a MySQL server.
#[track_caller]
pub(super) fn on_mysql(url: &str, sql: &str) -> Vec<Cells> {
    let options = mysql::Opts::from_url(url).expect("a URL");
    let options = mysql::OptsBuilder::from_opts(options).prefer_socket(false);
    let mut conn = mysql::Conn::new(options).unwrap_or_else(|error| {
        panic!("no MariaDB at {url} ({error}): run the tests with `tests/servers cargo test`")
    });
    conn.query_drop("SET NAMES utf8mb4")
        .expect("it knows Unicode");
    let answers = conn.query_iter(sql);
    let mut answers = answers.unwrap_or_else(|error| panic!("{sql:.200}: {error}"));
    let mut found = Vec::new();
    while let Some(rows) = answers.iter() {
        for row in rows {
            let row = row.unwrap_or_else(|error| panic!("{sql:.200}: {error}"));
            let cell = |at| row.get::<Option<String>, usize>(at).flatten();
            found.push((0..row.len()).map(cell).collect());
        }
    }
    found
}

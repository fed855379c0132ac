//! A database of a test's own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mysql::prelude::Queryable;
use mysql::{Conn, Opts, OptsBuilder};

use crate::model::{Query, Row, Secret};
use crate::source::mysql::pass::Pass;
use crate::source::{DatabaseFault, DatabaseSource, Rows, ServerSettings, Source, SourceError};

/// What the server is waited for, at most, to do what it does at once.
const SOON: Duration = Duration::from_mins(1);

/// How the names of all databases of these tests begin.
const PREFIX: &str = "gridsync_mysql_";

/// A row's cells; none is a NULL.
pub(super) type Cells = Vec<Option<String>>;

/// The server's URL, with a slash at its end.
pub(super) fn server() -> String {
    std::env::var("GRIDSYNC_TEST_MYSQL")
        .unwrap_or_else(|_| "mysql://root@127.0.0.1:3306/".to_owned())
}

/// What stands in that URL between the user and the database.
pub(super) fn host() -> String {
    let server = server();
    let host = server.rsplit('@').next().unwrap_or_default();
    host.trim_end_matches('/').to_owned()
}

/// Dropped with the test. Its own connection has no default database.
pub(super) struct Database {
    pub(super) name: String,
    conn: Conn,
}

impl Database {
    pub(super) fn new() -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}_{number}", std::process::id());
        let options = Opts::from_url(&server()).expect("a URL");
        let options = OptsBuilder::from_opts(options).prefer_socket(false);
        let mut conn = Conn::new(options).expect("a MariaDB answers: run tests/servers");
        for statement in [
            format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
            "SET NAMES utf8mb4".to_owned(),
            "SET SESSION sql_mode = ''".to_owned(),
        ] {
            conn.query_drop(statement).expect("root may do so");
        }
        Self { name, conn }
    }

    /// With a table `users` of so many rows, `u-000001` and so on.
    pub(super) fn with_users(count: u32) -> Self {
        let mut database = Self::new();
        database.run(
            "CREATE TABLE {db}.users (id VARCHAR(20) PRIMARY KEY, name VARCHAR(80), seen INT, \
             UNIQUE KEY by_seen (seen)) ENGINE = InnoDB",
        );
        database.run(&format!(
            "INSERT INTO {{db}}.users SELECT CONCAT('u-', LPAD(seq, 6, '0')), CONCAT('Anna ', seq), \
             {count} - seq FROM {{db}}.seq_1_to_{count}"
        ));
        database
    }

    /// Runs a statement; `{db}` is the database's name.
    #[track_caller]
    pub(super) fn run(&mut self, statement: &str) {
        let statement = statement.replace("{db}", &self.name);
        if let Err(error) = self.conn.query_drop(&statement) {
            panic!("{statement}: {error}");
        }
    }

    #[track_caller]
    pub(super) fn ask(&mut self, query: &str) -> String {
        let query = query.replace("{db}", &self.name);
        let answer: Vec<mysql::Row> = self.conn.query(&query).expect("a good query");
        let text = |row: &mysql::Row| {
            let cell = |at| row.get::<Option<String>, usize>(at).flatten();
            let cells: Vec<_> = (0..row.len())
                .map(|at| cell(at).unwrap_or_default())
                .collect();
            cells.join(" ")
        };
        answer.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn url(&self) -> String {
        format!("{}{}", server(), self.name)
    }

    pub(super) fn table(&self, name: &str) -> ServerSettings {
        ServerSettings::new(Secret::new(self.url()), Query::Table(name.to_owned()))
    }

    pub(super) fn query(&self, sql: &str) -> ServerSettings {
        let sql = sql.replace("{db}", &self.name);
        ServerSettings::new(Secret::new(self.url()), Query::Sql(sql))
    }

    /// Waits until no pass has a connection to this database.
    #[track_caller]
    pub(super) fn is_let_go(&mut self) {
        let until = Instant::now() + SOON;
        while !self.connections().is_empty() {
            assert!(Instant::now() < until, "{}", self.connections());
        }
    }

    /// The ids of the passes' connections.
    pub(super) fn connections(&mut self) -> String {
        self.ask("SELECT id FROM information_schema.processlist WHERE db = '{db}'")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A pass that is still at work would hold the tables.
        for connection in self.connections().split_whitespace() {
            let _ = self
                .conn
                .query_drop(format!("KILL CONNECTION {connection}"));
        }
        // The test has failed already if this cannot be done.
        let _ = self.conn.query_drop(format!("DROP DATABASE {}", self.name));
    }
}

pub(super) trait Change {
    fn ordered(self, by: &[&str]) -> Self;
}

impl Change for ServerSettings {
    fn ordered(mut self, by: &[&str]) -> Self {
        self.order = by.iter().map(|&column| column.to_owned()).collect();
        self
    }
}

#[track_caller]
pub(super) fn begin(settings: ServerSettings) -> Box<dyn Rows> {
    let rows = DatabaseSource::mysql(settings).rows();
    rows.unwrap_or_else(|error| panic!("{}", told(&error)))
}

/// Header and rows of a whole pass.
#[track_caller]
pub(super) fn all(settings: ServerSettings) -> (Vec<String>, Vec<Cells>) {
    let mut rows = begin(settings);
    let cells = rest(&mut *rows).unwrap_or_else(|error| panic!("{}", told(&error)));
    (rows.header().to_vec(), cells)
}

/// The rows that are left.
pub(super) fn rest(rows: &mut dyn Rows) -> Result<Vec<Cells>, SourceError> {
    let (mut row, mut cells) = (Row::default(), Vec::new());
    while rows.next(&mut row)? {
        let text = |column| row.text(column).map(str::to_owned);
        cells.push((0..row.len()).map(text).collect());
    }
    Ok(cells)
}

/// The first column of some rows.
pub(super) fn first(cells: &[Cells]) -> Vec<&str> {
    let first = |row: &'_ Cells| row[0].is_some();
    assert!(cells.iter().all(first), "a NULL in the first column");
    cells.iter().filter_map(|row| row[0].as_deref()).collect()
}

/// Why a pass does not even begin.
#[track_caller]
pub(super) fn refused(settings: ServerSettings) -> SourceError {
    match DatabaseSource::mysql(settings).rows() {
        Ok(_) => panic!("it begins"),
        Err(error) => error,
    }
}

/// Why a pass does not come to its end.
#[track_caller]
pub(super) fn refused_at_last(settings: ServerSettings) -> SourceError {
    match DatabaseSource::mysql(settings).rows() {
        Err(error) => error,
        Ok(mut rows) => rest(&mut *rows).expect_err("it must not end well"),
    }
}

/// An error with its causes, as it is printed. What differs from run to run stands as `{db}`, and
/// from machine to machine as `{server}`.
pub(super) fn told(error: &SourceError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    let host = host();
    let bare = host.split(':').next().unwrap_or_default();
    let mut text = text.replace(&host, "{server}");
    // Where the login comes from, as the server calls it, hangs on whether it looks names up.
    for from in ["'@'%'", "'@'localhost'", "'@'127.0.0.1'"] {
        text = text.replace(from, "'@{from}");
    }
    for end in ["/", " "] {
        let label = |server: &str| format!("mysql {server}{end}");
        text = text.replace(&label(bare), &label("{server}"));
    }
    let mut parts = text.split(PREFIX);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        told.push_str("{db}");
        told.push_str(
            part.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '_'),
        );
    }
    told
}

#[track_caller]
pub(super) fn fault(error: &SourceError) -> &DatabaseFault {
    match error {
        SourceError::Database { fault, .. } => fault,
        other => panic!("{}", told(other)),
    }
}

/// A pass that can be looked into.
pub(super) fn pass(settings: &ServerSettings) -> Pass {
    Pass::of(settings).expect("a good URL")
}

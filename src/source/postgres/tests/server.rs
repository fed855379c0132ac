//! A database of the test's own on the server, gone with the test.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::model::{Query, Row, Secret};
use crate::source::pump::testing::{all, told};
use crate::source::{DatabaseFault, DatabaseSource, Rows, ServerSettings, Source, SourceError};

/// The server's URL without a database, where `tests/servers` or the usual place has one.
pub(super) fn server() -> String {
    let url = std::env::var("GRIDSYNC_TEST_POSTGRES")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    let (server, _) = url.rsplit_once('/').expect("a URL ends in its database");
    server.to_owned()
}

/// Host and port of the server.
pub(super) fn place() -> String {
    let server = server();
    let place = server.rsplit(['@', '/']).next();
    place.expect("a URL has a host").to_owned()
}

pub(super) type Cells = Vec<Vec<Option<String>>>;

pub(super) struct Database {
    name: String,
}

impl Database {
    /// With these statements run in it.
    pub(super) fn of(sql: &str) -> Self {
        Self::encoded("UTF8", sql)
    }

    /// With texts in that encoding.
    pub(super) fn encoded(encoding: &str, sql: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let nth = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("gridsync_test_{}_{nth}", std::process::id());
        run("postgres", &format!("DROP DATABASE IF EXISTS {name}"));
        run(
            "postgres",
            &format!(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
            ),
        );
        let database = Self { name };
        database.run(sql);
        database
    }

    /// With so many users.
    pub(super) fn of_users(count: u32) -> Self {
        Self::of(&format!(
            "CREATE TABLE users AS SELECT lpad(i::text, 8, '0') AS id, 'user number ' || i || ' of many' AS name
             FROM generate_series(1, {count}) AS i; ALTER TABLE users ADD PRIMARY KEY (id)"
        ))
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn url(&self) -> String {
        format!("{}/{}", server(), self.name)
    }

    pub(super) fn run(&self, sql: &str) -> Vec<Vec<String>> {
        run(&self.name, sql)
    }

    pub(super) fn table(&self, name: &str) -> ServerSettings {
        ServerSettings::new(Secret::new(self.url()), Query::Table(name.to_owned()))
    }

    pub(super) fn query(&self, sql: &str) -> ServerSettings {
        ServerSettings::new(Secret::new(self.url()), Query::Sql(sql.to_owned()))
    }

    /// Processes of the server that read this database for us.
    pub(super) fn backends(&self) -> usize {
        let backends = format!(
            "SELECT pid FROM pg_stat_activity WHERE datname = '{}' AND application_name = 'gridsync'",
            self.name
        );
        run("postgres", &backends).len()
    }

    /// Waits for the server to be at work on the rows.
    pub(super) fn wait_until_it_works(&self) {
        self.wait_until(
            "EXISTS",
            "AND state = 'active' AND query LIKE 'COPY (SELECT q.%'",
        );
    }

    /// Waits for the server to see that nobody reads any more, which it does in its own time.
    pub(super) fn wait_until_nobody_reads(&self) {
        self.wait_until("NOT EXISTS", "");
        assert_eq!(self.backends(), 0);
    }

    fn wait_until(&self, exists: &str, filter: &str) {
        self.run(&format!(
            "DO $$ BEGIN
               FOR nth IN 1..600 LOOP
                 PERFORM pg_stat_clear_snapshot();
                 IF {exists} (SELECT 1 FROM pg_stat_activity
                   WHERE datname = '{}' AND application_name = 'gridsync' {filter}) THEN RETURN; END IF;
                 PERFORM pg_sleep(0.01);
               END LOOP;
               RAISE EXCEPTION 'waited in vain';
             END $$",
            self.name
        ));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        run(
            "postgres",
            &format!("DROP DATABASE {} WITH (FORCE)", self.name),
        );
    }
}

pub(super) fn run(database: &str, sql: &str) -> Vec<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let url = format!("{}/{database}", server());
        let (client, connection) = tokio_postgres::connect(&url, NoTls)
            .await
            .expect("PostgreSQL answers: run tests/servers");
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(connection);
        let answer = client.simple_query(sql).await.expect(sql);
        let rows = answer.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| {
            (0..row.len())
                .map(|at| row.get(at).unwrap_or_default().to_owned())
                .collect()
        })
        .collect()
    })
}

pub(super) fn open(settings: ServerSettings) -> Box<dyn Rows> {
    let rows = DatabaseSource::postgres(settings).rows();
    rows.unwrap_or_else(|error| panic!("{}", told(&error)))
}

pub(super) fn read(settings: ServerSettings) -> Cells {
    all(&mut *open(settings))
}

pub(super) fn refused(settings: ServerSettings) -> DatabaseFault {
    fault(
        DatabaseSource::postgres(settings)
            .rows()
            .err()
            .expect("refused"),
    )
}

/// What is said of the database, without which one it is.
pub(super) fn fault_text(settings: ServerSettings) -> String {
    let error = DatabaseSource::postgres(settings)
        .rows()
        .err()
        .expect("refused");
    let text = told(&error);
    text.split_once(": ")
        .expect("the source comes first")
        .1
        .replace(&place(), "{server}")
}

pub(super) fn fault(error: SourceError) -> DatabaseFault {
    match error {
        SourceError::Database { fault, .. } => *fault,
        error => panic!("{}", told(&error)),
    }
}

/// Reads to an error; how many rows came before.
pub(super) fn read_to_fault(rows: &mut dyn Rows) -> (u64, DatabaseFault) {
    let (mut row, mut count) = (Row::default(), 0);
    loop {
        match rows.next(&mut row) {
            Ok(true) => count += 1,
            Ok(false) => panic!("it ended after {count} rows"),
            Err(error) => return (count, fault(error)),
        }
    }
}

pub(super) fn some(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|cell| Some((*cell).to_owned())).collect()
}

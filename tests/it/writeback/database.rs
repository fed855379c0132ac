//! A database of one story, on whichever server: users with a key and a place for an id.

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mysql::prelude::Queryable;
use tempfile::TempDir;

/// No story's program takes as long to write its first id.
const HANGS_AFTER: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
    Mysql,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// The name of its setting.
    pub(super) const fn setting(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres | Self::Mysql => "varchar(64)",
        }
    }

    pub(super) const fn integer(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
            Self::Postgres | Self::Mysql => "bigint",
        }
    }

    pub(super) const fn uuid(self) -> &'static str {
        match self {
            Self::Sqlite => "TEXT",
            Self::Postgres | Self::Mysql => "uuid",
        }
    }
}

/// A database that goes with the story.
pub(super) struct Database {
    kind: Kind,
    name: String,
    /// Where the SQLite file is.
    folder: TempDir,
}

impl Database {
    /// With the keys of so many users.
    pub(super) fn with_users(kind: Kind, users: usize) -> Self {
        let keys: Vec<String> = (1..=users).map(crate::support::key).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        Self::with_keys(kind, kind.text(), &keys)
    }

    /// With these keys, in a column of this type.
    pub(super) fn with_keys(kind: Kind, column: &str, keys: &[&str]) -> Self {
        let database = Self::new(kind);
        let id = kind.text();
        database.run(&format!(
            "CREATE TABLE users (id {column} NOT NULL PRIMARY KEY, grid_id {id})"
        ));
        database.add(keys);
        database
    }

    fn new(kind: Kind) -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("gridsync_writeback_{}_{number}", std::process::id());
        match kind {
            Kind::Sqlite => {}
            Kind::Postgres => postgres(&postgres_server(), &format!("CREATE DATABASE {name}")),
            Kind::Mysql => mysql(&mysql_server(), &format!("CREATE DATABASE {name}")),
        }
        Self {
            kind,
            name,
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// The line that names the database in a section.
    pub(super) fn setting(&self) -> String {
        format!("{} = \"{}\"\n", self.kind.setting(), self.address())
    }

    /// Somebody who may do so much with the users, and nothing else.
    pub(super) fn user(&self, password: &str, rights: &str) -> User {
        static USERS: AtomicU32 = AtomicU32::new(0);
        let number = USERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("gridsync_user_{}_{number}", std::process::id());
        match self.kind {
            Kind::Sqlite => panic!("a file has no users"),
            Kind::Postgres => self.run(&format!(
                "CREATE ROLE {name} LOGIN PASSWORD '{password}'; GRANT {rights} ON users TO {name}"
            )),
            Kind::Mysql => {
                self.run(&format!("CREATE USER {name} IDENTIFIED BY '{password}'"));
                self.run(&format!("GRANT {rights} ON users TO {name}"));
            }
        }
        let address = self.address();
        let (scheme, rest) = address.split_once("://").expect("an address");
        let (_, server) = rest.split_once('@').expect("an address with a user");
        User {
            kind: self.kind,
            address: format!("{scheme}://{name}:{password}@{server}"),
            database: address.clone(),
            name,
        }
    }

    /// The address, without a password.
    pub(super) fn address(&self) -> String {
        match self.kind {
            Kind::Sqlite => self.folder.path().join("app.db").display().to_string(),
            Kind::Postgres => in_database(&postgres_server(), &self.name),
            Kind::Mysql => in_database(&mysql_server(), &self.name),
        }
    }

    /// A configuration that writes ids into it.
    pub(super) fn section(&self) -> String {
        self.section_for(&self.address())
    }

    /// The same, at another address.
    pub(super) fn section_for(&self, address: &str) -> String {
        let setting = self.kind.setting();
        format!(
            "[writeback]\n{setting} = \"{address}\"\ntable = \"users\"\nkey_column = \"id\"\nid_column = \"grid_id\"\n"
        )
    }

    pub(super) fn section_with_statement(&self, statement: &str) -> String {
        let (setting, address) = (self.kind.setting(), self.address());
        format!("[writeback]\n{setting} = \"{address}\"\nstatement = \"{statement}\"\n")
    }

    pub(super) fn add(&self, keys: &[impl AsRef<str>]) {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| format!("('{}')", key.as_ref()))
            .collect();
        self.run(&format!(
            "INSERT INTO users (id) VALUES {}",
            rows.join(", ")
        ));
    }

    /// Somebody takes the id of a user away.
    pub(super) fn lose(&self, key: &str) {
        self.run(&format!(
            "UPDATE users SET grid_id = NULL WHERE id = '{key}'"
        ));
    }

    pub(super) fn run(&self, sql: &str) {
        match self.kind {
            Kind::Sqlite => self.sqlite().execute_batch(sql).expect("good SQL"),
            Kind::Postgres => postgres(&self.address(), sql),
            Kind::Mysql => mysql(&self.address(), sql),
        }
    }

    fn sqlite(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.address()).expect("a database");
        connection.busy_timeout(HANGS_AFTER).expect("set");
        connection
    }

    /// Every key and its id, in the order of the keys.
    pub(super) fn ids(&self) -> Vec<(String, Option<String>)> {
        let sql = "SELECT CAST(id AS CHAR(64)), grid_id FROM users ORDER BY id";
        match self.kind {
            Kind::Sqlite => {
                let connection = self.sqlite();
                let sql = "SELECT CAST(id AS TEXT), grid_id FROM users ORDER BY id";
                let mut statement = connection.prepare(sql).expect("good SQL");
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
                rows.expect("rows")
                    .collect::<Result<_, _>>()
                    .expect("texts")
            }
            Kind::Postgres => of_postgres(&self.address(), async |client| {
                let sql = "SELECT id::text, grid_id FROM users ORDER BY id";
                let rows = client.query(sql, &[]).await.expect("good SQL");
                rows.iter().map(|row| (row.get(0), row.get(1))).collect()
            }),
            Kind::Mysql => connect(&self.address()).query(sql).expect("good SQL"),
        }
    }

    /// Until the first id is there.
    pub(super) fn wait_for_an_id(&self) {
        let deadline = Instant::now() + HANGS_AFTER;
        while self.ids().iter().all(|(_, id)| id.is_none()) {
            assert!(Instant::now() < deadline, "no id is written");
        }
    }
}

/// Somebody who goes with the story.
pub(super) struct User {
    kind: Kind,
    name: String,
    database: String,
    /// With a password.
    pub(super) address: String,
}

impl Drop for User {
    fn drop(&mut self) {
        let name = &self.name;
        match self.kind {
            Kind::Sqlite => {}
            Kind::Postgres => postgres(
                &self.database,
                &format!("DROP OWNED BY {name}; DROP ROLE {name}"),
            ),
            Kind::Mysql => mysql(&self.database, &format!("DROP USER {name}")),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match self.kind {
            Kind::Sqlite => {}
            Kind::Postgres => postgres(
                &postgres_server(),
                &format!("DROP DATABASE {} WITH (FORCE)", self.name),
            ),
            Kind::Mysql => mysql(&mysql_server(), &format!("DROP DATABASE {}", self.name)),
        }
    }
}

/// A server that tests may use as they like: `tests/servers` starts one.
fn postgres_server() -> String {
    named(
        "GRIDSYNC_TEST_POSTGRES",
        "postgres://postgres@127.0.0.1:5432/postgres",
    )
}

fn mysql_server() -> String {
    named("GRIDSYNC_TEST_MYSQL", "mysql://root@127.0.0.1:3306/")
}

fn named(variable: &str, usual: &str) -> String {
    env::var(variable).unwrap_or_else(|_| usual.to_owned())
}

fn in_database(server: &str, name: &str) -> String {
    let (host, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{host}/{name}")
}

fn postgres(address: &str, sql: &str) {
    of_postgres(address, async |client| {
        client.batch_execute(sql).await.expect(sql);
    });
}

fn of_postgres<T>(address: &str, ask: impl AsyncFnOnce(&tokio_postgres::Client) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let connected = tokio_postgres::connect(address, tokio_postgres::NoTls).await;
        let (client, connection) = connected.unwrap_or_else(|error| {
            panic!("no PostgreSQL at {address} ({error}): run the tests with `tests/servers cargo test`")
        });
        tokio::select! {
            answer = ask(&client) => answer,
            ended = connection => panic!("the connection ended: {ended:?}"),
        }
    })
}

fn mysql(address: &str, sql: &str) {
    connect(address).query_drop(sql).expect(sql);
}

fn connect(address: &str) -> mysql::Conn {
    let options = mysql::Opts::from_url(address).expect("an address");
    mysql::Conn::new(options).unwrap_or_else(|error| {
        panic!("no MariaDB at {address} ({error}): run the tests with `tests/servers cargo test`")
    })
}

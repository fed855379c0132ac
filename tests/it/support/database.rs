//! A database of a story's own, on a real server or in a file.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::sql::{Cells, on_mysql, on_postgres, on_sqlite};
use super::{Place, Run, sample};

/// How long a server may take to do what it does at once.
const SOON: Duration = Duration::from_secs(30);

/// The kinds that users are read from, and ids written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    Mysql,
}

/// A database that goes with the story.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// Where an `SQLite` file is.
    folder: TempDir,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];
    pub(crate) const SERVERS: [Self; 2] = [Self::Postgres, Self::Mysql];

    /// The server, up to the database's name.
    fn server(self) -> String {
        let (variable, usual) = match self {
            Self::Sqlite => panic!("a file has no server"),
            Self::Postgres => (
                "GRIDSYNC_TEST_POSTGRES",
                "postgres://postgres@127.0.0.1:5432/",
            ),
            Self::Mysql => ("GRIDSYNC_TEST_MYSQL", "mysql://root@127.0.0.1:3306/"),
        };
        let url = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
        let end = url.rfind('/').expect("a URL");
        url[..=end].to_owned()
    }

    /// `host:port`.
    pub(crate) fn host(self) -> String {
        let server = self.server();
        let host = server.rsplit('@').next().unwrap_or_default();
        host.trim_end_matches('/').to_owned()
    }

    /// A table of the numbers from 1, in the column `seq`.
    pub(crate) fn numbers(self, count: u32) -> String {
        match self {
            Self::Sqlite => panic!("a file has no table of numbers"),
            Self::Postgres => format!("generate_series(1, {count}) AS seq"),
            Self::Mysql => format!("seq_1_to_{count}"),
        }
    }

    /// The name of its setting.
    pub(crate) const fn setting(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl Database {
    pub(crate) fn of(kind: Kind) -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("gridsync_it_{}_{number}", std::process::id());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = Self { kind, name, folder };
        if kind != Kind::Sqlite {
            database.outside(&format!("DROP DATABASE IF EXISTS {}", database.name));
            database.outside(&format!("CREATE DATABASE {}", database.name));
        }
        database
    }

    /// With a table `users` as the stories' [`super::Users`] have it, in columns of its own names:
    /// `usr_00001` and so on.
    pub(crate) fn of_users(kind: Kind, count: u32) -> Self {
        let database = Self::of(kind);
        let numbers = kind.numbers(count);
        database.run(
            "CREATE TABLE users (member VARCHAR(20) PRIMARY KEY, full_name VARCHAR(80), born DATE,
             mail VARCHAR(80), street VARCHAR(80), street_2 VARCHAR(80))",
        );
        database.run(&format!(
            "INSERT INTO users SELECT CONCAT('usr_', LPAD(CONCAT(seq), 5, '0')), 'Ada Vey',
             '1984-02-29', CONCAT('u', seq, '@mail.fairwind-post.net'), '12 Alder Street',
             NULL FROM {numbers}"
        ));
        database
    }

    /// With the thousand users of the samples.
    pub(crate) fn of_samples(kind: Kind) -> Self {
        let database = Self::of(kind);
        for name in [&format!("{}.sql", kind.setting()), "users-rows.sql"] {
            let sql = std::fs::read_to_string(sample(name)).expect("a sample");
            database.run(&sql);
        }
        database
    }

    /// Its address, or the path of the file; without a password.
    pub(crate) fn url(&self) -> String {
        match self.kind {
            Kind::Sqlite => self.folder.path().join("app.db").display().to_string(),
            server => format!("{}{}", server.server(), self.name),
        }
    }

    /// Runs statements.
    #[track_caller]
    pub(crate) fn run(&self, sql: &str) {
        self.rows(sql);
    }

    /// What the statements give.
    #[track_caller]
    pub(crate) fn rows(&self, sql: &str) -> Vec<Cells> {
        match self.kind {
            Kind::Sqlite => on_sqlite(&self.url(), sql),
            Kind::Postgres => on_postgres(&self.url(), sql),
            Kind::Mysql => on_mysql(&self.url(), sql),
        }
    }

    /// The first cell of each row that the statements give.
    #[track_caller]
    pub(crate) fn ask(&self, sql: &str) -> Vec<String> {
        first(self.rows(sql))
    }

    /// On its server, from outside of it.
    #[track_caller]
    fn outside(&self, sql: &str) -> Vec<String> {
        let server = self.kind.server();
        first(match self.kind {
            Kind::Sqlite => panic!("a file has no outside"),
            Kind::Postgres => on_postgres(&format!("{server}postgres"), sql),
            Kind::Mysql => on_mysql(&server, sql),
        })
    }

    /// The connections of a run that is reading rows.
    fn readers(&self) -> Vec<String> {
        let name = &self.name;
        self.outside(&match self.kind {
            Kind::Sqlite => panic!("nothing is connected to a file"),
            Kind::Postgres => format!(
                "SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND state = 'active' \
                 AND query LIKE 'COPY%'"
            ),
            Kind::Mysql => format!(
                "SELECT id FROM information_schema.processlist WHERE db = '{name}' \
                 AND command = 'Query' AND info LIKE 'SELECT%ORDER BY%'"
            ),
        })
    }

    /// Waits for a run that reads rows, and ends its connection as a server that goes down does.
    #[track_caller]
    pub(crate) fn hang_up_on_the_reader(&self) {
        let until = Instant::now() + SOON;
        loop {
            if let [reader, ..] = &self.readers()[..] {
                let end = match self.kind {
                    Kind::Mysql => "KILL CONNECTION",
                    _ => "SELECT pg_terminate_backend",
                };
                self.outside(&format!("{end} ({reader})"));
                return;
            }
            assert!(Instant::now() < until, "nobody reads {}", self.name);
        }
    }

    /// A run on this database, which is named by the variable `DATABASE_URL`.
    pub(crate) fn on(&self, run: Run) -> Run {
        run.without("--csv")
            .env("DATABASE_URL", self.url())
            .args(&format!("--{} env:DATABASE_URL", self.kind.setting()))
    }

    /// A run on its table `users`.
    pub(crate) fn users(&self, run: Run) -> Run {
        self.on(run).args("--table users")
    }
}

/// Somebody who may do so much with the users, and nothing else. Goes before the database.
pub(crate) struct User<'d> {
    database: &'d Database,
    name: String,
}

impl<'d> User<'d> {
    pub(crate) fn of(database: &'d Database, password: &str, rights: &str) -> Self {
        static USERS: AtomicU32 = AtomicU32::new(0);
        let number = USERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("gridsync_user_{}_{number}", std::process::id());
        let login = match database.kind {
            Kind::Mysql => "IDENTIFIED BY",
            _ => "LOGIN PASSWORD",
        };
        database.run(&format!("CREATE USER {name} {login} '{password}'"));
        database.run(&format!("GRANT {rights} ON users TO {name}"));
        Self { database, name }
    }

    /// The address with this password, as it is.
    pub(crate) fn url(&self, password: &str) -> String {
        let url = self.database.url();
        let (scheme, rest) = url.split_once("://").expect("an address");
        let (_, server) = rest.split_once('@').expect("an address with a user");
        format!("{scheme}://{}:{password}@{server}", self.name)
    }
}

impl Drop for User<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        if self.database.kind == Kind::Postgres {
            self.database.run(&format!("DROP OWNED BY {name}"));
        }
        self.database.run(&format!("DROP USER {name}"));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let force = match self.kind {
            Kind::Sqlite => return,
            Kind::Postgres => " WITH (FORCE)",
            Kind::Mysql => "",
        };
        self.outside(&format!("DROP DATABASE {}{force}", self.name));
    }
}

/// A configuration for the table of [`Database::of_users`].
pub(crate) const FIELDS: &str = r#"
[fields]
platformCustomerId = "member"
customerType = { value = "INDIVIDUAL" }
fullName = "full_name"
birthDate = "born"
email = "mail"
"address.line1" = "street"
"address.line2" = "street_2"
"address.city" = { value = "Chicago" }
"address.postalCode" = { value = "60601" }
"address.country" = { value = "US" }
"#;

/// An `SQLite` file with the thousand users of the samples.
pub(crate) fn sqlite_of_samples(place: &Place) {
    let file = rusqlite::Connection::open(place.path("app.sqlite")).expect("a new file");
    for name in ["sqlite.sql", "users-rows.sql"] {
        let sql = std::fs::read_to_string(sample(name)).expect("a sample");
        file.execute_batch(&sql).expect("good SQL");
    }
}

fn first(rows: Vec<Cells>) -> Vec<String> {
    let cells = rows.into_iter().filter_map(|row| row.into_iter().next()?);
    cells.collect()
}

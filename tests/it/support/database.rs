//! A database of a story's own, on a real server or in a file.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mysql::prelude::Queryable;
use postgres::SimpleQueryMessage;

use super::{Place, Run, sample};

/// How long a server may take to do what it does at once.
const SOON: Duration = Duration::from_secs(30);

/// The kinds that users are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgres,
    Mysql,
}

/// A database that goes with the story.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    pub(crate) name: String,
}

impl Kind {
    pub(crate) const BOTH: [Self; 2] = [Self::Postgres, Self::Mysql];

    /// The server, up to the database's name.
    fn server(self) -> String {
        let (variable, usual) = match self {
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

    pub(crate) fn flag(self) -> &'static str {
        match self {
            Self::Postgres => "--postgres",
            Self::Mysql => "--mysql",
        }
    }

    /// The sample that makes its table.
    pub(crate) fn schema(self) -> &'static str {
        match self {
            Self::Postgres => "postgres.sql",
            Self::Mysql => "mysql.sql",
        }
    }
}

impl Database {
    pub(crate) fn of(kind: Kind) -> Self {
        static DATABASES: AtomicU32 = AtomicU32::new(0);
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("gridsync_it_{}_{number}", std::process::id());
        let database = Self { kind, name };
        database.outside(&format!("DROP DATABASE IF EXISTS {}", database.name));
        database.outside(&format!("CREATE DATABASE {}", database.name));
        database
    }

    /// With a table `users` as the stories' [`super::Users`] have it, in columns of its own names:
    /// `usr_00001` and so on.
    pub(crate) fn of_users(kind: Kind, count: u32) -> Self {
        let database = Self::of(kind);
        let numbers = match kind {
            Kind::Postgres => format!("generate_series(1, {count}) AS seq"),
            Kind::Mysql => format!("seq_1_to_{count}"),
        };
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
        for name in [kind.schema(), "users-rows.sql"] {
            let sql = std::fs::read_to_string(sample(name)).expect("a sample");
            database.run(&sql);
        }
        database
    }

    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.kind.server(), self.name)
    }

    /// Runs statements.
    #[track_caller]
    pub(crate) fn run(&self, sql: &str) {
        self.ask(sql);
    }

    /// The first cell of each row that the statements give.
    #[track_caller]
    pub(crate) fn ask(&self, sql: &str) -> Vec<String> {
        asked(self.kind, &self.url(), sql)
    }

    /// From outside of it.
    #[track_caller]
    fn outside(&self, sql: &str) -> Vec<String> {
        let home = match self.kind {
            Kind::Postgres => "postgres",
            Kind::Mysql => "",
        };
        asked(self.kind, &format!("{}{home}", self.kind.server()), sql)
    }

    /// The connections of a run that is reading rows.
    fn readers(&self) -> Vec<String> {
        let name = &self.name;
        self.outside(&match self.kind {
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
                self.outside(&match self.kind {
                    Kind::Postgres => format!("SELECT pg_terminate_backend({reader})"),
                    Kind::Mysql => format!("KILL CONNECTION {reader}"),
                });
                return;
            }
            assert!(Instant::now() < until, "nobody reads {}", self.name);
        }
    }

    /// A run on this database, which is named by the variable `DATABASE_URL`.
    pub(crate) fn on(&self, run: Run) -> Run {
        run.without("--csv")
            .env("DATABASE_URL", self.url())
            .args(&format!("{} env:DATABASE_URL", self.kind.flag()))
    }

    /// A run on its table `users`.
    pub(crate) fn users(&self, run: Run) -> Run {
        self.on(run).args("--table users")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let force = match self.kind {
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

#[track_caller]
fn asked(kind: Kind, url: &str, sql: &str) -> Vec<String> {
    match kind {
        Kind::Postgres => {
            let client = postgres::Client::connect(url, postgres::NoTls);
            let mut client = client.expect("a PostgreSQL answers: run tests/servers");
            let answers = client.simple_query(sql);
            let answers = answers.unwrap_or_else(|error| panic!("{sql:.200}: {error:?}"));
            let cell = |answer: SimpleQueryMessage| match answer {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            };
            answers.into_iter().filter_map(cell).collect()
        }
        Kind::Mysql => {
            let options = mysql::Opts::from_url(url).expect("a URL");
            let options = mysql::OptsBuilder::from_opts(options).prefer_socket(false);
            let conn = mysql::Conn::new(options);
            let mut conn = conn.expect("a MariaDB answers: run tests/servers");
            conn.query_drop("SET NAMES utf8mb4")
                .expect("it knows Unicode");
            let answers = conn.query_iter(sql);
            let mut answers = answers.unwrap_or_else(|error| panic!("{sql:.200}: {error}"));
            let mut cells = Vec::new();
            while let Some(rows) = answers.iter() {
                for row in rows {
                    let row = row.unwrap_or_else(|error| panic!("{sql:.200}: {error}"));
                    cells.extend(row.get::<Option<String>, usize>(0).flatten());
                }
            }
            cells
        }
    }
}

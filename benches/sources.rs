//! What a database costs as a source, against the same users in a CSV file.
//!
//! ```console
//! $ tests/servers cargo bench --bench sources -- --users 1000000
//! ```
//!
//! The same N users stand in a CSV file, an NDJSON file, an SQLite file, and a table of PostgreSQL and of
//! MariaDB, each with its key as the primary key. `check` reads, maps and validates all of them: the whole
//! program, timed from outside. The servers are on the same machine and share its processors with
//! the program, so a figure holds what the server does as well. Peak memory is the program's alone.
//!
//! The servers are those of `GRIDSYNC_TEST_POSTGRES` and `GRIDSYNC_TEST_MYSQL`, which `tests/servers` sets. A
//! database named `gridsync_bench` is made on each, and dropped at the end.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: a benchmark loads databases of its own, and has a clock"
)]

mod support;

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use gridsync::report::{Table, print_text, thousands};
use mysql::prelude::Queryable;
use support::{
    COLUMNS, Finished, Outcome, ROUNDS, User, conditions, folder, median, megabytes, per_second,
    ratio, run, users_or, write_users,
};

const USERS: u32 = 1_000_000;
const DATABASE: &str = "gridsync_bench";
/// Rows of one INSERT.
const BATCH: usize = 1_000;

/// A source, and the flags that name it.
struct Named {
    name: &'static str,
    flags: Vec<String>,
    rounds: Vec<Finished>,
}

fn main() -> Outcome<()> {
    let users = users_or(USERS)?;
    let folder = folder()?;
    let csv = folder.path().join("users.csv");
    write_users(
        &csv,
        (0..users).map(|number| User {
            number,
            moved: false,
        }),
    )?;
    let servers = Servers::find()?;
    let mut sources = vec![
        named("csv", &["--csv", "users.csv"]),
        named("ndjson", &["--ndjson", "users.ndjson"]),
        named("sqlite", &["--sqlite", "users.sqlite", "--table", "users"]),
        named(
            "postgres",
            &[
                "--postgres",
                &servers.postgres(DATABASE),
                "--table",
                "users",
            ],
        ),
        named(
            "mariadb",
            &["--mysql", &servers.mysql(DATABASE), "--table", "users"],
        ),
    ];
    write_ndjson(&csv, &folder.path().join("users.ndjson"))?;
    load_sqlite(&csv, &folder.path().join("users.sqlite"))?;
    servers.load_postgres(&csv)?;
    servers.load_mysql(&csv)?;
    let begun = conditions();
    let measured = measure(folder.path(), users, &mut sources);
    servers.drop_databases()?;
    measured?;
    print_text(&format!(
        "\nsources: {} users, {begun}\n  check --no-rejects\n  median of {ROUNDS}, {} columns\n{}",
        thousands(users.into()),
        COLUMNS.len(),
        table(users, &sources)
    ))?;
    Ok(())
}

fn named(name: &'static str, flags: &[&str]) -> Named {
    Named {
        name,
        flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
        rounds: Vec::new(),
    }
}

/// Every source once, and again: none has the machine to itself longer than another.
fn measure(folder: &Path, users: u32, sources: &mut [Named]) -> Outcome<()> {
    for _ in 0..ROUNDS {
        for source in &mut *sources {
            let mut args = vec!["check", "--no-rejects"];
            args.extend(source.flags.iter().map(String::as_str));
            let finished = run(folder, &args)?;
            assert_eq!(finished.count("source_rows"), Some(users.into()));
            assert_eq!(finished.count("rejected"), Some(0));
            source.rounds.push(finished);
        }
    }
    Ok(())
}

fn table(users: u32, sources: &[Named]) -> String {
    let took = |source: &Named| median(source.rounds.iter().map(|round| round.took));
    let csv = took(&sources[0]);
    let mut table = Table::with_header(["", "seconds", "of csv", "rows/s", "peak memory"])
        .right(1)
        .right(2)
        .right(3)
        .right(4)
        .indented(2);
    for source in sources {
        let took = took(source);
        table.row([
            source.name,
            &format!("{:.2}", took.as_secs_f64()),
            &ratio(took, csv),
            &per_second(users, took),
            &megabytes(source.rounds.iter().filter_map(|round| round.peak).max()),
        ]);
    }
    table.to_string()
}

fn records(csv: &Path) -> Outcome<csv::StringRecordsIntoIter<File>> {
    Ok(csv::Reader::from_path(csv)?.into_records())
}

fn write_ndjson(csv: &Path, ndjson: &Path) -> Outcome<()> {
    let mut out = BufWriter::new(File::create(ndjson)?);
    for record in records(csv)? {
        let record = record?;
        let cells = COLUMNS.iter().zip(&record);
        let object: serde_json::Map<_, _> = cells
            .map(|(&name, cell)| (name.to_owned(), cell.into()))
            .collect();
        serde_json::to_writer(&mut out, &object)?;
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// `CREATE TABLE` with its columns quoted, all of them texts of this type.
fn create_table(quote: char, text: &str) -> String {
    let columns: Vec<_> = COLUMNS
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let key = if at == 0 { " PRIMARY KEY" } else { "" };
            format!("{quote}{name}{quote} {text}{key}")
        })
        .collect();
    format!("CREATE TABLE users ({})", columns.join(", "))
}

fn load_sqlite(csv: &Path, database: &Path) -> Outcome<()> {
    let mut connection = rusqlite::Connection::open(database)?;
    connection.execute_batch(&create_table('"', "TEXT"))?;
    let transaction = connection.transaction()?;
    let places = vec!["?"; COLUMNS.len()].join(",");
    let mut insert = transaction.prepare(&format!("INSERT INTO users VALUES ({places})"))?;
    for record in records(csv)? {
        insert.execute(rusqlite::params_from_iter(record?.iter()))?;
    }
    drop(insert);
    Ok(transaction.commit()?)
}

/// The servers that the benchmark may use.
struct Servers {
    postgres: String,
    mysql: String,
}

impl Servers {
    fn find() -> Outcome<Self> {
        let variable = |name: &str| {
            env::var(name).map_err(|_| {
                format!("{name} is not set: run `tests/servers cargo bench --bench sources`")
            })
        };
        Ok(Self {
            postgres: variable("GRIDSYNC_TEST_POSTGRES")?,
            mysql: variable("GRIDSYNC_TEST_MYSQL")?,
        })
    }

    fn postgres(&self, database: &str) -> String {
        replace_database(&self.postgres, database)
    }

    fn mysql(&self, database: &str) -> String {
        replace_database(&self.mysql, database)
    }

    fn load_postgres(&self, csv: &Path) -> Outcome<()> {
        let mut server = postgres::Client::connect(&self.postgres, postgres::NoTls)?;
        server.batch_execute(&format!("DROP DATABASE IF EXISTS {DATABASE}"))?;
        server.batch_execute(&format!("CREATE DATABASE {DATABASE}"))?;
        let mut database = postgres::Client::connect(&self.postgres(DATABASE), postgres::NoTls)?;
        database.batch_execute(&create_table('"', "text"))?;
        let mut copy = database.copy_in("COPY users FROM STDIN (FORMAT csv, HEADER)")?;
        let mut file = BufReader::with_capacity(1 << 16, File::open(csv)?);
        loop {
            let bytes = file.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            copy.write_all(bytes)?;
            let read = bytes.len();
            file.consume(read);
        }
        copy.finish()?;
        Ok(database.batch_execute("VACUUM ANALYZE users")?)
    }

    fn load_mysql(&self, csv: &Path) -> Outcome<()> {
        let mut server = mysql::Conn::new(mysql::Opts::from_url(&self.mysql)?)?;
        server.query_drop(format!("DROP DATABASE IF EXISTS {DATABASE}"))?;
        server.query_drop(format!("CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4"))?;
        server.query_drop(format!("USE {DATABASE}"))?;
        server.query_drop(create_table('`', "varchar(100)"))?;
        server.query_drop("START TRANSACTION")?;
        let mut rows = Vec::with_capacity(BATCH);
        for record in records(csv)? {
            let cells: Vec<_> = record?.iter().map(|cell| format!("'{cell}'")).collect();
            rows.push(format!("({})", cells.join(",")));
            if rows.len() == BATCH {
                server.query_drop(format!("INSERT INTO users VALUES {}", rows.join(",")))?;
                rows.clear();
            }
        }
        if !rows.is_empty() {
            server.query_drop(format!("INSERT INTO users VALUES {}", rows.join(",")))?;
        }
        server.query_drop("COMMIT")?;
        Ok(server.query_drop("ANALYZE TABLE users")?)
    }

    fn drop_databases(&self) -> Outcome<()> {
        let mut server = postgres::Client::connect(&self.postgres, postgres::NoTls)?;
        server.batch_execute(&format!("DROP DATABASE {DATABASE}"))?;
        let mut server = mysql::Conn::new(mysql::Opts::from_url(&self.mysql)?)?;
        Ok(server.query_drop(format!("DROP DATABASE {DATABASE}"))?)
    }
}

/// The same server, another database.
fn replace_database(url: &str, database: &str) -> String {
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    format!("{server}/{database}")
}

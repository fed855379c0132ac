//! The same values out of every other kind of source, and what databases say of them.

use std::fmt::Write as _;

use rusqlite::Connection;

use super::{bad_canaries, canaries, every_output};
use crate::support::{Database, Grid, Kind, Place, Run, Users};

fn place(grid: &Grid) -> Place {
    Place::on(grid)
}

pub(super) fn grid() -> Grid {
    Grid::new().credential("the-token", "xyzzy-secret").start()
}

/// A table `users` with a column of text for each of the CSV's.
fn table(users: &Users) -> String {
    let csv = users.csv();
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv.as_bytes());
    let header = rows.headers().expect("a header").clone();
    let columns: Vec<String> = header
        .iter()
        .map(|name| format!("\"{name}\" varchar(200)"))
        .collect();
    let mut sql = format!("CREATE TABLE users ({});\n", columns.join(", "));
    for row in rows.records().map(|row| row.expect("a row")) {
        if row.len() == header.len() {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell {
                    "" => "NULL".to_owned(),
                    cell => format!("'{}'", cell.replace('\'', "''")),
                })
                .collect();
            writeln!(sql, "INSERT INTO users VALUES ({});", cells.join(", "))
                .expect("a string takes every write");
        }
    }
    sql
}

pub(super) fn database(kind: Kind, users: &Users) -> Database {
    let database = Database::of(kind);
    if kind == Kind::Mysql {
        database.run(&format!(
            "SET SESSION sql_mode = 'ANSI_QUOTES'; {}",
            table(users)
        ));
    } else {
        database.run(&table(users));
    }
    database
}

fn on_sqlite(place: &Place, users: &Users) {
    let file = Connection::open(place.path("users.sqlite")).expect("a new file");
    file.execute_batch(&table(users)).expect("good SQL");
}

fn sqlite(run: Run) -> Run {
    run.without("--csv")
        .args("--sqlite users.sqlite --table users")
}

fn ndjson(run: Run) -> Run {
    run.without("--csv").args("--ndjson users.ndjson")
}

#[test]
fn json_lines_tell_no_value() {
    let grid = grid();
    let place = place(&grid);
    place.write("users.ndjson", canaries().ndjson());
    every_output(|| ndjson(place.plan()).args("-o the.plan"), 0, &place);
    every_output(|| ndjson(place.sync()), 0, &place);
    let bad = format!(
        "{}{{\"email\": \"xyzzy\n[\"xyzzy\"]\n{{\"xyzzy\": 1, \"xyzzy\": 2}}\nxyzzy\n",
        bad_canaries().ndjson()
    );
    // A member's name is a column, and columns are told.
    place.write(
        "users.ndjson",
        bad.replace("{\"xyzzy\": 1, \"xyzzy\": 2}", "{}"),
    );
    every_output(|| ndjson(place.check()), 3, &place);
    place.write(
        "users.ndjson",
        format!("{}{{\"email\": \"xyzzy", canaries().ndjson()),
    );
    every_output(|| ndjson(place.check()), 65, &place);
}

#[test]
fn a_malformed_file_is_told_without_its_values() {
    let grid = grid();
    for (end, code) in [("\"xyzzy", 65), ("xyzzy\0xyzzy\n", 65)] {
        let place = place(&grid).users(&canaries());
        place.write("users.csv", format!("{}{end}", canaries().csv()));
        every_output(|| place.check(), code, &place);
    }
    // The values stand where the names of the columns should.
    let place = place(&grid).users(&canaries());
    let csv = canaries().csv();
    place.write("users.csv", csv.replacen("email", "e_mail", 1));
    every_output(|| place.check().args("--delimiter ;"), 78, &place);
}

#[test]
fn a_sqlite_file_tells_no_value() {
    let grid = grid();
    let place = place(&grid);
    on_sqlite(&place, &canaries());
    every_output(|| sqlite(place.plan()).args("-o the.plan"), 0, &place);
    every_output(|| sqlite(place.sync()), 0, &place);
    for query in [
        "SELECT *, json(email) AS n FROM users",
        "SELECT *, abs(-9223372036854775808) AS n FROM users WHERE email LIKE '%e%'",
    ] {
        let run = || {
            let run = place.check().without("--csv").args("--sqlite users.sqlite");
            run.arg("--query").arg(query)
        };
        every_output(run, 65, &place);
    }
}

#[test]
fn a_server_tells_no_value_and_what_it_tells_is_not_told_on() {
    for kind in Kind::SERVERS {
        let grid = grid();
        let place = place(&grid);
        let database = database(kind, &canaries());
        every_output(
            || database.users(place.plan()).args("-o the.plan"),
            0,
            &place,
        );
        every_output(|| database.users(place.sync()), 0, &place);
        for sql in loud_functions(kind) {
            database.run(sql);
        }
        for &(query, code) in loud_queries(kind) {
            let run = || database.on(place.check()).arg("--query").arg(query);
            every_output(run, code, &place);
        }
    }
}

/// Functions that say the value that they are given.
fn loud_functions(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Sqlite => &[],
        Kind::Postgres => &[
            "CREATE FUNCTION note(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN \
             RAISE NOTICE 'seen %', t; RAISE WARNING 'seen %', t; RAISE LOG 'seen %', t; RETURN t; END $$",
            "CREATE FUNCTION fail(t text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'no %', t USING DETAIL = t, HINT = t; END $$",
        ],
        Kind::Mysql => &[
            "CREATE FUNCTION fail(t TEXT) RETURNS TEXT DETERMINISTIC BEGIN \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = t; RETURN t; END",
        ],
    }
}

fn loud_queries(kind: Kind) -> &'static [(&'static str, i32)] {
    match kind {
        Kind::Sqlite => &[],
        Kind::Postgres => &[
            ("SELECT users.*, note(email) AS noted FROM users", 0),
            ("SELECT users.*, fail(email) AS failed FROM users", 65),
            ("SELECT users.*, CAST(email AS integer) AS n FROM users", 65),
            ("SELECT users.*, CAST(email AS date) AS n FROM users", 65),
            ("SELECT users.*, CAST(email AS json) AS n FROM users", 65),
        ],
        Kind::Mysql => &[
            ("SELECT users.*, fail(email) AS failed FROM users", 65),
            ("SELECT users.*, CAST(email AS SIGNED) AS n FROM users", 0),
        ],
    }
}

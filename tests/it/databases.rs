//! Users out of databases: the same as from files, and what happens when a server goes.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{
    Database, Ended, FIELDS, Grid, Kind, Place, Run, key, sample, sqlite_of_samples,
};

/// How long a story waits for a run to do something.
const LONG: Duration = Duration::from_mins(1);

/// Every column, and one so wide that not many rows are ever on their way: neither read ahead here
/// nor held by the network.
const WIDE: &str = "SELECT users.*, REPEAT('x', 16000) AS wide FROM users";

/// `[changes]` that delete whoever is no user any more.
const DELETES: &str = "[changes]\ndelete = true\n[limits]\ndeletes = \"100%\"\nsource_shrink = \"100%\"\nrejects = \"100%\"\n";

/// A run with the configuration of a sample, on what it names.
fn on_sample(run: Run, name: &str) -> Run {
    run.without("--csv").arg("--config").arg(sample(name))
}

/// Each of the five sources of the samples' thousand users.
struct Sources {
    postgres: Database,
    mysql: Database,
}

impl Sources {
    fn at(place: &Place) -> Self {
        sqlite_of_samples(place);
        Self {
            postgres: Database::of_samples(Kind::Postgres),
            mysql: Database::of_samples(Kind::Mysql),
        }
    }

    /// A command on each of them.
    fn each(&self, run: impl Fn() -> Run) -> Vec<(&'static str, Ended)> {
        let on = |name| on_sample(run(), name);
        [
            ("gridsync.toml", on("gridsync.toml")),
            ("ndjson.toml", on("ndjson.toml")),
            ("sqlite.toml", on("sqlite.toml").args("--sqlite app.sqlite")),
            (
                "postgres.toml",
                on("postgres.toml").env("DATABASE_URL", self.postgres.url()),
            ),
            (
                "mysql.toml",
                on("mysql.toml").env("DATABASE_URL", self.mysql.url()),
            ),
        ]
        .map(|(name, run)| (name, run.end()))
        .into()
    }
}

#[test]
fn whatever_the_source_is_the_migration_can_be_rehearsed() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let sources = Sources::at(&place);
    for (name, rehearsed) in sources.each(|| place.run("rehearse")) {
        rehearsed.exits(0);
        assert_eq!(rehearsed.count("created"), 1_000, "{name}");
    }
    assert_eq!(grid.request_count(), 0);
}

#[test]
fn five_sources_of_the_same_users_give_the_same_plan() {
    let grid = Grid::started();
    let place = Place::on(&grid);
    let sources = Sources::at(&place);
    let plans = sources.each(|| place.plan());
    let fingerprint = &plans[0].1.summary()["plan_fingerprint"];
    assert!(fingerprint.is_string());
    for (name, plan) in &plans {
        plan.exits(0)
            .counts("source_rows 1000, planned.create 1000");
        assert_eq!(plan.summary()["plan_fingerprint"], *fingerprint, "{name}");
    }

    on_sample(place.sync(), "gridsync.toml")
        .end()
        .exits(0)
        .counts("source_rows 1000, created 1000, planned.create 1000");
    for (name, plan) in sources.each(|| place.plan()) {
        assert_eq!(plan.code(), Some(0), "{name}: {}", plan.told());
        plan.counts("source_rows 1000, unchanged 1000");
    }
}

/// A place whose users, `usr_00001` to `usr_00030`, are in Grid already, and the database too.
fn synced(grid: &Grid, database: &Database, more: &str) -> Place {
    let place = Place::on(grid).config(&format!("{FIELDS}{more}"));
    let ended = database.users(place.sync()).end();
    ended.exits(0);
    place
}

#[test]
fn a_server_that_goes_half_way_through_planning_deletes_nobody() {
    for kind in Kind::SERVERS {
        let grid = Grid::started();
        let database = Database::of_users(kind, 30);
        let place = synced(&grid, &database, DELETES);
        let before = grid.request_count();
        // Now there are many more, and whom Grid knows come last: a read that breaks off and is taken
        // for the whole would delete them.
        let numbers = kind.numbers(5000);
        database.run(&format!(
            "INSERT INTO users (member) SELECT CONCAT('a', seq) FROM {numbers}"
        ));
        let run = database.on(place.sync()).arg("--query").arg(WIDE).spawn();
        database.hang_up_on_the_reader();
        let ended = run.end();
        ended.exits(65).says("do not count as the whole");
        assert_eq!(grid.active(), 30, "{kind:?}");
        assert!(grid.writes_since(before).is_empty(), "{kind:?}");
    }
}

#[test]
fn a_server_that_goes_while_changes_are_sent_pauses_the_run_and_it_resumes() {
    for kind in Kind::SERVERS {
        let grid = Grid::started();
        let database = Database::of_users(kind, 1_500);
        let place = Place::on(&grid).config(FIELDS);
        let on = |run: Run| database.on(run).arg("--query").arg(WIDE);
        on(place.plan()).args("-o the.plan").end().exits(0);
        let before = grid.request_count();
        let run = on(place.apply()).arg("the.plan").spawn();
        assert!(grid.wait_for_requests(before + 10, LONG));
        database.hang_up_on_the_reader();
        let paused = run.end();
        paused.exits(6).says("do not count as the whole");
        assert_eq!(paused.summary()["resumable"], true);
        let created = grid.active();
        assert!((5..1_500).contains(&created), "{created}");

        on(place.apply()).end().exits(0);
        let keys: Vec<_> = (1..=1_500).map(key).collect();
        grid.assert_one_active_each(&keys);
        grid.assert_looked_before_every_second_create();
    }
}

#[test]
fn a_column_that_is_renamed_between_plan_and_apply_is_named() {
    for kind in Kind::SERVERS {
        let grid = Grid::started();
        let database = Database::of_users(kind, 5);
        let place = Place::on(&grid).config(FIELDS);
        database
            .users(place.plan())
            .args("-o the.plan")
            .end()
            .exits(0);
        database.run("ALTER TABLE users RENAME COLUMN full_name TO name");
        let ended = database.users(place.apply()).arg("the.plan").end();
        ended.exits(78).says("`full_name`");
        assert!(grid.writes().is_empty());
    }
}

#[test]
fn a_row_that_changes_between_plan_and_apply_waits_for_the_next_run() {
    for kind in Kind::SERVERS {
        let grid = Grid::started();
        let database = Database::of_users(kind, 5);
        let place = Place::on(&grid).config(FIELDS);
        database
            .users(place.plan())
            .args("-o the.plan")
            .end()
            .exits(0);
        database.run("UPDATE users SET full_name = 'Ada King' WHERE member = 'usr_00003'");
        let apply = database.users(place.apply()).args("the.plan --events");
        let ended = apply.in_words().end();
        ended.exits(3);
        let named = |line: &&str| line.contains("usr_00003") && line.contains("ROW_CHANGED");
        assert_eq!(
            ended.stdout.lines().filter(named).count(),
            1,
            "{}",
            ended.told()
        );
        assert_eq!(grid.active(), 4);
        let next = database.users(place.sync()).end();
        next.exits(0)
            .counts("source_rows 5, created 1, unchanged 4, planned.create 1");
    }
}

#[test]
fn a_rehearsal_finds_the_address_where_a_run_does() {
    for kind in Kind::SERVERS {
        let database = Database::of_users(kind, 5);
        let place = Place::at("http://127.0.0.1:1").config(FIELDS);
        let ended = database.users(place.run("rehearse")).end();
        ended
            .exits(0)
            .counts("source_rows 5, created 5, planned.create 5");
    }
}

#[test]
fn null_is_absent_and_a_field_that_must_be_there_is_missed() {
    for kind in Kind::SERVERS {
        let grid = Grid::started();
        let database = Database::of_users(kind, 3);
        database.run("UPDATE users SET street_2 = 'Apt 3' WHERE member = 'usr_00001'");
        database.run("UPDATE users SET street_2 = '' WHERE member = 'usr_00002'");
        database.run("INSERT INTO users (member, born) VALUES ('usr_00004', '1984-02-29')");
        let place = Place::on(&grid).config(&format!("{FIELDS}[limits]\nrejects = 5\n"));
        let ended = database.users(place.sync()).end();
        ended
            .exits(3)
            .counts("source_rows 4, created 3, rejected 1, planned.create 3");
        let second_lines = grid.customers().into_iter().map(|customer: Value| {
            let line = customer["address"].get("line2").and_then(Value::as_str);
            line.map(str::to_owned)
        });
        let mut second_lines: Vec<_> = second_lines.collect();
        second_lines.sort();
        assert_eq!(second_lines, [None, None, Some("Apt 3".to_owned())]);
    }
}

/// What `check` says of a database that cannot be read, without what differs from machine to machine.
fn refusal(database: &Database, run: Run, code: i32) -> String {
    let ended = run.in_words().end();
    ended.exits(code);
    let host = database.kind.host();
    let bare = host.split(':').next().unwrap_or_default();
    ended
        .stderr
        .replace(&database.name, "APP")
        .replace(&host, "SERVER")
        .replace(&format!(" {bare}"), " SERVER")
        // For a user that is not there, MariaDB has both.
        .replace("error 1698", "error 1045")
}

#[test]
fn what_is_wrong_with_an_address_is_said_in_words() {
    let place = Place::at("http://127.0.0.1:1").config(FIELDS);
    let [postgres, mysql] = Kind::SERVERS.map(|kind| Database::of_users(kind, 1));
    let at = |database: &Database, url: &str| {
        let run = database.users(place.check()).env("DATABASE_URL", url);
        let code = if url.contains("://") { 65 } else { 64 };
        refusal(database, run, code)
    };
    assert_snapshot!(at(&mysql, "hunter2"), @"gridsync check: usage (exit 64): --mysql: what DATABASE_URL holds is no address such as mysql://reader@db.internal/app");
    let url = mysql.url().replace("root@", "nobody:hunter2@");
    assert_snapshot!(at(&mysql, &url), @"gridsync check: data (exit 65): the source cannot be read: mysql SERVER/APP users: SERVER refuses the login of `nobody` (error 1045): check user and password, and that the server lets this user in from here");
    assert_snapshot!(at(&mysql, &mysql.url().replace(&mysql.name, "no_such")), @"gridsync check: data (exit 65): the source cannot be read: mysql SERVER/no_such users: SERVER has no database `no_such` (error 1049): check the name in the URL");
    assert_snapshot!(at(&postgres, &postgres.url().replace(&postgres.name, "no_such")), @"gridsync check: data (exit 65): the source cannot be read: postgres SERVER/no_such users: SERVER has no database `no_such` (SQLSTATE 3D000): check the name in the URL");
    let url = postgres.url().replace("postgres@", "nobody:hunter2@");
    assert_snapshot!(at(&postgres, &url), @"gridsync check: data (exit 65): the source cannot be read: postgres SERVER/APP users: SERVER refuses the login of `nobody` (SQLSTATE 28000): check user and password, and that the server lets this user in from here");
}

#[test]
fn what_is_wrong_with_a_table_or_a_query_is_said_in_words() {
    let place = Place::at("http://127.0.0.1:1").config(FIELDS);
    let [postgres, mysql] = Kind::SERVERS.map(|kind| Database::of_users(kind, 1));
    let table = |database: &Database| {
        let run = database.on(place.check()).args("--table user");
        refusal(database, run, 65)
    };
    assert_snapshot!(table(&mysql), @"gridsync check: data (exit 65): the source cannot be read: mysql SERVER/APP user: there is no table or view `APP.user` (error 1146); did you mean `users`?: check the name, its schema, and that the user may see it");
    assert_snapshot!(table(&postgres), @"gridsync check: data (exit 65): the source cannot be read: postgres SERVER/APP user: there is no table or view `user` (SQLSTATE 42P01); did you mean `users`?: check the name, its schema, and that the user may see it");
    let query = |database: &Database, sql: &str, code| {
        let run = database.on(place.check()).arg("--query").arg(sql);
        refusal(database, run, code)
    };
    assert_snapshot!(query(&mysql, "SELECT member, name FROM users", 65), @"gridsync check: data (exit 65): the source cannot be read: mysql SERVER/APP query: the query is refused (error 1054): Unknown column 'name' in 'SELECT'");
    assert_snapshot!(query(&postgres, "SELECT member, name FROM users", 65), @r#"gridsync check: data (exit 65): the source cannot be read: postgres SERVER/APP query: the query is refused (SQLSTATE 42703): column "name" does not exist; line 1, character 16 of the query"#);
    assert_snapshot!(query(&mysql, "SELECT member AS id FROM users", 78), @"
    gridsync check: config (exit 78): the mapping does not fit the source:
        - [fields] `address.line1`: the source has no column `street`
        - [fields] `address.line2`: the source has no column `street_2`
        - [fields] `birthDate`: the source has no column `born`
        - [fields] `email`: the source has no column `mail`
        - [fields] `fullName`: the source has no column `full_name`
        - [fields] `platformCustomerId`: the source has no column `member`
    ");
    assert_snapshot!(query(&mysql, "DELETE FROM users", 65), @"gridsync check: data (exit 65): the source cannot be read: mysql SERVER/APP query: the query is refused (error 1064): it is not understood near 'DELETE FROM users' at line 1");
    assert_eq!(mysql.ask("SELECT COUNT(*) FROM users"), ["1"]);
}

//! What a pass gives: all rows, in order, of one moment.

use mysql::prelude::Queryable;

use super::world::{
    Change, Database, all, begin, first, pass, refused, refused_at_last, rest, told,
};
use crate::model::Row;
use crate::source::mysql::connect::connect;

#[test]
fn a_table_comes_whole_and_in_the_order_of_the_key() {
    let mut database = Database::with_users(1_000);
    database.run("UPDATE {db}.users SET name = 'Zoë' WHERE id = 'u-000007'");
    let (header, rows) = all(database.table("users").ordered(&["id"]));
    assert_eq!(header, ["id", "name", "seen"]);
    assert_eq!(rows.len(), 1_000);
    assert!(first(&rows).is_sorted());
    assert_eq!(rows[6][1].as_deref(), Some("Zoë"));
    let (_, rows) = all(database.table("users").ordered(&["seen"]));
    assert!(
        first(&rows).is_sorted_by(|a, b| a > b),
        "the other way round"
    );
}

#[test]
fn rows_are_numbered_from_one_and_have_no_line() {
    let database = Database::with_users(3);
    let mut rows = begin(database.table("users"));
    let (mut row, mut positions) = (Row::default(), Vec::new());
    while rows.next(&mut row).expect("a row") {
        positions.push(row.position());
    }
    let records: Vec<_> = positions.iter().map(|position| position.record).collect();
    assert_eq!(records, [1, 2, 3]);
    assert!(
        positions
            .iter()
            .all(|position| (position.line, position.byte) == (0, 0))
    );
}

#[test]
fn a_query_is_ordered_from_outside_whatever_stands_at_its_end() {
    let database = Database::with_users(50);
    for query in [
        "SELECT id, name FROM users ORDER BY id DESC",
        "SELECT id, name FROM users; -- all of them",
        "WITH u AS (SELECT * FROM users) SELECT id FROM u -- of them",
        "SELECT id FROM users UNION ALL SELECT 'v' # and one;",
        "SELECT id FROM {db}.users WHERE name LIKE 'Anna%' /* ; */ ;\n",
    ] {
        let (_, rows) = all(database.query(query).ordered(&["ID"]));
        assert!(rows.len() >= 50, "{query}");
        assert!(first(&rows).is_sorted(), "{query}");
    }
}

#[test]
fn a_key_column_that_is_not_there_is_left_to_the_mapping() {
    let database = Database::with_users(3);
    let (_, rows) = all(database.table("users").ordered(&["member_no", "seen"]));
    assert_eq!(first(&rows), ["u-000003", "u-000002", "u-000001"]);
}

#[test]
fn names_are_found_as_they_are_written() {
    let mut database = Database::new();
    database.run("CREATE TABLE {db}.`Old ``users` (`order` INT PRIMARY KEY, `a``b` INT)");
    database.run("INSERT INTO {db}.`Old ``users` VALUES (2, 1), (1, 2)");
    let table = format!("{}.`Old ``users`", database.name);
    let (header, rows) = all(database.table(&table).ordered(&["order"]));
    assert_eq!(header, ["order", "a`b"]);
    assert_eq!(first(&rows), ["1", "2"]);
    let (_, rows) = all(database.table("Old `users").ordered(&["a`b"]));
    assert_eq!(first(&rows), ["2", "1"]);
}

#[test]
fn an_empty_table_has_a_header_and_no_row() {
    let mut database = Database::new();
    database.run("CREATE TABLE {db}.users (id INT PRIMARY KEY)");
    let (header, rows) = all(database.table("users").ordered(&["id"]));
    assert_eq!((header, rows), (vec!["id".to_owned()], vec![]));
}

/// What the server does for the statement of a pass.
fn explained(database: &Database, table: &str, by: &str) -> String {
    let pass = pass(&database.table(table).ordered(&[by]));
    let mut conn = connect(&pass.address).expect("it connects");
    let statement = pass.begin(&mut conn).expect("it begins");
    let explained: Option<mysql::Row> = conn
        .query_first(format!("EXPLAIN {statement}"))
        .expect("it can be explained");
    let row = explained.expect("a row");
    let cell = |name: &str| row.get::<Option<String>, _>(name).flatten();
    format!(
        "key {}, {}",
        cell("key").unwrap_or_default(),
        cell("Extra").unwrap_or_default()
    )
}

#[test]
fn the_server_sorts_no_table_that_has_an_index_of_its_key() {
    let mut database = Database::with_users(5_000);
    database.run("CREATE INDEX by_prefix ON {db}.users (name(3))");
    assert_eq!(explained(&database, "users", "id"), "key PRIMARY, ");
    assert_eq!(explained(&database, "users", "seen"), "key by_seen, ");
    let sorted = explained(&database, "users", "name");
    assert_eq!(
        sorted, "key , Using filesort",
        "a part of a name orders nothing"
    );
}

#[test]
fn a_pass_sees_one_moment_whatever_is_written_meanwhile() {
    let mut database = Database::with_users(20_000);
    let mut rows = begin(database.table("users").ordered(&["id"]));
    let mut row = Row::default();
    assert!(rows.next(&mut row).expect("a first row"));
    database.run("DELETE FROM {db}.users WHERE id > 'u-010000'");
    database.run("UPDATE {db}.users SET name = 'changed'");
    database.run("INSERT INTO {db}.users VALUES ('u-009999x', 'new', -1)");
    let rest = rest(&mut *rows).expect("the rest");
    assert_eq!(rest.len(), 19_999);
    assert!(
        rest.iter()
            .all(|cells| cells[1].as_deref() != Some("changed"))
    );
    let (_, rows) = all(database.table("users"));
    assert_eq!(rows.len(), 10_001, "the next pass sees the next moment");
}

#[test]
fn the_moment_is_the_one_at_which_the_pass_begins() {
    let mut database = Database::with_users(3);
    let pass = pass(&database.table("users"));
    let mut conn = connect(&pass.address).expect("it connects");
    let statement = pass.begin(&mut conn).expect("it begins");
    database.run("DELETE FROM {db}.users");
    let rows: Vec<mysql::Row> = conn.query(statement).expect("it is read");
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_query_that_writes_is_refused() {
    let mut database = Database::with_users(3);
    database.run(
        "CREATE FUNCTION {db}.touch() RETURNS INT BEGIN DELETE FROM {db}.users; RETURN 1; END",
    );
    let query = "SELECT id, {db}.touch() AS n FROM users";
    let error = told(&refused_at_last(database.query(query)));
    assert!(
        error.contains("the query would write (error 1792)"),
        "{error}"
    );
    for query in [
        "DELETE FROM users",
        "SELECT 1; DELETE FROM users",
        "SELECT 1) AS a; DELETE FROM users; SELECT * FROM (SELECT 1",
        "SELECT 1) AS a; DELETE FROM users; -- ",
        "SELECT 1) AS a; DELETE FROM users; /* ",
        "SELECT id FROM users INTO OUTFILE '/tmp/gridsync-must-not-be'",
        "CALL anything()",
    ] {
        let error = told(&refused(database.query(query)));
        assert!(
            error.contains("the query is refused (error 1064)"),
            "{query}: {error}"
        );
    }
    assert_eq!(database.ask("SELECT COUNT(*) FROM {db}.users"), "3");
}

#[test]
fn no_setting_of_the_server_bears_on_a_pass() {
    let database = Database::with_users(1);
    let pass = pass(&database.table("users"));
    let mut conn = connect(&pass.address).expect("it connects");
    conn.query_drop(
        "SET SESSION sql_select_limit = 10, group_concat_max_len = 100, time_zone = '+05:00', \
         sql_mode = 'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,NO_ZERO_DATE'",
    )
    .expect("a session's own settings");
    pass.begin(&mut conn).expect("it begins");
    let found: Option<(u64, u64, String, String)> = conn
        .query_first("SELECT @@sql_select_limit, @@group_concat_max_len, @@time_zone, @@sql_mode")
        .expect("settings can be asked for");
    let (rows, bytes, zone, mode) = found.expect("a row");
    assert_eq!((rows, bytes), (u64::MAX, 16_777_216));
    assert_eq!(
        (zone.as_str(), mode.as_str()),
        ("+00:00", "ANSI_QUOTES,NO_ZERO_DATE")
    );
}

#[test]
fn a_hundred_thousand_rows_come_through() {
    let database = Database::with_users(100_000);
    let (_, rows) = all(database.table("users").ordered(&["id"]));
    assert_eq!(rows.len(), 100_000);
    assert_eq!(rows[99_999][0].as_deref(), Some("u-100000"));
}

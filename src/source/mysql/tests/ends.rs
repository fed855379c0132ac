//! Passes that end before their time, or whose reader is slow.

use std::time::{Duration, Instant};

use super::world::{Change, Database, begin, fault, rest};
use crate::model::Row;
use crate::source::{DatabaseFault, Patience, SourceError};

const NO_PATIENCE: Patience = Patience {
    stretch: Duration::ZERO,
    total: Duration::ZERO,
};

#[test]
fn a_connection_that_is_killed_never_looks_like_the_end() {
    let mut database = Database::with_users(200_000);
    let mut rows = begin(database.table("users").ordered(&["id"]));
    let mut row = Row::default();
    assert!(rows.next(&mut row).expect("a first row"));
    let connection = database.connections();
    database.run(&format!("KILL CONNECTION {connection}"));
    let error = rest(&mut *rows).expect_err("it was killed");
    match fault(&error) {
        DatabaseFault::Lost { rows, .. } => assert!(*rows > 0 && *rows < 200_000, "{rows}"),
        other => panic!("{other}"),
    }
    assert!(error.is_transient());
    let again = rows.next(&mut row).expect_err("the pass is over");
    assert!(matches!(again, SourceError::Over { .. }), "{again}");
}

#[test]
fn a_query_that_is_cancelled_never_looks_like_the_end() {
    let mut database = Database::with_users(200_000);
    let mut rows = begin(database.table("users").ordered(&["id"]));
    let connection = database.connections();
    database.run(&format!("KILL QUERY {connection}"));
    let error = rest(&mut *rows).expect_err("it was cancelled");
    assert!(
        matches!(fault(&error), DatabaseFault::Cancelled { .. }),
        "{error:?}"
    );
}

#[test]
fn a_pass_that_is_dropped_half_way_lets_the_server_go() {
    let mut database = Database::with_users(200_000);
    let mut rows = begin(database.table("users").ordered(&["id"]));
    assert!(rows.next(&mut Row::default()).expect("a first row"));
    assert_ne!(database.connections(), "");
    drop(rows);
    database.is_let_go();
}

#[test]
fn a_pass_that_is_dropped_while_the_server_thinks_ends_it() {
    let mut database = Database::with_users(1_000);
    // The first rows come at once, and the next one never.
    let mut rows = begin(database.query(
        "SELECT id, REPEAT(name, 100) AS x FROM users FORCE INDEX (PRIMARY) WHERE id < 'u-000900' OR EXISTS (SELECT 1 FROM \
         seq_1_to_1000000 AS a, seq_1_to_1000000 AS b WHERE a.seq + b.seq + LENGTH(users.id) = 0)",
    ));
    assert!(rows.next(&mut Row::default()).expect("a first row"));
    let begun = Instant::now();
    drop(rows);
    database.is_let_go();
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "it waited for the query"
    );
}

#[test]
fn a_slow_reader_holds_no_connection_and_loses_no_row() {
    let mut database = Database::with_users(50_000);
    let mut settings = database.table("users").ordered(&["id"]);
    settings.patience = NO_PATIENCE;
    let mut rows = begin(settings);
    assert!(rows.next(&mut Row::default()).expect("a first row"));
    database.is_let_go();
    database.run("TRUNCATE {db}.users");
    let rest = rest(&mut *rows).expect("the rest, from the file");
    assert_eq!(rest.len(), 49_999);
    assert_eq!(rest[49_998][0].as_deref(), Some("u-050000"));
}

#[test]
fn a_pass_that_came_to_its_end_lets_the_server_go() {
    let mut database = Database::with_users(10);
    let mut rows = begin(database.table("users"));
    assert_eq!(rest(&mut *rows).expect("all").len(), 10);
    database.is_let_go();
    assert!(!rows.next(&mut Row::default()).expect("still the end"));
}

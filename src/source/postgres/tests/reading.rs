//! A pass from its beginning to whatever ends it.

use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};

use super::server::{Database, open, place, read, read_to_fault, some};
use crate::model::{Row, Secret};
use crate::source::pump::testing::{FOR_EVER, NONE, all};
use crate::source::{DatabaseFault, Patience, SourceError};

#[test]
fn rows_are_many() {
    let database = Database::of_users(100_000);
    for patience in [Patience::default(), NONE] {
        let mut settings = database.table("users");
        settings.order = vec!["id".into()];
        settings.patience = patience;
        let rows = read(settings);
        assert_eq!(rows.len(), 100_000);
        assert_eq!(
            rows[99_999],
            some(&["00100000", "user number 100000 of many"])
        );
    }
    assert_eq!(
        read(database.query("SELECT id FROM users WHERE false")).len(),
        0
    );
}

#[test]
fn what_is_written_while_it_is_read_is_not_seen() {
    let database = Database::of_users(50_000);
    let mut settings = database.table("users");
    settings.order = vec!["id".into()];
    settings.patience = FOR_EVER;
    let mut rows = open(settings);
    assert!(rows.next(&mut Row::default()).expect("a row"));
    database.run(
        "DELETE FROM users WHERE id > '00040000'; UPDATE users SET name = 'changed';
         INSERT INTO users VALUES ('99999999', 'new')",
    );
    let rest = all(&mut *rows);
    assert_eq!(rest.len(), 49_999);
    assert_eq!(
        rest[49_998],
        some(&["00050000", "user number 50000 of many"])
    );
    let changed = Some("changed".to_owned());
    assert!(rest.iter().all(|row| row[1] != changed));
}

#[test]
fn a_slow_reader_does_not_hold_the_database() {
    let database = Database::of_users(50_000);
    let mut settings = database.table("users");
    settings.patience = NONE;
    let mut rows = open(settings);
    database.wait_until_nobody_reads();
    database.run("DROP TABLE users");
    assert_eq!(all(&mut *rows).len(), 50_000);
}

#[test]
fn a_reader_that_goes_ends_the_servers_work() {
    let database = Database::of_users(50_000);
    for sql in [
        // More rows than fit on the way: the server waits to send.
        "SELECT * FROM users AS a, users AS b",
        // Not a single row: the server is at work and sends nothing.
        "SELECT a.id FROM users AS a, users AS b, users AS c WHERE a.id || b.id || c.id = ''",
    ] {
        let mut settings = database.query(sql);
        settings.patience = FOR_EVER;
        let rows = open(settings);
        database.wait_until_it_works();
        drop(rows);
        database.wait_until_nobody_reads();
    }
}

#[test]
fn looking_at_a_few_rows_is_cheap_and_leaves_nothing_behind() {
    let database = Database::of_users(50_000);
    for _ in 0..3 {
        let mut rows = open(database.query("SELECT a.* FROM users AS a, users AS b"));
        let mut row = Row::default();
        for _ in 0..5 {
            assert!(rows.next(&mut row).expect("a row"));
        }
    }
    database.wait_until_nobody_reads();
}

#[test]
fn a_server_that_is_lost_half_way_never_looks_like_a_short_source() {
    let database = Database::of_users(200_000);
    let mut settings = database.query("SELECT a.* FROM users AS a, generate_series(1, 10)");
    settings.patience = FOR_EVER;
    let mut rows = open(settings);
    assert!(rows.next(&mut Row::default()).expect("a row"));
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gridsync' AND datname = current_database()");
    let (count, fault) = read_to_fault(&mut *rows);
    assert!(count > 0 && count < 2_000_000);
    assert!(fault.is_transient());
    assert!(matches!(fault, DatabaseFault::Lost { .. }), "{fault:?}");
    let later = rows.next(&mut Row::default());
    assert!(matches!(later, Err(SourceError::Over { .. })));
}

/// Stands between a reader and the server, and hangs up on both after so many bytes of the server's.
fn cut_after(bytes: u64) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        let (reader, _) = listener.accept().expect("somebody calls");
        let server = TcpStream::connect(place()).expect("the server is there");
        let both = || {
            (
                reader.try_clone().expect("one more"),
                server.try_clone().expect("one more"),
            )
        };
        let (mut from, mut to) = both();
        std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        let (mut to, from) = both();
        std::io::copy(&mut from.take(bytes), &mut to).expect("it is read");
        for stream in [reader, server] {
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
    port
}

#[test]
fn a_connection_that_is_cut_never_looks_like_a_short_source() {
    let database = Database::of_users(50_000);
    let mut settings = database.table("users");
    let port = cut_after(1_000_000);
    let url = database
        .url()
        .replace(&place(), &format!("127.0.0.1:{port}"));
    settings.url = Secret::new(format!("{url}?sslmode=disable"));
    settings.patience = NONE;
    let (count, fault) = read_to_fault(&mut *open(settings));
    assert!(count < 50_000);
    assert!(
        matches!(fault, DatabaseFault::Lost { rows, .. } if rows >= count),
        "{fault:?}"
    );
    insta::assert_snapshot!(DatabaseFault::Lost { rows: 7, code: "SQLSTATE 57P01".into() }, @"the connection to the database was lost after 7 rows (SQLSTATE 57P01); they do not count as the whole, and nothing is deleted for the rows that are missing: run again");
}

#[test]
fn a_row_that_makes_the_query_fail_is_no_end_and_is_not_quoted() {
    let database = Database::of_users(20_000);
    database.run("UPDATE users SET name = 'ada@example.com' WHERE id = '00015000'");
    let sql = "SELECT CASE WHEN id = '00015000' THEN name::int ELSE 1 END FROM users";
    let (_, fault) = read_to_fault(&mut *open(database.query(sql)));
    assert!(!format!("{fault} {fault:?}").contains("ada@"), "{fault:?}");
    assert!(matches!(fault, DatabaseFault::Row { .. }), "{fault:?}");
    let raise = "CREATE FUNCTION tell(t text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN IF t LIKE 'ada%' THEN RAISE EXCEPTION 'bad: %', t; END IF; RETURN t; END $$";
    database.run(raise);
    let (_, fault) = read_to_fault(&mut *open(database.query("SELECT tell(name) FROM users")));
    assert!(!format!("{fault} {fault:?}").contains("ada@"), "{fault:?}");
}

#[test]
fn a_limit_of_time_is_the_roles_own_and_can_be_raised_in_the_url() {
    let database = Database::of_users(1);
    database.run(&format!(
        "ALTER DATABASE {} SET statement_timeout = '50ms'",
        database.name()
    ));
    let sql = "SELECT id, pg_sleep(0.3)::text FROM users";
    let (_, fault) = read_to_fault(&mut *open(database.query(sql)));
    insta::assert_snapshot!(fault, @"the server ended the query after 0 rows (SQLSTATE 57014), because of a limit of time or because somebody cancelled it; they do not count as the whole: raise statement_timeout for its role, or add options=-c%20statement_timeout%3D0 to the URL");
    let mut settings = database.query(sql);
    let url = format!("{}?options=-c%20statement_timeout%3D0", database.url());
    settings.url = Secret::new(url);
    assert_eq!(read(settings).len(), 1);
}

#[test]
fn nothing_that_a_pass_says_stays_in_a_session_that_is_handed_on() {
    let begin = super::super::statement::BEGIN;
    let database = Database::of("");
    let found = database.run(&format!(
        "SET DateStyle = 'German'; {begin}; COMMIT; SHOW DateStyle"
    ));
    assert_eq!(found.last().expect("a row"), &["German, DMY"]);
}

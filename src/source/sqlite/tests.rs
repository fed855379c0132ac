use std::path::PathBuf;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::model::{Query, Row, RowFault};
use crate::source::pump::testing::{FOR_EVER, NONE, all, told};
use crate::source::{DatabaseFault, DatabaseSource, Patience, Source, SourceError, SqliteSettings};

struct File {
    folder: TempDir,
}

impl File {
    fn of(sql: &str) -> Self {
        let file = Self {
            folder: TempDir::new().expect("a folder"),
        };
        file.write(sql);
        file
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    fn write(&self, sql: &str) {
        let connection = Connection::open(self.path()).expect("it opens");
        connection.execute_batch(sql).expect("it is written");
    }

    fn table(&self, name: &str) -> SqliteSettings {
        SqliteSettings::new(self.path(), Query::Table(name.to_owned()))
    }

    fn query(&self, sql: &str) -> SqliteSettings {
        SqliteSettings::new(self.path(), Query::Sql(sql.to_owned()))
    }
}

fn fault(settings: SqliteSettings) -> String {
    let error = DatabaseSource::sqlite(settings)
        .rows()
        .err()
        .expect("refused");
    let text = told(&error);
    text.split_once(": ")
        .expect("the source comes first")
        .1
        .to_owned()
}

fn read(settings: SqliteSettings) -> Vec<Vec<Option<String>>> {
    let mut rows = DatabaseSource::sqlite(settings).rows().expect("it opens");
    all(&mut *rows)
}

fn some(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|cell| Some((*cell).to_owned())).collect()
}

/// A table of so many users, in two thirds of a megabyte for 10,000.
fn users(count: u32) -> String {
    format!(
        "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         INSERT INTO users SELECT printf('%08d', i), printf('user number %d of many', i) FROM n;"
    )
}

#[test]
fn each_type_has_one_text_form() {
    let file = File::of(
        "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BOOLEAN, e BOOLEAN, f bool, g DATE);
         INSERT INTO t VALUES (-9223372036854775808, 1e21, 'as it is ', 1, 0, 7, '2001-02-03');
         INSERT INTO t VALUES (1, 0.1, '', NULL, NULL, 1, NULL);",
    );
    let mut rows = DatabaseSource::sqlite(file.table("t"))
        .rows()
        .expect("it opens");
    assert_eq!(rows.header(), ["a", "b", "c", "d", "e", "f", "g"]);
    let found = all(&mut *rows);
    let first = [
        "-9223372036854775808",
        "1000000000000000000000",
        "as it is ",
        "true",
        "false",
        "7",
        "2001-02-03",
    ];
    assert_eq!(found[0], some(&first));
    let text = |text: &str| Some(text.to_owned());
    let second = [
        text("1"),
        text("0.1"),
        text(""),
        None,
        None,
        text("true"),
        None,
    ];
    assert_eq!(found[1], second, "a NULL is no empty text");
}

#[test]
fn rows_come_in_the_order_of_the_key() {
    let file = File::of(
        "CREATE TABLE t (k TEXT, n INTEGER);
         INSERT INTO t VALUES ('b', 2), ('c', 1), ('a', 3), ('b', 1);",
    );
    let mut settings = file.query("SELECT n, k FROM t -- all of them");
    settings.order = vec!["k".into(), "gone".into(), "n".into()];
    let rows = [["3", "a"], ["1", "b"], ["2", "b"], ["1", "c"]];
    assert_eq!(read(settings), rows.map(|row| some(&row)));
}

#[test]
fn the_order_of_the_key_needs_no_sorting_where_there_is_an_index() {
    let file = File::of(&users(10));
    let connection = Connection::open(file.path()).expect("it opens");
    let query = super::pass::ordered("SELECT name, id FROM users", &[1]);
    let mut plan = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
        .expect("a plan");
    let steps: Result<Vec<String>, _> = plan
        .query_map([], |row| row.get(3))
        .expect("it runs")
        .collect();
    let steps = steps.expect("texts").join("; ");
    assert!(
        steps.contains("USING INDEX") && !steps.contains("TEMP B-TREE"),
        "{steps}"
    );
}

#[test]
fn what_is_written_while_it_is_read_is_not_seen() {
    let file = File::of(&format!("PRAGMA journal_mode = WAL; {}", users(10_000)));
    let mut settings = file.table("users");
    settings.order = vec!["id".into()];
    settings.patience = FOR_EVER;
    let mut rows = DatabaseSource::sqlite(settings).rows().expect("it opens");
    assert!(rows.next(&mut Row::default()).expect("a row"));
    file.write(
        "DELETE FROM users WHERE id > '00009000'; UPDATE users SET name = 'changed';
         INSERT INTO users VALUES ('99999999', 'new');",
    );
    let rest = all(&mut *rows);
    assert_eq!(rest.len(), 9_999);
    assert_eq!(
        rest[9_998],
        some(&["00010000", "user number 10000 of many"])
    );
}

#[test]
fn a_slow_reader_does_not_keep_writers_out() {
    let file = File::of(&users(10_000));
    let mut settings = file.table("users");
    settings.patience = NONE;
    let mut rows = DatabaseSource::sqlite(settings).rows().expect("it opens");
    // A writer that waits for the reader at most as long as the whole table takes to be read.
    let writer = Connection::open(file.path()).expect("it opens");
    writer
        .busy_timeout(std::time::Duration::from_mins(1))
        .expect("it is set");
    writer
        .execute_batch("DELETE FROM users")
        .expect("nobody holds the file");
    assert_eq!(all(&mut *rows).len(), 10_000);
}

#[test]
fn a_reader_that_goes_lets_the_file_go() {
    let file = File::of(&users(10_000));
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    for query in [
        format!("{endless} SELECT i, (SELECT max(id) FROM users) FROM n"),
        format!("{endless} SELECT count(i), (SELECT max(id) FROM users) FROM n"),
    ] {
        let rows = DatabaseSource::sqlite(file.query(&query))
            .rows()
            .expect("it opens");
        drop(rows);
        let writer = Connection::open(file.path()).expect("it opens");
        writer
            .busy_timeout(std::time::Duration::ZERO)
            .expect("it is set");
        writer
            .execute_batch("UPDATE users SET name = ''")
            .expect("nobody holds the file");
    }
}

#[test]
fn nothing_but_one_select_is_run() {
    let file = File::of(&users(3));
    let select =
        "the query must be one SELECT that can stand in parentheses, without a semicolon in it: ";
    for (sql, expected) in [
        ("DELETE FROM users", "the query would write (not read-only)"),
        (
            "DELETE FROM users RETURNING id",
            "the query would write (not read-only)",
        ),
        ("PRAGMA user_version", select),
        ("EXPLAIN SELECT 1", select),
        ("SELECT id FROM users; DELETE FROM users", select),
        (
            "SELECT id FROM users) AS q; DELETE FROM users; --",
            "the query is refused (SQLite error 1): near \")\"",
        ),
    ] {
        let found = fault(file.query(sql));
        assert!(found.starts_with(expected), "{sql}: {found}");
    }
    assert_eq!(read(file.table("users")).len(), 3);
    assert_eq!(read(file.query("SELECT id FROM users LIMIT 2 ; ")).len(), 2);
    assert_eq!(read(file.query("VALUES (1), (2)")).len(), 2);
}

#[test]
fn what_is_wrong_with_a_query_is_said_of_the_query_as_it_was_written() {
    let file = File::of(&users(3));
    insta::assert_snapshot!(fault(file.table("user")), @"there is no table or view `user` (SQLite error 1); did you mean `users`?: check the name, its schema, and that the user may see it");
    insta::assert_snapshot!(fault(file.query("SELECT id\nFROM users FORM x y")), @r#"the query is refused (SQLite error 1): near "x": syntax error; line 2, character 17 of the query"#);
    insta::assert_snapshot!(fault(file.query("SELECT id, nam FROM users")), @"the query is refused (SQLite error 1): no such column: nam; line 1, character 12 of the query");
}

#[test]
fn a_file_that_is_no_database_is_named_and_never_made() {
    let file = File::of(&users(3));
    let gone = file.folder.path().join("gone.db");
    let table = || Query::Table("users".into());
    let error = DatabaseSource::sqlite(SqliteSettings::new(&gone, table()))
        .rows()
        .err();
    let text = told(&error.expect("it is not there"));
    assert_eq!(
        text,
        format!(
            "sqlite {} users: no such file: check the path of the database",
            gone.display()
        )
    );
    assert!(!gone.exists());
    insta::assert_snapshot!(fault(SqliteSettings::new(file.folder.path(), table())), @"the file cannot be opened (a directory): name the file in it");
    let csv = file.folder.path().join("users.csv");
    std::fs::write(&csv, "id,name\n".repeat(100)).expect("it is written");
    insta::assert_snapshot!(fault(SqliteSettings::new(csv, table())), @"the file is no SQLite database (SQLite error 26): check the path");
}

#[test]
fn bytes_that_are_no_text_end_the_pass_and_name_the_column() {
    let file = File::of(
        "CREATE TABLE t (id TEXT, photo); INSERT INTO t VALUES ('1', 'text'), ('2', x'00ff');",
    );
    let mut rows = DatabaseSource::sqlite(file.table("t"))
        .rows()
        .expect("it opens");
    let error = rows.next(&mut Row::default()).expect_err("a blob");
    insta::assert_snapshot!(told(&error).split_once(": ").expect("a name").1, @"column `photo` is binary (BLOB), expected text: leave it out of the query, or select a text form of it, as in `CAST(photo AS TEXT) AS photo`");
    let again = rows.next(&mut Row::default());
    assert!(matches!(again, Err(SourceError::Over { .. })));
}

#[test]
fn a_text_that_is_not_utf_8_marks_its_row_alone() {
    let file = File::of(
        "CREATE TABLE t (a, b); INSERT INTO t VALUES ('x', CAST(x'41ff' AS TEXT)), ('ä', 'ö');",
    );
    let mut rows = DatabaseSource::sqlite(file.table("t"))
        .rows()
        .expect("it opens");
    let mut row = Row::default();
    assert!(rows.next(&mut row).expect("a row"));
    assert_eq!(row.fault(), Some(RowFault::NotUtf8 { column: 1, byte: 1 }));
    assert!(rows.next(&mut row).expect("a row"));
    assert_eq!((row.fault(), row.text(1)), (None, Some("ö")));
    assert!(!rows.next(&mut row).expect("the end"));
}

#[test]
fn a_damaged_file_never_looks_like_a_short_one() {
    use std::io::{Seek, SeekFrom, Write};
    let file = File::of(&users(10_000));
    let mut raw = std::fs::OpenOptions::new()
        .write(true)
        .open(file.path())
        .expect("it opens");
    raw.seek(SeekFrom::Start(60 * 4096)).expect("it is there");
    raw.write_all(&vec![0; 30 * 4096]).expect("it is damaged");
    let mut rows = DatabaseSource::sqlite(file.query("SELECT id, name FROM users NOT INDEXED"))
        .rows()
        .expect("it opens");
    let (mut row, mut count) = (Row::default(), 0);
    let error = loop {
        match rows.next(&mut row) {
            Ok(true) => count += 1,
            Ok(false) => panic!("it ended after {count} rows"),
            Err(error) => break error,
        }
    };
    assert!(count > 0);
    let SourceError::Database { fault, .. } = error else {
        panic!("{error:?}")
    };
    assert!(matches!(*fault, DatabaseFault::Damaged { .. }), "{fault:?}");
}

#[test]
fn rows_are_many() {
    let file = File::of(&users(100_000));
    for patience in [Patience::default(), NONE] {
        let mut settings = file.table("users");
        settings.patience = patience;
        let rows = read(settings);
        assert_eq!(rows.len(), 100_000);
        assert_eq!(
            rows[99_999],
            some(&["00100000", "user number 100000 of many"])
        );
    }
}

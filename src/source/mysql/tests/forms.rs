//! How values are written, and which are not.

use insta::assert_snapshot;

use super::world::{Database, all, refused, told};

/// Each column of the only row, a line each.
fn shown(database: &Database, query: &str) -> String {
    let (header, rows) = all(database.query(query));
    let [cells] = &rows[..] else {
        panic!("{} rows", rows.len())
    };
    let line = |(name, cell): (&String, &Option<String>)| match cell {
        None => format!("{name}: NULL"),
        Some(text) => format!("{name}: `{text}`"),
    };
    header
        .iter()
        .zip(cells)
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_type_has_its_text() {
    let mut database = Database::new();
    database.run(
        "CREATE TABLE {db}.forms (
            flag TINYINT(1), flag_u TINYINT(1) UNSIGNED, other_flag BOOLEAN, tiny TINYINT, bit_on BIT(1),
            bit_off BIT, big BIGINT UNSIGNED, filled INT(8) ZEROFILL, amount DECIMAL(12, 4),
            share DOUBLE, huge DOUBLE, small FLOAT, plain CHAR(8), latin VARCHAR(20) CHARACTER SET latin1,
            greek TEXT, level ENUM('basic', 'pro'), tags SET('a', 'b', 'c'), extra JSON, ident UUID,
            address INET6, born DATE, made DATETIME, exact DATETIME(6), seen TIMESTAMP NULL,
            woken TIME, vintage YEAR)",
    );
    database.run("SET time_zone = '+02:00'");
    database.run(
        "INSERT INTO {db}.forms VALUES (1, 0, 7, 1, b'1', b'0', 18446744073709551615, 42, 12.5, 0.1, 1e20,
            3.5, 'ab', 'Müller', 'γράμμα 😀', 'pro', 'a,c', '{\"a\": [1, 2]}',
            '123e4567-e89b-12d3-a456-426614174000', '2001:db8::1', '1984-02-29', '2024-05-06 07:08:09',
            '2024-05-06 07:08:09.120000', '2024-05-06 07:08:09', '12:34:56', 1999)",
    );
    assert_snapshot!(shown(&database, "SELECT * FROM forms"), @r#"
    flag: `true`
    flag_u: `false`
    other_flag: `7`
    tiny: `1`
    bit_on: `true`
    bit_off: `false`
    big: `18446744073709551615`
    filled: `00000042`
    amount: `12.5000`
    share: `0.1`
    huge: `100000000000000000000`
    small: `3.5`
    plain: `ab`
    latin: `Müller`
    greek: `γράμμα 😀`
    level: `pro`
    tags: `a,c`
    extra: `{"a": [1, 2]}`
    ident: `123e4567-e89b-12d3-a456-426614174000`
    address: `2001:db8::1`
    born: `1984-02-29`
    made: `2024-05-06T07:08:09Z`
    exact: `2024-05-06T07:08:09.12Z`
    seen: `2024-05-06T05:08:09Z`
    woken: `12:34:56`
    vintage: `1999`
    "#);
}

#[test]
fn absent_is_not_empty_and_a_zero_date_is_absent() {
    let mut database = Database::new();
    database.run(
        "CREATE TABLE {db}.gaps (name TEXT, empty TEXT, born DATE, zero DATE, nil DATETIME, part DATE)",
    );
    database.run(
        "INSERT INTO {db}.gaps VALUES (NULL, '', NULL, '0000-00-00', '0000-00-00 00:00:00', '1984-00-00')",
    );
    assert_snapshot!(shown(&database, "SELECT *, NULL AS nothing FROM gaps"), @"
    name: NULL
    empty: ``
    born: NULL
    zero: NULL
    nil: NULL
    part: `1984-00-00`
    nothing: NULL
    ");
}

#[test]
fn expressions_are_written_as_what_they_are() {
    let mut database = Database::new();
    database.run("CREATE TABLE {db}.t (id INT PRIMARY KEY, on_ TINYINT(1), at DATETIME)");
    database.run("INSERT INTO {db}.t VALUES (1, 1, '2024-05-06 07:08:09')");
    assert_snapshot!(
        shown(
            &database,
            "SELECT id = 1 AS same, COUNT(*) AS n, CONCAT('a', id) AS text, DATE(at) AS day,
                CAST(id AS CHAR) AS digits, COALESCE(on_, 0) AS flag, GROUP_CONCAT(id) AS ids,
                MAX(at) AS latest, AVG(id) AS mean FROM t GROUP BY id"
        ),
        @"
    same: `1`
    n: `1`
    text: `a1`
    day: `2024-05-06`
    digits: `1`
    flag: `1`
    ids: `1`
    latest: `2024-05-06T07:08:09Z`
    mean: `1.0000`
    "
    );
}

#[test]
fn what_has_no_text_is_refused_with_what_to_select() {
    let mut database = Database::new();
    for (column, word) in [
        (
            "id BINARY(16)",
            "as in `BIN_TO_UUID(id)` (MySQL) or `HEX(id)`",
        ),
        ("hash BINARY(32)", "`HEX(hash)`"),
        ("code VARBINARY(8)", "`CONVERT(code USING utf8mb4)`"),
        ("photo MEDIUMBLOB", "`CONVERT(photo USING utf8mb4)`"),
        ("flags BIT(8)", "`CAST(flags AS UNSIGNED)`"),
        ("place POINT", "`ST_AsText(place)`"),
    ] {
        database.run(&format!(
            "CREATE OR REPLACE TABLE {{db}}.t (n INT, {column})"
        ));
        let error = told(&refused(database.table("t")));
        assert!(error.contains(word), "{error}");
        let name = column.split(' ').next().unwrap_or_default();
        assert!(
            error.contains(&format!("column `{name}` is binary")),
            "{error}"
        );
    }
}

#[test]
fn a_label_that_is_no_text_marks_its_row() {
    use crate::model::{Row, RowFault};
    let mut database = Database::new();
    database.run("CREATE TABLE {db}.t (id INT, kind ENUM('a', x'ff') CHARACTER SET binary)");
    database.run("INSERT INTO {db}.t VALUES (1, 'a'), (2, x'ff'), (3, 'a')");
    let mut rows = super::world::begin(database.table("t"));
    let (mut row, mut faults) = (Row::default(), Vec::new());
    while rows.next(&mut row).expect("the pass goes on") {
        faults.push(row.fault());
    }
    let fault = RowFault::NotUtf8 { column: 1, byte: 0 };
    assert_eq!(faults, [None, Some(fault), None]);
}

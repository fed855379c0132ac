//! What a value of each type becomes.

use super::server::{Database, open, read, refused, some};
use crate::model::{Row, RowFault};
use crate::source::DatabaseFault;
use crate::source::pump::testing::all;

/// The text forms of expressions.
fn forms(database: &Database, expressions: &[(&str, &str)]) {
    let list: Vec<_> = expressions.iter().map(|(sql, _)| *sql).collect();
    let found = read(database.query(&format!("SELECT {}", list.join(", "))));
    for ((sql, expected), found) in expressions.iter().zip(&found[0]) {
        assert_eq!(found.as_deref(), Some(*expected), "{sql}");
    }
}

#[test]
fn each_type_has_one_text_form_whatever_the_server_is_set_to() {
    let database = Database::of(
        "CREATE EXTENSION IF NOT EXISTS citext;
         CREATE TYPE kind AS ENUM ('person', 'business');
         CREATE DOMAIN birth AS date; CREATE DOMAIN seen AS timestamp; CREATE DOMAIN twice AS seen;
         CREATE TYPE pair AS (a int, b text)",
    );
    database.run(&format!(
        "ALTER DATABASE {0} SET DateStyle = 'German'; ALTER DATABASE {0} SET TimeZone = 'Asia/Tokyo';
         ALTER DATABASE {0} SET IntervalStyle = 'sql_standard'; ALTER DATABASE {0} SET extra_float_digits = -5",
        database.name()
    ));
    forms(
        &database,
        &[
            ("'as it is '::text", "as it is "),
            (
                "E'tab\\t, line\\n, back\\\\slash, \\\\N'::varchar",
                "tab\t, line\n, back\\slash, \\N",
            ),
            ("''::text", ""),
            ("'Mixed'::citext", "Mixed"),
            ("'ab'::char(5)", "ab"),
            ("true", "true"),
            ("false", "false"),
            ("(-9223372036854775808)::bigint", "-9223372036854775808"),
            ("7::smallint", "7"),
            (
                "12345678901234567890.1200::numeric(30,4)",
                "12345678901234567890.1200",
            ),
            ("1e30::numeric", "1000000000000000000000000000000"),
            ("1e21::float8", "1000000000000000000000"),
            ("0.1::float8", "0.1"),
            ("1234567::float4", "1234567"),
            ("'2001-02-03'::date", "2001-02-03"),
            ("'2001-02-03'::birth", "2001-02-03"),
            (
                "'2001-02-03 04:05:06.5'::timestamp",
                "2001-02-03T04:05:06.5Z",
            ),
            ("'2001-02-03 04:05:06'::twice", "2001-02-03T04:05:06Z"),
            (
                "'2001-02-03 04:05:06+09'::timestamptz",
                "2001-02-02T19:05:06Z",
            ),
            ("'04:05:06'::time", "04:05:06"),
            ("'1 year 2 days'::interval", "P1Y2D"),
            ("'infinity'::date", "infinity"),
            ("'business'::kind", "business"),
            (
                "'0B7E3A52-0E2C-4B4B-9F62-3B7B1A2C3D4E'::uuid",
                "0b7e3a52-0e2c-4b4b-9f62-3b7b1a2c3d4e",
            ),
            ("'{\"a\": [1, \"ä\"]}'::json", "{\"a\": [1, \"ä\"]}"),
            ("'{\"a\":1}'::jsonb", "{\"a\": 1}"),
            ("'10.0.0.1'::inet", "10.0.0.1"),
            ("ROW(1, 'x')::pair", "(1,x)"),
            ("'101'::bit(3)", "101"),
            ("'(1,2)'::point", "(1,2)"),
        ],
    );
}

#[test]
fn an_array_is_its_items_without_nulls() {
    let database =
        Database::of("CREATE TYPE code AS ENUM ('USD', 'EUR'); CREATE DOMAIN codes AS code[]");
    forms(
        &database,
        &[
            ("ARRAY['US', NULL, 'DE']", "US;DE"),
            ("ARRAY['USD', 'EUR']::codes", "USD;EUR"),
            ("ARRAY[]::text[]", ""),
            ("ARRAY['a,b', 'c|d']", "a,b;c|d"),
            ("ARRAY['a;b', 'c']", "{a;b,c}"),
            ("ARRAY[ARRAY[1, 2], ARRAY[3, 4]]", "{{1,2},{3,4}}"),
            ("ARRAY[true, false]", "true;false"),
            (
                "ARRAY['2001-02-03 04:05:06'::timestamptz]",
                "2001-02-03T04:05:06Z",
            ),
        ],
    );
}

#[test]
fn a_null_is_no_empty_text() {
    let database = Database::of("");
    let found = read(database.query(
        "SELECT NULL::text, ''::text, '\\N'::text, NULL::boolean, NULL::timestamp, NULL::text[], NULL",
    ));
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        found,
        [[None, text(""), text("\\N"), None, None, None, None]]
    );
}

#[test]
fn bytes_are_refused_before_the_first_row_and_the_column_is_named() {
    let database = Database::of("CREATE DOMAIN raw AS bytea");
    for (sql, kind) in [
        ("SELECT 1 AS id, ''::bytea AS photo", "bytea"),
        ("SELECT 1 AS id, ''::raw AS photo", "bytea"),
        ("SELECT 1 AS id, ARRAY[''::bytea] AS photo", "bytea"),
    ] {
        let fault = refused(database.query(sql));
        assert_eq!(
            fault.to_string(),
            format!(
                "column `photo` is binary ({kind}), expected text: leave it out of the query, or select a \
                 text form of it, as in `encode(photo, 'hex') AS photo`"
            )
        );
        assert!(matches!(fault, DatabaseFault::Binary { .. }));
    }
}

#[test]
fn columns_may_be_called_anything() {
    let database = Database::of("CREATE TABLE \"The Users\" (\"a\"\"b\" int, \"Ä \" text)");
    database.run("INSERT INTO \"The Users\" VALUES (1, 'x')");
    let mut rows = open(database.table("public.The Users"));
    assert_eq!(rows.header(), ["a\"b", "Ä "]);
    assert_eq!(all(&mut *rows), [some(&["1", "x"])]);
    let mut rows = open(database.query("SELECT 1, 2, 3 AS twice, 4 AS twice"));
    assert_eq!(rows.header(), ["?column?", "?column?", "twice", "twice"]);
    assert_eq!(all(&mut *rows), [some(&["1", "2", "3", "4"])]);
}

#[test]
fn a_text_that_is_not_utf_8_marks_its_row_alone() {
    let database = Database::encoded("SQL_ASCII", "");
    let sql = "SELECT 1, E'\\x41\\xff' UNION ALL SELECT 2, 'ok' ORDER BY 1";
    let mut rows = open(database.query(sql));
    let mut row = Row::default();
    assert!(rows.next(&mut row).expect("a row"));
    assert_eq!(row.fault(), Some(RowFault::NotUtf8 { column: 1, byte: 1 }));
    assert!(rows.next(&mut row).expect("a row"));
    assert_eq!((row.fault(), row.text(1)), (None, Some("ok")));
    assert!(!rows.next(&mut row).expect("the end"));
}

#[test]
fn a_database_in_another_encoding_is_read_in_utf_8() {
    let database = Database::encoded("LATIN1", "CREATE TABLE t AS SELECT chr(228) || 'b' AS name");
    assert_eq!(read(database.table("t")), [some(&["äb"])]);
}

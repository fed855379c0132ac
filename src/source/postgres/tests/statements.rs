//! What is read, and what is refused.

use super::server::{Database, fault_text, read, refused, run, some};
use crate::source::{DatabaseFault, DatabaseSource};

#[test]
fn rows_come_in_the_order_of_the_key() {
    let database = Database::of(
        "CREATE TABLE t (k text COLLATE \"C\", n int); INSERT INTO t VALUES ('b', 2), ('B', 1), ('a', 3), ('b', 1)",
    );
    let mut settings =
        database.query("SELECT n, k FROM t; -- all of them\n".trim_end_matches("-- all of them\n"));
    settings.order = vec!["k".into(), "gone".into(), "n".into()];
    let rows = [["1", "B"], ["3", "a"], ["1", "b"], ["2", "b"]];
    assert_eq!(read(settings), rows.map(|row| some(&row)));
    let mut settings = database.query("SELECT k AS n, n AS k FROM t -- all of them");
    settings.order = vec!["k".into(), "n".into()];
    assert_eq!(read(settings).len(), 4);
}

#[test]
fn the_order_of_the_key_is_that_of_its_index() {
    use super::super::describe::Column;
    use super::super::form::Form;
    use super::super::statement::Select;
    let database = Database::of_users(20_000);
    database.run("ANALYZE users");
    let column = |name: &str| Column {
        name: name.to_owned(),
        form: Form::Plain,
    };
    let select = Select::new("SELECT name, id FROM users".into());
    let select = select.unwrap_or_else(|fault| panic!("{fault}"));
    let copy = select.rows(&[column("name"), column("id")], &[1], "UTF8");
    let query = copy
        .strip_prefix("COPY (")
        .and_then(|text| text.strip_suffix(") TO STDOUT (ENCODING 'UTF8')"))
        .expect("a copy of a query");
    // Whichever is cheaper is the server's to choose; here, what it can do is asked.
    let plan = database.run(&format!("SET enable_sort = off; EXPLAIN {query}"));
    assert!(plan.concat().concat().starts_with("Index"), "{plan:?}");
}

#[test]
fn nothing_but_one_select_is_run() {
    let database = Database::of_users(3);
    database.run(
        "CREATE SEQUENCE s; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM users; SELECT 1'",
    );
    for sql in [
        "DELETE FROM users",
        "DELETE FROM users RETURNING id",
        "WITH gone AS (DELETE FROM users RETURNING id) SELECT id FROM gone",
        "SELECT nextval('s') FROM users",
        "SELECT f() FROM users",
        "SELECT id FROM users; DELETE FROM users",
        "SELECT id FROM users) AS q; COMMIT; DELETE FROM users; --",
        "SELECT id FROM users) AS q; COMMIT; DELETE FROM users; SELECT * FROM (SELECT 1",
        "SELECT id FROM users) AS q) TO PROGRAM 'touch /nowhere' --",
        "SELECT id FROM users) AS q) TO STDOUT; COMMIT; DELETE FROM users; --",
        "SHOW server_version",
        "SELECT id INTO gone FROM users",
        "SELECT id FROM users FOR UPDATE",
        "",
    ] {
        let source = DatabaseSource::postgres(database.query(sql));
        let refused = match crate::source::Source::rows(&source) {
            Err(_) => true,
            Ok(mut rows) => rows.next(&mut crate::model::Row::default()).is_err(),
        };
        assert!(refused, "{sql}");
    }
    assert_eq!(read(database.table("users")).len(), 3);
    assert_eq!(
        database.run("SELECT last_value, is_called FROM s"),
        [["1", "f"]]
    );
    for sql in [
        "SELECT id FROM users ; ",
        "TABLE users",
        "VALUES (1), (2), (3)",
        "(SELECT id FROM users)",
    ] {
        assert_eq!(read(database.query(sql)).len(), 3, "{sql}");
    }
}

#[test]
fn what_is_wrong_with_a_query_is_said_of_the_query_as_it_was_written() {
    let database = Database::of("CREATE SCHEMA app; CREATE TABLE app.users (id int, name text)");
    insta::assert_snapshot!(fault_text(database.table("users")), @"there is no table or view `users` (SQLSTATE 42P01); did you mean `app.users`?: check the name, its schema, and that the user may see it");
    insta::assert_snapshot!(fault_text(database.table("app.user")), @"there is no table or view `app.user` (SQLSTATE 42P01); did you mean `app.users`?: check the name, its schema, and that the user may see it");
    insta::assert_snapshot!(fault_text(database.query("SELECT id FROM nowhere")), @"there is no table or view `nowhere` (SQLSTATE 42P01): check the name, its schema, and that the user may see it");
    insta::assert_snapshot!(fault_text(database.query("SELECT id\nFROM app.users WERE id > 1 2")), @r#"the query is refused (SQLSTATE 42601): syntax error at or near "id"; line 2, character 21 of the query"#);
    insta::assert_snapshot!(fault_text(database.query("SELECT id, nam\nFROM app.users")), @r#"the query is refused (SQLSTATE 42703): column "nam" does not exist; line 1, character 12 of the query"#);
    insta::assert_snapshot!(fault_text(database.query("SELECT id FROM app.users; SELECT 1")), @r#"the query is refused (SQLSTATE 42601): syntax error at or near ";"; line 1, character 25 of the query"#);
    insta::assert_snapshot!(fault_text(database.query("UPDATE app.users SET id = 1")), @"the query must be one SELECT that can stand in parentheses, without a semicolon in it: found one that begins with `UPDATE`");
    insta::assert_snapshot!(fault_text(database.query("WITH x AS (DELETE FROM app.users RETURNING id) SELECT * FROM x")), @"the query would write (SQLSTATE 0A000); a source is only read: take a SELECT without side effects");
    insta::assert_snapshot!(fault_text(database.query("SELECT FROM app.users")), @"the query gives no column: select the columns that [fields] names");
}

#[test]
fn a_right_that_is_missing_is_named() {
    let database = Database::of("CREATE TABLE users (id int)");
    let role = format!("{}_reader", database.name());
    run("postgres", &format!("CREATE ROLE {role} LOGIN"));
    let mut settings = database.table("users");
    let url = database.url().replace("postgres@", &format!("{role}@"));
    settings.url = crate::model::Secret::new(url);
    let fault = refused(settings);
    run("postgres", &format!("DROP ROLE {role}"));
    assert!(matches!(fault, DatabaseFault::Denied { .. }));
    assert_eq!(
        fault.to_string(),
        "the user of the database may not read that (SQLSTATE 42501): grant it SELECT (permission denied for table users)"
    );
}

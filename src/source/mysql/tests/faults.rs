//! What people read when a database does not give its rows.

use std::io::Write;

use insta::assert_snapshot;

use super::world::{Database, host, refused, refused_at_last, server, told};
use crate::model::{Query, Secret};
use crate::source::ServerSettings;

fn at(url: &str) -> ServerSettings {
    ServerSettings::new(Secret::new(url), Query::Table("users".to_owned()))
}

/// A user that goes with the test.
struct User<'d> {
    database: &'d mut Database,
    name: String,
}

impl<'d> User<'d> {
    fn of(database: &'d mut Database, password: &str) -> Self {
        let name = format!("{}_u", database.name);
        database.run(&format!(
            "CREATE USER '{name}'@'%' IDENTIFIED BY '{password}'"
        ));
        database.run(&format!(
            "CREATE USER '{name}'@'localhost' IDENTIFIED BY '{password}'"
        ));
        Self { database, name }
    }

    fn url(&self, password: &str) -> String {
        let Self { database, name } = self;
        format!("mysql://{name}{password}@{}/{}", host(), database.name)
    }
}

impl Drop for User<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        self.database
            .run(&format!("DROP USER '{name}'@'%', '{name}'@'localhost'"));
    }
}

#[test]
fn a_login_that_fails_says_whose() {
    let mut database = Database::with_users(1);
    let user = User::of(&mut database, "s@fe");
    let wrong = told(&refused(at(&user.url(":hunter2"))));
    assert!(!wrong.contains("hunter2"), "{wrong}");
    assert_snapshot!(wrong, @"mysql {server}/{db} users: {server} refuses the login of `{db}u` (error 1045): check user and password, and that the server lets this user in from here");
    assert_snapshot!(told(&refused(at(&user.url("")))), @"mysql {server}/{db} users: {server} asks for a password and the URL has none: add it after the user, as in `user:password@host`");
    // The right one, percent-encoded, comes as far as the user may go.
    assert_snapshot!(told(&refused(at(&user.url(":s%40fe")))), @"mysql {server}/{db} users: the user of the database may not read that (error 1044): grant it SELECT (Access denied for user '{db}u'@{from} to database '{db}')");
}

#[test]
fn what_a_user_may_not_read_is_named() {
    let mut database = Database::with_users(1);
    database.run("CREATE TABLE {db}.other (id INT)");
    let user = User::of(&mut database, "s@fe");
    let grant = format!(
        "GRANT SELECT ON {{db}}.other TO '{0}'@'localhost', '{0}'@'%'",
        user.name
    );
    user.database.run(&grant);
    assert_snapshot!(told(&refused(at(&user.url(":s%40fe")))), @"mysql {server}/{db} users: the user of the database may not read that (error 1142): grant it SELECT (SELECT command denied to user '{db}u'@{from} for table `{db}`.`users`)");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    drop(listener);
    let error = told(&refused(at(&format!(
        "mysql://a:hunter2@127.0.0.1:{port}/app"
    ))));
    assert_snapshot!(error.replace(&port.to_string(), "PORT"), @"mysql 127.0.0.1:PORT/app users: cannot connect to 127.0.0.1:PORT: check host and port, that the database runs, and that no firewall stands between: connection refused");
    assert_snapshot!(told(&refused(at("mysql://a@nowhere.invalid/app"))), @"mysql nowhere.invalid/app users: no address is known for the host `nowhere.invalid`: check its spelling, and the network");
    assert_snapshot!(told(&refused(at("mysql://a@x/app?socket=/nowhere/mysqld.sock"))), @"mysql /nowhere/mysqld.sock/app users: cannot connect to /nowhere/mysqld.sock: check host and port, that the database runs, and that no firewall stands between: entity not found");
}

#[test]
fn a_server_of_another_kind_is_not_understood() {
    let port = served(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let error = told(&refused(at(&format!("mysql://a@127.0.0.1:{port}/app"))));
    assert_snapshot!(error.replace(&port.to_string(), "PORT"), @"mysql 127.0.0.1:PORT/app users: cannot connect to 127.0.0.1:PORT: check host and port, that the database runs, and that no firewall stands between: what answers there does not speak as MySQL does");
}

#[test]
fn what_the_server_does_not_have_is_named() {
    let database = Database::with_users(1);
    assert_snapshot!(told(&refused(at(&format!("{}gridsync_no_such", server())))), @"mysql {server}/gridsync_no_such users: {server} has no database `gridsync_no_such` (error 1049): check the name in the URL");
    assert_snapshot!(told(&refused(at(&server()))), @"mysql {server} users: the query is refused (error 1046): No database selected: name one in the URL, behind the host, or before the table, as in `app.users`");
    assert_snapshot!(told(&refused(database.table("user"))), @"mysql {server}/{db} user: there is no table or view `{db}.user` (error 1146); did you mean `users`?: check the name, its schema, and that the user may see it");
    assert_snapshot!(told(&refused(database.query("SELECT * FROM {db}.user"))), @"mysql {server}/{db} query: there is no table or view `{db}.user` (error 1146); did you mean `users`?: check the name, its schema, and that the user may see it");
    assert_snapshot!(told(&refused(database.query("SELECT id, dob FROM users"))), @"mysql {server}/{db} query: the query is refused (error 1054): Unknown column 'dob' in 'SELECT'");
}

#[test]
fn a_query_that_is_wrong_is_shown_where() {
    let database = Database::with_users(1);
    assert_snapshot!(told(&refused(database.query("SELECT id\nFORM users"))), @"mysql {server}/{db} query: the query is refused (error 1064): it is not understood near 'users' at line 2");
    assert_snapshot!(told(&refused(database.query("SELECT id, seen AS id FROM users"))), @"mysql {server}/{db} query: the query is refused (error 1060): Duplicate column name 'id': give each column of the query a name of its own, as in `o.id AS order_id`");
    assert_snapshot!(told(&refused(database.query("SELECT id FROM users; SELECT 2"))), @"mysql {server}/{db} query: the query is refused (error 1064): it is not understood near '; SELECT 2' at line 1");
    assert_snapshot!(told(&refused(database.query(""))), @"mysql {server}/{db} query: the query is refused (error 1064): it is not understood at its end");
}

#[test]
fn a_row_that_fails_is_not_quoted() {
    let mut database = Database::with_users(5);
    database.run("UPDATE {db}.users SET name = 'Grace Hopper'");
    let query = "SELECT id, CAST(seen AS UNSIGNED) - 1000 AS n FROM users";
    assert_snapshot!(told(&refused_at_last(database.query(query))), @"mysql {server}/{db} query: the query failed on a row, after 0 rows (error 1690, a number is out of its range); they do not count as the whole: run the query by hand to see which row it is");
    let query = "SELECT id, (SELECT name FROM users) AS n FROM users";
    assert_snapshot!(told(&refused_at_last(database.query(query))), @"mysql {server}/{db} query: the query failed on a row, after 0 rows (error 1242, a subquery gives more than one row); they do not count as the whole: run the query by hand to see which row it is");
}

/// A server that greets as one without TLS does, and says no more; its port.
fn server_without_tls() -> u16 {
    const GREETING: &[u8] = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\x00\x82\x2d\x02\0\x08\0\x15\
        \0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native_password\0";
    let length = u8::try_from(GREETING.len()).expect("a short greeting");
    served(&[&[length, 0, 0, 0], GREETING].concat())
}

/// A server that says this to whoever calls, once; its port.
fn served(words: &[u8]) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its address").port();
    let words = words.to_vec();
    std::thread::spawn(move || {
        let (mut call, _) = listener.accept().expect("a call");
        call.write_all(&words).expect("it is heard");
        // Until the caller hangs up.
        drop(std::io::copy(&mut call, &mut std::io::sink()));
    });
    port
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_asked_for() {
    let asked = [
        "sslmode=verify-full",
        "ssl-mode=REQUIRED",
        "ssl-ca=/dev/null",
    ];
    let errors = asked.map(|asked| {
        let port = server_without_tls();
        let error = told(&refused(at(&format!(
            "mysql://a:b@127.0.0.1:{port}/app?{asked}"
        ))));
        error.replace(&port.to_string(), "PORT")
    });
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    assert_snapshot!(errors[0], @"mysql 127.0.0.1:PORT/app users: 127.0.0.1:PORT offers no TLS, and personal data is not read in the clear: turn TLS on there, or, where the network itself is trusted, say so in the URL (sslmode=disable)");
}

#[test]
fn a_file_of_certificates_must_be_there() {
    let url = format!("{}app?ssl-ca=/nowhere/ca.pem", server());
    assert_snapshot!(told(&refused(at(&url))), @"mysql {server}/app users: sslrootcert of the database's URL: `/nowhere/ca.pem` cannot be read as a file of certificates: No such file or directory (os error 2)");
}

#[test]
fn a_url_that_is_none_is_no_secret_told() {
    assert_snapshot!(told(&refused(at("root:hunter2@127.0.0.1/app"))), @"mysql (its URL cannot be read) users: the URL of the database: begins with another word than mysql:// or mariadb://");
    assert_snapshot!(told(&refused(at("mysql://root@127.0.0.1/app?charset=utf8"))), @"mysql (its URL cannot be read) users: the URL of the database: has a parameter that is not known, `charset`: expected sslmode, sslrootcert or socket");
}

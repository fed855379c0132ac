//! Getting there, or not.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::server::{Database, fault_text, open, place, read, refused, server};
use crate::model::{Query, Secret};
use crate::source::pump::testing::all;
use crate::source::{DatabaseFault, ServerSettings};

fn settings(url: &str) -> ServerSettings {
    ServerSettings::new(Secret::new(url), Query::Table("users".into()))
}

/// A server that answers what it is sent with these bytes, one after the other. Takes one connection.
fn answering(answers: &[&[u8]]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    let answers: Vec<Vec<u8>> = answers.iter().map(|answer| answer.to_vec()).collect();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody calls");
        for answer in answers {
            let mut asked = [0; 1024];
            if stream.read(&mut asked).expect("it asks") == 0 {
                return;
            }
            stream.write_all(&answer).expect("it listens");
        }
        let _ = stream.read(&mut [0; 1]);
    });
    port
}

/// That there is no TLS.
const NO_TLS: &[u8] = b"N";

/// A question for the password.
const PASSWORD: &[u8] = b"R\0\0\0\x08\0\0\0\x03";

/// An error as the server sends it.
fn wrong_password() -> Vec<u8> {
    let fields = b"SFATAL\0VFATAL\0C28P01\0Mauthentication failed, it was s3cret\0\0";
    let length = u32::try_from(fields.len() + 4).expect("it is short");
    [&b"E"[..], &length.to_be_bytes(), fields].concat()
}

#[test]
fn the_password_is_named_as_wrong_and_never_shown() {
    let port = answering(&[NO_TLS, PASSWORD, &wrong_password()]);
    let text = fault_text(settings(&format!(
        "postgres://app:s3cret@127.0.0.1:{port}/shop"
    )));
    assert_eq!(
        text.replace(&port.to_string(), "PORT"),
        "127.0.0.1:PORT refuses the login of `app` (SQLSTATE 28P01): check user and password, and that the \
         server lets this user in from here"
    );
}

#[test]
fn a_password_that_is_missing_is_asked_for() {
    let port = answering(&[NO_TLS, PASSWORD]);
    let text = fault_text(settings(&format!("postgres://app@127.0.0.1:{port}/shop")));
    assert_eq!(
        text.replace(&port.to_string(), "PORT"),
        "127.0.0.1:PORT asks for a password and the URL has none: add it after the user, as in `user:password@host`"
    );
}

#[test]
fn a_role_that_is_not_there_is_a_refused_login() {
    let fault = refused(settings(&format!(
        "postgres://gridsync_nobody@{}/postgres",
        place()
    )));
    assert!(
        matches!(&fault, DatabaseFault::Login { user, .. } if user == "gridsync_nobody"),
        "{fault:?}"
    );
    assert!(!fault.is_transient());
}

#[test]
fn a_database_that_is_not_there_is_named() {
    insta::assert_snapshot!(fault_text(settings(&format!("{}/gridsync_nowhere", server()))), @"{server} has no database `gridsync_nowhere` (SQLSTATE 3D000): check the name in the URL");
}

#[test]
fn a_host_without_an_address_is_named() {
    insta::assert_snapshot!(fault_text(settings("postgres://app@db.invalid/shop")), @"no address is known for the host `db.invalid`: check its spelling, and the network");
}

#[test]
fn a_port_where_nobody_listens_is_named_and_may_be_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let settings = settings(&format!("postgres://app:s3cret@127.0.0.1:{port}/shop"));
    assert!(refused(settings.clone()).is_transient());
    insta::assert_snapshot!(fault_text(settings).replace(&port.to_string(), "PORT"), @"cannot connect to 127.0.0.1:PORT: check host and port, that the database runs, and that no firewall stands between: Connection refused (os error 111)");
}

#[test]
fn a_server_that_takes_the_call_and_says_nothing_is_given_up() {
    let port = answering(&[]);
    let fault = refused(settings(&format!(
        "postgres://app@127.0.0.1:{port}/shop?connect_timeout=1"
    )));
    assert!(
        matches!(fault, DatabaseFault::Unreachable { .. }),
        "{fault:?}"
    );
}

#[test]
fn what_is_no_postgres_is_an_error_as_well() {
    let port = answering(&[b"HTTP/1.1 400 Bad Request\r\n\r\n"]);
    let fault = refused(settings(&format!(
        "postgres://app@127.0.0.1:{port}/shop?connect_timeout=1&sslmode=disable"
    )));
    assert!(
        matches!(fault, DatabaseFault::Unreachable { .. }),
        "{fault:?}"
    );
}

#[test]
fn a_server_without_tls_is_not_read_in_the_clear() {
    let port = answering(&[NO_TLS]);
    let text = fault_text(settings(&format!(
        "postgres://app@127.0.0.1:{port}/shop?sslmode=require"
    )));
    insta::assert_snapshot!(text.replace(&port.to_string(), "PORT"), @"127.0.0.1:PORT offers no TLS, and personal data is not read in the clear: turn TLS on there, or, where the network itself is trusted, say so in the URL (sslmode=disable)");
}

/// The file of the certificate that the server shows, which signed itself.
fn certificate(database: &Database) -> tempfile::NamedTempFile {
    let shown =
        database.run("SELECT pg_read_file(setting) FROM pg_settings WHERE name = 'ssl_cert_file'");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(shown[0][0].as_bytes())
        .expect("it is written");
    file
}

fn with(database: &Database, parameters: &str) -> ServerSettings {
    let mut settings = database.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    settings.url = Secret::new(format!("{}?{parameters}", database.url()));
    settings
}

#[test]
fn tls_is_what_the_url_asks_for() {
    let database = Database::of("");
    let file = certificate(&database);
    let path = file.path().display();
    for (parameters, encrypted) in [
        ("application_name=any".to_owned(), "true"),
        ("sslmode=disable".to_owned(), "false"),
        ("sslmode=prefer".to_owned(), "true"),
        ("sslmode=require".to_owned(), "true"),
        (format!("sslmode=require&sslrootcert={path}"), "true"),
        (format!("sslmode=verify-ca&sslrootcert={path}"), "true"),
    ] {
        let mut rows = open(with(&database, &parameters));
        assert_eq!(
            all(&mut *rows),
            [[Some(encrypted.to_owned())]],
            "{parameters}"
        );
    }
}

#[test]
fn a_certificate_for_another_name_is_not_accepted_where_names_count() {
    let database = Database::of("");
    let file = certificate(&database);
    let path = file.path().display();
    // The server's certificate is for `localhost`, this connection goes to an address.
    let fault = refused(with(&database, "sslmode=verify-full"));
    assert!(matches!(fault, DatabaseFault::Tls { .. }), "{fault:?}");
    insta::assert_snapshot!(fault_text(with(&database, &format!("sslrootcert={path}"))), @"{server}: its certificate is for another name: use the name that the certificate has, or, with sslrootcert=PATH of your own authority, sslmode=verify-ca");
    let mut settings = with(
        &database,
        &format!("sslmode=verify-full&sslrootcert={path}"),
    );
    settings.url = Secret::new(settings.url.expose().replace("127.0.0.1", "localhost"));
    assert_eq!(read(settings), [[Some("true".to_owned())]]);
}

#[test]
fn a_certificate_of_another_authority_is_not_accepted() {
    let database = Database::of("");
    let other = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/source/postgres/tests/pem/ca.pem"
    );
    let parameters = format!("sslmode=verify-ca&sslrootcert={other}");
    insta::assert_snapshot!(fault_text(with(&database, &parameters)), @"{server}: its certificate is signed by nobody who is trusted here: name the certificate of its authority with sslrootcert=PATH, or, where the network itself is trusted, say sslmode=require");
}

#[test]
fn a_file_of_certificates_that_is_none_is_named() {
    let database = Database::of("");
    insta::assert_snapshot!(fault_text(with(&database, "sslmode=verify-ca&sslrootcert=/nowhere/ca.pem")), @"sslrootcert of the database's URL: `/nowhere/ca.pem` cannot be read as certificates in PEM: No such file or directory (os error 2)");
    let empty = tempfile::NamedTempFile::new().expect("a file");
    let fault = refused(with(
        &database,
        &format!("sslrootcert={}", empty.path().display()),
    ));
    assert!(fault.is_setting(), "{fault:?}");
}

use proptest::prelude::*;

use super::*;
use crate::source::testing::{assert_silent, damaged, many, with_password};

fn parsed(url: &str) -> Address {
    Address::parse(&Secret::new(url)).unwrap_or_else(|fault| panic!("{url}: {fault}"))
}

fn fault(url: &str) -> AddressFault {
    Address::parse(&Secret::new(url)).err().expect(url)
}

#[test]
fn a_url_says_who_and_where() {
    let address = parsed("mysql://anna:s%40fe%2Fword@db.example.net:3307/my%20app\n");
    assert_eq!(address.user, "anna");
    assert_eq!(
        address.password.as_ref().map(Secret::expose),
        Some("s@fe/word")
    );
    assert_eq!(address.database.as_deref(), Some("my app"));
    assert_eq!(address.label(), "db.example.net:3307/my app");
    let place = Place::Host {
        host: "db.example.net".to_owned(),
        port: 3307,
    };
    assert_eq!(address.place, place);
}

#[test]
fn port_password_and_database_may_be_missing() {
    let address = parsed("mariadb://anna@[::1]");
    assert!(address.password.is_none());
    assert_eq!(address.database, None);
    assert_eq!(address.label(), "[::1]");
    let socket = parsed("mysql://anna@localhost/app?socket=/run/mysqld/mysqld.sock");
    assert_eq!(socket.label(), "/run/mysqld/mysqld.sock/app");
}

#[test]
fn only_a_server_on_this_machine_is_trusted_unseen() {
    for (url, mode) in [
        ("mysql://a@localhost/d", TlsMode::Prefer),
        ("mysql://a@127.8.8.8/d", TlsMode::Prefer),
        ("mysql://a@[::1]/d", TlsMode::Prefer),
        ("mysql://a@x/d?socket=/s", TlsMode::Prefer),
        ("mysql://a@127.0.0.1.example.net/d", TlsMode::VerifyFull),
        ("mysql://a@10.0.0.1/d", TlsMode::VerifyFull),
        ("mysql://a@db/d", TlsMode::VerifyFull),
        ("mysql://a@127.0.0.1/d?ssl-ca=/ca.pem", TlsMode::VerifyFull),
        ("mysql://a@db/d?sslmode=prefer", TlsMode::Prefer),
        ("mysql://a@db/d?ssl-mode=REQUIRED", TlsMode::Require),
        (
            "mysql://a@localhost/d?ssl-mode=VERIFY_IDENTITY",
            TlsMode::VerifyFull,
        ),
        ("mysql://a@db/d?sslmode=disable", TlsMode::Disable),
    ] {
        assert_eq!(parsed(url).tls, mode, "{url}");
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    use AddressFault as F;
    for (url, expected) in [
        ("users", F::NotUrl(url::ParseError::RelativeUrlWithoutBase)),
        ("postgres://a@db/d", F::Scheme),
        ("mysql://a:b@db/d#e", F::Fragment),
        ("mysql:///d", F::NoHost),
        ("mysql://db/d", F::NoUser),
        ("mysql://a@db/d/e", F::Path),
        ("mysql://a:5%zz@db/d", F::Percent("password")),
        ("mysql://a:%ff@db/d", F::Percent("password")),
        ("mysql://a@db/d?sslmode=verify-ca", F::VerifyCa),
        ("mysql://a@db/d?ssl-mode=on", F::TlsMode),
        (
            "mysql://a@db/d?sslmode=require&ssl-ca=/ca.pem",
            F::Unchecked,
        ),
        ("mysql://a@db/d?socket=", F::EmptyParameter("socket")),
        (
            "mysql://a@db/d?sslmode=require&ssl-mode=REQUIRED",
            F::Repeated("sslmode"),
        ),
        (
            "mysql://a@db/d?charset=latin1",
            F::Parameter("charset".into()),
        ),
    ] {
        assert_eq!(fault(url), expected, "{url}");
    }
}

#[test]
fn a_password_that_ends_in_the_middle_is_refused() {
    for (url, expected) in [
        ("mysql://anna:12/hunter2@db/d", AddressFault::At),
        ("mysql://anna:p@ss:12/hunter2@db", AddressFault::At),
        ("mysql://anna:12?hunter2=1@db/d", AddressFault::At),
        ("mysql://anna:12#hunter2@db/d", AddressFault::Fragment),
        ("mysql://anna@db:12/d?password=1@hunter2", AddressFault::At),
        (
            "mysql://anna@db/d&password=hunter2",
            AddressFault::NoQuestion,
        ),
        ("mysql://anna@db&password=hunter2", AddressFault::NoQuestion),
    ] {
        assert_eq!(fault(url), expected, "{url}");
    }
    let whole = parsed("mysql://anna:p@ss:w[o]rd@db/d");
    assert_eq!(
        whole.password.as_ref().map(Secret::expose),
        Some("p@ss:w[o]rd")
    );
    assert_eq!(whole.label(), "db/d");
}

/// All that texts say of where an address leads, or of what is wrong with it; and the user.
fn told(url: &str) -> (String, String) {
    let url = Secret::new(url);
    let address = match Address::parse(&url) {
        Err(fault) => return (format!("{fault} {fault:?}"), String::new()),
        Ok(address) => address,
    };
    let place = place(&url).expect("it can be read");
    let (server, database) = (address.server(), address.database);
    (format!("{place} {server} {database:?}"), address.user)
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn no_password_is_told_whatever_it_is(url in with_password(&[
        "mysql://ada:{password}@db.internal/app",
        "mysql://ada:{password}@db.internal:3307/app?sslmode=require",
        "mariadb://ada:{password}@[::1]",
        "mysql://ada:{password}@localhost/app?socket=/run/mysqld/mysqld.sock",
        "mysql://ada@db.internal:3307/app?password={password}",
        "mysql://ada@db.internal/app&password={password}",
        "mysql://ada@db.internal&password={password}",
    ])) {
        let (place, user) = told(&url);
        assert_silent(&url, &format!("{place} {user}"));
    }

    #[test]
    fn no_damage_to_a_url_makes_it_tell_its_password(url in damaged(&[
        "mysql://ada:{password}@db.internal:3306/app?sslmode=require",
        "mariadb://ada:{password}@db/app?socket=/run/x",
    ])) {
        // Without its `:`, a password is a part of the user's name.
        let (place, _) = told(&url);
        assert_silent(&url, &place);
    }
}

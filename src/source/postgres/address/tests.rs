use proptest::prelude::*;

use super::*;
use crate::source::postgres::trust::Check;
use crate::source::testing::{assert_silent, damaged, many, with_password};

fn address(url: &str) -> Address {
    Address::of(&Secret::new(url)).unwrap_or_else(|fault| panic!("{url}: {fault}"))
}

fn fault(url: &str) -> String {
    let fault = Address::of(&Secret::new(url)).err().expect(url);
    assert!(fault.is_setting() && !fault.is_transient());
    let text = fault.to_string();
    assert!(!text.contains("s3cr"), "{text}");
    text
}

#[test]
fn a_database_is_called_by_host_and_name_and_never_by_its_password() {
    for (url, place) in [
        (
            "postgres://app:s3cr%40et@db.example.com/shop",
            "db.example.com/shop",
        ),
        (
            "postgresql://ada:s3cret@db.internal:5433/app",
            "db.internal:5433/app",
        ),
        (
            "postgresql://app:s3cr@a:1,b:5432,c/shop?password=s3cr",
            "a:1,b,c/shop",
        ),
        ("postgres://app@db.example.com", "db.example.com/app"),
        ("postgres://app@[::1]:7/shop", "[::1]:7/shop"),
        (
            "postgres:///app?host=/run/postgresql",
            "/run/postgresql/app",
        ),
        (
            "postgres:///shop?host=/run/pg&user=app&port=5433",
            "/run/pg:5433/shop",
        ),
        (
            "postgres:///shop?hostaddr=::1,10.0.0.1",
            "[::1],10.0.0.1/shop",
        ),
    ] {
        let found = super::place(&Secret::new(url));
        assert_eq!(found.expect("an address"), place, "{url}");
    }
    assert_eq!(address("postgres://a@x,y:7/d").server(), "x:5432, y:7");
}

#[test]
fn a_password_may_hold_any_character_but_an_at_sign_as_it_is() {
    for password in [
        "12/s3cr",
        "s?c&r=t",
        "#s3cr",
        "5%",
        "a:b",
        "%40%2F%25",
        "pass?word",
    ] {
        let found = address(&format!("postgres://ada:{password}@db:5433/app"));
        let expected = match password {
            "%40%2F%25" => "@/%",
            plain => plain,
        };
        assert_eq!(found.config.get_password(), Some(expected.as_bytes()));
        assert_eq!(
            (found.user(), found.server()),
            ("ada".into(), "db:5433".into())
        );
    }
}

#[test]
fn a_second_at_sign_is_refused() {
    for url in [
        "postgres://ada:p@s3cr/x@db/app",
        "postgres://ada:12/s3cr@s3cr@db/app",
        "postgres://ada@s3cr:12/s3cr@db/app",
        "postgres://ada@db/app?password=12@s3cr",
        "postgres://db:5433/app?password=12@s3cr",
        "postgres://db:5433/app?connect_timeout=3&p%61ssword=1:2@s3cr",
    ] {
        assert!(
            fault(url).contains("write an `@` of a user, a password or a parameter as %40"),
            "{url}"
        );
    }
}

#[test]
fn what_the_url_does_not_say_has_a_default() {
    let config = address("postgres://app@db.example.com/shop").config;
    assert_eq!(config.get_application_name(), Some("gridsync"));
    assert_eq!(config.get_connect_timeout(), Some(&CONNECT));
    let config = address("postgres://h/d?application_name=nightly&connect_timeout=3").config;
    assert_eq!(config.get_application_name(), Some("nightly"));
    assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(3)));
}

#[test]
fn tls_is_verified_unless_the_server_is_this_machine_or_the_url_says_otherwise() {
    for (url, mode, check) in [
        ("postgres://db.example.com/d", SslMode::Require, Check::Name),
        ("postgres://127.0.0.2/d", SslMode::Prefer, Check::Nothing),
        ("postgres://[::1]/d", SslMode::Prefer, Check::Nothing),
        ("postgres://localhost,db/d", SslMode::Require, Check::Name),
        (
            "postgres://localhost/d?hostaddr=10.0.0.1",
            SslMode::Require,
            Check::Name,
        ),
        (
            "postgres://localhost/d?sslrootcert=%2Fca.pem",
            SslMode::Require,
            Check::Name,
        ),
        (
            "postgres://db/d?sslmode=require",
            SslMode::Require,
            Check::Nothing,
        ),
        (
            "postgres://db/d?sslmode=disable",
            SslMode::Disable,
            Check::Nothing,
        ),
        (
            "postgres:///d?host=/run/pg&sslmode=verify-full",
            SslMode::Disable,
            Check::Name,
        ),
    ] {
        let address = address(url);
        assert_eq!(address.config.get_ssl_mode(), mode, "{url}");
        assert_eq!(address.trust.check(), check, "{url}");
    }
}

#[test]
fn what_is_wrong_with_a_url_is_named_without_the_url() {
    insta::assert_snapshot!(fault("host=db password=s3cr"), @"the URL of the database: expected postgres://user:password@host:port/database, with special characters in a part percent-encoded");
    insta::assert_snapshot!(fault("postgres://a:s3cr@db/d?sslmod=require"), @"the URL of the database: it has an unknown parameter, which may be a part of a password and is not shown: did you mean `sslmode`?");
    insta::assert_snapshot!(fault("postgres://a:s3cr@db:port/d"), @"the URL of the database: the value of `port` cannot be read");
    insta::assert_snapshot!(fault("postgres://a:s3cr@db/d?connect_timeout"), @"the URL of the database: a parameter after the `?` has no value: expected name=value");
    insta::assert_snapshot!(fault("postgres:///d"), @"the URL of the database: it names no host: write it, as in postgres://user@localhost/database, or the folder of a socket, as in postgres:///database?host=/var/run/postgresql");
}

/// All that texts say of where an address leads, or of what is wrong with it; and the user.
fn told(url: &str) -> (String, String) {
    let url = Secret::new(url);
    let address = match Address::of(&url) {
        Err(fault) => return (format!("{fault} {fault:?}"), String::new()),
        Ok(address) => address,
    };
    let place = place(&url).expect("it can be read");
    let (server, hosts) = (address.server(), address.hosts());
    let database = address.database();
    (
        format!("{place} {server} {hosts} {database}"),
        address.user(),
    )
}

proptest! {
    #![proptest_config(many())]

    #[test]
    fn no_password_is_told_whatever_it_is(url in with_password(&[
        "postgres://ada:{password}@db.internal/app",
        "postgresql://ada:{password}@db.internal:5433/app?sslmode=require",
        "postgres://ada:{password}@[::1]",
        "postgres://ada:{password}@/app?host=/run/postgresql",
        "postgres://ada@db.internal/app?password={password}&connect_timeout=3",
        "postgres://db.internal:5433/app?user=ada&password={password}",
        "postgres://db.internal:5433/app?password={password}",
        "postgres://db.internal?password={password}",
        "postgres://ada@db.internal/app&password={password}",
        "postgres://ada@db.internal&password={password}",
    ])) {
        let (place, user) = told(&url);
        assert_silent(&url, &format!("{place} {user}"));
    }

    #[test]
    fn no_damage_to_a_url_makes_it_tell_its_password(url in damaged(&[
        "postgres://ada:{password}@db.internal:5432/app?sslmode=require",
        "postgresql://db/app?user=ada&password={password}&connect_timeout=3",
    ])) {
        // Without its `:`, a password is a part of the user's name.
        let (place, _) = told(&url);
        assert_silent(&url, &place);
    }
}

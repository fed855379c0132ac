//! The URL, taken apart. No text here holds a password, or the URL as a whole.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::trust::{Trust, Wishes};
use crate::model::Secret;
use crate::source::DatabaseFault;
use crate::source::database::nearest;

/// Parameters that the driver reads.
const DRIVERS: [&str; 16] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
];

/// Parameters that are read here.
const OURS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

const PREFIXES: [&str; 2] = ["postgres://", "postgresql://"];

const EXPECTED: &str = "expected postgres://user:password@host:port/database, with special characters in a part \
     percent-encoded";

/// A connection is given so long, if the URL does not say.
const CONNECT: Duration = Duration::from_secs(10);

/// A peer that is silent so long is asked whether it is still there, if the URL does not say.
const SILENCE: Duration = Duration::from_mins(1);

/// Where to connect, and how.
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) trust: Trust,
}

impl Address {
    pub(super) fn of(url: &Secret) -> Result<Self, DatabaseFault> {
        let Parts { driver, wishes } = Parts::of(url.expose())?;
        let mut config = configured(&driver)?;
        let is_local = is_local(&config);
        let trust = Trust::of(&wishes, is_local).map_err(DatabaseFault::Url)?;
        // A socket has no TLS, whatever is asked for.
        let mode = if is_socket(&config) {
            SslMode::Disable
        } else {
            trust.mode()
        };
        config.ssl_mode(mode);
        Ok(Self { config, trust })
    }

    /// `host:port`, of each host.
    pub(super) fn server(&self) -> String {
        let hosts = hosts(&self.config);
        let ports = self.config.get_ports();
        let server = |(nth, host): (usize, String)| {
            let port = ports.get(nth).or(ports.first()).unwrap_or(&5432);
            format!("{host}:{port}")
        };
        let servers: Vec<_> = hosts.into_iter().enumerate().map(server).collect();
        servers.join(", ")
    }

    /// The hosts without their ports.
    pub(super) fn hosts(&self) -> String {
        hosts(&self.config).join(", ")
    }

    /// The user as the URL names it.
    pub(super) fn user(&self) -> String {
        let user = self.config.get_user();
        user.unwrap_or("the user of this process").to_owned()
    }

    /// The database as the URL names it; the server takes the user's name where it does not.
    pub(super) fn database(&self) -> String {
        let database = self.config.get_dbname().map(str::to_owned);
        database.unwrap_or_else(|| self.user())
    }

    /// A connection that takes longer than this has failed: also one to a server that takes the
    /// call and does not speak.
    pub(super) fn connect_within(&self) -> Duration {
        let hosts = u32::try_from(hosts(&self.config).len()).unwrap_or(1);
        let each = self.config.get_connect_timeout().copied();
        each.unwrap_or(CONNECT) * hosts * 2
    }
}

/// What a database is called where nothing secret may be said: `host/database`.
pub(super) fn place(url: &Secret) -> String {
    let Ok(address) = Address::of(url) else {
        return "(its URL cannot be read)".to_owned();
    };
    format!(
        "{}/{}",
        hosts(&address.config).join(","),
        address.database()
    )
}

/// A URL as the driver takes it, and what it must not see.
struct Parts {
    driver: String,
    wishes: Wishes,
}

impl Parts {
    fn of(url: &str) -> Result<Self, DatabaseFault> {
        let rest = PREFIXES.iter().find_map(|prefix| url.strip_prefix(prefix));
        let rest = rest.ok_or_else(|| refused(EXPECTED))?;
        // As the driver does: the user and the password end with the first `@`.
        let behind_user = rest.find('@').map_or(0, |at| at + 1);
        let Some(question) = rest[behind_user..].find('?') else {
            return Ok(Self {
                driver: url.to_owned(),
                wishes: Wishes::default(),
            });
        };
        let (base, parameters) = url.split_at(url.len() - rest.len() + behind_user + question);
        let mut wishes = Wishes::default();
        let mut others = Vec::new();
        for parameter in parameters[1..].split('&').filter(|text| !text.is_empty()) {
            let (name, value) = pair(parameter)?;
            match name.as_ref() {
                "sslmode" => wishes.mode = Some(value.into_owned()),
                "sslrootcert" => wishes.roots = Some(value.into_owned()),
                "sslcert" => wishes.certificate = Some(value.into_owned()),
                "sslkey" => wishes.key = Some(value.into_owned()),
                name if DRIVERS.contains(&name) => others.push(parameter),
                name => return Err(unknown(name)),
            }
        }
        let driver = format!("{base}?{}", others.join("&"));
        Ok(Self { driver, wishes })
    }
}

/// A parameter, decoded. A plus is a plus here.
fn pair(parameter: &str) -> Result<(Cow<'_, str>, Cow<'_, str>), DatabaseFault> {
    let (name, value) = parameter
        .split_once('=')
        .ok_or_else(|| refused("a parameter after the `?` has no value: expected name=value"))?;
    let decoded = |text| percent_decoded(text).ok_or_else(|| refused(EXPECTED));
    Ok((decoded(name)?, decoded(value)?))
}

fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (code, behind) = tail.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(str::from_utf8(code).ok()?, 16).ok()?);
        rest = behind;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn unknown(name: &str) -> DatabaseFault {
    let known = OURS.iter().chain(&DRIVERS);
    let nearest = nearest(name, known.map(ToString::to_string));
    refused(&match nearest {
        Some(meant) => format!("it has an unknown parameter `{name}`: did you mean `{meant}`?"),
        // Of a password with a `&` in it, the rest looks like one.
        None => format!(
            "it has an unknown parameter, which may be a part of a password and is not shown: expected \
             one of {}",
            OURS.join(", ")
        ),
    })
}

fn refused(text: &str) -> DatabaseFault {
    DatabaseFault::Url(text.to_owned())
}

/// As the driver reads it, with our defaults.
fn configured(url: &str) -> Result<Config, DatabaseFault> {
    let mut config: Config = url.parse().map_err(|error| refused(&unread(&error)))?;
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        return Err(refused(
            "it names no host: write it, as in postgres://user@localhost/database, or the folder \
             of a socket, as in postgres:///database?host=/var/run/postgresql",
        ));
    }
    // What is shown must be what it stands for: with an `@` too many, or without its `?`, a password would
    // be a part of it.
    let is_name = |name: Option<&str>| !name.is_some_and(|name| name.contains('='));
    let are_hosts = hosts(&config).iter().all(|host| is_host(host));
    if !are_hosts || !is_name(config.get_dbname()) || !is_name(config.get_user()) {
        return Err(refused(&format!(
            "its host, its user or its database is none: {EXPECTED}"
        )));
    }
    if config.get_application_name().is_none() {
        config.application_name("gridsync");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if !url.contains("keepalives") {
        config.keepalives_idle(SILENCE);
    }
    Ok(config)
}

/// A name, an address or a folder; a name of letters outside of ASCII too.
fn is_host(text: &str) -> bool {
    text.chars()
        .all(|char| char.is_alphanumeric() || "-_.:/%[] +~".contains(char))
}

/// The driver names the parameter that it cannot read, and no value; nothing else is repeated.
fn unread(error: &tokio_postgres::Error) -> String {
    use std::error::Error as _;
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    match cause.strip_prefix("invalid value for option ") {
        Some(name) => format!("the value of {name} cannot be read"),
        None => format!("it cannot be read: {EXPECTED}"),
    }
}

fn hosts(config: &Config) -> Vec<String> {
    let names = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        let addresses = config.get_hostaddrs().iter();
        return addresses.map(ToString::to_string).collect();
    }
    names
}

fn is_socket(config: &Config) -> bool {
    let is_socket = |host: &Host| !matches!(host, Host::Tcp(_));
    config.get_hostaddrs().is_empty() && config.get_hosts().iter().all(is_socket)
}

/// Whether what is sent never leaves this machine.
fn is_local(config: &Config) -> bool {
    if !config.get_hostaddrs().is_empty() {
        return config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            let address = name.parse::<IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::postgres::trust::Check;

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
                "postgresql://app:s3cr@a:1,b:2/shop?password=s3cr",
                "a,b/shop",
            ),
            ("postgres://app@db.example.com", "db.example.com/app"),
            ("postgres:///shop?host=/run/pg&user=app", "/run/pg/shop"),
            ("mysql://app:s3cr@host/shop", "(its URL cannot be read)"),
        ] {
            assert_eq!(super::place(&Secret::new(url)), place);
        }
        assert_eq!(address("postgres://a@x,y:7/d").server(), "x:5432, y:7");
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
        insta::assert_snapshot!(fault("postgres://a:s3cr@db/d?sslmod=require"), @"the URL of the database: it has an unknown parameter `sslmod`: did you mean `sslmode`?");
        insta::assert_snapshot!(fault("postgres://a:s3cr@db:port/d"), @"the URL of the database: the value of `port` cannot be read");
        insta::assert_snapshot!(fault("postgres://a:s3cr@db/d?connect_timeout"), @"the URL of the database: a parameter after the `?` has no value: expected name=value");
        insta::assert_snapshot!(fault("postgres:///d"), @"the URL of the database: it names no host: write it, as in postgres://user@localhost/database, or the folder of a socket, as in postgres:///database?host=/var/run/postgresql");
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 8 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn no_damage_to_a_url_makes_it_tell_its_password(
            base in proptest::sample::select(&["postgres://ada:xyzzy@db.internal:5432/app?sslmode=require", "postgresql://db/app?user=ada&password=xyzzy&connect_timeout=3"][..]),
            at in any::<proptest::sample::Index>(),
            new in proptest::sample::select(&["@", ":", "/", "?", "#", "%", "%zz", "&", "=", "[", "]", " ", "\u{0}", "é", ""][..]),
            drop in any::<bool>(),
        ) {
            let mut url: Vec<char> = base.chars().collect();
            let at = at.index(url.len());
            url.splice(at..at + usize::from(drop), new.chars());
            let url: String = url.into_iter().collect();
            let password_split = !url.contains("xyzzy");
            let secret = Secret::new(url.clone());
            let told = match Address::of(&secret) {
                Err(fault) => fault.to_string(),
                Ok(address) => format!("{} {} {}", address.server(), address.database(), place(&secret)),
            };
            prop_assert!(password_split || !told.contains("xyzzy"), "{url}: {told}");
        }
    }
}

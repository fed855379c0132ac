//! Where a server is, who asks, and how safely: all that a URL says.
//!
//! `mysql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS`, or `mariadb://`, which means the same. User,
//! password and database are percent-decoded. The parameters:
//!
//! | parameter | says |
//! |---|---|
//! | `socket` | the path of a Unix socket, used in place of host and port |
//! | `sslmode`, or `ssl-mode` | `disable`, `prefer`, `require`, `verify-full`; also as MySQL's own programs spell it: `DISABLED`, `PREFERRED`, `REQUIRED`, `VERIFY_IDENTITY` |
//! | `sslrootcert`, or `ssl-ca` | a file of root certificates (PEM) that are trusted besides the public ones |
//!
//! Without a mode, a server on this machine (a loopback address, or a socket) gets `prefer`: TLS if it
//! offers it, unverified. Every other one gets `verify-full`, and so does any with a root certificate.
//! There is no `verify-ca`: the public authorities stay trusted beside the file's, so that without
//! the name any certificate that one of them gave to anybody would do.
//!
//! Nothing here is ever printed but names of parameters, and the host and the database.

use std::path::PathBuf;

use url::{Host, Url};

use crate::model::Secret;

/// MySQL's port.
const PORT: u16 = 3306;

/// What a URL says.
pub(super) struct Address {
    pub(super) place: Place,
    pub(super) user: String,
    pub(super) password: Option<Secret>,
    pub(super) database: Option<String>,
    pub(super) tls: TlsMode,
    pub(super) root_certificates: Option<PathBuf>,
}

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Host { host: String, port: u16 },
    Socket(String),
}

/// How much TLS is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsMode {
    Disable,
    /// If the server offers it; without looking at its certificate.
    Prefer,
    /// Without looking at the server's certificate.
    Require,
    /// A trusted certificate for this very host.
    VerifyFull,
}

/// Why a URL cannot be used. Holds no part of it but the name of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressFault {
    #[error(
        "is no URL ({0}): expected mysql://USER:PASSWORD@HOST/DATABASE, with any of `@ : / ? # %` in \
         the user or the password written in percent, as in %40 for @"
    )]
    NotUrl(url::ParseError),
    #[error("begins with another word than mysql:// or mariadb://")]
    Scheme,
    #[error("has a `#`: in a user or a password, write it as %23")]
    Fragment,
    #[error("names no host: expected mysql://USER:PASSWORD@HOST/DATABASE")]
    NoHost,
    #[error("names no user: expected mysql://USER:PASSWORD@HOST/DATABASE")]
    NoUser,
    #[error("has more than a database's name behind the host: write a `/` in a name as %2F")]
    Path,
    #[error("has a percent sign in its {0} that no two hexadecimal digits follow: write it as %25")]
    Percent(&'static str),
    #[error("has a parameter that is not known{0}: expected sslmode, sslrootcert or socket")]
    Parameter(String),
    #[error("says {0} twice")]
    Repeated(&'static str),
    #[error("has an empty {0}")]
    EmptyParameter(&'static str),
    #[error("has an sslmode that is not known: expected disable, prefer, require or verify-full")]
    TlsMode,
    #[error("names an sslrootcert, which checks nothing with this sslmode: use verify-full")]
    Unchecked,
    #[error(
        "asks for verify-ca, which is not offered: the public authorities are trusted as well, so \
         that without the host's name any of their certificates would do: use verify-full, with a \
         certificate that names the host"
    )]
    VerifyCa,
}

impl Address {
    pub(super) fn parse(url: &Secret) -> Result<Self, AddressFault> {
        let url = Url::parse(url.expose().trim()).map_err(AddressFault::NotUrl)?;
        if !matches!(url.scheme(), "mysql" | "mariadb") {
            return Err(AddressFault::Scheme);
        }
        if url.fragment().is_some() {
            return Err(AddressFault::Fragment);
        }
        let Parameters {
            socket,
            mode,
            root_certificates,
        } = Parameters::of(&url)?;
        let place = match (socket, host(&url)) {
            (Some(socket), _) => Place::Socket(socket),
            (None, Some(host)) => Place::Host {
                host,
                port: url.port().unwrap_or(PORT),
            },
            (None, None) => return Err(AddressFault::NoHost),
        };
        let user = decoded(url.username(), "user")?;
        if user.is_empty() {
            return Err(AddressFault::NoUser);
        }
        let tls = mode.unwrap_or_else(|| usual(&place, root_certificates.is_some()));
        if root_certificates.is_some() && tls != TlsMode::VerifyFull {
            return Err(AddressFault::Unchecked);
        }
        let password = url.password().map(|text| decoded(text, "password"));
        Ok(Self {
            tls,
            place,
            user,
            password: password.transpose()?.map(Secret::new),
            database: database(&url)?,
            root_certificates,
        })
    }

    /// What the operator may see of it: `db.example.net/app`.
    fn label(&self) -> String {
        let place = match &self.place {
            Place::Host { host, port: PORT } => host.clone(),
            Place::Host { host, port } => format!("{host}:{port}"),
            Place::Socket(path) => path.clone(),
        };
        match &self.database {
            None => place,
            Some(database) => format!("{place}/{database}"),
        }
    }
}

/// What a database is called where nothing secret may be said: `host/database`.
pub(super) fn place(url: &Secret) -> String {
    Address::parse(url).map_or_else(|_| "(its URL cannot be read)".to_owned(), |url| url.label())
}

/// The mode where none is given.
fn usual(place: &Place, has_root: bool) -> TlsMode {
    if is_here(place) && !has_root {
        TlsMode::Prefer
    } else {
        TlsMode::VerifyFull
    }
}

/// Whether what is sent there stays on this machine.
fn is_here(place: &Place) -> bool {
    let Place::Host { host, .. } = place else {
        return true;
    };
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

/// The host, an IPv6 address in its brackets.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(host.to_owned())
}

fn database(url: &Url) -> Result<Option<String>, AddressFault> {
    let path = url.path().trim_start_matches('/');
    if path.contains('/') {
        return Err(AddressFault::Path);
    }
    let name = decoded(path, "database")?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

/// The text with its `%XX` read as bytes.
fn decoded(text: &str, part: &'static str) -> Result<String, AddressFault> {
    let fault = || AddressFault::Percent(part);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let high = rest.next().and_then(hex_digit).ok_or_else(fault)?;
                let low = rest.next().and_then(hex_digit).ok_or_else(fault)?;
                high * 16 + low
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| fault())
}

fn hex_digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[derive(Default)]
struct Parameters {
    socket: Option<String>,
    mode: Option<TlsMode>,
    root_certificates: Option<PathBuf>,
}

impl Parameters {
    fn of(url: &Url) -> Result<Self, AddressFault> {
        let mut found = Self::default();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "socket" => set(&mut found.socket, "socket", &value, |path| {
                    Ok(path.to_owned())
                })?,
                "sslmode" | "ssl-mode" => set(&mut found.mode, "sslmode", &value, tls_mode)?,
                "sslrootcert" | "ssl-ca" => {
                    set(
                        &mut found.root_certificates,
                        "sslrootcert",
                        &value,
                        |path| Ok(PathBuf::from(path)),
                    )?;
                }
                name => return Err(AddressFault::Parameter(shown(url, name))),
            }
        }
        Ok(found)
    }
}

fn set<T>(
    slot: &mut Option<T>,
    name: &'static str,
    value: &str,
    read: impl FnOnce(&str) -> Result<T, AddressFault>,
) -> Result<(), AddressFault> {
    if value.is_empty() {
        return Err(AddressFault::EmptyParameter(name));
    }
    if slot.replace(read(value)?).is_some() {
        return Err(AddressFault::Repeated(name));
    }
    Ok(())
}

/// The name of a parameter, unless it may be a part of a password that holds a `?`.
fn shown(url: &Url, name: &str) -> String {
    if url.query().is_some_and(|query| query.contains('@')) {
        return String::new();
    }
    format!(", `{}`", name.escape_debug())
}

fn tls_mode(text: &str) -> Result<TlsMode, AddressFault> {
    match text.to_ascii_lowercase().replace('_', "-").as_str() {
        "disable" | "disabled" => Ok(TlsMode::Disable),
        "prefer" | "preferred" => Ok(TlsMode::Prefer),
        "require" | "required" => Ok(TlsMode::Require),
        "verify-full" | "verify-identity" => Ok(TlsMode::VerifyFull),
        "verify-ca" => Err(AddressFault::VerifyCa),
        _ => Err(AddressFault::TlsMode),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
                F::Parameter(", `charset`".into()),
            ),
        ] {
            assert_eq!(fault(url), expected, "{url}");
        }
    }

    #[test]
    fn no_part_of_a_password_is_told() {
        for url in [
            "mysql://anna:hunter2/x@db/d",
            "mysql://anna:12?hunter2=1@db/d",
            "mysql://anna:hunter2#x@db/d",
            "mysql://anna:hunter2%@db/d",
            "mysql//anna:hunter2@db/d",
        ] {
            let told = format!("{0} {0:?}", fault(url));
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 8 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn no_damage_to_a_url_makes_it_tell_its_password(
            base in proptest::sample::select(&["mysql://ada:xyzzy@db.internal:3306/app?sslmode=require", "mariadb://ada:xyzzy@db/app?socket=/run/x"][..]),
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
            let told = match Address::parse(&secret) {
                Err(fault) => fault.to_string(),
                Ok(address) => format!("{} {}", address.server(), place(&secret)),
            };
            prop_assert!(password_split || !told.contains("xyzzy"), "{url}: {told}");
        }
    }
}

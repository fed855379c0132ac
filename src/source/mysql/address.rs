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
//! Nothing here is ever printed but names of parameters, and the host and the database. A password with a
//! `/` or a `?` as it is would end in the middle, and the rest of it be shown: so an `@` that comes
//! later than the host is refused.

use std::path::PathBuf;

use url::{Host, Position, Url};

use crate::model::Secret;
use crate::source::{DatabaseFault, percent};

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
    #[error(
        "has an `@` behind its host: write a `/` or a `?` of a user or a password as %2F or %3F, and an \
         `@` of a database or a parameter as %40"
    )]
    At,
    #[error(
        "has a parameter before its `?`: expected mysql://USER:PASSWORD@HOST/DATABASE?PARAMETERS"
    )]
    NoQuestion,
    #[error("names no host: expected mysql://USER:PASSWORD@HOST/DATABASE")]
    NoHost,
    #[error("names no user: expected mysql://USER:PASSWORD@HOST/DATABASE")]
    NoUser,
    #[error(
        "has more than a database's name behind the host: in a name, a user or a password, write `/` as \
         %2F and `@` as %40"
    )]
    Path,
    #[error("has a percent sign in its {0} that no two hexadecimal digits follow: write it as %25")]
    Percent(&'static str),
    #[error(
        "has a parameter that is not known, `{}`: expected sslmode, sslrootcert or socket",
        .0.escape_debug()
    )]
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
    pub(super) fn of(url: &Secret) -> Result<Self, DatabaseFault> {
        Self::parse(url).map_err(|fault| DatabaseFault::Url(fault.to_string()))
    }

    fn parse(url: &Secret) -> Result<Self, AddressFault> {
        let url = whole(url.expose().trim())?;
        let user = decoded(url.username(), "user")?;
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

/// What a database is called where nothing secret may be said: `host/database`, with the port where it is
/// not the usual one.
pub(in crate::source) fn place(url: &Secret) -> Result<String, DatabaseFault> {
    Ok(Address::of(url)?.label())
}

/// The URL, if no part of it can be a part of the password: those are shown.
fn whole(text: &str) -> Result<Url, AddressFault> {
    let url = Url::parse(text).map_err(AddressFault::NotUrl)?;
    if !matches!(url.scheme(), "mysql" | "mariadb") {
        return Err(AddressFault::Scheme);
    }
    if url.fragment().is_some() {
        return Err(AddressFault::Fragment);
    }
    if url[Position::BeforePath..].contains('@') {
        return Err(AddressFault::At);
    }
    let user = decoded(url.username(), "user")?;
    let server = &url[Position::BeforeHost..Position::AfterPath];
    if user.contains('=') || server.contains('=') {
        return Err(AddressFault::NoQuestion);
    }
    Ok(url)
}

/// All that texts may show of it.
#[cfg(any(fuzzing, test))]
pub(in crate::source) fn told(url: &Secret) -> Result<String, String> {
    let address = Address::parse(url).map_err(|fault| fault.to_string())?;
    let (server, user) = (address.server(), &address.user);
    Ok(format!("{} {server} {user}", address.label()))
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
    // With a `/` in the password, the rest of it would stand here.
    if path.contains(['/', '@']) {
        return Err(AddressFault::Path);
    }
    let name = decoded(path, "database")?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

fn decoded(text: &str, part: &'static str) -> Result<String, AddressFault> {
    percent::decoded(text).ok_or(AddressFault::Percent(part))
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
                name => return Err(AddressFault::Parameter(name.to_owned())),
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
mod tests;

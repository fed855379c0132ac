//! The URL, taken apart as the driver does. No text here holds a password, or the URL as a whole.
//!
//! A `/`, `?` or `#` of a password may stand in the URL as it is, an `@` may not: the driver takes the
//! first one for the end of the password, wherever it stands, and what follows would be shown as a host.

use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::trust::{Trust, Wishes};
use crate::model::Secret;
use crate::source::DatabaseFault;
use crate::source::database::nearest;
use crate::source::percent;

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

/// The server's port where none is named.
const PORT: u16 = 5432;

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
        let servers = self.servers().into_iter();
        let servers: Vec<_> = servers
            .map(|(host, port)| format!("{host}:{port}"))
            .collect();
        servers.join(", ")
    }

    fn servers(&self) -> Vec<(String, u16)> {
        let ports = self.config.get_ports();
        let port = |nth| ports.get(nth).or(ports.first()).copied().unwrap_or(PORT);
        let hosts = hosts(&self.config).into_iter().enumerate();
        hosts.map(|(nth, host)| (host, port(nth))).collect()
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

/// What a database is called where nothing secret may be said: `host/database`, with the port where it is
/// not the usual one.
pub(in crate::source) fn place(url: &Secret) -> Result<String, DatabaseFault> {
    let address = Address::of(url)?;
    let servers = address.servers().into_iter().map(|server| match server {
        (host, PORT) => host,
        (host, port) => format!("{host}:{port}"),
    });
    let servers: Vec<_> = servers.collect();
    Ok(format!("{}/{}", servers.join(","), address.database()))
}

/// All that texts may show of it.
#[cfg(any(fuzzing, test))]
pub(in crate::source) fn told(url: &Secret) -> Result<String, String> {
    let address = Address::of(url).map_err(|fault| fault.to_string())?;
    let (server, user) = (address.server(), address.user());
    let within = address.connect_within();
    let place = place(url).map_err(|fault| fault.to_string())?;
    Ok(format!("{place} {server} {user} {within:?}"))
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
        let (login, behind_user) = rest.split_once('@').unwrap_or(("", rest));
        if behind_user.contains('@') || has_parameter(login) {
            return Err(refused(
                "it has more than one `@`, or one in a parameter: write an `@` of a user, a \
                 password or a parameter as %40",
            ));
        }
        let Some(question) = behind_user.find('?') else {
            return Ok(Self {
                driver: url.to_owned(),
                wishes: Wishes::default(),
            });
        };
        let (base, parameters) = url.split_at(url.len() - behind_user.len() + question);
        let mut wishes = Wishes::default();
        let mut others = Vec::new();
        for parameter in parameters[1..].split('&').filter(|text| !text.is_empty()) {
            let (name, value) = pair(parameter)?;
            match name.as_str() {
                "sslmode" => wishes.mode = Some(value),
                "sslrootcert" => wishes.roots = Some(value),
                "sslcert" => wishes.certificate = Some(value),
                "sslkey" => wishes.key = Some(value),
                name if DRIVERS.contains(&name) => others.push(parameter),
                name => return Err(unknown(name)),
            }
        }
        let driver = format!("{base}?{}", others.join("&"));
        Ok(Self { driver, wishes })
    }
}

/// Whether what the driver takes for user and password goes on into the parameters: the `@` is one of theirs.
fn has_parameter(login: &str) -> bool {
    let mut parameters = login.split(['?', '&']).skip(1);
    parameters.any(|parameter| {
        let (name, _) = parameter.split_once('=').unwrap_or_default();
        let name = percent::decoded(name).unwrap_or_default();
        DRIVERS.contains(&name.as_str()) || OURS.contains(&name.as_str())
    })
}

/// A parameter, decoded. A plus is a plus here.
fn pair(parameter: &str) -> Result<(String, String), DatabaseFault> {
    let (name, value) = parameter
        .split_once('=')
        .ok_or_else(|| refused("a parameter after the `?` has no value: expected name=value"))?;
    let decoded = |text| percent::decoded(text).ok_or_else(|| refused(EXPECTED));
    Ok((decoded(name)?, decoded(value)?))
}

fn unknown(name: &str) -> DatabaseFault {
    let known = OURS.iter().chain(&DRIVERS);
    let nearest = nearest(name, known.map(ToString::to_string));
    // Of a password with a `&` in it, the rest looks like a parameter.
    let unknown = "it has an unknown parameter, which may be a part of a password and is not shown";
    refused(&match nearest {
        Some(meant) => format!("{unknown}: did you mean `{meant}`?"),
        None => format!("{unknown}: expected one of {}", OURS.join(", ")),
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
    let has = |name: Option<&str>, signs: &[char]| name.is_some_and(|name| name.contains(signs));
    let are_hosts = hosts(&config).iter().all(|host| is_host(host));
    let are_names = !has(config.get_dbname(), &['=', '@']) && !has(config.get_user(), &['=']);
    if !are_hosts || !are_names {
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
        Host::Tcp(name) => bracketed(name.clone()),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        let addresses = config.get_hostaddrs().iter();
        return addresses
            .map(|address| bracketed(address.to_string()))
            .collect();
    }
    names
}

/// An IPv6 address as it stands before a port.
fn bracketed(host: String) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host
    }
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
mod tests;

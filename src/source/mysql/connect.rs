//! A connection: made in bounded time, as safe as was asked for, and ended at once.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use mysql::consts::CapabilityFlags;
use mysql::prelude::Queryable;
use mysql::{Conn, DriverError, Error, OptsBuilder, SslOpts};

use super::address::{Address, Place, TlsMode};
use super::fault::{connecting, running};
use crate::model::Secret;
use crate::source::DatabaseFault as Fault;

/// How long one address of the server may take to answer.
const CONNECT: Duration = Duration::from_secs(10);

/// How long all may take until the server has let us in: name, TLS and password included.
const WELCOME: Duration = Duration::from_secs(30);

/// How long ending a pass half way may hold up whoever ends it.
const KILL: Duration = Duration::from_secs(10);

/// After so long without a word the other side is asked whether it is still there: a slow query is
/// waited for without end, a machine that is gone is not.
const KEEPALIVE_MILLISECONDS: u32 = 30_000;
const KEEPALIVE_EVERY_SECONDS: u32 = 10;
const KEEPALIVE_TIMES: u32 = 6;

/// Connects, and is let in.
pub(super) fn connect(address: &Arc<Address>) -> Result<Conn, Fault> {
    if let Some(path) = &address.root_certificates {
        // The driver would only say that some file is missing.
        std::fs::File::open(path).map_err(|cause| Fault::UrlFile {
            parameter: "sslrootcert",
            path: path.display().to_string(),
            expected: "a file of certificates",
            cause: Some(cause),
        })?;
    }
    enter(address, WELCOME)
}

/// Ends another connection from outside, whatever it is doing.
pub(super) fn kill(address: &Arc<Address>, connection: u32) -> Result<(), Fault> {
    let mut conn = enter(address, KILL)?;
    conn.query_drop(format!("KILL CONNECTION {connection}"))
        .map_err(|error| running(0, error))
}

/// Over any of the server's addresses, with TLS if that is wanted and can be had.
fn enter(address: &Arc<Address>, within: Duration) -> Result<Conn, Fault> {
    let asked = Arc::clone(address);
    let entered = in_time(within, move || enter_now(&asked));
    entered.unwrap_or_else(|late| {
        Err(match late {
            Late::Silent => Fault::Unreachable {
                server: address.server(),
                cause: Some(io::ErrorKind::TimedOut.into()),
            },
            Late::Panicked => Fault::LoginMethod {
                server: address.server(),
                method: "ed25519 or parsec".to_owned(),
            },
        })
    })
}

fn enter_now(address: &Address) -> Result<Conn, Fault> {
    let options = options(address);
    let secure = options.clone().ssl_opts(tls(address));
    let families = families(&address.place)?;
    let entered = match address.tls {
        TlsMode::Disable => try_all(&options, &families),
        TlsMode::Require | TlsMode::VerifyFull => try_all(&secure, &families),
        TlsMode::Prefer => match try_all(&secure, &families) {
            Err(Error::DriverError(DriverError::TlsNotSupported)) => try_all(&options, &families),
            other => other,
        },
    };
    entered.map_err(|error| connecting(address, error))
}

fn options(address: &Address) -> OptsBuilder {
    let options = OptsBuilder::new()
        .user(Some(address.user.as_str()))
        .pass(address.password.as_ref().map(Secret::expose))
        .db_name(address.database.as_deref())
        // What was named is what is used: no socket in place of a port.
        .prefer_socket(false)
        // Whoever writes is told of the rows that were met, not of those that were changed.
        .additional_capabilities(CapabilityFlags::CLIENT_FOUND_ROWS)
        .tcp_connect_timeout(Some(CONNECT))
        .tcp_keepalive_time_ms(Some(KEEPALIVE_MILLISECONDS))
        .tcp_keepalive_probe_interval_secs(Some(KEEPALIVE_EVERY_SECONDS))
        .tcp_keepalive_probe_count(Some(KEEPALIVE_TIMES));
    match &address.place {
        Place::Host { host, port } => options.ip_or_hostname(Some(host.as_str())).tcp_port(*port),
        Place::Socket(path) => options.socket(Some(path.as_str())),
    }
}

/// How the server's certificate is looked at.
fn tls(address: &Address) -> SslOpts {
    SslOpts::default()
        .with_root_cert_path(address.root_certificates.clone())
        .with_danger_accept_invalid_certs(address.tls != TlsMode::VerifyFull)
}

/// An address of this machine for each family that the host has addresses of, in its own order.
///
/// The driver tries all addresses of a family when it is told where to call from, and else only the
/// first one: a server that `localhost` has in IPv4 alone would not be found behind `::1`.
fn families(place: &Place) -> Result<Vec<Option<SocketAddr>>, Fault> {
    let Place::Host { host, port } = place else {
        return Ok(vec![None]);
    };
    let addresses = (host.trim_matches(['[', ']']), *port).to_socket_addrs();
    let addresses = addresses.map_err(|_| Fault::UnknownHost { host: host.clone() })?;
    let mut families = Vec::new();
    for address in addresses {
        let from = Some(match address {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        });
        if !families.contains(&from) {
            families.push(from);
        }
    }
    Ok(families)
}

/// The first family over which the server can be reached decides.
fn try_all(options: &OptsBuilder, families: &[Option<SocketAddr>]) -> mysql::Result<Conn> {
    let mut last = Err(Error::DriverError(DriverError::CouldNotConnect(None)));
    for family in families {
        last = Conn::new(options.clone().bind_address(*family));
        let is_reached = !matches!(
            last,
            Err(Error::DriverError(
                DriverError::CouldNotConnect(_) | DriverError::ConnectTimeout
            ))
        );
        if is_reached {
            break;
        }
    }
    last
}

/// Why a thread gave nothing.
enum Late {
    Silent,
    Panicked,
}

/// What the work gives, on a thread that is left behind if it takes too long: a server that takes the
/// call and says nothing must not hold up a run for ever.
fn in_time<T: Send + 'static>(
    within: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Late> {
    let (done, result) = sync_channel(1);
    // Whoever waited may have gone.
    thread::spawn(move || drop(done.send(work())));
    result.recv_timeout(within).map_err(|error| match error {
        RecvTimeoutError::Timeout => Late::Silent,
        // So the driver does where a server asks for a kind of login that it was built without.
        RecvTimeoutError::Disconnected => Late::Panicked,
    })
}

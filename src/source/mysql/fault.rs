//! What the driver and the server say, in the words of a source.
//!
//! A server's message is shown only where it speaks of the query alone; many others quote a value.

use std::error::Error as StdError;
use std::io;

use mysql::{DriverError, Error, MySqlError};

use super::address::{Address, Place};
use crate::source::DatabaseFault as Fault;

/// What to do about a server that speaks in the clear only.
const WAY_OUT: &str = "sslmode=disable";

/// Why there is no connection.
pub(super) fn connecting(address: &Address, error: Error) -> Fault {
    let server = address.server();
    match error {
        Error::MySqlError(error) => refused(address, &error),
        Error::DriverError(DriverError::CouldNotConnect(why)) => Fault::Unreachable {
            server,
            cause: why.map(|(_, _, kind)| kind.into()),
        },
        Error::DriverError(DriverError::ConnectTimeout) => Fault::Unreachable {
            server,
            cause: Some(io::ErrorKind::TimedOut.into()),
        },
        Error::DriverError(DriverError::TlsNotSupported) => Fault::NoTls {
            server,
            way_out: WAY_OUT,
        },
        Error::DriverError(DriverError::UnknownAuthPlugin(method)) => {
            Fault::LoginMethod { server, method }
        }
        Error::DriverError(DriverError::CleartextPluginDisabled) => Fault::LoginMethod {
            server,
            method: "mysql_clear_password".to_owned(),
        },
        Error::DriverError(DriverError::OldMysqlPasswordDisabled) => Fault::LoginMethod {
            server,
            method: "mysql_old_password".to_owned(),
        },
        other => match tls_error(&other) {
            Some(error) => Fault::Tls {
                server,
                why: tls_text(address, error),
            },
            None => Fault::Unreachable {
                server,
                cause: Some(match io_error(&other) {
                    Some(error) => error.kind().into(),
                    None => io::Error::other("what answers there does not speak as MySQL does"),
                }),
            },
        },
    }
}

/// Why the server does not let us in.
fn refused(address: &Address, error: &MySqlError) -> Fault {
    let (server, code) = (address.server(), code(error));
    let user = address.user.clone();
    match error.code {
        1045 if address.password.is_none() => Fault::NoPassword { server },
        // Wrong, locked, expired, from elsewhere, or logged in by other means than a password.
        1045 | 1129 | 1130 | 1251 | 1396 | 1698 | 1820 | 1862 | 3118 | 3878 | 4151 => {
            Fault::Login { server, user, code }
        }
        1049 => Fault::NoDatabase {
            server,
            database: address.database.clone().unwrap_or_default(),
            code,
        },
        3159 => Fault::Tls {
            server,
            why: format!("asks for TLS ({code}), and the URL says {WAY_OUT}: drop that"),
        },
        1040 | 1203 | 1226 => Fault::Busy {
            code,
            why: "it has no connection left",
        },
        _ => said(0, error),
    }
}

/// Why the pass does not go on after this many rows.
pub(super) fn running(rows: u64, error: Error) -> Fault {
    match error {
        Error::MySqlError(error) => said(rows, &error),
        Error::DriverError(_) => Fault::Lost {
            rows,
            code: "its answer cannot be read".to_owned(),
        },
        _ => Fault::Lost {
            rows,
            code: "without a word of the server".to_owned(),
        },
    }
}

/// What a server says of a statement.
fn said(rows: u64, error: &MySqlError) -> Fault {
    let code = code(error);
    match error.code {
        1044 | 1142 | 1143 | 1227 | 1356 | 1370 => Fault::Denied {
            code,
            message: error.message.clone(),
        },
        1146 => Fault::NoTable {
            table: table_of(&error.message),
            code,
            nearest: None,
        },
        1290 | 1792 | 1836 => Fault::Writes { code },
        1046 | 1052 | 1054 | 1055 | 1060 | 1064 | 1066 | 1109 | 1111 | 1140 | 1221 | 1222
        | 1235 | 1241 | 1247 | 1248 | 1305 | 1630 => Fault::Query {
            code,
            message: of_query(error),
            place: None,
        },
        1028 | 1317 | 1969 | 3024 => Fault::Cancelled {
            rows,
            code,
            advice: "",
        },
        1053 | 1079 | 1080 | 1152 | 1158..=1161 | 1184 | 1927 | 3169 | 4031 => {
            Fault::Lost { rows, code }
        }
        1205 | 1213 | 1412 => Fault::Busy {
            code,
            why: "another transaction changes or locks the table",
        },
        _ => match of_row(error.code) {
            Some(what) => Fault::Row { rows, code, what },
            None => Fault::Server { rows, code },
        },
    }
}

/// What of a row made an expression of the query fail.
fn of_row(code: u16) -> Option<&'static str> {
    match code {
        1242 => Some("a subquery gives more than one row"),
        1264 | 1690 => Some("a number is out of its range"),
        1292 | 1366 | 1411 | 1525 => Some("a value is not of the type that it is taken for"),
        1365 => Some("a division by zero"),
        3140..=3158 | 4037 | 4038 => Some("a value is not the JSON that it is taken for"),
        _ => None,
    }
}

/// The server's words on the query, and what to do where they do not say it.
fn of_query(error: &MySqlError) -> String {
    let message = match error.message.rsplit_once("the right syntax to use ") {
        Some((_, near)) => format!("it is not understood {}", without_frame(near)),
        None => error.message.clone(),
    };
    let advice = match error.code {
        1046 => ": name one in the URL, behind the host, or before the table, as in `app.users`",
        1060 => ": give each column of the query a name of its own, as in `o.id AS order_id`",
        _ => "",
    };
    message + advice
}

/// A place in the query, as in `near 'FORM users' at line 2`, without what stands around the query.
fn without_frame(near: &str) -> String {
    let Some((begin, rest)) = near.split_once("near '") else {
        return near.to_owned();
    };
    match (rest.find("\n) AS "), rest.rfind("' at line")) {
        (Some(frame), Some(end)) if frame < end => {
            format!("{begin}near '{}{}", &rest[..frame], &rest[end..])
        }
        _ if rest.starts_with(") AS ") => format!("{begin}at its end"),
        _ => near.to_owned(),
    }
}

/// The table's name in `Table 'app.users' doesn't exist`.
fn table_of(message: &str) -> String {
    let name = message.split('\'').nth(1);
    name.unwrap_or("of the query").to_owned()
}

fn code(error: &MySqlError) -> String {
    format!("error {}", error.code)
}

/// What TLS did not like, wherever the driver has put it.
fn tls_error(error: &Error) -> Option<&rustls::Error> {
    if let Error::TlsError(error) = error {
        return error.source()?.downcast_ref();
    }
    io_error(error)?.get_ref()?.downcast_ref()
}

fn io_error(error: &Error) -> Option<&io::Error> {
    match error {
        Error::IoError(error) => Some(error),
        Error::CodecError(error) => error.source()?.downcast_ref(),
        _ => None,
    }
}

fn tls_text(address: &Address, error: &rustls::Error) -> String {
    use rustls::CertificateError as C;
    let rustls::Error::InvalidCertificate(why) = error else {
        return format!("TLS cannot be agreed on ({error})");
    };
    match why {
        C::NotValidForName | C::NotValidForNameContext { .. } => {
            "its certificate is for another host: name the host in the URL as the certificate does"
                .to_owned()
        }
        C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. } => {
            "its certificate is out of date: renew it there, or look at the clock here".to_owned()
        }
        _ if address.root_certificates.is_some() => format!(
            "its certificate is not trusted ({why}): check that the file in sslrootcert has the \
             authority that signed it"
        ),
        _ => format!(
            "its certificate is not trusted ({why}): name the file with the authority that signed it \
             in the URL, as in sslrootcert=/etc/ssl/database-root.pem"
        ),
    }
}

impl Address {
    /// The server, as the operator knows it.
    pub(super) fn server(&self) -> String {
        match &self.place {
            Place::Host { host, port } => format!("{host}:{port}"),
            Place::Socket(path) => path.clone(),
        }
    }
}

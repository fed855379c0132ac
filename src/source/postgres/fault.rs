//! What the server's codes mean, and what the driver says when there is none.
//!
//! A message of the server is shown only where it cannot quote a value of a row: of class 42, while a
//! query is looked at and no row has been read.

use std::error::Error as _;
use std::io;

use tokio_postgres::error::{DbError, ErrorPosition};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::address::Address;
use super::describe::cells;
use super::statement::{TABLES, place_in_query};
use crate::model::Query;
use crate::source::database::nearest;
use crate::source::{DatabaseFault, QueryPlace};

const RAISE: &str = ": raise statement_timeout for its role, or add options=-c%20statement_timeout%3D0 \
                     to the URL";

/// The connection could not be made.
pub(super) fn not_connected(error: &Error, address: &Address) -> DatabaseFault {
    let server = address.server();
    if let Some(error) = error.as_db_error() {
        return turned_away(error, address);
    }
    if let Some(error) = cause::<rustls::Error>(error) {
        return not_trusted(error, address);
    }
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    match (error.to_string().as_str(), source.as_str()) {
        (_, "password missing") => DatabaseFault::NoPassword { server },
        (_, "server does not support TLS") => DatabaseFault::NoTls {
            server,
            way_out: "sslmode=disable",
        },
        // The driver's own words for what the server asked for, and nothing of the password.
        ("authentication error", why) => DatabaseFault::Login {
            server,
            user: address.user(),
            code: why.to_owned(),
        },
        ("error connecting to server", _) if is_lookup(error) => DatabaseFault::UnknownHost {
            host: address.hosts(),
        },
        _ => DatabaseFault::Unreachable {
            server,
            cause: io_error(error),
        },
    }
}

fn turned_away(error: &DbError, address: &Address) -> DatabaseFault {
    let (server, code) = (address.server(), code(error));
    match error.code().code() {
        "28P01" | "28000" => DatabaseFault::Login {
            server,
            user: address.user(),
            code,
        },
        "3D000" => DatabaseFault::NoDatabase {
            server,
            database: address.database(),
            code,
        },
        "42501" => DatabaseFault::Denied {
            code,
            message: format!("the database {}", address.database()),
        },
        _ => in_rows(Some(error), 0),
    }
}

/// Whether a certificate that may sign others stands for a server, as the ones do that `openssl req
/// -x509` makes. The verifier has no name of its own for it.
fn is_its_own_authority(fault: &rustls::CertificateError) -> bool {
    matches!(fault, rustls::CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity"))
}

fn not_trusted(error: &rustls::Error, address: &Address) -> DatabaseFault {
    use rustls::CertificateError as C;
    let why = match error {
        rustls::Error::InvalidCertificate(issuer)
            if *issuer == C::UnknownIssuer || is_its_own_authority(issuer) =>
        {
            "its certificate is signed by nobody who is trusted here: name the certificate of its \
             authority with sslrootcert=PATH, or, where the network itself is trusted, say \
             sslmode=require"
                .to_owned()
        }
        rustls::Error::InvalidCertificate(
            C::NotValidForName | C::NotValidForNameContext { .. },
        ) => {
            "its certificate is for another name: use the name that the certificate has, or, with \
              sslrootcert=PATH of your own authority, sslmode=verify-ca"
                .to_owned()
        }
        error => format!("TLS failed ({error})"),
    };
    DatabaseFault::Tls {
        server: address.server(),
        why,
    }
}

/// Whether no address was found for a name: what the system's resolver says is no error of a socket.
fn is_lookup(error: &Error) -> bool {
    let known = [
        io::ErrorKind::TimedOut,
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::NotFound,
    ];
    cause::<io::Error>(error)
        .is_some_and(|error| error.raw_os_error().is_none() && !known.contains(&error.kind()))
}

fn io_error(error: &Error) -> Option<io::Error> {
    let cause = cause::<io::Error>(error)?;
    Some(match cause.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => cause.kind().into(),
    })
}

/// The first cause of that kind.
fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        cause = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// A client, and what its answers are about.
pub(super) struct Asked<'a> {
    pub(super) client: &'a Client,
    pub(super) query: &'a Query,
    /// The query as it is sent.
    pub(super) text: &'a str,
}

impl Asked<'_> {
    /// The answer to a statement before any row was read.
    pub(super) async fn ask(
        &self,
        statement: &str,
    ) -> Result<Vec<SimpleQueryMessage>, DatabaseFault> {
        match self.client.simple_query(statement).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.refused(&error, statement).await),
        }
    }

    /// Has the server read a statement, and forget it.
    pub(super) async fn prepare(&self, statement: &str) -> Result<(), DatabaseFault> {
        match self.client.prepare(statement).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.refused(&error, statement).await),
        }
    }

    async fn refused(&self, error: &Error, statement: &str) -> DatabaseFault {
        let Some(error) = error.as_db_error() else {
            return in_rows(None, 0);
        };
        let (code, message) = (code(error), error.message().to_owned());
        match error.code().code() {
            "42P01" => {
                let table = self.table(&message);
                let nearest = nearest(&table, self.tables().await);
                DatabaseFault::NoTable {
                    table,
                    code,
                    nearest,
                }
            }
            "42501" => DatabaseFault::Denied { code, message },
            // Writing is looked for in a query that is read.
            "0A000" if message.contains("data-modifying") => DatabaseFault::Writes { code },
            class if class.starts_with("42") || class == "3F000" || class == "0A000" => {
                let place = self.place(error, statement);
                DatabaseFault::Query {
                    code,
                    message,
                    place,
                }
            }
            _ => in_rows(Some(error), 0),
        }
    }

    /// The table that is not there, as the operator wrote it.
    fn table(&self, message: &str) -> String {
        match self.query {
            Query::Table(name) => name.clone(),
            Query::Sql(_) => message.split('"').nth(1).unwrap_or_default().to_owned(),
        }
    }

    fn place(&self, error: &DbError, statement: &str) -> Option<QueryPlace> {
        let (Query::Sql(_), Some(ErrorPosition::Original(position))) =
            (self.query, error.position())
        else {
            return None;
        };
        let character = place_in_query(statement, *position)?;
        (character < self.text.chars().count()).then(|| QueryPlace::of(self.text, character))
    }

    /// The tables that there are, or none: the error is told in any case.
    async fn tables(&self) -> Vec<String> {
        if self.client.batch_execute("ROLLBACK").await.is_err() {
            return Vec::new();
        }
        let listed = self.client.simple_query(TABLES).await.unwrap_or_default();
        cells(&listed).into_iter().flatten().flatten().collect()
    }
}

/// Reading broke off after so many rows; without an error of the server's, it is gone.
pub(super) fn in_rows(error: Option<&DbError>, rows: u64) -> DatabaseFault {
    let Some(error) = error else {
        let code = "without a word of the server".to_owned();
        return DatabaseFault::Lost { rows, code };
    };
    let said = code(error);
    let busy = |why| DatabaseFault::Busy {
        code: said.clone(),
        why,
    };
    match error.code().code() {
        "57014" => DatabaseFault::Cancelled {
            rows,
            code: said,
            advice: RAISE,
        },
        "53300" => busy("all its connections are taken"),
        "57P03" if rows == 0 => busy("it starts, or it stops"),
        "40001" | "40P01" => busy("a standby had to go on, or somebody held a lock"),
        "55P03" => busy("somebody holds a lock"),
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04" => {
            DatabaseFault::Lost { rows, code: said }
        }
        "25006" => DatabaseFault::Writes { code: said },
        "42501" => DatabaseFault::Denied {
            code: said,
            message: String::new(),
        },
        other => match &other[..2] {
            "08" => DatabaseFault::Lost { rows, code: said },
            "22" => row(rows, said, "a value that an expression does not take"),
            "P0" => row(rows, said, "a function raised it"),
            "21" | "23" | "2F" | "38" | "39" | "42" => row(rows, said, "an expression failed"),
            _ => DatabaseFault::Server { rows, code: said },
        },
    }
}

fn row(rows: u64, code: String, what: &'static str) -> DatabaseFault {
    DatabaseFault::Row { rows, code, what }
}

fn code(error: &DbError) -> String {
    format!("SQLSTATE {}", error.code().code())
}

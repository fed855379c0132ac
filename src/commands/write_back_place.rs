//! From the configuration of a write back to the database.

use std::fmt::Write;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::config::{Database, Env};
use crate::engine::EngineError;
use crate::exit::Failure;
use crate::model::Secret;
use crate::model::write_back::{IdColumns, IdPlace, Parameter};
use crate::source::write_back::{
    MysqlWriteBack, PostgresWriteBack, SqliteWriteBack, WriteBack, WriteBackError,
};

/// A database whose address is known. Nothing is opened yet.
pub(super) enum WriteBackPlace {
    Sqlite(PathBuf),
    Postgres(Server),
    Mysql(Server),
}

/// An address, and what may be shown of it.
pub(super) struct Server {
    url: Secret,
    place: String,
}

impl Server {
    fn of(
        url: Secret,
        place: impl FnOnce(&Secret) -> Result<String, WriteBackError>,
    ) -> Result<Self, Failure> {
        let place = place(&url).map_err(EngineError::WriteBack)?;
        Ok(Self { url, place })
    }
}

impl WriteBackPlace {
    pub(super) fn of(database: &Database, env: &Env) -> Result<Self, Failure> {
        Ok(match database {
            Database::Sqlite(path) => Self::Sqlite(path.clone()),
            Database::Postgres(url) => {
                Self::Postgres(Server::of(url.read(env)?, PostgresWriteBack::place)?)
            }
            Database::Mysql(url) => Self::Mysql(Server::of(url.read(env)?, MysqlWriteBack::place)?),
        })
    }

    /// Tells this place from every other one, and names none of its parts. Who writes there does not
    /// matter.
    pub(super) fn id(&self, into: &IdPlace) -> String {
        let (kind, place) = match self {
            Self::Sqlite(path) => {
                let path = path.canonicalize().unwrap_or_else(|_| path.clone());
                ("sqlite", path.display().to_string())
            }
            Self::Postgres(server) => ("postgres", server.place.clone()),
            Self::Mysql(server) => ("mysql", server.place.clone()),
        };
        let into = match into {
            IdPlace::Columns(IdColumns { table, key, id }) => {
                ["columns", table, key, id].join("\0")
            }
            IdPlace::Statement(statement) => {
                let name = |parameter| match parameter {
                    Parameter::Key => ":key",
                    Parameter::CustomerId => ":customer_id",
                };
                format!("statement\0{}", statement.sql(name))
            }
        };
        let digest = Sha256::digest([kind, &place, &into].join("\0"));
        digest[..16].iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes every write");
            text
        })
    }

    /// Connects, and looks whether what is named is there.
    pub(super) fn open(&self, into: &IdPlace) -> Result<Box<dyn WriteBack>, WriteBackError> {
        Ok(match self {
            Self::Sqlite(path) => Box::new(SqliteWriteBack::open(path, into)?),
            Self::Postgres(server) => Box::new(PostgresWriteBack::open(&server.url, into)?),
            Self::Mysql(server) => Box::new(MysqlWriteBack::open(&server.url, into)?),
        })
    }
}

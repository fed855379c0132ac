//! The connection, and a batch of ids.

use mysql::prelude::Queryable;
use mysql::{Conn, Params, Transaction, TxOpts, Value};

use super::columns::Columns;
use super::fault::{fault, of_row};
use crate::model::write_back::{IdPlace, Parameter, Statement};
use crate::model::{CustomerId, Key, Secret};
use crate::source::mysql as server;
use crate::source::write_back::{Fate, WriteBack, WriteBackError, WriteBackFault};

/// What is said first: a value is refused and not cut, and somebody else's lock is not waited for
/// without end.
const SESSION: [&str; 2] = [
    "SET NAMES utf8mb4",
    "SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_ALL_TABLES'), \
     innodb_lock_wait_timeout = 30",
];

/// A database that takes ids.
pub struct MysqlWriteBack {
    name: String,
    conn: Conn,
    sql: Sql,
}

enum Sql {
    Columns(Columns),
    Statement(Spelt),
}

/// A statement as the server takes it.
struct Spelt {
    sql: String,
    parameters: Vec<Parameter>,
    inserts: bool,
}

impl MysqlWriteBack {
    /// What the database is called: `host/database`.
    ///
    /// # Errors
    /// The address is none. The error holds no part of it.
    pub fn place(url: &Secret) -> Result<String, WriteBackError> {
        server::place(url).map_err(|fault| WriteBackError::address("mysql", fault))
    }

    /// Connects, and looks whether the columns are there and can hold keys and ids.
    pub fn open(url: &Secret, into: &IdPlace) -> Result<Self, WriteBackError> {
        let name = format!("mysql {}", Self::place(url)?);
        match Self::prepared(url, into) {
            Ok((conn, sql)) => Ok(Self { name, conn, sql }),
            Err(fault) => Err(WriteBackError { name, fault }),
        }
    }

    fn prepared(url: &Secret, into: &IdPlace) -> Result<(Conn, Sql), WriteBackFault> {
        let mut conn =
            server::open(url).map_err(|fault| WriteBackFault::Connect(Box::new(fault)))?;
        for statement in SESSION {
            conn.query_drop(statement).map_err(|error| fault(&error))?;
        }
        let sql = match into {
            IdPlace::Columns(columns) => Sql::Columns(Columns::look(&mut conn, columns)?),
            IdPlace::Statement(statement) => Sql::Statement(Spelt::of(statement)),
        };
        Ok((conn, sql))
    }

    fn write_all(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackFault> {
        let options = TxOpts::default();
        let mut transaction = self
            .conn
            .start_transaction(options)
            .map_err(|error| fault(&error))?;
        let fates = match &self.sql {
            Sql::Columns(columns) => columns.write(&mut transaction, batch)?,
            Sql::Statement(spelt) => spelt.write(&mut transaction, batch)?,
        };
        transaction.commit().map_err(|error| fault(&error))?;
        Ok(fates)
    }
}

impl WriteBack for MysqlWriteBack {
    fn write(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackError> {
        self.write_all(batch).map_err(|fault| WriteBackError {
            name: self.name.clone(),
            fault,
        })
    }
}

impl Spelt {
    fn of(statement: &Statement) -> Self {
        Self {
            sql: statement.sql(|_| "?"),
            parameters: statement.parameters().collect(),
            inserts: statement.verb() == "INSERT",
        }
    }

    /// One by one.
    fn write(
        &self,
        transaction: &mut Transaction<'_>,
        batch: &[(Key, CustomerId)],
    ) -> Result<Vec<Fate>, WriteBackFault> {
        let statement = transaction.prep(&self.sql).map_err(|error| fault(&error))?;
        let mut fates = Vec::with_capacity(batch.len());
        for (key, customer_id) in batch {
            let values = self.values(key, customer_id);
            transaction
                .exec_drop(&statement, Params::Positional(values))
                .map_err(|error| of_row(key, &error))?;
            fates.push(match (transaction.affected_rows(), self.inserts) {
                (0, _) => Fate::Missing,
                // A row that `ON DUPLICATE KEY UPDATE` changes counts twice.
                (1, _) | (2, true) => Fate::Written,
                (rows, _) => {
                    return Err(WriteBackFault::Several {
                        key: key.clone(),
                        rows,
                    });
                }
            });
        }
        Ok(fates)
    }

    fn values(&self, key: &Key, customer_id: &CustomerId) -> Vec<Value> {
        let value = |parameter: &Parameter| match parameter {
            Parameter::Key => Value::from(key.as_str()),
            Parameter::CustomerId => Value::from(customer_id.as_str()),
        };
        self.parameters.iter().map(value).collect()
    }
}

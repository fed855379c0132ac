//! The connection, and a batch of ids.

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio_postgres::{Client, Transaction};

use super::columns::Columns;
use super::fault::{fault, of_rows};
use super::parameter::{Spelt, form_of};
use crate::model::write_back::{IdPlace, Parameter};
use crate::model::{CustomerId, Key, Secret};
use crate::source::postgres;
use crate::source::write_back::{Fate, WriteBack, WriteBackError, WriteBackFault};

/// What every batch says first: somebody else's lock is not waited for without end.
const PATIENCE: &str = "SET LOCAL lock_timeout = '30s'";

/// A database that takes ids.
pub struct PostgresWriteBack {
    name: String,
    client: Client,
    sql: Sql,
    /// The connection is at work among these.
    _tasks: JoinSet<Result<(), tokio_postgres::Error>>,
    /// Dropped last.
    runtime: Runtime,
}

enum Sql {
    Columns(Columns),
    Statement(String),
}

impl PostgresWriteBack {
    /// What the database is called: `host/database`.
    ///
    /// # Errors
    /// The address is none. The error holds no part of it.
    pub fn place(url: &Secret) -> Result<String, WriteBackError> {
        postgres::place(url).map_err(|fault| WriteBackError::address("postgres", fault))
    }

    /// Connects, and looks whether the columns are there and can hold keys and ids. Blocking; for a
    /// thread without a runtime.
    pub fn open(url: &Secret, into: &IdPlace) -> Result<Self, WriteBackError> {
        let name = format!("postgres {}", Self::place(url)?);
        let failed = |fault| WriteBackError {
            name: name.clone(),
            fault,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(WriteBackFault::Connect(Box::new(error))))?;
        let mut tasks = JoinSet::new();
        let opened = runtime.block_on(async {
            let client = postgres::open(url, &mut tasks)
                .await
                .map_err(|fault| WriteBackFault::Connect(Box::new(fault)))?;
            let sql = match into {
                IdPlace::Columns(columns) => Sql::Columns(Columns::look(&client, columns).await?),
                IdPlace::Statement(statement) => Sql::Statement(statement.sql(placeholder)),
            };
            Ok((client, sql))
        });
        let (client, sql) = opened.map_err(failed)?;
        Ok(Self {
            name,
            client,
            sql,
            _tasks: tasks,
            runtime,
        })
    }
}

impl WriteBack for PostgresWriteBack {
    fn write(&mut self, batch: &[(Key, CustomerId)]) -> Result<Vec<Fate>, WriteBackError> {
        let Self {
            client,
            sql,
            runtime,
            ..
        } = self;
        let written = runtime.block_on(async {
            let transaction = client.transaction().await.map_err(|error| fault(&error))?;
            transaction
                .batch_execute(PATIENCE)
                .await
                .map_err(|error| fault(&error))?;
            let fates = match sql {
                Sql::Columns(columns) => columns.write(&transaction, batch).await?,
                Sql::Statement(sql) => by_statement(&transaction, sql, batch).await?,
            };
            transaction.commit().await.map_err(|error| fault(&error))?;
            Ok(fates)
        });
        written.map_err(|fault| WriteBackError {
            name: self.name.clone(),
            fault,
        })
    }
}

const fn placeholder(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Key => "$1",
        Parameter::CustomerId => "$2",
    }
}

/// One by one. A key that the statement's own type for it cannot hold has no row.
async fn by_statement(
    transaction: &Transaction<'_>,
    sql: &str,
    batch: &[(Key, CustomerId)],
) -> Result<Vec<Fate>, WriteBackFault> {
    let statement = transaction
        .prepare(sql)
        .await
        .map_err(|error| fault(&error))?;
    let form = form_of(statement.params().first());
    let mut fates = Vec::with_capacity(batch.len());
    for (key, customer_id) in batch {
        let Some(spelt) = form.spelt(key) else {
            fates.push(Fate::Missing);
            continue;
        };
        let rows = transaction
            .execute(&statement, &[&Spelt(&spelt), &Spelt(customer_id.as_str())])
            .await
            .map_err(|error| of_rows(key, key, &error))?;
        fates.push(match rows {
            0 => Fate::Missing,
            1 => Fate::Written,
            rows => {
                return Err(WriteBackFault::Several {
                    key: key.clone(),
                    rows,
                });
            }
        });
    }
    Ok(fates)
}

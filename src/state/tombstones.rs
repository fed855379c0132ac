//! Tombstones: which users were absent, since when; and what was deleted lately.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use super::error::StateError;
use super::open::State;
use crate::model::{CustomerId, Key};
use crate::plan::Tombstone;

/// Times are kept as text with as many digits as they have, so that their order is exact to a second.
const SLACK: SignedDuration = SignedDuration::from_secs(1);

impl State {
    /// Records that a read which counts missed the users of these customers.
    pub fn record_absent_blocking(
        &self,
        absent: Vec<(Key, CustomerId)>,
        at: Timestamp,
    ) -> Result<(), StateError> {
        let at = at.to_string();
        self.owner.call_blocking(move |connection| {
            let sql = "INSERT INTO tombstone (key, customer_id, first_absent_at, last_absent_at, reads) \
                       VALUES (?1, ?2, ?3, ?3, 1) \
                       ON CONFLICT DO UPDATE SET last_absent_at = ?3, reads = reads + 1";
            each(connection, sql, &absent, |statement, key, customer_id| {
                statement.execute(params![key, customer_id, at])
            })
        })
    }

    /// Forgets that users were absent: they were seen.
    pub fn clear_absent_blocking(&self, seen: Vec<(Key, CustomerId)>) -> Result<(), StateError> {
        self.owner.call_blocking(move |connection| {
            let sql = "DELETE FROM tombstone WHERE key = ?1 AND customer_id = ?2";
            each(connection, sql, &seen, |statement, key, customer_id| {
                statement.execute(params![key, customer_id])
            })
        })
    }

    /// Customers that runs of this state deleted since then, and those of which it is not known yet.
    pub async fn deleted_since(&self, since: Timestamp) -> Result<u64, StateError> {
        let since = since.checked_sub(SLACK).unwrap_or(since).to_string();
        self.owner
            .call(move |connection| {
                connection
                    .query_row(
                        "SELECT count(*) FROM change WHERE kind = 'delete' AND attempted_at >= ?1 \
                         AND status IN ('applied', 'in_flight', 'unknown')",
                        [since],
                        |row| row.get(0),
                    )
                    .map_err(StateError::sqlite("count earlier deletes"))
            })
            .await
    }
}

fn each(
    connection: &Connection,
    sql: &str,
    customers: &[(Key, CustomerId)],
    execute: impl Fn(&mut rusqlite::CachedStatement<'_>, &str, &str) -> rusqlite::Result<usize>,
) -> Result<(), StateError> {
    let action = "record absent users";
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(StateError::sqlite(action))?;
    customers.iter().try_for_each(|(key, customer_id)| {
        execute(&mut statement, key.as_str(), customer_id.as_str())
            .map(drop)
            .map_err(StateError::sqlite(action))
    })
}

/// The tombstone in three columns, from this one on. One whose times cannot be read is none: whom it was
/// for waits anew.
pub(super) fn read_tombstone(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Tombstone>> {
    let Some(reads) = row.get::<_, Option<u64>>(first + 2)? else {
        return Ok(None);
    };
    let time = |column| {
        row.get::<_, String>(column)
            .map(|text| text.parse::<Timestamp>().ok())
    };
    Ok(time(first)?
        .zip(time(first + 1)?)
        .map(|(first_absent_at, last_absent_at)| Tombstone {
            first_absent_at,
            last_absent_at,
            reads,
        }))
}

/// Drops the tombstone of a customer that is no more.
pub(super) fn drop_tombstone(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
) -> Result<(), StateError> {
    connection
        .prepare_cached("DELETE FROM tombstone WHERE key = ? AND customer_id = ?")
        .and_then(|mut statement| statement.execute(params![key.as_str(), customer_id.as_str()]))
        .map(drop)
        .map_err(StateError::sqlite("drop a customer"))
}

/// Drops those of all customers that a full scan did not see.
pub(super) fn drop_tombstones_of_nobody(connection: &Connection) -> rusqlite::Result<usize> {
    connection.execute(
        "DELETE FROM tombstone WHERE NOT EXISTS (SELECT 1 FROM mirror \
         WHERE mirror.key = tombstone.key AND mirror.customer_id = tombstone.customer_id)",
        [],
    )
}

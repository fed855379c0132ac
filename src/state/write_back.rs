//! Which customer ids stand in the platform's own database: recorded after they were committed there, so
//! that a crash in between writes them once more and loses none.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::StateError;
use super::open::State;
use crate::model::{CustomerId, Key};

/// A place that ids are written to, as this state file counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteBackNumber(i64);

/// Customers that are ours, of a key that only they have, and whose id the place does not have yet.
/// A key that Grid left out belongs to no user.
const WAITING: &str = "FROM mirror AS one \
     LEFT JOIN written_back AS done ON done.write_back = ?1 AND done.key = one.key \
     WHERE one.key > ?2 AND one.owned IS NOT NULL AND done.customer_id IS NOT one.customer_id \
     AND NOT EXISTS (SELECT 1 FROM mirror AS other WHERE other.key = one.key AND other.customer_id <> one.customer_id)";

impl State {
    /// The place with this name, which is new if nothing was ever written there.
    pub fn write_back_blocking(&self, target: String) -> Result<WriteBackNumber, StateError> {
        self.owner
            .call_blocking(move |connection| number(connection, &target))
    }

    /// Forgets what was written to the place: all of it is waiting again.
    pub fn forget_written_back_blocking(&self, place: WriteBackNumber) -> Result<(), StateError> {
        self.owner.call_blocking(move |connection| {
            connection
                .execute("DELETE FROM written_back WHERE write_back = ?", [place.0])
                .map(drop)
                .map_err(StateError::sqlite("forget what was written back"))
        })
    }

    /// How many ids the place does not have yet.
    pub fn count_waiting_blocking(&self, place: WriteBackNumber) -> Result<u64, StateError> {
        self.owner.call_blocking(move |connection| {
            let sql = format!("SELECT count(*) {WAITING}");
            connection
                .query_row(&sql, params![place.0, ""], |row| row.get(0))
                .map_err(StateError::sqlite("count what is to be written back"))
        })
    }

    /// The next ids that the place does not have yet, in key order.
    pub fn waiting_blocking(
        &self,
        place: WriteBackNumber,
        after: Option<Key>,
        limit: u32,
    ) -> Result<Vec<(Key, CustomerId)>, StateError> {
        self.owner.call_blocking(move |connection| {
            let after = after.as_ref().map_or("", Key::as_str);
            waiting(connection, place, after, limit)
                .map_err(StateError::sqlite("read what is to be written back"))
        })
    }

    /// Records what the place has from now on.
    pub fn record_written_back_blocking(
        &self,
        place: WriteBackNumber,
        written: Vec<(Key, CustomerId)>,
        at: Timestamp,
    ) -> Result<(), StateError> {
        self.owner.call_blocking(move |connection| {
            let at = at.to_string();
            written
                .iter()
                .try_for_each(|pair| record(connection, place, pair, &at))
                .map_err(StateError::sqlite("record what was written back"))
        })
    }
}

fn number(connection: &Connection, target: &str) -> Result<WriteBackNumber, StateError> {
    let sql = "SELECT number FROM write_back WHERE target = ?";
    let known = connection
        .query_row(sql, [target], |row| row.get(0))
        .optional();
    let number = known.and_then(|known| match known {
        Some(number) => Ok(number),
        None => connection
            .execute("INSERT INTO write_back (target) VALUES (?)", [target])
            .map(|_| connection.last_insert_rowid()),
    });
    number
        .map(WriteBackNumber)
        .map_err(StateError::sqlite("find where ids are written back to"))
}

fn waiting(
    connection: &Connection,
    place: WriteBackNumber,
    after: &str,
    limit: u32,
) -> rusqlite::Result<Vec<(Key, CustomerId)>> {
    let sql = format!("SELECT one.key, one.customer_id {WAITING} ORDER BY one.key LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![place.0, after, limit], |row| {
        let (key, customer_id): (String, String) = (row.get(0)?, row.get(1)?);
        Ok((Key::new(key), CustomerId::new(customer_id)))
    })?;
    rows.collect()
}

fn record(
    connection: &Connection,
    place: WriteBackNumber,
    (key, customer_id): &(Key, CustomerId),
    at: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO written_back (write_back, key, customer_id, written_at) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO UPDATE SET customer_id = ?3, written_at = ?4",
        )?
        .execute(params![place.0, key.as_str(), customer_id.as_str(), at])
        .map(drop)
}

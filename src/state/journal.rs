//! The journal: every change of a run and how far it came.
//!
//! `planned → in_flight → applied | already_applied | failed | unknown | deferred`. A change is
//! `in_flight` on disk before its request leaves, and its outcome is one transaction with what
//! the mirror learns from it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::StateError;
use super::mirror::{adopt, forget, own};
use super::open::State;
use super::runs::RunNumber;
use super::scans::Listed;
use crate::model::{CustomerId, Key, Position};
use crate::plan::{Change, ChangeKind, FieldHashes, Fingerprint, Owned};

/// How far a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeStatus {
    /// Nothing was sent, or what was sent is known to have had no effect.
    Planned,
    /// A request may be under way.
    InFlight,
    /// Done by this run.
    Applied,
    /// It was so already.
    AlreadyApplied,
    /// Grid refused it.
    Failed,
    /// A request was made and nobody knows what came of it.
    Unknown,
    /// Left for the next run.
    Deferred,
}

impl ChangeStatus {
    const ALL: [Self; 7] = [
        Self::Planned,
        Self::InFlight,
        Self::Applied,
        Self::AlreadyApplied,
        Self::Failed,
        Self::Unknown,
        Self::Deferred,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InFlight => "in_flight",
            Self::Applied => "applied",
            Self::AlreadyApplied => "already_applied",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Deferred => "deferred",
        }
    }
}

/// What is recorded of a change, together with what the mirror learns from it.
#[derive(Clone, Debug)]
pub enum Record {
    /// A request leaves now.
    InFlight {
        /// Now.
        at: Timestamp,
    },
    /// The request had no effect, for certain: the change is as it was before.
    NotApplied,
    /// A request was made and nobody knows what came of it.
    Unknown {
        /// Why, in a word.
        code: String,
    },
    /// The customer exists, and is the user's.
    Created {
        /// What Grid shows of it.
        customer: Box<Listed>,
        /// What was sent; absent where only the key is known.
        sent: Option<FieldHashes>,
        /// Whether it was made by us.
        owned: Owned,
    },
    /// The user's customer was in the mirror, and is ours from now on.
    Adopted {
        /// The customer.
        customer_id: CustomerId,
        /// What of the user agrees with it.
        sent: FieldHashes,
    },
    /// The customer is deleted.
    Deleted {
        /// The customer.
        customer_id: CustomerId,
        /// Whether our request did it.
        by_us: bool,
    },
    /// Grid refused.
    Failed {
        /// Grid's code, or ours.
        code: String,
    },
    /// Left for the next run.
    Deferred {
        /// Why, in a word.
        code: String,
    },
}

/// A change whose outcome is open.
#[derive(Clone, Debug)]
pub struct OpenChange {
    /// Its run.
    pub run: RunNumber,
    /// The change.
    pub change: Change,
    /// When its last request left.
    pub attempted_at: Option<Timestamp>,
}

/// A change that is still to be done.
#[derive(Clone, Debug)]
pub struct PlannedChange {
    /// The change.
    pub change: Change,
    /// Requests that were made for it before. Each is known to have had no effect.
    pub attempts: u32,
    /// When an earlier run last sent a request for this key, whatever came of it: Grid's list may
    /// not show yet what that run created.
    pub sent_earlier_at: Option<Timestamp>,
}

/// How many changes of one kind are in one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The kind.
    pub kind: ChangeKind,
    /// The status.
    pub status: ChangeStatus,
    /// How many.
    pub changes: u64,
}

const COLUMNS: &str = "key, kind, customer_id, record, line, byte, print";

impl State {
    /// Adds planned changes to a run, in key order.
    pub fn plan_changes_blocking(
        &self,
        run: RunNumber,
        changes: Vec<Change>,
    ) -> Result<(), StateError> {
        self.owner.call_blocking(move |connection| {
            changes
                .iter()
                .try_for_each(|change| insert(connection, run, change))
        })
    }

    /// Forgets the changes of a run that never got to write.
    pub async fn discard_changes(&self, run: RunNumber) -> Result<(), StateError> {
        self.owner
            .call(move |connection| {
                connection
                    .execute(
                        "DELETE FROM change WHERE run = ? AND status = 'planned'",
                        [run.0],
                    )
                    .map(drop)
                    .map_err(StateError::sqlite("forget a plan"))
            })
            .await
    }

    /// Which of the keys have a planned change that nothing was done for yet.
    pub fn planned_blocking(
        &self,
        run: RunNumber,
        keys: Vec<Key>,
    ) -> Result<Vec<PlannedChange>, StateError> {
        self.owner.call_blocking(move |connection| {
            keys.iter()
                .filter_map(|key| planned(connection, run, key).transpose())
                .collect()
        })
    }

    /// The next planned changes of a kind, in key order.
    pub async fn next_planned(
        &self,
        run: RunNumber,
        kind: ChangeKind,
        after: Option<Key>,
        limit: u32,
    ) -> Result<Vec<Change>, StateError> {
        self.owner
            .call(move |connection| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM change WHERE run = ? AND kind = ? AND status = 'planned' AND key > ? \
                     ORDER BY key LIMIT ?"
                );
                let after = after.as_ref().map_or("", Key::as_str);
                let action = "read the journal";
                let mut statement = connection.prepare_cached(&sql).map_err(StateError::sqlite(action))?;
                let rows = statement
                    .query_map(params![run.0, kind.as_str(), after, limit], read_change)
                    .map_err(StateError::sqlite(action))?;
                rows.map(|row| row.map_err(StateError::sqlite(action))?).collect()
            })
            .await
    }

    /// Records how far a change came. It is on disk when this returns.
    pub async fn record(&self, run: RunNumber, key: Key, record: Record) -> Result<(), StateError> {
        let hash_key = self.hash_key().clone();
        self.owner
            .call(move |connection| store(connection, run, &key, &record, &hash_key))
            .await
    }

    /// The same for several changes at once, for a caller outside the async runtime.
    pub fn record_all_blocking(
        &self,
        run: RunNumber,
        records: Vec<(Key, Record)>,
    ) -> Result<(), StateError> {
        let hash_key = self.hash_key().clone();
        self.owner.call_blocking(move |connection| {
            records
                .iter()
                .try_for_each(|(key, record)| store(connection, run, key, record, &hash_key))
        })
    }

    /// Changes of any run whose outcome is open, in the order of runs and keys.
    pub async fn open_changes(&self) -> Result<Vec<OpenChange>, StateError> {
        self.owner.call(open_changes).await
    }

    /// Defers what is still planned of a kind, and says which keys those are (a bounded number).
    pub async fn defer_planned(
        &self,
        run: RunNumber,
        kind: ChangeKind,
        code: &'static str,
    ) -> Result<Vec<Key>, StateError> {
        self.owner
            .call(move |connection| {
                let action = "defer changes";
                let mut statement = connection
                    .prepare_cached(
                        "UPDATE change SET status = 'deferred', code = ?3 \
                         WHERE run = ?1 AND kind = ?2 AND status = 'planned' RETURNING key",
                    )
                    .map_err(StateError::sqlite(action))?;
                let rows = statement
                    .query_map(params![run.0, kind.as_str(), code], |row| {
                        row.get::<_, String>(0)
                    })
                    .map_err(StateError::sqlite(action))?;
                rows.map(|row| row.map(Key::new).map_err(StateError::sqlite(action)))
                    .collect()
            })
            .await
    }

    /// How many changes of a run are in which status.
    pub async fn tally(&self, run: RunNumber) -> Result<Vec<Tally>, StateError> {
        self.owner
            .call(move |connection| tally(connection, run))
            .await
    }
}

fn insert(connection: &Connection, run: RunNumber, change: &Change) -> Result<(), StateError> {
    let Change {
        key,
        kind,
        customer_id,
        position,
        fingerprint,
    } = change;
    connection
        .prepare_cached(
            "INSERT INTO change (run, key, kind, status, customer_id, record, line, byte, print) \
             VALUES (?, ?, ?, 'planned', ?, ?, ?, ?, ?)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                run.0,
                key.as_str(),
                kind.as_str(),
                customer_id.as_ref().map(CustomerId::as_str),
                position.map(|position| position.record),
                position.map(|position| position.line),
                position.map(|position| position.byte),
                fingerprint.map(|print| print.to_raw().cast_signed()),
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("record a planned change"))
}

fn planned(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
) -> Result<Option<PlannedChange>, StateError> {
    let action = "read the journal";
    let sql = format!(
        "SELECT {COLUMNS}, attempts FROM change WHERE run = ? AND key = ? AND status = 'planned'"
    );
    let mut statement = connection
        .prepare_cached(&sql)
        .map_err(StateError::sqlite(action))?;
    let found = statement
        .query_row(params![run.0, key.as_str()], |row| {
            Ok((read_change(row)?, row.get(7)?))
        })
        .optional()
        .map_err(StateError::sqlite(action))?;
    let Some((change, attempts)) = found else {
        return Ok(None);
    };
    Ok(Some(PlannedChange {
        change: change?,
        attempts,
        sent_earlier_at: sent_earlier(connection, run, key)?,
    }))
}

/// One look for each earlier run that had a plan approved: changes have no index by key alone.
fn sent_earlier(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
) -> Result<Option<Timestamp>, StateError> {
    let sql = "SELECT change.attempted_at FROM run CROSS JOIN change \
               ON change.run = run.number AND change.key = ?2 \
               WHERE run.number < ?1 AND run.totals IS NOT NULL AND change.attempts > 0 \
               ORDER BY run.number DESC LIMIT 1";
    let at: Option<Option<String>> = connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let params = params![run.0, key.as_str()];
            statement.query_row(params, |row| row.get(0)).optional()
        })
        .map_err(StateError::sqlite("read the journal"))?;
    Ok(at.flatten().and_then(|text| text.parse().ok()))
}

fn read_change(row: &Row<'_>) -> rusqlite::Result<Result<Change, StateError>> {
    let kind: String = row.get(1)?;
    let Some(kind) = ChangeKind::parse(&kind) else {
        return Ok(Err(StateError::damaged(format!(
            "a change of kind `{kind}`"
        ))));
    };
    let record: Option<u64> = row.get(3)?;
    let print: Option<i64> = row.get(6)?;
    Ok(Ok(Change {
        key: Key::new(row.get::<_, String>(0)?),
        kind,
        customer_id: row.get::<_, Option<String>>(2)?.map(CustomerId::new),
        position: match record {
            None => None,
            Some(record) => Some(Position {
                record,
                line: row.get(4)?,
                byte: row.get(5)?,
            }),
        },
        fingerprint: print.map(|raw| Fingerprint::from_raw(raw.cast_unsigned())),
    }))
}

fn store(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
    record: &Record,
    hash_key: &crate::plan::HashKey,
) -> Result<(), StateError> {
    let set =
        |status, customer_id, code| set_status(connection, run, key, status, customer_id, code);
    match record {
        Record::InFlight { at } => depart(connection, run, key, *at),
        Record::NotApplied => set(ChangeStatus::Planned, None, None),
        Record::Unknown { code } => set(ChangeStatus::Unknown, None, Some(code)),
        Record::Failed { code } => set(ChangeStatus::Failed, None, Some(code)),
        Record::Deferred { code } => set(ChangeStatus::Deferred, None, Some(code)),
        Record::Created {
            customer,
            sent,
            owned,
        } => {
            own(
                connection,
                customer,
                *owned,
                sent.as_ref().map(|sent| (sent, hash_key)),
            )?;
            let status = match owned {
                Owned::Created => ChangeStatus::Applied,
                Owned::Adopted => ChangeStatus::AlreadyApplied,
            };
            set(status, Some(&customer.customer_id), None)
        }
        Record::Adopted { customer_id, sent } => {
            adopt(connection, key, customer_id, sent, hash_key)?;
            set(ChangeStatus::Applied, Some(customer_id), None)
        }
        Record::Deleted { customer_id, by_us } => {
            forget(connection, key, customer_id)?;
            let status = if *by_us {
                ChangeStatus::Applied
            } else {
                ChangeStatus::AlreadyApplied
            };
            set(status, Some(customer_id), None)
        }
    }
}

fn depart(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
    at: Timestamp,
) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "UPDATE change SET status = 'in_flight', attempts = attempts + 1, attempted_at = ? \
             WHERE run = ? AND key = ? AND status IN ('planned', 'unknown')",
        )
        .and_then(|mut statement| statement.execute(params![at.to_string(), run.0, key.as_str()]))
        .map_err(StateError::sqlite("record a request"))
        .and_then(|changed| recorded(changed, key))
}

/// A request whose intent is not in the journal must not leave, and no outcome may get lost.
fn recorded(changed: usize, key: &Key) -> Result<(), StateError> {
    match changed {
        1 => Ok(()),
        _ => Err(StateError::damaged(format!(
            "the journal has no open change of `{key}`"
        ))),
    }
}

fn set_status(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
    status: ChangeStatus,
    customer_id: Option<&CustomerId>,
    code: Option<&str>,
) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "UPDATE change SET status = ?3, customer_id = coalesce(?4, customer_id), code = ?5 WHERE run = ?1 AND key = ?2",
        )
        .and_then(|mut statement| {
            statement.execute(params![run.0, key.as_str(), status.as_str(), customer_id.map(CustomerId::as_str), code])
        })
        .map_err(StateError::sqlite("record an outcome"))
        .and_then(|changed| recorded(changed, key))
}

fn open_changes(connection: &Connection) -> Result<Vec<OpenChange>, StateError> {
    let action = "read the journal";
    let sql = format!(
        "SELECT {COLUMNS}, run, attempted_at FROM change WHERE status IN ('in_flight', 'unknown') ORDER BY run, key"
    );
    let mut statement = connection
        .prepare(&sql)
        .map_err(StateError::sqlite(action))?;
    let rows = statement
        .query_map([], |row| {
            let attempted_at: Option<String> = row.get(8)?;
            Ok((
                read_change(row)?,
                RunNumber(row.get(7)?),
                attempted_at.and_then(|text| text.parse().ok()),
            ))
        })
        .map_err(StateError::sqlite(action))?;
    rows.map(|row| {
        let (change, run, attempted_at) = row.map_err(StateError::sqlite(action))?;
        Ok(OpenChange {
            run,
            change: change?,
            attempted_at,
        })
    })
    .collect()
}

fn tally(connection: &Connection, run: RunNumber) -> Result<Vec<Tally>, StateError> {
    let action = "count the journal";
    let mut statement = connection
        .prepare("SELECT kind, status, count(*) FROM change WHERE run = ? GROUP BY kind, status")
        .map_err(StateError::sqlite(action))?;
    let rows = statement
        .query_map([run.0], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get(2)?,
            ))
        })
        .map_err(StateError::sqlite(action))?;
    rows.map(|row| {
        let (kind, status, changes) = row.map_err(StateError::sqlite(action))?;
        let parsed = ChangeKind::parse(&kind).zip(
            ChangeStatus::ALL
                .into_iter()
                .find(|one| one.as_str() == status),
        );
        let (kind, status) = parsed.ok_or_else(|| {
            StateError::damaged(format!("a change of kind `{kind}` in status `{status}`"))
        })?;
        Ok(Tally {
            kind,
            status,
            changes,
        })
    })
    .collect()
}

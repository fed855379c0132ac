//! The journal's rows: one function, one statement.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::error::StateError;
use super::super::mirror::{adopt, forget, own};
use super::super::runs::RunNumber;
use super::super::time::time;
use super::account::{self, KnownAccount};
use super::record::{ChangeStatus, OpenChange, PlannedChange, Record, Tally};
use crate::model::{CustomerId, Key, Position};
use crate::plan::{Change, ChangeKind, Fingerprint, Owned};

pub(super) const COLUMNS: &str = "key, kind, customer_id, record, line, byte, print";

pub(super) fn insert(
    connection: &Connection,
    run: RunNumber,
    change: &Change,
) -> Result<(), StateError> {
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

pub(super) fn planned(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
) -> Result<Option<PlannedChange>, StateError> {
    let action = "read the journal";
    let sql = format!(
        "SELECT {COLUMNS}, attempts, status <> 'planned' FROM change WHERE run = ? AND key = ? \
         AND status IN ('planned', 'applied', 'already_applied')"
    );
    let mut statement = connection
        .prepare_cached(&sql)
        .map_err(StateError::sqlite(action))?;
    let found = statement
        .query_row(params![run.0, key.as_str()], |row| {
            Ok((read_change(row)?, row.get(7)?, row.get(8)?))
        })
        .optional()
        .map_err(StateError::sqlite(action))?;
    let Some((change, attempts, begun)) = found else {
        return Ok(None);
    };
    let change: Change = change?;
    let account = known_account(connection, run, &change)?;
    if begun && !account.as_ref().is_some_and(|(_, to_do)| *to_do) {
        return Ok(None);
    }
    let (known_earlier, sent_earlier_at) = earlier(connection, run, key)?;
    Ok(Some(PlannedChange {
        change,
        attempts,
        known_earlier,
        sent_earlier_at,
        account: account.map(|(account, _)| account),
        begun,
    }))
}

fn known_account(
    connection: &Connection,
    run: RunNumber,
    change: &Change,
) -> Result<Option<(KnownAccount, bool)>, StateError> {
    match &change.customer_id {
        Some(customer_id) if change.kind.has_account() => {
            account::known(connection, run, customer_id)
        }
        _ => Ok(None),
    }
}

/// Whether earlier runs had to do with the key, and when one last sent a request. One look for each run that
/// had a plan approved: changes have no index by key alone.
fn earlier(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
) -> Result<(bool, Option<Timestamp>), StateError> {
    let sql = "SELECT count(*) > 0, max(change.attempted_at) FROM run CROSS JOIN change \
               ON change.run = run.number AND change.key = ?2 \
               WHERE run.number < ?1 AND run.totals IS NOT NULL \
               AND (change.attempts > 0 OR change.status IN ('applied', 'already_applied'))";
    let (known, at): (bool, Option<String>) = connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let params = params![run.0, key.as_str()];
            statement.query_row(params, |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .map_err(StateError::sqlite("read the journal"))?;
    Ok((known, time(at)))
}

pub(super) fn read_change(row: &Row<'_>) -> rusqlite::Result<Result<Change, StateError>> {
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

pub(super) fn store(
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
        Record::Failed { code, fields } => {
            set(ChangeStatus::Failed, None, Some(code))?;
            name_fields(connection, run, key, fields)
        }
        Record::Deferred { code } => set(ChangeStatus::Deferred, None, Some(code)),
        Record::Created {
            customer,
            sent,
            owned,
            account,
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
            set(status, Some(&customer.customer_id), None)?;
            let customer_id = &customer.customer_id;
            if kind_of(connection, run, key)?.is_some_and(ChangeKind::has_account) {
                account::begin(connection, run, key, customer_id, account.as_ref(), false)?;
            }
            Ok(())
        }
        Record::Step {
            customer_id,
            adopted,
            account,
        } => {
            if let Some(sent) = adopted {
                adopt(connection, key, customer_id, sent, hash_key)?;
            }
            let replaces = kind_of(connection, run, key)? == Some(ChangeKind::Replace);
            account::begin(connection, run, key, customer_id, Some(account), replaces)?;
            hand_over(connection, run, key)
        }
        Record::Adopted { customer_id, sent } => {
            adopt(connection, key, customer_id, sent, hash_key)?;
            set(ChangeStatus::Applied, Some(customer_id), None)
        }
        Record::StepDeferred { customer_id, code } => {
            account::set_status(connection, customer_id, ChangeStatus::Deferred, Some(code))
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

/// The change is done but for its bank account.
fn hand_over(connection: &Connection, run: RunNumber, key: &Key) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "UPDATE change SET status = CASE status WHEN 'planned' THEN 'applied' ELSE status END \
             WHERE run = ? AND key = ? AND status IN ('planned', 'applied', 'already_applied')",
        )
        .and_then(|mut statement| statement.execute(params![run.0, key.as_str()]))
        .map_err(StateError::sqlite("begin a bank account"))
        .and_then(|changed| recorded(changed, key))
}

fn kind_of(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
) -> Result<Option<ChangeKind>, StateError> {
    let kind: Option<String> = connection
        .prepare_cached("SELECT kind FROM change WHERE run = ? AND key = ?")
        .and_then(|mut statement| {
            let params = params![run.0, key.as_str()];
            statement.query_row(params, |row| row.get(0)).optional()
        })
        .map_err(StateError::sqlite("read the journal"))?;
    Ok(kind.and_then(|kind| ChangeKind::parse(&kind)))
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

/// The paths of fields hold no blank.
fn name_fields(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
    fields: &[String],
) -> Result<(), StateError> {
    if fields.is_empty() {
        return Ok(());
    }
    connection
        .prepare_cached("UPDATE change SET fields = ?3 WHERE run = ?1 AND key = ?2")
        .and_then(|mut statement| statement.execute(params![run.0, key.as_str(), fields.join(" ")]))
        .map(drop)
        .map_err(StateError::sqlite("record an outcome"))
}

pub(super) fn open_changes(connection: &Connection) -> Result<Vec<OpenChange>, StateError> {
    let action = "read the journal";
    let sql = format!(
        "SELECT {COLUMNS}, run, attempted_at FROM change WHERE status IN ('in_flight', 'unknown') ORDER BY run, key"
    );
    let mut statement = connection
        .prepare(&sql)
        .map_err(StateError::sqlite(action))?;
    let rows = statement
        .query_map([], |row| {
            let at: Option<String> = row.get(8)?;
            Ok((read_change(row)?, RunNumber(row.get(7)?), at))
        })
        .map_err(StateError::sqlite(action))?;
    rows.map(|row| {
        let (change, run, at) = row.map_err(StateError::sqlite(action))?;
        Ok(OpenChange {
            run,
            change: change?,
            attempted_at: time(at),
        })
    })
    .collect()
}

pub(super) fn tally(connection: &Connection, run: RunNumber) -> Result<Vec<Tally>, StateError> {
    let action = "count the journal";
    let mut statement = connection
        .prepare(
            "SELECT kind, status, count(*) FROM row_change WHERE run = ? GROUP BY kind, status",
        )
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
        let parsed = ChangeKind::parse(&kind).zip(ChangeStatus::parse(&status));
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

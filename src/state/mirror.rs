//! The mirror: what Grid's active customers look like, as hashes, in key order.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::error::StateError;
use super::open::State;
use super::scans::{Listed, current_scan};
use super::tombstones::{drop_tombstone, read_tombstone};
use crate::model::{CustomerId, CustomerType, Key};
use crate::plan::{FieldHashes, Fingerprint, HashKey, MirrorHashes, Mirrored, Owned, Tombstone};

/// One customer of the mirror.
#[derive(Clone, Debug)]
pub struct MirrorRow {
    /// The platform customer id.
    pub key: Key,
    /// What a quick comparison needs.
    pub customer: Mirrored,
    /// What a comparison by field needs, where it is certain to be needed: before first contact,
    /// and when Grid shows another customer than it answered.
    pub hashes: Option<MirrorHashes>,
    /// The tombstone of its user, if reads missed it.
    pub tombstone: Option<Tombstone>,
}

impl AsRef<Mirrored> for MirrorRow {
    fn as_ref(&self) -> &Mirrored {
        &self.customer
    }
}

/// A connection of its own for reading, beside the owner: the draft reads the whole mirror while
/// the owner stores what is drafted. It sees the mirror as it was when reading began.
pub struct MirrorReader {
    pub(super) connection: Connection,
}

impl State {
    /// Opens a reader.
    pub fn mirror_reader(&self) -> Result<MirrorReader, StateError> {
        MirrorReader::open(&self.path)
    }

    /// Active customers in the mirror.
    pub async fn active_customers(&self) -> Result<u64, StateError> {
        self.owner
            .call(|connection| {
                connection
                    .query_row("SELECT count(*) FROM mirror", [], |row| row.get(0))
                    .map_err(StateError::sqlite("count the mirror"))
            })
            .await
    }
}

impl MirrorReader {
    fn open(path: &Path) -> Result<Self, StateError> {
        let action = "be opened for reading";
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(StateError::sqlite(action))?;
        connection
            .busy_timeout(std::time::Duration::from_secs(10))
            .map_err(StateError::sqlite(action))?;
        connection
            .pragma_update(None, "cache_size", -8_000)
            .map_err(StateError::sqlite(action))?;
        Ok(Self { connection })
    }

    /// Hands over every customer in key order, until `take` says stop by answering `false`.
    pub fn each(&self, mut take: impl FnMut(MirrorRow) -> bool) -> Result<(), StateError> {
        let action = "read the mirror";
        let mut statement = self
            .connection
            .prepare(
                "SELECT mirror.key, mirror.customer_id, owned, sent_print, actual, sent, answered, \
                 first_absent_at, last_absent_at, reads FROM mirror LEFT JOIN tombstone \
                 ON tombstone.key = mirror.key AND tombstone.customer_id = mirror.customer_id \
                 ORDER BY mirror.key, mirror.customer_id",
            )
            .map_err(StateError::sqlite(action))?;
        let mut rows = statement.query([]).map_err(StateError::sqlite(action))?;
        while let Some(row) = rows.next().map_err(StateError::sqlite(action))? {
            if !take(read_row(row).map_err(StateError::sqlite(action))??) {
                break;
            }
        }
        Ok(())
    }

    /// Whether any customer with the key is in the mirror.
    pub fn knows(&self, key: &Key) -> Result<bool, StateError> {
        self.connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM mirror WHERE key = ?)")
            .and_then(|mut statement| statement.query_row([key.as_str()], |row| row.get(0)))
            .map_err(StateError::sqlite("read the mirror"))
    }

    /// All that is known of one customer's fields, if it is in the mirror.
    pub fn find(
        &self,
        key: &Key,
        customer_id: &CustomerId,
    ) -> Result<Option<MirrorHashes>, StateError> {
        read_hashes(&self.connection, key, customer_id)
    }

    /// The same for a customer that was read a moment ago, whether its row came with them or not.
    pub fn hashes(&self, row: &MirrorRow) -> Result<MirrorHashes, StateError> {
        if let Some(hashes) = &row.hashes {
            return Ok(hashes.clone());
        }
        let customer_id = &row.customer.customer_id;
        self.find(&row.key, customer_id)?.ok_or_else(|| {
            StateError::damaged(format!(
                "customer {customer_id} left the mirror while it was read"
            ))
        })
    }

    /// The version of one customer, if it is in the mirror and Grid told one: a delete is for that one only.
    pub fn version(
        &self,
        key: &Key,
        customer_id: &CustomerId,
    ) -> Result<Option<Fingerprint>, StateError> {
        let sql = "SELECT updated_at FROM mirror WHERE key = ? AND customer_id = ?";
        let updated_at: Option<Option<String>> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let ids = params![key.as_str(), customer_id.as_str()];
                statement.query_row(ids, |row| row.get(0)).optional()
            })
            .map_err(StateError::sqlite("read the mirror"))?;
        Ok(updated_at.flatten().as_deref().map(Fingerprint::of_version))
    }
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Result<MirrorRow, StateError>> {
    let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str()?));
    let sent: Option<i64> = row.get(3)?;
    let settled = row.get_ref(6)? == ValueRef::Null;
    let customer = Mirrored {
        customer_id: CustomerId::new(text(1)?),
        owned: row.get_ref(2)?.as_str_or_null()?.and_then(Owned::parse),
        sent: sent.map(|raw| Fingerprint::from_raw(raw.cast_unsigned())),
        settled,
    };
    let key = Key::new(text(0)?);
    let tombstone = read_tombstone(row, 7)?;
    if settled && sent.is_some() {
        return Ok(Ok(MirrorRow {
            key,
            customer,
            hashes: None,
            tombstone,
        }));
    }
    let hashes = decode_hashes(row.get_ref(4)?, row.get_ref(5)?, row.get_ref(6)?)?;
    Ok(hashes
        .ok_or_else(|| damaged_hashes(&customer.customer_id))
        .map(|hashes| MirrorRow {
            key,
            customer,
            hashes: Some(hashes),
            tombstone,
        }))
}

/// The three sets of hashes; `None` if one is damaged.
fn decode_hashes(
    actual: ValueRef<'_>,
    sent: ValueRef<'_>,
    answered: ValueRef<'_>,
) -> rusqlite::Result<Option<MirrorHashes>> {
    let (actual, sent, answered) = (
        actual.as_blob()?,
        sent.as_blob_or_null()?,
        answered.as_blob_or_null()?,
    );
    let Some(actual) = FieldHashes::from_bytes(actual) else {
        return Ok(None);
    };
    let known = |bytes: Option<&[u8]>| match bytes.map(FieldHashes::from_bytes) {
        None => Ok(None),
        Some(None) => Err(Damaged),
        Some(hashes) => Ok(hashes),
    };
    let (Ok(sent), Ok(answered)) = (known(sent), known(answered)) else {
        return Ok(None);
    };
    Ok(Some(MirrorHashes {
        sent,
        answered: answered.unwrap_or_else(|| actual.clone()),
        actual,
    }))
}

/// Hashes that cannot be read.
struct Damaged;

fn damaged_hashes(customer_id: &CustomerId) -> StateError {
    StateError::damaged(format!("the hashes of customer {customer_id}"))
}

pub(super) fn read_hashes(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
) -> Result<Option<MirrorHashes>, StateError> {
    let found = connection
        .prepare_cached(
            "SELECT actual, sent, answered FROM mirror WHERE key = ? AND customer_id = ?",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![key.as_str(), customer_id.as_str()], |row| {
                    decode_hashes(row.get_ref(0)?, row.get_ref(1)?, row.get_ref(2)?)
                })
                .optional()
        })
        .map_err(StateError::sqlite("read the mirror"))?;
    found
        .map(|hashes| hashes.ok_or_else(|| damaged_hashes(customer_id)))
        .transpose()
}

/// Stores what a page shows of an active customer.
pub(super) fn relist(
    connection: &Connection,
    listed: &Listed,
    scan: i64,
) -> Result<(), StateError> {
    let known = read_hashes(connection, &listed.key, &listed.customer_id)?.unwrap_or_default();
    let MirrorHashes {
        sent: _,
        answered,
        actual,
    } = known.relisted(&listed.shown);
    let differs = (answered != actual).then(|| answered.to_bytes());
    connection
        .prepare_cached(
            "INSERT INTO mirror (key, customer_id, scan, status, updated_at, actual, answered, customer_type, created_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
             ON CONFLICT DO UPDATE SET scan = ?3, status = ?4, updated_at = ?5, actual = ?6, answered = ?7, \
             customer_type = coalesce(?8, customer_type), created_at = coalesce(?9, created_at)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                listed.key.as_str(),
                listed.customer_id.as_str(),
                scan,
                listed.status,
                listed.updated_at,
                actual.to_bytes(),
                differs,
                listed.customer_type.map(CustomerType::as_str),
                listed.created_at,
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("store a customer"))
}

/// Records that a customer is ours: what was sent to it, and that what Grid shows now is its
/// answer. `sent` is absent where the customer was found by its key alone.
pub(super) fn own(
    connection: &Connection,
    listed: &Listed,
    owned: Owned,
    sent: Option<(&FieldHashes, &HashKey)>,
) -> Result<(), StateError> {
    let scan = current_scan(connection)?;
    let known = read_hashes(connection, &listed.key, &listed.customer_id)?.unwrap_or_default();
    let actual = known.actual.merged(&listed.shown);
    connection
        .prepare_cached(
            "INSERT INTO mirror (key, customer_id, scan, owned, sent_print, status, updated_at, actual, sent, \
             customer_type, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
             ON CONFLICT DO UPDATE SET scan = ?3, owned = coalesce(owned, ?4), sent_print = ?5, status = ?6, \
             updated_at = ?7, actual = ?8, sent = ?9, answered = NULL, \
             customer_type = coalesce(?10, customer_type), created_at = coalesce(?11, created_at)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                listed.key.as_str(),
                listed.customer_id.as_str(),
                scan,
                owned.as_str(),
                sent.map(|(hashes, key)| hashes.fingerprint(key).to_raw().cast_signed()),
                listed.status,
                listed.updated_at,
                actual.to_bytes(),
                sent.map(|(hashes, _)| hashes.to_bytes()),
                listed.customer_type.map(CustomerType::as_str),
                listed.created_at,
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("record a customer"))
}

/// Records that a customer in the mirror is ours from now on, and what of the user agrees with it.
pub(super) fn adopt(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
    sent: &FieldHashes,
    hash_key: &HashKey,
) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "UPDATE mirror SET owned = coalesce(owned, ?3), sent = ?4, sent_print = ?5, answered = NULL \
             WHERE key = ?1 AND customer_id = ?2",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                key.as_str(),
                customer_id.as_str(),
                Owned::Adopted.as_str(),
                sent.to_bytes(),
                sent.fingerprint(hash_key).to_raw().cast_signed(),
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("adopt a customer"))
}

/// Records what of the user's bank account the customer has now. Before first contact there is
/// nothing to add it to: the account is found again when the customer is adopted.
pub(super) fn attached(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
    agreed: &FieldHashes,
    hash_key: &HashKey,
) -> Result<(), StateError> {
    resend(connection, key, customer_id, hash_key, |sent| {
        sent.without_account().merged(agreed)
    })
}

/// Records that the customer's bank account is gone.
pub(super) fn detached(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
    hash_key: &HashKey,
) -> Result<(), StateError> {
    resend(connection, key, customer_id, hash_key, |sent| {
        sent.without_account()
    })
}

fn resend(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
    hash_key: &HashKey,
    change: impl FnOnce(&FieldHashes) -> FieldHashes,
) -> Result<(), StateError> {
    let known = read_hashes(connection, key, customer_id)?.unwrap_or_default();
    let Some(sent) = known.sent.as_ref().map(change) else {
        return Ok(());
    };
    connection
        .prepare_cached(
            "UPDATE mirror SET sent = ?3, sent_print = ?4 WHERE key = ?1 AND customer_id = ?2",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                key.as_str(),
                customer_id.as_str(),
                sent.to_bytes(),
                sent.fingerprint(hash_key).to_raw().cast_signed(),
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("record a bank account"))
}

/// Drops a customer that is deleted in Grid, and what is known of its bank account.
pub(super) fn forget(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
) -> Result<(), StateError> {
    drop_tombstone(connection, key, customer_id)?;
    connection
        .prepare_cached("DELETE FROM mirror WHERE key = ? AND customer_id = ?")
        .and_then(|mut statement| statement.execute(params![key.as_str(), customer_id.as_str()]))
        .and_then(|_| connection.prepare_cached("DELETE FROM account WHERE customer_id = ?"))
        .and_then(|mut statement| statement.execute([customer_id.as_str()]))
        .map(drop)
        .map_err(StateError::sqlite("drop a customer"))
}

//! Scans: a page of customers and the cursor after it are one transaction, so that a scan goes on
//! where it stopped, and no checkpoint moves without the data that it vouches for.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::error::StateError;
use super::mirror::relist;
use super::open::State;
use super::time::time;
use super::tombstones::drop_tombstones_of_nobody;
use crate::model::{CustomerId, CustomerType, Key};
use crate::plan::{FieldHashes, may_be_unlisted};

/// What a scan lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanMode {
    /// Every active customer.
    Full,
    /// What was updated since the bound (RFC 3339), deleted customers included.
    Incremental {
        /// The inclusive lower bound of `updatedAt`.
        since: String,
    },
}

/// A scan under way.
#[derive(Clone, Debug)]
pub struct ScanProgress {
    /// What it lists.
    pub mode: ScanMode,
    /// When it began, by Grid's clock.
    pub began_at: Timestamp,
    /// Where it goes on; `None` at its first page.
    pub cursor: Option<String>,
    /// Pages stored so far.
    pub pages: u64,
    /// Different customers stored so far.
    pub customers: u64,
}

/// What the scans so far vouch for.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// The scan under way, if one was interrupted.
    pub scan: Option<ScanProgress>,
    /// The inclusive lower bound for the next incremental scan.
    pub watermark: Option<Timestamp>,
    /// When the last full scan that was completed began, by Grid's clock.
    pub last_full_at: Option<Timestamp>,
    /// When the last scan that was completed began, by Grid's clock.
    pub last_scan_at: Option<Timestamp>,
    /// Whether the mirror agreed with Grid's own count after that scan.
    pub count_agreed: Option<bool>,
    /// The mapping under which it was made.
    pub mapping: Option<String>,
}

/// A customer as a page lists it, its values hashed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The platform customer id; empty where Grid leaves it out.
    pub key: Key,
    /// Grid's id.
    pub customer_id: CustomerId,
    /// The type, if Grid names one that is known.
    pub customer_type: Option<CustomerType>,
    /// KYC or KYB status.
    pub status: Option<String>,
    /// `createdAt`, as Grid wrote it; only a time in RFC 3339.
    pub created_at: Option<String>,
    /// `updatedAt`, as Grid wrote it.
    pub updated_at: Option<String>,
    /// Whether it is deleted.
    pub is_deleted: bool,
    /// The hashes of what Grid shows.
    pub shown: FieldHashes,
}

/// What a page added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// Different customers stored by this scan so far.
    pub customers: u64,
    /// Pages stored by this scan so far.
    pub pages: u64,
}

impl State {
    /// The checkpoint as it stands.
    pub async fn checkpoint(&self) -> Result<Checkpoint, StateError> {
        self.owner.call(read_checkpoint).await
    }

    /// Begins a scan, in place of one that may be under way.
    pub async fn begin_scan(&self, mode: ScanMode, began_at: Timestamp) -> Result<(), StateError> {
        self.owner
            .call(move |connection| begin_scan(connection, &mode, began_at))
            .await
    }

    /// Stores a page and the cursor that follows it, together.
    pub async fn store_page(
        &self,
        page: Vec<Listed>,
        cursor: Option<String>,
    ) -> Result<PageFacts, StateError> {
        self.owner
            .call(move |connection| store_page(connection, &page, cursor.as_deref()))
            .await
    }

    /// The next customers, in key order, that the full scan under way has not seen at its end, and that may be
    /// there nonetheless: see [`may_be_unlisted`].
    pub async fn unlisted(
        &self,
        began_at: Timestamp,
        lag: SignedDuration,
        after: Option<(Key, CustomerId)>,
        limit: usize,
    ) -> Result<Vec<(Key, CustomerId)>, StateError> {
        self.owner
            .call(move |connection| {
                let may_be = |created_at| may_be_unlisted(created_at, began_at, lag);
                unlisted(connection, may_be, after, limit)
                    .map_err(StateError::sqlite("read who is not listed"))
            })
            .await
    }

    /// Keeps customers as if the scan under way had seen them.
    pub async fn keep_unlisted(&self, kept: Vec<(Key, CustomerId)>) -> Result<(), StateError> {
        self.owner
            .call(move |connection| {
                keep(connection, &kept).map_err(StateError::sqlite("keep who is not listed"))
            })
            .await
    }

    /// Completes the scan: a full one drops every customer that it did not see. Gives the number
    /// of active customers in the mirror.
    pub async fn finish_scan(
        &self,
        watermark: Timestamp,
        mapping: String,
    ) -> Result<u64, StateError> {
        self.owner
            .call(move |connection| finish_scan(connection, watermark, &mapping))
            .await
    }

    /// Records whether the mirror agrees with Grid's own count.
    pub async fn record_count(&self, agrees: Option<bool>) -> Result<(), StateError> {
        self.owner
            .call(move |connection| {
                connection
                    .execute("UPDATE checkpoint SET count_agreed = ?", [agrees])
                    .map(drop)
                    .map_err(StateError::sqlite("record the count"))
            })
            .await
    }

    /// Forgets a scan under way: its cursor is of no use any more.
    pub async fn abandon_scan(&self) -> Result<(), StateError> {
        self.owner
            .call(|connection| {
                connection
                    .execute("UPDATE checkpoint SET mode = NULL, cursor = NULL", [])
                    .map(drop)
                    .map_err(StateError::sqlite("forget a scan"))
            })
            .await
    }
}

fn read_checkpoint(connection: &Connection) -> Result<Checkpoint, StateError> {
    let action = "read the checkpoint";
    connection
        .query_row(
            "SELECT mode, bound, began_at, cursor, pages, customers, watermark, last_full_at, last_scan_at, \
             count_agreed, mapping FROM checkpoint",
            [],
            |row| {
                let mode: Option<String> = row.get(0)?;
                let bound: Option<String> = row.get(1)?;
                let mode = mode.map(|mode| match (mode.as_str(), bound) {
                    ("incremental", Some(since)) => ScanMode::Incremental { since },
                    _ => ScanMode::Full,
                });
                let scan = match (mode, time(row.get(2)?)) {
                    (Some(mode), Some(began_at)) => Some(ScanProgress {
                        mode,
                        began_at,
                        cursor: row.get(3)?,
                        pages: row.get(4)?,
                        customers: row.get(5)?,
                    }),
                    _ => None,
                };
                Ok(Checkpoint {
                    scan,
                    watermark: time(row.get(6)?),
                    last_full_at: time(row.get(7)?),
                    last_scan_at: time(row.get(8)?),
                    count_agreed: row.get(9)?,
                    mapping: row.get(10)?,
                })
            },
        )
        .map_err(StateError::sqlite(action))
}

fn begin_scan(
    connection: &Connection,
    mode: &ScanMode,
    began_at: Timestamp,
) -> Result<(), StateError> {
    let (mode, bound) = match mode {
        ScanMode::Full => ("full", None),
        ScanMode::Incremental { since } => ("incremental", Some(since)),
    };
    connection
        .execute(
            "UPDATE checkpoint SET scan = scan + 1, mode = ?, bound = ?, began_at = ?, cursor = NULL, pages = 0, customers = 0",
            params![mode, bound, began_at.to_string()],
        )
        .and_then(|_| connection.execute("DELETE FROM scan_news", []))
        .map(drop)
        .map_err(StateError::sqlite("begin a scan"))
}

fn store_page(
    connection: &Connection,
    page: &[Listed],
    cursor: Option<&str>,
) -> Result<PageFacts, StateError> {
    let action = "store a page";
    let scan = current_scan(connection)?;
    let mut fresh = 0_u64;
    for listed in page {
        fresh += u64::from(store_listed(connection, listed, scan)?);
    }
    connection
        .prepare_cached(
            "UPDATE checkpoint SET cursor = ?, pages = pages + 1, customers = customers + ? RETURNING customers, pages",
        )
        .and_then(|mut statement| {
            statement.query_row(params![cursor, fresh], |row| Ok(PageFacts { customers: row.get(0)?, pages: row.get(1)? }))
        })
        .map_err(StateError::sqlite(action))
}

/// The number of the scan under way, or of the last one.
pub(super) fn current_scan(connection: &Connection) -> Result<i64, StateError> {
    connection
        .prepare_cached("SELECT scan FROM checkpoint")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)))
        .map_err(StateError::sqlite("read the checkpoint"))
}

/// Whether the customer is new to this scan. Pages repeat customers when they shift, and an
/// incremental scan repeats those at its bound.
fn store_listed(connection: &Connection, listed: &Listed, scan: i64) -> Result<bool, StateError> {
    let action = "store a page";
    let seen: Option<i64> = connection
        .prepare_cached("SELECT scan FROM mirror WHERE key = ? AND customer_id = ?")
        .and_then(|mut statement| {
            statement
                .query_row(
                    params![listed.key.as_str(), listed.customer_id.as_str()],
                    |row| row.get(0),
                )
                .optional()
        })
        .map_err(StateError::sqlite(action))?;
    if listed.is_deleted {
        drop_deleted(connection, listed).map_err(StateError::sqlite(action))?;
    } else if !was_deleted(connection, listed).map_err(StateError::sqlite(action))? {
        relist(connection, listed, scan)?;
        if seen.is_none() {
            note(connection, listed).map_err(StateError::sqlite(action))?;
        }
    }
    Ok(seen != Some(scan))
}

/// Nobody comes back from a delete: whatever another page of the scan shows, it is older.
fn drop_deleted(connection: &Connection, listed: &Listed) -> rusqlite::Result<()> {
    let ids = params![listed.key.as_str(), listed.customer_id.as_str()];
    connection
        .prepare_cached("DELETE FROM mirror WHERE key = ? AND customer_id = ?")?
        .execute(ids)?;
    note(connection, listed)
}

/// Of new ones a full scan keeps none: it drops whomever it did not see.
fn note(connection: &Connection, listed: &Listed) -> rusqlite::Result<()> {
    let sql = "INSERT INTO scan_news SELECT ?1, ?2 FROM checkpoint WHERE ?2 OR mode = 'incremental' \
               ON CONFLICT DO UPDATE SET is_deleted = max(is_deleted, ?2)";
    connection
        .prepare_cached(sql)?
        .execute(params![listed.customer_id.as_str(), listed.is_deleted])
        .map(drop)
}

fn was_deleted(connection: &Connection, listed: &Listed) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM scan_news WHERE customer_id = ? AND is_deleted)";
    connection
        .prepare_cached(sql)?
        .query_row([listed.customer_id.as_str()], |row| row.get(0))
}

fn unlisted(
    connection: &Connection,
    may_be: impl Fn(Option<Timestamp>) -> bool,
    after: Option<(Key, CustomerId)>,
    limit: usize,
) -> rusqlite::Result<Vec<(Key, CustomerId)>> {
    let sql = "SELECT key, customer_id, created_at FROM mirror WHERE (key, customer_id) > (?, ?) \
               AND scan < (SELECT scan FROM checkpoint) ORDER BY key, customer_id";
    let (key, customer_id) = after.unwrap_or_else(|| (Key::new(""), CustomerId::new("")));
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![key.as_str(), customer_id.as_str()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if found.len() == limit {
            break;
        }
        if may_be(time(row.get(2)?)) {
            let (key, customer_id): (String, String) = (row.get(0)?, row.get(1)?);
            found.push((Key::new(key), CustomerId::new(customer_id)));
        }
    }
    Ok(found)
}

fn keep(connection: &Connection, kept: &[(Key, CustomerId)]) -> rusqlite::Result<()> {
    let sql = "UPDATE mirror SET scan = (SELECT scan FROM checkpoint) \
               WHERE key = ? AND customer_id = ?";
    let mut statement = connection.prepare(sql)?;
    kept.iter().try_for_each(|(key, customer_id)| {
        let ids = params![key.as_str(), customer_id.as_str()];
        statement.execute(ids).map(drop)
    })
}

fn finish_scan(
    connection: &Connection,
    watermark: Timestamp,
    mapping: &str,
) -> Result<u64, StateError> {
    let action = "complete a scan";
    let scan = current_scan(connection)?;
    // Whom Grid shows with another key has left the old one.
    connection
        .execute(
            "DELETE FROM mirror WHERE EXISTS (SELECT 1 FROM scan_news WHERE NOT is_deleted) \
             AND scan < ?1 AND customer_id IN (SELECT customer_id FROM scan_news WHERE NOT is_deleted)",
            [scan],
        )
        .map_err(StateError::sqlite(action))?;
    let full = connection
        .query_row("SELECT mode = 'full' FROM checkpoint", [], |row| {
            row.get::<_, Option<bool>>(0)
        })
        .map_err(StateError::sqlite(action))?;
    if full == Some(true) {
        connection
            .execute("DELETE FROM mirror WHERE scan < ?", [scan])
            .and_then(|_| drop_tombstones_of_nobody(connection))
            .and_then(|_| connection.execute("UPDATE checkpoint SET last_full_at = began_at", []))
            .map_err(StateError::sqlite(action))?;
    }
    connection
        .execute(
            "UPDATE checkpoint SET mode = NULL, bound = NULL, cursor = NULL, last_scan_at = began_at, watermark = ?, \
             mapping = ?, count_agreed = NULL",
            params![watermark.to_string(), mapping],
        )
        .map_err(StateError::sqlite(action))?;
    connection
        .query_row("SELECT count(*) FROM mirror", [], |row| row.get(0))
        .map_err(StateError::sqlite(action))
}

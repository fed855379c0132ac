//! The journal of bank accounts: one row for each customer that was sent one, or is about to be.
//!
//! `planned → in_flight → applied | already_applied | failed | unknown | deferred`, as for changes.
//! The step begins in one transaction with what makes it due: the customer that was created, or the
//! change that is nothing but this step. While `account_id` is known and the step is not over, it is
//! the delete of that account that is under way; without it, the account that is to be added.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::super::error::StateError;
use super::super::mirror::{attached, detached};
use super::super::open::State;
use super::super::runs::RunNumber;
use super::super::time::time;
use super::record::ChangeStatus;
use crate::model::{AccountId, CustomerId, Key};
use crate::plan::{FieldHashes, HashKey};

/// What is recorded of the step, together with what the mirror learns from it.
#[derive(Clone, Debug)]
pub enum AccountRecord {
    /// A request leaves now.
    InFlight {
        /// Now.
        at: Timestamp,
    },
    /// The request had no effect, for certain: the step is as it was before.
    NotApplied,
    /// A request was made and nobody knows what came of it.
    Unknown {
        /// Why, in a word.
        code: String,
    },
    /// The account that was to be replaced is gone, and the other one is still to be added.
    Detached,
    /// The customer has the account.
    Attached {
        /// The account.
        account_id: AccountId,
        /// What may be held to be sent: what Grid is not known to show otherwise.
        agreed: FieldHashes,
        /// Whether our request did it.
        by_us: bool,
    },
    /// Grid refused.
    Failed {
        /// Grid's code, or ours.
        code: String,
        /// The fields that Grid named.
        fields: Vec<String>,
    },
    /// Left for the next run.
    Deferred {
        /// Why, in a word.
        code: String,
    },
}

/// What is known of a customer's account when its step is about to begin, or to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount {
    /// The account that Grid has, as far as we know.
    pub account_id: Option<AccountId>,
    /// When the request left, in whatever run, that Grid may not show yet; absent if what came of it
    /// is known.
    pub attempted_at: Option<Timestamp>,
}

/// A step whose outcome is open.
#[derive(Clone, Debug)]
pub struct OpenAccount {
    /// The user's key.
    pub key: Key,
    /// The customer.
    pub customer_id: CustomerId,
    /// The account that is being deleted; absent where one is being added.
    pub account_id: Option<AccountId>,
    /// The hashes of the fields that were sent.
    pub sent: FieldHashes,
}

impl State {
    /// Records how far the step came. It is on disk when this returns.
    pub async fn record_account(
        &self,
        key: Key,
        customer_id: CustomerId,
        record: AccountRecord,
    ) -> Result<(), StateError> {
        let hash_key = self.hash_key().clone();
        self.owner
            .call(move |connection| store(connection, &key, &customer_id, &record, &hash_key))
            .await
    }

    /// Steps of any run whose outcome is open, by customer.
    pub async fn open_accounts(&self) -> Result<Vec<OpenAccount>, StateError> {
        self.owner.call(open_accounts).await
    }

    /// Defers the run's steps that were begun and are still to be done, and says whose they are.
    pub async fn defer_accounts(
        &self,
        run: RunNumber,
        code: &'static str,
    ) -> Result<Vec<Key>, StateError> {
        self.owner
            .call(move |connection| {
                let action = "defer bank accounts";
                let mut statement = connection
                    .prepare_cached(
                        "UPDATE account SET status = 'deferred', code = ?2 \
                         WHERE run = ?1 AND status = 'planned' RETURNING key",
                    )
                    .map_err(StateError::sqlite(action))?;
                let rows = statement
                    .query_map(params![run.0, code], |row| row.get::<_, String>(0))
                    .map_err(StateError::sqlite(action))?;
                rows.map(|row| row.map(Key::new).map_err(StateError::sqlite(action)))
                    .collect()
            })
            .await
    }
}

/// Begins the step, or goes on with it: the account that it replaces stays known until it is gone.
pub(super) fn begin(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
    customer_id: &CustomerId,
    sent: Option<&FieldHashes>,
    replaces: bool,
) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "INSERT INTO account (customer_id, key, run, status, sent) VALUES (?1, ?2, ?3, 'planned', ?4) \
             ON CONFLICT DO UPDATE SET key = ?2, run = ?3, status = 'planned', sent = ?4, code = NULL, fields = NULL, \
             account_id = CASE WHEN ?5 THEN account_id END",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                customer_id.as_str(),
                key.as_str(),
                run.0,
                sent.map(FieldHashes::to_bytes),
                replaces
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("begin a bank account"))
}

/// What is known of the customer's account, and whether its step was begun by this run and is still
/// to be done.
pub(super) fn known(
    connection: &Connection,
    run: RunNumber,
    customer_id: &CustomerId,
) -> Result<Option<(KnownAccount, bool)>, StateError> {
    connection
        .prepare_cached(
            "SELECT account_id, \
             CASE WHEN status NOT IN ('applied', 'already_applied', 'failed') THEN attempted_at END, \
             run = ?2 AND status = 'planned' FROM account WHERE customer_id = ?1",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![customer_id.as_str(), run.0], |row| {
                    let account = KnownAccount {
                        account_id: row.get::<_, Option<String>>(0)?.map(AccountId::new),
                        attempted_at: time(row.get(1)?),
                    };
                    Ok((account, row.get(2)?))
                })
                .optional()
        })
        .map_err(StateError::sqlite("read a bank account"))
}

fn store(
    connection: &Connection,
    key: &Key,
    customer_id: &CustomerId,
    record: &AccountRecord,
    hash_key: &HashKey,
) -> Result<(), StateError> {
    let set = |status, code| set_status(connection, customer_id, status, code);
    match record {
        AccountRecord::InFlight { at } => depart(connection, customer_id, *at),
        AccountRecord::NotApplied => set(ChangeStatus::Planned, None),
        AccountRecord::Unknown { code } => set(ChangeStatus::Unknown, Some(code)),
        AccountRecord::Failed { code, fields } => {
            set(ChangeStatus::Failed, Some(code))?;
            name_fields(connection, customer_id, fields)
        }
        AccountRecord::Deferred { code } => set(ChangeStatus::Deferred, Some(code)),
        AccountRecord::Detached => {
            detached(connection, key, customer_id, hash_key)?;
            set_account(connection, customer_id, None)?;
            set(ChangeStatus::Planned, None)
        }
        AccountRecord::Attached {
            account_id,
            agreed,
            by_us,
        } => {
            attached(connection, key, customer_id, agreed, hash_key)?;
            set_account(connection, customer_id, Some(account_id))?;
            let status = if *by_us {
                ChangeStatus::Applied
            } else {
                ChangeStatus::AlreadyApplied
            };
            set(status, None)
        }
    }
}

fn depart(
    connection: &Connection,
    customer_id: &CustomerId,
    at: Timestamp,
) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "UPDATE account SET status = 'in_flight', attempts = attempts + 1, attempted_at = ?2 \
             WHERE customer_id = ?1 AND status IN ('planned', 'unknown')",
        )
        .and_then(|mut statement| statement.execute(params![customer_id.as_str(), at.to_string()]))
        .map_err(StateError::sqlite("record a request"))
        .and_then(|changed| recorded(changed, customer_id))
}

pub(super) fn set_status(
    connection: &Connection,
    customer_id: &CustomerId,
    status: ChangeStatus,
    code: Option<&String>,
) -> Result<(), StateError> {
    connection
        .prepare_cached(
            "UPDATE account SET status = ?2, code = ?3, fields = NULL WHERE customer_id = ?1",
        )
        .and_then(|mut statement| {
            statement.execute(params![customer_id.as_str(), status.as_str(), code])
        })
        .map_err(StateError::sqlite("record an outcome"))
        .and_then(|changed| recorded(changed, customer_id))
}

/// The paths of fields hold no blank.
fn name_fields(
    connection: &Connection,
    customer_id: &CustomerId,
    fields: &[String],
) -> Result<(), StateError> {
    if fields.is_empty() {
        return Ok(());
    }
    connection
        .prepare_cached("UPDATE account SET fields = ?2 WHERE customer_id = ?1")
        .and_then(|mut statement| {
            statement.execute(params![customer_id.as_str(), fields.join(" ")])
        })
        .map(drop)
        .map_err(StateError::sqlite("record an outcome"))
}

fn set_account(
    connection: &Connection,
    customer_id: &CustomerId,
    account_id: Option<&AccountId>,
) -> Result<(), StateError> {
    connection
        .prepare_cached("UPDATE account SET account_id = ?2 WHERE customer_id = ?1")
        .and_then(|mut statement| {
            statement.execute(params![
                customer_id.as_str(),
                account_id.map(AccountId::as_str)
            ])
        })
        .map(drop)
        .map_err(StateError::sqlite("record a bank account"))
}

/// A request whose intent is not in the journal must not leave, and no outcome may get lost.
fn recorded(changed: usize, customer_id: &CustomerId) -> Result<(), StateError> {
    match changed {
        1 => Ok(()),
        _ => Err(StateError::damaged(format!(
            "the journal has no open bank account of {customer_id}"
        ))),
    }
}

fn open_accounts(connection: &Connection) -> Result<Vec<OpenAccount>, StateError> {
    let action = "read the bank accounts";
    let mut statement = connection
        .prepare(
            "SELECT key, customer_id, account_id, sent FROM account \
             WHERE status IN ('in_flight', 'unknown') ORDER BY customer_id",
        )
        .map_err(StateError::sqlite(action))?;
    let rows = statement
        .query_map([], |row| {
            let sent: Option<Vec<u8>> = row.get(3)?;
            let account = OpenAccount {
                key: Key::new(row.get::<_, String>(0)?),
                customer_id: CustomerId::new(row.get::<_, String>(1)?),
                account_id: row.get::<_, Option<String>>(2)?.map(AccountId::new),
                sent: FieldHashes::default(),
            };
            Ok((account, sent))
        })
        .map_err(StateError::sqlite(action))?;
    rows.map(|row| {
        let (account, sent) = row.map_err(StateError::sqlite(action))?;
        let sent = FieldHashes::from_bytes(&sent.unwrap_or_default()).ok_or_else(|| {
            StateError::damaged(format!("the bank account of {}", account.customer_id))
        })?;
        Ok(OpenAccount { sent, ..account })
    })
    .collect()
}

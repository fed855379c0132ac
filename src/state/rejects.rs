//! What became of the rows of a run, key by key; and the runs that tried its rejects again.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::StateError;
use super::journal::ChangeStatus;
use super::open::State;
use super::runs::{RunNumber, RunRecord, one_run, runs};
use crate::model::Key;
use crate::plan::{ChangeKind, Fingerprint};

/// How the row of a key ended in a run.
#[derive(Clone, Debug)]
pub struct KeyEnd {
    /// Its change, if one was planned; never a delete.
    pub change: Option<RowEnd>,
    /// Active customers that have the key now.
    pub customers: u64,
}

/// How far a row's change came.
#[derive(Clone, Debug)]
pub struct RowEnd {
    /// How far.
    pub status: ChangeStatus,
    /// Whether all but the bank account is done.
    pub at_account: bool,
    /// Why not further, in a word: Grid's code, or ours.
    pub code: Option<String>,
    /// The fields that Grid named.
    pub fields: Vec<String>,
    /// The fingerprint of the row that was planned.
    pub fingerprint: Option<Fingerprint>,
}

/// What became of the rows that a run left undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Runs that tried its rejects again.
    pub runs: u64,
    /// Rows that it left undone, those of deletes not counted; absent where it never got to count.
    pub of: Option<u64>,
    /// Rows of these that were settled since.
    pub settled: u64,
}

impl Settled {
    /// Rows that nobody settled yet.
    pub fn left(&self) -> Option<u64> {
        self.of.map(|of| of.saturating_sub(self.settled))
    }
}

impl State {
    /// How the rows of these keys ended, in the keys' order.
    pub fn ends_blocking(&self, run: RunNumber, keys: Vec<Key>) -> Result<Vec<KeyEnd>, StateError> {
        self.owner.call_blocking(move |connection| {
            keys.iter()
                .map(|key| {
                    Ok(KeyEnd {
                        change: row_end(connection, run, key)?,
                        customers: customers(connection, key)?,
                    })
                })
                .collect()
        })
    }

    /// Runs whose id begins so: all of them, up to two. A whole id is one run's.
    pub async fn runs_named(&self, name: String) -> Result<Vec<RunRecord>, StateError> {
        self.owner
            .call(move |connection| {
                let exact = one_run(connection, "WHERE run_id = ?1", &[&name])?;
                if let Some(run) = exact {
                    return Ok(vec![run]);
                }
                let begins =
                    "WHERE substr(run_id, 1, length(?1)) = ?1 ORDER BY number DESC LIMIT 2";
                runs(connection, begins, &[&name])
            })
            .await
    }

    /// The run of this number.
    pub async fn run(&self, number: RunNumber) -> Result<Option<RunRecord>, StateError> {
        self.owner
            .call(move |connection| one_run(connection, "WHERE number = ?1", &[&number.0]))
            .await
    }

    /// The last run over a whole source that left rows undone.
    pub async fn last_run_with_rejects(&self) -> Result<Option<RunRecord>, StateError> {
        self.owner
            .call(|connection| {
                let counted =
                    "WHERE rejects_of IS NULL AND counts IS NOT NULL ORDER BY number DESC";
                let undone =
                    |run: &RunRecord| run.counts.is_some_and(|counts| counts.needs_attention());
                Ok(runs(connection, counted, &[])?.into_iter().find(undone))
            })
            .await
    }

    /// Records that rows which a run left undone are done now, by the lines on which they stood
    /// there. Saying it twice changes nothing.
    pub fn settle_rejects_blocking(
        &self,
        run: RunNumber,
        lines: Vec<u64>,
    ) -> Result<(), StateError> {
        self.owner.call_blocking(move |connection| {
            let mut statement = connection
                .prepare_cached(
                    "INSERT INTO settled_reject (run, line) VALUES (?, ?) ON CONFLICT DO NOTHING",
                )
                .map_err(StateError::sqlite("record settled rejects"))?;
            lines.iter().try_for_each(|line| {
                statement
                    .execute(params![run.0, line])
                    .map(drop)
                    .map_err(StateError::sqlite("record settled rejects"))
            })
        })
    }

    /// What became of the rows that a run left undone.
    pub async fn settled(&self, run: RunNumber) -> Result<Settled, StateError> {
        self.owner
            .call(move |connection| settled(connection, run))
            .await
    }
}

fn row_end(
    connection: &Connection,
    run: RunNumber,
    key: &Key,
) -> Result<Option<RowEnd>, StateError> {
    let found = connection
        .prepare_cached(
            "SELECT kind, status, code, fields, print, at_account FROM row_change WHERE run = ? AND key = ?",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![run.0, key.as_str()], |row| {
                    let (kind, status): (String, String) = (row.get(0)?, row.get(1)?);
                    let (code, fields): (_, Option<String>) = (row.get(2)?, row.get(3)?);
                    let fields = fields.unwrap_or_default();
                    Ok((kind, status, code, fields, row.get(4)?, row.get(5)?))
                })
                .optional()
        })
        .map_err(StateError::sqlite("read the journal"))?;
    let Some((kind, status, code, fields, print, at_account)) = found else {
        return Ok(None);
    };
    if ChangeKind::parse(&kind) == Some(ChangeKind::Delete) {
        return Ok(None);
    }
    let status = ChangeStatus::parse(&status)
        .ok_or_else(|| StateError::damaged(format!("a change in status `{status}`")))?;
    let print: Option<i64> = print;
    Ok(Some(RowEnd {
        status,
        at_account,
        code,
        fields: fields.split_whitespace().map(str::to_owned).collect(),
        fingerprint: print.map(|raw| Fingerprint::from_raw(raw.cast_unsigned())),
    }))
}

fn customers(connection: &Connection, key: &Key) -> Result<u64, StateError> {
    connection
        .prepare_cached("SELECT count(*) FROM mirror WHERE key = ?")
        .and_then(|mut statement| statement.query_row([key.as_str()], |row| row.get(0)))
        .map_err(StateError::sqlite("read the mirror"))
}

fn settled(connection: &Connection, run: RunNumber) -> Result<Settled, StateError> {
    let count = |sql: &str| -> Result<u64, StateError> {
        connection
            .query_row(sql, [run.0], |row| row.get(0))
            .map_err(StateError::sqlite("count the rejects"))
    };
    let deletes = "SELECT count(*) FROM change WHERE run = ? AND kind = 'delete' \
                   AND status IN ('planned', 'in_flight', 'failed', 'unknown', 'deferred')";
    let counts = one_run(connection, "WHERE number = ?1", &[&run.0])?.and_then(|run| run.counts);
    let of = match counts {
        Some(counts) => Some(counts.undone().saturating_sub(count(deletes)?)),
        None => None,
    };
    Ok(Settled {
        runs: count("SELECT count(*) FROM run WHERE rejects_of = ?")?,
        of,
        settled: count("SELECT count(*) FROM settled_reject WHERE run = ?")?,
    })
}

//! What the engine asks of the journal.

use jiff::Timestamp;
use rusqlite::params;

use super::super::error::StateError;
use super::super::open::State;
use super::super::runs::RunNumber;
use super::super::time::time;
use super::record::{OpenChange, PlannedChange, Record, Tally};
use super::rows::{COLUMNS, insert, open_changes, planned, read_change, store, tally};
use crate::model::Key;
use crate::plan::{Change, ChangeKind};

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

    /// Which of the keys have a planned change that nothing was done for yet, or that is done but for
    /// its bank account.
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

    /// When a request of the run left last.
    pub async fn last_attempt(&self, run: RunNumber) -> Result<Option<Timestamp>, StateError> {
        self.owner
            .call(move |connection| {
                connection
                    .query_row(
                        "SELECT max(attempted_at) FROM (SELECT attempted_at FROM change WHERE run = ?1 \
                         UNION ALL SELECT attempted_at FROM account WHERE run = ?1)",
                        [run.0],
                        |row| row.get::<_, Option<String>>(0),
                    )
                    .map(time)
                    .map_err(StateError::sqlite("read the journal"))
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

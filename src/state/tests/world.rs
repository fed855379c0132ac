//! A state file in a folder of its own, and short ways to fill it and to look into it.

use std::ops::Deref;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::model::{CustomerId, CustomerType, Key, Scope};
use crate::plan::testing::{HASH_KEY, hashes, target};
use crate::plan::{Change, Owned};
use crate::state::{
    Listed, MirrorRow, Opening, Record, RunFacts, RunNumber, ScanMode, State, StateError,
};

/// Runs a future to its end. The blocking calls of a state are for threads without a runtime.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Waits for a state's answer, which is a good one.
pub(super) fn done<T>(future: impl Future<Output = Result<T, StateError>>) -> T {
    wait(future).expect("the state file works")
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A customer as a page lists it.
pub(super) fn listed(key: &str, customer_id: &str, shown: &[(&str, &str)]) -> Listed {
    Listed {
        key: Key::new(key),
        customer_id: CustomerId::new(customer_id),
        customer_type: Some(CustomerType::Individual),
        status: Some("APPROVED".into()),
        created_at: Some("2026-02-01T00:00:00Z".into()),
        updated_at: Some("2026-03-01T00:00:00Z".into()),
        is_deleted: false,
        shown: hashes(shown),
    }
}

pub(super) fn deleted(key: &str, customer_id: &str) -> Listed {
    Listed {
        is_deleted: true,
        ..listed(key, customer_id, &[])
    }
}

pub(super) fn created(key: &str, customer_id: &str, sent: &[(&str, &str)]) -> Record {
    Record::Created {
        customer: Box::new(listed(key, customer_id, sent)),
        sent: Some(hashes(sent)),
        owned: Owned::Created,
        account: None,
    }
}

pub(super) struct World {
    folder: TempDir,
    state: Option<State>,
}

impl Deref for World {
    type Target = State;

    fn deref(&self) -> &State {
        self.state.as_ref().expect("only reopening takes it")
    }
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let state = None;
        Self { folder, state }.reopened()
    }

    /// Another process, later.
    pub(super) fn reopened(mut self) -> Self {
        self.state = None;
        let fresh = ("state-1".into(), HASH_KEY);
        let state = State::open(&self.path(), Opening::Create, &target(), fresh);
        self.state = Some(state.expect("a state file"));
        self
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("state.sqlite")
    }

    /// A connection beside the owner's: it sees what is committed.
    pub(super) fn beside(&self) -> Connection {
        Connection::open(self.path()).expect("a database")
    }

    pub(super) fn begin_run(&self, run_id: &str) -> RunNumber {
        done(self.state().begin_run(RunFacts {
            run_id: run_id.into(),
            command: "sync".into(),
            started_at: time("2026-03-01T00:00:00Z"),
            source: "csv users.csv".into(),
            mapping: "mapping".into(),
            scope: Scope::EVERYBODY,
            rejects_of: None,
        }))
    }

    pub(super) fn run_with(&self, changes: &[Change]) -> RunNumber {
        let run = self.begin_run("run");
        self.plan_changes_blocking(run, changes.to_vec())
            .expect("planned");
        run
    }

    pub(super) fn record(&self, run: RunNumber, key: &str, record: Record) {
        done(self.state().record(run, Key::new(key), record));
    }

    /// Status and code of a change, as they are on disk.
    pub(super) fn change(&self, key: &str) -> (String, Option<String>) {
        self.beside()
            .query_row(
                "SELECT status, code FROM change WHERE key = ?",
                [key],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .expect("a change")
    }

    /// A scan of these pages, to its end. Gives the number of active customers.
    pub(super) fn scan(&self, mode: ScanMode, pages: &[Vec<Listed>]) -> u64 {
        done(self.begin_scan(mode, time("2026-03-01T00:00:00Z")));
        for (number, page) in (1..).zip(pages) {
            let cursor = (number < pages.len()).then(|| format!("after {number}"));
            done(self.store_page(page.clone(), cursor));
        }
        done(self.finish_scan(time("2026-02-28T23:45:00Z"), "mapping".into()))
    }

    pub(super) fn full_scan(&self, customers: &[Listed]) -> u64 {
        self.scan(ScanMode::Full, &[customers.to_vec()])
    }

    pub(super) fn rows(&self) -> Vec<MirrorRow> {
        let mut rows = Vec::new();
        self.mirror_reader()
            .and_then(|reader| {
                reader.each(|row| {
                    rows.push(row);
                    true
                })
            })
            .expect("the mirror can be read");
        rows
    }

    /// Key and customer id of every customer in the mirror.
    pub(super) fn customers(&self) -> Vec<(String, String)> {
        let ids = |row: MirrorRow| (row.key.to_string(), row.customer.customer_id.to_string());
        self.rows().into_iter().map(ids).collect()
    }

    pub(super) fn state(&self) -> &State {
        self
    }
}

pub(super) fn since() -> ScanMode {
    ScanMode::Incremental {
        since: "2026-02-28T23:45:00Z".into(),
    }
}

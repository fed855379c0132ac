//! Applying a run's journal: who sends what, and how much at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use super::doomed::Doomed;
use super::look::Lateness;
use super::pick::{Picked, Picker, Task};
use super::tracker::{Ended, Tracker};
use crate::engine::context::Context;
use crate::engine::error::EngineError;
use crate::engine::feed::Feed;
use crate::event::Outcome;
use crate::grid::{Client, Writer};
use crate::model::{Key, Limit};
use crate::plan::ChangeKind;
use crate::state::{Record, RunNumber};

/// Changes that are under way or wait for their outcome to be found out, in all. Each holds one
/// user's values, so this bounds memory; a change that is looked up holds no turn.
const TASKS: usize = 512;

/// Deletes that are fetched from the journal at a time.
const DELETES: u32 = 256;

/// Why a change is left whose user is not in the source any more.
const USER_IS_GONE: &str = "USER_IS_GONE";

/// Why deletes are left: the source has a row whose key cannot be read, and it may be one of theirs.
const KEY_IS_UNREADABLE: &str = "KEY_IS_UNREADABLE";

/// What applying goes by.
#[derive(Clone, Debug)]
pub struct ApplySettings {
    /// Requests under way at once, at most.
    pub concurrency: usize,
    /// Requests for one change, at most.
    pub attempts: u32,
    /// How long an unknown create is looked for before an empty answer counts.
    pub lateness: Lateness,
    /// Refused changes, of all changes tried, before the run stops.
    pub failures: Limit,
    /// Whether every user is looked up before it is created, because the mirror cannot be trusted.
    pub look_first: bool,
    /// Whether a customer that is found in place of a create becomes this state's own.
    pub adopt: bool,
    /// Changes that the journal holds and that write to Grid, for the display.
    pub total: u64,
}

/// Applies one run. Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct Applier {
    pub(super) context: Context,
    pub(super) writer: Writer,
    pub(super) run: RunNumber,
    pub(super) settings: Arc<ApplySettings>,
    pub(super) tracker: Arc<Tracker>,
    turns: Arc<Semaphore>,
    /// Keys of changes that have no end yet: a source that repeats a key must not send it twice.
    pub(super) live: Arc<Mutex<HashSet<Key>>>,
}

impl Applier {
    /// An applier for the run's journal.
    pub fn new(context: Context, client: &Client, run: RunNumber, settings: ApplySettings) -> Self {
        let tracker = Tracker::new(
            context.sink.clone(),
            context.stop.clone(),
            settings.failures,
            settings.total,
        );
        Self {
            turns: Arc::new(Semaphore::new(settings.concurrency)),
            tracker: Arc::new(tracker),
            settings: Arc::new(settings),
            live: Arc::default(),
            context,
            writer: client.writer(),
            run,
        }
    }

    /// Creates and adopts, then deletes. Returns when all is done, or when the run was asked to
    /// stop and what was under way is finished.
    pub async fn apply(&self, feed: &Feed, mapping: &str) -> Result<(), EngineError> {
        let applied = tokio::select! {
            biased;
            applied = self.creates_then_deletes(feed, mapping) => applied,
            never = self.tracker.keep_reporting() => never,
        };
        self.tracker.report();
        applied
    }

    async fn creates_then_deletes(&self, feed: &Feed, mapping: &str) -> Result<(), EngineError> {
        let picked = self.creates(feed, mapping).await?;
        let Picked::All { nameless } = picked else {
            return Ok(());
        };
        if self.context.stop.reason().is_some() {
            return Ok(());
        }
        for kind in ChangeKind::ALL {
            if kind != ChangeKind::Delete {
                self.defer_rest(kind, USER_IS_GONE).await?;
            }
        }
        self.defer_missing_accounts().await?;
        if nameless {
            return self.defer_rest(ChangeKind::Delete, KEY_IS_UNREADABLE).await;
        }
        self.deletes().await
    }

    /// How far the source was read.
    async fn creates(&self, feed: &Feed, mapping: &str) -> Result<Picked, EngineError> {
        let (sender, mut picked) = mpsc::channel(self.settings.concurrency * 2);
        let picker = Picker::new(self.clone(), feed.open_again(mapping)?, sender)?;
        let picking = tokio::task::spawn_blocking(move || picker.run());
        let mut tasks = JoinSet::new();
        while let Some(task) = picked.recv().await {
            if tasks.len() >= TASKS {
                finished(tasks.join_next().await)?;
            }
            while let Some(done) = tasks.try_join_next() {
                finished(Some(done))?;
            }
            let applier = self.clone();
            tasks.spawn(async move { applier.live(task).await });
        }
        while let Some(done) = tasks.join_next().await {
            finished(Some(done))?;
        }
        picking.await.map_err(EngineError::join)?
    }

    async fn live(&self, task: Task) -> Result<(), EngineError> {
        let key = task.key().clone();
        let result = match task {
            Task::Create(create) => self.create(*create).await,
            Task::Step(step) => self.step(*step).await,
        };
        self.live
            .lock()
            .expect("nothing panics while it holds the lock")
            .remove(&key);
        result
    }

    /// Leaves what is planned of a kind and was not met in the source.
    async fn defer_rest(&self, kind: ChangeKind, code: &'static str) -> Result<(), EngineError> {
        let state = &self.context.state;
        let keys = state.defer_planned(self.run, kind, code).await?;
        self.tell_deferred(keys, kind, code);
        Ok(())
    }

    /// The same where only the bank account was left to be done.
    async fn defer_missing_accounts(&self) -> Result<(), EngineError> {
        let state = &self.context.state;
        let keys = state.defer_accounts(self.run, USER_IS_GONE).await?;
        self.tell_deferred(keys, ChangeKind::Attach, USER_IS_GONE);
        Ok(())
    }

    fn tell_deferred(&self, keys: Vec<Key>, kind: ChangeKind, code: &str) {
        for key in keys {
            let ended = Ended::new(key, kind, Outcome::Deferred);
            self.tracker.ended(ended.with_code(code));
        }
    }

    async fn deletes(&self) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let batch = self
                .context
                .state
                .next_planned(self.run, ChangeKind::Delete, after.take(), DELETES)
                .await?;
            let Some(last) = batch.last() else {
                return Ok(());
            };
            after = Some(last.key.clone());
            let mut tasks = JoinSet::new();
            for change in batch {
                let Some(customer_id) = change.customer_id else {
                    continue;
                };
                let doomed = Doomed {
                    key: change.key,
                    customer_id,
                    version: change.fingerprint,
                };
                let applier = self.clone();
                tasks.spawn(async move { applier.delete(&doomed).await });
            }
            while let Some(done) = tasks.join_next().await {
                finished(Some(done))?;
            }
            if self.context.stop.reason().is_some() {
                return Ok(());
            }
        }
    }

    /// A turn to have a request under way; `None` if the run was asked to stop.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        let turn = self
            .context
            .stop
            .unless(Arc::clone(&self.turns).acquire_owned())
            .await?;
        Some(turn.expect("the semaphore is never closed"))
    }

    pub(super) async fn record(&self, key: &Key, record: Record) -> Result<(), EngineError> {
        Ok(self
            .context
            .state
            .record(self.run, key.clone(), record)
            .await?)
    }
}

type Done = Result<Result<(), EngineError>, tokio::task::JoinError>;

fn finished(done: Option<Done>) -> Result<(), EngineError> {
    match done {
        None => Ok(()),
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(EngineError::join(error)),
    }
}

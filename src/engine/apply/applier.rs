//! Applying a run's journal: who sends what, and how much at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;

use super::create::Create;
use super::look::Lateness;
use super::pick::{Picked, Picker};
use super::tracker::{Ended, Tracker};
use crate::engine::context::Context;
use crate::engine::error::EngineError;
use crate::engine::feed::Feed;
use crate::event::{Event, Outcome};
use crate::grid::{Client, Writer};
use crate::model::{Key, Limit};
use crate::plan::ChangeKind;
use crate::state::{Record, RunNumber};

/// Creates that are under way or wait for their outcome to be found out, in all. Each holds one
/// request body, so this bounds memory; a change that is looked up holds no turn.
const TASKS: usize = 512;

/// Deletes that are fetched from the journal at a time.
const DELETES: u32 = 256;

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
    /// Creates and deletes that the journal holds, for the display.
    pub total: u64,
}

/// Applies one run. Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct Applier {
    pub(super) context: Context,
    pub(super) writer: Writer,
    client: Client,
    pub(super) run: RunNumber,
    pub(super) settings: Arc<ApplySettings>,
    pub(super) tracker: Arc<Tracker>,
    turns: Arc<Semaphore>,
    /// Keys of creates that have no end yet: a source that repeats a key must not send it twice.
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
            client: client.clone(),
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
        let complete = self.creates(feed, mapping).await?;
        if !complete || self.context.stop.reason().is_some() {
            return Ok(());
        }
        for kind in [
            ChangeKind::Create,
            ChangeKind::Adopt,
            ChangeKind::AdoptDrifted,
        ] {
            self.defer_missing(kind).await?;
        }
        self.deletes().await
    }

    /// Whether the source was read to its end.
    async fn creates(&self, feed: &Feed, mapping: &str) -> Result<bool, EngineError> {
        let (sender, mut picked) = mpsc::channel(self.settings.concurrency * 2);
        let picker = Picker::new(self.clone(), feed.open_again(mapping)?, sender)?;
        let picking = tokio::task::spawn_blocking(move || picker.run());
        let mut tasks = JoinSet::new();
        while let Some(create) = picked.recv().await {
            if tasks.len() >= TASKS {
                finished(tasks.join_next().await)?;
            }
            while let Some(done) = tasks.try_join_next() {
                finished(Some(done))?;
            }
            let applier = self.clone();
            tasks.spawn(async move { applier.live_create(create).await });
        }
        while let Some(done) = tasks.join_next().await {
            finished(Some(done))?;
        }
        match picking.await.map_err(EngineError::join)?? {
            Picked::All => Ok(true),
            Picked::Stopped => Ok(false),
        }
    }

    async fn live_create(&self, create: Create) -> Result<(), EngineError> {
        let key = create.key.clone();
        let result = self.create(create).await;
        self.live
            .lock()
            .expect("nothing panics while it holds the lock")
            .remove(&key);
        result
    }

    /// The source has no such user any more.
    async fn defer_missing(&self, kind: ChangeKind) -> Result<(), EngineError> {
        let code = "USER_IS_GONE";
        for key in self
            .context
            .state
            .defer_planned(self.run, kind, code)
            .await?
        {
            self.tracker
                .ended(Ended::new(key, kind, Outcome::Deferred).with_code(code));
        }
        Ok(())
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
                let applier = self.clone();
                tasks.spawn(async move { applier.delete(change.key, customer_id).await });
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

    /// Tells of a pause that Grid asked for.
    pub(super) fn tell_pause(&self) {
        let state = self.client.throttle().state();
        if !state.paused_for.is_zero() {
            let rate = state.effective.unwrap_or(f64::INFINITY);
            self.context.sink.emit(Event::Paused {
                pause: state.paused_for,
                rate,
            });
        }
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

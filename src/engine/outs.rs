//! Where a draft's changes go: nowhere, or into a run's journal; and where its absent users go.

use jiff::Timestamp;

use super::draft::DraftOut;
use super::error::EngineError;
use crate::model::{CustomerId, Key};
use crate::plan::{Change, Finding};
use crate::state::{RunNumber, State};

/// Changes that are stored at a time.
const BATCH: usize = 2_000;

/// Nowhere: for a plan that is only shown.
pub struct Nowhere;

impl DraftOut for Nowhere {
    fn change(&mut self, _change: Change) -> Result<(), EngineError> {
        Ok(())
    }

    fn finding(&mut self, _finding: &Finding) -> Result<(), EngineError> {
        Ok(())
    }
}

/// Memory: for plans of a few lines.
#[cfg(any(fuzzing, test))]
impl DraftOut for Vec<Change> {
    fn change(&mut self, change: Change) -> Result<(), EngineError> {
        self.push(change);
        Ok(())
    }

    fn finding(&mut self, _finding: &Finding) -> Result<(), EngineError> {
        Ok(())
    }
}

/// The journal of a run, as planned changes. Harmless until the plan is approved.
pub struct IntoJournal {
    state: State,
    run: RunNumber,
    batch: Vec<Change>,
}

impl IntoJournal {
    /// For the run.
    pub fn new(state: State, run: RunNumber) -> Self {
        Self {
            state,
            run,
            batch: Vec::with_capacity(BATCH),
        }
    }

    /// Stores what is left.
    pub fn finish(mut self) -> Result<(), EngineError> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        Ok(self.state.plan_changes_blocking(self.run, batch)?)
    }
}

impl DraftOut for IntoJournal {
    fn change(&mut self, change: Change) -> Result<(), EngineError> {
        self.batch.push(change);
        if self.batch.len() == BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn finding(&mut self, _finding: &Finding) -> Result<(), EngineError> {
        Ok(())
    }
}

/// The tombstones: a draft is made once more for them, when it is known whether its read counts.
pub struct IntoTombstones {
    state: State,
    /// When the read was made, if it counts. Who is seen again is seen in any read.
    counts: Option<Timestamp>,
    absent: Vec<(Key, CustomerId)>,
    returned: Vec<(Key, CustomerId)>,
}

impl IntoTombstones {
    /// For a read made at that time, if it counts.
    pub fn new(state: State, counts: Option<Timestamp>) -> Self {
        Self {
            state,
            counts,
            absent: Vec::new(),
            returned: Vec::new(),
        }
    }

    /// Stores what is left.
    pub fn finish(mut self) -> Result<(), EngineError> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        let returned = std::mem::take(&mut self.returned);
        self.state.clear_absent_blocking(returned)?;
        let absent = std::mem::take(&mut self.absent);
        if let Some(at) = self.counts {
            self.state.record_absent_blocking(absent, at)?;
        }
        Ok(())
    }

    fn flush_if_full(&mut self) -> Result<(), EngineError> {
        if self.absent.len() + self.returned.len() >= BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }
}

impl DraftOut for IntoTombstones {
    fn change(&mut self, _change: Change) -> Result<(), EngineError> {
        Ok(())
    }

    fn finding(&mut self, _finding: &Finding) -> Result<(), EngineError> {
        Ok(())
    }

    fn absent(&mut self, key: &Key, customer_id: &CustomerId) -> Result<(), EngineError> {
        self.absent.push((key.clone(), customer_id.clone()));
        self.flush_if_full()
    }

    fn returned(&mut self, key: &Key, customer_id: &CustomerId) -> Result<(), EngineError> {
        self.returned.push((key.clone(), customer_id.clone()));
        self.flush_if_full()
    }
}

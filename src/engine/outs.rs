//! Where a draft's changes go: nowhere, or into a run's journal.

use super::draft::DraftOut;
use super::error::EngineError;
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

//! Why a phase could not go on. Which exit code that is, `exit` decides.

use std::io;
use std::path::PathBuf;

use crate::grid;
use crate::map::BindFault;
use crate::source::write_back::WriteBackError;
use crate::source::{RejectsError, SourceError};
use crate::state::{LockError, StateError};

/// A phase failed as a whole.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The source cannot be read.
    #[error("the source cannot be read")]
    Source(#[from] SourceError),
    /// The source was lost while changes were sent. What was read and sent counts, and the rest can
    /// be sent by a later run.
    #[error(
        "the source was lost while the plan was applied: what was sent is recorded, and \
         `gridsync apply` goes on with the rest"
    )]
    SourceLost(#[source] SourceError),
    /// The mapping does not fit the source.
    #[error("{}", bind_text(.0))]
    Mapping(Vec<BindFault>),
    /// The scope goes by a field that no row has.
    #[error(
        "scope.where: `{0}` is not mapped, so that no user would be in scope: map it in [fields], or choose by \
         another field"
    )]
    ScopeUnmapped(String),
    /// The mapping, bound to the header as it is now, is not the one that was planned with.
    #[error(
        "the columns of the source, or [fields], changed since the plan was made: make the plan again"
    )]
    MappingMoved,
    /// The state file failed.
    #[error(transparent)]
    State(#[from] StateError),
    /// Grid failed, after retries.
    #[error("Grid could not be {doing}")]
    Grid {
        /// `listed`, `asked`, …
        doing: &'static str,
        /// The last error.
        #[source]
        source: grid::Error,
    },
    /// Grid's list cannot be followed to its end.
    #[error(
        "Grid's customer list cannot be followed: {fault}; nothing was planned from it and nothing was written"
    )]
    List {
        /// Why.
        fault: grid::ListFault,
    },
    /// The temporary file of sorted rows failed.
    #[error("the temporary file for sorting failed (TMPDIR names its folder)")]
    Spill(#[source] io::Error),
    /// The rejects file cannot be written.
    #[error("the rejects file cannot be written")]
    Rejects(#[from] RejectsError),
    /// The ids cannot be written back. What was written before is recorded.
    #[error(transparent)]
    WriteBack(#[from] WriteBackError),
    /// The file of rejects cannot be tried again.
    #[error("the rejects cannot be tried again")]
    RejectsUnfit(#[source] RejectsError),
    /// The lock is held, or cannot be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The client cannot be made from these settings.
    #[error("the client of Grid cannot be set up")]
    Setup(#[from] grid::SetupError),
    /// The plan file cannot be written or read.
    #[error("the plan file {path} failed")]
    PlanFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The plan file is not a whole plan.
    #[error("{path} cannot be applied: {reason}; make the plan again")]
    PlanDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The run was asked to stop before it began to write.
    #[error("stopped before anything was written")]
    Stopped,
    /// A thread of the run panicked: a bug.
    #[error("a part of the run panicked: {0}")]
    Panicked(String),
}

impl EngineError {
    /// An error of the source in the pass that sends what was planned. What may have gone by the
    /// next run pauses this one.
    pub(super) fn while_applying(error: SourceError) -> Self {
        if error.is_transient() {
            Self::SourceLost(error)
        } else {
            Self::Source(error)
        }
    }

    /// Wraps an error of the client.
    pub(super) fn grid(doing: &'static str) -> impl FnOnce(grid::Error) -> Self {
        move |source| Self::Grid { doing, source }
    }

    /// A task that was lost.
    #[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it on")]
    pub(super) fn join(error: tokio::task::JoinError) -> Self {
        Self::Panicked(error.to_string())
    }
}

fn bind_text(faults: &[BindFault]) -> String {
    let list: Vec<String> = faults
        .iter()
        .map(|fault| format!("\n  - {fault}"))
        .collect();
    format!("the mapping does not fit the source:{}", list.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{DatabaseFault, SourceName};

    fn of(fault: DatabaseFault) -> SourceError {
        let name = SourceName::new("postgres", "db.example.com/app");
        SourceError::database(&name, fault)
    }

    #[test]
    fn a_connection_that_is_lost_while_changes_are_sent_pauses_the_run() {
        let lost = of(DatabaseFault::Lost {
            rows: 7,
            code: "SQLSTATE 57P01".into(),
        });
        let error = EngineError::while_applying(lost);
        assert!(matches!(error, EngineError::SourceLost(_)));
        let gone = of(DatabaseFault::NoTable {
            table: "users".into(),
            code: "SQLSTATE 42P01".into(),
            nearest: None,
        });
        let error = EngineError::while_applying(gone);
        assert!(matches!(error, EngineError::Source(_)));
    }
}

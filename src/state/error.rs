//! What can be wrong with a state file. All of it is exit code 10.

use std::path::PathBuf;
use std::sync::Arc;

/// The state file cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StateError {
    /// There is none.
    #[error(
        "there is no state file at {path}: run `gridsync sync` first, or name the file with --state"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file or its folder cannot be opened.
    #[error("cannot open the state file {path}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// The file is SQLite, but not one of ours.
    #[error(
        "{path} is not a gridsync state file (application id {found:#x}): name another file with --state"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The application id found.
        found: i32,
    },
    /// A newer program wrote it.
    #[error(
        "{path} was written by a newer gridsync (schema {found}, this program knows {known}): update this program"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The state belongs to another Grid account, edition or server.
    #[error(
        "the state file {path} is for {what} `{expected}`, this run is for `{found}`: use one state file for each target (--state)"
    )]
    OtherTarget {
        /// The file.
        path: PathBuf,
        /// What differs: `base URL`, `client id` or `edition`.
        what: &'static str,
        /// As the state file has it.
        expected: String,
        /// As the configuration has it.
        found: String,
    },
    /// SQLite failed: a damaged file, a full disk, a file system without locks.
    #[error("the state file failed while it was to {action}; what was committed before is safe")]
    Sqlite {
        /// What was being done.
        action: &'static str,
        /// SQLite's own words.
        #[source]
        source: Arc<rusqlite::Error>,
    },
    /// A stored value makes no sense.
    #[error(
        "the state file is damaged: {what}; restore it from a backup, or move it away and run a full scan"
    )]
    Damaged {
        /// What makes no sense.
        what: String,
    },
    /// The owner thread is gone, after an error that was reported before.
    #[error("the state file was closed after an earlier error")]
    Closed,
}

impl StateError {
    /// Wraps an error of SQLite.
    pub(super) fn sqlite(action: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Sqlite {
            action,
            source: Arc::new(source),
        }
    }

    /// A stored value that this program never writes.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

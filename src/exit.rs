//! Exit codes, one meaning each, in every version (design: they are what cron pages on).

use std::fmt::Write;

use crate::config::{ConfigError, CredentialsError};
use crate::engine::{EngineError, StopReason};
use crate::plan::Counts;

/// How the process ends. In the order of weight when several apply: the first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// SIGINT; drained; can be resumed.
    Interrupted,
    /// SIGTERM; drained; can be resumed.
    Terminated,
    /// State file missing, damaged, newer, or of another target.
    State,
    /// 401 or 403.
    Auth,
    /// A guard said no. Nothing was written.
    Refused,
    /// The plan was applied before, is too old, or was made from other inputs.
    Stale,
    /// Stopped early on purpose; can be resumed.
    Paused,
    /// Another run holds the lock.
    Locked,
    /// Bad flags.
    Usage,
    /// The source is unreadable as a whole.
    Data,
    /// The configuration is invalid.
    Config,
    /// Anything unclassified, a panic included.
    Failed,
    /// Finished; some rows rejected, ambiguous, failed or deferred.
    Rows,
    /// Only with `--detailed-exitcode`: differences found.
    Changes,
    /// Done, or nothing to do.
    Ok,
}

impl Exit {
    /// Every code, in the order of weight.
    pub const ALL: [Self; 15] = [
        Self::Interrupted,
        Self::Terminated,
        Self::State,
        Self::Auth,
        Self::Refused,
        Self::Stale,
        Self::Paused,
        Self::Locked,
        Self::Usage,
        Self::Data,
        Self::Config,
        Self::Failed,
        Self::Rows,
        Self::Changes,
        Self::Ok,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Failed => 1,
            Self::Changes => 2,
            Self::Rows => 3,
            Self::Refused => 4,
            Self::Stale => 5,
            Self::Paused => 6,
            Self::State => 10,
            Self::Locked => 11,
            Self::Auth => 12,
            Self::Usage => 64,
            Self::Data => 65,
            Self::Config => 78,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The name, in `--json` and in the documentation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Changes => "changes",
            Self::Rows => "rows",
            Self::Refused => "refused",
            Self::Stale => "stale",
            Self::Paused => "paused",
            Self::State => "state",
            Self::Locked => "locked",
            Self::Auth => "auth",
            Self::Usage => "usage",
            Self::Data => "data",
            Self::Config => "config",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// Whether running again goes on where this run stopped.
    pub const fn is_resumable(self) -> bool {
        matches!(
            self,
            Self::Interrupted | Self::Terminated | Self::Paused | Self::Auth
        )
    }

    /// How a run ends that came to these counts.
    pub fn of_counts(counts: &Counts) -> Self {
        if counts.needs_attention() {
            Self::Rows
        } else {
            Self::Ok
        }
    }
}

impl From<StopReason> for Exit {
    fn from(reason: StopReason) -> Self {
        match reason {
            StopReason::Interrupt => Self::Interrupted,
            StopReason::Terminate => Self::Terminated,
            StopReason::MaxDuration
            | StopReason::TooManyFailures
            | StopReason::GridDown
            | StopReason::UsedUp => Self::Paused,
            StopReason::Auth => Self::Auth,
        }
    }
}

/// Why a command ended before it had counts to show.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration, or a flag.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There are no credentials.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// A phase failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A guard said no; the report has said which.
    #[error("{0}")]
    Refused(String),
    /// The plan cannot be applied any more.
    #[error("{0}: make the plan again")]
    Stale(String),
    /// The command line asks for something that makes no sense here.
    #[error("{0}")]
    Usage(String),
    /// Anything else.
    #[error("{what}")]
    Other {
        /// What was being done.
        what: String,
        /// Why it failed.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Failure {
    /// Wraps whatever went wrong while something was done.
    pub fn other(
        what: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Other {
            what: what.into(),
            source: source.into(),
        }
    }

    /// The exit code. The one place where errors become codes.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Config(error) if error.is_usage() => Exit::Usage,
            Self::Config(_) | Self::Credentials(_) => Exit::Config,
            Self::Engine(error) => engine_exit(error),
            Self::Refused(_) => Exit::Refused,
            Self::Stale(_) => Exit::Stale,
            Self::Usage(_) => Exit::Usage,
            Self::Other { .. } => Exit::Failed,
        }
    }
}

fn engine_exit(error: &EngineError) -> Exit {
    use crate::grid::Class;
    match error {
        EngineError::Source(error) if error.is_setting() => Exit::Config,
        EngineError::WriteBack(error) if error.is_setting() => Exit::Config,
        EngineError::Source(_) | EngineError::RejectsUnfit(_) => Exit::Data,
        EngineError::SourceLost(_) | EngineError::WriteBack(_) => Exit::Paused,
        EngineError::Mapping(_) | EngineError::ScopeUnmapped(_) | EngineError::Setup(_) => {
            Exit::Config
        }
        EngineError::MappingMoved | EngineError::PlanDamaged { .. } => Exit::Stale,
        EngineError::Lock(crate::state::LockError::Held { .. }) => Exit::Locked,
        EngineError::State(_) | EngineError::Lock(_) => Exit::State,
        EngineError::Grid { source, .. } => match source.class() {
            Class::Auth => Exit::Auth,
            Class::NotSent | Class::RateLimited { .. } | Class::UsedUp | Class::Unknown => {
                Exit::Paused
            }
            Class::Conflict | Class::UmaExists | Class::Gone | Class::Refused => Exit::Failed,
        },
        EngineError::List { .. } => Exit::Refused,
        EngineError::Spill(_)
        | EngineError::Rejects(_)
        | EngineError::PlanFile { .. }
        | EngineError::Panicked(_)
        | EngineError::Stopped => Exit::Failed,
    }
}

/// An error and its causes, as one sentence for people.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, ": {error}").expect("writing to a string cannot fail");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_meaning() {
        let mut codes: Vec<u8> = Exit::ALL.into_iter().map(Exit::code).collect();
        codes.sort_unstable();
        assert_eq!(
            codes,
            [0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 64, 65, 78, 130, 143]
        );
    }

    #[test]
    fn the_order_of_weight_is_signal_state_auth_refused_stale_paused_rows_changes() {
        use Exit::{Auth, Changes, Interrupted, Ok, Paused, Refused, Rows, Stale, State};
        let stated = [
            Interrupted,
            State,
            Auth,
            Refused,
            Stale,
            Paused,
            Rows,
            Changes,
            Ok,
        ];
        assert!(stated.is_sorted());
    }
}

//! How a command ended, gathered while it runs, so that the summary knows what is known whatever
//! path was taken.

use std::time::Duration;

use crate::event::{CheckpointSummary, Summary};
use crate::exit::{Exit, Failure, chain};
use crate::grid::PaceState;
use crate::plan::{Counts, Guard};

/// The version of the summary that `--json` prints.
const FORMAT_VERSION: u32 = 1;

/// All that a summary needs.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    pub(super) exit: Exit,
    pub(super) reasons: Vec<String>,
    pub(super) run_id: Option<String>,
    pub(super) counts: Counts,
    pub(super) balanced: bool,
    pub(super) guards: Vec<Guard>,
    pub(super) checkpoint: CheckpointSummary,
    pub(super) next_command: Option<String>,
    pub(super) plan_fingerprint: Option<String>,
    pub(super) requests: u64,
    pub(super) rate_limited: u64,
    pub(super) details: Option<serde_json::Value>,
}

impl Ending {
    pub(super) fn new() -> Self {
        Self {
            exit: Exit::Ok,
            reasons: Vec::new(),
            run_id: None,
            counts: Counts::default(),
            balanced: true,
            guards: Vec::new(),
            checkpoint: CheckpointSummary::default(),
            next_command: None,
            plan_fingerprint: None,
            requests: 0,
            rate_limited: 0,
            details: None,
        }
    }

    /// Takes note of what was sent, and of how often Grid asked for patience.
    pub(super) const fn count_requests(&mut self, pace: PaceState) {
        self.requests = pace.requests;
        self.rate_limited = pace.rate_limited;
    }

    /// Takes the weightier of what was said so far and this.
    pub(super) fn weigh(&mut self, exit: Exit, reason: impl Into<String>) {
        let reason = reason.into();
        if exit < self.exit {
            self.exit = exit;
            self.reasons.insert(0, reason);
        } else {
            self.reasons.push(reason);
        }
    }

    /// The command failed.
    pub(super) fn fail(&mut self, failure: &Failure) {
        self.weigh(failure.exit(), chain(failure));
    }

    pub(super) fn summary(self, command: &str, elapsed: Duration) -> Summary {
        Summary {
            format_version: FORMAT_VERSION,
            run_id: self.run_id,
            command: command.to_owned(),
            exit_code: self.exit.code(),
            exit_name: self.exit.name().to_owned(),
            reasons: self.reasons,
            resumable: self.exit.is_resumable(),
            counts: self.counts,
            balanced: self.balanced,
            guards: self.guards,
            checkpoint: self.checkpoint,
            next_command: self.next_command,
            plan_fingerprint: self.plan_fingerprint,
            requests: self.requests,
            rate_limited: self.rate_limited,
            seconds: elapsed.as_secs_f64(),
            details: self.details,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::EngineError;
    use crate::source::{DatabaseFault, SourceError, SourceName};

    fn ended(engine: impl FnOnce(SourceError) -> EngineError, fault: DatabaseFault) -> Exit {
        let name = SourceName::new("postgres", "db.example.com/app users");
        let error = engine(SourceError::database(&name, fault));
        let mut ending = Ending::new();
        ending.fail(&Failure::Engine(error));
        assert!(ending.reasons[0].contains("db.example.com/app users: "));
        ending.exit
    }

    #[test]
    fn a_database_that_is_lost_is_bad_data_and_pauses_a_run_that_writes() {
        let lost = || DatabaseFault::Lost {
            rows: 7,
            code: "SQLSTATE 57P01".into(),
        };
        assert_eq!(ended(EngineError::Source, lost()), Exit::Data);
        assert_eq!(ended(EngineError::SourceLost, lost()), Exit::Paused);
        let url = DatabaseFault::Url("it names no host".into());
        assert_eq!(ended(EngineError::Source, url), Exit::Config);
    }
}

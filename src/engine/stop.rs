//! Asking a run to stop: what is under way is finished, nothing new begins.

use std::sync::Arc;

use tokio::sync::watch;

/// Why a run stops before its plan is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// SIGINT: exit code 130.
    Interrupt,
    /// SIGTERM: exit code 143.
    Terminate,
    /// `--max-duration` is over.
    MaxDuration,
    /// More requests failed than `limits.failures` allows.
    TooManyFailures,
    /// Grid did not answer for so long that going on is of no use.
    GridDown,
    /// 401 or 403.
    Auth,
    /// A quota of the account is used up.
    UsedUp,
}

/// The request to stop, shared by everything that works. The first reason stays.
#[derive(Clone, Debug)]
pub struct Stop {
    sender: Arc<watch::Sender<Option<StopReason>>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            sender: Arc::new(watch::Sender::new(None)),
        }
    }
}

impl Stop {
    /// Asks everything to stop.
    pub fn stop(&self, reason: StopReason) {
        self.sender.send_if_modified(|stopped| {
            let first = stopped.is_none();
            stopped.get_or_insert(reason);
            first
        });
    }

    /// Why, if the run was asked to stop.
    pub fn reason(&self) -> Option<StopReason> {
        *self.sender.borrow()
    }

    /// Waits until the run is asked to stop.
    pub async fn stopped(&self) -> StopReason {
        let mut receiver = self.sender.subscribe();
        let reason = receiver
            .wait_for(Option::is_some)
            .await
            .expect("the sender is held here");
        reason.expect("waited for")
    }

    /// The future's output, unless the run is asked to stop before.
    pub async fn unless<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            _ = self.stopped() => None,
            output = work => Some(output),
        }
    }
}

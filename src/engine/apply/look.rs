//! Looking a customer up before anything is sent a second time.

use std::time::{Duration, Instant};

use super::applier::Applier;
use super::once::Once;
use crate::engine::context::Context;
use crate::grid::Error;
use crate::model::{Customer, Key};

/// At which parts of the settling time an unknown create is looked for. The last look is the one
/// that counts: only after it, an empty answer means that the customer does not exist.
const LOOKS: [f64; 5] = [0.02, 0.1, 0.3, 0.6, 1.0];

/// How long a request may take effect, or its effect stay unlisted, when nobody waits for its answer
/// any more.
#[derive(Clone, Copy, Debug)]
pub struct Lateness {
    /// For so long a request is waited for, at most.
    pub timeout: Duration,
    /// And so long after that an empty answer does not count.
    pub settle: Duration,
}

impl Lateness {
    /// What is left of the settling time for a request that an earlier run sent so long ago. It was
    /// given up on when its timeout was over or when its run ended, which may have been only now.
    pub(super) fn left(self, ago: Duration) -> Duration {
        let given_up = ago.saturating_sub(self.timeout);
        self.settle.saturating_sub(given_up)
    }
}

/// What a look-up found.
pub(super) enum Looked<T = Box<Customer>> {
    /// What was looked for: exactly one active customer with the key, or the bank account.
    Found(T),
    /// None, for certain.
    Absent,
    /// Two or more.
    Ambiguous,
    /// Grid did not answer: nothing is known.
    Unanswered(Error),
    /// The run was asked to stop meanwhile.
    Stopped,
}

impl<T> Looked<T> {
    /// The same with what was found as something else.
    pub(super) fn map<U>(self, as_other: impl FnOnce(T) -> U) -> Looked<U> {
        match self {
            Self::Found(found) => Looked::Found(as_other(found)),
            Self::Absent => Looked::Absent,
            Self::Ambiguous => Looked::Ambiguous,
            Self::Unanswered(error) => Looked::Unanswered(error),
            Self::Stopped => Looked::Stopped,
        }
    }
}

/// One look. Enough where no request can still be under way.
pub(super) async fn look(context: &Context, key: &Key) -> Looked {
    match context.stop.unless(context.reader.lookup(key)).await {
        None => Looked::Stopped,
        Some(Err(error)) => Looked::Unanswered(error),
        Some(Ok(mut customers)) => match (customers.pop(), customers.is_empty()) {
            (None, _) => Looked::Absent,
            (Some(one), true) => Looked::Found(Box::new(one)),
            (Some(_), false) => Looked::Ambiguous,
        },
    }
}

impl Applier {
    /// Looks until it is found or the settling time is over, which began when the request was given
    /// up on: it may take effect after that, and a list may show it later still.
    pub(super) async fn settle<O: Once>(&self, once: &O, since: Instant) -> Looked<O::Made> {
        let settle = self.settings.lateness.settle;
        let mut last = Looked::Absent;
        for part in LOOKS {
            let due = since + settle.mul_f64(part);
            let wait = due.saturating_duration_since(Instant::now());
            if self.pause(wait).await.is_none() {
                return Looked::Stopped;
            }
            last = once.look(self).await;
            match &last {
                Looked::Found(_) | Looked::Ambiguous | Looked::Stopped => return last,
                Looked::Unanswered(error) if error.class().ends_the_run() => return last,
                // The look itself was tried again and again: once the time is over, that is enough.
                Looked::Unanswered(_) if since.elapsed() >= settle => return last,
                Looked::Absent | Looked::Unanswered(_) => {}
            }
        }
        last
    }

    /// Waits; `None` if the run was asked to stop.
    pub(super) async fn pause(&self, wait: Duration) -> Option<()> {
        self.context.stop.unless(tokio::time::sleep(wait)).await
    }
}

//! Looking a customer up before anything is sent a second time.

use std::time::{Duration, Instant};

use super::applier::Applier;
use crate::engine::context::Context;
use crate::grid::{Class, Error};
use crate::model::{Customer, Key};

/// At which parts of the settling time an unknown create is looked for. The last look is the one
/// that counts: only after it, an empty answer means that the customer does not exist.
const LOOKS: [f64; 5] = [0.02, 0.1, 0.3, 0.6, 1.0];

/// How long a create may take effect, or its customer stay unlisted, when nobody waits for its
/// answer any more.
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
pub(super) enum Looked {
    /// Exactly one active customer with the key.
    Found(Box<Customer>),
    /// None, for certain.
    Absent,
    /// Two or more.
    Ambiguous,
    /// Grid did not answer: nothing is known.
    Unanswered(Error),
    /// The run was asked to stop meanwhile.
    Stopped,
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
    /// One look. It takes a turn like any other request.
    pub(super) async fn look(&self, key: &Key) -> Looked {
        match self.turn().await {
            Some(_turn) => look(&self.context, key).await,
            None => Looked::Stopped,
        }
    }

    /// Looks until the customer is found or the settling time is over, which began when the request
    /// was given up on: it may take effect after that, and a list may show it later still.
    pub(super) async fn settle(&self, key: &Key, since: Instant) -> Looked {
        let settle = self.settings.lateness.settle;
        let mut last = Looked::Absent;
        for part in LOOKS {
            let due = since + settle.mul_f64(part);
            let wait = due.saturating_duration_since(Instant::now());
            if self.pause(wait).await.is_none() {
                return Looked::Stopped;
            }
            last = self.look(key).await;
            match &last {
                Looked::Found(_) | Looked::Ambiguous | Looked::Stopped => return last,
                Looked::Unanswered(error) if error.class() == Class::Auth => return last,
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

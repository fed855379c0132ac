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

/// How long to wait for the next look in a settling time that began then. The one that counts begins when
/// it is over.
pub(super) fn until_next_look(since: Instant, settle: Duration) -> Duration {
    let spent = since.elapsed();
    let mut dues = LOOKS.iter().map(|part| settle.mul_f64(*part));
    let next = dues.find(|due| *due > spent).unwrap_or(spent);
    next.saturating_sub(spent)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settling_time_counts_from_when_a_request_was_given_up() {
        let seconds = Duration::from_secs;
        let late = Lateness {
            timeout: seconds(5),
            settle: seconds(30),
        };
        let left = [0, 2, 10, 35, 60].map(|ago| late.left(seconds(ago)).as_secs());
        assert_eq!(left, [30, 30, 25, 0, 0]);
    }

    #[test]
    fn the_next_look_is_never_later_than_the_settling_time() {
        let (now, settle) = (Instant::now(), Duration::from_secs(30));
        let waits = [0, 1, 10, 29, 30, 60].map(|ago| {
            let since = now.checked_sub(Duration::from_secs(ago));
            until_next_look(since.expect("the machine runs for longer"), settle)
        });
        for (wait, most) in waits.iter().zip([0.6, 2.0, 8.0, 1.0, 0.0, 0.0]) {
            assert!(*wait <= Duration::from_secs_f64(most), "{waits:?}");
        }
        assert!(waits[0] > Duration::ZERO && waits[4].is_zero() && waits[5].is_zero());
    }
}

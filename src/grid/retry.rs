//! Whether a read is tried again, and when. Pure but for the clock's reading.

use std::time::{Duration, Instant};

use super::class::Class;
use super::error::Error;
use super::settings::Retry;

/// So often one read is asked for patience, and is given up.
const PATIENCE: u32 = 100;

/// The attempts made for one read.
pub(super) struct Attempts<'a> {
    policy: &'a Retry,
    begun: Instant,
    made: u32,
    /// How many of them Grid only asked for patience. They use up no attempt: the throttle waits for
    /// as long as Grid said.
    limited: u32,
}

impl<'a> Attempts<'a> {
    pub(super) fn begin(policy: &'a Retry) -> Self {
        Self {
            policy,
            begun: Instant::now(),
            made: 0,
            limited: 0,
        }
    }

    /// An attempt failed: how long to pause before the next one, or the error to give up with.
    /// `paused_for` is how long the throttle holds everything back.
    pub(super) fn failed(&mut self, error: Error, paused_for: Duration) -> Result<Duration, Error> {
        self.made += 1;
        self.limited += u32::from(matches!(error.class(), Class::RateLimited { .. }));
        let elapsed = self.begun.elapsed();
        let pause = self.pause(&error);
        let spent = elapsed + pause.max(paused_for) > self.policy.total;
        let used_up = self.tried() >= self.policy.attempts || self.limited > PATIENCE;
        if spent || used_up || !error.is_transient() {
            return Err(error.after(self.made, elapsed));
        }
        Ok(pause)
    }

    /// Attempts that had another end than a request for patience.
    const fn tried(&self) -> u32 {
        self.made - self.limited
    }

    fn pause(&self, error: &Error) -> Duration {
        match error.class() {
            // The throttle was told and holds everyone back; sleeping here as well would double it.
            Class::RateLimited { .. } => Duration::ZERO,
            _ => backoff(self.policy, self.tried(), fastrand::f64())
                .max(error.retry_after().unwrap_or_default()),
        }
    }
}

/// Exponential with full jitter: anything from nothing to the whole, so that callers that failed
/// together do not come back together. `chance` is from 0 to 1.
fn backoff(policy: &Retry, made: u32, chance: f64) -> Duration {
    let doublings = made.saturating_sub(1).min(31);
    let whole = policy.base.saturating_mul(1 << doublings).min(policy.cap);
    whole.mul_f64(chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backoff_doubles_up_to_its_cap_and_may_be_nothing() {
        let policy = Retry {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(10),
            ..Retry::default()
        };
        let whole: Vec<_> = (1..=6)
            .map(|made| backoff(&policy, made, 1.0).as_secs())
            .collect();
        assert_eq!(whole, [1, 2, 4, 8, 10, 10]);
        assert_eq!(backoff(&policy, u32::MAX, 1.0), policy.cap);
        assert_eq!(backoff(&policy, 3, 0.0), Duration::ZERO);
        assert_eq!(backoff(&policy, 3, 0.5), Duration::from_secs(2));
    }
}

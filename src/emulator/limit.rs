//! The rate limit: a bucket of tokens that fills at a steady rate, or a count for each second.

use std::time::{Duration, Instant};

use super::settings::{Counting, RateLimit};

/// What one emulator has let through. Begins with nothing used.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    /// Where seconds begin.
    zero: Instant,
    /// Requests that may still come: now, or in this second.
    left: f64,
    /// When that was reckoned.
    at: Instant,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit, now: Instant) -> Self {
        Self {
            left: full(limit),
            limit,
            zero: now,
            at: now,
        }
    }

    pub(crate) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Lets a request through, or says how long until it would.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        self.refill(now);
        if self.left < 1.0 {
            return Err(self.wait(now));
        }
        self.left -= 1.0;
        Ok(())
    }

    fn refill(&mut self, now: Instant) {
        match self.limit.counting {
            Counting::Bucket => {
                let passed = now.saturating_duration_since(self.at).as_secs_f64();
                let filled = self.left + passed * self.limit.per_second;
                self.left = filled.min(full(self.limit));
            }
            Counting::Seconds if self.second(now) != self.second(self.at) => {
                self.left = full(self.limit);
            }
            Counting::Seconds => {}
        }
        self.at = now;
    }

    fn wait(&self, now: Instant) -> Duration {
        match self.limit.counting {
            Counting::Bucket => {
                let wait = (1.0 - self.left) / self.limit.per_second;
                Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX)
            }
            Counting::Seconds => {
                let next = Duration::from_secs(self.second(now) + 1);
                (self.zero + next).saturating_duration_since(now)
            }
        }
    }

    fn second(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.zero).as_secs()
    }
}

fn full(limit: RateLimit) -> f64 {
    match limit.counting {
        Counting::Bucket => f64::from(limit.burst),
        Counting::Seconds => limit.per_second.floor().max(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::settings::RetryAfter;

    fn limit(counting: Counting) -> RateLimit {
        RateLimit {
            per_second: 10.0,
            burst: 3,
            counting,
            retry_after: RetryAfter::Seconds,
        }
    }

    #[test]
    fn a_burst_goes_through_and_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Limiter::new(limit(Counting::Bucket), start);
        let taken = (0..5).filter(|_| bucket.take(start).is_ok()).count();
        assert_eq!(taken, 3);
        let wait = bucket.take(start).expect_err("empty");
        assert_eq!(wait, Duration::from_millis(100));
        assert!(bucket.take(start + wait).is_ok());
        assert!(bucket.take(start + wait).is_err());
    }

    #[test]
    fn each_second_has_its_own_count() {
        let start = Instant::now();
        let mut counter = Limiter::new(limit(Counting::Seconds), start);
        let late = start + Duration::from_millis(1_900);
        let taken =
            |counter: &mut Limiter, at| (0..20).filter(|_| counter.take(at).is_ok()).count();
        assert_eq!(taken(&mut counter, late), 10);
        assert_eq!(counter.take(late), Err(Duration::from_millis(100)));
        assert_eq!(taken(&mut counter, late + Duration::from_millis(100)), 10);
    }
}

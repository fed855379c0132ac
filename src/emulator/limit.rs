//! The rate limit: a bucket of tokens that fills at a steady rate.

use std::time::{Duration, Instant};

use super::settings::RateLimit;

/// The bucket of one emulator. Full at the start.
#[derive(Debug)]
pub(crate) struct Bucket {
    limit: RateLimit,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    pub(crate) fn new(limit: RateLimit, now: Instant) -> Self {
        Self {
            limit,
            tokens: f64::from(limit.burst),
            filled: now,
        }
    }

    pub(crate) fn limit(&self) -> RateLimit {
        self.limit
    }

    /// Takes a token, or says how long until there is one.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.tokens =
            (self.tokens + passed * self.limit.per_second).min(f64::from(self.limit.burst));
        if self.tokens < 1.0 {
            let wait = (1.0 - self.tokens) / self.limit.per_second;
            return Err(Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::settings::RetryAfter;

    #[test]
    fn a_burst_goes_through_and_then_the_rate() {
        let limit = RateLimit {
            per_second: 10.0,
            burst: 3,
            retry_after: RetryAfter::Seconds,
        };
        let start = Instant::now();
        let mut bucket = Bucket::new(limit, start);
        let taken = (0..5).filter(|_| bucket.take(start).is_ok()).count();
        assert_eq!(taken, 3);
        let wait = bucket.take(start).expect_err("empty");
        assert_eq!(wait, Duration::from_millis(100));
        assert!(bucket.take(start + wait).is_ok());
        assert!(bucket.take(start + wait).is_err());
    }
}

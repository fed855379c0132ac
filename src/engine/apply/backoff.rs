//! How long to wait before a request is made again.

use std::time::Duration;

/// The first ceiling.
const BASE: Duration = Duration::from_millis(500);

/// The last ceiling.
const CAP: Duration = Duration::from_secs(30);

/// A random part of a ceiling that doubles with each attempt ("full jitter": Brooker, Exponential
/// Backoff And Jitter, AWS Architecture Blog, 2015). `attempt` counts from 1.
pub(super) fn backoff(attempt: u32) -> Duration {
    let ceiling = BASE
        .saturating_mul(1 << attempt.saturating_sub(1).min(16))
        .min(CAP);
    ceiling.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        for (attempt, ceiling) in [
            (1, 500),
            (2, 1_000),
            (4, 4_000),
            (7, 30_000),
            (1_000, 30_000),
        ] {
            let longest = (0..2_000).map(|_| backoff(attempt)).max().expect("some");
            assert!(
                longest <= Duration::from_millis(ceiling),
                "{attempt}: {longest:?}"
            );
            assert!(
                longest > Duration::from_millis(ceiling * 9 / 10),
                "{attempt}: {longest:?}"
            );
        }
    }
}

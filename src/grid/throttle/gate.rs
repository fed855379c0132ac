//! Waiting for one's turn.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use tokio::sync::Mutex;

use super::limiter::{Limiter, Ticket, Turn};
use super::pace::{Pace, PaceError};

/// The right to start one request, now. Spent by the request; a permit that is dropped is lost. The
/// throttle counts a request as started when it gives the permit, so do not keep one waiting.
#[derive(Debug)]
#[must_use = "a permit that is not used slows everyone for nothing"]
pub struct Permit(());

/// How fast requests start at this moment, and what the throttle has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaceState {
    /// The configured rate, in requests per second; `None` without a limit.
    pub ceiling: Option<f64>,
    /// The rate in force: the ceiling, or less after a 429; `None` without a limit.
    pub effective: Option<f64>,
    /// How long nothing will start because of a 429; zero most of the time.
    pub paused_for: Duration,
    /// Requests started so far.
    pub requests: u64,
    /// Answers so far that asked for patience.
    pub rate_limited: u64,
}

/// The one throttle that all requests of a client pass.
pub struct Throttle {
    limiter: Limiter<RuntimeClock>,
    /// Held by whoever is next; the others queue behind it in the order they came. One timer runs at
    /// a time, and nobody is overtaken.
    turnstile: Mutex<()>,
    requests: AtomicU64,
    rate_limited: AtomicU64,
}

impl Throttle {
    /// A throttle at its ceiling.
    pub fn new(pace: Pace) -> Result<Self, PaceError> {
        Ok(Self {
            limiter: Limiter::new(pace, RuntimeClock)?,
            turnstile: Mutex::new(()),
            requests: AtomicU64::new(0),
            rate_limited: AtomicU64::new(0),
        })
    }

    /// Waits until one more request may start. Cancel-safe: whoever stops waiting loses the place.
    pub async fn permit(&self) -> Permit {
        let _turn = self.turnstile.lock().await;
        let mut ticket = Ticket::default();
        while let Turn::At(until) = self.limiter.try_start(&mut ticket) {
            tokio::time::sleep_until(until.into()).await;
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        Permit(())
    }

    /// What to report.
    pub fn state(&self) -> PaceState {
        let finite = |rate: f64| rate.is_finite().then_some(rate);
        PaceState {
            ceiling: finite(self.limiter.ceiling()),
            effective: finite(self.limiter.effective()),
            paused_for: self.limiter.paused_for(),
            requests: self.requests.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
        }
    }

    /// How long nothing will start.
    pub(in crate::grid) fn paused_for(&self) -> Duration {
        self.limiter.paused_for()
    }

    /// A 429 came: everything pauses, and goes on more slowly.
    pub(in crate::grid) fn slow_down(&self, wish: Option<Duration>) {
        self.rate_limited.fetch_add(1, Ordering::Relaxed);
        self.limiter.slow_down(wish, fastrand::f64());
        let PaceState {
            effective,
            paused_for,
            ..
        } = self.state();
        tracing::debug!(?effective, ?paused_for, "Grid asked for patience");
    }

    /// Another answer came.
    pub(in crate::grid) fn answered(&self) {
        self.limiter.answered();
    }
}

/// The runtime's clock, which tests may pause.
#[derive(Clone, Copy, Debug)]
struct RuntimeClock;

impl Clock for RuntimeClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Starts as many requests as 64 callers can within the time.
    async fn started_within(throttle: &Arc<Throttle>, time: Duration) -> u64 {
        let until = tokio::time::Instant::now() + time;
        let callers: Vec<_> = (0..64)
            .map(|_| {
                let throttle = Arc::clone(throttle);
                tokio::spawn(tokio::time::timeout_at(until, async move {
                    loop {
                        let _permit = throttle.permit().await;
                        tokio::task::yield_now().await;
                    }
                }))
            })
            .collect();
        for caller in callers {
            let outcome: Result<Result<(), _>, _> = caller.await;
            assert!(
                outcome.expect("no panic").is_err(),
                "callers stop by the time only"
            );
        }
        throttle.state().requests
    }

    #[tokio::test]
    async fn callers_never_start_more_than_allowed() {
        let pace = Pace {
            rate: 50.0,
            burst: 3,
        };
        let throttle = Arc::new(Throttle::new(pace).expect("in bounds"));
        let begin = Instant::now();
        let started = started_within(&throttle, Duration::from_millis(300)).await;
        let bound = 3.0 + 50.0 * begin.elapsed().as_secs_f64();
        assert!(started >= 3);
        assert!(
            Duration::from_secs(started).as_secs_f64() <= bound,
            "{started} > {bound}"
        );
    }

    #[tokio::test]
    async fn whoever_stops_waiting_holds_up_nobody() {
        let pace = Pace {
            rate: 20.0,
            burst: 1,
        };
        let throttle = Throttle::new(pace).expect("in bounds");
        let _first = throttle.permit().await;
        let given_up = tokio::time::timeout(Duration::from_millis(1), throttle.permit()).await;
        assert!(given_up.is_err());
        let _second = throttle.permit().await;
        assert_eq!(throttle.state().requests, 2);
    }

    #[tokio::test]
    async fn a_429_shows_in_the_state() {
        let throttle = Throttle::new(Pace {
            rate: 10.0,
            burst: 1,
        })
        .expect("in bounds");
        throttle.slow_down(Some(Duration::from_secs(30)));
        let state = throttle.state();
        assert_eq!((state.ceiling, state.rate_limited), (Some(10.0), 1));
        assert!(
            state
                .effective
                .is_some_and(|rate| (rate - 7.0).abs() < 1e-9)
        );
        assert!(state.paused_for > Duration::from_secs(29));
    }
}

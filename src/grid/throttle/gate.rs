//! Waiting for one's turn.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use super::limiter::{Limiter, Turn};
use super::pace::{Pace, PaceError};

/// The right to start one request, now. Spent by the request; a permit that is dropped is lost. The
/// throttle counts a request as started when it gives the permit, and as under way until the permit is
/// dropped, so do not keep one waiting.
#[derive(Debug)]
#[must_use = "a permit that is not used slows everyone for nothing"]
pub struct Permit {
    number: u64,
    _under_way: OwnedSemaphorePermit,
}

/// How fast requests start at this moment, and what the throttle has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaceState {
    /// The configured rate less the reserve, in requests per second; `None` without a limit.
    pub ceiling: Option<f64>,
    /// The rate in force: the ceiling, or less after a 429; `None` without a limit.
    pub effective: Option<f64>,
    /// Grid's own limit, in requests per second, if one below the configured rate was found.
    pub learned: Option<f64>,
    /// How long nothing will start because of a 429; zero most of the time.
    pub paused_for: Duration,
    /// Requests started so far.
    pub requests: u64,
    /// Answers so far that asked for patience.
    pub rate_limited: u64,
    /// How often they told something new: answers to requests that were under way together are one.
    pub pauses: u64,
}

/// What a client's life taught of Grid's limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lesson {
    /// Nothing that was not known before.
    Nothing,
    /// The limit in requests per second; `None` if the configured rate turned out to be within it.
    New(Option<f64>),
}

/// Who is told of each pause.
type Listener = Box<dyn Fn(PaceState) + Send + Sync>;

/// The one throttle that all requests of a client pass.
pub struct Throttle {
    limiter: Limiter<RuntimeClock>,
    /// As many as may be under way. Taken before the turn: whoever has had its turn leaves at once.
    slots: Arc<Semaphore>,
    /// Held by whoever is next; the others queue behind it in the order they came. One timer runs at
    /// a time, and nobody is overtaken.
    turnstile: Mutex<()>,
    requests: AtomicU64,
    rate_limited: AtomicU64,
    pauses: AtomicU64,
    listener: OnceLock<Listener>,
    /// The limit that was known at the beginning.
    known: Option<f64>,
}

impl Throttle {
    /// A throttle with so many requests under way at most. It begins at its ceiling, or at the limit
    /// that an earlier run has `learned`, in requests per second.
    pub fn new(pace: Pace, concurrency: usize, learned: Option<f64>) -> Result<Self, PaceError> {
        Ok(Self {
            limiter: Limiter::new(pace, learned, RuntimeClock)?,
            slots: Arc::new(Semaphore::new(concurrency)),
            turnstile: Mutex::new(()),
            requests: AtomicU64::new(0),
            rate_limited: AtomicU64::new(0),
            pauses: AtomicU64::new(0),
            listener: OnceLock::new(),
            known: learned.filter(|learned| *learned < pace.rate),
        })
    }

    /// From now on, each pause is told of: once, whatever the number of requests that it meets. There
    /// is one listener; a second is not heard.
    pub fn on_pause(&self, listener: impl Fn(PaceState) + Send + Sync + 'static) {
        drop(self.listener.set(Box::new(listener)));
    }

    /// Waits until one more request may start. Cancel-safe: whoever stops waiting loses the place.
    pub async fn permit(&self) -> Permit {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let _turn = self.turnstile.lock().await;
        let number = loop {
            match self.limiter.try_start() {
                Turn::Now(number) => break number,
                Turn::At(until) => tokio::time::sleep_until(until.into()).await,
            }
        };
        self.requests.fetch_add(1, Ordering::Relaxed);
        Permit {
            number,
            _under_way: slot.expect("the semaphore is never closed"),
        }
    }

    /// What to report.
    pub fn state(&self) -> PaceState {
        let finite = |rate: f64| rate.is_finite().then_some(rate);
        PaceState {
            ceiling: finite(self.limiter.ceiling()),
            effective: finite(self.limiter.in_force()),
            learned: self.limiter.learned(),
            paused_for: self.limiter.paused_for(),
            requests: self.requests.load(Ordering::Relaxed),
            rate_limited: self.rate_limited.load(Ordering::Relaxed),
            pauses: self.pauses.load(Ordering::Relaxed),
        }
    }

    /// What to keep for the next run. A limit that was known and was not reached is no news, and neither is a
    /// rate that was only tried.
    pub fn lesson(&self) -> Lesson {
        let PaceState {
            learned, pauses, ..
        } = self.state();
        match (self.known, learned) {
            _ if !self.limiter.is_settled() => Lesson::Nothing,
            (Some(known), Some(learned)) if pauses == 0 && learned <= known => Lesson::Nothing,
            (None, None) => Lesson::Nothing,
            (_, learned) => Lesson::New(learned),
        }
    }

    /// How long nothing will start.
    pub(in crate::grid) fn paused_for(&self) -> Duration {
        self.limiter.paused_for()
    }

    /// A 429 came to the request: everything pauses, and goes on more slowly.
    pub(in crate::grid) fn refused(&self, permit: &Permit, wish: Option<Duration>) {
        self.rate_limited.fetch_add(1, Ordering::Relaxed);
        if !self.limiter.refused(permit.number, wish, fastrand::f64()) {
            return;
        }
        self.pauses.fetch_add(1, Ordering::Relaxed);
        let state = self.state();
        tracing::debug!(rate = ?state.effective, pause = ?state.paused_for, "Grid asked for patience");
        if let Some(listener) = self.listener.get() {
            listener(state);
        }
    }

    /// Another answer came to the request.
    pub(in crate::grid) fn accepted(&self, permit: &Permit) {
        self.limiter.accepted(permit.number);
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
    use super::*;

    fn throttle(rate: f64, burst: u32, concurrency: usize) -> Arc<Throttle> {
        let pace = Pace {
            rate,
            burst,
            ..Pace::UNLIMITED
        };
        Arc::new(Throttle::new(pace, concurrency, None).expect("in bounds"))
    }

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
        let throttle = throttle(50.0, 3, 64);
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
        let throttle = throttle(20.0, 1, 4);
        let _first = throttle.permit().await;
        let given_up = tokio::time::timeout(Duration::from_millis(1), throttle.permit()).await;
        assert!(given_up.is_err());
        let _second = throttle.permit().await;
        assert_eq!(throttle.state().requests, 2);
    }

    #[tokio::test]
    async fn no_more_are_under_way_than_may_be() {
        let throttle = throttle(100_000.0, 100, 2);
        let (first, _second) = (throttle.permit().await, throttle.permit().await);
        let third = tokio::time::timeout(Duration::from_millis(5), throttle.permit());
        assert!(third.await.is_err());
        drop(first);
        let _third = throttle.permit().await;
        assert_eq!(throttle.state().requests, 3);
    }

    /// The first refusal is a lesson; after five, one soon after another, a lower rate is only tried.
    #[tokio::test]
    async fn a_rate_that_is_only_tried_is_no_lesson() {
        let throttle = throttle(10_000.0, 10, 10);
        assert_eq!(throttle.lesson(), Lesson::Nothing);
        let mut lessons = Vec::new();
        for _ in 0..5 {
            let accepted = throttle.permit().await;
            throttle.accepted(&accepted);
            let refused = throttle.permit().await;
            throttle.refused(&refused, Some(Duration::from_millis(1)));
            lessons.push(throttle.lesson());
        }
        assert!(matches!(lessons[0], Lesson::New(Some(_))), "{lessons:?}");
        assert_eq!(lessons[4], Lesson::Nothing);
    }

    #[tokio::test]
    async fn answers_to_requests_that_were_under_way_together_are_told_of_once() {
        let throttle = throttle(10_000.0, 10, 10);
        let told = Arc::new(AtomicU64::new(0));
        let teller = Arc::clone(&told);
        throttle.on_pause(move |state| {
            assert!(state.paused_for > Duration::from_secs(29));
            teller.fetch_add(1, Ordering::Relaxed);
        });
        let mut permits = Vec::new();
        for _ in 0..8 {
            permits.push(throttle.permit().await);
        }
        for permit in &permits {
            throttle.refused(permit, Some(Duration::from_secs(30)));
        }
        let state = throttle.state();
        assert_eq!((state.rate_limited, state.pauses), (8, 1));
        assert_eq!(told.load(Ordering::Relaxed), 1);
        assert_eq!(state.ceiling, Some(10_000.0));
        assert!(state.effective < state.ceiling && state.learned.is_some());
    }
}

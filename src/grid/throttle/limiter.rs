//! Whether a request may start now, and if not, when to ask again. Never waits.
//!
//! A request passes the brake, which holds it back in a pause and at a lowered rate, and then a row of cells
//! that is made once, for the ceiling, and never reset: so no change of rate can let more through than
//! the operator allowed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::RateLimiter;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};

use super::brake::Brake;
use super::pace::{Pace, PaceError};
use super::search::Search;

type Cells<C> = RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<Instant>>;

/// A caller's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The request counts as started, under this number: send it.
    Now(u64),
    /// Ask again then, not before.
    At(Instant),
}

/// Everything that decides, on one clock.
pub(super) struct Limiter<C: Clock<Instant = Instant>> {
    clock: C,
    ceiling: Option<Cells<C>>,
    brake: Mutex<Brake>,
}

impl<C: Clock<Instant = Instant> + Clone> Limiter<C> {
    /// `learned` is the limit that an earlier run found, in requests per second.
    pub(super) fn new(pace: Pace, learned: Option<f64>, clock: C) -> Result<Self, PaceError> {
        let quota = pace.quota()?;
        let ceiling = quota.map(|quota| RateLimiter::direct_with_clock(quota, clock.clone()));
        let search = Search::new(pace, learned);
        let brake = Mutex::new(Brake::new(search, clock.now()));
        Ok(Self {
            clock,
            ceiling,
            brake,
        })
    }

    /// Starts a request, or says when to ask again.
    pub(super) fn try_start(&self) -> Turn {
        let now = self.clock.now();
        let mut brake = self.brake();
        if let Some(until) = brake.hold(now) {
            return Turn::At(until);
        }
        match self.ceiling.as_ref().map_or(Ok(()), Cells::check) {
            Ok(()) => Turn::Now(brake.started(now)),
            Err(not_until) => Turn::At(not_until.earliest_possible()),
        }
    }

    /// A 429 came to the request: pauses everything and lowers the rate. Says whether that is news.
    pub(super) fn refused(&self, number: u64, wish: Option<Duration>, chance: f64) -> bool {
        let now = self.clock.now();
        self.brake().refused(number, now, wish, chance)
    }

    /// An answer came to the request that was no 429.
    pub(super) fn accepted(&self, number: u64) {
        self.brake().accepted(number);
    }

    /// The rate in force, in requests per second; infinite without a limit.
    pub(super) fn in_force(&self) -> f64 {
        self.brake().search().in_force()
    }

    /// The configured ceiling, in requests per second; infinite without a limit.
    pub(super) fn ceiling(&self) -> f64 {
        self.brake().search().ceiling()
    }

    /// The limit of the server, if one below the ceiling was found.
    pub(super) fn learned(&self) -> Option<f64> {
        self.brake().search().learned()
    }

    /// Whether that is more than an attempt to find out.
    pub(super) fn is_settled(&self) -> bool {
        self.brake().search().is_settled()
    }

    /// How long nothing will start.
    pub(super) fn paused_for(&self) -> Duration {
        let now = self.clock.now();
        let until = self.brake().paused_until(now);
        until.map_or(Duration::ZERO, |until| until - now)
    }

    fn brake(&self) -> MutexGuard<'_, Brake> {
        // A panic cannot leave it half changed in a way that matters.
        self.brake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::grid::throttle::simulated::{Hand, busiest_second};

    /// More callers than any test lets through.
    const MANY: usize = 100_001;

    fn limiter(rate: f64, burst: u32) -> (Limiter<Hand>, Hand) {
        let hand = Hand::new();
        let pace = Pace {
            rate,
            burst,
            ..Pace::UNLIMITED
        };
        let limiter = Limiter::new(pace, None, hand.clone()).expect("in bounds");
        (limiter, hand)
    }

    /// Starts all that may start now.
    fn drain(limiter: &Limiter<Hand>, at_most: usize) -> usize {
        (0..at_most)
            .take_while(|_| matches!(limiter.try_start(), Turn::Now(_)))
            .count()
    }

    #[test]
    fn the_default_pace_is_five_at_once_then_five_a_second() {
        let (limiter, hand) = limiter(5.0, 5);
        assert_eq!(drain(&limiter, 100), 5);
        hand.advance(Duration::from_millis(199));
        assert_eq!(drain(&limiter, 100), 0);
        hand.advance(Duration::from_millis(1));
        assert_eq!(drain(&limiter, 100), 1);
        hand.advance(Duration::from_hours(1));
        assert_eq!(
            drain(&limiter, 100),
            5,
            "quiet time earns the burst and no more"
        );
    }

    #[test]
    fn a_timer_that_wakes_late_costs_little_of_the_rate_and_breaks_no_bound() {
        for nap in [1, 4, 20] {
            let (limiter, hand) = limiter(20_000.0, 5);
            let mut starts = Vec::new();
            while hand.elapsed() < Duration::from_secs(3) {
                let started = drain(&limiter, MANY);
                starts.extend(std::iter::repeat_n(hand.elapsed(), started));
                hand.advance(Duration::from_millis(nap));
            }
            assert!(
                starts.len() >= 57_000,
                "{} with naps of {nap} ms",
                starts.len()
            );
            let busiest = busiest_second(&starts);
            assert!(busiest <= 20_005, "{busiest} with naps of {nap} ms");
        }
    }

    #[test]
    fn a_429_pauses_all_and_leaves_a_lower_rate() {
        let (limiter, hand) = limiter(100.0, 10);
        limiter.refused(u64::MAX, Some(Duration::from_secs(5)), 0.0);
        assert_eq!(limiter.paused_for(), Duration::from_secs(5));
        let until = hand.now() + Duration::from_secs(5);
        assert_eq!(limiter.try_start(), Turn::At(until));
        hand.advance(Duration::from_secs(5));
        let mut started = 0;
        for _ in 0..1000 {
            started += drain(&limiter, MANY);
            hand.advance(Duration::from_millis(1));
        }
        assert!(
            (50..100).contains(&started),
            "{started} in the second after the pause"
        );
    }

    #[test]
    fn a_change_of_rate_is_no_gift() {
        let (limiter, hand) = limiter(1_000.0, 100);
        for _ in 0..10 {
            limiter.refused(u64::MAX, Some(Duration::ZERO), 0.0);
            assert_eq!(drain(&limiter, MANY), 0);
            hand.advance(Duration::from_secs(2));
            assert!(drain(&limiter, MANY) < 100, "no burst at a lowered rate");
        }
    }

    #[test]
    fn without_a_limit_only_pauses_hold() {
        let hand = Hand::new();
        let limiter = Limiter::new(Pace::UNLIMITED, None, hand.clone()).expect("in bounds");
        assert_eq!(drain(&limiter, MANY), MANY);
        limiter.refused(u64::MAX, Some(Duration::from_secs(1)), 0.0);
        assert_eq!(drain(&limiter, 10), 0);
        hand.advance(Duration::from_secs(1));
        assert_eq!(drain(&limiter, MANY), MANY);
    }

    proptest! {
        #[test]
        fn no_second_ever_holds_more_than_rate_and_burst(
            rate in prop_oneof![0.5..20.0_f64, 20.0..2_000.0, Just(20_000.0)],
            burst in 1..50_u32,
            steps in prop::collection::vec((0..400_000_u64, 1..3_000_usize, 0..60_u8), 1..200),
        ) {
            let (limiter, hand) = limiter(rate, burst);
            let mut starts = Vec::new();
            for (micros, callers, dice) in steps {
                hand.advance(Duration::from_micros(micros));
                if dice == 0 {
                    limiter.refused(u64::MAX, Some(Duration::from_micros(micros)), 0.5);
                }
                let started = drain(&limiter, callers);
                starts.extend(std::iter::repeat_n(hand.elapsed(), started));
            }
            let bound = rate + f64::from(burst);
            let busiest = u32::try_from(busiest_second(&starts)).expect("small");
            prop_assert!(f64::from(busiest) <= bound, "{busiest} > {bound}");
        }
    }
}

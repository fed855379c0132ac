//! Whether a request may start now, and if not, when to ask again. Never waits.
//!
//! Two rows of cells stand one behind the other. The first is made anew whenever the rate in force
//! changes and holds the lowered rate; the second is made once, for the ceiling, and is never reset:
//! so no change of rate can let more through than the operator allowed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use super::brake::Brake;
use super::pace::{self, Pace, PaceError};

type Cells<C> = RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<Instant>>;

/// A caller's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The request counts as started: send it.
    Now,
    /// Ask again then, not before.
    At(Instant),
}

/// How far one caller has come.
#[derive(Debug, Default)]
pub(super) struct Ticket {
    passed_lowered: bool,
}

/// Everything that decides, on one clock.
pub(super) struct Limiter<C: Clock<Instant = Instant>> {
    clock: C,
    pace: Pace,
    ceiling: Option<Cells<C>>,
    adaptive: Mutex<Adaptive<C>>,
}

struct Adaptive<C: Clock<Instant = Instant>> {
    brake: Brake,
    /// Present while the rate in force is below the ceiling.
    lowered: Option<Cells<C>>,
}

impl<C: Clock<Instant = Instant> + Clone> Limiter<C> {
    pub(super) fn new(pace: Pace, clock: C) -> Result<Self, PaceError> {
        let ceiling = pace.quota()?.map(|quota| cells(quota, &clock));
        let brake = Brake::released(clock.now());
        let adaptive = Mutex::new(Adaptive {
            brake,
            lowered: None,
        });
        Ok(Self {
            clock,
            pace,
            ceiling,
            adaptive,
        })
    }

    /// Starts a request, or says when to ask again. Call it again with the same ticket.
    pub(super) fn try_start(&self, ticket: &mut Ticket) -> Turn {
        if let Some(until) = self.hold(ticket) {
            return Turn::At(until);
        }
        match self.ceiling.as_ref().map_or(Ok(()), Cells::check) {
            Ok(()) => Turn::Now,
            Err(not_until) => Turn::At(not_until.earliest_possible()),
        }
    }

    /// Until when the brake holds the caller back, if it does.
    fn hold(&self, ticket: &mut Ticket) -> Option<Instant> {
        let now = self.clock.now();
        let mut adaptive = self.adaptive();
        if let Some(until) = adaptive.brake.paused_until(now) {
            return Some(until);
        }
        if adaptive.brake.recover(now) {
            self.rebuild(&mut adaptive);
        }
        if let (false, Some(cells)) = (ticket.passed_lowered, &adaptive.lowered) {
            if let Err(not_until) = cells.check() {
                return Some(not_until.earliest_possible());
            }
            ticket.passed_lowered = true;
        }
        None
    }

    /// Pauses everything and lowers the rate.
    pub(super) fn slow_down(&self, wish: Option<Duration>, chance: f64) {
        let now = self.clock.now();
        let mut adaptive = self.adaptive();
        let before = adaptive.brake.share();
        adaptive.brake.apply(now, wish, chance);
        if adaptive.brake.share() < before {
            self.rebuild(&mut adaptive);
        }
    }

    /// An answer came that was no 429.
    pub(super) fn answered(&self) {
        let now = self.clock.now();
        self.adaptive().brake.answered(now);
    }

    /// The rate in force, in requests per second; infinite without a limit.
    pub(super) fn effective(&self) -> f64 {
        self.pace.rate * self.adaptive().brake.share()
    }

    /// The configured ceiling, in requests per second; infinite without a limit.
    pub(super) fn ceiling(&self) -> f64 {
        self.pace.rate
    }

    /// How long nothing will start.
    pub(super) fn paused_for(&self) -> Duration {
        let now = self.clock.now();
        let until = self.adaptive().brake.paused_until(now);
        until.map_or(Duration::ZERO, |until| until - now)
    }

    /// New cells for the share now in force, empty, so that a change of rate is no gift. Without a
    /// ceiling there is nothing to take a share of: then only pauses hold.
    fn rebuild(&self, adaptive: &mut Adaptive<C>) {
        let share = adaptive.brake.share();
        let limited = share < 1.0 && !self.pace.is_unlimited();
        adaptive.lowered = limited.then(|| {
            let quota = pace::lowered(self.pace.rate * share);
            let cells = cells(quota, &self.clock);
            let emptied = cells.check_n(quota.burst_size());
            debug_assert!(matches!(emptied, Ok(Ok(()))), "new cells are full");
            cells
        });
    }

    fn adaptive(&self) -> MutexGuard<'_, Adaptive<C>> {
        // A panic cannot leave it half changed in a way that matters.
        self.adaptive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cells<C: Clock<Instant = Instant> + Clone>(quota: Quota, clock: &C) -> Cells<C> {
    RateLimiter::direct_with_clock(quota, clock.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;

    use super::*;

    /// A clock that moves when told to.
    #[derive(Clone)]
    struct Hand {
        zero: Instant,
        nanos: Arc<AtomicU64>,
    }

    impl Hand {
        fn new() -> Self {
            Self {
                zero: Instant::now(),
                nanos: Arc::default(),
            }
        }

        fn advance(&self, by: Duration) {
            let by = u64::try_from(by.as_nanos()).expect("short");
            self.nanos.fetch_add(by, Ordering::Relaxed);
        }

        fn elapsed(&self) -> Duration {
            Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
        }
    }

    impl Clock for Hand {
        type Instant = Instant;

        fn now(&self) -> Instant {
            self.zero + self.elapsed()
        }
    }

    /// More callers than any test lets through.
    const MANY: usize = 100_001;

    fn limiter(rate: f64, burst: u32) -> (Limiter<Hand>, Hand) {
        let hand = Hand::new();
        let limiter = Limiter::new(Pace { rate, burst }, hand.clone()).expect("in bounds");
        (limiter, hand)
    }

    /// Starts all that may start now.
    fn drain(limiter: &Limiter<Hand>, at_most: usize) -> usize {
        (0..at_most)
            .take_while(|_| limiter.try_start(&mut Ticket::default()) == Turn::Now)
            .count()
    }

    /// The most starts in any window of one second that begins with a start.
    fn busiest_second(starts: &[Duration]) -> usize {
        let mut end = 0;
        let busiest = starts.iter().enumerate().map(|(first, start)| {
            while end < starts.len() && starts[end] < *start + Duration::from_secs(1) {
                end += 1;
            }
            end - first
        });
        busiest.max().unwrap_or_default()
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
        limiter.slow_down(Some(Duration::from_secs(5)), 0.0);
        assert_eq!(limiter.paused_for(), Duration::from_secs(5));
        let until = hand.now() + Duration::from_secs(5);
        assert_eq!(limiter.try_start(&mut Ticket::default()), Turn::At(until));
        hand.advance(Duration::from_secs(5));
        let mut started = 0;
        for _ in 0..1000 {
            started += drain(&limiter, MANY);
            hand.advance(Duration::from_millis(1));
        }
        assert!(
            (69..=72).contains(&started),
            "{started} in the second after the pause"
        );
        hand.advance(Duration::from_mins(2));
        drain(&limiter, 1);
        assert!((limiter.effective() - 100.0).abs() < 1e-6);
    }

    #[test]
    fn a_change_of_rate_is_no_gift() {
        let (limiter, hand) = limiter(1_000.0, 100);
        for _ in 0..10 {
            limiter.slow_down(Some(Duration::ZERO), 0.0);
            assert_eq!(drain(&limiter, MANY), 0);
            hand.advance(Duration::from_secs(2));
        }
    }

    #[test]
    fn without_a_limit_only_pauses_hold() {
        let hand = Hand::new();
        let limiter = Limiter::new(Pace::UNLIMITED, hand.clone()).expect("in bounds");
        assert_eq!(drain(&limiter, MANY), MANY);
        limiter.slow_down(Some(Duration::from_secs(1)), 0.0);
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
                    limiter.slow_down(Some(Duration::from_micros(micros)), 0.5);
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

//! The ceiling that the operator sets, as a number and as the limiter's quota.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::Quota;

use super::reserve::Reserve;

/// How fast requests may start: in any window of one second or longer, never more than `rate`, less what is
/// reserved, times its length, plus `burst`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Requests per second: 0.001 to 1,000,000, or infinite for no limit at all.
    pub rate: f64,
    /// Requests that may start at once after a quiet time: 1 to 1,000,000.
    pub burst: u32,
    /// What is left for others, of this rate and of any lower limit that Grid shows.
    pub reserve: Reserve,
    /// After a refusal the way back to the rate at which it came takes at least so long, at small rates and
    /// after long pauses longer; as long again, and more is tried. 1 second to 1 hour.
    pub recovery: Duration,
}

/// The pace is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PaceError {
    /// Too slow, too fast or no number.
    #[error("the rate must be between 0.001 and 1000000 requests per second, not {0}")]
    Rate(f64),
    /// None or too many.
    #[error("the burst must be between 1 and 1000000 requests, not {0}")]
    Burst(u32),
    /// Nothing is left of the rate.
    #[error("the reserve leaves {0} requests per second of the rate; it must leave 0.001 or more")]
    Reserve(f64),
    /// Too short or too long.
    #[error("the recovery must take between 1 second and 1 hour, not {0:?}")]
    Recovery(Duration),
}

/// Timers wake a millisecond late, or several on a busy machine. What comes due during such a nap
/// must fit into the burst, or it would be lost.
pub(super) const NAP: Duration = Duration::from_millis(20);
const SLOWEST: f64 = 0.001;
const FASTEST: f64 = 1_000_000.0;
const LARGEST_BURST: u32 = 1_000_000;
const SHORTEST_RECOVERY: Duration = Duration::from_secs(1);
const LONGEST_RECOVERY: Duration = Duration::from_hours(1);

impl Pace {
    /// No limit: for a server of one's own.
    pub const UNLIMITED: Self = Self {
        rate: f64::INFINITY,
        burst: 1,
        reserve: Reserve::NONE,
        recovery: Self::RECOVERY,
    };

    /// The recovery where none is set.
    pub const RECOVERY: Duration = Duration::from_secs(30);

    /// Whether there is no limit.
    pub fn is_unlimited(self) -> bool {
        self.rate == f64::INFINITY
    }

    /// The limiter's quota; `None` for no limit.
    pub(super) fn quota(self) -> Result<Option<Quota>, PaceError> {
        if !(1..=LARGEST_BURST).contains(&self.burst) {
            return Err(PaceError::Burst(self.burst));
        }
        if !(SHORTEST_RECOVERY..=LONGEST_RECOVERY).contains(&self.recovery) {
            return Err(PaceError::Recovery(self.recovery));
        }
        if self.is_unlimited() {
            return Ok(None);
        }
        if !(SLOWEST..=FASTEST).contains(&self.rate) {
            return Err(PaceError::Rate(self.rate));
        }
        let ceiling = self.reserve.left_of(self.rate);
        if !(SLOWEST..=self.rate).contains(&ceiling) {
            return Err(PaceError::Reserve(ceiling));
        }
        let (rate, burst) = widened(ceiling, self.burst);
        Ok(Some(quota(rate, burst)))
    }
}

/// The same bound for a window of one second or more, with a burst that outlasts a nap: what the
/// burst gains, the rate loses. Costs at most 2 % of the rate, and nothing at `rate <= 50 * burst`.
fn widened(rate: f64, burst: u32) -> (f64, u32) {
    let wide = burst.max(nap_burst(rate));
    (rate - f64::from(wide - burst), wide)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and at most 2 % of the fastest rate"
)]
fn nap_burst(rate: f64) -> u32 {
    (rate * NAP.as_secs_f64()).ceil() as u32
}

/// Rounded up to the nanosecond, so that rounding never makes it faster.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and at most 1,000,000 seconds in nanoseconds"
)]
fn quota(rate: f64, burst: u32) -> Quota {
    let nanos = (1e9 / rate).ceil() as u64;
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(Duration::from_nanos(nanos))
        .expect("a period is never zero: it was rounded up")
        .allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_kept_and_named() {
        let pace = |rate, burst, reserve| Pace {
            rate,
            burst,
            reserve,
            ..Pace::UNLIMITED
        };
        let fault = |rate, burst| pace(rate, burst, Reserve::NONE).quota().err();
        assert_eq!(fault(5.0, 5), None);
        assert_eq!(fault(5.0, 0), Some(PaceError::Burst(0)));
        assert_eq!(fault(0.0, 5), Some(PaceError::Rate(0.0)));
        assert_eq!(fault(-1.0, 5), Some(PaceError::Rate(-1.0)));
        assert_eq!(fault(2e6, 5), Some(PaceError::Rate(2e6)));
        assert!(matches!(fault(f64::NAN, 5), Some(PaceError::Rate(_))));
        assert_eq!(Pace::UNLIMITED.quota(), Ok(None));
        let recovering = |millis| {
            let recovery = Duration::from_millis(millis);
            let pace = Pace {
                recovery,
                ..Pace::UNLIMITED
            };
            pace.quota().is_ok()
        };
        assert!(recovering(1_000) && recovering(3_600_000));
        assert!(!recovering(999) && !recovering(3_600_001));
        let reserving = |reserve| pace(5.0, 5, reserve).quota().err();
        assert_eq!(reserving(Reserve::Share(0.9)), None);
        assert_eq!(reserving(Reserve::Rate(4.9)), None);
        for (reserve, left) in [
            (Reserve::Share(1.0), 0.0),
            (Reserve::Rate(5.0), 0.0),
            (Reserve::Rate(6.0), -1.0),
            (Reserve::Rate(-1.0), 6.0),
        ] {
            assert_eq!(reserving(reserve), Some(PaceError::Reserve(left)));
        }
    }

    #[test]
    fn the_slowest_pace_with_the_largest_burst_does_not_overflow() {
        let quota = Pace {
            rate: SLOWEST,
            burst: LARGEST_BURST,
            ..Pace::UNLIMITED
        }
        .quota()
        .expect("in bounds");
        assert!(quota.expect("limited").burst_size_replenished_in() > Duration::from_hours(1000));
    }

    #[test]
    fn widening_costs_nothing_at_human_rates_and_little_at_any() {
        assert_eq!(widened(5.0, 5), (5.0, 5));
        assert_eq!(widened(250.0, 5), (250.0, 5));
        assert_eq!(widened(20_000.0, 5), (19_605.0, 400));
    }
}

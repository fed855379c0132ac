//! Grid's clock: may be off from this machine's, and never gives the same time to two writes.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Microseconds since 1970, UTC. Grid's timestamps are kept as these.
pub(crate) type Micros = i64;

/// The clock of one emulator.
#[derive(Debug)]
pub(crate) struct Clock {
    offset: Micros,
    last: AtomicI64,
}

impl Clock {
    /// A clock that is ahead of this machine's by so many milliseconds.
    pub(crate) fn new(offset_ms: i64) -> Self {
        Self {
            offset: offset_ms.saturating_mul(1_000),
            last: AtomicI64::new(Micros::MIN),
        }
    }

    /// The time now, `extra_ms` further off than the clock is anyway.
    pub(crate) fn now(&self, extra_ms: i64) -> Micros {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let real = Micros::try_from(since.as_micros()).unwrap_or(Micros::MAX);
        real.saturating_add(self.offset)
            .saturating_add(extra_ms.saturating_mul(1_000))
    }

    /// The time for a write: now, or one microsecond after the last write, whichever is later.
    pub(crate) fn stamp(&self, extra_ms: i64) -> Micros {
        let now = self.now(extra_ms);
        let later = |last: i64| Some(now.max(last.saturating_add(1)));
        match self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, later)
        {
            Ok(last) | Err(last) => now.max(last.saturating_add(1)),
        }
    }

    /// The `Date` header.
    pub(crate) fn http_date(&self, extra_ms: i64) -> String {
        http_date(self.now(extra_ms))
    }
}

/// An HTTP date, to the second below.
pub(crate) fn http_date(at: Micros) -> String {
    let micros = u64::try_from(at).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_micros(micros))
}

/// RFC 3339 in UTC with six digits of fraction.
pub(crate) fn rfc3339(at: Micros) -> String {
    let timestamp = Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{timestamp:.6}")
}

/// Reads RFC 3339. What is finer than a microsecond is cut off.
pub(crate) fn parse_rfc3339(text: &str) -> Option<Micros> {
    text.parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_writes_share_a_time() {
        let clock = Clock::new(0);
        let stamps: Vec<_> = (0..1_000).map(|_| clock.stamp(0)).collect();
        assert!(stamps.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_clock_that_is_off_says_so_everywhere() {
        let ahead = Clock::new(3_600_000).now(0) - Clock::new(0).now(0);
        assert!((3_599_000_000..3_601_000_000).contains(&ahead), "{ahead}");
    }

    #[test]
    fn timestamps_are_rfc_3339_with_microseconds() {
        assert_eq!(
            rfc3339(1_759_492_800_000_001),
            "2025-10-03T12:00:00.000001Z"
        );
        assert_eq!(
            parse_rfc3339("2025-10-03T14:00:00.000001+02:00"),
            Some(1_759_492_800_000_001)
        );
        assert_eq!(
            http_date(1_759_492_800_000_000),
            "Fri, 03 Oct 2025 12:00:00 GMT"
        );
    }
}

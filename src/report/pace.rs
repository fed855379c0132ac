//! How fast the work goes, measured over the last seconds. Pure: the time arrives as an argument.

use std::collections::VecDeque;
use std::time::Duration;

use super::number::float;

/// The rate that is shown is that of the last so many seconds.
const RATE_WINDOW: Duration = Duration::from_secs(10);

/// The rate that the remaining time is reckoned from: longer, so that it does not jump about, and
/// yet recent, so that it follows a rate that Grid has lowered.
const ETA_WINDOW: Duration = Duration::from_mins(1);

/// No rate is shown before it was measured for so long.
const SETTLED: Duration = Duration::from_secs(2);

/// Slower than before by this factor is a standstill, and the remaining time follows at once.
const STANDSTILL: f64 = 10.0;

/// Marks closer together than this tell nothing more; so there are about 240 of them.
const STEP: Duration = Duration::from_millis(250);

/// Marks of how much was done when.
#[derive(Clone, Debug, Default)]
pub(super) struct Pace {
    marks: VecDeque<(Duration, u64)>,
}

impl Pace {
    /// Notes that at `now` (since any fixed moment) so much was done. The first note is where
    /// measuring begins: what was done before, by an earlier run, says nothing about this one.
    pub(super) fn note(&mut self, now: Duration, done: u64) {
        match self.marks.len() {
            // The newest mark moves along until it is a step away from the one before it.
            len if len >= 2 && now.saturating_sub(self.marks[len - 2].0) < STEP => {
                self.marks[len - 1] = (now, done);
            }
            _ => self.marks.push_back((now, done)),
        }
        while self
            .marks
            .get(1)
            .is_some_and(|mark| now.saturating_sub(mark.0) >= ETA_WINDOW)
        {
            self.marks.pop_front();
        }
    }

    /// Units a second over the last few seconds, once that can be said.
    pub(super) fn rate(&self) -> Option<f64> {
        self.over(RATE_WINDOW)
    }

    /// How long the `remaining` units take at the rate measured; `None` while that is not known.
    pub(super) fn eta(&self, remaining: u64) -> Option<Duration> {
        let (long, short) = (self.over(ETA_WINDOW)?, self.rate()?);
        // A standstill must not look like an end that is near.
        let rate = if short * STANDSTILL < long {
            short
        } else {
            long
        };
        if rate <= 0.0 {
            return None;
        }
        Duration::try_from_secs_f64(float(remaining) / rate).ok()
    }

    fn over(&self, window: Duration) -> Option<f64> {
        let &(now, done) = self.marks.back()?;
        let since = now.saturating_sub(window);
        let &(start, before) = self
            .marks
            .iter()
            .rev()
            .take_while(|mark| mark.0 >= since)
            .last()?;
        let span = now.saturating_sub(start);
        (span >= SETTLED).then(|| float(done.saturating_sub(before)) / span.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::number::whole;

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn whole_seconds(eta: Option<Duration>) -> Option<u64> {
        eta.map(|eta| whole(eta.as_secs_f64()))
    }

    #[test]
    fn nothing_is_said_before_it_was_measured() {
        let mut pace = Pace::default();
        pace.note(at(0.0), 0);
        pace.note(at(1.0), 100);
        assert_eq!(pace.rate(), None);
        assert_eq!(pace.eta(1_000), None);
    }

    #[test]
    fn a_resumed_run_is_not_credited_with_what_was_done_before() {
        let mut pace = Pace::default();
        pace.note(at(0.0), 90_000);
        for second in 1..=4_u32 {
            pace.note(at(f64::from(second)), 90_000 + 5 * u64::from(second));
        }
        assert_eq!(pace.rate(), Some(5.0));
        assert_eq!(whole_seconds(pace.eta(1_000)), Some(200));
    }

    #[test]
    fn the_rate_is_that_of_the_last_seconds_and_not_of_the_start() {
        let mut pace = Pace::default();
        for second in 0..100_u32 {
            pace.note(at(f64::from(second)), u64::from(second) * 1_000);
        }
        for second in 100..200_u32 {
            pace.note(at(f64::from(second)), 100_000 + u64::from(second - 100));
        }
        assert_eq!(pace.rate(), Some(1.0));
        assert_eq!(whole_seconds(pace.eta(60)), Some(60));
    }

    #[test]
    fn a_drop_shows_in_the_rate_at_once_and_in_the_remaining_time_by_and_by() {
        let mut pace = Pace::default();
        for second in 0..=60_u32 {
            let late = second.saturating_sub(50);
            pace.note(
                at(f64::from(second)),
                u64::from((second - late) * 10 + late * 4),
            );
        }
        assert_eq!(pace.rate(), Some(4.0));
        assert_eq!(whole_seconds(pace.eta(90)), Some(10));
    }

    #[test]
    fn when_nothing_moves_any_more_no_end_is_promised() {
        let mut pace = Pace::default();
        for second in 0..=60_u32 {
            pace.note(at(f64::from(second)), u64::from(second.min(48)) * 10);
        }
        assert_eq!(pace.rate(), Some(0.0));
        assert_eq!(pace.eta(7), None);
    }

    #[test]
    fn at_a_standstill_there_is_no_eta() {
        let mut pace = Pace::default();
        for second in 0..70_u32 {
            pace.note(at(f64::from(second)), 10);
        }
        assert_eq!(pace.rate(), Some(0.0));
        assert_eq!(pace.eta(5), None);
    }

    #[test]
    fn however_often_it_is_noted_the_marks_stay_few() {
        let mut pace = Pace::default();
        for tick in 0..200_000_u32 {
            pace.note(Duration::from_millis(u64::from(tick)), u64::from(tick));
        }
        assert!(pace.marks.len() <= 250, "{}", pace.marks.len());
        let rate = pace.rate().expect("measured for long enough");
        assert!((rate - 1_000.0).abs() < 1.0, "{rate}");
    }
}

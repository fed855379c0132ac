//! What goes on right now, as far as a bar or a line shows it. Pure: the time arrives as an
//! argument, as the time since the reporter began.

use std::time::Duration;

use super::measure::{Facts, Measure, Phase, measure};
use super::number::{duration, rate, thousands};
use super::pace::Pace;
use crate::event::Event;

/// The phase that runs, how far it is and how fast it goes.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// Which.
    pub(super) phase: Phase,
    /// When it began.
    pub(super) since: Duration,
    /// What the bar measures: bytes read, customers listed, changes with an outcome.
    pub(super) done: u64,
    /// What `done` will be in the end, where that is known.
    pub(super) total: Option<u64>,
    /// What the rate counts, if it counts anything.
    items: Option<u64>,
    facts: Facts,
    done_pace: Pace,
    items_pace: Pace,
}

/// The progress of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    running: Option<Running>,
    paused_until: Duration,
    patience: Option<Patience>,
    /// Until then Grid may show what it does not show yet.
    late_until: Duration,
    draining: bool,
}

/// How often Grid asked for patience, and when for the last time.
#[derive(Clone, Copy, Debug)]
struct Patience {
    times: u64,
    last: Duration,
}

/// For so long after a 429 it is told why the rate is what it is. By then it has mostly recovered.
const REMEMBERED: Duration = Duration::from_mins(5);

impl Progress {
    /// Takes in an event.
    pub(super) fn observe(&mut self, event: &Event, now: Duration) {
        match event {
            Event::Paused {
                pause,
                rate_limited,
                ..
            } => {
                self.paused_until = now + *pause;
                self.patience = Some(Patience {
                    times: *rate_limited,
                    last: now,
                });
            }
            Event::Draining => self.draining = true,
            Event::Staged { .. }
            | Event::Scanned { .. }
            | Event::Planned(_)
            | Event::WrittenBack { .. }
            | Event::Finished(_) => self.running = None,
            _ => {
                if let Event::Settling { wait, .. } = event {
                    self.late_until = now + *wait;
                }
                if let Some(measure) = measure(event) {
                    self.advance(measure, now);
                }
            }
        }
    }

    fn advance(&mut self, measure: Measure, now: Duration) {
        let running = match self.running.take() {
            Some(running) if running.phase == measure.phase => running,
            _ => Running::new(measure.phase, now),
        };
        self.running = Some(running.with(measure, now));
    }

    /// Takes in that time has passed without an event: the rate falls.
    pub(super) fn tick(&mut self, now: Duration) {
        if let Some(running) = &mut self.running {
            running.mark(now);
        }
    }

    /// The phase that runs, if one does.
    pub(super) const fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    /// Everything there is to say about the phase that runs, but for its name.
    pub(super) fn text(&self, now: Duration) -> Option<String> {
        let running = self.running.as_ref()?;
        let mut parts = vec![running.facts.head.clone()];
        parts.extend(running.items_pace.rate().map(rate));
        parts.extend(self.outlook(running, now));
        parts.extend(running.facts.tail.iter().cloned());
        parts.extend(self.patience(now));
        Some(parts.join(", "))
    }

    /// Why it may be slower than it could.
    fn patience(&self, now: Duration) -> Option<String> {
        let Patience { times, last } = self.patience?;
        let ago = now.saturating_sub(last);
        (ago < REMEMBERED).then(|| {
            let (times, ago) = (thousands(times), duration(ago));
            format!("429 ×{times}, the last {ago} ago")
        })
    }

    /// What comes: the end of a pause, the end of a drain, or else the end of the phase.
    fn outlook(&self, running: &Running, now: Duration) -> Option<String> {
        if self.draining {
            return Some("stopping".to_owned());
        }
        if self.paused_until > now {
            let left = until(self.paused_until, now);
            return Some(format!("paused {left} (Grid asked)"));
        }
        if running.phase == Phase::Settling && self.late_until > now {
            let left = until(self.late_until, now);
            return Some(format!("waiting {left} for commits that come late"));
        }
        let remaining = running.total?.checked_sub(running.done)?;
        let eta = running.done_pace.eta(remaining)?;
        (remaining > 0).then(|| format!("{} left", duration(eta)))
    }
}

/// How long it is until then, in whole seconds, for a countdown.
fn until(then: Duration, now: Duration) -> String {
    match then.saturating_sub(now).as_secs_f64().ceil() {
        left if left < 60.0 => format!("{left:.0} s"),
        left => duration(Duration::from_secs_f64(left)),
    }
}

impl Running {
    fn new(phase: Phase, now: Duration) -> Self {
        Self {
            phase,
            since: now,
            done: 0,
            total: None,
            items: None,
            facts: Facts::default(),
            done_pace: Pace::default(),
            items_pace: Pace::default(),
        }
    }

    fn with(mut self, measure: Measure, now: Duration) -> Self {
        let Measure {
            phase,
            done,
            total,
            items,
            facts,
        } = measure;
        self = Self {
            phase,
            done,
            total,
            items,
            facts,
            ..self
        };
        self.mark(now);
        self
    }

    fn mark(&mut self, now: Duration) {
        self.done_pace.note(now, self.done);
        if let Some(items) = self.items {
            self.items_pace.note(now, items);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ScanKind;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn applying(done: u64) -> Event {
        Event::Applying {
            done,
            total: 1_000,
            created: done,
            updated: 0,
            deleted: 0,
            failed: 0,
            unknown: 0,
        }
    }

    fn after(events: &[(u64, Event)]) -> Progress {
        let mut progress = Progress::default();
        for (second, event) in events {
            progress.observe(event, at(*second));
        }
        progress
    }

    #[test]
    fn a_phase_shows_how_far_how_fast_how_long_and_what_came_of_it() {
        let last = Event::Applying {
            done: 412,
            total: 1_000,
            created: 400,
            updated: 0,
            deleted: 9,
            failed: 2,
            unknown: 1,
        };
        let progress = after(&[(0, applying(312)), (10, applying(362)), (20, last)]);
        insta::assert_snapshot!(
            progress.text(at(20)).expect("a phase runs"),
            @"412/1,000 (41%), 5.0/s, 1m 57s left, 400 created, 9 deleted, 2 failed, 1 unknown"
        );
    }

    #[test]
    fn ids_that_are_written_back_are_counted_until_the_last() {
        let writing = Event::WritingBack {
            done: 5,
            total: 10,
            written: 3,
            unchanged: 1,
            missing: 1,
        };
        let ended = Event::WrittenBack {
            written: 8,
            unchanged: 1,
            missing: 1,
        };
        let mut progress = after(&[(0, writing)]);
        insta::assert_snapshot!(
            progress.text(at(1)).expect("a phase runs"),
            @"5/10 (50%), 3 written, 1 unchanged, 1 without a row"
        );
        progress.observe(&ended, at(2));
        assert!(progress.text(at(2)).is_none());
    }

    #[test]
    fn the_remaining_time_is_hidden_until_it_is_known() {
        let progress = after(&[(0, applying(0)), (1, applying(5))]);
        insta::assert_snapshot!(
            progress.text(at(1)).expect("a phase runs"),
            @"5/1,000 (0%), 5 created"
        );
    }

    #[test]
    fn a_pause_is_named_while_it_lasts_and_gone_afterwards() {
        let pause = Event::Paused {
            pause: at(4),
            rate: 2.5,
            rate_limited: 1,
        };
        let mut progress = after(&[(0, applying(0)), (5, applying(25)), (5, pause)]);
        assert!(
            progress
                .text(at(6))
                .expect("a phase runs")
                .contains("paused 3 s (Grid asked)")
        );
        let long = Event::Paused {
            pause: at(7_200),
            rate: 2.5,
            rate_limited: 2,
        };
        let mut closed = progress.clone();
        closed.observe(&long, at(6));
        let text = closed.text(at(7)).expect("a phase runs");
        assert!(text.contains("paused 1h 59m (Grid asked)"), "{text}");
        progress.tick(at(9));
        assert!(
            !progress
                .text(at(9))
                .expect("a phase runs")
                .contains("paused")
        );
    }

    #[test]
    fn a_rate_that_a_429_lowered_is_explained_for_a_while() {
        let pause = Event::Paused {
            pause: at(1),
            rate: 2.5,
            rate_limited: 3,
        };
        let progress = after(&[(0, applying(0)), (5, applying(25)), (5, pause)]);
        let text = |second| progress.text(at(second)).expect("a phase runs");
        insta::assert_snapshot!(text(47), @"25/1,000 (2%), 5.0/s, 3m 15s left, 25 created, 429 ×3, the last 42 s ago");
        assert!(!text(305).contains("429"));
    }

    #[test]
    fn whoever_waits_for_late_commits_is_told_how_long_at_most() {
        let settling = |done, wait| Event::Settling {
            done,
            total: 4,
            wait: at(wait),
        };
        let mut progress = after(&[(0, settling(0, 60)), (1, settling(2, 59))]);
        let text = |progress: &Progress, second| progress.text(at(second)).expect("a phase runs");
        insta::assert_snapshot!(text(&progress, 18), @"2/4 open changes, waiting 42 s for commits that come late");
        progress.tick(at(60));
        insta::assert_snapshot!(text(&progress, 60), @"2/4 open changes");
    }

    #[test]
    fn rows_are_counted_where_bytes_are_measured() {
        let staging = |rows, bytes| Event::Staging {
            rows,
            rejected: 3,
            bytes,
            bytes_total: 80_000,
        };
        let progress = after(&[(0, staging(0, 0)), (4, staging(400, 40_000))]);
        insta::assert_snapshot!(
            progress.text(at(4)).expect("a phase runs"),
            @"400 rows, 100/s, 4.0 s left, 3 rejected"
        );
    }

    #[test]
    fn a_source_of_unknown_length_has_no_end_in_sight() {
        let staging = |rows, bytes| Event::Staging {
            rows,
            rejected: 0,
            bytes,
            bytes_total: 0,
        };
        let progress = after(&[(0, staging(0, 0)), (4, staging(400, 40_000))]);
        assert_eq!(progress.text(at(4)).as_deref(), Some("400 rows, 100/s"));
    }

    #[test]
    fn a_list_is_measured_against_grids_count_even_when_it_was_wrong() {
        let scanning = |customers| Event::Scanning {
            kind: ScanKind::Full,
            customers,
            pages: 1,
            total: Some(500),
        };
        let progress = after(&[(0, scanning(0)), (4, scanning(600))]);
        assert_eq!(
            progress.text(at(4)).as_deref(),
            Some("600/500 customers, 150/s")
        );
    }

    #[test]
    fn between_two_phases_nothing_runs() {
        let staged = Event::Staged {
            rows: 1,
            rejected: 0,
            warnings: 0,
        };
        let staging = Event::Staging {
            rows: 1,
            rejected: 0,
            bytes: 1,
            bytes_total: 1,
        };
        assert!(after(&[(0, staging), (1, staged)]).text(at(1)).is_none());
    }

    #[test]
    fn a_drain_says_so() {
        let progress = after(&[(0, applying(3)), (1, Event::Draining)]);
        assert_eq!(
            progress.text(at(1)).as_deref(),
            Some("3/1,000 (0%), stopping, 3 created")
        );
    }
}

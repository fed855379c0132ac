//! What goes on right now, as far as a bar or a line shows it. Pure: the time arrives as an
//! argument, as the time since the reporter began.

use std::time::Duration;

use super::measure::{Facts, Measure, Phase, measure};
use super::number::{duration, rate};
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
    /// What the rate counts.
    items: u64,
    facts: Facts,
    done_pace: Pace,
    items_pace: Pace,
}

/// The progress of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    running: Option<Running>,
    paused_until: Duration,
    draining: bool,
}

impl Progress {
    /// Takes in an event.
    pub(super) fn observe(&mut self, event: &Event, now: Duration) {
        match event {
            Event::Paused { pause, .. } => self.paused_until = now + *pause,
            Event::Draining => self.draining = true,
            Event::Staged { .. }
            | Event::Scanned { .. }
            | Event::Planned(_)
            | Event::WrittenBack { .. }
            | Event::Finished(_) => self.running = None,
            _ => {
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
        Some(parts.join(", "))
    }

    /// What comes: the end of a pause, the end of a drain, or else the end of the phase.
    fn outlook(&self, running: &Running, now: Duration) -> Option<String> {
        if self.draining {
            return Some("stopping".to_owned());
        }
        if self.paused_until > now {
            let left = self.paused_until.saturating_sub(now).as_secs_f64().ceil();
            return Some(format!("paused {left:.0} s (Grid asked)"));
        }
        let remaining = running.total?.checked_sub(running.done)?;
        let eta = running.done_pace.eta(remaining)?;
        (remaining > 0).then(|| format!("{} left", duration(eta)))
    }
}

impl Running {
    fn new(phase: Phase, now: Duration) -> Self {
        Self {
            phase,
            since: now,
            done: 0,
            total: None,
            items: 0,
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
        self.items_pace.note(now, self.items);
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
        };
        let mut progress = after(&[(0, applying(0)), (5, applying(25)), (5, pause)]);
        assert!(
            progress
                .text(at(6))
                .expect("a phase runs")
                .contains("paused 3 s (Grid asked)")
        );
        progress.tick(at(9));
        assert!(
            !progress
                .text(at(9))
                .expect("a phase runs")
                .contains("paused")
        );
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

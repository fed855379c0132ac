//! Progress as lines on stderr: what a log file or a cron mail can hold.

use std::time::Duration;

use super::measure::Phase;
use super::number::{count, duration, rate, thousands};
use super::progress::Progress;
use super::safe::{safe, safe_lines};
use crate::event::Event;
use crate::plan::ScanKind;

/// When the next line is due.
pub(super) struct Lines {
    interval: Duration,
    last: Option<(Phase, Duration)>,
}

impl Lines {
    /// A line every `interval`, the first one that long after a phase began: a short phase leaves
    /// only the line that ends it.
    pub(super) const fn new(interval: Duration) -> Self {
        Self {
            interval,
            last: None,
        }
    }

    /// The line that is due now, if one is.
    pub(super) fn due(&mut self, progress: &Progress, now: Duration) -> Option<String> {
        let running = progress.running()?;
        let since = match self.last {
            Some((phase, last)) if phase == running.phase => last.max(running.since),
            _ => running.since,
        };
        if now.saturating_sub(since) < self.interval {
            return None;
        }
        self.last = Some((running.phase, now));
        Some(format!(
            "{}: {}\n",
            running.phase.name(),
            progress.text(now)?
        ))
    }
}

/// The line that an event deserves at once, on a terminal as elsewhere. `took` is how long the
/// phase lasted that the event ends.
pub(super) fn milestone(event: &Event, took: Option<Duration>) -> Option<String> {
    let time = took.map_or_else(String::new, |took| format!(" in {}", duration(took)));
    let line = match event {
        Event::Staged {
            rows,
            rejected,
            warnings,
        } => format!(
            "read {}{time}: {} rejected, {}",
            count(*rows, "row"),
            thousands(*rejected),
            count(*warnings, "warning")
        ),
        Event::Scanned {
            kind,
            customers,
            active,
            total,
        } => {
            format!(
                "{}{time}: {}",
                scanned(*kind, *customers),
                known(*active, *total)
            )
        }
        Event::Settling {
            done: 0,
            total,
            wait,
        } => format!(
            "looking up {} that an earlier run left open; what Grid does not show is asked for again after {}",
            count(*total, "change"),
            duration(*wait)
        ),
        // Nothing was waiting: not worth a line in every night's log.
        Event::WrittenBack {
            written: 0,
            unchanged: 0,
            missing: 0,
        } => return None,
        Event::WrittenBack {
            written,
            unchanged,
            missing,
        } => format!(
            "wrote back {}{time}: {} unchanged, {} without a row",
            count(*written, "id"),
            thousands(*unchanged),
            thousands(*missing)
        ),
        Event::Notice { message } => format!("note: {}", safe_lines(message)),
        Event::Draining => "stopping: what is under way will finish, nothing new begins; \
                            a second signal quits at once"
            .to_owned(),
        _ => return None,
    };
    Some(line + "\n")
}

/// The line that an event deserves in a log, but not beside a bar, which shows it itself.
pub(super) fn log_only(event: &Event) -> Option<String> {
    match event {
        Event::RunStarted {
            run_id, command, ..
        } => Some(format!("{}: run {}\n", safe(command), safe(run_id))),
        Event::Paused {
            pause,
            rate: after,
            rate_limited,
        } => Some(format!(
            "paused for {} (Grid asked, 429 ×{}), then {}\n",
            duration(*pause),
            thousands(*rate_limited),
            rate(*after)
        )),
        _ => None,
    }
}

fn scanned(kind: ScanKind, customers: u64) -> String {
    match kind {
        ScanKind::Full => format!("listed {}", count(customers, "customer")),
        ScanKind::Incremental => format!("listed {}", count(customers, "changed customer")),
        ScanKind::None => "listed nothing".to_owned(),
    }
}

fn known(active: u64, total: Option<u64>) -> String {
    let active_text = format!("{} active", thousands(active));
    match total {
        None => active_text,
        Some(total) if total == active => format!("{active_text}, as Grid counts"),
        Some(total) => format!("{active_text}, but Grid counts {}", thousands(total)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const fn settling(done: u64) -> Event {
        Event::Settling {
            done,
            total: 2,
            wait: at(60),
        }
    }

    const fn written_back(written: u64) -> Event {
        Event::WrittenBack {
            written,
            unchanged: 0,
            missing: 0,
        }
    }

    fn staging(rows: u64) -> Event {
        Event::Staging {
            rows,
            rejected: 0,
            bytes: 0,
            bytes_total: 0,
        }
    }

    #[test]
    fn a_line_comes_every_five_seconds_and_not_more_often() {
        let mut lines = Lines::new(at(5));
        let mut progress = Progress::default();
        let mut due = Vec::new();
        for second in 100..=111 {
            progress.observe(&staging(second), at(second));
            due.extend(lines.due(&progress, at(second)));
        }
        assert_eq!(
            due,
            ["reading: 105 rows, 1.0/s\n", "reading: 110 rows, 1.0/s\n"]
        );
    }

    #[test]
    fn the_next_phase_waits_for_its_own_first_line() {
        let mut lines = Lines::new(at(5));
        let mut progress = Progress::default();
        progress.observe(&staging(1), at(0));
        assert!(lines.due(&progress, at(5)).is_some());
        progress.observe(&settling(0), at(9));
        assert!(lines.due(&progress, at(10)).is_none());
        assert_eq!(
            lines.due(&progress, at(14)).as_deref(),
            Some("settling: 0/2 open changes, waiting 55 s for commits that come late\n")
        );
    }

    #[test]
    fn what_ends_a_phase_says_what_came_of_it() {
        let staged = Event::Staged {
            rows: 1_000,
            rejected: 3,
            warnings: 1,
        };
        let scanned = Event::Scanned {
            kind: ScanKind::Full,
            customers: 940,
            active: 938,
            total: Some(940),
        };
        let text = [
            milestone(&staged, Some(at(2))),
            milestone(&scanned, None),
            milestone(&settling(0), None),
            milestone(&settling(1), None),
            milestone(&written_back(2), Some(at(1))),
            milestone(&written_back(0), None),
            milestone(&Event::Draining, None),
            log_only(&Event::Paused {
                pause: at(4),
                rate: 2.5,
                rate_limited: 3,
            }),
        ];
        insta::assert_snapshot!(text.into_iter().flatten().collect::<String>(), @r"
        read 1,000 rows in 2.0 s: 3 rejected, 1 warning
        listed 940 customers: 938 active, but Grid counts 940
        looking up 2 changes that an earlier run left open; what Grid does not show is asked for again after 1m 00s
        wrote back 2 ids in 1.0 s: 0 unchanged, 0 without a row
        stopping: what is under way will finish, nothing new begins; a second signal quits at once
        paused for 4.0 s (Grid asked, 429 ×3), then 2.5/s
        ");
    }
}

//! The bar on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::measure::Phase;
use super::paint::Paint;
use super::progress::{Progress, Running};
use super::screen::Screen;

/// One bar, for the phase that runs.
pub(super) struct Bar {
    screen: Screen,
    paint: Paint,
    shown: Option<(Phase, ProgressBar)>,
}

impl Bar {
    pub(super) const fn new(screen: Screen, paint: Paint) -> Self {
        Self {
            screen,
            paint,
            shown: None,
        }
    }

    /// Shows the progress as it is now.
    pub(super) fn show(&mut self, progress: &Progress, now: Duration) {
        match (progress.running(), progress.text(now)) {
            (Some(running), Some(text)) => self.draw(running, text),
            _ => self.clear(),
        }
    }

    /// Takes the bar away for good, or until the next phase.
    pub(super) fn clear(&mut self) {
        if let Some((_, bar)) = self.shown.take() {
            self.screen.draw(|bars| {
                bar.finish_and_clear();
                bars.remove(&bar);
            });
        }
    }

    fn draw(&mut self, running: &Running, text: String) {
        if self
            .shown
            .as_ref()
            .is_some_and(|(phase, _)| *phase != running.phase)
        {
            self.clear();
        }
        let (screen, paint) = (&self.screen, self.paint);
        let (_, bar) = self.shown.get_or_insert_with(|| {
            (
                running.phase,
                screen.draw(|bars| bars.add(new_bar(running.phase, paint))),
            )
        });
        screen.draw(|_| {
            bar.set_style(style(running.total.is_some()));
            if let Some(total) = running.total {
                bar.set_length(total);
                bar.set_position(running.done.min(total));
            }
            bar.set_message(text);
            // Draws also when nothing has changed: something may have been written over it.
            bar.tick();
        });
    }
}

fn new_bar(phase: Phase, paint: Paint) -> ProgressBar {
    let bar = ProgressBar::hidden();
    bar.set_style(style(false));
    bar.set_prefix(paint.bold(phase.name()));
    bar
}

/// A bar where the end is known, something that turns where it is not.
fn style(end_is_known: bool) -> ProgressStyle {
    let template = if end_is_known {
        "{prefix} [{bar:20}] {wide_msg}"
    } else {
        "{prefix} {spinner} {wide_msg}"
    };
    ProgressStyle::with_template(template)
        .expect("both templates are well formed")
        .progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::report::screen::captured;

    fn staging(bytes: u64, bytes_total: u64) -> Event {
        Event::Staging {
            rows: 7,
            rejected: 1,
            bytes,
            bytes_total,
        }
    }

    #[test]
    fn a_phase_draws_a_bar_and_its_end_takes_it_away() {
        let (screen, out, err) = captured::screen(true);
        let mut bar = Bar::new(screen, Paint::PLAIN);
        let mut progress = Progress::default();
        progress.observe(&staging(50, 100), Duration::ZERO);
        bar.show(&progress, Duration::ZERO);
        assert!(
            err.text()
                .contains("reading [==========>         ] 7 rows, 1 rejected"),
            "{}",
            err.text()
        );
        progress.observe(
            &Event::Staged {
                rows: 7,
                rejected: 1,
                warnings: 0,
            },
            Duration::ZERO,
        );
        bar.show(&progress, Duration::ZERO);
        assert!(bar.shown.is_none());
        assert!(err.text().ends_with("<clear>"), "{:?}", err.text());
        assert_eq!(out.text(), "");
    }

    #[test]
    fn without_a_known_end_something_turns() {
        let (screen, _, err) = captured::screen(true);
        let mut bar = Bar::new(screen, Paint::PLAIN);
        let mut progress = Progress::default();
        progress.observe(&staging(50, 0), Duration::ZERO);
        bar.show(&progress, Duration::ZERO);
        assert!(!err.text().contains('['), "{}", err.text());
        assert!(err.text().contains("7 rows"), "{}", err.text());
    }
}

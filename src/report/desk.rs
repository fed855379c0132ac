//! Who gets which event: one place that knows mode and output.

use std::time::{Duration, Instant};

use super::bar::Bar;
use super::lines::{self, Lines};
use super::mode::{Mode, Output};
use super::paint::Paint;
use super::plan_text::plan_text;
use super::progress::Progress;
use super::reporter::{Settings, TICK};
use super::tally::Tally;
use super::{check_text, json, summary_text};
use crate::event::Event;

/// More than this is written at once; less waits for the next tick.
const PENDING_CAP: usize = 64 * 1024;

/// Everything that the reporter's thread owns.
pub(super) struct Desk {
    settings: Settings,
    out: Paint,
    err: Paint,
    begun: Instant,
    refreshed: Instant,
    progress: Progress,
    tally: Tally,
    bar: Bar,
    lines: Lines,
    /// For stdout, not yet written.
    pending: Vec<u8>,
    done: bool,
}

impl Desk {
    pub(super) fn new(settings: Settings, begun: Instant) -> Self {
        let err = Paint::new(settings.err_color);
        Self {
            out: Paint::new(settings.out_color),
            err,
            begun,
            refreshed: begun,
            progress: Progress::default(),
            tally: Tally::default(),
            bar: Bar::new(settings.screen.clone(), err),
            lines: Lines::new(settings.interval),
            pending: Vec::new(),
            done: false,
            settings,
        }
    }

    /// Whether the last event was taken.
    pub(super) const fn is_done(&self) -> bool {
        self.done
    }

    /// Takes an event: it is told at once, or remembered, or both.
    pub(super) fn take(&mut self, event: &Event, now: Instant) {
        if self.done {
            return;
        }
        let now = now.saturating_duration_since(self.begun);
        let took = self
            .progress
            .running()
            .map(|running| now.saturating_sub(running.since));
        self.tally.observe(event);
        self.progress.observe(event, now);
        self.say(&self.milestone(event, took));
        self.result(event);
        if self.pending.len() >= PENDING_CAP {
            self.flush();
        }
        if let Event::Finished(summary) = event {
            self.done = true;
            self.say(&summary_text::reasons(summary, self.err));
        }
    }

    /// Brings the display up to date, unless that was done just now.
    pub(super) fn refresh(&mut self, now: Instant) {
        if self.done || now.saturating_duration_since(self.refreshed) < TICK {
            return;
        }
        self.refreshed = now;
        self.flush();
        let now = now.saturating_duration_since(self.begun);
        self.progress.tick(now);
        match self.settings.mode {
            Mode::Terminal => self.bar.show(&self.progress, now),
            Mode::Lines => {
                let line = self.lines.due(&self.progress, now);
                self.say(&line.unwrap_or_default());
            }
            Mode::Quiet => {}
        }
    }

    /// Shows a question, after everything else.
    pub(super) fn prompt(&mut self, text: &str) {
        self.close();
        self.say(text);
    }

    /// Leaves nothing unwritten and no bar behind.
    pub(super) fn close(&mut self) {
        self.bar.clear();
        self.flush();
    }

    /// What stderr hears of the event at once.
    fn milestone(&self, event: &Event, took: Option<Duration>) -> String {
        let line = match self.settings.mode {
            Mode::Quiet => None,
            Mode::Terminal => lines::milestone(event, took),
            Mode::Lines => lines::milestone(event, took).or_else(|| lines::log_only(event)),
        };
        line.unwrap_or_default()
    }

    /// What stdout gets of the event.
    fn result(&mut self, event: &Event) {
        match (self.settings.output, event) {
            (Output::Events, event) => self.pending.extend(json::line(event)),
            (Output::Json, Event::Finished(summary)) => self.pending.extend(json::line(summary)),
            (Output::Text, event) if self.settings.mode != Mode::Quiet => {
                let text = self.text(event).unwrap_or_default();
                self.pending.extend(text.into_bytes());
            }
            (Output::Json | Output::Text, _) => {}
        }
    }

    fn text(&self, event: &Event) -> Option<String> {
        let source = self.settings.source.as_deref();
        match event {
            Event::Planned(plan) => Some(plan_text(plan, self.out)),
            Event::Rejected(reject) if self.settings.details => {
                Some(check_text::reject(reject, source, self.out))
            }
            Event::Warned { .. } if self.settings.details => {
                check_text::warning(event, source, self.out)
            }
            Event::Finished(summary) => Some(summary_text::result(summary, &self.tally, self.out)),
            _ => None,
        }
    }

    /// Writes to stderr; what stdout was given before comes before it.
    fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.flush();
            self.settings.screen.err(text.as_bytes());
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.settings.screen.out(&self.pending);
            self.pending.clear();
        }
    }
}

//! The thread that turns events into what the operator sees.

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::desk::Desk;
use super::mode::{Mode, Output};
use super::safe::safe_lines;
use super::screen::{DRAWS_PER_SECOND, Screen};
use crate::event::{Event, Sink};

/// How often the display is brought up to date.
pub(super) const TICK: Duration = Duration::from_millis(1_000 / DRAWS_PER_SECOND as u64);

/// Events that may wait to be shown before the work waits for the reader: a few megabytes.
const BACKLOG: usize = 1 << 16;

/// How to report.
#[derive(Clone)]
pub struct Settings {
    /// How progress is shown.
    pub mode: Mode,
    /// What goes to stdout.
    pub output: Output,
    /// Whether text on stdout may have colour.
    pub out_color: bool,
    /// Whether text on stderr may have colour.
    pub err_color: bool,
    /// Whether every bad row and every warning is listed: for `check`.
    pub details: bool,
    /// What stands between two lines of progress, where there is no bar.
    pub interval: Duration,
    /// The source in the operator's words, to name places by (`users.csv:12`).
    pub source: Option<String>,
    /// Where it goes. The log must write to the same one.
    pub screen: Screen,
}

impl Settings {
    /// Lines of progress are so far apart unless something else is asked for.
    pub const INTERVAL: Duration = Duration::from_secs(5);
}

/// A running reporter.
pub struct Reporter {
    thread: JoinHandle<()>,
    closing: Arc<AtomicBool>,
    prompts: Sender<Prompt>,
    screen: Screen,
}

/// A question to be shown once everything before it is.
struct Prompt {
    text: String,
    shown: Sender<()>,
}

impl Reporter {
    /// Begins to report. The sink may be cloned and used from any thread.
    pub fn start(settings: Settings) -> (Sink, Self) {
        let (sender, events) = sync_channel(BACKLOG);
        let (prompts, asked) = channel();
        let closing = Arc::new(AtomicBool::new(false));
        let screen = settings.screen.clone();
        let inbox = Inbox {
            events,
            asked,
            closing: Arc::clone(&closing),
        };
        let thread = std::thread::spawn(move || inbox.serve(Desk::new(settings, Instant::now())));
        let reporter = Self {
            thread,
            closing,
            prompts,
            screen,
        };
        (Sink::new(sender), reporter)
    }

    /// Asks on stderr, after everything that was reported before, and reads the answer from stdin.
    /// Only `y` and `yes` mean yes. For a terminal: whether there is one, the caller knows.
    pub fn confirm(&self, question: &str) -> io::Result<bool> {
        self.confirm_from(question, &mut io::stdin().lock())
    }

    fn confirm_from(&self, question: &str, answers: &mut impl BufRead) -> io::Result<bool> {
        let (shown, seen) = channel();
        let prompt = Prompt {
            text: format!("{} [y/N] ", safe_lines(question)),
            shown,
        };
        let is_shown = self.prompts.send(prompt).is_ok() && seen.recv().is_ok();
        if !is_shown {
            return Ok(false);
        }
        let mut answer = String::new();
        answers.read_line(&mut answer)?;
        Ok(matches!(
            answer.trim().to_ascii_lowercase().as_str(),
            "y" | "yes"
        ))
    }

    /// Waits until everything reported before is written. The last event is
    /// [`Event::Finished`]; without one the report just ends.
    ///
    /// # Errors
    /// If stdout could not be written: the result is lost. A reader that has gone is no error.
    pub fn finish(self) -> io::Result<()> {
        self.closing.store(true, Ordering::Release);
        self.thread
            .join()
            .map_err(|_| io::Error::other("the reporter panicked: its output is not complete"))?;
        self.screen.out_result()
    }
}

/// What the thread listens to.
struct Inbox {
    events: Receiver<Event>,
    asked: Receiver<Prompt>,
    closing: Arc<AtomicBool>,
}

impl Inbox {
    fn serve(self, mut desk: Desk) {
        while !desk.is_done() {
            match self.events.recv_timeout(TICK) {
                Ok(event) => desk.take(&event, Instant::now()),
                Err(RecvTimeoutError::Timeout) if self.rest(&mut desk) => {}
                Err(_) => break,
            }
            desk.refresh(Instant::now());
        }
        desk.close();
    }

    /// Does what waits for a quiet moment. False if the end has come.
    fn rest(&self, desk: &mut Desk) -> bool {
        let closing = self.closing.load(Ordering::Acquire);
        let prompt = self.asked.try_recv().ok();
        // Whatever was sent before the question, or before the end, is in the queue by now.
        for event in self.events.try_iter() {
            desk.take(&event, Instant::now());
        }
        if let Some(Prompt { text, shown }) = prompt {
            desk.prompt(&text);
            // Whoever asked may have gone.
            let _ = shown.send(());
        }
        !closing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fault, FaultCode, Key, Position, Reject};
    use crate::plan::{Counts, Totals};
    use crate::report::plan_text::examples::plan;
    use crate::report::screen::captured::{self, Captured};
    use crate::report::summary_text::examples::summary;

    fn start(mode: Mode, output: Output) -> (Sink, Reporter, Captured, Captured) {
        let (screen, out, err) = captured::screen(mode == Mode::Terminal);
        let (sink, reporter) = Reporter::start(settings(mode, output, screen));
        (sink, reporter, out, err)
    }

    fn settings(mode: Mode, output: Output, screen: Screen) -> Settings {
        Settings {
            mode,
            output,
            out_color: false,
            err_color: false,
            details: true,
            interval: Settings::INTERVAL,
            source: Some("users.csv".into()),
            screen,
        }
    }

    const COUNTS: Counts = Counts {
        source_rows: 2,
        unchanged: 2,
        ..ZERO
    };
    const ZERO: Counts = Counts {
        source_rows: 0,
        unchanged: 0,
        created: 0,
        updated: 0,
        deleted: 0,
        adopted: 0,
        rejected: 0,
        out_of_scope: 0,
        ambiguous: 0,
        failed: 0,
        deferred: 0,
        unresolved: 0,
        orphans: 0,
        waiting: 0,
        protected: 0,
        drifted: 0,
        planned: crate::plan::PlannedCounts {
            create: 0,
            update: 0,
            delete: 0,
        },
    };

    /// A night in which nothing had changed.
    fn night() -> Vec<Event> {
        let totals = Totals {
            source_rows: 2,
            unchanged: 2,
            ..Totals::default()
        };
        vec![
            Event::RunStarted {
                run_id: "0197-run".into(),
                command: "sync".into(),
                at: "2026-08-05T02:00:00Z".parse().expect("a timestamp"),
            },
            Event::Staging {
                rows: 1,
                rejected: 0,
                bytes: 10,
                bytes_total: 20,
            },
            Event::Staged {
                rows: 2,
                rejected: 0,
                warnings: 0,
            },
            Event::Planned(Box::new(plan(totals))),
            Event::Finished(Box::new(summary("sync", COUNTS))),
        ]
    }

    /// What a night leaves on stdout and on stderr.
    fn reported(mode: Mode, output: Output, events: Vec<Event>) -> (String, String) {
        let (sink, reporter, out, err) = start(mode, output);
        for event in events {
            sink.emit(event);
        }
        reporter.finish().expect("stdout takes everything");
        (out.text(), err.text())
    }

    fn refused() -> Vec<Event> {
        let mut summary = summary("sync", ZERO);
        summary.exit_code = 4;
        summary.exit_name = "refused".into();
        summary.reasons = vec!["the source is empty".into()];
        vec![Event::Finished(Box::new(summary))]
    }

    #[test]
    fn in_cron_the_result_is_on_stdout_and_the_lines_are_on_stderr() {
        let (out, err) = reported(Mode::Lines, Output::Text, night());
        insta::assert_snapshot!(out, @r"
        Nothing to do: 2 rows = 2 unchanged.
        987 requests in 3m 20s, 4.9/s on average
        ");
        assert!(
            err.starts_with("sync: run 0197-run\nread 2 rows in 0.0 s: 0 rejected, 0 warnings\n"),
            "{err}"
        );
    }

    #[test]
    fn quiet_is_silent_on_success_and_says_why_otherwise() {
        let (out, err) = reported(Mode::Quiet, Output::Text, night());
        assert_eq!((out.as_str(), err.as_str()), ("", ""));
        let (out, err) = reported(Mode::Quiet, Output::Text, refused());
        assert_eq!(out, "");
        insta::assert_snapshot!(err, @r"
        gridsync sync: refused (exit 4): the source is empty
          written  nothing
        ");
    }

    #[test]
    fn json_is_the_summary_alone_on_every_path() {
        for (mode, events) in [(Mode::Lines, night()), (Mode::Quiet, refused())] {
            let Some(Event::Finished(summary)) = events.last().cloned() else {
                panic!("each ends with a summary");
            };
            let (out, _) = reported(mode, Output::Json, events);
            let expected = serde_json::to_string(&summary).expect("a summary is JSON");
            assert_eq!(out, format!("{expected}\n"));
        }
    }

    #[test]
    fn events_are_one_line_each_and_the_summary_is_the_last() {
        let (out, _) = reported(Mode::Lines, Output::Events, night());
        let names: Vec<String> = out
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
            .map(|event| event["event"].as_str().expect("a name").to_owned())
            .collect();
        assert_eq!(
            names,
            ["run_started", "staging", "staged", "planned", "finished"]
        );
    }

    #[test]
    fn on_a_terminal_nothing_of_the_bar_is_left_at_the_end() {
        let (out, err) = reported(Mode::Terminal, Output::Text, night());
        assert!(out.starts_with("Nothing to do"), "{out}");
        assert!(!err.contains("run 0197-run"), "a bar needs no log: {err}");
        assert!(err.contains("read 2 rows"), "{err}");
    }

    #[test]
    fn a_check_lists_every_bad_row_and_keeps_the_order() {
        let bad = |line| {
            Event::Rejected(Reject {
                key: Some(Key::new("user")),
                position: Position {
                    record: line - 1,
                    line,
                    byte: 0,
                },
                faults: vec![Fault {
                    code: FaultCode::RowRagged,
                    field: None,
                    column: None,
                    column_number: None,
                    expected: "12 cells".into(),
                }],
            })
        };
        let mut events: Vec<_> = (2..5_002).map(bad).collect();
        let counts = Counts {
            source_rows: 5_000,
            rejected: 5_000,
            ..ZERO
        };
        events.push(Event::Finished(Box::new(summary("check", counts))));
        let (out, _) = reported(Mode::Lines, Output::Text, events);
        let places: Vec<_> = out
            .lines()
            .filter(|line| line.starts_with("users.csv:"))
            .collect();
        assert_eq!(places.len(), 5_000);
        assert_eq!(places[4_999], "users.csv:5001  user");
        assert!(
            out.ends_with("ROW_RAGGED   5,000\n\n5,000 rows: 0 good, 5,000 rejected, 0 warnings\n"),
            "{}",
            &out[out.len() - 200..]
        );
    }

    #[test]
    fn a_run_that_ends_without_a_summary_does_not_hang() {
        let settling = |total| Event::Settling {
            done: 0,
            total,
            wait: Duration::ZERO,
        };
        let (sink, reporter, out, _) = start(Mode::Lines, Output::Events);
        sink.emit(settling(1));
        reporter.finish().expect("stdout takes everything");
        assert_eq!(out.text().lines().count(), 1);
        sink.emit(settling(2));
    }

    #[test]
    fn on_one_terminal_result_and_reasons_come_in_order() {
        let (screen, both) = captured::one_stream();
        let mut desk = Desk::new(settings(Mode::Lines, Output::Text, screen), Instant::now());
        let mut last = summary("sync", COUNTS);
        last.exit_code = 3;
        last.exit_name = "rows".into();
        let totals = Totals {
            source_rows: 2,
            unchanged: 2,
            ..Totals::default()
        };
        let planned = Event::Planned(Box::new(plan(totals)));
        let notice = Event::Notice {
            message: "look here".into(),
        };
        for event in [planned, notice, Event::Finished(Box::new(last))] {
            desk.take(&event, Instant::now());
        }
        insta::assert_snapshot!(both.text(), @r"
        Nothing to do: 2 rows = 2 unchanged.
        note: look here
        987 requests in 3m 20s, 4.9/s on average
        gridsync sync: rows (exit 3)
        ");
    }

    #[test]
    fn what_was_sent_before_a_question_is_shown_before_it() {
        let (screen, both) = captured::one_stream();
        let mut desk = Desk::new(settings(Mode::Lines, Output::Text, screen), Instant::now());
        let ((sender, events), (prompts, asked)) = (sync_channel(BACKLOG), channel());
        let inbox = Inbox {
            events,
            asked,
            closing: Arc::default(),
        };
        let (shown, seen) = channel();
        let totals = Totals {
            source_rows: 2,
            unchanged: 2,
            ..Totals::default()
        };
        let planned = Event::Planned(Box::new(plan(totals)));
        sender.send(planned).expect("the inbox listens");
        let text = "Go on? ".into();
        prompts
            .send(Prompt { text, shown })
            .expect("the inbox listens");
        assert!(inbox.rest(&mut desk), "nothing has ended");
        seen.try_recv().expect("the question was shown");
        assert_eq!(both.text(), "Nothing to do: 2 rows = 2 unchanged.\nGo on? ");
    }

    #[test]
    fn a_question_comes_after_everything_reported_before_it() {
        let (sink, reporter, out, err) = start(Mode::Lines, Output::Text);
        for (answer, meant) in [("yes\n", true), ("Y\n", true), ("\n", false), ("", false)] {
            let totals = Totals {
                source_rows: 2,
                create: 2,
                ..Totals::default()
            };
            sink.emit(Event::Planned(Box::new(plan(totals))));
            let confirmed = reporter
                .confirm_from("Create 2 customers?", &mut answer.as_bytes())
                .expect("an answer");
            assert_eq!(confirmed, meant, "{answer:?}");
        }
        assert_eq!(out.text().matches("Plan for").count(), 4);
        assert!(
            err.text().starts_with("Create 2 customers? [y/N] "),
            "{}",
            err.text()
        );
        reporter.finish().expect("stdout takes everything");
    }
}

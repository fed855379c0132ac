//! The two streams of the process, and the bar that must not be torn by what is written to them.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::{MultiProgress, ProgressDrawTarget};
use tracing_subscriber::fmt::MakeWriter;

/// At most so many draws a second.
pub(super) const DRAWS_PER_SECOND: u8 = 10;

/// Where bytes leave the process. Shared by the reporter and the log: whoever writes takes the bar
/// away first, and its next draw brings it back.
#[derive(Clone)]
pub struct Screen {
    bars: MultiProgress,
    /// Held by whoever draws or writes to the terminal.
    turn: Arc<Mutex<Stderr>>,
    out: Arc<Mutex<Stdout>>,
    out_is_terminal: bool,
}

struct Stderr(Box<dyn Write + Send>);

struct Stdout {
    stream: Box<dyn Write + Send>,
    /// Why nothing more is written. A reader that has gone is no error.
    closed: Option<io::Result<()>>,
}

impl Screen {
    /// The process's own streams.
    pub fn stdio() -> Self {
        Self::new(
            ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND),
            Box::new(io::stdout()),
            Box::new(io::stderr()),
            io::stdout().is_terminal(),
        )
    }

    /// Streams of any kind, and a terminal for the bar. `out_is_terminal` says whether the bar and
    /// `out` share it.
    pub(super) fn new(
        target: ProgressDrawTarget,
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        out_is_terminal: bool,
    ) -> Self {
        Self {
            bars: MultiProgress::with_draw_target(target),
            turn: Arc::new(Mutex::new(Stderr(err))),
            out: Arc::new(Mutex::new(Stdout {
                stream: out,
                closed: None,
            })),
            out_is_terminal,
        }
    }

    /// The writer for logs: a line takes the bar away before it is written.
    pub fn log_writer(&self) -> LogWriter {
        LogWriter(self.clone())
    }

    /// Writes to stdout. After a failure nothing more is written, and [`Screen::out_result`]
    /// tells of it.
    ///
    /// Only a stdout that shares the terminal with the bar keeps others from writing, so a slow
    /// reader of a pipe holds up nobody.
    pub(super) fn out(&self, text: &[u8]) {
        let _turn = self.out_is_terminal.then(|| self.without_bar());
        lock(&self.out).write(text);
    }

    /// Writes to stderr. Failures are nobody's business: there is no one left to tell.
    pub(super) fn err(&self, text: &[u8]) {
        let mut stderr = self.without_bar();
        let _ = stderr.0.write_all(text).and_then(|()| stderr.0.flush());
    }

    /// What became of stdout: an error unless everything was written or its reader has gone.
    pub(super) fn out_result(&self) -> io::Result<()> {
        lock(&self.out).closed.take().unwrap_or(Ok(()))
    }

    /// Draws, while nobody writes.
    pub(super) fn draw<T>(&self, draw: impl FnOnce(&MultiProgress) -> T) -> T {
        let _turn = lock(&self.turn);
        draw(&self.bars)
    }

    /// Takes the bar away until the guard is dropped and the bar is drawn again.
    /// (`MultiProgress::suspend` would panic on a terminal that has gone.)
    fn without_bar(&self) -> MutexGuard<'_, Stderr> {
        let turn = lock(&self.turn);
        let _ = self.bars.clear();
        turn
    }
}

impl Stdout {
    fn write(&mut self, text: &[u8]) {
        if self.closed.is_some() {
            return;
        }
        let written = self
            .stream
            .write_all(text)
            .and_then(|()| self.stream.flush());
        self.closed = written.err().map(unless_reader_gone);
    }
}

/// A broken pipe is how `| head` says that it has read enough.
pub(super) fn unless_reader_gone(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    }
}

/// A writer that panicked left nothing half done that matters here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes log lines to stderr, around the bar. Made by [`Screen::log_writer`].
#[derive(Clone)]
pub struct LogWriter(Screen);

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.err(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Streams and a terminal that tests can read.
#[cfg(test)]
pub(super) mod captured {
    use super::*;

    /// Bytes that were written.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Captured {
        /// Everything so far.
        pub(crate) fn text(&self) -> String {
            String::from_utf8_lossy(&lock(&self.0)).into_owned()
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            lock(&self.0).extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A screen, its stdout and its stderr; the bar, if there is one, is drawn into stderr.
    pub(crate) fn screen(bar: bool) -> (Screen, Captured, Captured) {
        let (out, err) = (Captured::default(), Captured::default());
        let target = if bar {
            ProgressDrawTarget::term_like_with_hz(Box::new(Glass(err.clone())), 200)
        } else {
            ProgressDrawTarget::hidden()
        };
        let screen = Screen::new(target, Box::new(out.clone()), Box::new(err.clone()), bar);
        (screen, out, err)
    }

    /// A screen whose stdout and stderr are one, as on a terminal, without a bar.
    pub(crate) fn one_stream() -> (Screen, Captured) {
        let both = Captured::default();
        let (out, err) = (Box::new(both.clone()), Box::new(both.clone()));
        let screen = Screen::new(ProgressDrawTarget::hidden(), out, err, true);
        (screen, both)
    }

    /// A terminal that writes down what it is told to do.
    #[derive(Debug)]
    struct Glass(Captured);

    impl Glass {
        fn note(&self, text: &str) -> io::Result<()> {
            self.0.clone().write_all(text.as_bytes())
        }
    }

    impl indicatif::TermLike for Glass {
        fn width(&self) -> u16 {
            100
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.note(text)?;
            self.note("\n")
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.note(text)
        }

        fn clear_line(&self) -> io::Result<()> {
            self.note("<clear>")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn screen_with(out: Broken) -> Screen {
        let target = ProgressDrawTarget::hidden();
        Screen::new(target, Box::new(out), Box::new(io::sink()), false)
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error() {
        let screen = screen_with(Broken(io::ErrorKind::BrokenPipe));
        screen.out(b"a result");
        screen.out(b"more of it");
        assert!(screen.out_result().is_ok());
    }

    #[test]
    fn a_full_disk_is_one() {
        let screen = screen_with(Broken(io::ErrorKind::StorageFull));
        screen.out(b"a result");
        let error = screen.out_result().expect_err("nothing was written");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_log_line_takes_the_bar_away_first() {
        let (screen, _, err) = captured::screen(true);
        let bar = screen.draw(|bars| bars.add(indicatif::ProgressBar::new(10)));
        screen.draw(|_| bar.tick());
        let before = err.text().len();
        screen
            .log_writer()
            .write_all(b"WARN a line\n")
            .expect("never fails");
        let after = err.text()[before..].to_owned();
        let line = after.find("WARN a line\n").expect("the line is there");
        assert!(after[..line].contains("<clear>"), "{after:?}");
    }
}

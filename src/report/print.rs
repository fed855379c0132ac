//! Results that are no report of a run.

use std::io::{self, BufWriter, IsTerminal, Write};

use super::screen::unless_reader_gone;
use crate::event::Summary;
use crate::model::visible_json;

/// Writes a command's result to stdout as it is: a table, a file's content. A reader that has gone
/// (`| head`) is no error. For text that was made safe before, as a [`Table`](super::Table) is.
pub fn print_text(text: &str) -> io::Result<()> {
    write_text(&mut io::stdout().lock(), text)
}

/// Writes a result to stdout that is too long to be held. What `write` is given says whether a
/// terminal shows it. A reader that has gone (`| head`) is no error, and then there is no answer.
pub fn print_stream<T>(
    write: impl FnOnce(&mut dyn Write, bool) -> io::Result<T>,
) -> io::Result<Option<T>> {
    let stdout = io::stdout().lock();
    let is_terminal = stdout.is_terminal();
    let mut out = BufWriter::new(stdout);
    match write(&mut out, is_terminal).and_then(|written| out.flush().map(|()| written)) {
        Ok(written) => Ok(Some(written)),
        Err(error) => {
            // What is left in the buffer has nowhere to go.
            drop(out.into_parts());
            unless_reader_gone(error).map(|()| None)
        }
    }
}

/// Tells of a command line that cannot be understood: the parser's words on stderr, and the summary
/// on stdout where it was asked for. Whether anybody reads it changes nothing any more.
pub fn usage(text: &str, summary: Option<&Summary>) {
    let _ = write_text(&mut io::stderr().lock(), text);
    if let Some(line) = summary.and_then(|summary| serde_json::to_string(summary).ok()) {
        let line = visible_json(line);
        let _ = write_text(&mut io::stdout().lock(), &format!("{line}\n"));
    }
}

fn write_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .or_else(unless_reader_gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Head;

    impl Write for Head {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    #[test]
    fn a_reader_that_has_read_enough_is_no_error() {
        assert!(write_text(&mut Head, "a table").is_ok());
    }
}

//! Results that are no report of a run.

use std::io::{self, Write};

use super::screen::unless_reader_gone;
use crate::event::Summary;

/// Writes a command's result to stdout as it is: a table, a file's content. A reader that has gone
/// (`| head`) is no error. For text that was made safe before, as a [`Table`](super::Table) is.
pub fn print_text(text: &str) -> io::Result<()> {
    write_text(&mut io::stdout().lock(), text)
}

/// Tells of a command line that cannot be understood: the parser's words on stderr, and the summary
/// on stdout where it was asked for. Whether anybody reads it changes nothing any more.
pub fn usage(text: &str, summary: Option<&Summary>) {
    let _ = write_text(&mut io::stderr().lock(), text);
    if let Some(line) = summary.and_then(|summary| serde_json::to_string(summary).ok()) {
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

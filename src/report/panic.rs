//! What is told of a panic: where it was, and nothing that it was about.
//!
//! A panic's message often holds what the code stumbled over: `expect` adds the error, a slice of a text
//! the whole text. That may be a row's value, and stderr is kept.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::{self, Location};

/// From now on a panic is told by its place, by its message where that stands in the code as it is, and,
/// with `RUST_BACKTRACE`, by the functions that led to it.
pub fn tell_panics_without_values() {
    panic::set_hook(Box::new(|info| {
        let text = told(
            info.location(),
            info.payload(),
            std::thread::current().name(),
            &Backtrace::capture(),
        );
        // There is nobody left to tell that stderr is gone.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }));
}

fn told(
    location: Option<&Location<'_>>,
    payload: &(dyn Any + Send),
    thread: Option<&str>,
    backtrace: &Backtrace,
) -> String {
    let mut text = format!("gridsync: panicked in thread {}", thread.unwrap_or("?"));
    if let Some(location) = location {
        write!(text, " at {location}").expect("a string takes every write");
    }
    match payload.downcast_ref::<&'static str>() {
        Some(literal) => writeln!(text, ": {literal}"),
        None => writeln!(
            text,
            "; the message is left out, because it may hold a value"
        ),
    }
    .expect("a string takes every write");
    if backtrace.status() == BacktraceStatus::Captured {
        writeln!(text, "{backtrace}").expect("a string takes every write");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_of(payload: &(dyn Any + Send)) -> String {
        let backtrace = Backtrace::disabled();
        told(Some(Location::caller()), payload, Some("main"), &backtrace)
    }

    #[test]
    fn a_message_that_was_made_is_left_out() {
        let caught = panic::catch_unwind(|| {
            let text = String::from("canary é");
            text[..8].len()
        });
        let text = told_of(&*caught.expect_err("it is no boundary"));
        assert!(!text.contains("canary"), "{text}");
        assert!(text.contains("src/report/panic.rs:"), "{text}");
    }

    #[test]
    fn a_message_out_of_the_code_is_told() {
        let text = told_of(&"the ledger is empty");
        assert!(text.ends_with(": the ledger is empty\n"), "{text}");
    }
}

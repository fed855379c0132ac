//! What the operator sees. The only module that prints.
//!
//! The work emits [`Event`](crate::event::Event)s; a thread of its own turns them into a bar, into
//! lines or into JSON, so nothing ever waits for a terminal. stdout is the result; stderr is logs,
//! progress, prompts and, whenever the exit code is not 0, the reasons.
//!
//! Texts are made by pure functions out of events and plans ([`plan_text()`], the summary, the rows
//! that `check` found bad), so that tests can read them. Whatever comes from outside goes through
//! [`safe()`] on its way to a terminal. A [`Screen`] is the one place where bytes leave the process:
//! it takes the bar away before anything else is written, log lines included.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: owns the terminal, and shows how time goes by"
)]

mod balance;
mod bar;
mod check_text;
mod customer_list;
mod desk;
mod guard_text;
mod json;
mod lines;
mod logging;
mod measure;
mod mode;
mod number;
mod pace;
mod paint;
mod panic;
mod plan_details;
mod plan_text;
mod print;
mod progress;
mod reporter;
mod safe;
mod screen;
mod summary_text;
mod table;
mod tally;

pub use customer_list::{CustomerList, ListFormat};
pub use logging::{InitError, LogFormat, Logging, init_logging};
pub use mode::{Mode, Output};
pub use number::{duration, rate, thousands};
pub use paint::Paint;
pub use panic::tell_panics_without_values;
pub use plan_text::plan_text;
pub use print::{print_stream, print_text, usage};
pub use reporter::{Reporter, Settings};
pub use safe::{safe, safe_lines};
pub use screen::{LogWriter, Screen};
pub use table::Table;

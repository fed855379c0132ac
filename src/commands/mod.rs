//! One file a command: wiring only. A command makes the edges from the configuration, calls the
//! engine, and says how it ended; what it means in numbers is [`Exit`](crate::exit::Exit)'s.

#![expect(
    clippy::disallowed_methods,
    reason = "edge: says what time it is, and asks whether somebody is at the terminal"
)]

mod absences;
mod account_types;
mod apply;
mod carry_out;
mod catch_up;
mod check;
#[cfg(feature = "emulator")]
mod emulate;
#[cfg_attr(not(feature = "emulator"), path = "without_emulator.rs")]
mod emulated;
mod ending;
mod export;
mod export_file;
mod fields;
mod guarding;
mod init;
mod init_source;
mod init_text;
mod next_command;
mod online;
mod plan;
mod planning;
#[cfg(feature = "emulator")]
mod rehearse;
mod rejects;
mod resume;
mod run;
mod saved_plan;
mod session;
mod signals;
mod sources;
mod status;
mod sync;
mod write_back;
mod write_back_place;

pub use run::{configuration_failed, panicked, run, usage_failed};

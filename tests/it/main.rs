//! The real program against an emulated Grid, over HTTP, as stories; and the checks that hold the
//! crate's shape.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the files of the crate from outside"
)]

/// What `check` says of good and bad rows, of the samples above all.
mod check;
/// One story for each exit code.
mod exits;
/// Every fault that the emulator knows.
mod faults;
/// What a run refuses to do.
mod guards;
/// The layers of the crate hold.
mod layering;
/// Every dependency's licence is one that we may ship under.
mod licences;
/// A plan that is saved, looked at and applied later.
mod plan_file;
/// Where personal data must not be.
mod privacy;
/// Creates, drift, orphans, deletes, and a second run that does nothing.
mod sync;

mod support;

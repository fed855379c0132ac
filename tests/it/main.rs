//! The real program against an emulated Grid, over HTTP, as stories; and the checks that hold the
//! crate's shape.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the files of the crate from outside"
)]

/// The layers of the crate hold.
mod layering;
/// Every dependency's licence is one that we may ship under.
mod licences;
/// Creates, drift, orphans, deletes, and a second run that does nothing.
mod sync;

mod support;

//! Integration tests.

#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the files of the crate from outside"
)]

/// The layers of the crate hold.
mod layering;
/// Every dependency's licence is one that we may ship under.
mod licences;

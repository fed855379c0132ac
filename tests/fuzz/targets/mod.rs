//! One function a target: it takes any bytes, and panics if something does not hold. `tests/fuzz/run` gives
//! them to a fuzzer; `cargo test` gives each of them its seeds.

mod address;
mod configuration;
mod csv;
mod escapes;
mod headers;
mod init;
mod input;
mod ndjson;
mod pattern;
mod plan;
mod rejects;
mod rows;
mod state;
mod statement;
mod wire;

/// A target: what it is called, and what it does with an input.
pub(super) type Target = (&'static str, fn(&[u8]));

/// All of them.
pub(super) const TARGETS: &[Target] = &[
    ("address", address::run),
    ("configuration", configuration::run),
    ("csv", csv::run),
    ("escapes", escapes::run),
    ("headers", headers::run),
    ("init", init::run),
    ("ndjson", ndjson::run),
    ("pattern", pattern::run),
    ("plan", plan::run),
    ("rejects", rejects::run),
    ("state", state::run),
    ("statement", statement::run),
    ("wire", wire::run),
];

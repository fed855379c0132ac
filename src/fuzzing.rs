//! What the targets of `tests/fuzz` need and nobody else may see. Built for them, and for the test that runs
//! every target over its seeds.

pub use crate::grid::fuzzing as grid;
pub use crate::source::fuzzing as source;

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "targets write the files that are read, and damage them"
)]
#[path = "../tests/fuzz/targets/mod.rs"]
mod targets;

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test reads seeds")]
mod tests;

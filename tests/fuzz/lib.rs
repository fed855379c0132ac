//! The targets, for the programs in `bin`. `src/fuzzing.rs` has them too, and so they name everything as if they
//! stood there.

use gridsync::{cli, config, engine, exit, fuzzing, grid, map, model, plan, report, source, state};

mod targets;

/// Gives a target an input.
///
/// # Panics
/// There is no such target; or a finding.
pub fn run(name: &str, bytes: &[u8]) {
    let target = targets::TARGETS.iter().find(|(other, _)| *other == name);
    let (_, target) = target.expect("a target of that name");
    target(bytes);
}

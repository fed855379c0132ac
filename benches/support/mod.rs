//! What the benchmarks share: users made by rule, the real program with its peak memory, figures.
//!
//! No benchmark asserts a time. Each asserts that the work was done: a figure of a run that failed
//! says nothing.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: a benchmark has a clock and files of its own"
)]

mod figures;
mod options;
mod program;
mod users;

pub(crate) use figures::{conditions, median, megabytes, per_second, ratio};
pub(crate) use options::users_or;
pub(crate) use program::{Finished, run};
pub(crate) use users::{COLUMNS, User, write_users};

use std::error::Error;

/// A benchmark that cannot go on says why.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How often each thing is measured. The median is shown.
pub(crate) const ROUNDS: usize = 3;

/// A folder on the disk of the build, not in a `/tmp` that may be memory: a journal is as fast as
/// its disk. It goes with the benchmark.
pub(crate) fn folder() -> Outcome<tempfile::TempDir> {
    Ok(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

//! Staged rows in key order, in bounded memory: sorted runs in an unlinked temporary file, merged
//! when they are read. It holds keys, positions and keyed hashes, no value of a user.
//!
//! An external merge sort as in Knuth, The Art of Computer Programming, volume 3, section 5.4.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: what does not fit into memory is spilled to files, and merged by a thread"
)]

mod merge;
mod row;
mod run;
mod sort;
#[cfg(test)]
mod tests;

pub(super) use merge::Groups;
pub(super) use row::Judged;
pub(super) use run::Run;
pub(super) use sort::{Sorted, Spill};

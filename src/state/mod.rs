//! The state file: what is known of Grid, what was done, and where the next run goes on.
//!
//! **One owner.** A SQLite connection lives on a thread of its own; everything else holds a
//! [`State`], which sends work to it. Writes that arrive together are committed together, so a
//! run with many requests under way pays for one `fsync` where it made sixty-four records.
//!
//! **Durability.** WAL with `synchronous = FULL`: a commit that was reported has reached the disk,
//! also when the power fails. The intent to create a customer must be on disk before the request
//! leaves, or a second run could not know that it has to look first.
//!
//! **Compatibility.** `user_version` counts the migrations that were applied. The list is only ever
//! appended to; a file with a higher number is from a newer program and is refused.
//!
//! **Locking.** A run holds an operating system lock on `<file>.lock`: it ends with the process,
//! however that ends.
//!
//! No value of a user is stored: keys, ids, types, statuses, times, positions and keyed hashes only. No SQL and no SQLite
//! type leaves this module.

#![expect(
    clippy::disallowed_types,
    reason = "edge: keeps the state file and its lock"
)]

mod error;
mod journal;
mod listing;
mod lock;
mod mirror;
mod open;
mod owner;
mod pace;
mod rejects;
mod runs;
mod scans;
mod schema;
mod time;
mod tombstones;
mod write_back;

pub use error::StateError;
pub use journal::{
    AccountRecord, ChangeStatus, KnownAccount, OpenAccount, OpenChange, PlannedChange, Record,
    Tally,
};
pub use lock::{Lock, LockError};
pub use mirror::{MirrorReader, MirrorRow};
pub use open::{Opening, State};
pub use pace::LearnedRate;
pub use rejects::{KeyEnd, RowEnd, Settled};
pub use runs::{PlanUse, RunFacts, RunNumber, RunPhase, RunRecord};
pub use scans::{Checkpoint, Listed, PageFacts, ScanMode, ScanProgress};
pub use write_back::WriteBackNumber;

#[cfg(test)]
mod tests;

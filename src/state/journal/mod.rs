//! The journal: every change of a run and how far it came.
//!
//! `planned → in_flight → applied | already_applied | failed | unknown | deferred`. A change is
//! `in_flight` on disk before its request leaves, and its outcome is one transaction with what
//! the mirror learns from it.

mod account;
mod api;
mod record;
mod rows;

pub use account::{AccountRecord, KnownAccount, OpenAccount};
pub use record::{ChangeStatus, OpenChange, PlannedChange, Record, Tally};

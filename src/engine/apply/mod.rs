//! Apply: a second pass over the source picks the planned rows, checks that each is as it was
//! planned, and sends it. Creates first, then deletes; the journal stands around every request.

#![expect(
    clippy::disallowed_methods,
    reason = "edge: the journal says when, and a look-up waits out a late commit"
)]

mod accounts;
mod applier;
mod backoff;
mod create;
mod delete;
mod look;
mod pick;
mod settle;
mod tracker;

pub use accounts::{Accounts, accounts};
pub use applier::{Applier, ApplySettings};
pub use look::Lateness;
pub use settle::settle;

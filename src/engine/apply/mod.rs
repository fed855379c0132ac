//! Apply: a second pass over the source picks the planned rows, checks that each is as it was
//! planned, and sends it. Creates first, each with its bank account, then deletes; the journal stands
//! around every request.

#![expect(
    clippy::disallowed_methods,
    reason = "edge: the journal says when, and a look-up waits out a late commit"
)]

mod applier;
mod attach;
mod backoff;
mod create;
mod delete;
mod detach;
mod doomed;
mod look;
mod once;
mod pick;
mod reckoning;
mod settle;
mod tracker;

pub use applier::{Applier, ApplySettings};
pub use look::Lateness;
pub use reckoning::{Reckoning, reckon};
pub use settle::settle;

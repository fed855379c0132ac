//! The real program against an emulated Grid, over HTTP, as stories; and the checks that hold the
//! crate's shape.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests look at files and processes from outside"
)]

/// Bank accounts: the step after the create.
mod accounts;
/// A full disk, a folder that is read-only, a file that is damaged or newer, a clock that was set back.
mod broken_state;
/// What `check` says of good and bad rows, of the samples above all.
mod check;
/// Users out of databases: the same as from files, and what happens when a server goes.
mod databases;
/// Deletes over several runs: waiting, budgets, protection.
mod deletes;
/// One story for each exit code.
mod exits;
/// The list of customers and their ids.
mod export;
/// Every fault that the emulator knows.
mod faults;
/// Whatever comes in, from files and out of answers: no panic, no end of memory, no value told.
mod fuzz;
/// What a run refuses to do.
mod guards;
/// A server that means harm.
mod hostile;
/// From a source to a configuration that somebody finishes.
mod init;
/// Killed with SIGKILL at every point: nobody twice, nobody lost.
mod kill;
/// The layers of the crate hold.
mod layering;
/// Every dependency's licence is one that we may ship under.
mod licences;
/// One run at a time.
mod lock;
/// Users as JSON objects, one a line.
mod ndjson;
/// The rules of the platform, asked of Grid.
mod online;
/// As fast as allowed, and never faster; a limit that nobody tells.
mod pace;
/// A plan that is saved, looked at and applied later.
mod plan_file;
/// Planning reads, and nothing else.
mod planning;
/// Where personal data must not be.
mod privacy;
/// Every command of the README does what the README says.
mod readme;
/// The rows that were left undone: a file of them, mended and tried again until none is left.
mod rejects;
/// An interrupted run goes on where it stopped.
mod resume;
/// Runs that are about some users only.
mod scope;
/// SIGINT, SIGTERM and `--max-duration`: what is under way is finished.
mod signals;
/// Creates, drift, orphans, deletes, and a second run that does nothing.
mod sync;
/// Lists that leave somebody out.
mod twins;
/// Customer ids, written back into the platform's own database.
mod writeback;

mod crash;
mod support;

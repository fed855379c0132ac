//! The state file as the engine uses it: one file for each thing that it promises.

mod accounts;
mod commits;
mod files;
mod journal;
mod mirror;
mod pace;
mod rejects;
mod runs;
mod tombstones;
mod world;
mod write_back;

//! The emulator over real HTTP, by a client that knows nothing but sockets.

mod accounts;
mod creates;
mod customers;
mod faults;
mod handle;
mod lists;
mod patches;
mod peer;
mod platform;

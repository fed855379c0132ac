//! A stand-in for Grid over HTTP on loopback, which misbehaves on request.
//!
//! It shares no code with the client, not even types: a misread field must not be wrong on both sides. It speaks
//! both editions of the API, keeps customers in memory, and writes values its own way, as servers do.
//! Every reply carries `Server: gridsync-emulator`, and every id it makes begins with `e3010000`.
//!
//! - [`Emulator`] runs one on a thread of its own and lets tests look into it; [`run`] serves a [`World`] on a listener.
//! - [`Settings`] say how it behaves, [`Fault`] what goes wrong and when, [`read_seed`] what is there at the start.

#![expect(
    clippy::disallowed_methods,
    reason = "apart: a server, with a clock of its own"
)]

mod api;
mod auth;
mod body;
mod clock;
mod conduct;
mod edition;
mod error;
mod fault;
mod handle;
mod hooks;
mod http;
mod limit;
mod log;
mod reply;
mod request;
mod seed;
mod settings;
mod shape;
mod store;
#[cfg(test)]
mod tests;
mod trouble;
mod world;

pub use edition::Edition;
pub use fault::{Fault, FaultError, FaultInfo};
pub use handle::{Emulator, base_url};
pub use hooks::Hook;
pub use http::{ServeError, run};
pub use log::RequestRecord;
pub use seed::{SeedCustomer, SeedError, read_seed};
pub use settings::{Counting, Credential, Order, RateLimit, RetryAfter, Settings};
pub use world::World;

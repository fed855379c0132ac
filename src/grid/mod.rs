//! The client of the Grid API.
//!
//! A [`Client`] hands out [`Reader`]s, which cannot write and retry by themselves, and [`Writer`]s, which
//! can and never do: whether a write may be sent again is for the journal to say. Every request of
//! both passes the one [`Throttle`].
//!
//! One concern a file. On the way out: `call` (a request as a value), `throttle`, `transport` (one
//! exchange). On the way back: `headers`, `refusal` (bodies that say no), `wire` (bodies that say
//! yes), `error`, and `class`, the only table of what a failure means. `retry` is for reads.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "edge: speaks HTTP, and waits"
)]

mod account;
mod body;
mod call;
mod class;
mod client;
mod credentials;
mod error;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod headers;
mod list;
mod reader;
mod refusal;
mod retry;
#[cfg(test)]
mod scripted;
mod settings;
#[cfg(test)]
mod tests;
mod throttle;
mod transport;
mod wire;
mod writer;

pub use account::{Account, AccountBody, AccountDraft};
pub use body::CreateBody;
pub use class::Class;
pub use client::Client;
pub use credentials::{Credentials, CredentialsError};
pub use error::{Error, Kind, Unexpected};
pub use list::{ListFault, ListFilter, ListGuard, MAX_LIMIT, Page, Step};
pub use reader::{Found, Reader};
pub use settings::{Retry, Settings, SetupError};
pub use throttle::{Lesson, Pace, PaceError, PaceState, Permit, Reserve, Throttle};
pub use writer::Writer;

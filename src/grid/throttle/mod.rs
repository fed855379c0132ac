//! One throttle for every request of a client.
//!
//! [`Pace`] is what the operator allows. `limiter` decides, without waiting, whether a request may
//! start; `brake` is its memory of 429 answers; `search` finds the rate that the server allows, along a
//! `curve`, and `doubt` asks whether it is the rate at all that is refused; `gate` lets callers wait for their
//! turn, in order.

mod brake;
mod curve;
mod doubt;
mod gate;
mod limiter;
mod pace;
mod reserve;
mod search;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;

pub use gate::{Lesson, PaceState, Permit, Throttle};
pub use pace::{Pace, PaceError};
pub use reserve::Reserve;

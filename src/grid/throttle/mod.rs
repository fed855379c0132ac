//! One throttle for every request of a client.
//!
//! [`Pace`] is what the operator allows. `limiter` decides, without waiting, whether a request may
//! start; `brake` is its memory of 429 answers; `gate` lets callers wait for their turn, in order.

mod brake;
mod gate;
mod limiter;
mod pace;

pub use gate::{PaceState, Permit, Throttle};
pub use pace::{Pace, PaceError};

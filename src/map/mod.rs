//! From rows to values: which column fills which field. Pure.
//!
//! [`Mapping::bind`] meets the configured rules with the source's header once, and names everything
//! that is wrong with the two together; [`Mapping::fill`] then turns row after row into values. A
//! cell that cannot be read as what its rule says is a fault here; whether Grid takes the value is
//! asked by `validate`.

mod account;
mod bind;
mod fault;
mod fill;
mod guess;
mod header;
mod mapping;
mod moment;
mod rule;
mod setting;

pub use bind::Bound;
pub use fault::{BindFault, Notice, Unused};
pub use guess::propose;
pub use mapping::Mapping;

#[cfg(test)]
mod tests;

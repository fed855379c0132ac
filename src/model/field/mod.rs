//! The one table of the fields that a user can fill, both editions: nothing else knows them.
//!
//! [`FIELDS`] says of each field what it is called, who has it, when it is required, what it takes
//! and what Grid returns of it. Mapping, validation, request bodies, comparison and the printed
//! documentation are all read from it.

mod about;
mod accepted;
mod name;
mod rule;
mod slot;
mod table;

pub use about::{Field, Kind, Required, Returned};
pub use accepted::is_country;
pub use name::{for_header, near_header, nearest};
pub use rule::{Rule, Run, Set, Shape};
pub use slot::{MAX_INDEX, Slot, UnknownField};
pub use table::FIELDS;

#[cfg(test)]
mod tests;

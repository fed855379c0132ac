//! The table itself, one file for each group of fields and hundred of codes.

mod account;
mod bank;
mod business;
mod individual;
mod join;
mod owner;
mod shared;

pub use join::FIELDS;
pub(super) use join::{code_of, position};

//! What bodies must look like, by edition: tables of fields, and one walk that finds every fault.

mod bank;
mod business;
mod check;
mod customer;
mod external;
mod keep;
mod patterns;
mod rule;

pub(crate) use check::check;
pub(crate) use customer::{create_fields, update_fields};
pub(crate) use external::external_account_problems;
pub(crate) use keep::keep;

//! Grid's endpoints, one file to each.

mod accounts;
mod config;
mod create;
mod cursor;
mod customer;
mod kyc;
mod list;
mod patch;
mod query;
mod route;
mod rules;
mod webhooks;

pub(crate) use accounts::Accounts;
pub(crate) use create::birth_status;
pub(crate) use kyc::Links;
pub(crate) use route::handle;

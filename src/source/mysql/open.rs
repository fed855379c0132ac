//! A connection for whoever writes.

use std::sync::Arc;

use mysql::Conn;

use super::address::Address;
use super::connect::connect;
use crate::model::Secret;
use crate::source::DatabaseFault;

/// Connects as a pass does, with the same trust, and without its transaction.
pub(in crate::source) fn open(url: &Secret) -> Result<Conn, DatabaseFault> {
    let address = Address::of(url)?;
    connect(&Arc::new(address))
}

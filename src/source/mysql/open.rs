//! A connection for whoever writes.

use std::sync::Arc;

use mysql::Conn;

use super::address::Address;
use super::connect::connect;
use crate::model::Secret;
use crate::source::DatabaseFault;

/// Connects as a pass does, with the same trust, and without its transaction.
pub(in crate::source) fn open(url: &Secret) -> Result<Conn, DatabaseFault> {
    let address = Address::parse(url).map_err(|fault| DatabaseFault::Url(fault.to_string()))?;
    connect(&Arc::new(address))
}

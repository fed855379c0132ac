//! A connection for whoever writes.

use tokio::task::JoinSet;
use tokio_postgres::{Client, Error};

use super::address::Address;
use super::pass::connect;
use super::tls::connector;
use crate::model::Secret;
use crate::source::DatabaseFault;

/// Connects as a pass does, with the same trust, and without its transaction. The connection is at
/// work among the tasks.
pub(in crate::source) async fn open(
    url: &Secret,
    tasks: &mut JoinSet<Result<(), Error>>,
) -> Result<Client, DatabaseFault> {
    let address = Address::of(url)?;
    let tls = connector(&address.trust)?;
    connect(&address, &tls, tasks).await
}

//! Ends a pass that nobody reads any more, whatever its server is doing.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::address::Address;
use super::connect::kill;

/// The end of one connection, from outside: a server that sorts a million rows does not notice that
/// whoever asked for them has gone. Clones share whether it is over.
#[derive(Clone)]
pub(super) struct Killer {
    address: Arc<Address>,
    connection: u32,
    over: Arc<Mutex<bool>>,
}

impl Killer {
    pub(super) fn of(connection: u32, address: &Arc<Address>) -> Self {
        Self {
            address: Arc::clone(address),
            connection,
            over: Arc::default(),
        }
    }

    /// The connection is ended, or ends by itself: from now on there is nothing to do.
    pub(super) fn is_over(&self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Ends the connection, on a thread of its own.
    pub(super) fn strike(self) {
        thread::spawn(move || {
            let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
            if !*over {
                *over = true;
                // If this fails, the server finds out when it sends the next row.
                drop(kill(&self.address, self.connection));
            }
        });
    }
}

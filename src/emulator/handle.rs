//! An emulator in this process, on a thread of its own, for tests and rehearsals.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use super::fault::{Fault, Mischief};
use super::hooks::{Hook, Moment};
use super::http::{self, ServeError};
use super::limit::Limiter;
use super::log::RequestRecord;
use super::request::BASE_PATH;
use super::seed::{SeedCustomer, SeedError};
use super::settings::{RateLimit, Settings};
use super::world::{World, locked};

/// A running emulator. Dropping it closes all connections and ends its thread.
#[derive(Debug)]
pub struct Emulator {
    world: Arc<World>,
    base_url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator on a free port of 127.0.0.1.
    pub fn start(settings: Settings, seed: Vec<SeedCustomer>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let base_url = base_url(listener.local_addr()?);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let world = Arc::new(World::new(settings, seed));
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&world);
        let thread = thread::Builder::new()
            .name("emulator".to_owned())
            .spawn(move || {
                // An emulator that stops serving shows in what its clients see.
                let _ = runtime.block_on(serve(listener, serving, stopped));
            })?;
        Ok(Self {
            world,
            base_url,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The URL that stands for `https://api.lightspark.com/grid/2025-10-13`, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The requests so far, oldest first: the latest ones, if there were more than are remembered.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.log.records()
    }

    /// How many requests were received.
    pub fn request_count(&self) -> u64 {
        self.world.log.count()
    }

    /// Waits until `count` requests were received in all; false if `timeout` passes first.
    pub fn wait_for_requests(&self, count: u64, timeout: Duration) -> bool {
        self.world.log.wait_for(count, timeout)
    }

    /// All customers as Grid would show them, deleted ones included, in the order in which they were made.
    pub fn customers(&self) -> Vec<Value> {
        let customers = locked(&self.world.customers);
        let slots = 0..u32::try_from(customers.len()).unwrap_or(u32::MAX);
        slots.map(|slot| json(&customers.shown(slot))).collect()
    }

    /// All external accounts as Grid would show them, in the order in which they were made.
    pub fn accounts(&self) -> Vec<Value> {
        locked(&self.world.accounts).all()
    }

    /// Adds an external account behind the client's back, in the form in which it would be sent,
    /// unchecked, and gives its id.
    pub fn insert_account(&self, account: &Value) -> String {
        let Some(account) = account.as_object() else {
            return String::new();
        };
        locked(&self.world.accounts).insert(&self.world, account)
    }

    /// From now on the account cannot be deleted: 409 `BENEFICIARY_TRUSTED`.
    pub fn trust_account(&self, account_id: &str) {
        locked(&self.world.accounts).trust(account_id);
    }

    /// How many active customers each `platformCustomerId` has. More than one is a duplicate.
    pub fn active_by_key(&self) -> BTreeMap<String, usize> {
        locked(&self.world.customers).active_by_key()
    }

    /// The body of the create that made the active customer with this key, write-only fields included.
    /// `None` for customers that were not made over HTTP, or if bodies are not kept.
    pub fn stored_body(&self, platform_customer_id: &str) -> Option<Value> {
        let customers = locked(&self.world.customers);
        let slot = customers.active_with_key(platform_customer_id).last()?;
        customers.record_at(slot).sent.as_deref().map(json)
    }

    /// Adds a customer behind the client's back, in the form of a line of the seed, and gives its id.
    /// What is absent is made; the time is now.
    pub fn insert(&self, customer: Value) -> Result<String, SeedError> {
        let now = self.world.stamp(&Mischief::default());
        let new = SeedCustomer::from_value(customer)?.into_new(&self.world.settings, now);
        let mut customers = locked(&self.world.customers);
        let slot = customers.add(new, None);
        Ok(customers.id(slot))
    }

    /// Changes fields of a customer behind the client's back and stamps the change. Fields are put in
    /// place whole, unchecked; `null` removes one. False if there is no such customer.
    pub fn patch(&self, customer_id: &str, changes: Value) -> bool {
        let mut customers = locked(&self.world.customers);
        let (Some(slot), Value::Object(changes)) = (customers.find(customer_id), changes) else {
            return false;
        };
        let mut fields = customers.record_at(slot).fields();
        let mut uma = None;
        for (name, change) in changes {
            match change {
                Value::Null => drop(fields.remove(&name)),
                Value::String(address) if name == "umaAddress" => uma = Some(Arc::from(address)),
                change => drop(fields.insert(name, change)),
            }
        }
        customers.change(slot, &fields, uma, self.world.stamp(&Mischief::default()));
        true
    }

    /// Deletes a customer behind the client's back. False if there is none that is active.
    pub fn mark_deleted(&self, customer_id: &str) -> bool {
        let mut customers = locked(&self.world.customers);
        let slot = customers
            .find(customer_id)
            .filter(|&slot| !customers.record_at(slot).deleted);
        let Some(slot) = slot else { return false };
        customers.delete(slot, Some(self.world.stamp(&Mischief::default())));
        true
    }

    /// Replaces all faults. Their counts begin anew.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        locked(&self.world.plot).replace(faults);
    }

    /// From now on this limit holds, with nothing used of it; or none.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        let limiter = limit.map(|limit| Limiter::new(limit, Instant::now()));
        *locked(&self.world.limiter) = limiter;
    }

    /// From now on nothing goes wrong.
    pub fn clear_faults(&self) {
        self.set_faults(Vec::new());
    }

    /// Has something done when the `number`-th request is received, before it takes effect. The emulator waits for it.
    pub fn on_request(&self, number: u64, hook: Hook) {
        self.world.hooks.add(number, Moment::Received, hook);
    }

    /// The same when the request has taken effect (or was refused, or lost), before it is answered.
    pub fn after_request(&self, number: u64, hook: Hook) {
        self.world.hooks.add(number, Moment::Done, hook);
    }
}

async fn serve(
    listener: std::net::TcpListener,
    world: Arc<World>,
    stopped: oneshot::Receiver<()>,
) -> Result<(), ServeError> {
    let listener = TcpListener::from_std(listener).map_err(ServeError::Listener)?;
    http::run(listener, world, async { drop(stopped.await) }).await
}

/// The base URL of an emulator that listens here.
pub fn base_url(address: SocketAddr) -> String {
    format!("http://{address}{BASE_PATH}")
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).expect("the store holds only bodies that were read as JSON")
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
    }
}

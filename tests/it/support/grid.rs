//! An emulated Grid in this process.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::time::Duration;

use gridsync::emulator::{
    Credential, Edition, Emulator, Fault, RequestRecord, SeedCustomer, Settings, read_seed,
};
use serde_json::Value;

/// A running emulator, and what the stories ask of it.
pub(crate) struct Grid {
    emulator: Emulator,
}

/// An emulator that is not started yet.
#[derive(Default)]
pub(crate) struct Building {
    settings: Settings,
    seed: Vec<SeedCustomer>,
}

impl Building {
    /// Something that goes wrong, as it is written on the command line.
    pub(crate) fn fault(mut self, fault: &str) -> Self {
        self.settings.faults.push(parse(fault));
        self
    }

    pub(crate) fn edition(mut self, edition: Edition) -> Self {
        self.settings.edition = edition;
        self
    }

    /// The only token that is let in.
    pub(crate) fn credential(mut self, id: &str, secret: &str) -> Self {
        let credential = Credential {
            id: id.to_owned(),
            secret: secret.to_owned(),
            read_only: false,
        };
        self.settings
            .credentials
            .get_or_insert_default()
            .push(credential);
        self
    }

    pub(crate) fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    pub(crate) fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Customers that exist from the start, as NDJSON.
    pub(crate) fn seed(mut self, ndjson: &[u8]) -> Self {
        self.seed.extend(read_seed(ndjson).expect("a good seed"));
        self
    }

    pub(crate) fn start(self) -> Grid {
        let emulator = Emulator::start(self.settings, self.seed).expect("a free port on loopback");
        Grid { emulator }
    }
}

impl Grid {
    /// An emulator that misbehaves in nothing, unless it is told to.
    #[expect(
        clippy::new_ret_no_self,
        reason = "it reads as a sentence: a new Grid, with a fault, started"
    )]
    pub(crate) fn new() -> Building {
        Building::default()
    }

    pub(crate) fn started() -> Self {
        Self::new().start()
    }

    /// From now on this goes wrong, and nothing else.
    pub(crate) fn faults(&self, faults: &[&str]) {
        self.set_faults(faults.iter().map(|fault| parse(fault)).collect());
    }

    /// Active customers, of all keys together.
    pub(crate) fn active(&self) -> usize {
        self.active_by_key().values().sum()
    }

    /// Every key has exactly one active customer, and no other key has any.
    #[track_caller]
    pub(crate) fn assert_one_active_each<K: AsRef<str>>(&self, keys: &[K]) {
        let wanted: BTreeMap<String, usize> = keys
            .iter()
            .map(|key| (key.as_ref().to_owned(), 1))
            .collect();
        assert_eq!(self.active_by_key(), wanted);
    }

    /// The id of the active customer with this key.
    #[track_caller]
    pub(crate) fn id_of(&self, key: &str) -> String {
        let active = |customer: &Value| {
            customer["platformCustomerId"] == key && customer["isDeleted"] != true
        };
        let customer = self.customers().into_iter().find(active);
        let customer = customer.unwrap_or_else(|| panic!("no active customer has the key {key}"));
        customer["id"].as_str().expect("an id is text").to_owned()
    }

    /// Requests that asked Grid to change something, from the `since`-th request on.
    pub(crate) fn writes_since(&self, since: u64) -> Vec<RequestRecord> {
        let writes = |record: &RequestRecord| record.number > since && record.method != "GET";
        self.requests().into_iter().filter(writes).collect()
    }

    /// Requests that asked Grid to change something.
    pub(crate) fn writes(&self) -> Vec<RequestRecord> {
        self.writes_since(0)
    }

    /// Between two creates of one key there was always an answered look: at the key itself, or, if
    /// Grid had said no to the first one, at the whole list.
    #[track_caller]
    pub(crate) fn assert_looked_before_every_second_create(&self) {
        let mut open: BTreeMap<String, RequestRecord> = BTreeMap::new();
        for record in self.requests() {
            let key = record.platform_customer_id.clone();
            match (record.method.as_str(), key, record.status) {
                ("POST", Some(key), _) => {
                    let number = record.number;
                    if let Some(before) = open.insert(key.clone(), record) {
                        panic!("{key}: POST {number} without a look after {before:?}");
                    }
                }
                ("GET", Some(key), Some(200)) => drop(open.remove(&key)),
                ("GET", None, Some(200)) if record.path.ends_with("/customers") => {
                    open.retain(|_, create| !matches!(create.status, Some(400..=499)));
                }
                _ => {}
            }
        }
    }
}

impl Deref for Grid {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

fn parse(fault: &str) -> Fault {
    fault
        .parse()
        .unwrap_or_else(|error| panic!("{fault}: {error}"))
}

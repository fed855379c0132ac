//! The store of customers and what can be done to it. All rules of uniqueness live here, because only here they are safe.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::emulator::clock::Micros;

use super::ids::Ids;
use super::index::Index;
use super::record::{CustomerType, Record, Status, fields_text};

/// All customers, deleted ones included. A record never moves and never goes.
#[derive(Debug)]
pub(crate) struct Customers {
    pub(super) ids: Ids,
    pub(super) records: Vec<Record>,
    pub(super) index: Index,
    /// Records that lists and lookups do not find yet, and when they will.
    pub(super) hidden: HashMap<u32, Instant>,
}

/// A customer to be.
#[derive(Debug)]
pub(crate) struct NewCustomer {
    /// With `Customer:` and all; `None` makes one.
    pub(crate) id: Option<Box<str>>,
    pub(crate) key: Arc<str>,
    /// `None` makes one.
    pub(crate) uma: Option<Arc<str>>,
    /// `None` if the fields have it.
    pub(crate) status: Option<Status>,
    pub(crate) customer_type: CustomerType,
    /// The text of a JSON object.
    pub(crate) fields: Box<str>,
    pub(crate) created: Micros,
    pub(crate) updated: Micros,
    pub(crate) deleted: bool,
    pub(crate) sent: Option<Box<[u8]>>,
}

/// Why a customer cannot be made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clash {
    Key,
    Uma,
}

impl Customers {
    pub(crate) fn new(seed: u64, uma_domain: &str, expected: usize) -> Self {
        Self {
            ids: Ids::new(seed, uma_domain),
            records: Vec::with_capacity(expected),
            index: Index::default(),
            hidden: HashMap::new(),
        }
    }

    /// Adds a customer whatever is there already.
    pub(crate) fn add(&mut self, new: NewCustomer, hidden_until: Option<Instant>) -> u32 {
        let slot =
            u32::try_from(self.records.len()).expect("memory ends before four billion customers");
        let record = Record::from(new);
        self.index.name(slot, &record);
        match hidden_until {
            Some(until) => drop(self.hidden.insert(slot, until)),
            None => self.index.list(slot, &record),
        }
        self.records.push(record);
        slot
    }

    /// The first rule that adding this customer would break.
    pub(crate) fn clash(&self, new: &NewCustomer, duplicates: bool) -> Option<Clash> {
        if !duplicates && self.active_with_key(&new.key).next().is_some() {
            return Some(Clash::Key);
        }
        let uma = new.uma.as_deref()?;
        self.uma_taken(uma, None).then_some(Clash::Uma)
    }

    /// Whether an active customer other than `except` has this UMA address.
    pub(crate) fn uma_taken(&self, uma: &str, except: Option<u32>) -> bool {
        let owners = self.with_uma(uma).into_iter();
        owners
            .filter(|&slot| Some(slot) != except)
            .any(|slot| !self.record_at(slot).deleted)
    }

    /// Every customer with this UMA address, given or made here.
    pub(super) fn with_uma(&self, uma: &str) -> Vec<u32> {
        let mut slots = self.index.with_uma(uma).to_vec();
        let made = self
            .ids
            .uma_number(uma)
            .and_then(|number| u32::try_from(number).ok());
        let is_made = |slot: &u32| {
            self.records
                .get(*slot as usize)
                .is_some_and(|record| record.uma.is_none())
        };
        slots.extend(made.filter(is_made));
        slots
    }

    pub(crate) fn active_with_key(&self, key: &str) -> impl Iterator<Item = u32> {
        let slots = self.index.with_key(key).iter().copied();
        slots.filter(|&slot| !self.record_at(slot).deleted)
    }

    /// The place of a customer by its id, with or without `Customer:`.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        if let Some(slot) = self.index.given_id(id) {
            return Some(slot);
        }
        let number = self
            .ids
            .number(id.strip_prefix("Customer:").unwrap_or(id))?;
        let slot = u32::try_from(number).ok()?;
        let record = self.records.get(slot as usize)?;
        record.given_id.is_none().then_some(slot)
    }

    pub(crate) fn record_at(&self, slot: u32) -> &Record {
        &self.records[slot as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn id(&self, slot: u32) -> String {
        self.record_at(slot).id(&self.ids, slot)
    }

    /// The customer as Grid shows it.
    pub(crate) fn shown(&self, slot: u32) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        self.write(slot, &mut out);
        out
    }

    pub(crate) fn write(&self, slot: u32, out: &mut Vec<u8>) {
        self.record_at(slot).write(&self.ids, slot, out);
    }

    /// Puts fields and perhaps another UMA address in place, and stamps the change.
    pub(crate) fn change(
        &mut self,
        slot: u32,
        fields: &Map<String, Value>,
        uma: Option<Arc<str>>,
        now: Micros,
    ) {
        if let Some(new) = uma {
            let old = self.records[slot as usize].uma.replace(Arc::clone(&new));
            self.index.rename_uma(slot, old.as_ref(), &new);
        }
        self.touch(slot, |record| {
            record.status = record
                .status
                .filter(|(name, _)| !fields.contains_key(*name));
            record.fields = fields_text(fields);
            record.updated = now;
        });
    }

    /// Marks a customer deleted. Without a stamp its `updatedAt` stays.
    pub(crate) fn delete(&mut self, slot: u32, stamp: Option<Micros>) {
        self.touch(slot, |record| {
            record.deleted = true;
            record.updated = stamp.unwrap_or(record.updated);
        });
    }

    /// How many active customers each key has; keys with none are left out.
    pub(crate) fn active_by_key(&self) -> BTreeMap<String, usize> {
        let active = |slots: &[u32]| {
            slots
                .iter()
                .filter(|&&slot| !self.record_at(slot).deleted)
                .count()
        };
        let counted = self
            .index
            .keys()
            .map(|(key, slots)| (key.to_owned(), active(slots)));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// Lets lists find the records whose time has come.
    pub(crate) fn reveal(&mut self, now: Instant) {
        if self.hidden.is_empty() {
            return;
        }
        let due: Vec<u32> = self
            .hidden
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(slot, _)| *slot)
            .collect();
        for slot in due {
            self.hidden.remove(&slot);
            self.index.list(slot, &self.records[slot as usize]);
        }
    }

    /// Changes a record and keeps the lists true.
    fn touch(&mut self, slot: u32, change: impl FnOnce(&mut Record)) {
        let record = &mut self.records[slot as usize];
        self.index.unlist(slot, record);
        change(record);
        if !self.hidden.contains_key(&slot) {
            self.index.list(slot, record);
        }
    }
}

impl From<NewCustomer> for Record {
    fn from(new: NewCustomer) -> Self {
        Self {
            given_id: new.id,
            key: new.key,
            uma: new.uma,
            status: new.status,
            customer_type: new.customer_type,
            fields: new.fields,
            created: new.created,
            updated: new.updated,
            deleted: new.deleted,
            sent: new.sent,
        }
    }
}

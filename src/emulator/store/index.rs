//! The ways to find a record: by given id, by key, by UMA address, by time.

use std::collections::HashMap;
use std::sync::Arc;

use super::record::Record;
use super::slots::Slots;
use super::sorted::Sorted;

/// All indexes of the store.
#[derive(Debug, Default)]
pub(super) struct Index {
    given_ids: HashMap<Box<str>, u32>,
    keys: HashMap<Arc<str>, Slots>,
    umas: HashMap<Arc<str>, Slots>,
    pub(super) by_creation: Timeline,
    pub(super) by_update: Timeline,
}

/// One order in time, of all records and of those that are not deleted.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    pub(super) all: Sorted,
    pub(super) active: Sorted,
}

impl Index {
    /// Makes a record known under its names. Lists find it only after [`Index::list`].
    pub(super) fn name(&mut self, slot: u32, record: &Record) {
        if let Some(id) = &record.given_id {
            self.given_ids.insert(id.clone(), slot);
        }
        add(&mut self.keys, &record.key, slot);
        if let Some(uma) = &record.uma {
            add(&mut self.umas, uma, slot);
        }
    }

    pub(super) fn list(&mut self, slot: u32, record: &Record) {
        self.by_creation
            .insert(record.created, slot, record.deleted);
        self.by_update.insert(record.updated, slot, record.deleted);
    }

    pub(super) fn unlist(&mut self, slot: u32, record: &Record) {
        self.by_creation.remove(record.created, slot);
        self.by_update.remove(record.updated, slot);
    }

    pub(super) fn rename_uma(&mut self, slot: u32, old: Option<&Arc<str>>, new: &Arc<str>) {
        if let Some(old) = old
            && let Some(slots) = self.umas.get_mut(old)
            && !slots.remove(slot)
        {
            self.umas.remove(old);
        }
        add(&mut self.umas, new, slot);
    }

    pub(super) fn given_id(&self, id: &str) -> Option<u32> {
        self.given_ids.get(id).copied()
    }

    pub(super) fn with_key(&self, key: &str) -> &[u32] {
        self.keys.get(key).map_or(&[], Slots::as_slice)
    }

    /// Those that were given this address; addresses that were made here follow from the place.
    pub(super) fn with_uma(&self, uma: &str) -> &[u32] {
        self.umas.get(uma).map_or(&[], Slots::as_slice)
    }

    /// Every key with its places, in no order.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, &[u32])> {
        self.keys
            .iter()
            .map(|(key, slots)| (&**key, slots.as_slice()))
    }
}

fn add(map: &mut HashMap<Arc<str>, Slots>, name: &Arc<str>, slot: u32) {
    map.entry(Arc::clone(name))
        .and_modify(|slots| slots.push(slot))
        .or_insert_with(|| Slots::new(slot));
}

impl Timeline {
    fn insert(&mut self, time: i64, slot: u32, deleted: bool) {
        self.all.insert((time, slot));
        if !deleted {
            self.active.insert((time, slot));
        }
    }

    fn remove(&mut self, time: i64, slot: u32) {
        self.all.remove((time, slot));
        self.active.remove((time, slot));
    }
}

//! One page of a list: which customers, how many match, where the next page begins.

use std::ops::RangeInclusive;

use crate::emulator::clock::Micros;
use crate::emulator::settings::Order;

use super::customers::Customers;
use super::index::Timeline;
use super::record::{CustomerType, Record};
use super::sorted::{Entry, Sorted};

/// What a list asks for.
#[derive(Debug, Clone)]
pub(crate) struct Select {
    pub(crate) key: Option<String>,
    /// Whether the key matches beginnings, in either case.
    pub(crate) fuzzy: bool,
    /// Whether of active customers with one key only the first is shown.
    pub(crate) no_twins: bool,
    pub(crate) uma: Option<String>,
    pub(crate) customer_type: Option<CustomerType>,
    /// Inclusive, as Grid's bounds are.
    pub(crate) created: RangeInclusive<Micros>,
    pub(crate) updated: RangeInclusive<Micros>,
    pub(crate) deleted_too: bool,
    pub(crate) order: Order,
    pub(crate) limit: usize,
    pub(crate) after: Place,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    /// Behind the entry with this time and record.
    Behind(Entry),
}

/// One page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
    /// All that match, on whatever page.
    pub(crate) total: usize,
    pub(crate) more: bool,
    /// What comes next, for the faults that need it.
    pub(crate) next: Option<Entry>,
}

/// Every time.
pub(crate) const EVER: RangeInclusive<Micros> = Micros::MIN..=Micros::MAX;

impl Customers {
    /// One page. Takes time for the page only, unless filters are combined that no index covers.
    pub(crate) fn select(&self, select: &Select) -> Page {
        if select.fuzzy {
            let all = 0..u32::try_from(self.records.len()).unwrap_or(u32::MAX);
            return self.page_of(select, all.collect());
        }
        if let Some(key) = &select.key {
            return self.page_of(select, self.index.with_key(key).to_vec());
        }
        if let Some(uma) = &select.uma {
            return self.page_of(select, self.with_uma(uma));
        }
        self.page_by_time(select)
    }

    /// A page of a few known candidates.
    fn page_of(&self, select: &Select, slots: Vec<u32>) -> Page {
        let visible = slots
            .into_iter()
            .filter(|slot| !self.hidden.contains_key(slot));
        let mut entries: Vec<Entry> = visible
            .map(|slot| (select.time(self.record_at(slot)), slot))
            .filter(|&(_, slot)| self.matches(select, slot))
            .collect();
        entries.sort_unstable();
        if select.order == Order::NewestFirst {
            entries.reverse();
        }
        cut(select, entries.into_iter())
    }

    fn page_by_time(&self, select: &Select) -> Page {
        let sorted = self.timeline(select).entries(select.deleted_too);
        let bounds = select.times();
        let from = sorted.rank((*bounds.start(), 0));
        let to = bounds
            .end()
            .checked_add(1)
            .map_or(sorted.len(), |end| sorted.rank((end, 0)));
        if select.is_plain() {
            return plain_page(select, sorted, from, to.max(from));
        }
        let range = sorted.range(from..to.max(from));
        let matching = |&(_, slot): &Entry| self.matches(select, slot);
        match select.order {
            Order::OldestFirst => cut(select, range.filter(matching)),
            Order::NewestFirst => cut(select, range.rev().filter(matching)),
        }
    }

    fn matches(&self, select: &Select, slot: u32) -> bool {
        let record = self.record_at(slot);
        let has_uma = |uma: &String| *uma == record.uma(&self.ids, slot);
        select
            .key
            .as_ref()
            .is_none_or(|key| select.key_matches(key, &record.key))
            && select.uma.as_ref().is_none_or(has_uma)
            && select
                .customer_type
                .is_none_or(|wanted| wanted == record.customer_type)
            && select.created.contains(&record.created)
            && select.updated.contains(&record.updated)
            && (select.deleted_too || !record.deleted)
            && !(select.no_twins && self.is_second(slot))
    }

    /// Whether another active customer with its key was there before it.
    fn is_second(&self, slot: u32) -> bool {
        let record = self.record_at(slot);
        !record.deleted && self.active_with_key(&record.key).next() != Some(slot)
    }

    fn timeline(&self, select: &Select) -> &Timeline {
        if select.is_by_update() {
            &self.index.by_update
        } else {
            &self.index.by_creation
        }
    }
}

impl Timeline {
    fn entries(&self, deleted_too: bool) -> &Sorted {
        if deleted_too { &self.all } else { &self.active }
    }
}

impl Select {
    /// A list that asks for changes is ordered by the time of the change.
    pub(crate) fn is_by_update(&self) -> bool {
        self.updated != EVER
    }

    fn time(&self, record: &Record) -> Micros {
        if self.is_by_update() {
            record.updated
        } else {
            record.created
        }
    }

    fn times(&self) -> &RangeInclusive<Micros> {
        if self.is_by_update() {
            &self.updated
        } else {
            &self.created
        }
    }

    /// Whether one index answers the whole question.
    fn is_plain(&self) -> bool {
        self.customer_type.is_none()
            && !self.no_twins
            && !(self.is_by_update() && self.created != EVER)
    }

    fn key_matches(&self, wanted: &str, key: &str) -> bool {
        if self.fuzzy {
            key.to_lowercase().starts_with(&wanted.to_lowercase())
        } else {
            key == wanted
        }
    }

    fn is_behind(&self, entry: Entry) -> bool {
        match (self.after, self.order) {
            (Place::Start, _) => true,
            (Place::Behind(last), Order::OldestFirst) => entry > last,
            (Place::Behind(last), Order::NewestFirst) => entry < last,
        }
    }
}

/// A page out of a sorted list, by rank alone.
fn plain_page(select: &Select, sorted: &Sorted, from: usize, to: usize) -> Page {
    let total = to - from;
    let entries: Vec<Entry> = match (select.order, select.after) {
        (Order::OldestFirst, after) => {
            let start = match after {
                Place::Start => from,
                Place::Behind((time, slot)) => {
                    sorted.rank((time, slot.saturating_add(1))).clamp(from, to)
                }
            };
            sorted
                .range(start..to.min(start + select.limit + 1))
                .collect()
        }
        (Order::NewestFirst, after) => {
            let end = match after {
                Place::Start => to,
                Place::Behind(last) => sorted.rank(last).clamp(from, to),
            };
            sorted
                .range(from.max(end.saturating_sub(select.limit + 1))..end)
                .rev()
                .collect()
        }
    };
    page(select, entries, total)
}

/// A page out of the matching entries in order.
fn cut(select: &Select, matching: impl Iterator<Item = Entry>) -> Page {
    let mut total = 0;
    let mut entries = Vec::new();
    for entry in matching {
        total += 1;
        if entries.len() <= select.limit && select.is_behind(entry) {
            entries.push(entry);
        }
    }
    page(select, entries, total)
}

/// Takes the one entry over the limit for what it is: the beginning of the next page.
fn page(select: &Select, mut entries: Vec<Entry>, total: usize) -> Page {
    let next = entries.get(select.limit).copied();
    entries.truncate(select.limit);
    Page {
        entries,
        total,
        more: next.is_some(),
        next,
    }
}

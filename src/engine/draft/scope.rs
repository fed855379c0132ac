//! A scope, held against customers: the mirror has no values, so hashes of the wanted ones are compared.

use std::borrow::Cow;

use crate::model::field::Slot;
use crate::model::{Personal, Scope, Value};
use crate::plan::{FieldHashes, HashKey};
use crate::state::{MirrorReader, MirrorRow, StateError};

/// Which customers of the mirror a scope takes.
pub(super) struct MirrorScope<'a> {
    scope: &'a Scope,
    /// The fields that values are wanted of, with the hashes of those.
    wanted: Vec<(Slot, Vec<u64>)>,
}

impl<'a> MirrorScope<'a> {
    pub(super) fn new(scope: &'a Scope, hash_key: &HashKey) -> Self {
        let hash = |slot, value: &str| {
            let value = Personal::new(Value::Text(Cow::Borrowed(value)));
            FieldHashes::of(hash_key, &vec![(slot, value)]).get(slot)
        };
        let hashed = |(slot, values): (Slot, &[String])| {
            let hashes = values.iter().filter_map(|value| hash(slot, value));
            (slot, hashes.collect())
        };
        Self {
            scope,
            wanted: scope.wanted().map(hashed).collect(),
        }
    }

    /// Whether a customer is in scope, as far as Grid shows it: what Grid does not show is not certain, and
    /// leaves it out.
    pub(super) fn takes(&self, row: &MirrorRow, lookup: &MirrorReader) -> Result<bool, StateError> {
        if !self.scope.takes_key(row.key.as_str()) {
            return Ok(false);
        }
        if self.wanted.is_empty() {
            return Ok(true);
        }
        let hashes = lookup.hashes(row)?;
        Ok(self.wanted.iter().all(|(slot, wanted)| {
            let shown = hashes.actual.get(*slot);
            shown.is_some_and(|shown| wanted.contains(&shown))
        }))
    }
}

//! What tests of the plan, and of what stores and drafts it, build their cases from.

use super::fingerprint::{FieldHashes, Fingerprint, HashKey};
use super::plan_value::Target;
use super::{Change, ChangeKind};
use crate::model::field::Slot;
use crate::model::{CustomerId, Key, Personal, Position, Value, Values};

/// The key of every hash in a test.
pub(crate) const HASH_KEY: HashKey = HashKey::new([7; 16]);

pub(crate) fn slot(path: &str) -> Slot {
    Slot::parse(path).expect("a field of the table")
}

/// One text for each path, in any order.
pub(crate) fn values<'a>(fields: &[(&str, &'a str)]) -> Values<'a> {
    let mut values: Values<'a> = fields
        .iter()
        .map(|&(path, text)| (slot(path), Personal::new(Value::Text(text.into()))))
        .collect();
    values.sort_unstable_by_key(|(slot, _)| *slot);
    values
}

pub(crate) fn hashes(fields: &[(&str, &str)]) -> FieldHashes {
    FieldHashes::of(&HASH_KEY, &values(fields))
}

pub(crate) fn target() -> Target {
    Target {
        base_url: "http://127.0.0.1:1/grid".into(),
        client_id: "client".into(),
        edition: "2026-08".into(),
    }
}

/// A create of the key, as it is planned for the row of that record.
pub(crate) fn create(key: &str, record: u64) -> Change {
    Change {
        key: Key::new(key),
        kind: ChangeKind::Create,
        customer_id: None,
        position: Some(Position {
            record,
            line: record + 1,
            byte: 40 * record,
        }),
        fingerprint: Some(Fingerprint::from_raw(u64::MAX - record)),
    }
}

pub(crate) fn adopt(key: &str, customer_id: &str, record: u64) -> Change {
    Change {
        kind: ChangeKind::Adopt,
        customer_id: Some(CustomerId::new(customer_id)),
        ..create(key, record)
    }
}

pub(crate) fn attach(key: &str, customer_id: &str, record: u64) -> Change {
    Change {
        kind: ChangeKind::Attach,
        ..adopt(key, customer_id, record)
    }
}

pub(crate) fn delete(key: &str, customer_id: &str) -> Change {
    Change {
        key: Key::new(key),
        kind: ChangeKind::Delete,
        customer_id: Some(CustomerId::new(customer_id)),
        position: None,
        fingerprint: None,
    }
}

//! One customer, kept as the text that Grid shows.

use std::io::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::emulator::clock::{Micros, rfc3339};

use super::ids::Ids;

/// Which of the two kinds a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomerType {
    Individual,
    Business,
}

/// The name of the status field, and its value.
pub(crate) type Status = (&'static str, &'static str);

/// One customer.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Without `Customer:`; `None` for one that was made here: its id follows from its place.
    pub(super) given_id: Option<Box<str>>,
    pub(crate) key: Arc<str>,
    /// `None` for one that was made here: it follows from the place.
    pub(crate) uma: Option<Arc<str>>,
    /// `None` if the fields have it.
    pub(crate) status: Option<Status>,
    pub(crate) customer_type: CustomerType,
    /// The other fields that Grid shows, as the text of a JSON object.
    pub(crate) fields: Box<str>,
    pub(crate) created: Micros,
    pub(crate) updated: Micros,
    pub(crate) deleted: bool,
    /// The body of the create, as it was sent.
    pub(crate) sent: Option<Box<[u8]>>,
}

impl CustomerType {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Individual => "INDIVIDUAL",
            Self::Business => "BUSINESS",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "INDIVIDUAL" => Some(Self::Individual),
            "BUSINESS" => Some(Self::Business),
            _ => None,
        }
    }
}

impl Record {
    pub(crate) fn id(&self, ids: &Ids, slot: u32) -> String {
        match &self.given_id {
            Some(given) => given.to_string(),
            None => format!("Customer:{}", ids.uuid(u64::from(slot))),
        }
    }

    pub(crate) fn uma(&self, ids: &Ids, slot: u32) -> String {
        match &self.uma {
            Some(given) => given.to_string(),
            None => ids.uma(u64::from(slot)),
        }
    }

    /// Writes the customer as Grid shows it.
    pub(crate) fn write(&self, ids: &Ids, slot: u32, out: &mut Vec<u8>) {
        let id = self.id(ids, slot);
        let (created, updated) = (rfc3339(self.created), rfc3339(self.updated));
        // A Vec takes all that is written, so none of these can fail.
        out.extend_from_slice(br#"{"id":"#);
        write_text(out, &id);
        out.extend_from_slice(br#","platformCustomerId":"#);
        write_text(out, &self.key);
        let _ = write!(
            out,
            r#","customerType":"{}","umaAddress":"#,
            self.customer_type.name()
        );
        write_text(out, &self.uma(ids, slot));
        let _ = write!(
            out,
            r#","createdAt":"{created}","updatedAt":"{updated}","isDeleted":{}"#,
            self.deleted
        );
        if let Some((name, status)) = self.status {
            let _ = write!(out, r#","{name}":"{status}""#);
        }
        let inner = &self.fields[1..self.fields.len() - 1];
        if !inner.is_empty() {
            out.push(b',');
            out.extend_from_slice(inner.as_bytes());
        }
        out.push(b'}');
    }

    /// The other fields as an object.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        serde_json::from_str(&self.fields).expect("fields are written by `fields_text`")
    }
}

/// The text under which a record keeps its fields.
pub(crate) fn fields_text(fields: &Map<String, Value>) -> Box<str> {
    let text = serde_json::to_string(fields).expect("an object of JSON values has a text");
    text.into_boxed_str()
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("a Vec takes all that is written");
}

//! The customers that an emulator begins with, read from NDJSON.

use std::collections::HashSet;
use std::io::{self, BufRead};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::api::birth_status;
use super::clock::{Micros, parse_rfc3339};
use super::settings::Settings;
use super::store::{CustomerType, Customers, NewCustomer, fields_text};

/// One customer to begin with, as Grid would show it or as a create would send it.
#[derive(Debug, Clone)]
pub struct SeedCustomer {
    id: Option<Box<str>>,
    key: Arc<str>,
    uma: Option<Arc<str>>,
    customer_type: CustomerType,
    created: Option<Micros>,
    updated: Option<Micros>,
    deleted: bool,
    /// The end of an individual's name, which decides the status; `None` if the fields have one.
    name_end: Option<Box<str>>,
    /// The text of a JSON object.
    fields: Box<str>,
}

/// Why a seed cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The seed cannot be read on.
    #[error("line {line} of the seed cannot be read")]
    Read {
        /// Counted from 1.
        line: usize,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// A line is not JSON. The cause is left out: it could show what the line holds.
    #[error("line {line} of the seed is not a JSON object at column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// A field is absent or wrong.
    #[error("line {line} of the seed: {field} {expected}")]
    Field {
        /// Counted from 1.
        line: usize,
        /// Its name.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// Two customers with one id. Two with one `platformCustomerId` are allowed.
    #[error("line {line} of the seed: the id was used on an earlier line")]
    SameId {
        /// Counted from 1.
        line: usize,
    },
}

/// Fields that Grid never shows, and `id` and the like, which are kept apart.
const NOT_KEPT: [&str; 11] = [
    "id",
    "platformCustomerId",
    "customerType",
    "umaAddress",
    "createdAt",
    "updatedAt",
    "isDeleted",
    "identifier",
    "bankAccountInfo",
    "kycUrl",
    "region",
];

/// Reads a seed: a JSON object on each line, blank lines left out.
pub fn read_seed(input: impl BufRead) -> Result<Vec<SeedCustomer>, SeedError> {
    let mut customers = Vec::new();
    let mut ids = HashSet::new();
    for (line, text) in (1..).zip(input.lines()) {
        let text = text.map_err(|cause| SeedError::Read { line, cause })?;
        if text.trim().is_empty() {
            continue;
        }
        let customer = read_line(&text, line)?;
        if customer
            .id
            .as_ref()
            .is_some_and(|id| !ids.insert(id.clone()))
        {
            return Err(SeedError::SameId { line });
        }
        customers.push(customer);
    }
    Ok(customers)
}

fn read_line(text: &str, line: usize) -> Result<SeedCustomer, SeedError> {
    let read = serde_json::from_str::<Map<String, Value>>(text);
    let object = read.map_err(|cause| SeedError::NotJson {
        line,
        column: cause.column(),
    })?;
    SeedCustomer::from_object(object, line)
}

impl SeedCustomer {
    /// The same from one value; errors speak of line 1.
    pub fn from_value(customer: Value) -> Result<Self, SeedError> {
        match customer {
            Value::Object(object) => Self::from_object(object, 1),
            _ => Err(SeedError::NotJson { line: 1, column: 1 }),
        }
    }

    fn from_object(mut object: Map<String, Value>, line: usize) -> Result<Self, SeedError> {
        let wrong = |field, expected| SeedError::Field {
            line,
            field,
            expected,
        };
        let text = |field| text(&object, field).map_err(|expected| wrong(field, expected));
        let time = |field| time(&object, field).map_err(|expected| wrong(field, expected));
        let key = text("platformCustomerId")?.filter(|key| !key.is_empty());
        let named = text("customerType")?;
        let customer_type = named.and_then(CustomerType::from_name);
        let deleted = match object.get("isDeleted") {
            None => false,
            Some(value) => value
                .as_bool()
                .ok_or(wrong("isDeleted", "must be true or false"))?,
        };
        let mut customer = Self {
            id: text("id")?.map(Into::into),
            key: key
                .ok_or(wrong(
                    "platformCustomerId",
                    "is required and must not be empty",
                ))?
                .into(),
            uma: text("umaAddress")?.map(Arc::from),
            customer_type: customer_type
                .ok_or(wrong("customerType", "must be INDIVIDUAL or BUSINESS"))?,
            created: time("createdAt")?,
            updated: time("updatedAt")?,
            deleted,
            name_end: None,
            fields: "{}".into(),
        };
        let has_status = object.contains_key("kycStatus") || object.contains_key("kybStatus");
        customer.name_end = (!has_status).then(|| name_end(&object));
        object.retain(|name, _| !NOT_KEPT.contains(&name.as_str()) && name != "currencies");
        customer.fields = fields_text(&object);
        Ok(customer)
    }

    /// The customer to be, with `now` for the times that are not given.
    pub(crate) fn into_new(self, settings: &Settings, now: Micros) -> NewCustomer {
        let created = self.created.or(self.updated).unwrap_or(now);
        NewCustomer {
            status: self
                .name_end
                .map(|name| birth_status(settings, self.customer_type, &name)),
            fields: self.fields,
            id: self.id,
            key: self.key,
            uma: self.uma,
            customer_type: self.customer_type,
            created,
            updated: self.updated.unwrap_or(created),
            deleted: self.deleted,
            sent: None,
        }
    }
}

/// The last three characters: all that the sandbox looks at.
fn name_end(object: &Map<String, Value>) -> Box<str> {
    let name = object
        .get("fullName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    name.get(name.len().saturating_sub(3)..)
        .unwrap_or_default()
        .into()
}

fn text<'a>(object: &'a Map<String, Value>, field: &str) -> Result<Option<&'a str>, &'static str> {
    let Some(value) = object.get(field) else {
        return Ok(None);
    };
    value.as_str().map(Some).ok_or("must be a string")
}

fn time(object: &Map<String, Value>, field: &str) -> Result<Option<Micros>, &'static str> {
    let Some(text) = text(object, field)? else {
        return Ok(None);
    };
    parse_rfc3339(text)
        .map(Some)
        .ok_or("must be an RFC 3339 time")
}

/// How long before its start an emulator's first customer was made, when the seed gives no times.
const PAST_MICROS: Micros = 30 * 24 * 3_600 * 1_000_000;

/// The store with a seed in it. Customers without times were made one after another, a month ago.
pub(crate) fn plant(settings: &Settings, started: Micros, seed: Vec<SeedCustomer>) -> Customers {
    let mut customers = Customers::new(settings.seed, &settings.uma_domain, seed.len());
    for (at, customer) in (0..).zip(seed) {
        let time = started - PAST_MICROS + at * 1_000;
        customers.add(customer.into_new(settings, time), None);
    }
    customers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<SeedCustomer>, SeedError> {
        read_seed(text.as_bytes())
    }

    #[test]
    fn lines_are_customers_or_create_bodies() {
        let seed = read(
            "{\"platformCustomerId\":\"a\",\"customerType\":\"INDIVIDUAL\",\"identifier\":\"123-45-6789\"}\n\n\
             {\"id\":\"Customer:1\",\"platformCustomerId\":\"a\",\"customerType\":\"BUSINESS\",\"createdAt\":\"2025-10-03T12:00:00Z\"}\n",
        )
        .expect("two good lines");
        assert_eq!(seed.len(), 2);
        assert_eq!(&*seed[0].fields, "{}");
        assert_eq!(seed[1].created, Some(1_759_492_800_000_000));
    }

    #[test]
    fn errors_name_the_line_and_never_its_content() {
        let good = "{\"platformCustomerId\":\"a\",\"customerType\":\"INDIVIDUAL\",\"id\":\"x\"}\n";
        let message = |bad: &str| read(&format!("{good}{bad}")).expect_err(bad).to_string();
        assert_eq!(
            message("{\"customerType\": jane"),
            "line 2 of the seed is not a JSON object at column 18"
        );
        assert_eq!(
            message("{\"platformCustomerId\":\"b\",\"customerType\":\"PERSON\"}"),
            "line 2 of the seed: customerType must be INDIVIDUAL or BUSINESS"
        );
        assert_eq!(
            message(
                "{\"platformCustomerId\":\"b\",\"customerType\":\"BUSINESS\",\"createdAt\":\"yesterday\"}"
            ),
            "line 2 of the seed: createdAt must be an RFC 3339 time"
        );
        assert_eq!(
            message(good),
            "line 2 of the seed: the id was used on an earlier line"
        );
    }
}

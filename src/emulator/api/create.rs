//! `POST /customers`.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::emulator::edition::Edition;
use crate::emulator::error::Refusal;
use crate::emulator::fault::{Kind, Mischief};
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::settings::Settings;
use crate::emulator::shape::{check, create_fields, keep};
use crate::emulator::store::{Clash, CustomerType, Customers, NewCustomer, Status, fields_text};
use crate::emulator::world::{World, locked};

use super::rules::{cannot_receive_mail, problems_between, refusal_of};

pub(super) fn create(
    world: &World,
    request: &Request,
    mischief: &Mischief,
) -> Result<Reply, Refusal> {
    let body = request.object()?;
    let mut new = draft(world, &body, mischief)?;
    new.sent = world
        .settings
        .keep_bodies
        .then(|| request.body.to_vec().into_boxed_slice());
    let hidden_until = mischief
        .duration(Kind::LateIndex)
        .map(|wait| Instant::now() + wait);

    let mut customers = locked(&world.customers);
    if let Some(clash) = customers.clash(&new, mischief.has(Kind::DuplicatesAllowed)) {
        return Err(clash.into());
    }
    new.created = world.stamp(mischief);
    new.updated = new.created;
    let slot = customers.add(new, hidden_until);
    let shown = if mischief.has(Kind::WrongCustomer) {
        another(&customers, slot)
    } else {
        customers.shown(slot)
    };
    Ok(Reply::json(201, shown).committed())
}

/// The customer that a body asks for, if everything in it is good.
fn draft(
    world: &World,
    body: &Map<String, Value>,
    mischief: &Mischief,
) -> Result<NewCustomer, Refusal> {
    let settings = &world.settings;
    let named = body
        .get("customerType")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let fields = create_fields(settings.edition, named);
    let mut problems = check(fields, body);
    problems.extend(problems_between(settings.edition, body));
    let Some(customer_type) = CustomerType::from_name(named).filter(|_| problems.is_empty()) else {
        return Err(Refusal::bad_fields(settings.edition, &problems));
    };
    if let Some(refusal) = refusal_of(settings, body) {
        return Err(refusal);
    }
    if mischief.has(Kind::EmailMx) && cannot_receive_mail(body) {
        return Err(Refusal::invalid_input(
            "The e-mail's domain cannot receive mail",
        ));
    }
    let mut kept = keep(fields, body);
    let key =
        take_text(&mut kept, "platformCustomerId").unwrap_or_else(|| world.fresh_uuid().into());
    let uma = take_text(&mut kept, "umaAddress");
    kept.remove("customerType");
    if kept.contains_key("idType") {
        kept.entry("countryOfIssuance")
            .or_insert_with(|| "US".into());
    }
    let name = kept
        .get("fullName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let status = birth_status(settings, customer_type, name);
    Ok(NewCustomer {
        id: None,
        key,
        uma,
        status: Some(status),
        customer_type,
        fields: fields_text(&kept),
        created: 0,
        updated: 0,
        deleted: false,
        sent: None,
    })
}

pub(super) fn take_text(kept: &mut Map<String, Value>, field: &str) -> Option<Arc<str>> {
    kept.remove(field)
        .and_then(|value| value.as_str().map(Arc::from))
}

/// The status field and its value at creation. In the sandbox the end of an individual's name decides;
/// else it depends on whether the platform is regulated.
pub(crate) fn birth_status(
    settings: &Settings,
    customer_type: CustomerType,
    full_name: &str,
) -> Status {
    let suffix = full_name
        .get(full_name.len().saturating_sub(3)..)
        .unwrap_or_default();
    let is_old = settings.edition == Edition::Y2025M10;
    let waiting = if is_old {
        "PENDING_REVIEW"
    } else {
        "UNVERIFIED"
    };
    let by_platform = if settings.regulated {
        "APPROVED"
    } else {
        waiting
    };
    match (customer_type, suffix) {
        (CustomerType::Business, _) if is_old => ("kycStatus", by_platform),
        (CustomerType::Business, _) => ("kybStatus", "UNVERIFIED"),
        (CustomerType::Individual, "001") => {
            ("kycStatus", if is_old { waiting } else { "PENDING" })
        }
        (CustomerType::Individual, "002") => ("kycStatus", "REJECTED"),
        (CustomerType::Individual, "003") => ("kycStatus", waiting),
        (CustomerType::Individual, _) => ("kycStatus", by_platform),
    }
}

/// Some other customer than the one just made: the one before, or one that does not exist.
fn another(customers: &Customers, slot: u32) -> Vec<u8> {
    if slot > 0 {
        return customers.shown(slot - 1);
    }
    let mut shown: Value =
        serde_json::from_slice(&customers.shown(slot)).expect("customers are shown as JSON");
    shown["id"] = "Customer:e3010000-0000-4000-8000-000000000000".into();
    shown["platformCustomerId"] = "somebody-else".into();
    shown.to_string().into_bytes()
}

impl From<Clash> for Refusal {
    fn from(clash: Clash) -> Self {
        match clash {
            Clash::Key => Self::conflict(),
            Clash::Uma => Self::uma_taken(),
        }
    }
}

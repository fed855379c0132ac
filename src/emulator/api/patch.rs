//! `PATCH /customers/{id}`.

use serde_json::{Map, Value, json};

use crate::emulator::clock::rfc3339;
use crate::emulator::error::{Problem, Refusal};
use crate::emulator::fault::{Kind, Mischief};
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::settings::Settings;
use crate::emulator::shape::{check, keep, update_fields};
use crate::emulator::store::{CustomerType, Customers};
use crate::emulator::world::{World, locked};

use super::create::take_text;
use super::rules::{problems_between, refusal_of};

/// What an unregulated platform cannot change once the customer is there.
const PERSONAL: [&str; 7] = [
    "fullName",
    "birthDate",
    "nationality",
    "address",
    "idType",
    "identifier",
    "countryOfIssuance",
];

pub(super) fn update(
    world: &World,
    request: &Request,
    id: &str,
    mischief: &Mischief,
) -> Result<Reply, Refusal> {
    let body = request.object()?;
    let mut customers = locked(&world.customers);
    let slot = active(&customers, id)?;
    let customer_type = customers.record_at(slot).customer_type;
    let mut kept = judged(&world.settings, &body, customer_type)?;
    let touches_contact = body.contains_key("email") || body.contains_key("phoneNumber");
    if mischief.has(Kind::Patch202) && touches_contact {
        return Ok(to_be_signed(world, mischief));
    }
    let uma = take_text(&mut kept, "umaAddress");
    if uma
        .as_deref()
        .is_some_and(|uma| customers.uma_taken(uma, Some(slot)))
    {
        return Err(Refusal::uma_taken());
    }
    kept.remove("customerType");
    let mut fields = customers.record_at(slot).fields();
    merge(&mut fields, kept);
    customers.change(slot, &fields, uma, world.stamp(mischief));
    Ok(Reply::json(200, customers.shown(slot)).committed())
}

fn active(customers: &Customers, id: &str) -> Result<u32, Refusal> {
    let slot = customers
        .find(id)
        .filter(|&slot| !customers.record_at(slot).deleted);
    slot.ok_or_else(Refusal::no_customer)
}

/// The fields to change, if all of them are good and may be changed.
fn judged(
    settings: &Settings,
    body: &Map<String, Value>,
    customer_type: CustomerType,
) -> Result<Map<String, Value>, Refusal> {
    let fields = update_fields(settings.edition, customer_type.name());
    let mut problems = check(&fields, body);
    problems.extend(problems_between(settings.edition, body));
    let named = body.get("customerType").and_then(Value::as_str);
    if named.is_some_and(|named| named != customer_type.name()) {
        problems.push(problem("customerType", "cannot be changed"));
    }
    if body.contains_key("email") && body.contains_key("phoneNumber") {
        problems.push(problem(
            "phoneNumber",
            "cannot be changed together with email",
        ));
    }
    if !settings.regulated {
        let frozen = PERSONAL.iter().filter(|field| body.contains_key(**field));
        problems.extend(frozen.map(|field| problem(field, "cannot be changed after creation")));
    }
    if !problems.is_empty() {
        return Err(Refusal::bad_fields(settings.edition, &problems));
    }
    refusal_of(settings, body).map_or_else(|| Ok(keep(&fields, body)), Err)
}

fn problem(field: &str, message: &str) -> Problem {
    Problem {
        field: field.to_owned(),
        message: message.to_owned(),
        constraint: None,
    }
}

/// An address is replaced as a whole, `businessInfo` field by field.
fn merge(fields: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (name, change) in changes {
        match (fields.get_mut(&name), change) {
            (Some(Value::Object(old)), Value::Object(new)) if name == "businessInfo" => {
                old.extend(new);
            }
            (_, change) => drop(fields.insert(name, change)),
        }
    }
}

/// The customer has to sign with a wallet; nothing is changed yet.
fn to_be_signed(world: &World, mischief: &Mischief) -> Reply {
    let expires = world
        .clock
        .now(mischief.millis(Kind::ClockOffset).unwrap_or(0))
        + 300_000_000;
    let body = json!({
        "payloadToSign": format!("emulator-{}", world.fresh_uuid()),
        "requestId": format!("Request:{}", world.fresh_uuid()),
        "expiresAt": rfc3339(expires),
    });
    Reply::value(202, &body)
}

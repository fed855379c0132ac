//! Links to the hosted verification: `GET /customers/kyc-link` in `2025-10`, which makes the customer, and
//! `POST /customers/{id}/kyc-link` in `2026-08`.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use crate::emulator::clock::rfc3339;
use crate::emulator::error::Refusal;
use crate::emulator::fault::Mischief;
use crate::emulator::reply::Reply;
use crate::emulator::request::Request;
use crate::emulator::store::{CustomerType, Customers, NewCustomer};
use crate::emulator::world::{World, locked};

/// Answers that were given under an idempotency key, by customer and key.
#[derive(Debug, Default)]
pub(crate) struct Links {
    given: HashMap<(String, String), Reply>,
}

/// How long a link lives. Grid states no time; clients go by `expiresAt`.
const LIFETIME_MICROS: i64 = 24 * 3_600 * 1_000_000;

pub(super) fn create_by_get(world: &World, request: &Request) -> Result<Reply, Refusal> {
    let key = request
        .parameter("platformCustomerId")
        .filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| Refusal::invalid_input("platformCustomerId is required"))?;
    let mut customers = locked(&world.customers);
    let known = customers.active_with_key(key).next();
    let slot = known.unwrap_or_else(|| born_of_a_get(world, &mut customers, key));
    let body = json!({
        "kycUrl": link_url(world),
        "platformCustomerId": key,
        "customerId": customers.id(slot),
    });
    let reply = Reply::value(200, &body);
    Ok(if known.is_none() {
        reply.committed()
    } else {
        reply
    })
}

/// The GET that writes: the reason why the endpoint was replaced.
fn born_of_a_get(world: &World, customers: &mut Customers, key: &str) -> u32 {
    let now = world.stamp(&Mischief::default());
    let new = NewCustomer {
        id: None,
        key: Arc::from(key),
        uma: None,
        status: Some(("kycStatus", "PENDING_REVIEW")),
        customer_type: CustomerType::Individual,
        fields: "{}".into(),
        created: now,
        updated: now,
        deleted: false,
        sent: None,
    };
    customers.add(new, None)
}

pub(super) fn link(world: &World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let Some(key) = request.idempotency_key.clone() else {
        return fresh_link(world, request, id);
    };
    let mut links = locked(&world.links);
    let given = links.given.entry((id.to_owned(), key));
    // Refusals are replayed like links.
    let reply = given.or_insert_with(|| fresh_link(world, request, id).unwrap_or_else(Reply::from));
    Ok(reply.clone())
}

fn fresh_link(world: &World, request: &Request, id: &str) -> Result<Reply, Refusal> {
    if !request.body.is_empty() {
        let body = request.object()?;
        if body.get("redirectUri").is_some_and(|uri| !uri.is_string()) {
            return Err(Refusal::invalid_input("redirectUri must be a string"));
        }
    }
    let customers = locked(&world.customers);
    let known = customers
        .find(id)
        .filter(|&slot| !customers.record_at(slot).deleted);
    known.ok_or_else(Refusal::no_customer)?;
    let body = json!({
        "kycUrl": link_url(world),
        "expiresAt": rfc3339(world.clock.now(0) + LIFETIME_MICROS),
        "provider": "SUMSUB",
        "token": format!("emulator-{}", world.fresh_uuid()),
    });
    Ok(Reply::value(201, &body))
}

fn link_url(world: &World) -> String {
    format!(
        "https://kyc.emulator.example/onboard/{}",
        world.fresh_uuid()
    )
}

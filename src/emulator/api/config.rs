//! `GET /config`, and the lists that are always empty here.

use serde_json::{Value, json};

use crate::emulator::clock::rfc3339;
use crate::emulator::edition::Edition;
use crate::emulator::reply::Reply;
use crate::emulator::world::World;

pub(super) fn show(world: &World) -> Reply {
    let settings = &world.settings;
    let address = match settings.edition {
        Edition::Y2025M10 => "ADDRESS",
        Edition::Y2026M08 => "POSTAL_ADDRESS",
    };
    let born = rfc3339(world.started);
    let mut body = json!({
        "id": "PlatformConfig:e3010000-0000-4000-8000-000000000001",
        "umaDomain": settings.uma_domain,
        "proxyUmaSubdomain": "emulator",
        "webhookEndpoint": super::webhooks::ENDPOINT,
        "supportedCurrencies": [
            currency("USD", &["FULL_NAME", "BIRTH_DATE", address]),
            currency("EUR", &["FULL_NAME", address]),
            currency("BTC", &[]),
        ],
        "isRegulatedFinancialInstitution": settings.regulated,
        "createdAt": born,
        "updatedAt": born,
    });
    for (key, value) in &settings.platform {
        body[key] = value.clone();
    }
    if let Value::Object(body) = &mut body {
        body.retain(|_, value| !value.is_null());
    }
    Reply::value(200, &body)
}

/// A currency with the customer fields that its provider needs; Grid leaves an empty list out.
fn currency(code: &str, needed: &[&str]) -> Value {
    let mut currency = json!({
        "currencyCode": code,
        "minAmount": 1,
        "maxAmount": 100_000_000,
        "requiredCounterpartyFields": [{ "name": "FULL_NAME", "mandatory": true }],
        "enabledTransactionTypes": ["INCOMING", "OUTGOING"],
    });
    if !needed.is_empty() {
        currency["providerRequiredCustomerFields"] = json!(needed);
    }
    currency
}

pub(super) fn no_internal_accounts() -> Reply {
    Reply::value(
        200,
        &json!({ "data": [], "hasMore": false, "totalCount": 0 }),
    )
}

//! The parameters of a list.

use std::ops::RangeInclusive;

use crate::emulator::clock::{Micros, parse_rfc3339};
use crate::emulator::error::Refusal;
use crate::emulator::fault::{Kind, Mischief};
use crate::emulator::request::Request;
use crate::emulator::settings::Order;
use crate::emulator::store::{CustomerType, Place, Select};

use super::cursor;

const DEFAULT_LIMIT: usize = 20;
const LARGEST_LIMIT: usize = 100;

/// The list that a request asks for. `region` and `currency` are taken and have no effect.
pub(super) fn select(
    request: &Request,
    order: Order,
    mischief: &Mischief,
) -> Result<Select, Refusal> {
    let text = |name: &str| request.parameter(name).map(str::to_owned);
    let mut select = Select {
        key: text("platformCustomerId"),
        fuzzy: mischief.has(Kind::LookupFuzzy),
        no_twins: mischief.has(Kind::TwinUnlisted),
        uma: text("umaAddress"),
        customer_type: customer_type(request)?,
        created: times(request, "createdAfter", "createdBefore")?,
        updated: times(request, "updatedAfter", "updatedBefore")?,
        deleted_too: flag(request, "isIncludingDeleted")?,
        order,
        limit: limit(request)?,
        after: Place::Start,
    };
    if let Some(cursor) = request.parameter("cursor") {
        let expired = mischief.has(Kind::CursorExpired);
        let place = cursor::read(cursor, &select).filter(|_| !expired);
        select.after =
            place.ok_or_else(|| Refusal::invalid_input("The cursor is invalid or has expired"))?;
    }
    Ok(select)
}

pub(super) fn limit(request: &Request) -> Result<usize, Refusal> {
    let Some(text) = request.parameter("limit") else {
        return Ok(DEFAULT_LIMIT);
    };
    let limit = text
        .parse()
        .ok()
        .filter(|limit| (1..=LARGEST_LIMIT).contains(limit));
    limit.ok_or_else(|| Refusal::invalid_input("limit must be a number from 1 to 100"))
}

fn customer_type(request: &Request) -> Result<Option<CustomerType>, Refusal> {
    let Some(name) = request.parameter("customerType") else {
        return Ok(None);
    };
    let found = CustomerType::from_name(name);
    found
        .map(Some)
        .ok_or_else(|| Refusal::invalid_input("customerType must be INDIVIDUAL or BUSINESS"))
}

fn flag(request: &Request, name: &str) -> Result<bool, Refusal> {
    match request.parameter(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Refusal::invalid_input(format!(
            "{name} must be true or false"
        ))),
    }
}

fn times(request: &Request, after: &str, before: &str) -> Result<RangeInclusive<Micros>, Refusal> {
    let from = time(request, after)?.unwrap_or(Micros::MIN);
    let to = time(request, before)?.unwrap_or(Micros::MAX);
    Ok(from..=to)
}

fn time(request: &Request, name: &str) -> Result<Option<Micros>, Refusal> {
    let Some(text) = request.parameter(name) else {
        return Ok(None);
    };
    let time = parse_rfc3339(text);
    time.map(Some)
        .ok_or_else(|| Refusal::invalid_input(format!("{name} must be an RFC 3339 time")))
}

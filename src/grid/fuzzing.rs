//! What fuzz targets see of the client: answers that were never sent.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::account::Account;
use super::call;
use super::client::decode;
use super::error::Error;
use super::headers;
use super::list::{ListGuard, Page, Step};
use super::transport::Answer;
use super::wire;
use crate::model::{Customer, Edition, Platform};

/// A body that came with 200, as a page of customers.
pub fn page(body: &[u8], edition: Edition) -> Result<(Vec<Customer>, Step), Error> {
    let page = decode(&answer(body), |json| wire::page(json, edition))?;
    let page = Page {
        customers: page.items,
        has_more: page.has_more,
        next_cursor: page.next_cursor,
        total_count: page.total_count,
        server_time: None,
    };
    let step = ListGuard::default().after(&page);
    Ok((page.customers, step))
}

/// The same, as one customer.
pub fn customer(body: &[u8], edition: Edition) -> Result<Customer, Error> {
    decode(&answer(body), |json| wire::customer(json, edition))
}

/// The same, as a page of bank accounts.
pub fn accounts(body: &[u8]) -> Result<Vec<Account>, Error> {
    decode(&answer(body), wire::accounts).map(|page| page.items)
}

/// The same, as one bank account.
pub fn account(body: &[u8]) -> Result<Account, Error> {
    decode(&answer(body), wire::account)
}

/// The same, as the platform's configuration.
pub fn platform(body: &[u8]) -> Result<Platform, Error> {
    decode(&answer(body), wire::platform)
}

fn answer(body: &[u8]) -> Answer {
    Answer::unsent(200, HeaderMap::new(), body.to_vec(), call::LIST)
}

/// An answer that says no, as the error that it becomes.
pub fn refusal(status: u16, lines: &[(&str, &[u8])], body: &[u8], now: SystemTime) -> Error {
    Answer::unsent(status, header_map(lines), body.to_vec(), call::LIST).refusal(now)
}

/// What headers say of the time to wait, and when they were written.
pub fn times(lines: &[(&str, &[u8])], now: SystemTime) -> (Option<Duration>, Option<SystemTime>) {
    let headers = header_map(lines);
    let wait = headers::retry_after(&headers, now);
    (wait, headers::server_time(&headers))
}

/// Those lines that can be headers.
fn header_map(lines: &[(&str, &[u8])]) -> HeaderMap {
    let header = |(name, value): &(&str, &[u8])| {
        let name: HeaderName = name.parse().ok()?;
        Some((name, HeaderValue::from_bytes(value).ok()?))
    };
    lines.iter().filter_map(header).collect()
}

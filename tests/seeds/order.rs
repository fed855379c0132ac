//! What the order of the requests tells: a look before every second create and before every delete.

use std::collections::{BTreeMap, BTreeSet};

use gridsync::emulator::RequestRecord;
use serde_json::Value;

use crate::cast::Cast;
use crate::judge::{Finding, Sin};
use crate::support::Grid;

/// What the order of the requests tells.
pub(crate) fn judge_requests(
    grid: &Grid,
    cast: &Cast,
    deletes: bool,
    at_once: Option<usize>,
) -> Vec<Finding> {
    let requests = grid.requests();
    let mut findings = second_creates(&requests);
    findings.extend(wrong_deletes(grid, &requests, cast, deletes));
    findings.extend(unseen_deletes(grid, &requests));
    let crowd = requests.iter().max_by_key(|record| record.under_way);
    if let (Some(limit), Some(crowd)) = (at_once, crowd)
        && crowd.under_way > limit
    {
        let text = format!(
            "{} requests under way at request {}, and --concurrency was {limit}",
            crowd.under_way, crowd.number
        );
        findings.push(Sin::Other.found(text));
    }
    findings
}

/// Between two creates of one key there is an answered look at it or, if Grid had said no to the
/// first, at the whole list.
fn second_creates(requests: &[RequestRecord]) -> Vec<Finding> {
    let mut open: BTreeMap<&str, &RequestRecord> = BTreeMap::new();
    let mut committed: BTreeMap<&str, u64> = BTreeMap::new();
    let mut findings = Vec::new();
    for record in requests {
        match (
            record.method.as_str(),
            record.platform_customer_id.as_deref(),
        ) {
            ("POST", Some(key)) => {
                if let Some(before) = open.insert(key, record) {
                    let (first, second) = (before.number, record.number);
                    let text = format!(
                        "{key}: request {second} creates it again after {first}, without a look"
                    );
                    findings.push(Sin::Other.found(text));
                }
                if record.committed
                    && let Some(first) = committed.insert(key, record.number)
                {
                    let text =
                        format!("{key}: created by request {first} and by {}", record.number);
                    findings.push(Sin::Duplicate.found(text));
                }
            }
            ("GET", Some(key)) if was_read(record) => drop(open.remove(key)),
            ("GET", None) if was_read(record) && record.path.ends_with("/customers") => {
                open.retain(|_, create| !matches!(create.status, Some(400..=499)));
            }
            _ => {}
        }
    }
    findings
}

/// A client that is awake could read the answer.
fn was_read(record: &RequestRecord) -> bool {
    let broken = ["cut-body", "truncated-json", "malformed-json", "html-200"];
    record.status == Some(200) && record.fault.is_none_or(|fault| !broken.contains(&fault))
}

fn wrong_deletes(
    grid: &Grid,
    requests: &[RequestRecord],
    cast: &Cast,
    deletes: bool,
) -> Vec<Finding> {
    let customers = grid.customers();
    let deleted = requests
        .iter()
        .filter(|record| is_delete(record) && record.committed)
        .filter_map(|record| key_of(record, &customers));
    deleted
        .filter(|key| !deletes || !cast.gone.contains(*key))
        .map(|key| Sin::WrongDelete.found(format!("{key} was deleted, and is still a user")))
        .collect()
}

/// Before every delete, its key is looked up, and that is answered.
fn unseen_deletes(grid: &Grid, requests: &[RequestRecord]) -> Vec<Finding> {
    let customers = grid.customers();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut findings = Vec::new();
    for record in requests {
        match (
            record.method.as_str(),
            record.platform_customer_id.as_deref(),
        ) {
            ("GET", Some(key)) if was_read(record) => drop(seen.insert(key)),
            _ if is_delete(record) => {
                let key = key_of(record, &customers).unwrap_or_default();
                if !seen.remove(key) {
                    let text = format!("request {} deletes {key} without a look", record.number);
                    findings.push(Sin::Other.found(text));
                }
            }
            _ => {}
        }
    }
    findings
}

/// Of a customer. Bank accounts are deleted, too.
pub(crate) fn is_delete(record: &RequestRecord) -> bool {
    record.method == "DELETE" && !record.path.contains("external-accounts")
}

/// The key of the customer that the path names.
fn key_of<'a>(record: &RequestRecord, customers: &'a [Value]) -> Option<&'a str> {
    let named = |customer: &&Value| {
        let id = customer["id"].as_str().unwrap_or_default();
        let written = id.replace(':', "%3A");
        record.path.ends_with(id) || record.path.ends_with(&written)
    };
    customers.iter().find(named)?["platformCustomerId"].as_str()
}

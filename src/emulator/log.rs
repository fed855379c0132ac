//! The record of requests, for tests and reports to look into.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::Method;
use serde::Deserialize;
use serde_json::Value;

use super::fault::Class;
use super::request::Request;
use super::world::locked;

/// One request as it was received and how it ended.
#[derive(Debug, Clone)]
pub struct RequestRecord {
    /// Counted from 1, in the order received.
    pub number: u64,
    /// When it was received whole.
    pub at: Instant,
    /// `GET`, `POST`, …
    pub method: String,
    /// As sent, without the query.
    pub path: String,
    /// Names and values of the query, decoded; the value of `umaAddress` is left out.
    pub query: Vec<(String, String)>,
    /// From the body of a create, or from the query.
    pub platform_customer_id: Option<String>,
    /// From the body of the create of an external account, or from the query.
    pub customer_id: Option<String>,
    /// When it was answered or lost; `None` while it is under way.
    pub answered_at: Option<Instant>,
    /// What was answered; `None` if no answer was or will be sent.
    pub status: Option<u16>,
    /// Whether the request changed the world. A late commit shows once it has landed.
    pub committed: bool,
    /// Requests that were under way when it was received, itself included. One whose client gave up
    /// may count for a moment longer.
    pub under_way: usize,
    /// The first fault that struck it.
    pub fault: Option<&'static str>,
}

/// A request that is under way as long as this is held.
#[derive(Debug)]
pub(crate) struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The latest requests, and how many there were.
#[derive(Debug)]
pub(crate) struct Log {
    kept: usize,
    under_way: AtomicUsize,
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct State {
    received: u64,
    records: VecDeque<RequestRecord>,
}

impl Log {
    pub(crate) fn new(kept: usize) -> Self {
        Self {
            kept,
            under_way: AtomicUsize::new(0),
            state: Mutex::default(),
            more: Condvar::new(),
        }
    }

    /// Notes that a request has come, and, once what is returned is dropped, that it is over.
    pub(crate) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(&self.under_way)
    }

    /// Notes a request and gives it its number.
    pub(crate) fn received(&self, request: &Request, class: Class) -> u64 {
        let mut record = record(request, class);
        let mut state = locked(&self.state);
        state.received += 1;
        record.number = state.received;
        record.under_way = self.under_way.load(Ordering::Relaxed);
        if state.records.len() >= self.kept {
            state.records.pop_front();
        }
        if self.kept > 0 {
            state.records.push_back(record);
        }
        self.more.notify_all();
        state.received
    }

    /// Notes how a request ended.
    pub(crate) fn ended(
        &self,
        number: u64,
        status: Option<u16>,
        committed: bool,
        fault: Option<&'static str>,
    ) {
        self.amend(number, |record| {
            record.status = status;
            record.committed |= committed;
            record.fault = fault;
        });
    }

    /// Notes that nothing more is done for a request.
    pub(crate) fn answered(&self, number: u64) {
        self.amend(number, |record| record.answered_at = Some(Instant::now()));
    }

    /// Notes a commit that came after the request had ended.
    pub(crate) fn committed(&self, number: u64) {
        self.amend(number, |record| record.committed = true);
    }

    pub(crate) fn records(&self) -> Vec<RequestRecord> {
        locked(&self.state).records.iter().cloned().collect()
    }

    pub(crate) fn count(&self) -> u64 {
        locked(&self.state).received
    }

    /// Waits until so many requests were received; false if the time runs out first.
    pub(crate) fn wait_for(&self, count: u64, timeout: Duration) -> bool {
        let state = locked(&self.state);
        let waited = self
            .more
            .wait_timeout_while(state, timeout, |state| state.received < count);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.received >= count
    }

    fn amend(&self, number: u64, change: impl FnOnce(&mut RequestRecord)) {
        let mut state = locked(&self.state);
        let Some(first) = state.records.front().map(|record| record.number) else {
            return;
        };
        let at = number
            .checked_sub(first)
            .and_then(|at| usize::try_from(at).ok());
        if let Some(record) = at.and_then(|at| state.records.get_mut(at)) {
            change(record);
        }
    }
}

fn record(request: &Request, class: Class) -> RequestRecord {
    let shown = request.query.iter().map(|(name, value)| {
        let value = if name == "umaAddress" {
            String::new()
        } else {
            value.clone()
        };
        (name.clone(), value)
    });
    RequestRecord {
        number: 0,
        at: Instant::now(),
        method: request.method.to_string(),
        path: request.path.clone(),
        query: shown.collect(),
        platform_customer_id: key(request, class),
        customer_id: customer_id(request, class),
        answered_at: None,
        status: None,
        committed: false,
        under_way: 0,
        fault: None,
    }
}

fn key(request: &Request, class: Class) -> Option<String> {
    #[derive(Deserialize)]
    struct Keyed {
        #[serde(rename = "platformCustomerId")]
        key: Option<Value>,
    }
    if class == Class::Create {
        let keyed: Keyed = serde_json::from_slice(&request.body).ok()?;
        return keyed.key?.as_str().map(str::to_owned);
    }
    let named = (request.method == Method::GET).then(|| request.parameter("platformCustomerId"));
    named.flatten().map(str::to_owned)
}

fn customer_id(request: &Request, class: Class) -> Option<String> {
    #[derive(Deserialize)]
    struct Owned {
        #[serde(rename = "customerId")]
        owner: Option<Value>,
    }
    match class {
        Class::AccountCreate => {
            let body: Owned = serde_json::from_slice(&request.body).ok()?;
            body.owner?.as_str().map(str::to_owned)
        }
        Class::AccountList => request.parameter("customerId").map(str::to_owned),
        _ => None,
    }
}

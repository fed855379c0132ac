//! Reading. There is no way from here to a request that changes anything.

use std::sync::Arc;

use serde_json::Value;

use crate::model::{Customer, CustomerId, Key, Platform};

use super::account::Account;
use super::call::{self, Call};
use super::class::Class;
use super::client::{Shared, decode};
use super::error::{Error, Kind, Unexpected};
use super::headers;
use super::list::{ListFault, ListFilter, ListGuard, Page, Step};
use super::retry::Attempts;
use super::transport::Answer;
use super::wire;

/// More pages than this for one key, and the filter is not at work.
const LOOKUP_PAGES: u32 = 20;

/// The half of the client that planning holds. Retries by itself what may pass, within the bounds of
/// [`super::Retry`]; each attempt takes its turn at the throttle.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// What became of a customer.
pub enum Found {
    /// It is there.
    Active(Box<Customer>),
    /// It was deleted.
    Deleted,
    /// Grid does not know it.
    Absent,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// One page of a list. Follow it with a [`ListGuard`].
    pub async fn page(&self, filter: &ListFilter, cursor: Option<&str>) -> Result<Page, Error> {
        let call = self.shared.endpoints.list(filter, cursor);
        let edition = self.shared.edition;
        let (page, answer) = self.read(&call, |body| wire::page(body, edition)).await?;
        Ok(Page {
            customers: page.items,
            has_more: page.has_more,
            next_cursor: page.next_cursor,
            total_count: page.total_count,
            server_time: headers::server_time(&answer.headers)
                .and_then(|time| jiff::Timestamp::try_from(time).ok()),
        })
    }

    /// Every active customer with exactly this key; none only if Grid said so in full.
    pub async fn lookup(&self, key: &Key) -> Result<Vec<Customer>, Error> {
        let filter = ListFilter {
            key: Some(key.clone()),
            ..ListFilter::default()
        };
        let mut guard = ListGuard::default();
        let mut cursor = None;
        let mut found: Vec<Customer> = Vec::new();
        for _ in 0..LOOKUP_PAGES {
            let page = self.page(&filter, cursor.as_deref()).await?;
            let step = guard.after(&page);
            keep_matches(&mut found, page.customers, key);
            match step {
                Step::Next(next) => cursor = Some(next),
                Step::Done => return Ok(found),
                Step::Fault(fault) => return Err(list_error(fault)),
            }
        }
        Err(list_error(ListFault::Endless(LOOKUP_PAGES)))
    }

    /// One customer by its id. What a deleted one answers is undocumented: 200 and 410 are read as
    /// deleted, while a 404 cannot be told from a customer that never was.
    pub async fn customer(&self, id: &CustomerId) -> Result<Found, Error> {
        let Some(call) = self.shared.endpoints.customer(call::GET, id) else {
            return Err(Error::unsent(Kind::UnusableId, call::GET));
        };
        let edition = self.shared.edition;
        match self.read(&call, |body| wire::customer(body, edition)).await {
            Ok((customer, answer)) if customer.customer_id != *id => {
                Err(answer.error(Kind::OtherCustomer))
            }
            Ok((customer, _)) if customer.is_deleted => Ok(Found::Deleted),
            Ok((customer, _)) => Ok(Found::Active(Box::new(customer))),
            Err(error) => missing(error),
        }
    }

    /// Every bank account of the customer; none only if Grid said so in full.
    pub async fn accounts(&self, customer_id: &CustomerId) -> Result<Vec<Account>, Error> {
        let mut guard = ListGuard::default();
        let mut cursor: Option<String> = None;
        let mut found: Vec<Account> = Vec::new();
        for _ in 0..LOOKUP_PAGES {
            let call = self
                .shared
                .endpoints
                .list_accounts(customer_id, cursor.as_deref());
            let (page, _) = self.read(&call, wire::accounts).await?;
            let step = guard.follows(page.has_more, page.next_cursor.as_deref());
            keep_accounts(&mut found, page.items, customer_id);
            match step {
                Step::Next(next) => cursor = Some(next),
                Step::Done => return Ok(found),
                Step::Fault(fault) => return Err(Error::unsent(Kind::List(fault), call.route)),
            }
        }
        let endless = Kind::List(ListFault::Endless(LOOKUP_PAGES));
        Err(Error::unsent(endless, call::LIST_ACCOUNTS))
    }

    /// What Grid says of the platform.
    pub async fn platform(&self) -> Result<Platform, Error> {
        let call = self.shared.endpoints.config();
        Ok(self.read(&call, wire::platform).await?.0)
    }

    /// How many active customers Grid counts, if it says.
    pub async fn total_active(&self) -> Result<Option<u64>, Error> {
        let filter = ListFilter {
            limit: 1,
            ..ListFilter::default()
        };
        Ok(self.page(&filter, None).await?.total_count)
    }

    /// Sends the call until it succeeds or there is no point in going on.
    async fn read<T>(
        &self,
        call: &Call,
        read: impl Fn(&Value) -> Result<T, Unexpected>,
    ) -> Result<(T, Answer), Error> {
        let mut attempts = Attempts::begin(&self.shared.retry);
        loop {
            let error = match self.read_once(call, &read).await {
                Ok(found) => return Ok(found),
                Err(error) => error,
            };
            tracing::debug!(%error, "a read failed");
            let pause = attempts.failed(error, self.shared.throttle.paused_for())?;
            tokio::time::sleep(pause).await;
        }
    }

    async fn read_once<T>(
        &self,
        call: &Call,
        read: impl Fn(&Value) -> Result<T, Unexpected>,
    ) -> Result<(T, Answer), Error> {
        let permit = self.shared.throttle.permit().await;
        let answer = self.shared.exchange(permit, call).await?;
        let found = decode(&answer, read)?;
        Ok((found, answer))
    }
}

/// Exact, whatever the server thinks a match is; active; and once, though pages may overlap.
fn keep_matches(found: &mut Vec<Customer>, page: Vec<Customer>, key: &Key) {
    for customer in page {
        let matches = customer.key.as_ref() == Some(key) && !customer.is_deleted;
        if matches
            && found
                .iter()
                .all(|other| other.customer_id != customer.customer_id)
        {
            found.push(customer);
        }
    }
}

/// The customer's own, whatever the server thinks the filter means; and once, though pages may overlap.
fn keep_accounts(found: &mut Vec<Account>, page: Vec<Account>, customer_id: &CustomerId) {
    for account in page {
        let is_new = |other: &Account| other.account_id != account.account_id;
        if account.is_of(customer_id) && found.iter().all(is_new) {
            found.push(account);
        }
    }
}

fn list_error(fault: ListFault) -> Error {
    Error::unsent(Kind::List(fault), call::LIST)
}

/// The status alone says it: codes differ between the specification and the server.
fn missing(error: Error) -> Result<Found, Error> {
    match (error.class(), error.status()) {
        (Class::Gone, Some(410)) => Ok(Found::Deleted),
        (Class::Gone, _) => Ok(Found::Absent),
        _ => Err(error),
    }
}

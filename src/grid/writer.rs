//! Writing. One call is one request: whether it may be sent again is not decided here, because the
//! answer to that stands in the journal.

use std::sync::Arc;

use crate::model::{AccountId, Customer, CustomerId, Key, User};

use super::account::{Account, AccountBody};
use super::body::CreateBody;
use super::call;
use super::client::{Shared, decode};
use super::error::{Error, Kind};
use super::throttle::Permit;
use super::wire;

/// The half of the client that changes customers. Never retries.
#[derive(Clone)]
pub struct Writer {
    shared: Arc<Shared>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Waits for the throttle. Use the permit at once: the request counts as started now.
    pub async fn permit(&self) -> Permit {
        self.shared.throttle.permit().await
    }

    /// What [`Writer::create`] will send for the user, free of the row it was read from.
    pub fn body(&self, user: &User<'_>) -> CreateBody {
        CreateBody::new(user, self.shared.edition)
    }

    /// Creates the customer. Only an answer that holds an id and this very key counts as success; any
    /// other 2xx is of class [`super::Class::Unknown`].
    pub async fn create(
        &self,
        permit: Permit,
        key: &Key,
        body: &CreateBody,
    ) -> Result<Customer, Error> {
        let call = self.shared.endpoints.create(body.bytes());
        let answer = self.shared.exchange(permit, &call).await?;
        let customer = decode(&answer, |body| wire::customer(body, self.shared.edition))?;
        if customer.key.as_ref() == Some(key) {
            Ok(customer)
        } else {
            Err(answer.error(Kind::OtherCustomer))
        }
    }

    /// Deletes the customer, for good. Only an answer that shows this very customer counts as success; any
    /// other 2xx may be a gateway's, and is of class [`super::Class::Unknown`]. That it is gone already is an
    /// error of class [`super::Class::Gone`].
    pub async fn delete(&self, permit: Permit, id: &CustomerId) -> Result<(), Error> {
        let Some(call) = self.shared.endpoints.customer(call::DELETE, id) else {
            return Err(Error::unsent(Kind::UnusableId, call::DELETE));
        };
        let answer = self.shared.exchange(permit, &call).await?;
        let customer = decode(&answer, |body| wire::customer(body, self.shared.edition))?;
        if customer.customer_id == *id {
            Ok(())
        } else {
            Err(answer.error(Kind::OtherCustomer))
        }
    }

    /// Adds a bank account to the customer that the body names. Only an answer that holds an id, and no
    /// other customer, counts as success; any other 2xx is of class [`super::Class::Unknown`].
    pub async fn create_account(
        &self,
        permit: Permit,
        body: &AccountBody,
    ) -> Result<Account, Error> {
        let call = self.shared.endpoints.create_account(body.bytes());
        let answer = self.shared.exchange(permit, &call).await?;
        let account = decode(&answer, wire::account)?;
        if account.is_of(body.customer_id()) {
            Ok(account)
        } else {
            Err(answer.error(Kind::OtherCustomer))
        }
    }

    /// Deletes a bank account. Success has no body, or at least one that is JSON; any other 2xx is of class
    /// [`super::Class::Unknown`]. That it is gone already is an error of class [`super::Class::Gone`]; that its
    /// beneficiary is trusted, of class [`super::Class::Conflict`].
    pub async fn delete_account(&self, permit: Permit, id: &AccountId) -> Result<(), Error> {
        let Some(call) = self.shared.endpoints.delete_account(id) else {
            return Err(Error::unsent(Kind::UnusableId, call::DELETE_ACCOUNT));
        };
        let answer = self.shared.exchange(permit, &call).await?;
        if answer.body.is_empty() {
            return Ok(());
        }
        decode(&answer, |_| Ok(()))
    }
}

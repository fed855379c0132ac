//! A customer's bank account: what is sent to make one, and what Grid shows of it.

use bytes::Bytes;
use serde_json::Value as Json;

use crate::model::account::{Likeness, likeness};
use crate::model::{AccountId, CustomerId, Personal, User, Values, json};

/// A bank account as Grid lists or answers it.
pub struct Account {
    /// Grid's id of it.
    pub account_id: AccountId,
    /// Whose it is; the platform's own accounts have no customer.
    pub customer_id: Option<CustomerId>,
    shown: Personal<Json>,
}

/// A user's bank account, not yet a customer's: it cannot be sent. An account without a customer would
/// become the platform's own. Free of borrows, unprintable.
#[derive(Clone)]
pub struct AccountDraft(Values<'static>);

/// What `POST /customers/external-accounts` carries: a user's bank account and whose it becomes.
/// Cheap to clone, unprintable.
#[derive(Clone)]
pub struct AccountBody {
    customer_id: CustomerId,
    meant: Personal<Json>,
    bytes: Personal<Bytes>,
}

impl Account {
    /// An account as an answer shows it.
    pub(crate) fn new(
        account_id: AccountId,
        customer_id: Option<CustomerId>,
        shown: &Json,
    ) -> Self {
        Self {
            account_id,
            customer_id,
            shown: Personal::new(shown.clone()),
        }
    }

    /// Every field of the table that Grid shows of it.
    pub fn values(&self) -> Values<'static> {
        json::from_account(self.shown.expose())
    }

    /// Whether it is this customer's. An answer that does not say whose it is, is about the customer
    /// that was asked for.
    pub(super) fn is_of(&self, customer_id: &CustomerId) -> bool {
        self.customer_id
            .as_ref()
            .is_none_or(|owner| owner == customer_id)
    }
}

impl AccountDraft {
    /// The user's bank account, if the user has one.
    pub fn new(user: &User<'_>) -> Option<Self> {
        let has_account = user
            .values
            .iter()
            .any(|(slot, _)| slot.field().is_account());
        let owned = |(slot, value): &(_, Personal<crate::model::Value<'_>>)| {
            (*slot, Personal::new(value.expose().to_static()))
        };
        has_account.then(|| Self(user.values.iter().map(owned).collect()))
    }

    /// The account as this customer's.
    pub fn of(&self, customer_id: &CustomerId) -> AccountBody {
        let meant = json::to_account_body(&self.0, customer_id)
            .expect("a draft is only made of values with an account among them");
        AccountBody {
            customer_id: customer_id.clone(),
            bytes: Personal::new(meant.to_string().into()),
            meant: Personal::new(meant),
        }
    }
}

impl AccountBody {
    /// Whether an account that Grid lists is the one that is meant.
    pub fn likeness(&self, listed: &Account) -> Likeness {
        likeness(self.meant.expose(), listed.shown.expose())
    }

    /// Whose it becomes.
    pub fn customer_id(&self) -> &CustomerId {
        &self.customer_id
    }

    pub(super) fn bytes(&self) -> Personal<Bytes> {
        self.bytes.clone()
    }
}

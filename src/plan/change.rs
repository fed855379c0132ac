//! What a plan wants done, and what it found that nobody will do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::compare::Drift;
use super::fingerprint::Fingerprint;
use crate::model::{CustomerId, Fault, Key, Position};

/// What is done to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// `POST /customers`.
    Create,
    /// The same, and then `POST /customers/external-accounts` for the customer that was made.
    CreateWithAccount,
    /// The customer exists and the user is its own: recorded here, nothing is sent.
    Adopt,
    /// The same, but user and customer differ: the difference is reported and left as it is.
    AdoptDrifted,
    /// The customer exists and has no bank account from here: one is added, unless Grid has it
    /// already. At first contact the customer is recorded as in an adoption.
    Attach,
    /// The customer's bank account is deleted and the user's is added in its place: Grid has no way
    /// to change one.
    Replace,
    /// `DELETE /customers/{customerId}`.
    Delete,
}

impl ChangeKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Create,
        Self::CreateWithAccount,
        Self::Adopt,
        Self::AdoptDrifted,
        Self::Attach,
        Self::Replace,
        Self::Delete,
    ];

    /// The name in the state file and in plans.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::CreateWithAccount => "create_with_account",
            Self::Adopt => "adopt",
            Self::AdoptDrifted => "adopt_drifted",
            Self::Attach => "attach",
            Self::Replace => "replace",
            Self::Delete => "delete",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether a bank account is sent: a step with a journal of its own.
    pub const fn has_account(self) -> bool {
        matches!(self, Self::CreateWithAccount | Self::Attach | Self::Replace)
    }

    /// Whether a customer is made.
    pub const fn is_create(self) -> bool {
        matches!(self, Self::Create | Self::CreateWithAccount)
    }
}

/// One change of a plan. No value of the user is in it: it is read again when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The user's key.
    pub key: Key,
    /// What is done.
    pub kind: ChangeKind,
    /// The customer, where there is one already.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub customer_id: Option<CustomerId>,
    /// Where the user stood; absent for a delete.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<Position>,
    /// The user's fingerprint: if the row has another when it is applied, it is deferred. Of a delete, the
    /// fingerprint of the customer's version, if Grid told one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fingerprint: Option<Fingerprint>,
}

/// What a plan reports and leaves alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// User and customer differ.
    Drifted {
        /// The user's key.
        key: Key,
        /// The customer.
        customer_id: CustomerId,
        /// The fields that differ.
        fields: Vec<Drift>,
    },
    /// A customer without a user, left alone.
    Orphan {
        /// The customer's key.
        key: Key,
        /// The customer.
        customer_id: CustomerId,
        /// Whether a delete would be allowed to touch it, were deletes on.
        owned: bool,
    },
    /// A customer without a user that is deleted later, if its user stays away.
    Waiting {
        /// The customer's key.
        key: Key,
        /// The customer.
        customer_id: CustomerId,
        /// From when on.
        until: Timestamp,
    },
    /// A customer without a user that a pattern protects.
    Protected {
        /// The customer's key.
        key: Key,
        /// The customer.
        customer_id: CustomerId,
    },
    /// A user with two or more active customers.
    Ambiguous {
        /// The shared key.
        key: Key,
        /// All of them.
        customer_ids: Vec<CustomerId>,
    },
    /// A row that cannot be sent.
    Rejected {
        /// Where it stands.
        position: Position,
        /// Its key, where that could be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<Key>,
        /// What is wrong with it.
        faults: Vec<Fault>,
    },
}

//! What is recorded of a change.

use jiff::Timestamp;

use super::super::runs::RunNumber;
use super::super::scans::Listed;
use super::account::KnownAccount;
use crate::model::CustomerId;
use crate::plan::{Change, ChangeKind, FieldHashes, Owned};

/// How far a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeStatus {
    /// Nothing was sent, or what was sent is known to have had no effect.
    Planned,
    /// A request may be under way.
    InFlight,
    /// Done by this run.
    Applied,
    /// It was so already.
    AlreadyApplied,
    /// Grid refused it.
    Failed,
    /// A request was made and nobody knows what came of it.
    Unknown,
    /// Left for the next run.
    Deferred,
}

impl ChangeStatus {
    pub(super) const ALL: [Self; 7] = [
        Self::Planned,
        Self::InFlight,
        Self::Applied,
        Self::AlreadyApplied,
        Self::Failed,
        Self::Unknown,
        Self::Deferred,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::InFlight => "in_flight",
            Self::Applied => "applied",
            Self::AlreadyApplied => "already_applied",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Deferred => "deferred",
        }
    }

    pub(in crate::state) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// What is recorded of a change, together with what the mirror learns from it.
#[derive(Clone, Debug)]
pub enum Record {
    /// A request leaves now.
    InFlight {
        /// Now.
        at: Timestamp,
    },
    /// The request had no effect, for certain: the change is as it was before.
    NotApplied,
    /// A request was made and nobody knows what came of it.
    Unknown {
        /// Why, in a word.
        code: String,
    },
    /// The customer exists, and is the user's.
    Created {
        /// What Grid shows of it.
        customer: Box<Listed>,
        /// What was sent; absent where only the key is known.
        sent: Option<FieldHashes>,
        /// The hashes of the bank account that is next, if one is and they are known.
        account: Option<FieldHashes>,
        /// Whether it was made by us.
        owned: Owned,
    },
    /// The customer exists and its bank account is next: from here on the account's own journal says
    /// how far the change came.
    Step {
        /// The customer.
        customer_id: CustomerId,
        /// At first contact, what of the user agrees with the customer.
        adopted: Option<FieldHashes>,
        /// The hashes of the account's fields.
        account: FieldHashes,
    },
    /// The user's customer was in the mirror, and is ours from now on.
    Adopted {
        /// The customer.
        customer_id: CustomerId,
        /// What of the user agrees with it.
        sent: FieldHashes,
    },
    /// What was begun so is left for the next run, as far as it is not done.
    StepDeferred {
        /// The customer.
        customer_id: CustomerId,
        /// Why, in a word.
        code: String,
    },
    /// The customer is deleted.
    Deleted {
        /// The customer.
        customer_id: CustomerId,
        /// Whether our request did it.
        by_us: bool,
    },
    /// Grid refused.
    Failed {
        /// Grid's code, or ours.
        code: String,
        /// The fields that Grid named.
        fields: Vec<String>,
    },
    /// Left for the next run.
    Deferred {
        /// Why, in a word.
        code: String,
    },
}

/// A change whose outcome is open.
#[derive(Clone, Debug)]
pub struct OpenChange {
    /// Its run.
    pub run: RunNumber,
    /// The change.
    pub change: Change,
    /// When its last request left, by our clock.
    pub attempted_at: Option<Timestamp>,
}

/// A change that is still to be done.
#[derive(Clone, Debug)]
pub struct PlannedChange {
    /// The change.
    pub change: Change,
    /// Requests that were made for it before. Each is known to have had no effect.
    pub attempts: u32,
    /// Whether an earlier run knew a customer of this key, or sent a request for one: it may be there,
    /// though no list shows it.
    pub known_earlier: bool,
    /// When an earlier run last sent a request for this key, whatever came of it: Grid's list may
    /// not show yet what that run created.
    pub sent_earlier_at: Option<Timestamp>,
    /// What is known of the customer's bank account, where the change has one.
    pub account: Option<KnownAccount>,
    /// Whether all but the bank account is done.
    pub begun: bool,
}

/// How many changes of one kind are in one status. Where a bank account is a part of the change and the
/// rest is done, the account's status is the change's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The kind.
    pub kind: ChangeKind,
    /// The status.
    pub status: ChangeStatus,
    /// How many.
    pub changes: u64,
}

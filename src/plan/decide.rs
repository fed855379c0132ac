//! One key, its users and its customers: what is to be done.

use serde::{Deserialize, Serialize};

use super::fingerprint::{FieldHashes, Fingerprint};
use crate::model::{CustomerId, Position};

/// A row of the source after staging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Where it stands.
    pub position: Position,
    /// What staging made of it.
    pub fate: StagedFate,
}

/// What staging made of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StagedFate {
    /// A user that could be sent.
    Valid {
        /// The hash of each mapped value.
        hashes: FieldHashes,
        /// The hash over them.
        fingerprint: Fingerprint,
    },
    /// A row that cannot be sent: rejected, which is not absent.
    Rejected,
    /// A row that this run is not about, which is not absent either.
    OutOfScope,
}

/// How a customer came to be this state's own. Only owned customers are ever deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owned {
    /// We created it.
    Created,
    /// It existed, and a user with its key was found.
    Adopted,
}

impl Owned {
    /// The word for it, in the state file and in lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Adopted => "adopted",
        }
    }

    /// What the word says.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Created, Self::Adopted]
            .into_iter()
            .find(|owned| owned.as_str() == word)
    }
}

/// An active customer in the mirror, as far as a quick comparison needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirrored {
    /// Grid's id.
    pub customer_id: CustomerId,
    /// Whether it is this state's own.
    pub owned: Option<Owned>,
    /// The fingerprint of what we last sent, once we have.
    pub sent: Option<Fingerprint>,
    /// Whether what Grid shows is what Grid answered to us.
    pub settled: bool,
}

/// What a key calls for. Nothing here has looked at a single field yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No customer has the key: create one.
    Create,
    /// The customer is as we left it and the user has not changed.
    Unchanged,
    /// Both exist and may differ: compare them field by field.
    Compare,
    /// Two or more active customers have the key: nobody can say which is meant.
    Ambiguous,
    /// Every row of the key is rejected, for its own faults.
    Rejected,
    /// Several rows have the key: all are rejected.
    Duplicate,
    /// Every row of the key is out of scope.
    OutOfScope,
    /// Customers without a user.
    Orphans,
}

/// Decides one key. `users` and `customers` are all that have it, in any order.
///
/// The rejected rows come first: whatever Grid holds, a user that cannot be read is left alone.
pub fn decide(users: &[Staged], customers: &[impl AsRef<Mirrored>]) -> Decision {
    let [user] = users else {
        return match users {
            [] => Decision::Orphans,
            users if users.iter().all(is_out_of_scope) => Decision::OutOfScope,
            _ => Decision::Duplicate,
        };
    };
    let fingerprint = match &user.fate {
        StagedFate::Valid { fingerprint, .. } => fingerprint,
        StagedFate::Rejected => return Decision::Rejected,
        StagedFate::OutOfScope => return Decision::OutOfScope,
    };
    match customers {
        [] => Decision::Create,
        [one] if is_as_sent(one.as_ref(), *fingerprint) => Decision::Unchanged,
        [_] => Decision::Compare,
        _ => Decision::Ambiguous,
    }
}

fn is_out_of_scope(user: &Staged) -> bool {
    user.fate == StagedFate::OutOfScope
}

/// Whether what Grid shows is its answer, and the user is what it answered to.
fn is_as_sent(customer: &Mirrored, fingerprint: Fingerprint) -> bool {
    customer.settled && customer.sent == Some(fingerprint)
}

impl AsRef<Self> for Mirrored {
    fn as_ref(&self) -> &Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOBODY: [Mirrored; 0] = [];

    fn user(fingerprint: u64) -> Staged {
        Staged {
            position: Position::default(),
            fate: StagedFate::Valid {
                hashes: FieldHashes::default(),
                fingerprint: Fingerprint::from_raw(fingerprint),
            },
        }
    }

    fn rejected() -> Staged {
        Staged {
            position: Position::default(),
            fate: StagedFate::Rejected,
        }
    }

    fn out_of_scope() -> Staged {
        Staged {
            position: Position::default(),
            fate: StagedFate::OutOfScope,
        }
    }

    fn customer(sent: Option<u64>, settled: bool) -> Mirrored {
        Mirrored {
            customer_id: CustomerId::new("Customer:1"),
            owned: sent.map(|_| Owned::Created),
            sent: sent.map(Fingerprint::from_raw),
            settled,
        }
    }

    #[test]
    fn a_user_without_a_customer_is_created() {
        assert_eq!(decide(&[user(1)], &NOBODY), Decision::Create);
    }

    #[test]
    fn a_user_as_sent_with_a_customer_as_answered_is_unchanged() {
        assert_eq!(
            decide(&[user(1)], &[customer(Some(1), true)]),
            Decision::Unchanged
        );
    }

    #[test]
    fn any_difference_asks_for_a_comparison() {
        assert_eq!(
            decide(&[user(2)], &[customer(Some(1), true)]),
            Decision::Compare
        );
        assert_eq!(
            decide(&[user(1)], &[customer(Some(1), false)]),
            Decision::Compare
        );
        assert_eq!(
            decide(&[user(1)], &[customer(None, true)]),
            Decision::Compare
        );
    }

    #[test]
    fn two_customers_of_one_key_are_never_touched() {
        let both = [customer(Some(1), true), customer(None, true)];
        assert_eq!(decide(&[user(1)], &both), Decision::Ambiguous);
    }

    #[test]
    fn a_rejected_row_is_not_an_absent_user() {
        assert_eq!(
            decide(&[rejected()], &[customer(Some(1), true)]),
            Decision::Rejected
        );
        assert_eq!(decide(&[rejected()], &NOBODY), Decision::Rejected);
    }

    #[test]
    fn a_key_that_occurs_twice_rejects_the_group_whatever_grid_holds() {
        for customers in [vec![], vec![customer(Some(1), true)]] {
            assert_eq!(decide(&[user(1), user(1)], &customers), Decision::Duplicate);
            assert_eq!(
                decide(&[user(1), rejected()], &customers),
                Decision::Duplicate
            );
        }
    }

    #[test]
    fn a_user_out_of_scope_is_left_alone_and_not_absent() {
        for customers in [vec![], vec![customer(Some(1), true)]] {
            for users in [vec![out_of_scope()], vec![out_of_scope(), out_of_scope()]] {
                assert_eq!(decide(&users, &customers), Decision::OutOfScope);
            }
            assert_eq!(
                decide(&[user(1), out_of_scope()], &customers),
                Decision::Duplicate,
                "nobody can say which row is meant"
            );
        }
    }

    #[test]
    fn customers_without_a_user_are_orphans() {
        assert_eq!(decide(&[], &[customer(Some(1), true)]), Decision::Orphans);
        assert_eq!(
            decide(&[], &[customer(None, true), customer(None, true)]),
            Decision::Orphans
        );
    }

    fn any_user() -> impl Strategy<Value = Staged> {
        prop_oneof![
            (0_u64..3).prop_map(user),
            Just(rejected()),
            Just(out_of_scope())
        ]
    }

    fn any_customer() -> impl Strategy<Value = Mirrored> {
        (prop::option::of(0_u64..3), any::<bool>())
            .prop_map(|(sent, settled)| customer(sent, settled))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        #[test]
        fn whatever_meets_only_one_good_user_with_one_customer_at_most_is_ever_touched(
            users in prop::collection::vec(any_user(), 0..4),
            customers in prop::collection::vec(any_customer(), 0..4),
        ) {
            let decision = decide(&users, &customers);
            let touched = matches!(decision, Decision::Create | Decision::Unchanged | Decision::Compare);
            let good = matches!(users.as_slice(), [Staged { fate: StagedFate::Valid { .. }, .. }]);
            prop_assert_eq!(touched, good && customers.len() < 2);
            prop_assert_eq!(decision == Decision::Orphans, users.is_empty());
            prop_assert_eq!(decision == Decision::Create, good && customers.is_empty());
        }

        #[test]
        fn the_order_of_users_and_customers_decides_nothing(
            mut users in prop::collection::vec(any_user(), 0..4),
            mut customers in prop::collection::vec(any_customer(), 0..4),
        ) {
            let decision = decide(&users, &customers);
            users.reverse();
            customers.reverse();
            prop_assert_eq!(decide(&users, &customers), decision);
        }
    }
}

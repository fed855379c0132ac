//! A customer that is about to be deleted, as Grid shows it at that moment: by its key and by its id.
//!
//! It was planned from a list that showed nobody else with its key, and a list may leave somebody out. So its
//! key is looked up alone, and after that its id, which is the last word on whether it is there, and in
//! which version. Both are asked for again before every `DELETE`.

use super::applier::Applier;
use crate::grid::{Error, Found};
use crate::model::{Customer, CustomerId, Key};
use crate::plan::Fingerprint;

/// A customer whose delete is planned.
pub(super) struct Doomed {
    pub(super) key: Key,
    pub(super) customer_id: CustomerId,
    /// Of its version when the plan was made, if Grid told one.
    pub(super) version: Option<Fingerprint>,
}

/// What Grid shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// It is as it was planned, and nobody else has its key.
    AsPlanned,
    /// It is as it was planned, and no list shows it: whoever else has its key might not be listed either.
    Unlisted,
    /// It is gone.
    Gone,
    /// It is not touched, for this reason.
    Left(&'static str),
}

impl Doomed {
    /// Weighs both answers: what the id leads to, and every active customer with the key.
    fn sight(&self, found: &Found, listed: &[Customer]) -> Sight {
        let Found::Active(customer) = found else {
            return Sight::Gone;
        };
        let is_another = |one: &Customer| one.customer_id != self.customer_id;
        match listed.first() {
            _ if self.moved(customer) => Sight::Left("CUSTOMER_CHANGED"),
            _ if listed.iter().any(is_another) => Sight::Left("AMBIGUOUS"),
            None => Sight::Unlisted,
            Some(one) if self.moved(one) => Sight::Left("CUSTOMER_CHANGED"),
            Some(_) => Sight::AsPlanned,
        }
    }

    /// Whether it is another than the one that was planned to be deleted.
    fn moved(&self, customer: &Customer) -> bool {
        let now = customer.updated_at.as_deref().map(Fingerprint::of_version);
        let other_version =
            matches!((self.version, now), (Some(planned), Some(now)) if planned != now);
        let other_key = customer.key.as_ref().is_some_and(|key| *key != self.key);
        other_version || other_key
    }
}

impl Applier {
    /// Asks for its key and for its id. `None` if the run was asked to stop.
    pub(super) async fn see(&self, doomed: &Doomed) -> Option<Result<Sight, Error>> {
        let reader = &self.context.reader;
        let asking = async {
            let listed = reader.lookup(&doomed.key).await?;
            let found = reader.customer(&doomed.customer_id).await?;
            Ok(doomed.sight(&found, &listed))
        };
        self.context.stop.unless(asking).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: Option<&str> = Some("2026-03-01T00:00:00Z");
    const V2: Option<&str> = Some("2026-03-02T00:00:00Z");

    fn customer(id: &str, key: Option<&str>, updated_at: Option<&str>) -> Customer {
        Customer {
            customer_id: CustomerId::new(id),
            key: key.map(Key::new),
            customer_type: None,
            status: None,
            is_deleted: false,
            created_at: None,
            updated_at: updated_at.map(str::to_owned),
            values: Vec::new(),
        }
    }

    fn ours() -> Customer {
        customer("ours", Some("a"), V1)
    }

    fn sight(found: &Found, listed: &[Customer]) -> Sight {
        let doomed = Doomed {
            key: Key::new("a"),
            customer_id: CustomerId::new("ours"),
            version: V1.map(Fingerprint::of_version),
        };
        doomed.sight(found, listed)
    }

    fn active(customer: Customer) -> Found {
        Found::Active(Box::new(customer))
    }

    #[test]
    fn only_the_one_customer_of_the_key_as_it_was_planned_is_deleted() {
        assert_eq!(sight(&active(ours()), &[ours()]), Sight::AsPlanned);
        let twin = customer("twin", Some("a"), V2);
        let ambiguous = Sight::Left("AMBIGUOUS");
        for listed in [
            vec![ours(), customer("twin", Some("a"), V2)],
            vec![customer("twin", Some("a"), V2), ours()],
            vec![twin],
        ] {
            assert_eq!(sight(&active(ours()), &listed), ambiguous);
        }
    }

    #[test]
    fn one_that_has_changed_since_is_left_whichever_answer_shows_it() {
        let changed = Sight::Left("CUSTOMER_CHANGED");
        for other in [
            customer("ours", Some("a"), V2),
            customer("ours", Some("b"), V1),
        ] {
            assert_eq!(sight(&active(other), &[ours()]), changed);
        }
        let stale = customer("ours", Some("a"), V2);
        assert_eq!(sight(&active(ours()), &[stale]), changed);
        let renamed = customer("ours", Some("b"), V1);
        assert_eq!(sight(&active(renamed), &[]), changed, "not unlisted");
    }

    #[test]
    fn what_grid_leaves_out_says_nothing() {
        let bare = || customer("ours", None, None);
        assert_eq!(sight(&active(bare()), &[bare()]), Sight::AsPlanned);
    }

    #[test]
    fn one_that_is_in_no_list_is_not_gone_before_its_id_says_so() {
        assert_eq!(sight(&active(ours()), &[]), Sight::Unlisted);
        for gone in [Found::Deleted, Found::Absent] {
            assert_eq!(sight(&gone, &[]), Sight::Gone);
        }
        let twin = customer("twin", Some("a"), V2);
        assert_eq!(sight(&Found::Deleted, &[twin]), Sight::Gone);
    }
}

//! The numbers of a run, and the identity that they must satisfy.

use serde::{Deserialize, Serialize};

/// Changes that a plan holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCounts {
    /// Customers to create.
    pub create: u64,
    /// Customers to update.
    pub update: u64,
    /// Customers to delete.
    pub delete: u64,
}

/// The outcome of a run in numbers. Every row of the source is in exactly one of the row counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows that the source held, bad ones included.
    pub source_rows: u64,
    /// Rows whose customer is as it should be.
    pub unchanged: u64,
    /// Rows whose customer this run created.
    pub created: u64,
    /// Rows whose customer this run updated.
    pub updated: u64,
    /// Customers that this run deleted, or found deleted.
    pub deleted: u64,
    /// Rows whose customer existed, agrees, and is this state's own from now on.
    pub adopted: u64,
    /// Rows that could not be sent.
    pub rejected: u64,
    /// Rows that the run was not about.
    #[serde(default)]
    pub out_of_scope: u64,
    /// Rows whose key has two or more active customers.
    pub ambiguous: u64,
    /// Rows that Grid refused, and deletes that it refused.
    pub failed: u64,
    /// Rows and deletes left for the next run.
    pub deferred: u64,
    /// Rows and deletes whose outcome is still not known.
    pub unresolved: u64,
    /// Active customers without a user, those to be deleted included.
    pub orphans: u64,
    /// Of the orphans, those whose users were not absent for long enough yet.
    #[serde(default)]
    pub waiting: u64,
    /// Of the orphans, those that a pattern protects.
    #[serde(default)]
    pub protected: u64,
    /// Rows whose customer differs, and was left as it is.
    pub drifted: u64,
    /// What was planned.
    pub planned: PlannedCounts,
}

/// How many of `failed`, `deferred` and `unresolved` are deletes, which are no rows of the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeleteCounts {
    /// Deletes that Grid refused.
    pub failed: u64,
    /// Deletes left for the next run.
    pub deferred: u64,
    /// Deletes whose outcome is not known.
    pub unresolved: u64,
}

impl Counts {
    /// Rows that ended in some outcome. `pending` are creates that were planned only.
    fn accounted_rows(&self, pending: u64, deletes: &DeleteCounts) -> u64 {
        let Self {
            source_rows: _,
            unchanged,
            created,
            updated,
            deleted: _,
            adopted,
            rejected,
            out_of_scope,
            ambiguous,
            failed,
            deferred,
            unresolved,
            orphans: _,
            waiting: _,
            protected: _,
            drifted,
            planned: _,
        } = *self;
        unchanged
            + created
            + updated
            + adopted
            + rejected
            + out_of_scope
            + ambiguous
            + drifted
            + pending
            + (failed - deletes.failed)
            + (deferred - deletes.deferred)
            + (unresolved - deletes.unresolved)
    }

    /// Promise 5 for a run that only planned: rows in = the sum of what was decided.
    pub fn planned_balance(&self) -> bool {
        let pending = self.planned.create + self.planned.update;
        self.source_rows == self.accounted_rows(pending, &DeleteCounts::default())
    }

    /// Promise 5 for a run that applied: rows in = the sum of the outcomes, and every planned
    /// delete has one too.
    pub fn applied_balance(&self, deletes: &DeleteCounts) -> bool {
        let DeleteCounts {
            failed,
            deferred,
            unresolved,
        } = *deletes;
        self.source_rows == self.accounted_rows(0, deletes)
            && self.planned.delete == self.deleted + failed + deferred + unresolved
    }

    /// Whether some row or delete needs somebody's attention: exit code 3.
    pub fn needs_attention(&self) -> bool {
        self.undone() > 0
    }

    /// Rows and deletes that were not done, and that somebody or a later run has to see to.
    pub fn undone(&self) -> u64 {
        self.rejected + self.ambiguous + self.failed + self.deferred + self.unresolved
    }

    /// Whether user and customer differ anywhere: exit code 2 where that was asked for.
    pub fn has_differences(&self) -> bool {
        let PlannedCounts {
            create,
            update,
            delete,
        } = self.planned;
        create + update + delete + self.drifted > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row of every outcome, and three deletes of which one has an outcome of each open kind.
    fn applied() -> (Counts, DeleteCounts) {
        let counts = Counts {
            source_rows: 11,
            unchanged: 1,
            created: 1,
            updated: 1,
            deleted: 1,
            adopted: 1,
            rejected: 1,
            out_of_scope: 1,
            ambiguous: 1,
            failed: 2,
            deferred: 2,
            unresolved: 2,
            orphans: 7,
            waiting: 2,
            protected: 1,
            drifted: 1,
            planned: PlannedCounts {
                create: 5,
                update: 1,
                delete: 4,
            },
        };
        let deletes = DeleteCounts {
            failed: 1,
            deferred: 1,
            unresolved: 1,
        };
        (counts, deletes)
    }

    type Place = fn(&mut Counts) -> &mut u64;

    /// Every place in which a row can end.
    const ROW_PLACES: [(&str, Place); 10] = [
        ("unchanged", |counts| &mut counts.unchanged),
        ("created", |counts| &mut counts.created),
        ("updated", |counts| &mut counts.updated),
        ("adopted", |counts| &mut counts.adopted),
        ("rejected", |counts| &mut counts.rejected),
        ("ambiguous", |counts| &mut counts.ambiguous),
        ("failed", |counts| &mut counts.failed),
        ("deferred", |counts| &mut counts.deferred),
        ("unresolved", |counts| &mut counts.unresolved),
        ("drifted", |counts| &mut counts.drifted),
    ];

    #[test]
    fn a_row_in_no_place_or_in_two_breaks_the_balance_of_a_run() {
        let (counts, deletes) = applied();
        assert!(counts.applied_balance(&deletes));
        for (name, place) in ROW_PLACES {
            let (mut twice, _) = applied();
            *place(&mut twice) += 1;
            assert!(!twice.applied_balance(&deletes), "{name} once too often");
        }
        for (name, place) in [
            ("source_rows", (|counts| &mut counts.source_rows) as Place),
            ("deleted", |counts| &mut counts.deleted),
            ("planned deletes", |counts| &mut counts.planned.delete),
        ] {
            let (mut off, _) = applied();
            *place(&mut off) += 1;
            assert!(!off.applied_balance(&deletes), "{name}");
        }
    }

    #[test]
    fn a_plan_balances_with_its_creates_pending_and_whatever_its_deletes() {
        let plan = Counts {
            source_rows: 6,
            unchanged: 1,
            adopted: 1,
            rejected: 1,
            planned: PlannedCounts {
                create: 2,
                update: 1,
                delete: 9,
            },
            orphans: 30,
            ..Counts::default()
        };
        assert!(plan.planned_balance());
        for (name, place) in ROW_PLACES {
            let mut off = plan;
            *place(&mut off) += 1;
            assert!(!off.planned_balance(), "{name}");
        }
    }

    #[test]
    fn only_what_somebody_has_to_look_at_asks_for_attention() {
        let quiet = ["unchanged", "created", "updated", "adopted", "drifted"];
        for (name, place) in ROW_PLACES {
            let mut counts = Counts::default();
            *place(&mut counts) += 1;
            assert_eq!(counts.needs_attention(), !quiet.contains(&name), "{name}");
        }
    }

    #[test]
    fn every_planned_change_and_every_drift_is_a_difference() {
        assert!(!Counts::default().has_differences());
        for place in [
            (|counts| &mut counts.planned.create) as Place,
            |counts| &mut counts.planned.update,
            |counts| &mut counts.planned.delete,
            |counts| &mut counts.drifted,
        ] {
            let mut counts = Counts::default();
            *place(&mut counts) += 1;
            assert!(counts.has_differences());
        }
    }
}

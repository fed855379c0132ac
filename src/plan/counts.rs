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
            ambiguous,
            failed,
            deferred,
            unresolved,
            orphans: _,
            drifted,
            planned: _,
        } = *self;
        unchanged
            + created
            + updated
            + adopted
            + rejected
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
        self.rejected + self.ambiguous + self.failed + self.deferred + self.unresolved > 0
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

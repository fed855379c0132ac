//! The numbers of a run, counted from its journals: what was planned, and what became of it.

use crate::engine::error::EngineError;
use crate::plan::{ChangeKind, Counts, DeleteCounts, Totals};
use crate::state::{ChangeStatus, RunNumber, State, Tally};

/// A run's counts, and whether they add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reckoning {
    /// The counts.
    pub counts: Counts,
    /// Promise 5.
    pub balanced: bool,
    /// Changes that were not tried, or not to the end.
    pub left: u64,
}

/// Counts the journals of a run whose plan came to `totals`.
pub async fn reckon(
    state: &State,
    run: RunNumber,
    totals: &Totals,
) -> Result<Reckoning, EngineError> {
    Ok(count(totals, &state.tally(run).await?))
}

fn count(totals: &Totals, tallies: &[Tally]) -> Reckoning {
    let mut counts = Counts {
        adopted: 0,
        // A drifted row at first contact is counted by what became of recording it.
        drifted: totals.counts().drifted - totals.adopt_drifted,
        ..totals.counts()
    };
    let mut deletes = DeleteCounts::default();
    let mut left = 0;
    for &Tally {
        kind,
        status,
        changes,
    } in tallies
    {
        if matches!(
            status,
            ChangeStatus::Planned | ChangeStatus::InFlight | ChangeStatus::Unknown
        ) {
            left += changes;
        }
        let place = match (kind, status) {
            (ChangeKind::Create | ChangeKind::CreateWithAccount, ChangeStatus::Applied) => {
                &mut counts.created
            }
            (ChangeKind::Attach, ChangeStatus::Applied)
            | (ChangeKind::Replace, ChangeStatus::Applied | ChangeStatus::AlreadyApplied) => {
                &mut counts.updated
            }
            (
                ChangeKind::Create | ChangeKind::CreateWithAccount | ChangeKind::Attach,
                ChangeStatus::AlreadyApplied,
            )
            | (ChangeKind::Adopt, ChangeStatus::Applied | ChangeStatus::AlreadyApplied) => {
                &mut counts.adopted
            }
            (ChangeKind::AdoptDrifted, ChangeStatus::Applied | ChangeStatus::AlreadyApplied) => {
                &mut counts.drifted
            }
            (ChangeKind::Delete, ChangeStatus::Applied | ChangeStatus::AlreadyApplied) => {
                &mut counts.deleted
            }
            (_, ChangeStatus::Failed) => &mut counts.failed,
            (_, ChangeStatus::Planned | ChangeStatus::Deferred) => &mut counts.deferred,
            (_, ChangeStatus::InFlight | ChangeStatus::Unknown) => &mut counts.unresolved,
        };
        *place += changes;
        if kind == ChangeKind::Delete {
            match status {
                ChangeStatus::Failed => deletes.failed += changes,
                ChangeStatus::Planned | ChangeStatus::Deferred => deletes.deferred += changes,
                ChangeStatus::InFlight | ChangeStatus::Unknown => deletes.unresolved += changes,
                ChangeStatus::Applied | ChangeStatus::AlreadyApplied => {}
            }
        }
    }
    Reckoning {
        counts,
        balanced: counts.applied_balance(&deletes),
        left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tally(kind: ChangeKind, status: ChangeStatus, changes: u64) -> Tally {
        Tally {
            kind,
            status,
            changes,
        }
    }

    #[test]
    fn every_row_of_a_mixed_run_is_in_one_place() {
        let totals = Totals {
            source_rows: 20,
            unchanged: 3,
            create: 8,
            adopt: 2,
            adopt_drifted: 1,
            drifted: 3,
            delete: 3,
            rejected: 2,
            ambiguous: 2,
            orphans: 5,
            ..Totals::default()
        };
        let tallies = [
            tally(ChangeKind::Create, ChangeStatus::Applied, 3),
            tally(ChangeKind::Create, ChangeStatus::AlreadyApplied, 1),
            tally(ChangeKind::Create, ChangeStatus::Failed, 1),
            tally(ChangeKind::Create, ChangeStatus::Planned, 2),
            tally(ChangeKind::Create, ChangeStatus::Unknown, 1),
            tally(ChangeKind::Adopt, ChangeStatus::Applied, 2),
            tally(ChangeKind::AdoptDrifted, ChangeStatus::Applied, 1),
            tally(ChangeKind::Delete, ChangeStatus::Applied, 1),
            tally(ChangeKind::Delete, ChangeStatus::Deferred, 2),
        ];
        let Reckoning {
            counts,
            balanced,
            left,
        } = count(&totals, &tallies);
        assert!(balanced, "{counts:?}");
        assert_eq!(left, 3);
        assert_eq!(
            (
                counts.created,
                counts.adopted,
                counts.deferred,
                counts.unresolved
            ),
            (3, 3, 4, 1)
        );
        assert_eq!((counts.drifted, counts.deleted), (3, 1));
    }

    #[test]
    fn a_row_with_a_bank_account_is_counted_by_what_became_of_both() {
        let totals = Totals {
            source_rows: 15,
            unchanged: 1,
            create: 7,
            create_with_account: 6,
            attach: 4,
            replace: 2,
            drifted: 3,
            attach_drifted: 2,
            ..Totals::default()
        };
        let tallies = [
            tally(ChangeKind::Create, ChangeStatus::Applied, 1),
            tally(ChangeKind::CreateWithAccount, ChangeStatus::Applied, 2),
            tally(
                ChangeKind::CreateWithAccount,
                ChangeStatus::AlreadyApplied,
                1,
            ),
            tally(ChangeKind::CreateWithAccount, ChangeStatus::Failed, 1),
            tally(ChangeKind::CreateWithAccount, ChangeStatus::Unknown, 1),
            tally(ChangeKind::CreateWithAccount, ChangeStatus::Planned, 1),
            tally(ChangeKind::Attach, ChangeStatus::Applied, 2),
            tally(ChangeKind::Attach, ChangeStatus::AlreadyApplied, 1),
            tally(ChangeKind::Attach, ChangeStatus::Deferred, 1),
            tally(ChangeKind::Replace, ChangeStatus::Applied, 1),
            tally(ChangeKind::Replace, ChangeStatus::Failed, 1),
        ];
        let Reckoning {
            counts,
            balanced,
            left,
        } = count(&totals, &tallies);
        assert!(balanced, "{counts:?}");
        assert_eq!(left, 2);
        assert_eq!((counts.created, counts.updated, counts.adopted), (3, 3, 2));
        assert_eq!(
            (counts.failed, counts.deferred, counts.unresolved),
            (2, 2, 1)
        );
        assert_eq!((counts.drifted, counts.planned.update), (1, 6));
    }

    #[test]
    fn a_change_that_is_in_no_place_breaks_the_balance() {
        let totals = Totals {
            source_rows: 2,
            create: 2,
            ..Totals::default()
        };
        let lost = count(
            &totals,
            &[tally(ChangeKind::Create, ChangeStatus::Applied, 1)],
        );
        assert!(!lost.balanced);
        let totals = Totals {
            delete: 2,
            ..Totals::default()
        };
        let lost = count(
            &totals,
            &[tally(ChangeKind::Delete, ChangeStatus::Applied, 1)],
        );
        assert!(!lost.balanced);
    }
}

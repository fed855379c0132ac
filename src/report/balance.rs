//! The accounting identity as a sentence: `1,000 rows = 940 created + 60 unchanged ✓`.

use super::number::{count, thousands};
use super::paint::Paint;
use crate::plan::{Counts, PlannedCounts};

/// What became of the rows, in the order in which it is shown.
pub(super) fn row_terms(counts: &Counts) -> Vec<(u64, &'static str)> {
    let Counts {
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
    } = *counts;
    let terms = [
        (created, "created"),
        (updated, "updated"),
        (adopted, "adopted"),
        (unchanged, "unchanged"),
        (drifted, "drifted"),
        (ambiguous, "ambiguous"),
        (rejected, "rejected"),
        (out_of_scope, "out of scope"),
        (failed, "failed"),
        (unresolved, "unresolved"),
        (deferred, "deferred"),
    ];
    terms
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .collect()
}

/// The sentence, ending in whether it is true. `balanced` is the engine's own verdict.
pub(super) fn balance(counts: &Counts, balanced: bool, paint: Paint) -> String {
    let mut terms = row_terms(counts);
    let outcomes: u64 = terms.iter().map(|(number, _)| number).sum();
    let PlannedCounts {
        create,
        update,
        delete: _,
    } = counts.planned;
    if outcomes + create + update == counts.source_rows {
        terms.extend([(create, "to create"), (update, "to update")]);
        terms.retain(|(number, _)| *number > 0);
    }
    let rows = count(counts.source_rows, "row");
    let sum = sum(&terms) + &deletes_among(outcomes, counts);
    if balanced {
        format!("{rows} = {sum} {}\n", paint.green("✓"))
    } else {
        format!(
            "{}\n",
            paint.red(&format!("{rows} ≠ {sum}: the numbers do not add up"))
        )
    }
}

fn sum(terms: &[(u64, &str)]) -> String {
    let terms: Vec<_> = terms
        .iter()
        .map(|(number, name)| format!("{} {name}", thousands(*number)))
        .collect();
    if terms.is_empty() {
        "0".to_owned()
    } else {
        terms.join(" + ")
    }
}

/// Failed, deferred and unresolved count deletes too, which are no rows: whatever the outcomes have
/// beyond the rows is those.
fn deletes_among(outcomes: u64, counts: &Counts) -> String {
    let excess = outcomes.saturating_sub(counts.source_rows);
    let may_be_deletes = counts.failed + counts.deferred + counts.unresolved;
    if excess == 0 || excess > may_be_deletes.min(counts.planned.delete) {
        return String::new();
    }
    format!(" − {} of these", count(excess, "delete"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(counts: &Counts, balanced: bool) -> String {
        balance(counts, balanced, Paint::PLAIN)
    }

    #[test]
    fn every_row_has_an_outcome() {
        let counts = Counts {
            source_rows: 1_000,
            created: 940,
            unchanged: 60,
            ..Counts::default()
        };
        assert_eq!(
            sentence(&counts, true),
            "1,000 rows = 940 created + 60 unchanged ✓\n"
        );
    }

    #[test]
    fn before_it_is_applied_a_create_is_to_come() {
        let planned = PlannedCounts {
            create: 3,
            update: 0,
            delete: 1,
        };
        let counts = Counts {
            source_rows: 10,
            unchanged: 7,
            planned,
            ..Counts::default()
        };
        assert_eq!(
            sentence(&counts, true),
            "10 rows = 7 unchanged + 3 to create ✓\n"
        );
    }

    #[test]
    fn a_delete_that_failed_is_no_row() {
        let planned = PlannedCounts {
            create: 1,
            update: 0,
            delete: 2,
        };
        let counts = Counts {
            source_rows: 10,
            created: 1,
            unchanged: 8,
            failed: 2,
            deleted: 1,
            planned,
            ..Counts::default()
        };
        assert_eq!(
            sentence(&counts, true),
            "10 rows = 1 created + 8 unchanged + 2 failed − 1 delete of these ✓\n"
        );
    }

    #[test]
    fn numbers_that_do_not_add_up_say_so() {
        let counts = Counts {
            source_rows: 10,
            unchanged: 8,
            ..Counts::default()
        };
        assert_eq!(
            sentence(&counts, false),
            "10 rows ≠ 8 unchanged: the numbers do not add up\n"
        );
    }

    #[test]
    fn no_rows_are_no_outcomes() {
        assert_eq!(sentence(&Counts::default(), true), "0 rows = 0 ✓\n");
    }
}

//! Customers that a full scan does not list: who is gone, and who is only not listed yet.
//!
//! Grid promises nothing of how soon a list shows a customer that was made. So a list says nothing of whom
//! Grid made within a *lag* before it was begun. The lag is `scan.lookback`, by which incremental scans
//! overlap for the same reason, and at least `grid.settle`, for which an empty look-up does not count.
//! Both times are Grid's own: `createdAt`, and the `Date` of the scan's first page.

use jiff::{SignedDuration, Timestamp};

/// Whether somebody who was made then may be there, though a list that was begun then shows nobody. Where
/// Grid told no time, anybody may.
pub fn may_be_unlisted(
    created_at: Option<Timestamp>,
    began_at: Timestamp,
    lag: SignedDuration,
) -> bool {
    let listed_from = created_at.and_then(|created_at| created_at.checked_add(lag).ok());
    listed_from.is_none_or(|from| began_at < from)
}

/// Whether a number of active customers is Grid's own count, if it told one. Those that no list shows yet
/// may be counted, or not.
pub fn count_agrees(total: Option<u64>, active: u64, unlisted: u64) -> Option<bool> {
    total.map(|total| (active.saturating_sub(unlisted)..=active).contains(&total))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAG: SignedDuration = SignedDuration::from_mins(15);

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn a_list_says_nothing_of_whom_it_may_be_too_early_for() {
        let may_be = |created, began| may_be_unlisted(Some(at(created)), at(began), LAG);
        assert!(may_be(100, 100) && may_be(100, 114));
        assert!(!may_be(100, 115) && !may_be(100, 1_000));
        assert!(may_be(100, 50), "made while the scan went on");
    }

    #[test]
    fn without_a_time_only_the_id_can_tell() {
        assert!(may_be_unlisted(None, at(1_000), LAG));
        let never = SignedDuration::MAX;
        assert!(may_be_unlisted(Some(at(1)), Timestamp::MAX, never));
    }

    #[test]
    fn grid_may_count_those_that_it_does_not_list_yet_or_not() {
        let agrees = |total| count_agrees(Some(total), 10, 2);
        assert_eq!(
            [7, 8, 9, 10, 11].map(agrees),
            [false, true, true, true, false].map(Some)
        );
        assert_eq!(count_agrees(Some(10), 10, 0), Some(true));
        assert_eq!(count_agrees(Some(9), 10, 0), Some(false));
        assert_eq!(count_agrees(None, 10, 0), None);
    }
}

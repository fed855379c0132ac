//! Absent users: who may be deleted, who waits, and which reads count.
//!
//! One look at a source proves little: an export that came back short looks the same as users who
//! left. So a customer is deleted only when its user was missing from two complete reads that lie far
//! enough apart, and the first of them is kept as a *tombstone*. A user that is seen again, in whatever
//! read, clears it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::guard::{Guard, GuardName, Measured, Verdict};
use crate::model::{Key, KeyPattern};

/// What is kept of a user that was absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// When a read that counts first missed it.
    pub first_absent_at: Timestamp,
    /// When one missed it last.
    pub last_absent_at: Timestamp,
    /// How many did, without one in between that saw it.
    pub reads: u64,
}

impl Tombstone {
    /// After one more read that counts.
    pub fn absent_again(before: Option<Self>, now: Timestamp) -> Self {
        let first = Self {
            first_absent_at: now,
            last_absent_at: now,
            reads: 0,
        };
        let tombstone = before.unwrap_or(first);
        Self {
            last_absent_at: now,
            reads: tombstone.reads + 1,
            ..tombstone
        }
    }
}

/// By which rules customers without a user are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteRules {
    /// Whether they are at all: `[changes] delete`.
    pub on: bool,
    /// How long a user is absent at least, between two reads: `[limits] min_absence`. Zero takes one
    /// read for enough.
    pub min_absence: SignedDuration,
    /// Keys of customers that are never deleted: `[changes] never_delete`.
    pub never_delete: Vec<KeyPattern>,
    /// When this read was made.
    pub now: Timestamp,
}

/// A customer without a user.
#[derive(Clone, Copy, Debug)]
pub struct Orphan<'a> {
    /// Its key; empty where Grid has none.
    pub key: &'a Key,
    /// Whether it is this state's own.
    pub owned: bool,
    /// Whether no other active customer has the key.
    pub alone: bool,
    /// The tombstone of its user, if there is one.
    pub tombstone: Option<&'a Tombstone>,
}

/// What is done with a customer without a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrphanFate {
    /// Nothing.
    LeftAlone,
    /// Nothing: a pattern protects it.
    Protected,
    /// Nothing yet: its user has not been absent for long enough.
    Waiting {
        /// From when on a read that misses it as well is the end of it.
        until: Timestamp,
    },
    /// It is deleted.
    Deleted,
}

impl DeleteRules {
    /// Decides one. Nothing here has asked yet whether this read may be trusted: the guards do.
    pub fn fate(&self, orphan: &Orphan<'_>) -> OrphanFate {
        let Orphan {
            key,
            owned,
            alone,
            tombstone,
        } = *orphan;
        if self.protects(key) {
            return OrphanFate::Protected;
        }
        if !self.on || !owned || !alone || key.as_str().is_empty() {
            return OrphanFate::LeftAlone;
        }
        if self.min_absence.is_zero() {
            return OrphanFate::Deleted;
        }
        let first = tombstone.map_or(self.now, |tombstone| tombstone.first_absent_at);
        let until = first
            .checked_add(self.min_absence)
            .unwrap_or(Timestamp::MAX);
        if tombstone.is_some() && self.now >= until {
            OrphanFate::Deleted
        } else {
            OrphanFate::Waiting { until }
        }
    }

    fn protects(&self, key: &Key) -> bool {
        self.never_delete
            .iter()
            .any(|pattern| pattern.matches(key.as_str()))
    }
}

/// Users that a draft missed, and users that it saw again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absences {
    /// Users of customers that wait or are deleted.
    pub absent: u64,
    /// Those of them that no read missed before.
    pub first_time: u64,
    /// Users with a tombstone that are there.
    pub returned: u64,
}

/// Why a read proves nobody absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// It holds some users only.
    Partial,
    /// A rejected row has no key: it may be anybody's.
    UnreadableKeys,
    /// A guard refused the plan, or warned of it.
    Guard(GuardName),
    /// Grid was not listed in full, or counts otherwise.
    Scan,
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partial => f.write_str("these are not all users"),
            Self::UnreadableKeys => {
                f.write_str("the key of a rejected row cannot be read, and it may be one of them")
            }
            Self::Guard(name) => write!(f, "a guard does not trust the plan ({name})"),
            Self::Scan => f.write_str("Grid was not listed in full, or counts otherwise"),
        }
    }
}

/// Why this read does not count, if it does not: whom it misses is not recorded as absent then.
pub fn uncounted(measured: &Measured, guards: &[Guard]) -> Option<Uncounted> {
    if measured.partial {
        return Some(Uncounted::Partial);
    }
    if measured.rejected_without_key > 0 {
        return Some(Uncounted::UnreadableKeys);
    }
    if !measured.scan_is_proof {
        return Some(Uncounted::Scan);
    }
    guards
        .iter()
        .find(|guard| matches!(guard.verdict, Verdict::Refused | Verdict::Warned))
        .map(|guard| Uncounted::Guard(guard.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn rules(now: i64) -> DeleteRules {
        DeleteRules {
            on: true,
            min_absence: SignedDuration::from_hours(20),
            never_delete: vec!["vip-*".parse().expect("a pattern")],
            now: at(now),
        }
    }

    fn tombstone(first: i64) -> Tombstone {
        Tombstone::absent_again(None, at(first))
    }

    fn fate(rules: &DeleteRules, key: &str, tombstone: Option<&Tombstone>) -> OrphanFate {
        let key = &Key::new(key);
        rules.fate(&Orphan {
            key,
            owned: true,
            alone: true,
            tombstone,
        })
    }

    #[test]
    fn the_first_read_that_misses_a_user_deletes_nobody() {
        let until = at(120);
        assert_eq!(
            fate(&rules(100), "a", None),
            OrphanFate::Waiting { until },
            "from now on"
        );
    }

    #[test]
    fn a_second_read_deletes_when_the_first_is_long_enough_ago_and_not_a_moment_before() {
        let until = at(120);
        let first = tombstone(100);
        let waiting = OrphanFate::Waiting { until };
        assert_eq!(fate(&rules(119), "a", Some(&first)), waiting);
        assert_eq!(fate(&rules(120), "a", Some(&first)), OrphanFate::Deleted);
        assert_eq!(
            fate(&rules(10), "a", Some(&first)),
            waiting,
            "a clock that was set back makes nobody wait less"
        );
        let many = Tombstone { reads: 9, ..first };
        assert_eq!(
            fate(&rules(119), "a", Some(&many)),
            waiting,
            "reads make up for no time"
        );
    }

    #[test]
    fn without_a_wait_one_read_is_enough() {
        let rules = DeleteRules {
            min_absence: SignedDuration::ZERO,
            ..rules(100)
        };
        assert_eq!(fate(&rules, "a", None), OrphanFate::Deleted);
        let later = tombstone(200);
        assert_eq!(fate(&rules, "a", Some(&later)), OrphanFate::Deleted);
    }

    #[test]
    fn a_wait_without_an_end_never_ends() {
        let forever = DeleteRules {
            min_absence: SignedDuration::MAX,
            ..rules(100)
        };
        let until = Timestamp::MAX;
        assert_eq!(
            fate(&forever, "a", Some(&tombstone(1))),
            OrphanFate::Waiting { until }
        );
    }

    #[test]
    fn nobody_else_is_deleted_however_long_they_are_absent() {
        let (long_ago, one_read) = (tombstone(1), SignedDuration::ZERO);
        for rules in [
            rules(500),
            DeleteRules {
                min_absence: one_read,
                ..rules(500)
            },
        ] {
            let key = &Key::new("a");
            let orphan = Orphan {
                key,
                owned: true,
                alone: true,
                tombstone: Some(&long_ago),
            };
            assert_eq!(rules.fate(&orphan), OrphanFate::Deleted);
            for left in [
                Orphan {
                    owned: false,
                    ..orphan
                },
                Orphan {
                    alone: false,
                    ..orphan
                },
                Orphan {
                    key: &Key::new(""),
                    ..orphan
                },
            ] {
                assert_eq!(rules.fate(&left), OrphanFate::LeftAlone, "{left:?}");
            }
            let off = DeleteRules {
                on: false,
                ..rules.clone()
            };
            assert_eq!(off.fate(&orphan), OrphanFate::LeftAlone);
            let vip = Orphan {
                key: &Key::new("vip-7"),
                ..orphan
            };
            assert_eq!(rules.fate(&vip), OrphanFate::Protected);
        }
    }

    #[test]
    fn every_read_that_counts_is_counted_and_the_first_stays_the_first() {
        let twice = Tombstone::absent_again(Some(tombstone(3)), at(5));
        let expected = Tombstone {
            first_absent_at: at(3),
            last_absent_at: at(5),
            reads: 2,
        };
        assert_eq!(twice, expected);
    }

    fn healthy() -> Measured {
        Measured {
            source_rows: 10,
            scan_is_proof: true,
            ..Measured::default()
        }
    }

    fn guard(verdict: Verdict) -> Guard {
        Guard {
            name: GuardName::ShrunkenSource,
            verdict,
            measured: 1,
            of: 2,
            allowed: 0,
            limit: String::new(),
            go_on_with: None,
        }
    }

    #[test]
    fn only_a_whole_read_that_no_guard_doubts_counts() {
        assert_eq!(uncounted(&healthy(), &[]), None);
        for (verdict, expected) in [
            (Verdict::Passed, None),
            (Verdict::Confirmed, None),
            (
                Verdict::Warned,
                Some(Uncounted::Guard(GuardName::ShrunkenSource)),
            ),
            (
                Verdict::Refused,
                Some(Uncounted::Guard(GuardName::ShrunkenSource)),
            ),
        ] {
            assert_eq!(uncounted(&healthy(), &[guard(verdict)]), expected);
        }
        let partial = Measured {
            partial: true,
            ..healthy()
        };
        let nameless = Measured {
            rejected_without_key: 1,
            ..healthy()
        };
        let incremental = Measured {
            scan_is_proof: false,
            ..healthy()
        };
        for (measured, expected) in [
            (partial, Uncounted::Partial),
            (nameless, Uncounted::UnreadableKeys),
            (incremental, Uncounted::Scan),
        ] {
            assert_eq!(uncounted(&measured, &[]), Some(expected));
        }
    }
}

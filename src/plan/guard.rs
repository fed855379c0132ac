//! The guards: limits on the plan as pure code, judged before the first write.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Limit;

/// Deletes and missing rows that are allowed whatever the percentage says, so that small sets can
/// be worked with at all.
pub(super) const SMALL_SET: u64 = 10;

/// Deletes that are always allowed within 24 hours: two runs of a small set.
const SMALL_SET_PER_DAY: u64 = 20;

/// And within 7 days.
const SMALL_SET_PER_WEEK: u64 = 30;

/// A limit and where it was written, for the refusal that names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stated {
    /// The limit.
    pub limit: Limit,
    /// `--max-rejects`, `gridsync.toml:12:11`, `the default`.
    pub origin: String,
}

/// The limits that a plan is judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Deletes in one run, of the active customers.
    pub deletes: Stated,
    /// Deletes within 24 hours, over all runs.
    pub deletes_per_day: Stated,
    /// Deletes within 7 days, over all runs.
    pub deletes_per_week: Stated,
    /// Rows that may be missing against the last complete run.
    pub source_shrink: Stated,
    /// Rejected rows, of all rows.
    pub rejects: Stated,
}

/// What the operator acknowledged by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmations {
    /// `--confirm-deletes`: exactly so many deletes are wanted of this plan. They may be more than any
    /// of the three limits on deletes allows: whoever says the number has read the refusal.
    pub deletes: Option<u64>,
    /// `--confirm-source-rows`: the source has exactly so many rows, and that is right.
    pub source_rows: Option<u64>,
}

/// The numbers that the guards look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Rows of the source, bad ones included.
    pub source_rows: u64,
    /// Those of them that the plan is not about.
    pub out_of_scope: u64,
    /// Rows of the source in the last run that completed with this state.
    pub previous_rows: Option<u64>,
    /// Rejected rows.
    pub rejected: u64,
    /// Rejected rows whose key could not be read: any orphan might be one of them.
    pub rejected_without_key: u64,
    /// Active customers in the mirror.
    pub active_customers: u64,
    /// Those of them that the plan is not about.
    pub customers_out_of_scope: u64,
    /// Planned deletes of customers.
    pub deletes: u64,
    /// Customers that runs of this state deleted in the last 24 hours.
    pub deleted_last_day: u64,
    /// Customers that they deleted in the last 7 days.
    pub deleted_last_week: u64,
    /// Bank accounts to be deleted, each with another to be added in its place.
    pub replacements: u64,
    /// Whether deletes are on.
    pub deletes_on: bool,
    /// Whether the mirror comes from a full scan of this run whose count was right.
    pub scan_is_proof: bool,
    /// Whether the source holds some users only.
    pub partial: bool,
}

/// Which guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardName {
    /// The source has no rows at all.
    EmptySource,
    /// The source has far fewer rows than last time.
    ShrunkenSource,
    /// Too many rows are rejected.
    Rejects,
    /// Too many deletes.
    Deletes,
    /// Too many deletes within 24 hours, earlier runs included.
    DeletesPerDay,
    /// Too many deletes within 7 days, earlier runs included.
    DeletesPerWeek,
    /// Deletes while a rejected row's key could not be read.
    UnreadableKeys,
    /// Deletes planned on a mirror that is not a complete read.
    IncompleteScan,
    /// Deletes while the source holds some users only.
    PartialSource,
}

impl GuardName {
    /// Whether it counts deletes against a limit, which `--confirm-deletes` may exceed.
    pub const fn limits_deletes(self) -> bool {
        matches!(
            self,
            Self::Deletes | Self::DeletesPerDay | Self::DeletesPerWeek
        )
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptySource => "empty source",
            Self::ShrunkenSource => "shrunken source",
            Self::Rejects => "too many rejects",
            Self::Deletes => "too many deletes",
            Self::DeletesPerDay => "too many deletes in a day",
            Self::DeletesPerWeek => "too many deletes in a week",
            Self::UnreadableKeys => "unreadable keys",
            Self::IncompleteScan => "incomplete scan",
            Self::PartialSource => "partial source",
        })
    }
}

/// What a guard said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Within the limit.
    Passed,
    /// Over it, and acknowledged by number.
    Confirmed,
    /// Worth saying, but nothing can be lost by it.
    Warned,
    /// No: nothing may be written.
    Refused,
}

/// One guard and what it measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// Which one.
    pub name: GuardName,
    /// What it said.
    pub verdict: Verdict,
    /// What was measured.
    pub measured: u64,
    /// Of how many.
    pub of: u64,
    /// The most that would have passed.
    pub allowed: u64,
    /// Where the limit comes from: a configuration key with its value, or a rule of the tool.
    pub limit: String,
    /// The flag that would go on, if one can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go_on_with: Option<String>,
}

/// Judges a plan. Every guard is in the answer, in a fixed order. Of a source that holds some users
/// only, its size and its share of bad rows say nothing: what is left looks at what goes away.
pub fn judge(measured: &Measured, limits: &Limits, confirmed: &Confirmations) -> Vec<Guard> {
    if measured.partial {
        return vec![
            partial_source(measured),
            deletes(measured, limits, confirmed),
        ];
    }
    vec![
        empty_source(measured, confirmed),
        shrunken_source(measured, limits, confirmed),
        rejects(measured, limits),
        deletes(measured, limits, confirmed),
        deletes_per_day(measured, limits, confirmed),
        deletes_per_week(measured, limits, confirmed),
        unreadable_keys(measured),
        incomplete_scan(measured),
    ]
}

fn empty_source(measured: &Measured, confirmed: &Confirmations) -> Guard {
    let known = measured
        .active_customers
        .max(measured.previous_rows.unwrap_or(0));
    let verdict = match measured.source_rows == 0 && known > 0 {
        false => Verdict::Passed,
        true if confirmed.source_rows == Some(0) => Verdict::Confirmed,
        true => Verdict::Refused,
    };
    Guard {
        name: GuardName::EmptySource,
        verdict,
        measured: measured.source_rows,
        of: known,
        allowed: 0,
        limit: "a source without rows is never taken for an answer".into(),
        go_on_with: refused(verdict, || "--confirm-source-rows 0".into()),
    }
}

fn shrunken_source(measured: &Measured, limits: &Limits, confirmed: &Confirmations) -> Guard {
    let previous = measured.previous_rows.unwrap_or(measured.source_rows);
    let missing = previous.saturating_sub(measured.source_rows);
    let allowed = limits.source_shrink.limit.of(previous).max(SMALL_SET);
    let verdict = match missing > allowed {
        false => Verdict::Passed,
        true if confirmed.source_rows == Some(measured.source_rows) => Verdict::Confirmed,
        true if measured.deletes_on => Verdict::Refused,
        true => Verdict::Warned,
    };
    Guard {
        name: GuardName::ShrunkenSource,
        verdict,
        measured: missing,
        of: previous,
        allowed,
        limit: stated("source_shrink", &limits.source_shrink),
        go_on_with: refused(verdict, || {
            format!("--confirm-source-rows {}", measured.source_rows)
        }),
    }
}

fn rejects(measured: &Measured, limits: &Limits) -> Guard {
    // Good rows that nobody looks at make up for no bad ones.
    let of = measured.source_rows.saturating_sub(measured.out_of_scope);
    let allowed = limits.rejects.limit.of(of);
    let verdict = if measured.rejected > allowed {
        Verdict::Refused
    } else {
        Verdict::Passed
    };
    Guard {
        name: GuardName::Rejects,
        verdict,
        measured: measured.rejected,
        of,
        allowed,
        limit: stated("rejects", &limits.rejects),
        go_on_with: refused(verdict, || format!("--max-rejects {}", measured.rejected)),
    }
}

fn deletes(measured: &Measured, limits: &Limits, confirmed: &Confirmations) -> Guard {
    let budget = Budget {
        name: GuardName::Deletes,
        key: "deletes",
        stated: &limits.deletes,
        of: measured
            .active_customers
            .saturating_sub(measured.customers_out_of_scope),
        earlier: 0,
        always: SMALL_SET,
        replacements: measured.replacements,
    };
    budget.judge(measured, confirmed)
}

fn deletes_per_day(measured: &Measured, limits: &Limits, confirmed: &Confirmations) -> Guard {
    let budget = Budget {
        name: GuardName::DeletesPerDay,
        key: "deletes_per_day",
        stated: &limits.deletes_per_day,
        of: measured.active_customers,
        earlier: measured.deleted_last_day,
        always: SMALL_SET_PER_DAY,
        replacements: 0,
    };
    budget.judge(measured, confirmed)
}

fn deletes_per_week(measured: &Measured, limits: &Limits, confirmed: &Confirmations) -> Guard {
    let budget = Budget {
        name: GuardName::DeletesPerWeek,
        key: "deletes_per_week",
        stated: &limits.deletes_per_week,
        of: measured.active_customers,
        earlier: measured.deleted_last_week,
        always: SMALL_SET_PER_WEEK,
        replacements: 0,
    };
    budget.judge(measured, confirmed)
}

/// Deletes that are allowed in a time.
struct Budget<'a> {
    name: GuardName,
    key: &'static str,
    stated: &'a Stated,
    /// Customers of whom so many may go: of one run those that it is about, of several runs all.
    of: u64,
    /// Deletes that earlier runs made in that time.
    earlier: u64,
    /// Deletes that are allowed whatever the limit says.
    always: u64,
    /// Bank accounts that are replaced, where they count.
    replacements: u64,
}

impl Budget<'_> {
    /// What was deleted before is no active customer any more, and still a part of what the percent is of:
    /// or a limit would shrink by being used. A plan without deletes is over no limit.
    fn judge(self, measured: &Measured, confirmed: &Confirmations) -> Guard {
        let (deletes, of) = (
            measured.deletes + self.replacements + self.earlier,
            self.of + self.earlier,
        );
        // What a person agrees to is the plan's own number, that of its replaced accounts included.
        let of_this_plan = measured.deletes + measured.replacements;
        let allowed = self.stated.limit.of(of).max(self.always);
        let verdict = match deletes > self.earlier && deletes > allowed {
            false => Verdict::Passed,
            true if confirmed.deletes == Some(of_this_plan) => Verdict::Confirmed,
            true => Verdict::Refused,
        };
        Guard {
            name: self.name,
            verdict,
            measured: deletes,
            of,
            allowed,
            limit: stated(self.key, self.stated) + &of_accounts(self.replacements),
            go_on_with: refused(verdict, || format!("--confirm-deletes {of_this_plan}")),
        }
    }
}

/// What of the deletes does not take a customer away.
fn of_accounts(replacements: u64) -> String {
    match replacements {
        0 => String::new(),
        count => format!("; {count} of the deletes are of bank accounts that are replaced"),
    }
}

fn unreadable_keys(measured: &Measured) -> Guard {
    let refuse = measured.deletes > 0 && measured.rejected_without_key > 0;
    Guard {
        name: GuardName::UnreadableKeys,
        verdict: if refuse {
            Verdict::Refused
        } else {
            Verdict::Passed
        },
        measured: measured.rejected_without_key,
        of: measured.rejected,
        allowed: 0,
        limit: "no delete while the key of a rejected row cannot be read: it may be the user's"
            .into(),
        go_on_with: refuse.then(|| "--no-delete".into()),
    }
}

fn incomplete_scan(measured: &Measured) -> Guard {
    let refuse = measured.deletes > 0 && !measured.scan_is_proof;
    Guard {
        name: GuardName::IncompleteScan,
        verdict: if refuse {
            Verdict::Refused
        } else {
            Verdict::Passed
        },
        measured: measured.deletes,
        of: measured.active_customers,
        allowed: 0,
        limit: "deletes need a full scan of this run, and Grid's own count not against it".into(),
        go_on_with: refuse.then(|| "--full-scan".into()),
    }
}

fn partial_source(measured: &Measured) -> Guard {
    let verdict = if measured.deletes > 0 {
        Verdict::Refused
    } else {
        Verdict::Passed
    };
    Guard {
        name: GuardName::PartialSource,
        verdict,
        measured: measured.deletes,
        of: measured.active_customers,
        allowed: 0,
        limit: "rejects that are tried again are not all users: they never delete anybody".into(),
        go_on_with: None,
    }
}

fn stated(name: &str, Stated { limit, origin }: &Stated) -> String {
    format!("limits.{name} = {limit}, {origin}")
}

fn refused(verdict: Verdict, flag: impl FnOnce() -> String) -> Option<String> {
    (verdict == Verdict::Refused).then(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let percent = |percent| Stated {
            limit: Limit::Percent(percent),
            origin: "the default".into(),
        };
        Limits {
            deletes: percent(1.0),
            deletes_per_day: percent(2.0),
            deletes_per_week: percent(5.0),
            source_shrink: percent(10.0),
            rejects: percent(1.0),
        }
    }

    fn healthy() -> Measured {
        Measured {
            source_rows: 10_000,
            previous_rows: Some(10_000),
            active_customers: 10_000,
            deletes_on: true,
            scan_is_proof: true,
            ..Measured::default()
        }
    }

    fn refusals(measured: &Measured, confirmed: &Confirmations) -> Vec<GuardName> {
        let guards = judge(measured, &limits(), confirmed);
        guards
            .iter()
            .filter(|guard| guard.verdict == Verdict::Refused)
            .map(|guard| guard.name)
            .collect()
    }

    #[test]
    fn a_healthy_night_passes_every_guard() {
        assert_eq!(refusals(&healthy(), &Confirmations::default()), []);
    }

    #[test]
    fn deletes_over_the_limit_need_their_exact_number() {
        let measured = Measured {
            deletes: 101,
            ..healthy()
        };
        let confirm = |deletes| Confirmations {
            deletes: Some(deletes),
            source_rows: None,
        };
        assert_eq!(
            refusals(&measured, &Confirmations::default()),
            [GuardName::Deletes]
        );
        assert_eq!(refusals(&measured, &confirm(100)), [GuardName::Deletes]);
        assert_eq!(refusals(&measured, &confirm(101)), []);
    }

    #[test]
    fn a_replaced_account_counts_as_a_delete_and_threatens_no_customer() {
        let measured = Measured {
            deletes: 60,
            replacements: 41,
            ..healthy()
        };
        let guards = judge(&measured, &limits(), &Confirmations::default());
        let deletes = guards
            .iter()
            .find(|guard| guard.name == GuardName::Deletes)
            .expect("judged");
        assert_eq!((deletes.measured, deletes.verdict), (101, Verdict::Refused));
        assert_eq!(deletes.go_on_with.as_deref(), Some("--confirm-deletes 101"));
        assert!(
            deletes
                .limit
                .ends_with("; 41 of the deletes are of bank accounts that are replaced"),
            "{}",
            deletes.limit
        );
        let only_accounts = Measured {
            replacements: 5,
            rejected_without_key: 1,
            scan_is_proof: false,
            ..healthy()
        };
        assert_eq!(refusals(&only_accounts, &Confirmations::default()), []);
    }

    #[test]
    fn a_small_set_may_delete_ten() {
        let small = Measured {
            source_rows: 5,
            previous_rows: Some(15),
            active_customers: 15,
            ..healthy()
        };
        assert_eq!(
            refusals(
                &Measured {
                    deletes: 10,
                    ..small
                },
                &Confirmations::default()
            ),
            []
        );
        let eleven = Measured {
            deletes: 11,
            ..small
        };
        assert_eq!(
            refusals(&eleven, &Confirmations::default()),
            [GuardName::Deletes]
        );
    }

    #[test]
    fn deletes_of_earlier_runs_count_for_a_day_and_for_a_week() {
        let after = |day, week, deletes| Measured {
            active_customers: 10_000 - week,
            deleted_last_day: day,
            deleted_last_week: week,
            deletes,
            ..healthy()
        };
        for (measured, expected) in [
            (after(150, 150, 50), vec![]),
            (after(150, 150, 51), vec![GuardName::DeletesPerDay]),
            (after(0, 460, 40), vec![]),
            (after(0, 460, 41), vec![GuardName::DeletesPerWeek]),
            (
                after(460, 460, 41),
                vec![GuardName::DeletesPerDay, GuardName::DeletesPerWeek],
            ),
            (after(9_000, 9_000, 0), vec![]),
        ] {
            let found = refusals(&measured, &Confirmations::default());
            assert_eq!(found, expected, "{measured:?}");
        }
    }

    #[test]
    fn one_number_agrees_to_a_plan_that_is_over_every_limit_on_deletes() {
        let measured = Measured {
            deletes: 101,
            deleted_last_day: 450,
            deleted_last_week: 450,
            ..healthy()
        };
        let over = [
            GuardName::Deletes,
            GuardName::DeletesPerDay,
            GuardName::DeletesPerWeek,
        ];
        assert!(over.iter().all(|name| name.limits_deletes()));
        let confirm = |deletes| Confirmations {
            deletes: Some(deletes),
            source_rows: None,
        };
        assert_eq!(refusals(&measured, &Confirmations::default()), over);
        assert_eq!(refusals(&measured, &confirm(551)), over, "of this plan");
        assert_eq!(refusals(&measured, &confirm(101)), []);
    }

    #[test]
    fn a_small_set_may_delete_twenty_in_a_day_and_thirty_in_a_week() {
        let after = |day, week, deletes| Measured {
            source_rows: 40,
            previous_rows: Some(40),
            active_customers: 40,
            deleted_last_day: day,
            deleted_last_week: week,
            deletes,
            ..healthy()
        };
        let found = |measured| refusals(&measured, &Confirmations::default());
        assert_eq!(found(after(16, 16, 4)), []);
        assert_eq!(found(after(16, 16, 5)), [GuardName::DeletesPerDay]);
        assert_eq!(found(after(0, 26, 4)), []);
        assert_eq!(found(after(0, 26, 5)), [GuardName::DeletesPerWeek]);
    }

    #[test]
    fn an_empty_source_is_refused_even_with_deletes_off() {
        let measured = Measured {
            source_rows: 0,
            deletes_on: false,
            ..healthy()
        };
        assert_eq!(
            refusals(&measured, &Confirmations::default()),
            [GuardName::EmptySource]
        );
    }

    #[test]
    fn an_empty_source_against_an_empty_grid_is_nothing_to_do() {
        assert_eq!(
            refusals(&Measured::default(), &Confirmations::default()),
            []
        );
    }

    #[test]
    fn a_shrunken_source_is_refused_when_deletes_are_on_and_a_warning_otherwise() {
        let measured = Measured {
            source_rows: 8_999,
            ..healthy()
        };
        assert_eq!(
            refusals(&measured, &Confirmations::default()),
            [GuardName::ShrunkenSource]
        );
        let off = Measured {
            deletes_on: false,
            ..measured
        };
        assert_eq!(refusals(&off, &Confirmations::default()), []);
        assert!(
            judge(&off, &limits(), &Confirmations::default())
                .iter()
                .any(|guard| guard.verdict == Verdict::Warned)
        );
    }

    #[test]
    fn a_reject_without_a_key_forbids_every_delete() {
        let measured = Measured {
            deletes: 1,
            rejected: 1,
            rejected_without_key: 1,
            ..healthy()
        };
        assert_eq!(
            refusals(&measured, &Confirmations::default()),
            [GuardName::UnreadableKeys]
        );
    }

    #[test]
    fn a_source_of_some_users_may_be_small_and_bad_and_deletes_nobody() {
        let measured = Measured {
            partial: true,
            source_rows: 4,
            rejected: 4,
            rejected_without_key: 4,
            scan_is_proof: false,
            ..healthy()
        };
        assert_eq!(refusals(&measured, &Confirmations::default()), []);
        let deleting = Measured {
            deletes: 1,
            ..measured
        };
        let confirmed = Confirmations {
            deletes: Some(1),
            source_rows: Some(4),
        };
        assert_eq!(refusals(&deleting, &confirmed), [GuardName::PartialSource]);
        let replacing = Measured {
            replacements: 101,
            ..measured
        };
        assert_eq!(
            refusals(&replacing, &Confirmations::default()),
            [GuardName::Deletes]
        );
    }

    #[test]
    fn an_incomplete_scan_forbids_every_delete() {
        let measured = Measured {
            deletes: 1,
            scan_is_proof: false,
            ..healthy()
        };
        assert_eq!(
            refusals(&measured, &Confirmations::default()),
            [GuardName::IncompleteScan]
        );
    }
}

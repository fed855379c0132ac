//! The guards: limits on the plan as pure code, judged before the first write.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Limit;

/// Deletes and missing rows that are allowed whatever the percentage says, so that small sets can
/// be worked with at all.
pub(super) const SMALL_SET: u64 = 10;

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
    /// Rows that may be missing against the last complete run.
    pub source_shrink: Stated,
    /// Rejected rows, of all rows.
    pub rejects: Stated,
}

/// What the operator acknowledged by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmations {
    /// `--confirm-deletes`: exactly so many deletes are wanted.
    pub deletes: Option<u64>,
    /// `--confirm-source-rows`: the source has exactly so many rows, and that is right.
    pub source_rows: Option<u64>,
}

/// The numbers that the guards look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Rows of the source, bad ones included.
    pub source_rows: u64,
    /// Rows of the source in the last run that completed with this state.
    pub previous_rows: Option<u64>,
    /// Rejected rows.
    pub rejected: u64,
    /// Rejected rows whose key could not be read: any orphan might be one of them.
    pub rejected_without_key: u64,
    /// Active customers in the mirror.
    pub active_customers: u64,
    /// Planned deletes of customers.
    pub deletes: u64,
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
    /// Deletes while a rejected row's key could not be read.
    UnreadableKeys,
    /// Deletes planned on a mirror that is not a complete read.
    IncompleteScan,
    /// Deletes while the source holds some users only.
    PartialSource,
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptySource => "empty source",
            Self::ShrunkenSource => "shrunken source",
            Self::Rejects => "too many rejects",
            Self::Deletes => "too many deletes",
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
    let allowed = limits.rejects.limit.of(measured.source_rows);
    let verdict = if measured.rejected > allowed {
        Verdict::Refused
    } else {
        Verdict::Passed
    };
    Guard {
        name: GuardName::Rejects,
        verdict,
        measured: measured.rejected,
        of: measured.source_rows,
        allowed,
        limit: stated("rejects", &limits.rejects),
        go_on_with: refused(verdict, || format!("--max-rejects {}", measured.rejected)),
    }
}

fn deletes(measured: &Measured, limits: &Limits, confirmed: &Confirmations) -> Guard {
    let allowed = limits
        .deletes
        .limit
        .of(measured.active_customers)
        .max(SMALL_SET);
    let total = measured.deletes + measured.replacements;
    let verdict = match total > allowed {
        false => Verdict::Passed,
        true if confirmed.deletes == Some(total) => Verdict::Confirmed,
        true => Verdict::Refused,
    };
    Guard {
        name: GuardName::Deletes,
        verdict,
        measured: total,
        of: measured.active_customers,
        allowed,
        limit: stated("deletes", &limits.deletes) + &of_accounts(measured.replacements),
        go_on_with: refused(verdict, || format!("--confirm-deletes {total}")),
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

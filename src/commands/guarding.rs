//! What the guards are given, and what becomes of a refusal.

use jiff::{SignedDuration, Timestamp};

use super::ending::Ending;
use super::next_command::with_flags;
use super::session::Session;
use crate::config::{DraftOptions, Setting};
use crate::exit::Failure;
use crate::model::Limit;
use crate::plan::{Confirmations, Guard, Limits, Measured, ScanFacts, Stated, Totals, Verdict};
use crate::state::{State, StateError};

/// The refusal, if a guard refused.
pub(super) fn refusal(
    session: &Session<'_>,
    guards: &[Guard],
    ending: &mut Ending,
) -> Option<Failure> {
    let refused: Vec<&Guard> = guards
        .iter()
        .filter(|guard| guard.verdict == Verdict::Refused)
        .collect();
    if refused.is_empty() {
        return None;
    }
    // Several limits on deletes are answered by one flag, which can be said but once.
    let mut answers: Vec<&str> = Vec::new();
    for flag in refused
        .iter()
        .filter_map(|guard| guard.go_on_with.as_deref())
    {
        if !answers.contains(&flag) {
            answers.push(flag);
        }
    }
    let words = answers.iter().flat_map(|flag| flag.split(' '));
    let flags: Vec<String> = words.map(str::to_owned).collect();
    ending.next_command = Some(with_flags(session.args, &flags));
    let names: Vec<String> = refused.iter().map(|guard| guard.name.to_string()).collect();
    Some(Failure::Refused(format!(
        "the plan is refused ({}); nothing was written to Grid",
        names.join(", ")
    )))
}

/// What is known of earlier runs.
#[derive(Clone, Copy)]
pub(super) struct Past {
    previous_rows: Option<u64>,
    deleted_last_day: u64,
    deleted_last_week: u64,
}

impl Past {
    /// As the journal has it.
    pub(super) async fn of(
        now: Timestamp,
        state: &State,
        source: String,
    ) -> Result<Self, StateError> {
        let since = |hours| {
            let time = SignedDuration::from_hours(hours);
            now.checked_sub(time).unwrap_or(Timestamp::MIN)
        };
        Ok(Self {
            previous_rows: state.previous_rows(source).await?,
            deleted_last_day: state.deleted_since(since(24)).await?,
            deleted_last_week: state.deleted_since(since(7 * 24)).await?,
        })
    }
}

pub(super) fn measured(
    session: &Session<'_>,
    totals: &Totals,
    past: Past,
    scan: &ScanFacts,
    partial: bool,
) -> Measured {
    let Past {
        previous_rows,
        deleted_last_day,
        deleted_last_week,
    } = past;
    Measured {
        source_rows: totals.source_rows,
        previous_rows,
        rejected: totals.rejected,
        rejected_without_key: totals.rejected_without_key,
        out_of_scope: totals.out_of_scope,
        active_customers: totals.active_customers,
        customers_out_of_scope: totals.customers_out_of_scope,
        deletes: totals.delete,
        deleted_last_day,
        deleted_last_week,
        replacements: totals.replace,
        deletes_on: session.config.changes.delete && !partial,
        scan_is_proof: scan.is_proof(),
        partial,
    }
}

pub(super) fn limits(session: &Session<'_>) -> Limits {
    let stated = |setting: &Setting<Limit>| Stated {
        limit: setting.value,
        origin: setting.place.to_string(),
    };
    let limits = &session.config.limits;
    Limits {
        deletes: stated(&limits.deletes),
        deletes_per_day: stated(&limits.deletes_per_day),
        deletes_per_week: stated(&limits.deletes_per_week),
        source_shrink: stated(&limits.source_shrink),
        rejects: stated(&limits.rejects),
    }
}

pub(super) fn confirmations(options: DraftOptions) -> Confirmations {
    Confirmations {
        deletes: options.confirm_deletes,
        source_rows: options.confirm_source_rows,
    }
}

//! What the guards are given, and what becomes of a refusal.

use super::ending::Ending;
use super::next_command::with_flags;
use super::session::Session;
use crate::config::{DraftOptions, Setting};
use crate::exit::Failure;
use crate::model::Limit;
use crate::plan::{Confirmations, Guard, Limits, Measured, ScanFacts, Stated, Totals, Verdict};

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
    let flags: Vec<String> = refused
        .iter()
        .filter_map(|guard| guard.go_on_with.as_deref())
        .flat_map(|flag| flag.split(' ').map(str::to_owned))
        .collect();
    ending.next_command = Some(with_flags(session.args, &flags));
    let names: Vec<String> = refused.iter().map(|guard| guard.name.to_string()).collect();
    Some(Failure::Refused(format!(
        "the plan is refused ({}); nothing was written to Grid",
        names.join(", ")
    )))
}

pub(super) fn measured(
    session: &Session<'_>,
    totals: &Totals,
    previous_rows: Option<u64>,
    scan: &ScanFacts,
    partial: bool,
) -> Measured {
    Measured {
        source_rows: totals.source_rows,
        previous_rows,
        rejected: totals.rejected,
        rejected_without_key: totals.rejected_without_key,
        active_customers: totals.active_customers,
        deletes: totals.delete,
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

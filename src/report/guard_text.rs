//! What the guards said, in words: what was measured, the limit, and where the limit comes from.

use super::number::{count, thousands};
use super::safe::safe;
use crate::plan::{Guard, GuardName, Verdict};

/// What the guard measured.
pub(super) fn measured(guard: &Guard) -> String {
    let Guard {
        name, measured, of, ..
    } = guard;
    let (share, of) = (thousands(*measured), thousands(*of));
    match name {
        GuardName::EmptySource => format!("the source has no rows, and {of} are known"),
        GuardName::ShrunkenSource => {
            format!("{share} of the {of} rows of the last complete run are missing")
        }
        GuardName::Rejects => format!("{share} of {of} rows are rejected"),
        GuardName::Deletes => format!("{share} deletes, with {of} active customers"),
        GuardName::DeletesPerDay => {
            format!(
                "{share} of {of} customers would be deleted within 24 hours, earlier runs included"
            )
        }
        GuardName::DeletesPerWeek => {
            format!(
                "{share} of {of} customers would be deleted within 7 days, earlier runs included"
            )
        }
        GuardName::UnreadableKeys => {
            format!("the keys of {share} of {of} rejected rows cannot be read")
        }
        GuardName::PartialSource => {
            format!("{} from a part of the users", count(*measured, "delete"))
        }
        GuardName::IncompleteScan => {
            format!(
                "{} on a scan that proves nothing missing",
                count(*measured, "delete")
            )
        }
    }
}

/// The limit, and where it comes from.
pub(super) fn limit(guard: &Guard) -> String {
    let origin = safe(&guard.limit);
    match guard.name {
        GuardName::ShrunkenSource
        | GuardName::Rejects
        | GuardName::Deletes
        | GuardName::DeletesPerDay
        | GuardName::DeletesPerWeek => {
            format!("at most {} ({origin})", thousands(guard.allowed))
        }
        GuardName::EmptySource
        | GuardName::UnreadableKeys
        | GuardName::IncompleteScan
        | GuardName::PartialSource => origin.into_owned(),
    }
}

/// One line for a guard that has something to say.
pub(super) fn sentence(guard: &Guard) -> Option<String> {
    let verdict = match guard.verdict {
        Verdict::Passed => return None,
        Verdict::Confirmed => "confirmed",
        Verdict::Warned => "warning",
        Verdict::Refused => "refused",
    };
    Some(format!("{verdict}: {}; {}", measured(guard), limit(guard)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limit;
    use crate::plan::{Confirmations, Limits, Measured, Stated, judge};

    fn stated(limit: Limit, origin: &str) -> Stated {
        let origin = origin.into();
        Stated { limit, origin }
    }

    #[test]
    fn every_guard_says_what_it_measured_and_where_its_limit_comes_from() {
        let limits = Limits {
            deletes: stated(Limit::Percent(1.0), "the default"),
            deletes_per_day: stated(Limit::Percent(2.0), "the default"),
            deletes_per_week: stated(Limit::Count(500), "gridsync.toml:14:20"),
            source_shrink: stated(Limit::Percent(10.0), "the default"),
            rejects: stated(Limit::Count(5), "gridsync.toml:12:11"),
        };
        let measured = Measured {
            source_rows: 0,
            previous_rows: Some(10_000),
            rejected: 30,
            rejected_without_key: 3,
            active_customers: 10_000,
            deletes: 1_200,
            deleted_last_day: 40,
            deleted_last_week: 300,
            replacements: 0,
            deletes_on: true,
            scan_is_proof: false,
            partial: false,
            ..Measured::default()
        };
        let guards = judge(&measured, &limits, &Confirmations::default());
        let text: Vec<_> = guards.iter().filter_map(sentence).collect();
        insta::assert_snapshot!(text.join("\n"), @r"
        refused: the source has no rows, and 10,000 are known; a source without rows is never taken for an answer
        refused: 10,000 of the 10,000 rows of the last complete run are missing; at most 1,000 (limits.source_shrink = 10%, the default)
        refused: 30 of 0 rows are rejected; at most 5 (limits.rejects = 5, gridsync.toml:12:11)
        refused: 1,200 deletes, with 10,000 active customers; at most 100 (limits.deletes = 1%, the default)
        refused: 1,240 of 10,040 customers would be deleted within 24 hours, earlier runs included; at most 200 (limits.deletes_per_day = 2%, the default)
        refused: 1,500 of 10,300 customers would be deleted within 7 days, earlier runs included; at most 500 (limits.deletes_per_week = 500, gridsync.toml:14:20)
        refused: the keys of 3 of 30 rejected rows cannot be read; no delete while the key of a rejected row cannot be read: it may be the user's
        refused: 1,200 deletes on a scan that proves nothing missing; deletes need a full scan of this run, and Grid's own count not against it
        ");
    }
}

//! Absent users: whether this read is taken down as one that missed them, and what is said if not.

use jiff::Timestamp;

use super::session::Session;
use crate::plan::{Absences, Guard, Measured, uncounted};
use crate::report::thousands;

/// What is to be recorded of a read, if anything is.
pub(super) struct Recording {
    /// When it was made, if it counts.
    pub(super) counts: Option<Timestamp>,
}

impl Recording {
    /// Who is seen again is always recorded, who is missed only by a read that counts. One that does not
    /// says why, where it is the first to miss somebody.
    pub(super) fn of(
        session: &Session<'_>,
        at: Timestamp,
        absences: Absences,
        measured: &Measured,
        guards: &[Guard],
    ) -> Option<Self> {
        let Absences {
            absent,
            first_time,
            returned,
        } = absences;
        let why_not = uncounted(measured, guards);
        let waits = !session.config.limits.min_absence.is_zero();
        if let (true, 1.., Some(reason)) = (waits, first_time, why_not) {
            session.notice(format!(
                "{} absent, and that is not recorded: {reason}",
                many(first_time, "user is", "users are")
            ));
        }
        let counts = why_not.is_none().then_some(at);
        let anything = returned > 0 || (absent > 0 && counts.is_some());
        anything.then_some(Self { counts })
    }
}

/// Why deletes ask for a full scan, if they do: who waits already is in no hurry.
pub(super) fn full_scan_for(deletes: u64, absences: Absences) -> Option<String> {
    match (deletes, absences.first_time) {
        (0, 0) => None,
        (0, absent) => Some(format!(
            "{} absent for the first time: scanning Grid in full before that is recorded",
            many(absent, "user is", "users are")
        )),
        (deletes, _) => Some(format!(
            "{} called for: scanning Grid in full before they are planned",
            many(deletes, "delete is", "deletes are")
        )),
    }
}

/// So many, in the singular or the plural.
fn many(number: u64, one: &str, more: &str) -> String {
    let words = if number == 1 { one } else { more };
    format!("{} {words}", thousands(number))
}

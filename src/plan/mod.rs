//! The plan as a value: fingerprints, the diff of one key, totals, guards, the plan file's lines.
//!
//! Pure: no I/O, no clock. Time, limits and randomness arrive as arguments, so the same input
//! gives the same plan.

mod absence;
mod account;
mod change;
mod compare;
mod counts;
mod decide;
mod earlier;
mod file;
mod fingerprint;
mod guard;
mod listing;
mod plan_value;
#[cfg(test)]
pub(crate) mod testing;
mod unlisted;

pub use absence::{Absences, DeleteRules, Orphan, OrphanFate, Tombstone, Uncounted, uncounted};
pub use account::{AccountNeed, account_need, agreeing, is_as_sent};
pub use change::{Change, ChangeKind, Finding};
pub use compare::{Compared, Drift, DriftCause, MirrorHashes, adoptable, compare};
pub use counts::{Counts, DeleteCounts, PlannedCounts};
pub use decide::{Decision, Mirrored, Owned, Staged, StagedFate, decide};
pub use earlier::existed_before;
pub use file::{Footer, Line, LineError, PLAN_FORMAT_VERSION, PlanDigest, ReadPlan, read_line};
pub use fingerprint::{FieldHashes, Fingerprint, HashKey};
pub use guard::{Confirmations, Guard, GuardName, Limits, Measured, Stated, Verdict, judge};
pub use listing::KnownCustomer;
pub use plan_value::{
    Header, Plan, PlanFingerprint, SAMPLE_CAP, Samples, ScanFacts, ScanKind, Target, Totals,
};
pub use unlisted::{count_agrees, may_be_unlisted};

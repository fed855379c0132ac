//! The running totals of an apply, and the two limits that stop it: too many refusals, and Grid
//! being down.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::engine::stop::{Stop, StopReason};
use crate::event::{Event, Outcome, Sink};
use crate::model::{CustomerId, Key, Limit};
use crate::plan::ChangeKind;

/// Refusals that are allowed whatever the percentage says.
const FEW_FAILURES: u64 = 20;

/// So many changes in a row without any answer from Grid, each tried as often as configured, and
/// Grid is taken to be down.
const GRID_DOWN: u32 = 3;

/// Progress is reported at most so often.
const REPORT_EVERY: Duration = Duration::from_millis(50);

/// Progress that was held back for that reason is reported after so long.
const REPORT_AGAIN: Duration = Duration::from_millis(500);

/// Shared by all tasks of an apply.
pub(super) struct Tracker {
    sink: Sink,
    stop: Stop,
    failures: Limit,
    totals: Mutex<Totals>,
}

#[derive(Clone, Copy)]
struct Totals {
    total: u64,
    done: u64,
    created: u64,
    updated: u64,
    deleted: u64,
    failed: u64,
    unknown: u64,
    unanswered: u32,
    reported: Option<Instant>,
    /// Whether something changed since.
    fresh: bool,
}

/// A change that came to an end in this run.
pub(super) struct Ended {
    pub(super) key: Key,
    pub(super) kind: ChangeKind,
    pub(super) outcome: Outcome,
    pub(super) customer_id: Option<CustomerId>,
    pub(super) code: Option<String>,
    pub(super) fields: Vec<String>,
}

impl Ended {
    pub(super) fn new(key: Key, kind: ChangeKind, outcome: Outcome) -> Self {
        Self {
            key,
            kind,
            outcome,
            customer_id: None,
            code: None,
            fields: Vec::new(),
        }
    }

    pub(super) fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    pub(super) fn with_customer(mut self, customer_id: CustomerId) -> Self {
        self.customer_id = Some(customer_id);
        self
    }
}

impl Tracker {
    pub(super) fn new(sink: Sink, stop: Stop, failures: Limit, total: u64) -> Self {
        let totals = Totals {
            total,
            done: 0,
            created: 0,
            updated: 0,
            deleted: 0,
            failed: 0,
            unknown: 0,
            unanswered: 0,
            reported: None,
            fresh: false,
        };
        Self {
            sink,
            stop,
            failures,
            totals: Mutex::new(totals),
        }
    }

    /// A request's outcome is being looked up, or not any more.
    pub(super) fn looking(&self, up: bool) {
        self.update(|totals| {
            if up {
                totals.unknown += 1;
            } else {
                totals.unknown = totals.unknown.saturating_sub(1);
            }
        });
    }

    /// Grid did not answer, attempt after attempt.
    pub(super) fn unanswered(&self) {
        let unanswered = self.update(|totals| {
            totals.unanswered += 1;
            totals.unanswered
        });
        if unanswered >= GRID_DOWN {
            self.stop.stop(StopReason::GridDown);
        }
    }

    /// A change came to an end.
    pub(super) fn ended(&self, ended: Ended) {
        let Ended {
            key,
            kind,
            outcome,
            customer_id,
            code,
            fields,
        } = ended;
        let too_many = self.update(|totals| {
            totals.done += 1;
            match (outcome, kind) {
                (Outcome::Applied | Outcome::AlreadyApplied, ChangeKind::Delete) => {
                    totals.deleted += 1;
                }
                (Outcome::Applied, ChangeKind::Create | ChangeKind::CreateWithAccount) => {
                    totals.created += 1;
                }
                (Outcome::Applied, ChangeKind::Attach)
                | (Outcome::Applied | Outcome::AlreadyApplied, ChangeKind::Replace) => {
                    totals.updated += 1;
                }
                (Outcome::Failed, _) => totals.failed += 1,
                _ => {}
            }
            if matches!(
                outcome,
                Outcome::Applied | Outcome::AlreadyApplied | Outcome::Failed
            ) {
                totals.unanswered = 0;
            }
            totals.failed > self.failures.of(totals.done).max(FEW_FAILURES)
        });
        self.sink.emit(Event::Outcome {
            key,
            kind,
            outcome,
            customer_id,
            code,
            fields,
        });
        if too_many {
            self.stop.stop(StopReason::TooManyFailures);
        }
    }

    /// Reports the totals, if they changed since they were reported last.
    pub(super) fn report(&self) {
        let mut totals = self.locked();
        if totals.fresh {
            self.emit(&mut totals);
        }
    }

    /// Keeps reporting, so that what happened last is shown also when nothing follows it soon.
    pub(super) async fn keep_reporting(&self) -> ! {
        loop {
            tokio::time::sleep(REPORT_AGAIN).await;
            self.report();
        }
    }

    fn update<T>(&self, change: impl FnOnce(&mut Totals) -> T) -> T {
        let mut totals = self.locked();
        let result = change(&mut totals);
        totals.fresh = true;
        if totals
            .reported
            .is_none_or(|at| at.elapsed() >= REPORT_EVERY)
        {
            self.emit(&mut totals);
        }
        result
    }

    fn emit(&self, totals: &mut Totals) {
        totals.reported = Some(Instant::now());
        totals.fresh = false;
        let Totals {
            total,
            done,
            created,
            updated,
            deleted,
            failed,
            unknown,
            unanswered: _,
            reported: _,
            fresh: _,
        } = *totals;
        self.sink.emit(Event::Applying {
            done,
            total,
            created,
            updated,
            deleted,
            failed,
            unknown,
        });
    }

    fn locked(&self) -> MutexGuard<'_, Totals> {
        self.totals
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

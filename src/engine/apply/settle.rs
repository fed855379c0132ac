//! Settle: changes whose outcome an earlier run left open are looked up before anything is planned.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::look::{Lateness, Looked, look};
use crate::engine::context::Context;
use crate::engine::error::EngineError;
use crate::engine::scan::listed;
use crate::event::Event;
use crate::grid::Found;
use crate::plan::{Change, ChangeKind, Owned};
use crate::state::{OpenChange, Record};

/// What Grid could not be, when it does not answer.
const ASKED: &str = "asked what became of an earlier request";

/// Finds out what came of every open change, `concurrency` at a time. Afterwards none is open; if
/// Grid cannot be asked, the error says so and nothing else may begin.
pub async fn settle(
    context: &Context,
    concurrency: usize,
    late: Lateness,
) -> Result<u64, EngineError> {
    let open = context.state.open_changes().await?;
    let count = open.len() as u64;
    if count > 0 {
        context.sink.emit(Event::Settling { changes: count });
    }
    let mut tasks = JoinSet::new();
    for change in open {
        if tasks.len() >= concurrency {
            joined(tasks.join_next().await)?;
        }
        let context = context.clone();
        tasks.spawn(async move { settle_one(&context, change, late).await });
    }
    while !tasks.is_empty() {
        joined(tasks.join_next().await)?;
    }
    Ok(count)
}

type Joined = Result<Result<(), EngineError>, tokio::task::JoinError>;

fn joined(done: Option<Joined>) -> Result<(), EngineError> {
    done.map_or(Ok(()), |done| done.map_err(EngineError::join)?)
}

async fn settle_one(
    context: &Context,
    open: OpenChange,
    late: Lateness,
) -> Result<(), EngineError> {
    let OpenChange {
        run,
        change,
        attempted_at,
    } = open;
    let key = change.key.clone();
    let record = match change.kind {
        ChangeKind::Delete => settle_delete(context, change).await?,
        ChangeKind::Create | ChangeKind::Adopt | ChangeKind::AdoptDrifted => {
            settle_create(context, change, attempted_at, late).await?
        }
    };
    Ok(context.state.record(run, key, record).await?)
}

/// An empty answer counts only once a late commit can be ruled out.
async fn settle_create(
    context: &Context,
    change: Change,
    attempted_at: Option<Timestamp>,
    late: Lateness,
) -> Result<Record, EngineError> {
    let mut waited = false;
    loop {
        match look(context, &change.key).await {
            Looked::Found(customer) => {
                let mut seen = listed(&customer, context.state.hash_key());
                seen.key = change.key;
                return Ok(Record::Created {
                    customer: Box::new(seen),
                    sent: None,
                    owned: Owned::Created,
                });
            }
            Looked::Ambiguous => {
                return Ok(Record::Failed {
                    code: "AMBIGUOUS".into(),
                    fields: Vec::new(),
                });
            }
            Looked::Absent if waited => return Ok(Record::NotApplied),
            Looked::Absent => {}
            Looked::Stopped => return Err(EngineError::Stopped),
            Looked::Unanswered(error) => return Err(EngineError::grid(ASKED)(error)),
        }
        let wait = remaining(attempted_at, late, Timestamp::now());
        context
            .stop
            .unless(tokio::time::sleep(wait))
            .await
            .ok_or(EngineError::Stopped)?;
        waited = true;
    }
}

/// What is left of the settling time. A clock that was set back must not make it endless, nor one
/// that was set forward make it nothing for a request of this very moment.
fn remaining(attempted_at: Option<Timestamp>, late: Lateness, now: Timestamp) -> Duration {
    let ago = attempted_at.map(|at| now.duration_since(at));
    match ago.map(Duration::try_from) {
        Some(Ok(ago)) => late.left(ago),
        Some(Err(_)) | None => late.settle,
    }
}

async fn settle_delete(context: &Context, change: Change) -> Result<Record, EngineError> {
    let Some(customer_id) = change.customer_id else {
        return Ok(Record::NotApplied);
    };
    let asked = context
        .stop
        .unless(context.reader.customer(&customer_id))
        .await
        .ok_or(EngineError::Stopped)?;
    match asked.map_err(EngineError::grid(ASKED))? {
        Found::Deleted | Found::Absent => Ok(Record::Deleted {
            customer_id,
            by_us: true,
        }),
        Found::Active(_) => Ok(Record::NotApplied),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settling_time_counts_from_when_a_request_was_given_up_and_never_exceeds_itself() {
        let seconds = Duration::from_secs;
        let late = Lateness {
            timeout: seconds(5),
            settle: seconds(30),
        };
        let now: Timestamp = "2026-01-01T00:01:00Z".parse().expect("a time");
        let at = |text: &str| Some(text.parse().expect("a time"));
        assert_eq!(
            remaining(at("2026-01-01T00:00:50Z"), late, now),
            seconds(25),
            "it timed out five seconds ago"
        );
        assert_eq!(
            remaining(at("2026-01-01T00:00:58Z"), late, now),
            late.settle,
            "its run may have been killed just now"
        );
        assert_eq!(
            remaining(at("2026-01-01T00:00:00Z"), late, now),
            Duration::ZERO
        );
        assert_eq!(
            remaining(at("2026-01-01T09:00:00Z"), late, now),
            late.settle,
            "the clock was set back"
        );
        assert_eq!(remaining(None, late, now), late.settle);
    }
}

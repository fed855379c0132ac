//! `apply` without a plan: the rest of the interrupted run, with the plan that it had.

use std::time::Duration;

use super::carry_out::{Approval, Approved, carry_out};
use super::catch_up::catch_up;
use super::ending::Ending;
use super::rejects::Users;
use super::session::Session;
use crate::config::ApplyOptions;
use crate::engine::{EngineError, Feed};
use crate::exit::Failure;
use crate::plan::Totals;
use crate::report::duration;
use crate::state::{Opening, RunRecord, State};

pub(super) async fn resume(
    session: &Session<'_>,
    options: &ApplyOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let users = Users::all(session, options.rejects.as_deref())?;
    let connected = session.connect(Opening::Existing)?;
    let state = &connected.context.state;
    let Some(record) = state.interrupted_run().await.map_err(EngineError::State)? else {
        connected.settle(session).await?;
        session.notice("there is no interrupted run to resume");
        return Ok(());
    };
    let users = users.about(record.facts.scope.clone());
    let totals = resumable(session, state, &users.feed, &record).await?;
    ending.run_id = Some(record.facts.run_id.clone());
    ending.plan_fingerprint.clone_from(&record.plan_fingerprint);
    connected.settle(session).await?;
    let mapping = &record.facts.mapping;
    let looks_first = catch_up(session, &connected, mapping, &totals).await?;
    let approval = Approval {
        yes: options.yes,
        max_duration: options.max_duration,
    };
    let approved = Approved {
        connected: &connected,
        run: record.number,
        users: &users,
        origin: None,
        mapping,
        totals: &totals,
        look_first: record.look_first || looks_first,
    };
    carry_out(session, &approved, &approval, ending).await
}

/// The totals of a run that may go on. Its age counts from its last request, not from its plan: a
/// migration takes days, and as long as it is at work its plan is being held against the source.
async fn resumable(
    session: &Session<'_>,
    state: &State,
    feed: &Feed,
    record: &RunRecord,
) -> Result<Totals, Failure> {
    if record.facts.rejects_of.is_some() {
        return Err(Failure::Stale(format!(
            "the interrupted run tried rejects again (`{}`): only `gridsync sync --rejects-of RUN FILE` \
             goes on with them",
            record.facts.source
        )));
    }
    let source = feed.source.name().to_string();
    if record.facts.source != source {
        return Err(Failure::Stale(format!(
            "the interrupted run read `{}`, this is `{source}`",
            record.facts.source
        )));
    }
    let max_age = &session.config.limits.plan_max_age;
    let last = state
        .last_attempt(record.number)
        .await
        .map_err(EngineError::State)?;
    let last = last.unwrap_or(record.facts.started_at);
    let age = Duration::try_from(session.now.duration_since(last)).unwrap_or_default();
    if age > max_age.value {
        return Err(Failure::Stale(format!(
            "the interrupted run was last at work {} ago, limits.plan_max_age ({}) allows {}; `gridsync sync` plans anew",
            duration(age),
            max_age.place,
            duration(max_age.value)
        )));
    }
    record
        .totals
        .ok_or_else(|| Failure::Stale("the interrupted run has no plan".into()))
}

//! `sync`: plan and apply, for cron.

use super::apply::{Approval, apply_planned};
use super::ending::Ending;
use super::guarding::refusal;
use super::plan::plan;
use super::planning::{Destination, Planned, make_plan, tell_plan, weigh_plan};
use super::session::Session;
use crate::config::{PlanOptions, SyncOptions};
use crate::engine::EngineError;
use crate::exit::Failure;

pub(super) async fn sync(
    session: &Session<'_>,
    options: &SyncOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let SyncOptions {
        draft,
        dry_run,
        detailed_exitcode,
        yes,
        max_duration,
    } = *options;
    if dry_run {
        return plan(
            session,
            &PlanOptions {
                draft,
                output: None,
                detailed_exitcode,
            },
            ending,
        )
        .await;
    }
    let planned = make_plan(
        session,
        session.feed()?,
        draft,
        Destination::Journal,
        ending,
    )
    .await?;
    tell_plan(session, &planned.plan);
    if let Some(failure) = refusal(session, &planned.plan.guards, ending) {
        return refuse(&planned, &failure, ending).await;
    }
    apply_planned(session, planned, &Approval { yes, max_duration }, ending).await
}

/// Nothing of the plan is kept but the record that there was one.
pub(super) async fn refuse(
    planned: &Planned,
    failure: &Failure,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let state = &planned.connected.context.state;
    state
        .discard_changes(planned.run)
        .await
        .map_err(EngineError::State)?;
    weigh_plan(&planned.plan, false, ending);
    ending.fail(failure);
    ending.requests = planned.connected.client.throttle().state().requests;
    let (at, code) = (jiff::Timestamp::now(), ending.exit.code());
    state
        .end_run(planned.run, at, code, Some(ending.counts))
        .await
        .map_err(EngineError::State)?;
    Ok(())
}

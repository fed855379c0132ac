//! `sync`: plan and apply, for cron.

use super::carry_out::{Approval, apply_planned};
use super::ending::Ending;
use super::guarding::refusal;
use super::plan::plan_users;
use super::planning::{Destination, Planned, make_plan, tell_plan, weigh_plan};
use super::rejects::Users;
use super::session::Session;
use super::write_back::can_be_named;
use crate::config::{DraftOptions, PlanOptions, SyncOptions};
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
        ref rejects,
        ref rejects_of,
    } = *options;
    let users = match rejects_of {
        Some(rejects) => Users::rejected(session, rejects)?,
        None => Users::all(session, rejects.as_deref())?,
    };
    if dry_run {
        let options = PlanOptions {
            rejects: None,
            draft,
            output: None,
            detailed_exitcode,
        };
        return plan_users(session, users, &options, ending).await;
    }
    can_be_named(session)?;
    let approval = Approval { yes, max_duration };
    plan_and_apply(session, users, draft, &approval, ending).await
}

/// Plans, and applies unless a guard says no.
pub(super) async fn plan_and_apply(
    session: &Session<'_>,
    users: Users,
    options: DraftOptions,
    approval: &Approval,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let planned = make_plan(session, users, options, Destination::Journal, ending).await?;
    tell_plan(session, &planned.plan);
    match refusal(session, &planned.plan.guards, ending) {
        Some(failure) => refuse(session, &planned, &failure, ending).await,
        None => apply_planned(session, planned, approval, ending).await,
    }
}

async fn refuse(
    session: &Session<'_>,
    planned: &Planned,
    failure: &Failure,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let Planned {
        connected,
        run,
        plan,
        ..
    } = planned;
    connected.discard_changes(*run).await?;
    weigh_plan(plan, false, ending);
    ending.fail(failure);
    ending.count_requests(connected.pace_state());
    planned.ended().leave_planned(session, ending)?;
    connected.end_run(*run, ending).await
}

//! `plan`: what would happen, and whether it may. The phases that it calls get a `Reader` alone, and no
//! `Writer` is ever made.

use super::ending::Ending;
use super::guarding::refusal;
use super::next_command::another;
use super::planning::{Destination, make_plan, tell_plan, weigh_plan};
use super::rejects::Users;
use super::session::Session;
use crate::config::PlanOptions;
use crate::exit::Failure;

pub(super) async fn plan(
    session: &Session<'_>,
    options: &PlanOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let users = Users::all(session, options.rejects.as_deref())?;
    plan_users(session, users, options, ending).await
}

/// The same for users that are known already.
pub(super) async fn plan_users(
    session: &Session<'_>,
    users: Users,
    options: &PlanOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let destination = options
        .output
        .as_deref()
        .map_or(Destination::Shown, Destination::File);
    let planned = make_plan(session, users, options.draft, destination, ending).await?;
    tell_plan(session, &planned.plan);
    ending.count_requests(planned.connected.pace_state());
    weigh_plan(&planned.plan, options.detailed_exitcode, ending);
    if let Some(path) = &options.output {
        let path = path.display().to_string();
        session.notice(format!("the plan is saved in {path}"));
        ending.next_command = Some(another(session.args, &["apply", &path]));
        ending.detail("plan_file", serde_json::json!(path));
    }
    let refused = refusal(session, &planned.plan.guards, ending);
    if let Some(failure) = &refused {
        ending.fail(failure);
    }
    planned.ended().leave_planned(session, ending)?;
    planned.connected.end_run(planned.run, ending).await
}

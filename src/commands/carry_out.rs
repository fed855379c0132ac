//! Carrying out a plan that is in the journal: agreed to, applied, accounted for. What `sync`, `apply`
//! and `rehearse` share.

use std::time::Duration;

use jiff::Timestamp;

use super::ending::Ending;
use super::next_command::{another, with_flags};
use super::planning::{Planned, checkpoint, rows_reason};
use super::rejects::{Ended, Origin, Users};
use super::session::{Connected, Session};
use super::write_back::after_apply;
use crate::engine::{Applier, ApplySettings, EngineError, Reckoning, StopReason, reckon};
use crate::exit::{Exit, Failure};
use crate::plan::{Plan, ScanKind, Totals};
use crate::state::{PlanUse, RunNumber};

/// What the operator agreed to beforehand.
pub(super) struct Approval {
    pub(super) yes: bool,
    pub(super) max_duration: Option<Duration>,
}

/// A run whose changes are in the journal.
pub(super) struct Approved<'a> {
    pub(super) connected: &'a Connected,
    pub(super) run: RunNumber,
    pub(super) users: &'a Users,
    /// The run whose rejects the users are, if they are.
    pub(super) origin: Option<&'a Origin>,
    pub(super) mapping: &'a str,
    pub(super) totals: &'a Totals,
    pub(super) look_first: bool,
}

/// Applies a plan that was just made, once somebody agrees to it.
pub(super) async fn apply_planned(
    session: &Session<'_>,
    planned: Planned,
    approval: &Approval,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let Planned {
        connected,
        run,
        users,
        origin,
        plan,
    } = &planned;
    if let Err(failure) = agree(session, plan, approval, ending) {
        ending.fail(&failure);
        connected.discard_changes(*run).await?;
        planned.ended().leave_planned(session, ending)?;
        return connected.end_run(*run, ending).await;
    }
    use_plan(connected, *run, plan).await?;
    let approved = Approved {
        connected,
        run: *run,
        users,
        origin: origin.as_ref(),
        mapping: &plan.header.mapping,
        totals: &plan.totals,
        look_first: looks_first(plan),
    };
    carry_out(session, &approved, approval, ending).await
}

/// Asks on a terminal; elsewhere `--yes` is the answer.
fn agree(
    session: &Session<'_>,
    plan: &Plan,
    approval: &Approval,
    ending: &mut Ending,
) -> Result<(), Failure> {
    if plan.writes() == 0 || approval.yes {
        return Ok(());
    }
    let question = question(&plan.totals);
    if session.terminal {
        let answer = session.reporter.confirm(&question);
        return if answer.map_err(|source| Failure::other("cannot ask", source))? {
            Ok(())
        } else {
            Err(Failure::Refused(
                "not agreed to. Nothing was written to Grid".into(),
            ))
        };
    }
    ending.next_command = Some(with_flags(session.args, &["--yes".into()]));
    Err(Failure::Refused(format!(
        "{} writes to Grid need --yes where nobody can be asked. Nothing was written to Grid",
        plan.writes()
    )))
}

/// What is asked before anything is written. Where no bank account is touched, none is spoken of.
fn question(totals: &Totals) -> String {
    let Totals {
        create,
        create_with_account,
        attach,
        replace,
        delete,
        ..
    } = *totals;
    let accounts = match (create_with_account + attach, replace) {
        (0, 0) => String::new(),
        (add, 0) => format!(", add {add} bank accounts"),
        (0, replace) => format!(", delete and replace {replace} bank accounts"),
        (add, replace) => {
            format!(", add {add} bank accounts, delete and replace {replace} others")
        }
    };
    format!("Create {create} and delete {delete} customers{accounts} now?")
}

impl Planned {
    /// As far as its undone rows are concerned.
    pub(super) fn ended(&self) -> Ended<'_> {
        Ended {
            connected: &self.connected,
            run: self.run,
            users: &self.users,
            origin: self.origin.as_ref(),
        }
    }
}

/// Whether the plan does not rest on a scan that can be trusted.
fn looks_first(plan: &Plan) -> bool {
    let scan = &plan.header.scan;
    scan.kind == ScanKind::None || scan.count_agrees != Some(true)
}

async fn use_plan(connected: &Connected, run: RunNumber, plan: &Plan) -> Result<(), Failure> {
    let state = &connected.context.state;
    let plan_use = PlanUse {
        nonce: plan.header.nonce.clone(),
        fingerprint: plan.fingerprint.clone(),
        totals: plan.totals,
        look_first: looks_first(plan),
        at: Timestamp::now(),
    };
    if !state
        .use_plan(run, plan_use)
        .await
        .map_err(EngineError::State)?
    {
        return Err(Failure::Stale("this plan was applied before".into()));
    }
    state
        .supersede_runs(run)
        .await
        .map_err(EngineError::State)?;
    Ok(())
}

/// Applies, then counts the journal and says how it ended.
pub(super) async fn carry_out(
    session: &Session<'_>,
    approved: &Approved<'_>,
    approval: &Approval,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let Approved {
        connected,
        run,
        users,
        mapping,
        totals,
        look_first,
        ..
    } = *approved;
    let timer = approval.max_duration.map(|limit| {
        let (stop, left) = (
            session.stop.clone(),
            limit.saturating_sub(session.started.elapsed()),
        );
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            stop.stop(StopReason::MaxDuration);
        })
    });
    let settings = apply_settings(session, totals, look_first);
    let applier = Applier::new(connected.context.clone(), &connected.client, run, settings);
    let applied = applier.apply(&users.feed, mapping).await;
    if let Some(timer) = timer {
        timer.abort();
    }
    // Whatever happened, the journal knows how far it came.
    let reckoning = reckon(&connected.context.state, run, totals).await?;
    ending.counts = reckoning.counts;
    ending.balanced = reckoning.balanced;
    ending.count_requests(connected.pace_state());
    let error = match applied {
        Ok(()) => approved.ended().leave_undone(session, ending).await.err(),
        Err(early) => {
            tracing::debug!(error = %early, "applying ended early");
            Some(Failure::Engine(early))
        }
    };
    conclude(session, approved, &reckoning, error, ending).await
}

impl Approved<'_> {
    /// As far as its undone rows are concerned.
    fn ended(&self) -> Ended<'_> {
        Ended {
            connected: self.connected,
            run: self.run,
            users: self.users,
            origin: self.origin,
        }
    }
}

fn apply_settings(session: &Session<'_>, totals: &Totals, look_first: bool) -> ApplySettings {
    let grid = &session.config.grid;
    ApplySettings {
        concurrency: session.concurrency(),
        attempts: grid.attempts,
        lateness: session.lateness(),
        failures: session.config.limits.failures.value,
        look_first,
        adopt: session.config.changes.adopt,
        total: totals.writes(),
    }
}

async fn conclude(
    session: &Session<'_>,
    approved: &Approved<'_>,
    reckoning: &Reckoning,
    error: Option<Failure>,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let Approved {
        connected,
        run,
        mapping,
        ..
    } = *approved;
    let stopped = session.stop.reason();
    if let Some(reason) = stopped {
        ending.weigh(Exit::from(reason), stop_reason(session, reason));
    }
    if let Some(error) = error {
        ending.fail(&error);
    }
    if !reckoning.balanced {
        ending.weigh(
            Exit::Failed,
            "the numbers do not add up: this is a bug; `gridsync status` shows the journal",
        );
    }
    if reckoning.counts.needs_attention() {
        ending.weigh(Exit::Rows, rows_reason(&reckoning.counts));
    }
    if matches!(ending.exit, Exit::Ok | Exit::Rows) {
        connected.end_run(run, ending).await?;
        after_apply(session, &connected.context.state, ending).await;
    } else {
        connected.keep_pace().await?;
        let (state, exit_code) = (&connected.context.state, ending.exit.code());
        let paused = state.pause_run(run, exit_code, reckoning.counts);
        paused.await.map_err(EngineError::State)?;
        ending.next_command = Some(if approved.users.are_partial() {
            with_flags(session.args, &[])
        } else {
            another(session.args, &["apply"])
        });
    }
    ending.checkpoint = checkpoint(session, &connected.context, mapping).await?;
    Ok(())
}

fn stop_reason(session: &Session<'_>, reason: StopReason) -> String {
    match reason {
        StopReason::Interrupt | StopReason::Terminate => "stopped by a signal, after what was under way".to_owned(),
        StopReason::MaxDuration => "--max-duration is over".to_owned(),
        StopReason::TooManyFailures => {
            let limit = &session.config.limits.failures;
            format!("Grid refused more changes than limits.failures = {} allows ({})", limit.value, limit.place)
        }
        StopReason::GridDown => "Grid does not answer: every attempt for several customers failed".to_owned(),
        StopReason::UsedUp => {
            "a quota of the account is used up (DAILY_VOLUME_LIMIT_EXCEEDED): run again when Grid allows more".to_owned()
        }
        StopReason::Auth => {
            "Grid refuses the credentials (401 or 403): check the token and that it may manage customers".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_asked_hears_of_every_bank_account_that_is_touched() {
        let asked = |create_with_account, attach, replace| {
            question(&Totals {
                create: 9,
                create_with_account,
                attach,
                replace,
                delete: 1,
                ..Totals::default()
            })
        };
        insta::assert_snapshot!(
            [asked(0, 0, 0), asked(8, 2, 0), asked(0, 0, 3), asked(1, 0, 3)].join("\n"),
            @r"
        Create 9 and delete 1 customers now?
        Create 9 and delete 1 customers, add 10 bank accounts now?
        Create 9 and delete 1 customers, delete and replace 3 bank accounts now?
        Create 9 and delete 1 customers, add 1 bank accounts, delete and replace 3 others now?
        "
        );
    }
}

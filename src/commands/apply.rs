//! `apply`: a saved plan, or the rest of an interrupted run.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::ending::Ending;
use super::next_command::{another, with_flags};
use super::planning::{Planned, begin_run, checkpoint, refusal, rows_reason};
use super::session::{Connected, Session};
use crate::config::ApplyOptions;
use crate::engine::{
    Accounts, Applier, ApplySettings, EngineError, Feed, IntoJournal, StopReason, accounts,
    read_changes, settle, verify_plan,
};
use crate::exit::{Exit, Failure};
use crate::plan::{Footer, Guard, GuardName, Header, Plan, Samples, ScanKind, Totals, Verdict};
use crate::state::{Opening, PlanUse, RunNumber, RunRecord};

/// What the operator agreed to beforehand.
pub(super) struct Approval {
    pub(super) yes: bool,
    pub(super) max_duration: Option<Duration>,
}

/// A run whose changes are in the journal.
struct Approved<'a> {
    connected: &'a Connected,
    run: RunNumber,
    feed: &'a Feed,
    mapping: &'a str,
    totals: &'a Totals,
    look_first: bool,
}

pub(super) async fn apply(
    session: &Session<'_>,
    options: &ApplyOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    match &options.plan {
        Some(path) => apply_file(session, options, path, ending).await,
        None => resume(session, options, ending).await,
    }
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
        feed,
        mapping,
        plan,
    } = planned;
    let state = &connected.context.state;
    if let Err(failure) = agree(session, &plan, approval, ending) {
        state
            .discard_changes(run)
            .await
            .map_err(EngineError::State)?;
        state
            .end_run(
                run,
                Timestamp::now(),
                failure.exit().code(),
                Some(ending.counts),
            )
            .await
            .map_err(EngineError::State)?;
        return Err(failure);
    }
    use_plan(&connected, run, &plan).await?;
    let approved = Approved {
        connected: &connected,
        run,
        feed: &feed,
        mapping: &mapping,
        totals: &plan.totals,
        look_first: looks_first(&plan),
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
    let question = format!(
        "Create {} and delete {} customers now?",
        plan.totals.create, plan.totals.delete
    );
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

/// Whether the plan does not rest on a scan that can be trusted.
fn looks_first(plan: &Plan) -> bool {
    let scan = &plan.header.scan;
    scan.kind == ScanKind::None || scan.count_agrees == Some(false)
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
async fn carry_out(
    session: &Session<'_>,
    approved: &Approved<'_>,
    approval: &Approval,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let Approved {
        connected,
        run,
        feed,
        mapping,
        totals,
        look_first,
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
    let applied = applier.apply(feed, mapping).await;
    if let Some(timer) = timer {
        timer.abort();
    }
    // Whatever happened, the journal knows how far it came.
    let accounts = accounts(&connected.context.state, run, totals).await?;
    ending.counts = accounts.counts;
    ending.balanced = accounts.balanced;
    ending.requests = connected.client.throttle().state().requests;
    if let Err(error) = &applied {
        tracing::debug!(%error, "applying ended early");
    }
    conclude(session, approved, &accounts, applied.err(), ending).await
}

fn apply_settings(session: &Session<'_>, totals: &Totals, look_first: bool) -> ApplySettings {
    let grid = &session.config.grid;
    ApplySettings {
        concurrency: session.concurrency(),
        attempts: grid.attempts,
        settle: grid.settle,
        failures: session.config.limits.failures.value,
        look_first,
        total: totals.create + totals.delete,
    }
}

async fn conclude(
    session: &Session<'_>,
    approved: &Approved<'_>,
    accounts: &Accounts,
    error: Option<EngineError>,
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
        ending.fail(&Failure::Engine(error));
    }
    if !accounts.balanced {
        ending.weigh(
            Exit::Failed,
            "the numbers do not add up: this is a bug; `gridsync status` shows the journal",
        );
    }
    if accounts.counts.needs_attention() {
        ending.weigh(Exit::Rows, rows_reason(&accounts.counts));
    }
    let state = &connected.context.state;
    if matches!(ending.exit, Exit::Ok | Exit::Rows) {
        state
            .end_run(
                run,
                Timestamp::now(),
                ending.exit.code(),
                Some(accounts.counts),
            )
            .await
            .map_err(EngineError::State)?;
    } else {
        state
            .pause_run(run, ending.exit.code(), accounts.counts)
            .await
            .map_err(EngineError::State)?;
        ending.next_command = Some(another(session.args, &["apply"]));
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
        StopReason::Auth => {
            "Grid refuses the credentials (401 or 403): check the token and that it may manage customers".to_owned()
        }
    }
}

async fn apply_file(
    session: &Session<'_>,
    options: &ApplyOptions,
    path: &Path,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let (header, footer) = tokio::task::block_in_place(|| verify_plan(path))?;
    let feed = session.feed()?;
    let connected = session.connect(Opening::Existing)?;
    fresh_enough(session, &connected, &feed, &header).await?;
    let Footer {
        totals,
        guards,
        fingerprint,
        digest: _,
    } = footer;
    ending.plan_fingerprint = Some(fingerprint.clone());
    ending.counts = totals.counts();
    ending.guards = rejudged(guards, options.confirm_deletes);
    if let Some(failure) = refusal(session, &ending.guards.clone(), ending) {
        return Err(failure);
    }
    settle(
        &connected.context,
        session.concurrency(),
        session.config.grid.settle,
    )
    .await?;
    let facts = session.run_facts(header.source.clone(), header.mapping.clone());
    let run = begin_run(session, &connected.context, facts, ending).await?;
    let mut journal = IntoJournal::new(connected.context.state.clone(), run);
    tokio::task::block_in_place(|| {
        read_changes(path, &mut journal).and_then(|()| journal.finish())
    })?;
    let mapping = header.mapping.clone();
    let plan = Plan {
        header,
        totals,
        samples: Samples::default(),
        guards: ending.guards.clone(),
        fingerprint,
    };
    let approval = Approval {
        yes: options.yes,
        max_duration: options.max_duration,
    };
    apply_planned(
        session,
        Planned {
            connected,
            run,
            feed,
            mapping,
            plan,
        },
        &approval,
        ending,
    )
    .await
}

/// A plan over the delete limit needs its number again from whoever applies it.
fn rejudged(mut guards: Vec<Guard>, confirmed: Option<u64>) -> Vec<Guard> {
    let over =
        |guard: &&mut Guard| guard.name == GuardName::Deletes && guard.verdict != Verdict::Passed;
    for guard in guards.iter_mut().filter(over) {
        let agreed = confirmed == Some(guard.measured);
        guard.verdict = if agreed {
            Verdict::Confirmed
        } else {
            Verdict::Refused
        };
        guard.go_on_with = (!agreed).then(|| format!("--confirm-deletes {}", guard.measured));
    }
    guards
}

/// Whether the plan was made from what is here now.
async fn fresh_enough(
    session: &Session<'_>,
    connected: &Connected,
    feed: &Feed,
    header: &Header,
) -> Result<(), Failure> {
    let state = &connected.context.state;
    let stale = |reason: String| Err(Failure::Stale(reason));
    if header.target != connected.target {
        return stale(format!(
            "the plan is for {} edition {}",
            header.target.base_url, header.target.edition
        ));
    }
    if header.state_id != state.state_id() {
        return stale("the plan was made with another state file".into());
    }
    if state
        .plan_was_used(header.nonce.clone())
        .await
        .map_err(EngineError::State)?
    {
        return stale("this plan was applied before".into());
    }
    if state.generation().await.map_err(EngineError::State)? != header.generation {
        return stale("another run was applied since the plan was made".into());
    }
    let source = feed.source.name().to_string();
    if header.source != source {
        return stale(format!(
            "the plan was made from `{}`, this is `{source}`",
            header.source
        ));
    }
    let max_age = &session.config.limits.plan_max_age;
    let age = session.now.duration_since(header.created_at);
    match Duration::try_from(age) {
        Ok(age) if age <= max_age.value => Ok(()),
        Ok(age) => stale(format!(
            "the plan is {} old, limits.plan_max_age ({}) allows {}",
            crate::report::duration(age),
            max_age.place,
            crate::report::duration(max_age.value)
        )),
        Err(_) => stale("the plan was made in the future: check this machine's clock".into()),
    }
}

async fn resume(
    session: &Session<'_>,
    options: &ApplyOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let feed = session.feed()?;
    let connected = session.connect(Opening::Existing)?;
    let state = &connected.context.state;
    let Some(record) = state.interrupted_run().await.map_err(EngineError::State)? else {
        settle(
            &connected.context,
            session.concurrency(),
            session.config.grid.settle,
        )
        .await?;
        session.notice("there is no interrupted run to resume");
        return Ok(());
    };
    let totals = resumable(session, &feed, &record)?;
    ending.run_id = Some(record.facts.run_id.clone());
    ending.plan_fingerprint.clone_from(&record.plan_fingerprint);
    settle(
        &connected.context,
        session.concurrency(),
        session.config.grid.settle,
    )
    .await?;
    let approval = Approval {
        yes: options.yes,
        max_duration: options.max_duration,
    };
    let approved = Approved {
        connected: &connected,
        run: record.number,
        feed: &feed,
        mapping: &record.facts.mapping,
        totals: &totals,
        look_first: record.look_first,
    };
    carry_out(session, &approved, &approval, ending).await
}

/// The totals of a run that may go on.
fn resumable(session: &Session<'_>, feed: &Feed, record: &RunRecord) -> Result<Totals, Failure> {
    let source = feed.source.name().to_string();
    if record.facts.source != source {
        return Err(Failure::Stale(format!(
            "the interrupted run read `{}`, this is `{source}`",
            record.facts.source
        )));
    }
    let max_age = &session.config.limits.plan_max_age;
    let age =
        Duration::try_from(session.now.duration_since(record.facts.started_at)).unwrap_or_default();
    if age > max_age.value {
        return Err(Failure::Stale(format!(
            "the interrupted run was planned {} ago, limits.plan_max_age ({}) allows {}; `gridsync sync` plans anew",
            crate::report::duration(age),
            max_age.place,
            crate::report::duration(max_age.value)
        )));
    }
    record
        .totals
        .ok_or_else(|| Failure::Stale("the interrupted run has no plan".into()))
}

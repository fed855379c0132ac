//! `status`: the last runs, the checkpoint, what is unresolved, and the age of the last success.
//! Takes no lock: it may be asked while a run goes on.

use std::time::Duration;

use serde_json::json;

use super::ending::Ending;
use super::session::{Session, still_believed};
use crate::config::StatusOptions;
use crate::engine::EngineError;
use crate::event::CheckpointSummary;
use crate::exit::{Exit, Failure};
use crate::report::{Table, duration, rate, safe, thousands};
use crate::state::{LearnedRate, RunPhase, RunRecord, Settled, State, StateError};

/// Runs that are shown.
const RUNS: u32 = 10;

/// Changes with an open outcome that are named.
const NAMED: usize = 20;

struct Found {
    runs: Vec<Shown>,
    open: Vec<String>,
    last_success: Option<Duration>,
    checkpoint: CheckpointSummary,
    learned: Option<LearnedRate>,
}

/// A run, and what became of the rows that it left undone.
struct Shown {
    run: RunRecord,
    settled: Settled,
    /// The run that it tried the rejects of again, by its id.
    rejects_of: Option<String>,
}

pub(super) async fn status(
    session: &Session<'_>,
    options: StatusOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let state = State::open_any(session.config.state()?).map_err(EngineError::State)?;
    let found = look(session, &state).await?;
    ending.checkpoint = found.checkpoint.clone();
    ending.details = Some(details(&state, &found));
    session.print(&text(session, &state, &found))?;
    too_old(options, found.last_success, ending);
    Ok(())
}

async fn look(session: &Session<'_>, state: &State) -> Result<Found, Failure> {
    let runs = recent_runs(state).await.map_err(EngineError::State)?;
    let open = open_keys(state).await.map_err(EngineError::State)?;
    let success = state
        .last_success(&session.config.scope)
        .await
        .map_err(EngineError::State)?;
    let ended = success.and_then(|run| run.ended_at?.parse::<jiff::Timestamp>().ok());
    let checkpoint = state.checkpoint().await.map_err(EngineError::State)?;
    let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    Ok(Found {
        runs,
        open,
        last_success: ended.and_then(|at| Duration::try_from(session.now.duration_since(at)).ok()),
        checkpoint: CheckpointSummary {
            watermark: time(checkpoint.watermark),
            last_full_scan: time(checkpoint.last_full_at),
            next_scan_full_because: None,
            mirror_active: Some(state.active_customers().await.map_err(EngineError::State)?),
        },
        learned: state
            .learned_rate()
            .filter(|learned| still_believed(*learned, session.now).is_some()),
    })
}

/// Keys of users of whom a request has no known outcome, for the customer or its bank account.
async fn open_keys(state: &State) -> Result<Vec<String>, StateError> {
    let changes = state.open_changes().await?.into_iter();
    let accounts = state.open_accounts().await?.into_iter();
    let keys = changes.map(|open| open.change.key);
    Ok(keys
        .chain(accounts.map(|open| open.key))
        .map(|key| key.to_string())
        .collect())
}

async fn recent_runs(state: &State) -> Result<Vec<Shown>, StateError> {
    let mut shown = Vec::new();
    for run in state.recent_runs(RUNS).await? {
        let origin = match run.facts.rejects_of {
            Some(origin) => state.run(origin).await?,
            None => None,
        };
        shown.push(Shown {
            settled: state.settled(run.number).await?,
            rejects_of: origin.map(|origin| origin.facts.run_id),
            run,
        });
    }
    Ok(shown)
}

fn details(state: &State, found: &Found) -> serde_json::Value {
    let runs: Vec<_> = found
        .runs
        .iter()
        .map(
            |Shown {
                 run,
                 settled,
                 rejects_of,
             }| {
                json!({
                    "rejects_of": rejects_of,
                    "rejects_settled": settled.settled,
                    "rejects_left": settled.left(),
                    "run_id": run.facts.run_id,
                    "command": run.facts.command,
                    "scope": run.facts.scope,
                    "started_at": run.facts.started_at.to_string(),
                    "ended_at": run.ended_at,
                    "phase": phase(run),
                    "exit_code": run.exit_code,
                    "counts": run.counts,
                })
            },
        )
        .collect();
    json!({
        "target": state.target(),
        "runs": runs,
        "unresolved": found.open,
        "last_success_age_seconds": found.last_success.map(|age| age.as_secs()),
        "learned_rate": found.learned.map(|learned| json!({
            "per_second": learned.per_second,
            "at": learned.at.to_string(),
        })),
    })
}

fn phase(run: &RunRecord) -> &'static str {
    match run.phase {
        RunPhase::Planning => "planning",
        RunPhase::Applying => "interrupted",
        RunPhase::Ended => "ended",
    }
}

fn text(session: &Session<'_>, state: &State, found: &Found) -> String {
    let none = || "none yet".to_owned();
    let Found {
        runs: _,
        open,
        last_success,
        checkpoint,
        learned,
    } = found;
    let mut facts = Table::new();
    let target = state.target();
    facts.row([
        "target",
        &format!("{} edition {}", safe(&target.base_url), target.edition),
    ]);
    facts.row([
        "mirror",
        &format!(
            "{} active customers",
            thousands(checkpoint.mirror_active.unwrap_or(0))
        ),
    ]);
    facts.row([
        "watermark",
        &checkpoint.watermark.clone().unwrap_or_else(none),
    ]);
    facts.row([
        "last full scan",
        &checkpoint.last_full_scan.clone().unwrap_or_else(none),
    ]);
    let success = last_success.map_or_else(none, |age| format!("{} ago", duration(age)));
    facts.row(["last success", &success]);
    facts.row(["unresolved", &unresolved(open)]);
    if let Some(learned) = learned {
        let age = Duration::try_from(session.now.duration_since(learned.at)).unwrap_or_default();
        let seen = format!("{}, seen {} ago", rate(learned.per_second), duration(age));
        facts.row(["Grid's limit", &seen]);
    }
    for Shown { run, settled, .. } in &found.runs {
        if let (true, Some(of), Some(left)) = (settled.runs > 0, settled.of, settled.left()) {
            let (of, done, left) = (thousands(of), thousands(settled.settled), thousands(left));
            let id = &run.facts.run_id;
            facts.row([
                "rejects",
                &format!("{done} of {of} of run {id} are settled, {left} left"),
            ]);
        }
    }
    format!("{facts}\n{}", runs_table(session, &found.runs))
}

fn unresolved(open: &[String]) -> String {
    let named: Vec<_> = open.iter().take(NAMED).map(|key| safe(key)).collect();
    match open.len() {
        0 => "nothing".to_owned(),
        count if count > NAMED => format!("{count}: {}, …", named.join(", ")),
        count => format!("{count}: {}", named.join(", ")),
    }
}

fn runs_table(session: &Session<'_>, runs: &[Shown]) -> String {
    if runs.is_empty() {
        return "no run yet\n".to_owned();
    }
    let mut table = Table::with_header([
        "run", "command", "started", "phase", "exit", "created", "updated", "deleted", "failed",
    ])
    .right(4)
    .right(5)
    .right(6)
    .right(7)
    .right(8);
    for Shown {
        run, rejects_of, ..
    } in runs
    {
        let age = Duration::try_from(session.now.duration_since(run.facts.started_at))
            .unwrap_or_default();
        let counts = run.counts.unwrap_or_default();
        table.row([
            run.facts.run_id.as_str(),
            &command(run, rejects_of.is_some()),
            &format!("{} ago", duration(age)),
            phase(run),
            &run.exit_code
                .map_or_else(|| "-".to_owned(), |code| code.to_string()),
            &thousands(counts.created),
            &thousands(counts.updated),
            &thousands(counts.deleted),
            &thousands(counts.failed),
        ]);
    }
    table.to_string()
}

fn command(run: &RunRecord, again: bool) -> String {
    let command = &run.facts.command;
    if again {
        format!("{command} --rejects-of")
    } else if run.facts.scope.is_everybody() {
        command.clone()
    } else {
        format!("{command}, some users")
    }
}

fn too_old(options: StatusOptions, age: Option<Duration>, ending: &mut Ending) {
    let Some(allowed) = options.max_age else {
        return;
    };
    match age {
        Some(age) if age <= allowed => {}
        Some(age) => ending.weigh(
            Exit::Failed,
            format!(
                "the last success is {} ago, --max-age allows {}",
                duration(age),
                duration(allowed)
            ),
        ),
        None => ending.weigh(Exit::Failed, "there was no success yet"),
    }
}

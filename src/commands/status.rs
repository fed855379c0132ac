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
use crate::state::{LearnedRate, RunPhase, RunRecord, State};

/// Runs that are shown.
const RUNS: u32 = 10;

/// Changes with an open outcome that are named.
const NAMED: usize = 20;

struct Found {
    runs: Vec<RunRecord>,
    open: Vec<String>,
    last_success: Option<Duration>,
    checkpoint: CheckpointSummary,
    learned: Option<LearnedRate>,
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
    let runs = state.recent_runs(RUNS).await.map_err(EngineError::State)?;
    let open = state.open_changes().await.map_err(EngineError::State)?;
    let success = state.last_success().await.map_err(EngineError::State)?;
    let ended = success.and_then(|run| run.ended_at?.parse::<jiff::Timestamp>().ok());
    let checkpoint = state.checkpoint().await.map_err(EngineError::State)?;
    let time = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    Ok(Found {
        runs,
        open: open
            .into_iter()
            .map(|open| open.change.key.to_string())
            .collect(),
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

fn details(state: &State, found: &Found) -> serde_json::Value {
    let runs: Vec<_> = found
        .runs
        .iter()
        .map(|run| {
            json!({
                "run_id": run.facts.run_id,
                "command": run.facts.command,
                "started_at": run.facts.started_at.to_string(),
                "ended_at": run.ended_at,
                "phase": phase(run),
                "exit_code": run.exit_code,
                "counts": run.counts,
            })
        })
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

fn runs_table(session: &Session<'_>, runs: &[RunRecord]) -> String {
    if runs.is_empty() {
        return "no run yet\n".to_owned();
    }
    let mut table = Table::with_header([
        "run", "command", "started", "phase", "exit", "created", "deleted", "failed",
    ])
    .right(4)
    .right(5)
    .right(6)
    .right(7);
    for run in runs {
        let age = Duration::try_from(session.now.duration_since(run.facts.started_at))
            .unwrap_or_default();
        let counts = run.counts.unwrap_or_default();
        table.row([
            run.facts.run_id.as_str(),
            &run.facts.command,
            &format!("{} ago", duration(age)),
            phase(run),
            &run.exit_code
                .map_or_else(|| "-".to_owned(), |code| code.to_string()),
            &thousands(counts.created),
            &thousands(counts.deleted),
            &thousands(counts.failed),
        ]);
    }
    table.to_string()
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

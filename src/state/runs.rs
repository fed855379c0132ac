//! Runs: which there were, how far they came, how they ended; and which plans were applied.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::StateError;
use super::open::State;
use crate::model::Scope;
use crate::plan::{Counts, Totals};

/// A run's number in this state file. Only ever grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunNumber(pub(super) i64);

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunPhase {
    /// It reads and decides; Grid was not written to.
    Planning,
    /// Its plan was approved: it may have written to Grid.
    Applying,
    /// It ended, or a later run took its place.
    Ended,
}

impl RunPhase {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Applying => "applying",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Planning, Self::Applying, Self::Ended]
            .into_iter()
            .find(|phase| phase.as_str() == text)
    }
}

/// What is recorded when a run begins.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The run's id: unique, and ordered by time.
    pub run_id: String,
    /// The command.
    pub command: String,
    /// When it began.
    pub started_at: Timestamp,
    /// The source, in the operator's words.
    pub source: String,
    /// Hash over the mapping.
    pub mapping: String,
    /// About whom.
    pub scope: Scope,
    /// The run whose rejects are the source, if it is no whole source. It is no such run itself.
    pub rejects_of: Option<RunNumber>,
}

/// A run as it is recorded.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// Its number.
    pub number: RunNumber,
    /// Its facts.
    pub facts: RunFacts,
    /// How far it came.
    pub phase: RunPhase,
    /// When it ended.
    pub ended_at: Option<String>,
    /// Its exit code.
    pub exit_code: Option<u8>,
    /// The fingerprint of the plan that it applied.
    pub plan_fingerprint: Option<String>,
    /// The totals of that plan.
    pub totals: Option<Totals>,
    /// What came of it.
    pub counts: Option<Counts>,
    /// Whether its plan does not rest on a scan that can be trusted.
    pub look_first: bool,
}

/// The plan that a run is about to apply.
#[derive(Clone, Debug)]
pub struct PlanUse {
    /// The plan's nonce.
    pub nonce: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Its totals.
    pub totals: Totals,
    /// Whether every user is looked up before it is created, now and when the run is resumed.
    pub look_first: bool,
    /// Now.
    pub at: Timestamp,
}

const COLUMNS: &str = "number, run_id, command, phase, started_at, ended_at, exit_code, source, mapping, \
                       plan_fingerprint, totals, counts, look_first, rejects_of, scope";

impl State {
    /// Records that a run begins.
    pub async fn begin_run(&self, facts: RunFacts) -> Result<RunNumber, StateError> {
        self.owner
            .call(move |connection| insert_run(connection, &facts))
            .await
    }

    /// Approves a plan: from here on the run may write. `false` if the plan was applied before.
    pub async fn use_plan(&self, run: RunNumber, plan: PlanUse) -> Result<bool, StateError> {
        self.owner
            .call(move |connection| use_plan(connection, run, &plan))
            .await
    }

    /// Whether a plan was applied before.
    pub async fn plan_was_used(&self, nonce: String) -> Result<bool, StateError> {
        self.owner
            .call(move |connection| {
                connection
                    .query_row(
                        "SELECT EXISTS (SELECT 1 FROM plan_used WHERE nonce = ?)",
                        [nonce],
                        |row| row.get(0),
                    )
                    .map_err(StateError::sqlite("read the applied plans"))
            })
            .await
    }

    /// How many plans were applied so far: a plan made before the last of them is stale.
    pub async fn generation(&self) -> Result<u64, StateError> {
        self.owner
            .call(|connection| {
                connection
                    .query_row("SELECT count(*) FROM plan_used", [], |row| row.get(0))
                    .map_err(StateError::sqlite("count the applied plans"))
            })
            .await
    }

    /// Records that a run ended. `counts` and `source_rows` as far as it knows them.
    pub async fn end_run(
        &self,
        run: RunNumber,
        at: Timestamp,
        exit_code: u8,
        counts: Option<Counts>,
    ) -> Result<(), StateError> {
        self.owner
            .call(move |connection| end_run(connection, run, at, exit_code, counts))
            .await
    }

    /// Records that a run stopped and can be resumed: its plan stays open.
    pub async fn pause_run(
        &self,
        run: RunNumber,
        exit_code: u8,
        counts: Counts,
    ) -> Result<(), StateError> {
        self.owner
            .call(move |connection| {
                connection
                    .execute(
                        "UPDATE run SET exit_code = ?2, counts = ?3 WHERE number = ?1",
                        params![run.0, exit_code, to_json(&counts)],
                    )
                    .map(drop)
                    .map_err(StateError::sqlite("record the end of a run"))
            })
            .await
    }

    /// The last run whose plan was approved and that has not ended.
    pub async fn interrupted_run(&self) -> Result<Option<RunRecord>, StateError> {
        self.owner
            .call(|connection| {
                one_run(
                    connection,
                    "WHERE phase = 'applying' ORDER BY number DESC LIMIT 1",
                    &[],
                )
            })
            .await
    }

    /// Ends every earlier run: a new plan takes the place of theirs. Changes that were never
    /// tried are deferred; those whose outcome is open have been settled before.
    pub async fn supersede_runs(&self, before: RunNumber) -> Result<(), StateError> {
        self.owner
            .call(move |connection| {
                let superseded = "UPDATE run SET phase = 'ended' WHERE number < ?1 AND phase <> 'ended'";
                connection
                    .execute(superseded, [before.0])
                    .and_then(|_| {
                        connection.execute(
                            "UPDATE change SET status = 'deferred', code = 'SUPERSEDED' WHERE run < ?1 AND status = 'planned'",
                            [before.0],
                        )
                    })
                    .and_then(|_| {
                        connection.execute(
                            "UPDATE account SET status = 'deferred', code = 'SUPERSEDED' WHERE run < ?1 AND status = 'planned'",
                            [before.0],
                        )
                    })
                    .map(drop)
                    .map_err(StateError::sqlite("close earlier runs"))
            })
            .await
    }

    /// Rows of the same source in the last run that applied all it had planned. Rejects that were tried
    /// again are no such source.
    pub async fn previous_rows(&self, source: String) -> Result<Option<u64>, StateError> {
        self.owner
            .call(move |connection| {
                connection
                    .query_row(
                        "SELECT source_rows FROM run WHERE source = ?1 AND phase = 'ended' AND exit_code IN (0, 3) \
                         AND source_rows IS NOT NULL AND rejects_of IS NULL ORDER BY number DESC LIMIT 1",
                        [source],
                        |row| row.get(0),
                    )
                    .optional()
                    .map_err(StateError::sqlite("read earlier runs"))
            })
            .await
    }

    /// The last runs, newest first.
    pub async fn recent_runs(&self, limit: u32) -> Result<Vec<RunRecord>, StateError> {
        self.owner
            .call(move |connection| runs(connection, "ORDER BY number DESC LIMIT ?1", &[&limit]))
            .await
    }

    /// The last run of `sync` or `apply` over a whole source that ended well (exit 0 or 3), and that was about
    /// these users: a run about some says nothing of the others.
    pub async fn last_success(&self, about: &Scope) -> Result<Option<RunRecord>, StateError> {
        let condition = "WHERE phase = 'ended' AND exit_code IN (0, 3) AND command IN ('sync', 'apply') \
                         AND rejects_of IS NULL AND (scope IS NULL OR scope = ?1) ORDER BY number DESC LIMIT 1";
        let about = stored(about);
        self.owner
            .call(move |connection| one_run(connection, condition, &[&about]))
            .await
    }
}

fn insert_run(connection: &Connection, facts: &RunFacts) -> Result<RunNumber, StateError> {
    connection
        .execute(
            "INSERT INTO run (run_id, command, phase, started_at, source, mapping, rejects_of, scope) \
             VALUES (?, ?, 'planning', ?, ?, ?, ?, ?)",
            params![
                facts.run_id,
                facts.command,
                facts.started_at.to_string(),
                facts.source,
                facts.mapping,
                facts.rejects_of.map(|run| run.0),
                stored(&facts.scope),
            ],
        )
        .map_err(StateError::sqlite("record a run"))?;
    Ok(RunNumber(connection.last_insert_rowid()))
}

fn use_plan(connection: &Connection, run: RunNumber, plan: &PlanUse) -> Result<bool, StateError> {
    let used = connection
        .execute(
            "INSERT INTO plan_used (nonce, run, used_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            params![plan.nonce, run.0, plan.at.to_string()],
        )
        .map_err(StateError::sqlite("record the plan"))?;
    if used == 0 {
        return Ok(false);
    }
    connection
        .execute(
            "UPDATE run SET phase = 'applying', plan_fingerprint = ?2, totals = ?3, source_rows = ?4, look_first = ?5 \
             WHERE number = ?1",
            params![run.0, plan.fingerprint, to_json(&plan.totals), plan.totals.source_rows, plan.look_first],
        )
        .map_err(StateError::sqlite("record the plan"))?;
    Ok(true)
}

fn end_run(
    connection: &Connection,
    run: RunNumber,
    at: Timestamp,
    exit_code: u8,
    counts: Option<Counts>,
) -> Result<(), StateError> {
    connection
        .execute(
            "UPDATE run SET phase = 'ended', ended_at = ?2, exit_code = ?3, counts = ?4 WHERE number = ?1",
            params![run.0, at.to_string(), exit_code, counts.as_ref().map(to_json)],
        )
        .map(drop)
        .map_err(StateError::sqlite("record the end of a run"))
}

/// A scope as it is stored: nothing where it takes everybody.
fn stored(scope: &Scope) -> Option<String> {
    (!scope.is_everybody()).then(|| to_json(scope))
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("counts and scopes are plain numbers and texts")
}

pub(super) fn one_run(
    connection: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<RunRecord>, StateError> {
    Ok(runs(connection, rest, values)?.into_iter().next())
}

pub(super) fn runs(
    connection: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<RunRecord>, StateError> {
    let action = "read the runs";
    let mut statement = connection
        .prepare(&format!("SELECT {COLUMNS} FROM run {rest}"))
        .map_err(StateError::sqlite(action))?;
    let rows = statement
        .query_map(values, read_run)
        .map_err(StateError::sqlite(action))?;
    rows.map(|row| row.map_err(StateError::sqlite(action))?)
        .collect()
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Result<RunRecord, StateError>> {
    let phase: String = row.get(3)?;
    let started_at: String = row.get(4)?;
    let totals: Option<String> = row.get(10)?;
    let counts: Option<String> = row.get(11)?;
    let scope: Option<String> = row.get(14)?;
    let Ok(scope) = scope.map_or(Ok(Scope::EVERYBODY), |text| serde_json::from_str(&text)) else {
        return Ok(Err(StateError::damaged(
            "the scope of a run cannot be read".to_owned(),
        )));
    };
    let (Some(phase), Ok(started_at)) = (RunPhase::parse(&phase), started_at.parse()) else {
        return Ok(Err(StateError::damaged(format!(
            "a run has phase `{phase}` and began at `{started_at}`"
        ))));
    };
    Ok(Ok(RunRecord {
        number: RunNumber(row.get(0)?),
        facts: RunFacts {
            run_id: row.get(1)?,
            command: row.get(2)?,
            started_at,
            source: row.get(7)?,
            mapping: row.get(8)?,
            scope,
            rejects_of: row.get::<_, Option<i64>>(13)?.map(RunNumber),
        },
        phase,
        ended_at: row.get(5)?,
        exit_code: row.get(6)?,
        plan_fingerprint: row.get(9)?,
        // Numbers of an older version may lack a count: they are for show, so they may be absent.
        totals: totals.and_then(|text| serde_json::from_str(&text).ok()),
        counts: counts.and_then(|text| serde_json::from_str(&text).ok()),
        look_first: row.get(12)?,
    }))
}

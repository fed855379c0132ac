//! From source and Grid to a plan: what `plan` and `sync` share.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;

use super::absences::{Recording, full_scan_for};
use super::ending::Ending;
use super::guarding::{Past, confirmations, limits, measured};
use super::rejects::{Origin, Users};
use super::session::{Connected, Session};
use crate::config::{AccountsPolicy, DraftOptions, ScanMode, UpdatePolicy};
use crate::engine::{
    AccountPolicy, Context, DraftOut, Drafted, EngineError, Feed, IntoJournal, IntoTombstones,
    Lateness, Nowhere, PlanWriter, Policy, ScanChoice, ScanSettings, Staging, Unwatched, draft,
    full_because, scan, stage,
};
use crate::event::{CheckpointSummary, Event};
use crate::exit::{Exit, Failure};
use crate::model::field::Slot;
use crate::plan::{DeleteRules, Header, Plan, ScanFacts, ScanKind, Target, judge};
use crate::source::header_notices;
use crate::state::{RunFacts, RunNumber};

/// Where the plan's changes go.
#[derive(Clone, Copy)]
pub(super) enum Destination<'a> {
    /// Nowhere: they are only shown.
    Shown,
    /// Into a file.
    File(&'a Path),
    /// Into the run's journal.
    Journal,
}

/// A plan, and all that applying it takes.
pub(super) struct Planned {
    pub(super) connected: Connected,
    pub(super) run: RunNumber,
    pub(super) users: Users,
    /// The run whose rejects the users are, if they are.
    pub(super) origin: Option<Origin>,
    pub(super) plan: Plan,
}

/// A source that was read, and the mapping under which it was.
struct Staged {
    staging: Staging,
    slots: Vec<Slot>,
    mapping: String,
    policy: Policy,
}

/// Makes the plan, and says in the ending what it comes to and what the guards said.
pub(super) async fn make_plan(
    session: &Session<'_>,
    users: Users,
    options: DraftOptions,
    destination: Destination<'_>,
    ending: &mut Ending,
) -> Result<Planned, Failure> {
    let connected = session.connect(users.opening())?;
    let context = connected.context.clone();
    let origin = users.origin(session, &context.state).await?;
    let source = users.feed.source.name().to_string();
    let mut staged = read_source(session, &users, &context)?;
    let facts = RunFacts {
        rejects_of: origin.as_ref().map(|origin| origin.number),
        ..session.run_facts(&users.feed, staged.mapping.clone())
    };
    let run = begin_run(session, &context, facts, ending).await?;
    if options.scan != ScanMode::Off {
        connected.settle(session).await?;
    }
    let scanned = scan_as_needed(session, &context, &staged, options, &connected.target).await?;
    staged.policy.deletes.now = connected.time(session).earliest;
    let header = header(session, &connected, &staged, source, scanned).await?;
    let plan = write_plan(
        session,
        &connected,
        &staged,
        header,
        run,
        destination,
        options,
    )
    .await?;
    ending.plan_fingerprint = Some(plan.fingerprint.clone());
    ending.counts = plan.totals.counts();
    ending.balanced = ending.counts.planned_balance();
    ending.guards.clone_from(&plan.guards);
    ending.checkpoint = checkpoint(session, &context, &staged.mapping).await?;
    Ok(Planned {
        connected,
        run,
        users,
        origin,
        plan,
    })
}

/// Shows the plan.
pub(super) fn tell_plan(session: &Session<'_>, plan: &Plan) {
    session.sink.emit(Event::Planned(Box::new(plan.clone())));
}

fn read_source(session: &Session<'_>, users: &Users, context: &Context) -> Result<Staged, Failure> {
    let pass = users.feed.open()?;
    tell_columns(session, &pass);
    let slots = pass.reading.slots().to_vec();
    let mapping = pass.reading.mapping_hash();
    let hash_key = context.state.hash_key();
    let staging = tokio::task::block_in_place(|| {
        stage(pass, hash_key, &session.sink, &session.stop, &mut Unwatched)
    })?;
    let totals = staging.totals();
    session.sink.emit(Event::Staged {
        rows: totals.source_rows,
        rejected: totals.rejected,
        warnings: totals.warnings,
    });
    Ok(Staged {
        staging,
        slots,
        mapping,
        policy: session.policy(users),
    })
}

/// Says which columns are not read, and what is odd about the header.
pub(super) fn tell_columns(session: &Session<'_>, pass: &crate::engine::Pass) {
    for notice in header_notices(pass.rows.header()) {
        session.notice(notice.to_string());
    }
    for notice in &pass.notices {
        session.notice(notice.to_string());
    }
}

/// Records a run and tells of it.
pub(super) async fn begin_run(
    session: &Session<'_>,
    context: &Context,
    facts: RunFacts,
    ending: &mut Ending,
) -> Result<RunNumber, Failure> {
    let (run_id, command, at) = (
        facts.run_id.clone(),
        facts.command.clone(),
        facts.started_at,
    );
    let run = context
        .state
        .begin_run(facts)
        .await
        .map_err(EngineError::State)?;
    ending.run_id = Some(run_id.clone());
    session.sink.emit(Event::RunStarted {
        run_id,
        command,
        at,
    });
    Ok(run)
}

/// Scans; and where deletes would rest on an incremental scan, scans in full before they are
/// planned: what is deleted must be absent from a complete read.
async fn scan_as_needed(
    session: &Session<'_>,
    context: &Context,
    staged: &Staged,
    options: DraftOptions,
    target: &Target,
) -> Result<ScanFacts, Failure> {
    let settings = scan_settings(session, &staged.mapping, options.scan);
    let facts = scan(context, &settings, session.now).await?;
    let policy = &staged.policy;
    if !policy.deletes.on || facts.kind != ScanKind::Incremental {
        return Ok(facts);
    }
    let probe = tokio::task::block_in_place(|| {
        draft(
            &staged.staging,
            &context.state,
            target,
            &staged.slots,
            policy,
            &mut Nowhere,
        )
    })?;
    let Some(reason) = full_scan_for(probe.totals.delete, probe.absences) else {
        return Ok(facts);
    };
    session.notice(reason);
    let full = ScanSettings {
        choice: ScanChoice::Full,
        ..settings
    };
    Ok(scan(context, &full, session.now).await?)
}

pub(super) fn scan_settings(session: &Session<'_>, mapping: &str, mode: ScanMode) -> ScanSettings {
    let scan = &session.config.scan;
    ScanSettings {
        choice: match mode {
            ScanMode::Due => ScanChoice::Auto,
            ScanMode::Full => ScanChoice::Full,
            ScanMode::Off => ScanChoice::Skip,
        },
        full_every: signed(scan.full_every),
        lookback: signed(scan.lookback),
        lag: signed(scan.lookback.max(session.config.grid.settle)),
        mapping: mapping.to_owned(),
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

async fn header(
    session: &Session<'_>,
    connected: &Connected,
    staged: &Staged,
    source: String,
    scan: ScanFacts,
) -> Result<Header, Failure> {
    let state = &connected.context.state;
    Ok(Header {
        nonce: uuid::Uuid::new_v4().to_string(),
        created_at: session.now,
        target: connected.target.clone(),
        state_id: state.state_id().to_owned(),
        generation: state.generation().await.map_err(EngineError::State)?,
        source,
        mapping: staged.mapping.clone(),
        scan,
        scope: staged.policy.scope.clone(),
    })
}

async fn write_plan(
    session: &Session<'_>,
    connected: &Connected,
    staged: &Staged,
    header: Header,
    run: RunNumber,
    destination: Destination<'_>,
    options: DraftOptions,
) -> Result<Plan, Failure> {
    let state = &connected.context.state;
    let time = connected.time(session);
    let past = Past::of(time.earliest, state, header.source.clone())
        .await
        .map_err(EngineError::State)?;
    let drafting = |out: &mut dyn DraftOut| {
        tokio::task::block_in_place(|| {
            draft(
                &staged.staging,
                state,
                &connected.target,
                &staged.slots,
                &staged.policy,
                out,
            )
        })
    };
    let finish = |drafted: Drafted| {
        let Drafted {
            totals,
            samples,
            fingerprint,
            duplicates: _,
            absences,
        } = drafted;
        let partial = staged.policy.partial;
        let measured = measured(session, &totals, past, &header.scan, partial);
        let guards = judge(&measured, &limits(session), &confirmations(options));
        let record = Recording::of(session, time.latest, absences, &measured, &guards);
        let plan = Plan {
            header: header.clone(),
            totals,
            samples,
            guards,
            fingerprint,
        };
        (plan, record)
    };
    let (plan, record) = match destination {
        Destination::Shown => finish(drafting(&mut Nowhere)?),
        Destination::Journal => {
            let mut journal = IntoJournal::new(state.clone(), run);
            let drafted = drafting(&mut journal)?;
            tokio::task::block_in_place(|| journal.finish())?;
            finish(drafted)
        }
        Destination::File(path) => {
            let mut file = PlanWriter::begin(path, &header)?;
            let (plan, record) = finish(drafting(&mut file)?);
            file.finish(&plan)?;
            (plan, record)
        }
    };
    if let Some(Recording { counts }) = record {
        let mut tombstones = IntoTombstones::new(state.clone(), counts);
        drafting(&mut tombstones)?;
        tokio::task::block_in_place(|| tombstones.finish())?;
    }
    Ok(plan)
}

/// The checkpoint, as scripts see it.
pub(super) async fn checkpoint(
    session: &Session<'_>,
    context: &Context,
    mapping: &str,
) -> Result<CheckpointSummary, Failure> {
    let state = &context.state;
    let found = state.checkpoint().await.map_err(EngineError::State)?;
    let settings = scan_settings(session, mapping, ScanMode::Due);
    Ok(CheckpointSummary {
        watermark: found.watermark.map(|at| at.to_string()),
        last_full_scan: found.last_full_at.map(|at| at.to_string()),
        next_scan_full_because: full_because(&found, mapping, settings.full_every, session.now)
            .map(str::to_owned),
        mirror_active: Some(state.active_customers().await.map_err(EngineError::State)?),
    })
}

impl Session<'_> {
    pub(super) fn notice(&self, message: impl Into<String>) {
        self.sink.emit(Event::Notice {
            message: message.into(),
        });
    }

    pub(super) fn concurrency(&self) -> usize {
        self.config.grid.concurrency as usize
    }

    pub(super) fn lateness(&self) -> Lateness {
        let grid = &self.config.grid;
        Lateness {
            timeout: grid.timeout,
            settle: grid.settle,
        }
    }

    /// Only a whole source can tell who is gone.
    fn policy(&self, users: &Users) -> Policy {
        let (changes, partial) = (&self.config.changes, users.are_partial());
        Policy {
            create: changes.create,
            adopt: changes.adopt,
            deletes: DeleteRules {
                on: changes.delete && !partial,
                min_absence: signed(self.config.limits.min_absence),
                never_delete: changes.never_delete.clone(),
                now: self.now,
            },
            report_drift: changes.update == UpdatePolicy::Report,
            accounts: match changes.accounts {
                AccountsPolicy::Off => AccountPolicy::Off,
                AccountsPolicy::Report => AccountPolicy::Report,
                AccountsPolicy::Replace => AccountPolicy::Replace,
            },
            partial,
            scope: users.feed.scope.clone(),
        }
    }

    pub(super) fn run_facts(&self, feed: &Feed, mapping: String) -> RunFacts {
        RunFacts {
            run_id: uuid::Uuid::now_v7().to_string(),
            command: self.config.command.name().to_owned(),
            started_at: self.now,
            source: feed.source.name().to_string(),
            scope: feed.scope.clone(),
            mapping,
            rejects_of: None,
        }
    }
}

/// A plan that is only shown ends so.
pub(super) fn weigh_plan(plan: &Plan, detailed: bool, ending: &mut Ending) {
    if !ending.balanced {
        ending.weigh(
            Exit::Failed,
            "the numbers do not add up: this is a bug, and nothing was written",
        );
    }
    let counts = plan.totals.counts();
    if Exit::of_counts(&counts) == Exit::Rows {
        ending.weigh(Exit::Rows, rows_reason(&counts));
    }
    if detailed && counts.has_differences() {
        ending.weigh(Exit::Changes, "users and customers differ");
    }
}

/// Which rows need attention.
pub(super) fn rows_reason(counts: &crate::plan::Counts) -> String {
    let parts = [
        (counts.rejected, "rejected"),
        (counts.ambiguous, "ambiguous"),
        (counts.failed, "failed"),
        (counts.deferred, "deferred"),
        (counts.unresolved, "unresolved"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!("some rows need attention: {}", said.join(", "))
}

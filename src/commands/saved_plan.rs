//! `apply FILE`: a plan that was saved, once and only while nothing has moved.

use std::path::Path;
use std::time::Duration;

use super::carry_out::{Approval, apply_planned};
use super::catch_up::catch_up;
use super::ending::Ending;
use super::guarding::refusal;
use super::planning::{Planned, begin_run};
use super::rejects::Users;
use super::session::{Connected, Session};
use crate::config::ApplyOptions;
use crate::engine::{EngineError, Feed, IntoJournal, read_changes, verify_plan};
use crate::exit::Failure;
use crate::plan::{Footer, Guard, Header, Plan, Samples, Verdict};
use crate::report::duration;
use crate::state::Opening;

pub(super) async fn apply_file(
    session: &Session<'_>,
    options: &ApplyOptions,
    path: &Path,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let (mut header, footer) = tokio::task::block_in_place(|| verify_plan(path))?;
    let users = Users::all(session, options.rejects.as_deref())?.about(header.scope.clone());
    let connected = session.connect(Opening::Existing)?;
    fresh_enough(session, &connected, &users.feed, &header).await?;
    let Footer {
        totals,
        guards,
        fingerprint,
        digest: _,
    } = footer;
    ending.plan_fingerprint = Some(fingerprint.clone());
    ending.counts = totals.counts();
    ending.guards = rejudged(
        guards,
        totals.delete + totals.replace,
        options.confirm_deletes,
    );
    if let Some(failure) = refusal(session, &ending.guards.clone(), ending) {
        return Err(failure);
    }
    connected.settle(session).await?;
    if catch_up(session, &connected, &header.mapping, &totals).await? {
        header.scan.count_agrees = Some(false);
    }
    let facts = session.run_facts(&users.feed, header.mapping.clone());
    let run = begin_run(session, &connected.context, facts, ending).await?;
    let mut journal = IntoJournal::new(connected.context.state.clone(), run);
    tokio::task::block_in_place(|| {
        read_changes(path, &mut journal).and_then(|()| journal.finish())
    })?;
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
            users,
            origin: None,
            plan,
        },
        &approval,
        ending,
    )
    .await
}

/// A plan over a limit on deletes needs its number again from whoever applies it. What was deleted
/// before it has not changed since: a plan is stale once another run was applied.
fn rejudged(mut guards: Vec<Guard>, deletes: u64, confirmed: Option<u64>) -> Vec<Guard> {
    let over = |guard: &&mut Guard| guard.name.limits_deletes() && guard.verdict != Verdict::Passed;
    for guard in guards.iter_mut().filter(over) {
        let agreed = confirmed == Some(deletes);
        guard.verdict = if agreed {
            Verdict::Confirmed
        } else {
            Verdict::Refused
        };
        guard.go_on_with = (!agreed).then(|| format!("--confirm-deletes {deletes}"));
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
            duration(age),
            max_age.place,
            duration(max_age.value)
        )),
        Err(_) => stale("the plan was made in the future: check this machine's clock".into()),
    }
}

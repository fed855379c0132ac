//! `rehearse`: check, plan, apply and a second plan against a private emulator, and what the real
//! run would cost. The same code as the real run, over real HTTP; only the other end is ours.

use std::time::Duration;

use serde_json::json;
use url::Url;

use super::carry_out::Approval;
use super::emulate::{read_seed, settings};
use super::ending::Ending;
use super::planning::{Destination, make_plan, weigh_plan};
use super::rejects::Users;
use super::session::Session;
use super::sync::plan_and_apply;
use crate::config::{
    Config, DraftOptions, Place, Rate, RehearseOptions, Reserve, ScanMode, Setting,
};
use crate::emulator::Emulator;
use crate::exit::{Exit, Failure};
use crate::report::duration;

/// Flat out, nothing is waited for longer than this: the other end is on this machine.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn rehearse(
    session: &Session<'_>,
    options: &RehearseOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let settings = settings(session.config.grid.edition.value, &options.faults)?;
    let emulator = Emulator::start(settings, read_seed(options.seed.as_deref())?)
        .map_err(|source| Failure::other("cannot start the emulator", source))?;
    let folder = tempfile::tempdir()
        .map_err(|source| Failure::other("cannot make a temporary folder", source))?;
    let config = rehearsal_config(session.config, emulator.base_url(), folder.path(), options)?;
    // The source is the real one, and so is where its address stands; the credentials are not.
    let env = session
        .env
        .clone()
        .with("GRID_CLIENT_ID", "rehearsal")
        .with("GRID_CLIENT_SECRET", "rehearsal");
    let rehearsal = Session {
        config: &config,
        env: &env,
        sink: session.sink.clone(),
        stop: session.stop.clone(),
        ..*session
    };
    let approval = Approval {
        yes: true,
        max_duration: None,
    };
    let users = Users::all(&rehearsal, None)?;
    plan_and_apply(
        &rehearsal,
        users,
        DraftOptions::default(),
        &approval,
        ending,
    )
    .await?;
    let requests = emulator.request_count();
    ending.requests = requests;
    ending.next_command = None;
    ending.details = Some(forecast(session.config, requests));
    if matches!(ending.exit, Exit::Ok | Exit::Rows) {
        verify(&rehearsal, ending).await?;
    }
    Ok(())
}

/// A second plan must find nothing to create and nothing to delete, but for what the first run
/// reported.
async fn verify(session: &Session<'_>, ending: &mut Ending) -> Result<(), Failure> {
    if session.config.source()?.is_stdin() {
        session
            .notice("a stream cannot be read once more: the result was not planned against again");
        return Ok(());
    }
    let mut again = Ending::new();
    let options = DraftOptions {
        scan: ScanMode::Full,
        ..DraftOptions::default()
    };
    let planned = make_plan(
        session,
        Users::all(session, None)?,
        options,
        Destination::Shown,
        &mut again,
    )
    .await?;
    weigh_plan(&planned.plan, false, &mut again);
    let left = planned.plan.writes();
    let open = ending.counts.failed + ending.counts.deferred + ending.counts.unresolved;
    if left > open {
        let reason = format!(
            "a second plan still wants {left} writes, and only {open} were left open: this is a bug"
        );
        ending.weigh(Exit::Failed, reason);
    } else {
        session.notice(format!(
            "verified: a second plan, from a full scan, wants {left} writes"
        ));
    }
    Ok(())
}

/// The configuration as it is, but for the other end.
fn rehearsal_config(
    config: &Config,
    base_url: &str,
    folder: &std::path::Path,
    options: &RehearseOptions,
) -> Result<Config, Failure> {
    let mut config = config.clone();
    let base_url =
        Url::parse(base_url).map_err(|source| Failure::other("the emulator's address", source))?;
    config.grid.base_url = Setting {
        value: base_url,
        place: Place::Default,
    };
    // The ids that a rehearsal sees are the emulator's: none of them may ever stand in a database.
    config.write_back = None;
    config.state = Some(folder.join("rehearsal.sqlite"));
    if !options.real_rate {
        config.grid.rate.value = Rate::FLAT_OUT;
        config.grid.reserve = Reserve::NONE;
        config.grid.burst = 1_000;
        config.grid.concurrency = config.grid.concurrency.max(32);
        config.grid.timeout = config.grid.timeout.min(PATIENCE);
        config.grid.settle = config.grid.settle.min(PATIENCE);
    }
    Ok(config)
}

/// What the same requests would take of time at the configured rate.
fn forecast(config: &Config, requests: u64) -> serde_json::Value {
    let (rate, reserve) = (config.grid.rate.value, config.grid.reserve);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a number of requests is far below 2^52"
    )]
    let seconds = requests as f64 / reserve.left_of(rate);
    json!({
        "requests": requests,
        "at_the_configured_rate": rate.to_string(),
        "the_real_run_would_take": duration(Duration::from_secs_f64(seconds.max(0.0))),
    })
}

//! `emulate`: serves the emulator on loopback until a signal comes.

#![expect(clippy::disallowed_types, reason = "edge: reads the seed")]

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::ending::Ending;
use super::session::Session;
use crate::config::{EmulateOptions, Faults, Rate};
use crate::emulator::{self, Fault, SeedCustomer, World};
use crate::exit::Failure;
use crate::model::Edition;

pub(super) async fn emulate(
    session: &Session<'_>,
    options: &EmulateOptions,
    ending: &mut Ending,
) -> Result<(), Failure> {
    let mut settings = emulator::Settings {
        rate_limit: options.rate_limit.map(rate_limit),
        regulated: options.regulated,
        ..settings(session.config.grid.edition.value, &options.faults)?
    };
    if let Some(path) = &options.platform {
        settings.describe_platform(read_platform(path)?);
    }
    let world = World::new(settings, read_seed(options.seed.as_deref())?);
    let listener = tokio::net::TcpListener::bind(options.address)
        .await
        .map_err(|source| {
            Failure::other(format!("cannot listen on {}", options.address), source)
        })?;
    let address = listener
        .local_addr()
        .map_err(|source| Failure::other("cannot listen", source))?;
    let base_url = emulator::base_url(address);
    ending.details = Some(serde_json::json!({ "base_url": base_url }));
    crate::report::print_text(&format!("{base_url}\n"))
        .map_err(|source| Failure::other("cannot write the base URL", source))?;
    let shutdown = async {
        session.stop.stopped().await;
    };
    emulator::run(listener, Arc::new(world), shutdown)
        .await
        .map_err(|source| Failure::other("the emulator ended", source))
}

fn rate_limit(rate: Rate) -> emulator::RateLimit {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive and at most 100,000"
    )]
    let burst = rate.per_second().ceil().max(1.0) as u32;
    emulator::RateLimit {
        per_second: rate.per_second(),
        burst,
        counting: emulator::Counting::Bucket,
        retry_after: emulator::RetryAfter::Seconds,
    }
}

/// The settings that `rehearse` has too.
pub(super) fn settings(edition: Edition, faults: &Faults) -> Result<emulator::Settings, Failure> {
    let parsed: Result<Vec<Fault>, _> = faults.names.iter().map(|name| name.parse()).collect();
    Ok(emulator::Settings {
        edition: match edition {
            Edition::E2025_10 => emulator::Edition::Y2025M10,
            Edition::E2026_08 => emulator::Edition::Y2026M08,
        },
        seed: faults.seed,
        faults: parsed.map_err(|error| Failure::Usage(format!("--fault: {error}")))?,
        latency: faults.latency,
        ..emulator::Settings::default()
    })
}

fn read_platform(path: &Path) -> Result<Map<String, Value>, Failure> {
    let what = || format!("cannot read the platform {}", path.display());
    let text = fs::read(path).map_err(|source| Failure::other(what(), source))?;
    serde_json::from_slice(&text).map_err(|source| Failure::other(what(), source))
}

pub(super) fn read_seed(path: Option<&Path>) -> Result<Vec<SeedCustomer>, Failure> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let what = || format!("cannot read the seed {}", path.display());
    let file = File::open(path).map_err(|source| Failure::other(what(), source))?;
    emulator::read_seed(BufReader::new(file)).map_err(|source| Failure::other(what(), source))
}

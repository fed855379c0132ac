//! The options of each command, from what was typed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::cli::{self, ExportFormat};
use crate::model::CustomerType;

use super::command::{
    ApplyOptions, CheckOptions, Command, DraftOptions, EmulateOptions, ExportOptions, ExportTo,
    Faults, FieldsOptions, PlanOptions, RehearseOptions, RejectsOf, ScanMode, StatusOptions,
    SyncOptions,
};
use super::layers::Layers;
use super::raw::{Raw, Rejection};
use super::{duration, init, keys, rate};

/// The bad rows' file when nobody names one.
const REJECTS_FILE: &str = "rejects.csv";

/// Resolves the command.
pub(super) fn command(typed: &cli::Command, layers: &mut Layers<'_>) -> Command {
    match typed {
        cli::Command::Init(args) => Command::Init(init::init(args, layers)),
        cli::Command::Check(args) => Command::Check(check(args, layers)),
        cli::Command::Plan(args) => Command::Plan(plan(args, layers)),
        cli::Command::Apply(args) => Command::Apply(apply(args, layers)),
        cli::Command::Sync(args) => Command::Sync(sync(args, layers)),
        cli::Command::Status(args) => Command::Status(status(args, layers)),
        cli::Command::Export(args) => Command::Export(export(args)),
        cli::Command::Rehearse(args) => Command::Rehearse(rehearse(args, layers)),
        cli::Command::Emulate(args) => Command::Emulate(emulate(args, layers)),
        cli::Command::Fields(args) => Command::Fields(fields(args)),
    }
}

fn check(args: &cli::CheckArgs, layers: &mut Layers<'_>) -> CheckOptions {
    let named = layers.path(keys::REJECTS, args.rejects.as_deref());
    let path = named.map_or_else(|| PathBuf::from(REJECTS_FILE), |setting| setting.value);
    CheckOptions {
        rejects: (!args.no_rejects).then_some(path),
        online: args.online,
    }
}

fn plan(args: &cli::PlanArgs, layers: &mut Layers<'_>) -> PlanOptions {
    PlanOptions {
        rejects: rejects(&args.rejects, layers),
        draft: draft(&args.draft),
        output: args.output.clone(),
        detailed_exitcode: args.detailed_exitcode,
    }
}

fn apply(args: &cli::ApplyArgs, layers: &mut Layers<'_>) -> ApplyOptions {
    ApplyOptions {
        rejects: rejects(&args.rejects, layers),
        plan: args.plan.clone(),
        yes: args.approve.yes,
        confirm_deletes: args.delete.confirm_deletes,
        max_duration: max_duration(&args.approve, layers),
    }
}

fn sync(args: &cli::SyncArgs, layers: &mut Layers<'_>) -> SyncOptions {
    let again = args.rejects_of.clone().zip(args.file.clone());
    let named = rejects(&args.rejects, layers);
    SyncOptions {
        rejects: named.filter(|_| again.is_none()),
        rejects_of: again.map(|(run, file)| RejectsOf { run, file }),
        draft: draft(&args.draft),
        dry_run: args.dry_run,
        detailed_exitcode: args.detailed_exitcode,
        yes: args.approve.yes,
        max_duration: max_duration(&args.approve, layers),
    }
}

/// No default: nothing that holds personal data is written unasked.
fn rejects(args: &cli::RejectsArgs, layers: &mut Layers<'_>) -> Option<PathBuf> {
    let named = layers.path(keys::REJECTS, args.rejects.as_deref());
    named.map(|setting| setting.value)
}

fn draft(args: &cli::DraftArgs) -> DraftOptions {
    let scan = match (args.no_scan, args.full_scan) {
        (true, _) => ScanMode::Off,
        (false, true) => ScanMode::Full,
        (false, false) => ScanMode::Due,
    };
    DraftOptions {
        scan,
        confirm_source_rows: args.confirm_source_rows,
        confirm_deletes: args.confirm.confirm_deletes,
    }
}

fn max_duration(args: &cli::ApproveArgs, layers: &mut Layers<'_>) -> Option<Duration> {
    layers.value(
        keys::MAX_DURATION,
        args.max_duration.as_deref(),
        duration::positive,
    )
}

fn status(args: &cli::StatusArgs, layers: &mut Layers<'_>) -> StatusOptions {
    let max_age = layers.value(keys::MAX_AGE, args.max_age.as_deref(), duration::positive);
    StatusOptions { max_age }
}

fn export(args: &cli::ExportArgs) -> ExportOptions {
    let output = args.output.clone().filter(|path| path.as_os_str() != "-");
    let to = if args.write_back {
        ExportTo::Database {
            rewrite: args.rewrite,
        }
    } else {
        ExportTo::List {
            format: args.format.unwrap_or_else(|| format_of(output.as_deref())),
            output,
            statuses: args.status.clone(),
            owned: args.owned,
        }
    };
    ExportOptions {
        scan: args.scan,
        to,
    }
}

/// What a file's ending says of it.
fn format_of(path: Option<&Path>) -> ExportFormat {
    let ending = path.and_then(Path::extension).unwrap_or_default();
    match ending.to_ascii_lowercase().to_str() {
        Some("ndjson" | "jsonl") => ExportFormat::Ndjson,
        Some("json") => ExportFormat::Json,
        _ => ExportFormat::Csv,
    }
}

fn rehearse(args: &cli::RehearseArgs, layers: &mut Layers<'_>) -> RehearseOptions {
    RehearseOptions {
        seed: args.seed.clone(),
        faults: faults(&args.faults, layers),
        real_rate: args.real_rate,
    }
}

fn emulate(args: &cli::EmulateArgs, layers: &mut Layers<'_>) -> EmulateOptions {
    let host = layers.flag("host", Some(&args.host), loopback);
    let host = host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    EmulateOptions {
        address: SocketAddr::new(host, args.port),
        seed: args.seed.clone(),
        faults: faults(&args.faults, layers),
        rate_limit: layers.flag("rate-limit", args.rate_limit.as_deref(), rate::rate),
        regulated: !args.unregulated,
        platform: args.platform.clone(),
    }
}

fn loopback(raw: &Raw) -> Result<IpAddr, Rejection> {
    let address = match raw.text() {
        Some("localhost") => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        Some(text) => text.parse().ok(),
        None => None,
    };
    address
        .filter(IpAddr::is_loopback)
        .ok_or(Rejection::expected(
            "a loopback address (127.0.0.1 or ::1): the emulator serves this machine only",
        ))
}

fn faults(args: &cli::FaultArgs, layers: &mut Layers<'_>) -> Faults {
    let latency = layers.flag("latency", args.latency.as_deref(), duration::duration);
    Faults {
        names: args.fault.clone(),
        seed: args.fault_seed.unwrap_or_default(),
        latency: latency.unwrap_or_default(),
    }
}

fn fields(args: &cli::FieldsArgs) -> FieldsOptions {
    let customer_type = args.customer_type.map(|kind| match kind {
        cli::CustomerKind::Individual => CustomerType::Individual,
        cli::CustomerKind::Business => CustomerType::Business,
    });
    FieldsOptions {
        customer_type,
        format: args.format,
    }
}

//! Flags of the commands that use the emulator.

use std::path::PathBuf;

use clap::Args;

use super::{EDITIONS, GridArgs, ScopeArgs, SourceArgs};

/// `rehearse`
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = "Example:\n  gridsync rehearse --csv users.csv --fault drop-after-commit")]
pub struct RehearseArgs {
    /// Customers that the emulated Grid already has
    #[arg(long, value_name = "FILE", help_heading = "Emulator")]
    pub seed: Option<PathBuf>,
    /// How the emulator misbehaves.
    #[command(flatten)]
    pub faults: FaultArgs,
    /// Go as fast as the machine allows (the default)
    #[arg(long, conflicts_with = "real_rate", help_heading = "Emulator")]
    pub flat_out: bool,
    /// Go at the configured rate, to see how long it takes
    #[arg(long, help_heading = "Emulator")]
    pub real_rate: bool,
    /// Where the users come from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Whom it is about.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// How Grid is reached.
    #[command(flatten)]
    pub grid: GridArgs,
}

/// `emulate`
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Emulator",
    after_help = "Example:\n  gridsync emulate --port 8787 --seed samples/grid-seed.ndjson\n\n\
        Prints one line with its base URL, for --base-url or GRID_BASE_URL."
)]
pub struct EmulateArgs {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Loopback address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: String,
    /// Edition of the API that is spoken [default: 2026-08]
    #[arg(long, value_parser = EDITIONS, value_name = "2025-10|2026-08", hide_possible_values = true)]
    pub edition: Option<String>,
    /// Customers that exist from the start
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
    /// How the emulator misbehaves.
    #[command(flatten)]
    pub faults: FaultArgs,
    /// Answer 429 over this rate [default: no limit]
    #[arg(long, value_name = "RATE")]
    pub rate_limit: Option<String>,
    /// Be a regulated platform, whose customers are approved at once (the default)
    #[arg(long, conflicts_with = "unregulated")]
    pub regulated: bool,
    /// Be an unregulated platform, whose customers start pending
    #[arg(long)]
    pub unregulated: bool,
    /// JSON object whose keys take the place of those that GET /config answers; null takes one away
    #[arg(long, value_name = "FILE")]
    pub platform: Option<PathBuf>,
}

/// How the emulator misbehaves.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Emulator")]
pub struct FaultArgs {
    /// Misbehave in this way; may be given more than once
    #[arg(long, value_name = "FAULT")]
    pub fault: Vec<String>,
    /// Number that decides when the faults strike, for the same run again [default: 0]
    #[arg(long, value_name = "N")]
    pub fault_seed: Option<u64>,
    /// Time added to every answer [default: 0s]
    #[arg(long, value_name = "DURATION")]
    pub latency: Option<String>,
}

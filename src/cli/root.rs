//! The commands.

use clap::{Parser, Subcommand};

use super::{
    ApplyArgs, CheckArgs, DraftArgs, EmulateArgs, ExportArgs, FieldsArgs, GlobalArgs, GridArgs,
    InitArgs, PlanArgs, RehearseArgs, ScopeArgs, SourceArgs, StatusArgs, SyncArgs,
};

/// Makes the customers of a Lightspark Grid platform agree with the platform's users.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "gridsync",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "Examples:\n  \
        gridsync init users.csv                 # propose a mapping, in gridsync.toml\n  \
        gridsync check --csv users.csv          # find every bad row, offline\n  \
        gridsync plan --csv users.csv           # what would happen, without writing\n  \
        gridsync sync --csv users.csv           # plan, ask, apply\n\n\
        Every setting can also be given as GRIDSYNC_<FLAG> in the environment, or in gridsync.toml.\n\
        The order is: flag, environment, file, default. Credentials come from GRID_CLIENT_ID and\n\
        GRID_CLIENT_SECRET, never from a flag or the file."
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Look at a source and write a configuration with a proposed mapping
    Init(InitArgs),
    /// Read and validate the whole source, and list every bad row; offline, unless asked
    Check(CheckArgs),
    /// Show what a sync would do, without writing to Grid
    Plan(PlanArgs),
    /// Apply a saved plan, or resume the interrupted run
    Apply(ApplyArgs),
    /// Plan and apply in one go, also for cron
    Sync(SyncArgs),
    /// Show the last runs, what is unresolved, and the age of the last success
    Status(StatusArgs),
    /// List the customers and their ids, or put the ids into your database
    Export(ExportArgs),
    /// Run the whole migration against a private emulator, without touching Grid
    Rehearse(RehearseArgs),
    /// Serve the emulator on this machine until interrupted
    Emulate(EmulateArgs),
    /// Print every customer field that can be mapped, with its rule
    Fields(FieldsArgs),
}

impl Command {
    /// The command's name, as it is typed.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Check(_) => "check",
            Self::Plan(_) => "plan",
            Self::Apply(_) => "apply",
            Self::Sync(_) => "sync",
            Self::Status(_) => "status",
            Self::Export(_) => "export",
            Self::Rehearse(_) => "rehearse",
            Self::Emulate(_) => "emulate",
            Self::Fields(_) => "fields",
        }
    }

    /// The flags about the source, of a command that has them.
    pub const fn source(&self) -> Option<&SourceArgs> {
        match self {
            Self::Check(args) => Some(&args.source),
            Self::Plan(args) => Some(&args.source),
            Self::Apply(args) => Some(&args.source),
            Self::Sync(args) => Some(&args.source),
            Self::Export(args) => Some(&args.source),
            Self::Rehearse(args) => Some(&args.source),
            Self::Init(_) | Self::Status(_) | Self::Emulate(_) | Self::Fields(_) => None,
        }
    }

    /// The flags about whom a run is about, of a command that has them. `apply` goes by those of its plan.
    pub const fn scope(&self) -> Option<&ScopeArgs> {
        match self {
            Self::Check(args) => Some(&args.scope),
            Self::Plan(args) => Some(&args.scope),
            Self::Sync(args) => Some(&args.scope),
            Self::Rehearse(args) => Some(&args.scope),
            _ => None,
        }
    }

    /// The flags about Grid, of a command that has them.
    pub const fn grid(&self) -> Option<&GridArgs> {
        match self {
            Self::Check(args) => Some(&args.grid),
            Self::Plan(args) => Some(&args.grid),
            Self::Apply(args) => Some(&args.grid),
            Self::Sync(args) => Some(&args.grid),
            Self::Export(args) => Some(&args.grid),
            Self::Rehearse(args) => Some(&args.grid),
            Self::Init(_) | Self::Status(_) | Self::Emulate(_) | Self::Fields(_) => None,
        }
    }

    /// The edition that was typed.
    pub fn edition(&self) -> Option<&str> {
        match self {
            Self::Init(args) => args.edition.as_deref(),
            Self::Emulate(args) => args.edition.as_deref(),
            Self::Fields(args) => args.edition.as_deref(),
            _ => self.grid()?.edition.as_deref(),
        }
    }

    /// The flags about drawing a plan, of a command that has them.
    pub const fn draft(&self) -> Option<&DraftArgs> {
        match self {
            Self::Plan(args) => Some(&args.draft),
            Self::Sync(args) => Some(&args.draft),
            _ => None,
        }
    }
}

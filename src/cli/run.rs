//! Flags of the commands that check, plan and apply.

use std::path::PathBuf;

use clap::Args;

use super::{GridArgs, ScopeArgs, SourceArgs};

/// `check`
#[derive(Clone, Debug, Default, Args)]
#[command(
    after_help = "Example:\n  gridsync check --csv users.csv --rejects bad-rows.csv\n\n\
        The rejects file holds the original cells and what is wrong with them; once corrected it\n\
        can be fed back as it is."
)]
pub struct CheckArgs {
    /// Write the bad rows to this file [default: rejects.csv]
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "no_rejects",
        help_heading = "Check"
    )]
    pub rejects: Option<PathBuf>,
    /// Write no file of bad rows
    #[arg(long, help_heading = "Check")]
    pub no_rejects: bool,
    /// Ask Grid for the platform's own rules too: its currencies, the fields that their providers
    /// need, its UMA domain
    #[arg(long, help_heading = "Check")]
    pub online: bool,
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

/// `plan`
#[derive(Clone, Debug, Default, Args)]
#[command(
    after_help = "Example:\n  gridsync plan --csv users.csv -o tonight.plan\n  \
        gridsync apply tonight.plan\n\n\
        A saved plan holds keys, ids and field names, and no personal data."
)]
pub struct PlanArgs {
    /// Save the plan to this file, for `gridsync apply FILE`
    #[arg(short, long, value_name = "FILE", help_heading = "Plan")]
    pub output: Option<PathBuf>,
    /// Exit with 2 instead of 0 when there are differences
    #[arg(long, help_heading = "Plan")]
    pub detailed_exitcode: bool,
    /// What the plan is drawn from and held against.
    #[command(flatten)]
    pub draft: DraftArgs,
    /// Where the rows go that are left undone.
    #[command(flatten)]
    pub rejects: RejectsArgs,
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

/// `apply`
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = "Examples:\n  gridsync apply tonight.plan --yes\n  \
        gridsync apply                  # go on with the interrupted run")]
pub struct ApplyArgs {
    /// The plan that `plan -o FILE` saved; without it, the interrupted run is resumed
    #[arg(value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Who agrees to the writes, and for how long.
    #[command(flatten)]
    pub approve: ApproveArgs,
    /// How many deletes are meant.
    #[command(flatten)]
    pub delete: DeleteArgs,
    /// Where the rows go that are left undone.
    #[command(flatten)]
    pub rejects: RejectsArgs,
    /// Where the users come from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// How Grid is reached.
    #[command(flatten)]
    pub grid: GridArgs,
}

/// `sync`
#[derive(Clone, Debug, Default, Args)]
#[command(
    after_help = "Examples:\n  gridsync sync --csv users.csv --yes --quiet --max-duration 6h\n  \
        gridsync sync --csv users.csv --rejects rejects.csv\n  \
        gridsync sync --csv users.csv --rejects-of last rejects.csv   # once they are mended"
)]
pub struct SyncArgs {
    /// The mended rejects that `--rejects-of` tries again
    #[arg(value_name = "FILE", requires = "rejects_of")]
    pub file: Option<PathBuf>,
    /// Try only the rejects in FILE again, for the run that wrote them: its id, how that begins, or
    /// `last`. FILE keeps the rows that are still not done, and goes with the last of them
    #[arg(
        long,
        value_name = "RUN",
        help_heading = "Rejects",
        requires = "file",
        conflicts_with_all = ["rejects", "delete", "no_delete", "confirm_deletes", "confirm_source_rows", "max_rejects"]
    )]
    pub rejects_of: Option<String>,
    /// Plan only: the same as `gridsync plan`
    #[arg(long, help_heading = "Apply")]
    pub dry_run: bool,
    /// Who agrees to the writes, and for how long.
    #[command(flatten)]
    pub approve: ApproveArgs,
    /// Exit with 2 instead of 0 when a dry run finds differences
    #[arg(long, requires = "dry_run", help_heading = "Plan")]
    pub detailed_exitcode: bool,
    /// What the plan is drawn from and held against.
    #[command(flatten)]
    pub draft: DraftArgs,
    /// Where the rows go that are left undone.
    #[command(flatten)]
    pub rejects: RejectsArgs,
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

/// What a plan is drawn from and held against.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Plan")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that was typed or not"
)]
pub struct DraftArgs {
    /// Use what is known of Grid's customers as it is, without listing them
    #[arg(long, conflicts_with = "full_scan")]
    pub no_scan: bool,
    /// List all of Grid's customers, not only those that changed
    #[arg(long)]
    pub full_scan: bool,
    /// Delete customers whose user is gone, whatever the configuration says
    #[arg(long, conflicts_with = "no_delete")]
    pub delete: bool,
    /// Delete nothing, whatever the configuration says
    #[arg(long)]
    pub no_delete: bool,
    /// Delete only whose user was missing twice, this long apart; 0s: once is enough [default: 20h]
    #[arg(long, value_name = "DURATION")]
    pub min_absence: Option<String>,
    /// Refuse when more rows than this are bad: a number, or a percentage [default: 1%]
    #[arg(long, value_name = "LIMIT")]
    pub max_rejects: Option<String>,
    /// Accept a source that shrank, when it has exactly this many rows
    #[arg(long, value_name = "N")]
    pub confirm_source_rows: Option<u64>,
    /// How many deletes are meant.
    #[command(flatten)]
    pub confirm: DeleteArgs,
}

/// Where the rows go that are left undone.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rejects")]
pub struct RejectsArgs {
    /// Write the rows that are left undone to this file, with what is wrong with each
    #[arg(long, value_name = "PATH")]
    pub rejects: Option<PathBuf>,
}

/// How many deletes are meant.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct DeleteArgs {
    /// Accept deletes over the limit, when the plan has exactly this many
    #[arg(long, value_name = "N", help_heading = "Plan")]
    pub confirm_deletes: Option<u64>,
}

/// Who agrees to the writes, and for how long.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Apply")]
pub struct ApproveArgs {
    /// Write without asking; needed where there is no terminal
    #[arg(short, long)]
    pub yes: bool,
    /// Pause after this time, ready to be resumed
    #[arg(long, value_name = "DURATION")]
    pub max_duration: Option<String>,
}

//! Flags of `export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{GridArgs, SourceArgs};

/// `export`
#[derive(Clone, Debug, Default, Args)]
#[command(
    next_help_heading = "Export",
    after_help = "Examples:\n  gridsync export --output customers.csv\n  \
        gridsync export --format ndjson --status APPROVED | wc -l\n  \
        gridsync export --write-back            # into the database of [writeback]\n\n\
        The list is what the last scan and the runs since know; nothing is asked of Grid but\n\
        with --scan."
)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that was typed or not"
)]
pub struct ExportArgs {
    /// How the list is written [default: by the ending of --output, else csv]
    #[arg(
        long,
        value_enum,
        value_name = "csv|ndjson|json",
        hide_possible_values = true
    )]
    pub format: Option<ExportFormat>,
    /// Write the list to this file; `-` is stdout [default: -]
    #[arg(short, long, value_name = "PATH|-")]
    pub output: Option<PathBuf>,
    /// Only customers with this KYC or KYB status, as Grid spells it; may be given more than once
    #[arg(long, value_name = "STATUS")]
    pub status: Vec<String>,
    /// Only customers that gridsync created or adopted
    #[arg(long)]
    pub owned: bool,
    /// List Grid's customers first, whatever is due
    #[arg(long)]
    pub scan: bool,
    /// Put the customer ids into the configured database of `writeback` instead
    #[arg(long, conflicts_with_all = ["format", "output", "status", "owned"])]
    pub write_back: bool,
    /// Also those that were put there before, as after a restore of the database
    #[arg(long, requires = "write_back")]
    pub rewrite: bool,
    /// Where the users come from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// How Grid is reached.
    #[command(flatten)]
    pub grid: GridArgs,
}

/// How `export` writes its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A header, and a record for each customer
    Csv,
    /// A JSON object on each line
    Ndjson,
    /// One JSON array
    Json,
}

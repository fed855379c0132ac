//! Flags of `init`.

use std::path::PathBuf;

use clap::Args;

use super::EDITIONS;

/// `init`
#[derive(Clone, Debug, Args)]
#[command(
    next_help_heading = "Init",
    after_help = "Examples:\n  gridsync init users.csv\n  \
        gridsync init env:DATABASE_URL --table app.users\n  \
        gridsync init app.sqlite --query 'SELECT * FROM users WHERE active'\n\n\
        Looks at the columns and at the first rows, and writes a mapping to read and to finish.\n\
        A file that exists is never written over."
)]
pub struct InitArgs {
    /// A CSV, NDJSON or SQLite file, told by its first bytes; or the address of a PostgreSQL or
    /// MySQL database, without a password, or where it stands
    #[arg(value_name = "PATH|URL|env:NAME")]
    pub source: String,
    /// The table or view of the database
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub table: Option<String>,
    /// One SELECT, instead of a table
    #[arg(long, value_name = "SQL")]
    pub query: Option<String>,
    /// What separates the cells of a CSV file: one character, or `tab` [default: as it looks]
    #[arg(long, value_name = "C")]
    pub delimiter: Option<String>,
    /// Write the configuration to this file; `-` is stdout [default: gridsync.toml]
    #[arg(short, long, value_name = "PATH|-")]
    pub output: Option<PathBuf>,
    /// Edition of the API that the account speaks [default: 2026-08]
    #[arg(long, value_parser = EDITIONS, value_name = "2025-10|2026-08", hide_possible_values = true)]
    pub edition: Option<String>,
}

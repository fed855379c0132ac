//! Flags that say where users come from and how Grid is reached.

use std::path::PathBuf;

use clap::Args;

/// The names of the API's editions. `config` tests that these are the ones the model knows.
pub const EDITIONS: [&str; 2] = ["2025-10", "2026-08"];

/// Where the users come from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// Read users from this CSV file, also .gz or .zst; `-` is stdin
    #[arg(long, value_name = "PATH|-")]
    pub csv: Option<PathBuf>,
    /// Read users from this file of JSON objects, one a line, also .gz or .zst; `-` is stdin
    #[arg(long, value_name = "PATH|-")]
    pub ndjson: Option<PathBuf>,
    /// Read users from this SQLite database
    #[arg(long, value_name = "PATH")]
    pub sqlite: Option<PathBuf>,
    /// Read users from this PostgreSQL database: an address without a password, or where it stands
    #[arg(long, value_name = "URL|env:NAME|file:PATH")]
    pub postgres: Option<String>,
    /// Read users from this MySQL or MariaDB database, likewise
    #[arg(long, value_name = "URL|env:NAME|file:PATH")]
    pub mysql: Option<String>,
    /// The table or view of the database
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub table: Option<String>,
    /// One SELECT, instead of a table
    #[arg(long, value_name = "SQL")]
    pub query: Option<String>,
    /// What separates the cells of a CSV file: one character, or `tab` [default: ,]
    #[arg(long, value_name = "C")]
    pub delimiter: Option<String>,
}

/// Whom a run is about.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Scope")]
pub struct ScopeArgs {
    /// Only users and customers whose key matches: `*` is any text, `?` one character; several times for
    /// more. All others are left alone, and are not taken for gone
    #[arg(long, value_name = "PATTERN")]
    pub only: Vec<String>,
    /// Only those with this value in a field that has a closed list, as address.country=US; once more with
    /// the same field for another value, with another field for both
    #[arg(long, value_name = "FIELD=VALUE")]
    pub r#where: Vec<String>,
}

/// How Grid is reached, and how fast.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Grid")]
pub struct GridArgs {
    /// Edition of the API that the account speaks [default: 2026-08]
    #[arg(long, value_parser = EDITIONS, value_name = "2025-10|2026-08", hide_possible_values = true)]
    pub edition: Option<String>,
    /// Where the API is [default: Grid itself]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Requests in a time, as 5/s, 300/m or 2.5/s [default: 5/s]
    #[arg(long)]
    pub rate: Option<String>,
    /// Left for others with the same token, as 20% or 2/s [default: nothing]
    #[arg(long, value_name = "SHARE")]
    pub reserve: Option<String>,
    /// How long the way back to the rate of a 429 takes at least [default: 30s]
    #[arg(long, value_name = "DURATION")]
    pub recovery: Option<String>,
    /// Requests that may go at once after a pause [default: 5, or a 100th of a rate over 500/s]
    #[arg(long, value_name = "N")]
    pub burst: Option<String>,
    /// Requests under way at the same time [default: 4, or 64 with a rate over 500/s]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<String>,
    /// How long one request may take [default: 30s]
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,
    /// How long a create whose outcome is unknown is waited for, before an empty look-up counts
    /// as absent [default: the timeout]
    #[arg(long, value_name = "DURATION")]
    pub settle: Option<String>,
}

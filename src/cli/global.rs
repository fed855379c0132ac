//! Flags of every command.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

/// Flags that every command takes, before or after its name.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Read the configuration from this file [default: ./gridsync.toml, else
    /// ~/.config/gridsync/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Keep the state in this file [default: gridsync.sqlite in ~/.local/state/gridsync, or where
    /// systemd says]
    #[arg(long, global = true, value_name = "PATH")]
    pub state: Option<PathBuf>,
    /// Print one JSON object on stdout at the end, on every path
    #[arg(long, global = true, conflicts_with = "events")]
    pub json: bool,
    /// Stream the run's events on stdout as JSON lines
    #[arg(long, global = true)]
    pub events: bool,
    /// Say nothing on success
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Log more to stderr; give it twice for each request
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// How log lines are written [default: text]
    #[arg(
        long,
        global = true,
        value_name = "text|json",
        hide_possible_values = true
    )]
    pub log_format: Option<LogFormat>,
    /// When to use colour [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "auto|always|never",
        hide_possible_values = true
    )]
    pub color: Option<Color>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    #[default]
    Auto,
    /// Also where there is no terminal.
    Always,
    /// Not at all.
    Never,
}

//! Flags of the commands that only tell.

use clap::{Args, ValueEnum};

use super::EDITIONS;

/// `status`
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = "Example:\n  gridsync status --max-age 26h   # for monitoring")]
pub struct StatusArgs {
    /// Fail when the last success is older than this
    #[arg(long, value_name = "DURATION", help_heading = "Status")]
    pub max_age: Option<String>,
}

/// `fields`
#[derive(Clone, Debug, Default, Args)]
#[command(
    next_help_heading = "Fields",
    after_help = "Example:\n  gridsync fields --edition 2025-10 --type individual"
)]
pub struct FieldsArgs {
    /// Only the fields of this edition [default: the configured one]
    #[arg(long, value_parser = EDITIONS, value_name = "2025-10|2026-08", hide_possible_values = true)]
    pub edition: Option<String>,
    /// Only the fields of this type of customer
    #[arg(
        long = "type",
        value_name = "individual|business",
        hide_possible_values = true
    )]
    pub customer_type: Option<CustomerKind>,
    /// How the table is written; `--json` writes it as JSON
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "text|markdown",
        hide_possible_values = true
    )]
    pub format: FieldsFormat,
}

/// A type of customer, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CustomerKind {
    /// A person
    Individual,
    /// A company
    Business,
}

/// How `fields` writes its table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FieldsFormat {
    /// In columns, for a terminal
    #[default]
    Text,
    /// As a Markdown table, for a page
    Markdown,
}

//! What was typed: flags and arguments, as they stand on the command line.
//!
//! Nothing is interpreted here. A rate, a duration or a limit stays text until `config` gives it
//! a meaning together with the environment and the file, so that all three are read by one parser
//! and fail with one error text.

mod emulator;
mod export;
mod global;
mod info;
mod init;
mod parse;
mod root;
mod run;
mod source;

pub use emulator::{EmulateArgs, FaultArgs, RehearseArgs};
pub use export::{ExportArgs, ExportFormat};
pub use global::{Color, GlobalArgs, LogFormat};
pub use info::{CustomerKind, FieldsArgs, FieldsFormat, StatusArgs};
pub use init::InitArgs;
pub use parse::{ParseFailure, parse};
pub use root::{Cli, Command};
pub use run::{
    ApplyArgs, ApproveArgs, CheckArgs, DeleteArgs, DraftArgs, PlanArgs, RejectsArgs, SyncArgs,
};
pub use source::{EDITIONS, GridArgs, ScopeArgs, SourceArgs};

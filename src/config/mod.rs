//! Flags, environment and file, resolved into one value.
//!
//! [`resolve()`] reads what was typed, a snapshot of the environment ([`Env`]) and the configuration
//! file, in this order of precedence: flag, `GRIDSYNC_*` variable, file, default. It answers with
//! one [`Config`], or with every problem at once: each names the place (flag, variable, or file,
//! line and column), what was found and what is accepted. Nothing below this module reads the
//! environment or sees a type of `clap`.
//!
//! [`credentials()`] is apart, so that a `Config` holds no secret and can be printed.

mod base_url;
mod command;
mod credentials;
mod credentials_file;
mod database_url;
mod document;
mod draft;
mod duration;
mod env;
mod error;
mod field_rule;
mod fields;
mod file;
mod init;
mod keys;
mod layers;
mod options;
mod paths;
mod place;
mod rate;
mod raw;
mod resolve;
mod scope;
mod secret_file;
mod secret_words;
mod settings;
mod source;
mod unknown_keys;
mod values;
mod write_back;

pub use base_url::is_loopback;
pub use command::{
    ApplyOptions, CheckOptions, Command, DraftOptions, EmulateOptions, ExportOptions, ExportTo,
    Faults, FieldsOptions, InitOptions, InitSource, PlanOptions, RehearseOptions, RejectsOf,
    ScanMode, StatusOptions, SyncOptions,
};
pub use credentials::{Credentials, CredentialsError, credentials};
pub use database_url::{UrlScheme, UrlSetting};
pub use draft::{Draft, DraftSource, Undecided, draft};
pub use env::Env;
pub use error::{ConfigError, Problem, Warning};
pub use place::{Place, Setting};
pub use rate::{Rate, Reserve};
pub use resolve::{output, resolve};
pub use settings::{
    AccountsPolicy, Changes, Config, Format, Grid, Limits, Output, Scan, UpdatePolicy,
};
pub use source::{Source, query_label};
pub use write_back::{Database, WriteBack};

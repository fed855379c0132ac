//! The resolved configuration: what everything below the command line works from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::cli::{Color, LogFormat};
use crate::model::{Edition, KeyPattern, Limit, MappingSpec, Scope};

use super::{
    Command, ConfigError, Place, Problem, Rate, Reserve, Setting, Source, Warning, WriteBack,
};

/// Everything that was said and everything that was left at its default. Holds no secret.
#[derive(Clone, Debug)]
pub struct Config {
    /// What to do.
    pub command: Command,
    /// How results, progress and logs are shown.
    pub output: Output,
    /// How Grid is reached.
    pub grid: Grid,
    /// Where the users come from; [`Config::source`] names what is missing.
    pub source: Option<Source>,
    /// The `[fields]` section.
    pub fields: MappingSpec,
    /// Where each rule of `fields` stands, for errors that are found later.
    pub field_places: BTreeMap<String, Place>,
    /// Which changes may be made.
    pub changes: Changes,
    /// Whom a run is about.
    pub scope: Scope,
    /// What a run may not exceed.
    pub limits: Limits,
    /// How Grid is listed.
    pub scan: Scan,
    /// The state file; [`Config::state`] names what is missing.
    pub state: Option<PathBuf>,
    /// Where customer ids are written back to, if anywhere.
    pub write_back: Option<WriteBack>,
    /// The folder of the locks by target, where there is a place for it.
    pub locks: Option<PathBuf>,
    /// The configuration file that was read, if one was.
    pub file: Option<PathBuf>,
    /// What works and is probably not meant.
    pub warnings: Vec<Warning>,
}

impl Config {
    /// The source, or the error that says how to name one.
    pub fn source(&self) -> Result<&Source, ConfigError> {
        self.source.as_ref().ok_or_else(|| {
            needed(
                "no source: pass --csv PATH (or --ndjson, --sqlite, --postgres, --mysql), or set it \
                 in section [source] of gridsync.toml; `gridsync init SOURCE` writes one",
            )
        })
    }

    /// The state file, or the error that says how to name one.
    pub fn state(&self) -> Result<&Path, ConfigError> {
        self.state.as_deref().ok_or_else(|| {
            needed("no place for the state file, because HOME is not set: pass --state PATH")
        })
    }
}

fn needed(text: &'static str) -> ConfigError {
    ConfigError::Invalid(vec![Problem::Needed(text)])
}

/// How results, progress and logs are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// What stdout is.
    pub format: Format,
    /// Whether success is silent.
    pub quiet: bool,
    /// How much is logged: 0 warnings, 1 steps, 2 each request.
    pub verbosity: u8,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// When colour is used; `auto` has become `never` where `NO_COLOR` or a dumb terminal asks.
    pub color: Color,
}

/// What stdout is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text for people.
    Text,
    /// One JSON object at the end.
    Json,
    /// One JSON line for each event.
    Events,
}

/// How Grid is reached, and how fast.
#[derive(Clone, Debug)]
pub struct Grid {
    /// The API's address, without a slash at its end: https, or http on this machine.
    pub base_url: Setting<Url>,
    /// The edition of the API.
    pub edition: Setting<Edition>,
    /// The ceiling of the request rate.
    pub rate: Setting<Rate>,
    /// What is left for others who send with the same token, of the rate and of any lower limit.
    pub reserve: Reserve,
    /// How long the way back to the rate of a 429 takes at least: 1 second to 1 hour.
    pub recovery: Duration,
    /// Requests that may go at once after a pause, at least 1.
    pub burst: u32,
    /// Requests under way at the same time, 1 to 512.
    pub concurrency: u32,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long an unknown create is waited out before an empty look-up counts as absent.
    pub settle: Duration,
    /// How often one request is tried in all, 1 to 20.
    pub attempts: u32,
}

/// Which changes may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Whether users without a customer are created.
    pub create: bool,
    /// What happens with a customer that differs from its user.
    pub update: UpdatePolicy,
    /// Whether customers without a user are deleted.
    pub delete: bool,
    /// Whether customers that exist become this state's own when a user has their key.
    pub adopt: bool,
    /// Keys of customers that are never deleted.
    pub never_delete: Vec<KeyPattern>,
    /// What happens with the users' bank accounts.
    pub accounts: AccountsPolicy,
}

/// What happens with the users' bank accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountsPolicy {
    /// Nothing: none is created.
    Off,
    /// Those that are not in Grid are created; those that differ are reported.
    Report,
    /// Those that differ are deleted and created anew.
    Replace,
}

/// What happens with a customer that differs from its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdatePolicy {
    /// Nothing, not even a word.
    Off,
    /// It is reported with the fields that differ.
    Report,
}

/// What a run may not exceed, each with its place, for the text of a refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Deletes, of active customers; default 1%. Small sets are allowed 10.
    pub deletes: Setting<Limit>,
    /// Deletes within 24 hours, earlier runs included; default 2%. Small sets are allowed 10.
    pub deletes_per_day: Setting<Limit>,
    /// Deletes within 7 days, earlier runs included; default 5%. Small sets are allowed 10.
    pub deletes_per_week: Setting<Limit>,
    /// How far apart two reads are at least that must miss a user before its customer is deleted;
    /// default 20 hours: two nights, whatever their timers add, and never twice in one night.
    pub min_absence: Duration,
    /// Rows fewer than at the last run, of the rows then; default 10%.
    pub source_shrink: Setting<Limit>,
    /// Rejected rows, of all rows; default 1%.
    pub rejects: Setting<Limit>,
    /// Failed changes, of those tried, after which a run stops; default 10%. Small runs are
    /// allowed 20.
    pub failures: Setting<Limit>,
    /// Age at which a saved plan is stale; default 24 hours.
    pub plan_max_age: Setting<Duration>,
}

/// How Grid is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Time after which the next scan is a full one; default 7 days.
    pub full_every: Duration,
    /// How far before the watermark an incremental scan begins, and how late a list may be; default 15 minutes.
    pub lookback: Duration,
}

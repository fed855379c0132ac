//! What to do, with everything that holds for this one run.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::cli::{ExportFormat, FieldsFormat};
use crate::model::{CustomerType, Query};

use super::{Rate, UrlScheme, UrlSetting};

/// The command and its options.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `init`
    Init(InitOptions),
    /// Read and validate the source.
    Check(CheckOptions),
    /// Show what a sync would do.
    Plan(PlanOptions),
    /// Apply a saved plan, or resume.
    Apply(ApplyOptions),
    /// Plan and apply.
    Sync(SyncOptions),
    /// Show the last runs.
    Status(StatusOptions),
    /// List the customers, or put their ids into a database.
    Export(ExportOptions),
    /// Run everything against a private emulator.
    Rehearse(RehearseOptions),
    /// Serve the emulator.
    Emulate(EmulateOptions),
    /// Print the table of fields.
    Fields(FieldsOptions),
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
}

/// Options of `init`. The edition is the configured one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitOptions {
    /// What is looked at.
    pub source: InitSource,
    /// What is read of a database.
    pub query: Option<Query>,
    /// What separates the cells of a CSV file, if it was said.
    pub delimiter: Option<u8>,
    /// The file that is written; `None` is stdout.
    pub output: Option<PathBuf>,
}

/// What `init` looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InitSource {
    /// A file, of a kind that it shows itself.
    File(PathBuf),
    /// A database at an address.
    Database {
        /// Its kind.
        scheme: UrlScheme,
        /// Its address.
        url: UrlSetting,
        /// The address without a password, or where it stands: what a file may hold.
        written: String,
    },
}

/// Options of `check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOptions {
    /// Where the bad rows are written; `None` with `--no-rejects`.
    pub rejects: Option<PathBuf>,
    /// Whether the platform's own rules are asked of Grid.
    pub online: bool,
}

/// How a plan is drawn, and what was confirmed beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DraftOptions {
    /// Which scan comes first.
    pub scan: ScanMode,
    /// A shrunken source is accepted if it has exactly so many rows.
    pub confirm_source_rows: Option<u64>,
    /// Deletes over the limit are accepted if they are exactly so many.
    pub confirm_deletes: Option<u64>,
}

/// Which scan of Grid comes before a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanMode {
    /// Whichever is due.
    #[default]
    Due,
    /// All customers.
    Full,
    /// None: the mirror is used as it is.
    Off,
}

/// Options of `plan`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    /// Where the rows go that are left undone.
    pub rejects: Option<PathBuf>,
    /// How the plan is drawn.
    pub draft: DraftOptions,
    /// Where the plan is saved.
    pub output: Option<PathBuf>,
    /// Whether differences are exit code 2.
    pub detailed_exitcode: bool,
}

/// Options of `apply`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// Where the rows go that are left undone.
    pub rejects: Option<PathBuf>,
    /// The saved plan; without it the interrupted run is resumed.
    pub plan: Option<PathBuf>,
    /// Whether the writes were agreed to beforehand.
    pub yes: bool,
    /// Deletes over the limit are accepted if they are exactly so many.
    pub confirm_deletes: Option<u64>,
    /// Time after which the run pauses.
    pub max_duration: Option<Duration>,
}

/// Options of `sync`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncOptions {
    /// Where the rows go that are left undone; never set with `rejects_of`.
    pub rejects: Option<PathBuf>,
    /// The rejects that take the source's place.
    pub rejects_of: Option<RejectsOf>,
    /// How the plan is drawn.
    pub draft: DraftOptions,
    /// Whether nothing is applied.
    pub dry_run: bool,
    /// Whether differences are exit code 2; only with `dry_run`.
    pub detailed_exitcode: bool,
    /// Whether the writes were agreed to beforehand.
    pub yes: bool,
    /// Time after which the run pauses.
    pub max_duration: Option<Duration>,
}

/// Rejects that are tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectsOf {
    /// The run that they count towards: its id, how that begins, or `last`.
    pub run: String,
    /// The file.
    pub file: PathBuf,
}

/// Options of `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusOptions {
    /// Age over which the last success is too old.
    pub max_age: Option<Duration>,
}

/// Options of `export`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// Whether Grid's customers are listed first.
    pub scan: bool,
    /// What is done with what is known.
    pub to: ExportTo,
}

/// Where an export goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportTo {
    /// A list of the customers.
    List {
        /// How it is written.
        format: ExportFormat,
        /// The file; `None` is stdout.
        output: Option<PathBuf>,
        /// Only these statuses; empty is all.
        statuses: Vec<String>,
        /// Only customers that are this state's own.
        owned: bool,
    },
    /// The ids alone, into the database.
    Database {
        /// Whether those go again that were put there before.
        rewrite: bool,
    },
}

/// Options of `rehearse`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearseOptions {
    /// Customers that the emulated Grid already has.
    pub seed: Option<PathBuf>,
    /// How the emulator misbehaves.
    pub faults: Faults,
    /// Whether it goes at the configured rate instead of flat out.
    pub real_rate: bool,
}

/// Options of `emulate`.
#[derive(Clone, Debug, PartialEq)]
pub struct EmulateOptions {
    /// Loopback address to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// Customers that exist from the start.
    pub seed: Option<PathBuf>,
    /// How the emulator misbehaves.
    pub faults: Faults,
    /// Rate over which it answers 429.
    pub rate_limit: Option<Rate>,
    /// Whether it is a regulated platform, whose customers are approved at once.
    pub regulated: bool,
    /// What it says of its platform besides.
    pub platform: Option<PathBuf>,
}

/// How the emulator misbehaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The faults, by the emulator's names for them.
    pub names: Vec<String>,
    /// Decides when they strike.
    pub seed: u64,
    /// Added to every answer.
    pub latency: Duration,
}

/// Options of `fields`. The edition is the configured one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldsOptions {
    /// Only this type's fields.
    pub customer_type: Option<CustomerType>,
    /// How the table is written.
    pub format: FieldsFormat,
}

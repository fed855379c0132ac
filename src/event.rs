//! What the work reports while it goes on. The engine emits, reporters consume; nothing in
//! between prints. Every variant carries the running totals that a display needs.

use std::sync::mpsc::SyncSender;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::{CustomerId, Key, Reject};
use crate::plan::{ChangeKind, Counts, Guard, Plan, ScanKind};

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A run begins.
    RunStarted {
        /// The run's id.
        run_id: String,
        /// The command, as it was typed (`sync`).
        command: String,
        /// When.
        at: Timestamp,
    },
    /// The source is being read.
    Staging {
        /// Rows so far.
        rows: u64,
        /// Rejected rows so far.
        rejected: u64,
        /// Bytes read so far, before decompression.
        bytes: u64,
        /// Bytes to read; 0 where that is not known.
        bytes_total: u64,
    },
    /// The source was read to its end.
    Staged {
        /// Rows.
        rows: u64,
        /// Rejected rows, duplicates included.
        rejected: u64,
        /// Warnings.
        warnings: u64,
    },
    /// A row cannot be sent. Only `check` emits every one of them.
    Rejected(Reject),
    /// A value is suspicious, but is sent.
    Warned {
        /// Line or record.
        position: crate::model::Position,
        /// The stable code.
        code: String,
        /// The field.
        field: String,
        /// What is suspicious.
        message: String,
    },
    /// Grid's customers are being listed.
    Scanning {
        /// What kind of scan.
        kind: ScanKind,
        /// Customers so far.
        customers: u64,
        /// Pages so far.
        pages: u64,
        /// Customers to come in all, if Grid says so.
        total: Option<u64>,
    },
    /// The scan is complete.
    Scanned {
        /// What kind of scan.
        kind: ScanKind,
        /// Customers listed.
        customers: u64,
        /// Active customers in the mirror.
        active: u64,
        /// Grid's own count.
        total: Option<u64>,
    },
    /// The plan is made.
    Planned(Box<Plan>),
    /// Changes whose outcome a run before this one left open are being looked up.
    Settling {
        /// Those that are settled.
        done: u64,
        /// How many there are.
        total: u64,
        /// So long from now, at most, what Grid does not show may still arrive there (`grid.settle`).
        #[serde(serialize_with = "seconds")]
        wait: Duration,
    },
    /// The plan is being applied.
    Applying {
        /// Changes that have an outcome.
        done: u64,
        /// Changes to do that write to Grid.
        total: u64,
        /// Customers created, with their bank accounts.
        created: u64,
        /// Customers that existed and got a bank account, or another one.
        updated: u64,
        /// Customers deleted.
        deleted: u64,
        /// Changes refused.
        failed: u64,
        /// Changes whose outcome is being looked up.
        unknown: u64,
    },
    /// A change has its outcome.
    Outcome {
        /// The user's key.
        key: Key,
        /// What was to be done.
        kind: ChangeKind,
        /// What came of it.
        outcome: Outcome,
        /// The customer, where known.
        #[serde(skip_serializing_if = "Option::is_none")]
        customer_id: Option<CustomerId>,
        /// Why, in a word: Grid's code, or ours.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The fields that Grid named.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<String>,
    },
    /// Customer ids are being put into the platform's own database.
    WritingBack {
        /// Ids that were dealt with.
        done: u64,
        /// Ids to deal with.
        total: u64,
        /// Ids put there.
        written: u64,
        /// Ids that stood there already.
        unchanged: u64,
        /// Keys without a row.
        missing: u64,
    },
    /// A key has no row to take its customer's id.
    NoRow {
        /// The key.
        key: Key,
    },
    /// No more ids are put there, because all are, or because something ended it early.
    WrittenBack {
        /// Ids put there.
        written: u64,
        /// Ids that stood there already.
        unchanged: u64,
        /// Keys without a row.
        missing: u64,
    },
    /// Every request waits.
    Paused {
        /// How long.
        #[serde(serialize_with = "seconds")]
        pause: Duration,
        /// The rate after it, in requests per second.
        rate: f64,
        /// Answers so far that asked for patience (429).
        rate_limited: u64,
    },
    /// Something that the operator should know.
    Notice {
        /// One sentence or two.
        message: String,
    },
    /// The run was asked to stop: what is under way is finished, nothing new begins.
    Draining,
    /// The run is over.
    Finished(Box<Summary>),
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done by this run.
    Applied,
    /// It was so already.
    AlreadyApplied,
    /// Grid refused it.
    Failed,
    /// Not known, and to be settled by the next run.
    Unknown,
    /// Left for the next run, because the user or the customer moved.
    Deferred,
}

/// The checkpoint, as scripts see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckpointSummary {
    /// Where the next incremental scan begins.
    pub watermark: Option<String>,
    /// When the last full scan that counted right began.
    pub last_full_scan: Option<String>,
    /// Whether the next scan is full, and why.
    pub next_scan_full_because: Option<String>,
    /// Active customers in the mirror.
    pub mirror_active: Option<u64>,
}

/// How a run ended: the one object that `--json` prints, on every path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The version of this object.
    pub format_version: u32,
    /// The run's id, if the run got so far.
    pub run_id: Option<String>,
    /// The command.
    pub command: String,
    /// The exit code.
    pub exit_code: u8,
    /// Its name.
    pub exit_name: String,
    /// Why, in sentences, the weightiest first.
    pub reasons: Vec<String>,
    /// Whether running again goes on where this run stopped.
    pub resumable: bool,
    /// The numbers.
    pub counts: Counts,
    /// Promise 5: whether the numbers add up.
    pub balanced: bool,
    /// What the guards said.
    pub guards: Vec<Guard>,
    /// Where the next run begins.
    pub checkpoint: CheckpointSummary,
    /// The command that would go on, if there is one.
    pub next_command: Option<String>,
    /// The plan's fingerprint, if a plan was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_fingerprint: Option<String>,
    /// Requests sent to Grid.
    pub requests: u64,
    /// Those of them whose answer asked for patience (429).
    pub rate_limited: u64,
    /// Wall time in seconds.
    pub seconds: f64,
    /// What only this command has to say (a saved plan's path, a rehearsal's forecast).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}

/// Where events go. Sending never fails: a reporter that is gone is no reason to stop the work. It
/// waits only for a reader that is tens of thousands of events behind, so that memory stays flat.
#[derive(Clone)]
pub struct Sink(SyncSender<Event>);

impl Sink {
    /// A sink that feeds the channel.
    pub const fn new(sender: SyncSender<Event>) -> Self {
        Self(sender)
    }

    /// Reports.
    pub fn emit(&self, event: Event) {
        // The receiver ends only with the process.
        let _ = self.0.send(event);
    }
}

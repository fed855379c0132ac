//! The plan file: NDJSON, a header, one line for each change and finding, a footer that vouches
//! for all of it. No personal data: safe to attach to a ticket.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::change::{Change, Finding};
use super::guard::Guard;
use super::plan_value::{Header, Totals, hex};

/// The version of the plan file that this program writes and reads.
pub const PLAN_FORMAT_VERSION: u32 = 1;

/// One line, as it is written.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line<'a> {
    /// The first line.
    Plan {
        /// [`PLAN_FORMAT_VERSION`].
        format_version: u32,
        /// What the plan was made from.
        #[serde(flatten)]
        header: &'a Header,
    },
    /// A change.
    Change(&'a Change),
    /// What is only reported.
    Finding(&'a Finding),
    /// The last line.
    End(&'a Footer),
}

/// The last line: without it the file is cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// The totals.
    pub totals: Totals,
    /// What the guards said when it was made. They are judged again when it is applied.
    pub guards: Vec<Guard>,
    /// The plan's fingerprint.
    pub fingerprint: String,
    /// SHA-256 over every line before this one.
    pub digest: String,
}

/// A line as it was read. Findings are for people and tools: applying a plan skips them.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum ReadPlan {
    /// The first line.
    Plan {
        /// The version of the file.
        format_version: u32,
        /// What the plan was made from.
        #[serde(flatten)]
        header: Header,
    },
    /// A change.
    Change(Change),
    /// What is only reported.
    Finding {},
    /// The last line.
    End(Footer),
}

/// A line that is not one of a plan.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The JSON is wrong.
    #[error("line {number} is not a line of a plan file")]
    Json {
        /// The line, from 1.
        number: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Another version of the format.
    #[error(
        "the plan file has format {found}, this program reads {PLAN_FORMAT_VERSION}: make the plan again"
    )]
    Version {
        /// The version of the file.
        found: u32,
    },
}

/// Reads one line; `number` counts from 1.
pub fn read_line(text: &str, number: u64) -> Result<ReadPlan, LineError> {
    let line = serde_json::from_str(text).map_err(|source| LineError::Json { number, source })?;
    match line {
        ReadPlan::Plan { format_version, .. } if format_version != PLAN_FORMAT_VERSION => {
            Err(LineError::Version {
                found: format_version,
            })
        }
        line => Ok(line),
    }
}

/// The hash over the lines so far.
#[derive(Clone, Default)]
pub struct PlanDigest(Sha256);

impl PlanDigest {
    /// Adds a line, without its line feed.
    pub fn add(&mut self, line: &str) {
        self.0.update(line.as_bytes());
        self.0.update(b"\n");
    }

    /// The digest as 64 hexadecimal digits.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

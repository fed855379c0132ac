//! The work: one file a phase. [`stage()`] the source, [`scan()`] Grid, [`draft()`] the plan, apply it
//! with an [`Applier`], [`settle`] what an earlier run left open, [`write_back()`] the ids,
//! [`write_undone`] the rows that a run left.
//!
//! The engine gets ready-made edges, plain settings and a sink for events. It never prints.

mod apply;
mod context;
mod draft;
mod duplicates;
mod error;
mod feed;
mod outs;
mod plan_file;
mod scan;
mod spill;
mod stage;
mod stop;
mod trial;
mod undone;
mod write_back;

pub use apply::{Applier, ApplySettings, Lateness, Reckoning, reckon, settle};
pub use context::Context;
pub use draft::{AccountPolicy, DraftOut, Drafted, Policy, draft};
pub use duplicates::{Grouped, grouped};
pub use error::EngineError;
pub use feed::{Feed, Judged, Pass, Reading};
pub use outs::{IntoJournal, IntoTombstones, Nowhere};
pub use plan_file::{PlanWriter, read_changes, verify_plan};
pub use scan::{ScanChoice, ScanSettings, full_because, is_up_to_date, scan};
pub use stage::{Staging, Unwatched, Watch, stage};
pub use stop::{Stop, StopReason};
pub use trial::{Trial, try_rows};
pub use undone::{Extent, Over, write_undone};
pub use write_back::{WriteBackSettings, WrittenBack, write_back};

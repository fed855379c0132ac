//! What one event says of the phase that runs.

use super::number::{count, percent, thousands};
use crate::event::Event;

/// A phase that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The source is read.
    Reading,
    /// Grid's customers are listed.
    Listing,
    /// Open outcomes are looked up.
    Settling,
    /// The plan is applied.
    Applying,
    /// Ids are written back.
    WritingBack,
}

impl Phase {
    /// The name in a bar or a line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Listing => "listing",
            Self::Settling => "settling",
            Self::Applying => "applying",
            Self::WritingBack => "writing back",
        }
    }
}

/// What is said of a phase: first how far it is, last what came of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// How far it is.
    pub(super) head: String,
    /// What came of it.
    pub(super) tail: Vec<String>,
}

/// What an event says of the phase that runs.
pub(super) struct Measure {
    /// Which phase.
    pub(super) phase: Phase,
    /// What the bar measures: bytes read, customers listed, changes with an outcome.
    pub(super) done: u64,
    /// What `done` will be in the end, where that is known.
    pub(super) total: Option<u64>,
    /// What the rate counts; nothing where a rate would say nothing.
    pub(super) items: Option<u64>,
    /// The words.
    pub(super) facts: Facts,
}

/// What the event says, if it is about a phase that takes time.
pub(super) fn measure(event: &Event) -> Option<Measure> {
    match *event {
        Event::Staging {
            rows,
            rejected,
            bytes,
            bytes_total,
        } => {
            let total = (bytes_total > 0).then_some(bytes_total);
            Some(reading(rows, rejected, bytes, total))
        }
        Event::Scanning {
            customers, total, ..
        } => Some(listing(customers, total)),
        Event::Settling { done, total, .. } => Some(settling(done, total)),
        Event::Applying {
            done,
            total,
            created,
            updated,
            deleted,
            failed,
            unknown,
        } => {
            let tail = [
                some(created, "created"),
                some(updated, "updated"),
                some(deleted, "deleted"),
                some(failed, "failed"),
                some(unknown, "unknown"),
            ];
            Some(counted(Phase::Applying, done, total, tail.concat()))
        }
        Event::WritingBack {
            done,
            total,
            written,
            unchanged,
            missing,
        } => {
            let tail = [
                some(written, "written"),
                some(unchanged, "unchanged"),
                some(missing, "without a row"),
            ];
            Some(counted(Phase::WritingBack, done, total, tail.concat()))
        }
        _ => None,
    }
}

fn reading(rows: u64, rejected: u64, bytes: u64, total: Option<u64>) -> Measure {
    let facts = Facts {
        head: count(rows, "row"),
        tail: some(rejected, "rejected"),
    };
    Measure {
        phase: Phase::Reading,
        done: bytes,
        total,
        items: Some(rows),
        facts,
    }
}

fn listing(customers: u64, total: Option<u64>) -> Measure {
    let head = match total {
        Some(total) => format!("{}/{} customers", thousands(customers), thousands(total)),
        None => count(customers, "customer"),
    };
    let facts = Facts {
        head,
        tail: Vec::new(),
    };
    Measure {
        phase: Phase::Listing,
        done: customers,
        total,
        items: Some(customers),
        facts,
    }
}

fn settling(done: u64, total: u64) -> Measure {
    let head = format!("{}/{}", thousands(done), count(total, "open change"));
    let facts = Facts {
        head,
        tail: Vec::new(),
    };
    Measure {
        phase: Phase::Settling,
        done,
        total: Some(total),
        // Most of the time is spent waiting.
        items: None,
        facts,
    }
}

fn counted(phase: Phase, done: u64, total: u64, tail: Vec<String>) -> Measure {
    let share = percent(done, total);
    let head = format!("{}/{} ({share}%)", thousands(done), thousands(total));
    let facts = Facts { head, tail };
    Measure {
        phase,
        done,
        total: Some(total),
        items: Some(done),
        facts,
    }
}

/// `12 failed`, or nothing to say.
fn some(number: u64, what: &str) -> Vec<String> {
    match number {
        0 => Vec::new(),
        _ => vec![format!("{} {what}", thousands(number))],
    }
}

//! Stage: one streaming pass over the source. A bad row becomes a reject; a good one leaves its
//! key, its position and its fingerprints.
//!
//! One thread reads, one maps, validates and hashes, one sorts: rows travel in batches that are
//! used again, so that memory stays flat whatever the source's size.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::error::EngineError;
use super::feed::{Pass, Reading};
use super::spill::{Groups, Sorted, Spill};
use super::stop::Stop;
use crate::event::{Event, Sink};
use crate::model::{Reject, Row, Warning};
use crate::plan::{FieldHashes, Finding, HashKey, SAMPLE_CAP, Totals};
use crate::source::{Rows, SourceError};

/// Rows in a batch: large enough that handing it over costs nothing, small enough for a cache.
const BATCH: usize = 512;

/// Batches that exist at once.
const BATCHES: usize = 6;

/// Staging is reported each time so many rows were read.
const REPORT_EVERY: u64 = 8_192;

/// Every row of the source, in key order, and what was found on the way.
pub struct Staging {
    sorted: Sorted,
    totals: Totals,
    samples: Vec<Finding>,
}

/// What is told of rows while they are staged.
pub trait Watch {
    /// A row that cannot be sent.
    fn rejected(&mut self, row: &Row, reject: &Reject) -> Result<(), EngineError>;
    /// A row that is sent, with something worth a look.
    fn warned(&mut self, row: &Row, warnings: &[Warning]);
}

impl Staging {
    /// Rows, warnings, and rejects without a key: what staging alone can count. The other rejects
    /// are counted by key, since a key that occurs twice rejects all its rows.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The first rejected rows.
    pub fn samples(&self) -> &[Finding] {
        &self.samples
    }

    /// The keys with their rows, ascending.
    pub(super) fn groups(&self) -> io::Result<Groups> {
        self.sorted.groups()
    }
}

/// Reads the source to its end.
pub fn stage(
    pass: Pass,
    hash_key: &HashKey,
    sink: &Sink,
    stop: &Stop,
    watch: &mut dyn Watch,
) -> Result<Staging, EngineError> {
    let Pass {
        rows,
        reading,
        notices: _,
    } = pass;
    let (full, filled) = sync_channel(BATCHES);
    let (spare, empty) = sync_channel(BATCHES);
    for _ in 0..BATCHES {
        spare
            .send(Batch::default())
            .expect("the receiver is held here");
    }
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read(rows, &empty, &full));
        let stager = Stager::new(&reading, hash_key, sink, watch);
        let staged = stager.run(&filled, &spare, stop);
        drop((filled, spare));
        let read = reader
            .join()
            .map_err(|_| EngineError::Panicked("reading the source".into()))?;
        // The source's own error comes first: without all rows, nothing else that was found counts.
        read.map_err(EngineError::Source)?;
        staged
    })
}

#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    used: usize,
    progress: Option<(u64, u64)>,
}

fn read(
    mut rows: Box<dyn Rows>,
    empty: &Receiver<Batch>,
    full: &SyncSender<Batch>,
) -> Result<(), SourceError> {
    while let Ok(mut batch) = empty.recv() {
        batch.rows.resize_with(BATCH, Row::default);
        batch.used = 0;
        while batch.used < BATCH && rows.next(&mut batch.rows[batch.used])? {
            batch.used += 1;
        }
        batch.progress = rows.progress();
        // A stager that failed hangs up.
        if batch.used == 0 || full.send(batch).is_err() {
            break;
        }
    }
    Ok(())
}

struct Stager<'a> {
    reading: &'a Reading,
    hash_key: &'a HashKey,
    sink: &'a Sink,
    watch: &'a mut dyn Watch,
    spill: Spill,
    hashes: FieldHashes,
    warnings: Vec<Warning>,
    totals: Totals,
    rejected: u64,
    samples: Vec<Finding>,
}

impl<'a> Stager<'a> {
    fn new(
        reading: &'a Reading,
        hash_key: &'a HashKey,
        sink: &'a Sink,
        watch: &'a mut dyn Watch,
    ) -> Self {
        Self {
            reading,
            hash_key,
            sink,
            watch,
            spill: Spill::new(),
            hashes: FieldHashes::default(),
            warnings: Vec::new(),
            totals: Totals::default(),
            rejected: 0,
            samples: Vec::new(),
        }
    }

    fn run(
        mut self,
        filled: &Receiver<Batch>,
        spare: &SyncSender<Batch>,
        stop: &Stop,
    ) -> Result<Staging, EngineError> {
        while let Ok(batch) = filled.recv() {
            if stop.reason().is_some() {
                return Err(EngineError::Stopped);
            }
            batch.rows[..batch.used]
                .iter()
                .try_for_each(|row| self.row(row))?;
            self.report(batch.used as u64, batch.progress);
            // The reader has hung up when it is at the end.
            drop(spare.send(batch));
        }
        let sorted = self.spill.finish().map_err(EngineError::Spill)?;
        Ok(Staging {
            sorted,
            totals: self.totals,
            samples: self.samples,
        })
    }

    fn row(&mut self, row: &Row) -> Result<(), EngineError> {
        self.totals.source_rows += 1;
        self.warnings.clear();
        match self.reading.user(row, &mut self.warnings) {
            Ok(user) => {
                self.hashes.fill(self.hash_key, &user.values);
                let fingerprint = self.hashes.fingerprint(self.hash_key);
                self.spill
                    .push(
                        user.key.as_str(),
                        user.position,
                        Some((&self.hashes, fingerprint)),
                    )
                    .map_err(EngineError::Spill)?;
                self.warned(row);
                Ok(())
            }
            Err(reject) => self.rejected(row, &reject),
        }
    }

    fn warned(&mut self, row: &Row) {
        if !self.warnings.is_empty() {
            self.totals.warnings += self.warnings.len() as u64;
            self.watch.warned(row, &self.warnings);
        }
    }

    fn rejected(&mut self, row: &Row, reject: &Reject) -> Result<(), EngineError> {
        self.rejected += 1;
        if let Some(key) = &reject.key {
            self.spill
                .push(key.as_str(), reject.position, None)
                .map_err(EngineError::Spill)?;
        } else {
            self.totals.rejected += 1;
            self.totals.rejected_without_key += 1;
        }
        if self.samples.len() < SAMPLE_CAP {
            let Reject {
                key,
                position,
                faults,
            } = reject.clone();
            self.samples.push(Finding::Rejected {
                position,
                key,
                faults,
            });
        }
        self.watch.rejected(row, reject)
    }

    fn report(&self, rows: u64, progress: Option<(u64, u64)>) {
        let total = self.totals.source_rows;
        if total / REPORT_EVERY != (total - rows) / REPORT_EVERY {
            let (bytes, bytes_total) = progress.unwrap_or_default();
            self.sink.emit(Event::Staging {
                rows: total,
                rejected: self.rejected,
                bytes,
                bytes_total,
            });
        }
    }
}

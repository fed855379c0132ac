//! Stage: one streaming pass over the source. A bad row becomes a reject; a good one leaves its
//! key, its position and its fingerprints.
//!
//! One thread reads, some map, validate and hash, one collects, one sorts: rows travel in batches
//! that are used again, so that memory stays flat whatever the source's size.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::error::EngineError;
use super::feed::{Judged, Pass, Reading};
use super::spill::{Groups, Judged as Spilled, Run, Sorted, Spill};
use super::stop::Stop;
use crate::event::{Event, Sink};
use crate::model::{Reject, Row, Warning};
use crate::plan::{FieldHashes, Finding, HashKey, SAMPLE_CAP, Totals};
use crate::source::{Rows, SourceError};

/// Rows in a batch: large enough that handing it over costs nothing, small enough for a cache.
const BATCH: usize = 512;

/// Batches that exist at once.
const BATCHES: usize = 12;

/// Staging is reported each time so many rows were read.
const REPORT_EVERY: u64 = 8_192;

/// Every row of the source, in key order, and what was found on the way.
pub struct Staging {
    sorted: Sorted,
    totals: Totals,
    samples: Vec<Finding>,
    key_column: Option<(String, usize)>,
}

/// What is told of rows while they are staged.
pub trait Watch {
    /// A row that cannot be sent.
    fn rejected(&mut self, row: &Row, reject: &Reject) -> Result<(), EngineError>;
    /// A row that is sent, with something worth a look.
    fn warned(&mut self, row: &Row, warnings: &[Warning]);
}

/// Nobody looks at single rows: a plan has samples of them, and `check` lists all.
pub struct Unwatched;

impl Watch for Unwatched {
    fn rejected(&mut self, _row: &Row, _reject: &Reject) -> Result<(), EngineError> {
        Ok(())
    }

    fn warned(&mut self, _row: &Row, _warnings: &[Warning]) {}
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

    /// The column of the key, by name and number from 1.
    pub(super) fn key_column(&self) -> Option<&(String, usize)> {
        self.key_column.as_ref()
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
    let (spare, empty) = sync_channel(BATCHES);
    for _ in 0..BATCHES {
        spare
            .send(Batch::default())
            .expect("the receiver is held here");
    }
    std::thread::scope(|scope| {
        let (to_workers, from_workers): (Vec<_>, Vec<_>) = (0..workers())
            .map(|_| {
                let (full, filled) = sync_channel::<Batch>(BATCHES);
                let (judged, done) = sync_channel::<Batch>(BATCHES);
                let reading = &reading;
                scope.spawn(move || judge_all(reading, hash_key, &filled, &judged));
                (full, done)
            })
            .unzip();
        let reader = scope.spawn(move || read(rows, &empty, &to_workers));
        let collector = Collector::new(sink, watch);
        let staged = collector.run(&from_workers, &spare, stop);
        drop((from_workers, spare));
        let read = reader
            .join()
            .map_err(|_| EngineError::Panicked("reading the source".into()))?;
        // The source's own error comes first: without all rows, nothing else that was found counts.
        read.map_err(EngineError::Source)?;
        staged.map(|staging| Staging {
            key_column: reading.key_column(),
            ..staging
        })
    })
}

/// Threads that judge rows. Reading takes a part of one processor, and merging comes later.
fn workers() -> usize {
    std::thread::available_parallelism()
        .map_or(1, usize::from)
        .clamp(1, 4)
}

/// Rows, and what a worker made of them.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    used: usize,
    progress: Option<(u64, u64)>,
    staged: Run,
    rejected: Vec<(usize, Reject)>,
    warned: Vec<(usize, Vec<Warning>)>,
}

/// Reads, and deals the batches out in turn: who takes them back in turn has the rows in order.
fn read(
    mut rows: Box<dyn Rows>,
    empty: &Receiver<Batch>,
    workers: &[SyncSender<Batch>],
) -> Result<(), SourceError> {
    for worker in workers.iter().cycle() {
        let Ok(mut batch) = empty.recv() else { break };
        batch.rows.resize_with(BATCH, Row::default);
        batch.used = 0;
        while batch.used < BATCH && rows.next(&mut batch.rows[batch.used])? {
            batch.used += 1;
        }
        batch.progress = rows.progress();
        // A collector that failed hangs up, and so do the workers.
        if batch.used == 0 || worker.send(batch).is_err() {
            break;
        }
    }
    Ok(())
}

/// Maps, validates and hashes batch after batch.
fn judge_all(
    reading: &Reading,
    hash_key: &HashKey,
    filled: &Receiver<Batch>,
    judged: &SyncSender<Batch>,
) {
    let mut hashes = FieldHashes::default();
    while let Ok(mut batch) = filled.recv() {
        let Batch {
            rows,
            used,
            staged,
            rejected,
            warned,
            progress: _,
        } = &mut batch;
        for (at, row) in rows[..*used].iter().enumerate() {
            let mut warnings = Vec::new();
            match reading.judge(row, &mut warnings) {
                Judged::User(user) => {
                    hashes.fill(hash_key, &user.values);
                    let fingerprint = hashes.fingerprint(hash_key);
                    staged.push(
                        user.key.as_str(),
                        user.position,
                        Spilled::Valid(&hashes, fingerprint),
                    );
                    if !warnings.is_empty() {
                        warned.push((at, warnings));
                    }
                }
                Judged::OutOfScope(key) => {
                    staged.push(key.as_str(), row.position(), Spilled::OutOfScope);
                }
                Judged::Rejected(reject) => {
                    if let Some(key) = &reject.key {
                        staged.push(key.as_str(), reject.position, Spilled::Rejected);
                    }
                    rejected.push((at, reject));
                }
            }
        }
        if judged.send(batch).is_err() {
            break;
        }
    }
}

/// Puts the judged rows together, in the source's order.
struct Collector<'a> {
    sink: &'a Sink,
    watch: &'a mut dyn Watch,
    spill: Spill,
    totals: Totals,
    rejected: u64,
    samples: Vec<Finding>,
}

impl<'a> Collector<'a> {
    fn new(sink: &'a Sink, watch: &'a mut dyn Watch) -> Self {
        Self {
            sink,
            watch,
            spill: Spill::new(),
            totals: Totals::default(),
            rejected: 0,
            samples: Vec::new(),
        }
    }

    fn run(
        mut self,
        workers: &[Receiver<Batch>],
        spare: &SyncSender<Batch>,
        stop: &Stop,
    ) -> Result<Staging, EngineError> {
        // The phase begins now, and its time is counted from here.
        self.tell(None);
        for worker in workers.iter().cycle() {
            let Ok(mut batch) = worker.recv() else { break };
            if stop.reason().is_some() {
                return Err(EngineError::Stopped);
            }
            self.batch(&mut batch)?;
            // The reader has hung up when it is at the end.
            drop(spare.send(batch));
        }
        let sorted = self.spill.finish().map_err(EngineError::Spill)?;
        Ok(Staging {
            sorted,
            totals: self.totals,
            samples: self.samples,
            key_column: None,
        })
    }

    fn batch(&mut self, batch: &mut Batch) -> Result<(), EngineError> {
        let Batch {
            rows,
            used,
            progress,
            staged,
            rejected,
            warned,
        } = batch;
        self.totals.source_rows += *used as u64;
        self.spill.take(staged).map_err(EngineError::Spill)?;
        for (at, warnings) in warned.drain(..) {
            self.totals.warnings += warnings.len() as u64;
            self.watch.warned(&rows[at], &warnings);
        }
        for (at, reject) in rejected.drain(..) {
            self.reject(&rows[at], &reject)?;
        }
        self.report(*used as u64, *progress);
        Ok(())
    }

    fn reject(&mut self, row: &Row, reject: &Reject) -> Result<(), EngineError> {
        self.rejected += 1;
        if reject.key.is_none() {
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
            self.tell(progress);
        }
    }

    fn tell(&self, progress: Option<(u64, u64)>) {
        let (bytes, bytes_total) = progress.unwrap_or_default();
        self.sink.emit(Event::Staging {
            rows: self.totals.source_rows,
            rejected: self.rejected,
            bytes,
            bytes_total,
        });
    }
}

//! The driver's end of a pass.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::overflow::{Reader, Writer, overflow};
use super::patience::Patience;
use super::stopper::Stopper;
use crate::model::{Position, Row};
use crate::source::{SourceError, SourceName};

/// What goes over to the reader, in this order: a header, batches, perhaps the overflow, the end.
pub(super) enum Part {
    Header(Vec<String>),
    Rows(Batch),
    /// The rest of the rows is, or will be, in there.
    Overflow(Reader),
    /// The driver has said how it ended. Without this, the pass is not whole.
    End(Result<(), SourceError>),
}

/// Where a driver puts what it reads: the header, then row after row.
pub(in crate::source) struct Outlet {
    name: SourceName,
    parts: Sender<Part>,
    spare: Receiver<Batch>,
    stopper: Arc<Stopper>,
    patience: Patience,
    waited: Duration,
    batch: Batch,
    records: u64,
    overflow: Option<Writer>,
}

impl Outlet {
    pub(super) fn new(
        name: SourceName,
        parts: Sender<Part>,
        spare: Receiver<Batch>,
        stopper: Arc<Stopper>,
        patience: Patience,
    ) -> Self {
        Self {
            name,
            parts,
            spare,
            stopper,
            patience,
            waited: Duration::ZERO,
            batch: Batch::default(),
            records: 0,
            overflow: None,
        }
    }

    /// What ends a wait of the driver when the reader goes before the end: called once, from the
    /// reader's thread, so it must not wait itself. A driver that has nothing to interrupt needs
    /// none: its next [`Outlet::row`] fails.
    pub(in crate::source) fn on_stop(&self, hook: impl FnOnce() + Send + 'static) {
        self.stopper.hook(Box::new(hook));
    }

    /// The names of the columns; once, before the first row and as soon as they are known: whoever
    /// began the pass waits for them. At least one.
    pub(in crate::source) fn header(&mut self, names: Vec<String>) -> Result<(), SourceError> {
        self.send(Part::Header(names))
    }

    /// One row. It is given empty and with its position, to be filled with one cell for each
    /// column. Fails when the reader has gone, and the driver should return then.
    pub(in crate::source) fn row<T>(
        &mut self,
        fill: impl FnOnce(&mut Row) -> T,
    ) -> Result<T, SourceError> {
        if self.batch.is_full() {
            self.hand_over()?;
            self.next_batch()?;
        }
        self.records += 1;
        let record = self.records;
        let filled = self.batch.push(|row| {
            row.begin(Position {
                record,
                line: 0,
                byte: 0,
            });
            fill(row)
        });
        Ok(filled)
    }

    /// Rows given so far.
    pub(in crate::source) fn records(&self) -> u64 {
        self.records
    }

    /// Tells the reader how the driver ended, after everything that it gave.
    pub(super) fn end(mut self, result: Result<(), SourceError>) {
        let result = result.and_then(|()| self.finish());
        // Ends the file before the end is told; a reader that has gone is told nothing.
        self.overflow = None;
        let _ = self.parts.send(Part::End(result));
    }

    fn finish(&mut self) -> Result<(), SourceError> {
        self.hand_over()?;
        match &mut self.overflow {
            None => Ok(()),
            Some(writer) => writer.flush().map_err(|cause| self.not_kept(cause)),
        }
    }

    /// Gives the batch away.
    fn hand_over(&mut self) -> Result<(), SourceError> {
        if self.stopper.is_stopped() {
            return Err(self.gone());
        }
        if let Some(writer) = &mut self.overflow {
            let written = writer.write(self.batch.rows());
            self.batch.clear();
            return written.map_err(|cause| self.not_kept(cause));
        }
        let batch = std::mem::take(&mut self.batch);
        self.send(Part::Rows(batch))
    }

    /// Waits for a batch that was read, and if that takes too long turns to the overflow.
    fn next_batch(&mut self) -> Result<(), SourceError> {
        if self.overflow.is_some() {
            return Ok(());
        }
        let began = Instant::now();
        let spare = self.spare.recv_timeout(self.patience.left(self.waited));
        self.waited += began.elapsed();
        match spare {
            Ok(batch) => {
                self.batch = batch;
                Ok(())
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.gone()),
            Err(RecvTimeoutError::Timeout) => {
                let (writer, reader) = overflow().map_err(|cause| self.not_kept(cause))?;
                self.overflow = Some(writer);
                self.send(Part::Overflow(reader))
            }
        }
    }

    fn send(&self, part: Part) -> Result<(), SourceError> {
        self.parts.send(part).map_err(|_| self.gone())
    }

    /// What a driver returns when the reader has gone. Nobody hears of it.
    pub(in crate::source) fn gone(&self) -> SourceError {
        let name = self.name.clone();
        SourceError::Over { name }
    }

    fn not_kept(&self, cause: io::Error) -> SourceError {
        let name = self.name.clone();
        SourceError::Overflow { name, cause }
    }
}

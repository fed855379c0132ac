//! The reader's end of a pass.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::outlet::Part;
use super::overflow::Reader;
use super::stopper::Stopper;
use crate::model::Row;
use crate::source::{Rows, SourceError, SourceName};

/// A reader that goes waits so long for the driver to let the database go.
const GRACE: Duration = Duration::from_secs(5);

/// One pass over what a driver gives; not to be asked for more than there is.
pub(super) struct Pumped {
    name: SourceName,
    header: Vec<String>,
    parts: Receiver<Part>,
    /// Where batches go back to; none when the reader goes.
    spare: Option<Sender<Batch>>,
    stopper: Arc<Stopper>,
    current: Current,
}

/// Where the next row comes from.
enum Current {
    /// From the next part.
    Between,
    Batch(Batch),
    Overflow(Reader),
}

impl Pumped {
    /// Waits for the header.
    pub(super) fn begin(
        name: SourceName,
        parts: Receiver<Part>,
        spare: Sender<Batch>,
        stopper: Arc<Stopper>,
    ) -> Result<Self, SourceError> {
        let mut rows = Self {
            name,
            header: Vec::new(),
            parts,
            spare: Some(spare),
            stopper,
            current: Current::Between,
        };
        match rows.parts.recv() {
            Ok(Part::Header(header)) => rows.header = header,
            Ok(Part::End(Err(error))) => return Err(error),
            Ok(Part::End(Ok(())) | Part::Rows(_) | Part::Overflow(_)) | Err(_) => {
                return Err(rows.panicked());
            }
        }
        Ok(rows)
    }

    /// Lets the driver fill again what was read.
    fn give_back(&mut self) {
        let current = std::mem::replace(&mut self.current, Current::Between);
        if let (Current::Batch(mut batch), Some(spare)) = (current, &self.spare) {
            batch.clear();
            // The driver may be done.
            let _ = spare.send(batch);
        }
    }

    fn panicked(&self) -> SourceError {
        let name = self.name.clone();
        SourceError::Panicked { name }
    }
}

impl Rows for Pumped {
    fn header(&self) -> &[String] {
        &self.header
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        loop {
            let found = match &mut self.current {
                Current::Between => false,
                Current::Batch(batch) => batch.take(row),
                Current::Overflow(file) => file.next(row).map_err(|cause| {
                    let name = self.name.clone();
                    SourceError::Overflow { name, cause }
                })?,
            };
            if found {
                return Ok(true);
            }
            self.give_back();
            self.current = match self.parts.recv() {
                Ok(Part::Rows(batch)) => Current::Batch(batch),
                Ok(Part::Overflow(file)) => Current::Overflow(file),
                Ok(Part::End(Ok(()))) => return Ok(false),
                Ok(Part::End(Err(error))) => return Err(error),
                Ok(Part::Header(_)) | Err(_) => return Err(self.panicked()),
            };
        }
    }

    /// How much a query gives is not known before its end.
    fn progress(&self) -> Option<(u64, u64)> {
        None
    }
}

impl Drop for Pumped {
    /// Ends the driver's thread, and sees it end: the database is free when the pass is gone.
    fn drop(&mut self) {
        self.spare = None;
        self.stopper.stop();
        let until = Instant::now() + GRACE;
        while let Some(left) = until.checked_duration_since(Instant::now())
            && self.parts.recv_timeout(left).is_ok()
        {}
    }
}

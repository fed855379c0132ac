//! The driver's thread.

use std::sync::Arc;
use std::sync::mpsc::channel;

use super::batch::Batch;
use super::outlet::Outlet;
use super::patience::Patience;
use super::pumped::Pumped;
use super::stopper::Stopper;
use crate::source::guarded::guarded;
use crate::source::{Rows, SourceError, SourceName};

/// Batches that exist at once, beside the one that the driver fills: all that is read ahead.
const BATCHES: usize = 8;

/// Begins a pass: `work` runs on a thread of its own and gives the header, then the rows. Returns when
/// the header is there, or the error that came before it.
///
/// `work` returns `Ok` if and only if it gave every row that there is, and has let the database go
/// when it returns.
pub(in crate::source) fn start(
    name: &SourceName,
    patience: Patience,
    work: impl FnOnce(&mut Outlet) -> Result<(), SourceError> + Send + 'static,
) -> Result<Box<dyn Rows>, SourceError> {
    let (spare, spares) = channel();
    for _ in 0..BATCHES {
        spare
            .send(Batch::default())
            .expect("the receiver is held here");
    }
    let (parts, received) = channel();
    let stopper = Arc::new(Stopper::new());
    let mut outlet = Outlet::new(name.clone(), parts, spares, Arc::clone(&stopper), patience);
    std::thread::Builder::new()
        .name(format!("source-{}", name.kind()))
        .spawn(move || {
            let worked = work(&mut outlet);
            outlet.end(worked);
        })
        .map_err(|cause| SourceError::Open {
            name: name.clone(),
            cause,
        })?;
    let rows = Pumped::begin(name.clone(), received, spare, stopper)?;
    Ok(guarded(name, rows))
}

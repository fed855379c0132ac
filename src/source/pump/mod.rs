//! A driver on a thread of its own, and the rows that come out of it.
//!
//! A database's driver pushes: it has a connection, a transaction and a buffer on its stack, and
//! gives row after row. [`Rows`](crate::source::Rows) is pulled, from whatever thread, a row at a
//! time, perhaps days apart. So the driver works on a thread that ends with the pass, and batches
//! of rows, used again and again, go over to whoever reads them.
//!
//! | file | holds |
//! |---|---|
//! | `start` | [`start()`]: the thread, and the first thing that it says |
//! | `outlet` | [`Outlet`]: the driver's end |
//! | `pumped` | the reader's end |
//! | `ended` | [`Ended`]: why a driver stopped before the end |
//! | `batch` | rows that change hands together |
//! | `overflow` | the file that takes the rest when the reader is slow |
//! | `patience` | [`Patience`]: how long a reader may be slow |
//! | `stopper` | how a reader that has gone ends what the driver waits for |
//!
//! **A slow reader does not hold the database.** `apply` takes a few rows a second, for days, and an
//! open snapshot keeps a database from cleaning up after itself (and some servers cut off who reads
//! slowly). When the driver has waited for the reader longer than its [`Patience`], it writes the rest of
//! the rows, as fast as the database gives them, to a temporary file, and lets the database go;
//! the reader reads on from the file. As with a stream (`source/input/spool`) the file has no name
//! and mode 0600, stands under `TMPDIR`, grows to about the size of the rows, and is gone with the
//! process.
//!
//! **A pass that broke off never looks like a short one.** The reader is told of the end by the
//! driver's success alone; an error, a panic, a thread that is gone are errors of
//! [`Rows::next`](crate::source::Rows::next), now and ever after.

mod batch;
mod ended;
mod outlet;
mod overflow;
mod patience;
mod pumped;
mod start;
mod stopper;

pub(super) use ended::Ended;
pub(super) use outlet::Outlet;
pub use patience::Patience;
pub(super) use start::start;

#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;

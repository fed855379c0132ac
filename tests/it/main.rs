//! The real program against an emulated Grid, over HTTP, as stories.

/// Creates, drift, orphans, deletes, and a second run that does nothing.
mod sync;

mod support;

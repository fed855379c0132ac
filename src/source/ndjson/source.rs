//! NDJSON as a [`Source`].

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::discover::discover;
use super::lines::Lines;
use super::names::Names;
use super::rows::NdjsonRows;
use super::settings::NdjsonSettings;
use crate::source::guarded::guarded;
use crate::source::input::Feed;
use crate::source::{Rows, Snapshot, Source, SourceError, SourceName};

/// A file of JSON objects, one a line, or such lines on standard input; plain, gzip or zstd.
///
/// Standard input is kept as CSV on standard input is.
pub struct NdjsonSource {
    feed: Feed,
    buffer: usize,
    /// The names of all members, once they were collected.
    names: Mutex<Option<Arc<Names>>>,
}

impl NdjsonSource {
    /// Opens nothing yet: [`Source::rows`] does.
    pub fn new(settings: NdjsonSettings) -> Self {
        let name = SourceName::new("ndjson", settings.input.label());
        Self {
            feed: Feed::new(settings.input, name),
            buffer: settings.buffer,
            names: Mutex::default(),
        }
    }

    /// The path, where the source has one.
    pub fn path(&self) -> Option<&Path> {
        self.feed.path()
    }

    #[cfg(test)]
    pub(super) fn of_stream(stream: Box<dyn std::io::Read + Send>) -> Self {
        let settings = NdjsonSettings::new(crate::source::Input::Stdin);
        Self {
            feed: Feed::of_stream(stream, SourceName::new("ndjson", "-")),
            buffer: settings.buffer,
            names: Mutex::default(),
        }
    }

    fn lines(&self) -> Result<Lines, SourceError> {
        let (text, pass) = self.feed.open()?;
        Ok(Lines::new(self.name().clone(), text, pass, self.buffer))
    }

    /// The names, collected when they are first asked for.
    fn names(&self) -> Result<Arc<Names>, SourceError> {
        let mut known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = &*known {
            return Ok(Arc::clone(names));
        }
        let names = Arc::new(discover(self.lines()?)?);
        *known = Some(Arc::clone(&names));
        Ok(names)
    }
}

impl Source for NdjsonSource {
    fn name(&self) -> &SourceName {
        self.feed.name()
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let names = self.names()?;
        let rows = NdjsonRows::new(self.lines()?, names);
        Ok(guarded(self.name(), rows))
    }

    fn snapshot(&self) -> Option<Snapshot> {
        self.feed.snapshot()
    }
}

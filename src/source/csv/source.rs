//! CSV as a [`Source`].

use std::path::Path;

use super::rows::CsvRows;
use super::settings::{CsvSettings, Delimiter};
use crate::source::input::Feed;
use crate::source::{Rows, Snapshot, Source, SourceError, SourceName};

/// A CSV file, or CSV on standard input; plain, gzip or zstd.
///
/// Standard input is written, as it is read, to a temporary file without a name, so that the
/// second pass of `apply` reads the same bytes: see `source/input/spool`.
pub struct CsvSource {
    feed: Feed,
    delimiter: Delimiter,
    buffer: usize,
}

impl CsvSource {
    /// Opens nothing yet: [`Source::rows`] does.
    pub fn new(settings: CsvSettings) -> Self {
        let name = SourceName::new("csv", settings.input.label());
        Self {
            feed: Feed::new(settings.input, name),
            delimiter: settings.delimiter,
            buffer: settings.buffer,
        }
    }

    /// The path, where the source has one.
    pub fn path(&self) -> Option<&Path> {
        self.feed.path()
    }

    /// What separates two cells.
    pub fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    #[cfg(test)]
    pub(super) fn of_stream(stream: Box<dyn std::io::Read + Send>) -> Self {
        let name = SourceName::new("csv", "-");
        let settings = CsvSettings::new(crate::source::Input::Stdin);
        Self {
            feed: Feed::of_stream(stream, name),
            delimiter: settings.delimiter,
            buffer: settings.buffer,
        }
    }
}

impl Source for CsvSource {
    fn name(&self) -> &SourceName {
        self.feed.name()
    }

    fn rows(&self) -> Result<Box<dyn Rows>, SourceError> {
        let (text, pass) = self.feed.open()?;
        let name = self.name().clone();
        let rows = CsvRows::begin(name, text, pass, self.delimiter, self.buffer)?;
        Ok(Box::new(rows))
    }

    fn snapshot(&self) -> Option<Snapshot> {
        self.feed.snapshot()
    }
}

//! CSV as a [`Source`].

use std::path::Path;

use super::rows::CsvRows;
use super::settings::{CsvSettings, Delimiter};
use crate::source::guarded::guarded;
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
        Ok(guarded(self.name(), rows))
    }

    fn snapshot(&self) -> Option<Snapshot> {
        self.feed.snapshot()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Row;

    /// The cells of every row, in the order of the file.
    fn cells(source: &CsvSource) -> Vec<Vec<String>> {
        let mut rows = source.rows().expect("the source opens");
        let (mut row, mut found) = (Row::default(), Vec::new());
        while rows.next(&mut row).expect("the row is read") {
            let texts = (0..row.len()).map(|column| row.text(column).expect("text").to_owned());
            found.push(texts.collect());
        }
        found
    }

    #[test]
    fn a_stream_gives_the_same_rows_to_every_pass() {
        let source = CsvSource::of_stream(Box::new(&b"id,name\n1,\"A\nB\"\n2,C\n"[..]));
        let first = cells(&source);
        assert_eq!(first, [["1", "A\nB"], ["2", "C"]]);
        assert_eq!(cells(&source), first);
    }

    #[test]
    fn after_an_error_the_rest_is_not_taken_for_the_whole() {
        let source = CsvSource::of_stream(Box::new(&b"id\n1\n\"2\n3\n"[..]));
        let mut rows = source.rows().expect("the source opens");
        let mut next = || rows.next(&mut Row::default());
        assert!(matches!(next(), Ok(true)));
        assert!(matches!(next(), Err(SourceError::UnclosedQuote { .. })));
        assert!(matches!(next(), Err(SourceError::Over { .. })));
    }

    #[test]
    fn a_stream_has_no_snapshot_and_no_path() {
        let source = CsvSource::of_stream(Box::new(std::io::empty()));
        assert_eq!(source.snapshot(), None);
        assert_eq!(source.path(), None);
    }
}

//! One pass over CSV text.

use std::io::{self, Read};

use csv::ByteRecord;

use super::quotes::{Quotes, inspect};
use super::settings::Delimiter;
use super::window::{BadText, RECORD_LIMIT, Window};
use crate::model::sheet::unmarked;
use crate::model::{Position, Row, RowFault};
use crate::source::input::Pass;
use crate::source::rejects::is_rejects;
use crate::source::{Rows, SourceError, SourceName};

/// More columns than this no table of users has, nor any spreadsheet. Each is looked up by its name.
const COLUMN_LIMIT: usize = 16_384;

/// The rows of one pass, as they come; not to be asked for more than there is.
pub(super) struct CsvRows {
    name: SourceName,
    pass: Pass,
    delimiter: u8,
    reader: csv::Reader<Window>,
    header: Vec<String>,
    /// Whether the cells bear the marks of a file that we wrote.
    marked: bool,
    /// Filled anew for each record.
    record: ByteRecord,
    /// Data records read so far.
    records: u64,
}

/// Where the parser stands. Its line counts the line feeds it has consumed.
#[derive(Clone, Copy)]
struct Mark {
    byte: u64,
    line: u64,
}

/// A record's text: where it begins, behind the line ends that the parser skips, and ends.
#[derive(Clone, Copy)]
struct Span {
    begin: Mark,
    end: Mark,
}

impl CsvRows {
    /// Reads the header.
    pub(super) fn begin(
        name: SourceName,
        text: Box<dyn Read + Send>,
        pass: Pass,
        delimiter: Delimiter,
        buffer: usize,
    ) -> Result<Self, SourceError> {
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter.byte())
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(buffer.max(1))
            .from_reader(Window::new(text, RECORD_LIMIT));
        let mut rows = Self {
            name,
            pass,
            delimiter: delimiter.byte(),
            reader,
            header: Vec::new(),
            marked: false,
            record: ByteRecord::new(),
            records: 0,
        };
        rows.read_header()?;
        Ok(rows)
    }

    fn read_header(&mut self) -> Result<(), SourceError> {
        let Some(span) = self.read_record()? else {
            let name = self.name.clone();
            return Err(SourceError::Empty { name });
        };
        if self.record.len() > COLUMN_LIMIT {
            return Err(SourceError::TooManyColumns {
                name: self.name.clone(),
                line: span.begin.line,
                limit: COLUMN_LIMIT,
            });
        }
        for cell in &self.record {
            match str::from_utf8(cell) {
                Ok(text) => self.header.push(text.to_owned()),
                Err(_) => return Err(self.header_not_utf8(span)),
            }
        }
        self.marked = is_rejects(&self.header);
        if self.marked {
            self.header.iter_mut().for_each(unmark_name);
        }
        Ok(())
    }

    /// Reads the next record that has any character; `None` at the end of the text.
    fn read_record(&mut self) -> Result<Option<Span>, SourceError> {
        let before = self.mark();
        self.reader.get_mut().release(before.byte);
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Err(error) => Err(self.explain(error, before)),
            Ok(true) => {
                let span = self.span(before);
                self.check_quotes(span)?;
                Ok(Some(span))
            }
        }
    }

    fn mark(&self) -> Mark {
        let position = self.reader.position();
        Mark {
            byte: position.byte(),
            line: position.line(),
        }
    }

    /// The record just read. The parser skips line ends as it begins a record (empty lines, and
    /// the `\n` of a `\r\n`), and counts them to it.
    fn span(&self, before: Mark) -> Span {
        let end = self.mark();
        let text = self.reader.get_ref().between(before.byte, end.byte);
        let skipped = text.iter().take_while(|&&byte| is_line_end(byte)).count();
        let begin = Mark {
            byte: before.byte + skipped as u64,
            line: before.line + line_feeds(&text[..skipped]),
        };
        Span { begin, end }
    }

    fn text(&self, span: Span) -> &[u8] {
        self.reader
            .get_ref()
            .between(span.begin.byte, span.end.byte)
    }

    /// Fails if the record looks like several. Only one that runs over a line end or up to the
    /// end of the text can be, so the text of others is not looked at.
    fn check_quotes(&self, span: Span) -> Result<(), SourceError> {
        let text = self.text(span);
        let own_line_end = u64::from(text.ends_with(b"\n"));
        let runs_on = span.end.line - span.begin.line > own_line_end;
        if !runs_on && !self.reader.get_ref().ends_at(span.end.byte) {
            return Ok(());
        }
        match inspect(text, self.delimiter) {
            Quotes::Sound => Ok(()),
            Quotes::Unclosed { opened } => Err(self.unclosed(text, span.begin, opened)),
            Quotes::Stray { opened, closed } => Err(SourceError::StrayQuote {
                name: self.name.clone(),
                line: span.begin.line + line_feeds(&text[..opened]),
                byte: self.offset(span.begin.byte + opened as u64),
                closed_line: span.begin.line + line_feeds(&text[..closed]),
            }),
        }
    }

    fn unclosed(&self, text: &[u8], begin: Mark, opened: usize) -> SourceError {
        SourceError::UnclosedQuote {
            name: self.name.clone(),
            line: begin.line + line_feeds(&text[..opened]),
            byte: self.offset(begin.byte + opened as u64),
            swallowed: (text.len() - opened - 1) as u64,
        }
    }

    /// What is wrong with the record just read, the number of its cells first.
    fn fault(&self, span: Span) -> Option<RowFault> {
        let (expected, found) = (self.header.len(), self.record.len());
        if found != expected {
            return Some(RowFault::Ragged { expected, found });
        }
        if self.record.as_slice().is_ascii() {
            return None;
        }
        let column = self
            .record
            .iter()
            .position(|cell| str::from_utf8(cell).is_err())?;
        let byte = self.first_not_utf8(span);
        Some(RowFault::NotUtf8 { column, byte })
    }

    /// Offset of the first byte of the record that is not UTF-8.
    fn first_not_utf8(&self, span: Span) -> u64 {
        let valid = match str::from_utf8(self.text(span)) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        self.offset(span.begin.byte + valid as u64)
    }

    fn header_not_utf8(&self, span: Span) -> SourceError {
        SourceError::HeaderNotUtf8 {
            name: self.name.clone(),
            line: span.begin.line,
            byte: self.first_not_utf8(span),
        }
    }

    /// Offset in the file of an offset in the text, which begins behind a byte order mark.
    fn offset(&self, byte: u64) -> u64 {
        self.pass.text_begins + byte
    }

    /// What a failed read means. `before` is where the record that was being read begins.
    fn explain(&self, error: csv::Error, before: Mark) -> SourceError {
        let name = self.name.clone();
        let window = self.reader.get_ref();
        match window.bad() {
            None => self.pass.explain(io_error(error)),
            Some(BadText::Nul { at }) => {
                let text = &window.rest()[..at];
                SourceError::Nul {
                    name,
                    line: before.line + line_feeds(text),
                    byte: self.offset(before.byte + text.len() as u64),
                }
            }
            Some(BadText::Endless) => self.endless(window.rest(), before),
        }
    }

    fn endless(&self, text: &[u8], before: Mark) -> SourceError {
        let skipped = text.iter().take_while(|&&byte| is_line_end(byte)).count();
        let begin = Mark {
            byte: before.byte + skipped as u64,
            line: before.line + line_feeds(&text[..skipped]),
        };
        match inspect(&text[skipped..], self.delimiter) {
            Quotes::Unclosed { opened } => self.unclosed(&text[skipped..], begin, opened),
            _ => SourceError::RecordTooLong {
                name: self.name.clone(),
                line: begin.line,
                byte: self.offset(begin.byte),
                limit: RECORD_LIMIT,
            },
        }
    }
}

impl Rows for CsvRows {
    fn header(&self) -> &[String] {
        &self.header
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, SourceError> {
        let Some(span) = self.read_record()? else {
            self.pass.verify_unchanged()?;
            return Ok(false);
        };
        self.records += 1;
        row.begin(Position {
            record: self.records,
            line: span.begin.line,
            byte: self.offset(span.begin.byte),
        });
        for cell in &self.record {
            if self.marked {
                row.push(Some(&unmarked(cell)));
            } else {
                row.push(Some(cell));
            }
        }
        if let Some(fault) = self.fault(span) {
            row.fail(fault);
        }
        Ok(true)
    }

    fn progress(&self) -> Option<(u64, u64)> {
        self.pass.progress()
    }
}

/// A mark is one byte of ASCII, so without it a name is as good a text as with it.
fn unmark_name(name: &mut String) {
    if let Ok(text) = str::from_utf8(&unmarked(name.as_bytes())) {
        *name = text.to_owned();
    }
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

#[expect(
    clippy::naive_bytecount,
    reason = "a record is short; counting is not what a run waits for"
)]
fn line_feeds(text: &[u8]) -> u64 {
    text.iter().filter(|&&byte| byte == b'\n').count() as u64
}

/// A flexible reader of bytes fails in one way only.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::ErrorKind::InvalidData.into(),
    }
}

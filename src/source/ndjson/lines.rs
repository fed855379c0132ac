//! The text, line by line, each with its place.

use std::io::{BufRead, BufReader, Read};

use crate::source::input::Pass;
use crate::source::{SourceError, SourceName};

/// A line longer than this is no user. It bounds the memory that a pass takes.
pub(super) const LINE_LIMIT: usize = 16 * 1024 * 1024;

/// The lines of one pass that hold more than white space.
pub(super) struct Lines {
    name: SourceName,
    pass: Pass,
    text: BufReader<Box<dyn Read + Send>>,
    /// The line, without its line end. Filled anew for each.
    line: Vec<u8>,
    /// Its number, from 1.
    number: u64,
    /// Offset in the text of its first byte, and of the byte behind it and its line end.
    begin: u64,
    end: u64,
    /// Whether a line feed ends it.
    is_ended: bool,
}

impl Lines {
    pub(super) fn new(
        name: SourceName,
        text: Box<dyn Read + Send>,
        pass: Pass,
        buffer: usize,
    ) -> Self {
        Self {
            name,
            pass,
            text: BufReader::with_capacity(buffer.max(1), text),
            line: Vec::new(),
            number: 0,
            begin: 0,
            end: 0,
            is_ended: false,
        }
    }

    /// Goes to the next line that is not blank; `false` at the end of a text that nobody wrote to
    /// meanwhile.
    pub(super) fn advance(&mut self) -> Result<bool, SourceError> {
        loop {
            if !self.read()? {
                self.pass.verify_unchanged()?;
                return Ok(false);
            }
            if !self.line.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The line as it stands there.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Its number, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Offset in the (decompressed) file of a byte of the line.
    pub(super) fn byte(&self, at: usize) -> u64 {
        self.pass.text_begins + self.begin + at as u64
    }

    /// Whether the text ends without a line feed behind this line.
    pub(super) fn is_last_without_end(&self) -> bool {
        !self.is_ended
    }

    pub(super) fn name(&self) -> &SourceName {
        &self.name
    }

    pub(super) fn progress(&self) -> Option<(u64, u64)> {
        self.pass.progress()
    }

    /// Reads one line; `false` where there is none left.
    fn read(&mut self) -> Result<bool, SourceError> {
        self.line.clear();
        self.begin = self.end;
        let limit = LINE_LIMIT as u64 + 1;
        let read = (&mut self.text)
            .take(limit)
            .read_until(b'\n', &mut self.line)
            .map_err(|cause| self.pass.explain(cause))?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.end += read as u64;
        self.is_ended = self.line.pop_if(|byte| *byte == b'\n').is_some();
        if let Some(at) = nul(&self.line) {
            return Err(SourceError::Nul {
                name: self.name.clone(),
                line: self.number,
                byte: self.byte(at),
            });
        }
        if self.line.len() > LINE_LIMIT {
            return Err(SourceError::RecordTooLong {
                name: self.name.clone(),
                line: self.number,
                byte: self.byte(0),
                limit: LINE_LIMIT,
            });
        }
        Ok(true)
    }
}

/// Where the first NUL byte stands.
fn nul(line: &[u8]) -> Option<usize> {
    // Looking for one is several times faster than finding out where it is.
    line.contains(&0)
        .then(|| line.iter().take_while(|&&byte| byte != 0).count())
}

//! The raw text of the record that is being read, kept beside the parser.
//!
//! The `csv` crate hands out cells and lets go of the text they came from. What a position and a
//! fault need is in that text: where the record really begins, which byte is not UTF-8, where a
//! quote opened. So the text passes through here on its way to the parser, and stays until the
//! record it belongs to has been read: a buffer's worth, or one record if that is longer.

use std::io::{self, Read};

/// A record longer than this is no user. It bounds what an unclosed quote can swallow, and with it
/// the memory that a pass takes.
pub(super) const RECORD_LIMIT: usize = 16 * 1024 * 1024;

/// Text that stops the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadText {
    /// A NUL byte, that far behind the beginning of the record.
    Nul { at: usize },
    /// The record does not end within the limit.
    Endless,
}

/// The text as it goes to the parser.
pub(super) struct Window {
    text: Box<dyn Read + Send>,
    kept: Vec<u8>,
    /// Offset in the text of the first byte kept.
    begins: u64,
    /// Bytes at the front of `kept` that belong to records already read.
    done: usize,
    limit: usize,
    ended: bool,
    bad: Option<BadText>,
}

impl Window {
    pub(super) fn new(text: Box<dyn Read + Send>, limit: usize) -> Self {
        Self {
            text,
            kept: Vec::new(),
            begins: 0,
            done: 0,
            limit,
            ended: false,
            bad: None,
        }
    }

    /// The text before this offset is no longer needed.
    pub(super) fn release(&mut self, before: u64) {
        self.done = self.index(before);
    }

    /// The text between two offsets, neither of them released.
    pub(super) fn between(&self, begin: u64, end: u64) -> &[u8] {
        &self.kept[self.index(begin)..self.index(end)]
    }

    /// All the text that is not released: the record being read, as far as it has come.
    pub(super) fn rest(&self) -> &[u8] {
        &self.kept[self.done..]
    }

    /// Whether the text is known to end at this offset.
    pub(super) fn ends_at(&self, offset: u64) -> bool {
        self.ended && self.index(offset) == self.kept.len()
    }

    /// What stopped the pass, if the text did.
    pub(super) fn bad(&self) -> Option<BadText> {
        self.bad
    }

    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset - self.begins).expect("the text kept fits into memory")
    }

    fn forget(&mut self) {
        self.kept.drain(..self.done);
        self.begins += self.done as u64;
        self.done = 0;
    }

    /// Keeps what goes to the parser, or says why it must not go there.
    fn keep(&mut self, text: &[u8]) -> Result<(), BadText> {
        let before = self.kept.len();
        self.kept.extend_from_slice(text);
        if text.contains(&0) {
            let at = text.iter().take_while(|&&byte| byte != 0).count();
            return Err(BadText::Nul { at: before + at });
        }
        if before > self.limit {
            return Err(BadText::Endless);
        }
        Ok(())
    }
}

impl Read for Window {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.forget();
        let read = fill(&mut self.text, out)?;
        self.ended = read == 0;
        if let Err(bad) = self.keep(&out[..read]) {
            self.bad = Some(bad);
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(read)
    }
}

/// Reads until `out` is full or the text ends: decoders and pipes give little at a time.
fn fill(text: &mut dyn Read, out: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < out.len() {
        match text.read(&mut out[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

//! How an NDJSON file is to be read.

use crate::source::Input;

/// What is read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NdjsonSettings {
    /// The file or the stream.
    pub input: Input,
    /// Bytes of text taken at once.
    pub buffer: usize,
}

impl NdjsonSettings {
    /// As for CSV.
    const BUFFER: usize = 256 * 1024;

    /// With the usual buffer.
    pub fn new(input: Input) -> Self {
        Self {
            input,
            buffer: Self::BUFFER,
        }
    }
}

//! Decompression on the way in.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::spool::SpoolError;
use crate::source::{ArchiveFormat, SourceError, SourceName};

/// Stored bytes handed to a decoder at once.
const STORED_BUFFER: usize = 128 * 1024;

/// The decompressed bytes of an archive, its further members or frames included.
pub(super) fn decode(
    format: ArchiveFormat,
    stored: impl Read + Send + 'static,
) -> io::Result<Box<dyn Read + Send>> {
    let stored = BufReader::with_capacity(STORED_BUFFER, stored);
    Ok(match format {
        ArchiveFormat::Gzip => Box::new(MultiGzDecoder::new(stored)),
        ArchiveFormat::Zstd => Box::new(zstd::Decoder::with_buffer(stored)?),
    })
}

/// What a failed read means, `stored` bytes into the input. A decoder reports a cut or damaged archive as an I/O
/// error of its own making; what the system itself refused is told apart by its error number.
pub(super) fn explain(
    name: &SourceName,
    format: Option<ArchiveFormat>,
    stored: u64,
    cause: io::Error,
) -> SourceError {
    let name = name.clone();
    let from_below = cause.raw_os_error().is_some()
        || cause.get_ref().is_some_and(
            <dyn std::error::Error + std::marker::Send + std::marker::Sync + 'static>::is::<
                SpoolError,
            >,
        );
    match format {
        Some(format) if !from_below && cause.kind() == io::ErrorKind::UnexpectedEof => {
            SourceError::ArchiveCut {
                name,
                format,
                stored,
                cause: Some(cause),
            }
        }
        Some(format) if !from_below => SourceError::ArchiveDamaged {
            name,
            format,
            stored,
            cause,
        },
        _ => SourceError::Read {
            name,
            stored,
            cause,
        },
    }
}
